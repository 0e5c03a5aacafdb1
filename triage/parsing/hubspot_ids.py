"""Ids of HubSpot's events, each spelt one way: key and request speak of the same thing.

Ids of portals, threads and contacts are int64 and come as numbers or as text. Of a message's id nothing is promised;
those seen are 32 hexadecimal digits or a UUID.
"""

import re

MOST_MESSAGE_CHARS = 512
_NUMBER = re.compile(r"[0-9]{1,19}")
# Beyond these a float no longer tells one whole number from the next.
_MOST_EXACT = 2.0**53


def number_id(value: object) -> str:
    """A numeric id without leading zeros; "" if it is none. True is no id, though Python counts it as 1."""
    text = _text(value)
    return text.lstrip("0") if _NUMBER.fullmatch(text) else ""


def message_id(value: object) -> str:
    """A message's id: any printable text but dots alone, which would lead elsewhere in a path; "" if it is none."""
    text = _text(value)
    sound = len(text) <= MOST_MESSAGE_CHARS and text.isprintable() and text.strip(".")
    return text if sound else ""


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_EXACT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    return str(value).strip()
