"""What a bounce or an automatic reply sends back: the Message-IDs of ours in it, and what became of the delivery."""

import re
from itertools import islice

from triage.parsing.headers import read_message_ids
from triage.parsing.limits import ParsingLimits
from triage.parsing.structure import Part, walk

_ID_LINE = re.compile(r"^[>\s|]{0,20}Message-ID:\s{0,100}(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_ID_HEADERS = ("in-reply-to", "references")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def returned_ids(root: Part, body: str, limits: ParsingLimits) -> tuple[str, ...]:
    """Message-IDs a mail returns: its thread headers', those of attached originals, those quoted in its text."""
    values = [value for key, value in root.fields if key in _ID_HEADERS]
    texts = [body]
    for part, inside in walk(root):
        if inside:
            values += [value for key, value in part.fields if key == "message-id"]
        elif part.type in ("text/rfc822-headers", "message/global-headers"):
            texts.append(_headers_text(part))
    for text in texts:
        values += (match[1] for match in islice(_ID_LINE.finditer(text), limits.thread_ids))
    return read_message_ids(values, limits.thread_ids)


def _headers_text(part: Part) -> str:
    if part.parts:
        return "\n".join(f"{key}: {value}" for child in part.parts for key, value in child.fields)
    return part.source[:100_000].decode("utf-8", "replace")


def delivery_status(root: Part) -> tuple[str, str] | None:
    """Action and status code of a delivery report (RFC 3464 2.3), a failure before anything milder."""
    found: list[tuple[str, str]] = []
    for part, inside in walk(root):
        if not inside and part.type in ("message/delivery-status", "message/global-delivery-status"):
            found += (_status(dict(block.fields)) for block in part.parts)
    named = [pair for pair in found if pair != ("", "")]
    return next((pair for pair in named if pair[0] == "failed"), named[0] if named else None)


def _status(fields: dict[str, str]) -> tuple[str, str]:
    code = _STATUS.search(fields.get("status", "")[:200])
    return fields.get("action", "").strip().lower()[:40], code[1] if code else ""
