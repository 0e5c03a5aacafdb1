"""What is stored, encrypted and bound to its place: AES-256-GCM (NIST SP 800-38D) by the library `cryptography`.

Sealed bytes are `version, key number, nonce, ciphertext and tag`; sealed text is the same in base64 behind a word that
says so. The place (table and column) is authenticated with it: carried into another column, nothing opens.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import AnyStr

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from triage.adapters.key_proof import SEALED_BEGIN
from triage.errors import SealBroken

WORD = "sealed:"
# With the byte before it six bytes, which base64 turns into eight letters of their own.
_NUMBER_BYTES = 5
_NONCE_BYTES, _TAG_BYTES = 12, 16
_HEAD_BYTES = len(SEALED_BEGIN) + _NUMBER_BYTES


class Sealer:
    """Seals with the first of `keys` (32 bytes each) and opens with any. Nothing stays nothing: "" is not sealed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._heads = [SEALED_BEGIN + _derived(key, b"number")[:_NUMBER_BYTES] for key in keys]
        self._ciphers = [AESGCM(_derived(key, b"content")) for key in keys]
        self.fingerprints = tuple(_derived(key, b"fingerprint").hex() for key in keys)

    def seal(self, place: str, content: AnyStr) -> AnyStr:
        """`content` sealed for its place, such as `letter.body`."""
        if not content:
            return content
        if isinstance(content, str):
            return WORD + base64.b64encode(self._seal(place, content.encode())).decode()
        return self._seal(place, content)

    def open(self, place: str, sealed: AnyStr) -> AnyStr:
        """What was sealed for this place. Raises SealBroken for anything else, were it in plain."""
        if not sealed:
            return sealed
        if isinstance(sealed, str):
            return self._open(place, _unwrapped(place, sealed)).decode()
        return self._open(place, sealed)

    def is_newest(self, sealed: str | bytes) -> bool:
        """Whether it bears the number of the key that seals now; whether it opens is another question."""
        if isinstance(sealed, str):
            return sealed.startswith(WORD + base64.b64encode(self._heads[0]).decode())
        return sealed.startswith(self._heads[0])

    def _seal(self, place: str, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return self._heads[0] + nonce + self._ciphers[0].encrypt(nonce, content, self._heads[0] + place.encode())

    def _open(self, place: str, sealed: bytes) -> bytes:
        head, behind = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
        if len(behind) > _NONCE_BYTES + _TAG_BYTES:
            nonce, closed = behind[:_NONCE_BYTES], behind[_NONCE_BYTES:]
            for known, cipher in zip(self._heads, self._ciphers, strict=True):
                if head == known:
                    try:
                        return cipher.decrypt(nonce, closed, head + place.encode())
                    except InvalidTag:
                        continue  # two keys may share a number
        raise SealBroken(place)


def _derived(key: bytes, purpose: bytes) -> bytes:
    """A key of its own for each purpose, so that a fingerprint or number says nothing about what encrypts."""
    return hmac.new(key, b"triage storage key: " + purpose, hashlib.sha256).digest()


def _unwrapped(place: str, sealed: str) -> bytes:
    letters = sealed.removeprefix(WORD)
    try:
        content = base64.b64decode(letters, validate=True) if sealed.startswith(WORD) else b""
    except (binascii.Error, ValueError):
        raise SealBroken(place) from None
    # Decoding passes over bits at the end that belong to no byte; what is stored has one spelling only.
    if not content or not letters.endswith(base64.b64encode(content[-(len(content) % 3 or 3) :]).decode()):
        raise SealBroken(place)
    return content
