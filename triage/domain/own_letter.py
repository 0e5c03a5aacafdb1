"""Recognising words of our own letters in somebody's text, however they were wrapped, quoted or indented."""

import re

from triage.domain.reference import find_references, plain_hyphens

_SPACE_AND_QUOTE = re.compile(r"[\s>|]+")
_GIVES_REFERENCE = re.compile(r"\byour reference(?: is)?:? ?(DP-[0-9]{4}-[0-9]{5,9}-[A-Z][0-9])", re.IGNORECASE)


def holds_own_letter(text: str, own_marker: str) -> bool:
    """Whether a text holds the marker phrase of our letters, or gives a reference the way our letters do."""
    plain = _SPACE_AND_QUOTE.sub(" ", plain_hyphens(text)).casefold()
    marker = _SPACE_AND_QUOTE.sub(" ", plain_hyphens(own_marker)).strip().casefold()
    if marker and marker in plain:
        return True
    return any(find_references(given) for given in _GIVES_REFERENCE.findall(plain))
