"""Addresses as the store compares them: lower case, under a keyed hash, so that a stolen table names nobody."""

import hashlib
import hmac

# Two names of one service, which reads no dots in the part before the @.
_DOTLESS_DOMAINS = ("gmail.com", "googlemail.com")


def address_hash(secret: bytes, address: str) -> str:
    """The keyed hash of an address as it is written; the case of its letters does not matter."""
    # In one go: of all addresses that mail was passed on for, one page asks some thousand.
    return hmac.digest(secret, b"address\0" + _folded(address), "sha256").hex()


def mailbox_hash(secret: bytes, address: str) -> str:
    """The keyed hash of the mailbox an address leads to, for counting: spellings of one mailbox are one.

    The +tag goes, whatever the domain: where a tag is no tag, two people share one limit, and a person answers.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS_DOMAINS:
        local, domain = local.replace(".", ""), _DOTLESS_DOMAINS[0]
    return address_hash(secret, f"{local}@{domain}")


def number_hash(secret: bytes, number: str) -> str:
    """The keyed hash of a telephone number in its plain form (+44…)."""
    return hmac.new(secret, b"number\0" + number.encode(), hashlib.sha256).hexdigest()


def mail_mark(secret: bytes, what: str) -> str:
    """What stands for a mail's Message-ID, or for its content's hash, once it is removed: the mail is known again by
    it, and nobody is named."""
    return f"removed:{address_hash(secret, f'mail:{what}')}"


def domain_of(address: str) -> str:
    """The part behind the last @, lower case."""
    return address.rpartition("@")[2].strip().lower()


def _folded(address: str) -> bytes:
    return address.strip().lower().encode("utf-8", "surrogatepass")
