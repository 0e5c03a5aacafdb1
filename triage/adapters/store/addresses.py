"""Addresses as the store compares them: lower case, under a keyed hash, so that a stolen table names nobody."""

import hashlib
import hmac


def address_hash(secret: bytes, address: str) -> str:
    """The keyed hash of an address; the case of its letters does not matter."""
    return hmac.new(secret, b"address\0" + _folded(address), hashlib.sha256).hexdigest()


def domain_of(address: str) -> str:
    """The part behind the last @, lower case."""
    return address.rpartition("@")[2].strip().lower()


def _folded(address: str) -> bytes:
    return address.strip().lower().encode("utf-8", "surrogatepass")
