"""Whether a delivery is HubSpot's: its signature over the raw body, as HubSpot documents request validation.

v3: base64 of HMAC-SHA256 over method + URL + body + timestamp header. v1: hex of SHA-256 over secret + body, which
says nothing about when or where, so that it counts only where it was asked for and no v3 header came.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

# Documented as "older than 5 minutes"; deliveries from the future are refused by us beside that.
WINDOW_MS = 300_000

_MILLISECONDS = re.compile(r"[0-9]{13}")
# The twelve HubSpot decodes before it signs, and no other: %20, %26, %3D stay as they are. It writes them in capitals;
# small letters mean the same (RFC 3986 section 2.1).
_DECODED = {
    **{"3A": ":", "2F": "/", "3F": "?", "40": "@", "21": "!", "24": "$"},
    **{"27": "'", "28": "(", "29": ")", "2A": "*", "2C": ",", "3B": ";"},
}
_ENCODED = re.compile(f"%({'|'.join(_DECODED)})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """What of a request bears on its signature. Header values as they came, None where the header did not.

    `query` is the raw query without its question mark, "" if none came.
    """

    method: str
    query: str
    v3: str | None
    timestamp: str | None
    plain: str | None = None  # X-HubSpot-Signature
    plain_version: str | None = None  # X-HubSpot-Signature-Version


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What we hold to check with. `public_url` is the target URL as set at HubSpot, used verbatim."""

    secret: bytes
    public_url: str
    allow_v1: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SignatureVerdict:
    """`reason` is one word; `url` what the signature was checked with, its query left out: it may hold a secret."""

    genuine: bool
    reason: str
    url: str


def signed_url(public_url: str, query: str) -> str:
    """The URL as HubSpot called it. A query that came stands in place of a configured one."""
    return f"{public_url.partition('?')[0]}?{query}" if query else public_url


def decode_url(url: str) -> str:
    """`url` with the twelve sequences decoded that HubSpot decodes before it signs, once."""
    return _ENCODED.sub(lambda found: _DECODED[found[1].upper()], url)


def v3_signature(secret: bytes, method: str, url: str, body: bytes, timestamp: str) -> str:
    """The v3 signature of a request to `url` (already decoded, if it is to be)."""
    source = method.encode() + _as_bytes(url) + body + timestamp.encode()
    return base64.b64encode(hmac.new(secret, source, hashlib.sha256).digest()).decode()


def v1_signature(secret: bytes, body: bytes) -> str:
    """The v1 signature: the same for a body wherever and whenever it is sent."""
    return hashlib.sha256(secret + body).hexdigest()


def head_fault(signed: Signed, target: Target, now_ms: int) -> str | None:
    """Why the request is refused whatever its body holds, None if only the body can tell.

    `now_ms` is in milliseconds since 1970. Asked first, so that no stranger's body need be read.
    """
    if not target.secret:
        return "no_secret"  # an empty key signs for everyone
    if signed.v3 is None:
        return _plain_fault(signed, target)
    if signed.timestamp is None:
        return "no_timestamp"
    if not _MILLISECONDS.fullmatch(signed.timestamp):
        return "timestamp_malformed"
    age_ms = now_ms - int(signed.timestamp)
    if age_ms > WINDOW_MS:
        return "timestamp_old"
    return "timestamp_ahead" if age_ms < -WINDOW_MS else None


def verify(signed: Signed, body: bytes, target: Target, now_ms: int) -> SignatureVerdict:
    """Whether HubSpot sent `body` (the raw bytes, never what was parsed from them) to us just now."""

    def verdict(reason: str, *, genuine: bool = False) -> SignatureVerdict:
        return SignatureVerdict(genuine=genuine, reason=reason, url=shown_url(signed, target))

    if fault := head_fault(signed, target, now_ms):
        return verdict(fault)
    if signed.v3 is None:
        same = _same(v1_signature(target.secret, body), signed.plain or "")
        return verdict("v1", genuine=True) if same else verdict("signature_wrong")
    url = signed_url(target.public_url, signed.query)
    # No kit of HubSpot's own decodes, its documents say one must: so both are tried, the documented one first.
    for form in dict.fromkeys((decode_url(url), url)):
        if _same(v3_signature(target.secret, signed.method, form, body, signed.timestamp or ""), signed.v3):
            return verdict("v3", genuine=True)
    return verdict("signature_wrong")


def shown_url(signed: Signed, target: Target) -> str:
    """The URL a signature is checked with, fit for a log: of the query only that there is one."""
    base, _, query = signed_url(target.public_url, signed.query).partition("?")
    return f"{base}?..." if query else base


def _plain_fault(signed: Signed, target: Target) -> str | None:
    """Without a v3 header: is there a v1 signature, and does it count?"""
    if signed.plain is None:
        return "no_signature"
    if not target.allow_v1:
        return "no_v3_signature"
    return None if signed.plain_version in (None, "v1") else "version_unknown"


def _same(expected: str, came: str) -> bool:
    """Compared in constant time; as bytes, for a header may hold anything."""
    return hmac.compare_digest(expected.encode(), came.encode("utf-8", "replace"))


def _as_bytes(text: str) -> bytes:
    """Bytes as they came over the wire: what is no UTF-8 has been carried as surrogates."""
    return text.encode("utf-8", "surrogateescape")
