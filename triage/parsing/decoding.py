"""Bytes -> text, whatever the sender claimed about them. Never raises."""

import codecs
import re

# Python's codecs that are no charsets of mail; some warn, some are slow on hostile input.
_NOT_CHARSETS = frozenset({"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"})
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def decode_bytes(payload: bytes, charset: str | None) -> tuple[str, bool]:
    """Decode by the declared charset, then UTF-8, then windows-1252 with replacement characters.

    Returns the text and whether the declared charset (none declares UTF-8) held.
    """
    declared = _known(charset)
    for name in filter(None, (declared, "utf-8")):
        try:
            return fit(payload.decode(name)), name == declared
        except ValueError:
            continue
    return fit(payload.decode("windows-1252", "replace")), False


def recover(value: str) -> str:
    """A header as the standard library's parser left it (8-bit bytes as surrogates), its bytes made characters."""
    if value.isascii():
        return fit(value)
    return decode_bytes(value.encode("utf-8", "surrogateescape"), None)[0]


def fit(text: str) -> str:
    """The text without what neither JSON nor a database takes: lone surrogates and NUL."""
    return _UNFIT.sub("\ufffd", text)


def _known(charset: str | None) -> str | None:
    if not charset:
        return "utf-8"
    try:
        found = codecs.lookup(charset.strip("\"' \t").lower())
    except (LookupError, ValueError):
        return None
    if found.name in _NOT_CHARSETS or not getattr(found, "_is_text_encoding", True):
        return None
    # US-ASCII with 8-bit bytes in it is nearly always UTF-8, which contains it.
    return "utf-8" if found.name == "ascii" else found.name
