"""A draft's lines for editing: folded lines joined while a person writes, and folded again before it is kept."""

import re

from triage.domain.plain_dates import MONTHS
from triage.parsing.letterbook import LINE_LENGTH, lay_out, plain_words

# What no line is folded in: a day, a phone number. (A reference, a link have no space in them.)
_WHOLE = re.compile(rf"(?:[A-Z][a-z]+day )?\b\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?\b|\b\d[\d ]{{7,}}\d\b")
_UNBROKEN = "\u00a0"


def unfolded(body: str) -> str:
    """The text with each folded paragraph on one line: a line that is full goes on below it."""
    lines: list[str] = []
    last, goes_on = "", False
    for line in _whole(body).splitlines():
        words = line.split(" ")
        first = next((word for word in words if word), "")
        full = len(last) + 1 + len(first) > LINE_LENGTH
        if goes_on and line and full and not line.startswith("- "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
        last, goes_on = line, bool(line)
    return "\n".join(lines).replace(_UNBROKEN, " ")


def folded(text: str, *, in_chat: bool) -> str:
    """What a person wrote, as it is kept: plain signs, and but for a chat at most 76 columns a line."""
    return lay_out(_whole(plain_words(text)), None if in_chat else LINE_LENGTH)


def _whole(text: str) -> str:
    return _WHOLE.sub(lambda found: found.group().replace(" ", _UNBROKEN), text)
