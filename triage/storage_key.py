"""The key with which texts are encrypted where they are stored: how it is written, and how one is made."""

import base64
import binascii
import secrets

KEY_BYTES = 32
# Random bytes have about thirty different ones; a key somebody typed has few.
_FEWEST_DIFFERENT = 12
_HOW = f"must be {KEY_BYTES} random bytes as base64 or hex: make one with `triage key new`"


def read_keys(text: str) -> tuple[bytes, ...]:
    """The keys in a setting: the one to encrypt with, then behind commas older ones that still open what they closed.

    Raises ValueError, never with anything of the key in it.
    """
    return tuple(dict.fromkeys(_read(part.strip()) for part in text.split(","))) if text.strip() else ()


def make_key() -> str:
    """A new key, in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _read(text: str) -> bytes:
    try:
        if len(text) == 2 * KEY_BYTES:
            key = bytes.fromhex(text)
        else:
            padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
            key = base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        raise ValueError(_HOW) from None
    if len(key) != KEY_BYTES:
        raise ValueError(_HOW)
    if len(set(key)) < _FEWEST_DIFFERENT:
        raise ValueError(f"this key could be guessed: it {_HOW}")
    return key
