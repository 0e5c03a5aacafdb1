"""One enquiry or case on a terminal: what was written, how it was understood and why, what is owed, what went out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_DATES = {
    "statutory_due": "law: answer by the end of",
    "safe_due": "safe: work to",
    "shadow_due": "if nothing had stopped the clock",
    "internal_target": "our own target",
    "acknowledge_by": "law: acknowledge by",
    "acknowledge_target": "acknowledge (ours)",
    "extension_notice_by": "say by then if more time is needed",
}


def case_page(found: Mapping[str, Any]) -> str:
    """What `Store.show_case` found, as text."""
    return "\n".join(_lines(found))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield found["reference"]
    for alarm in found["alarms"]:
        yield f"ALARM {alarm['code']} since {alarm['raised_at']}"
    for message in found["thread"]:
        yield from _message(message)
    for case in found["cases"]:
        yield from _case(case)
    for letter in found["letters"]:
        yield from _letter(letter)
    yield from _journal(found["journal"])


def _message(message: Mapping[str, Any]) -> Iterator[str]:
    sender = message["sender"] or {"name": "", "address": "no usable sender"}
    yield ""
    yield f"-- message, {message['outcome']}, received {message['received_at']}"
    yield f"   from     {sender['name']} <{sender['address']}>"
    yield f"   subject  {message['subject']}"
    yield f"   lane     {message['lane'] or '-'}{', NOT ACKNOWLEDGED YET' if message['not_acknowledged'] else ''}"
    if message["suggests"]:
        yield f"   perhaps belongs to {message['suggests']}"
    for attachment in message["attachments"]:
        yield f"   attached {attachment}"
    yield from _indented(_own_words(message) or message["full_text"], "   | ")
    yield "   why"
    yield from (f"   - {line}" for line in message["trace"])
    for reason in (message["classification"] or {}).get("reasons", ()):
        yield f'   - {reason["kind"]}: {reason["why"]}: "{" ".join(reason["text"].split())}" ({reason["source"]})'


def _own_words(message: Mapping[str, Any]) -> str:
    text = message["full_text"]
    return "\n".join(text[start:end].strip() for role, start, end in message["passages"] if role == "own")


def _case(case: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"-- case {case['reference']}, {case['kind']}, {case['state']}"
    yield f"   next     {case['next_step']}, by {case['next_step_on']}"
    yield from (f"   {case[name]}  {label}" for name, label in _DATES.items() if case[name])
    yield from (f"   - {line}" for line in case["trace"])


def _letter(letter: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"-- letter {letter['id']}, {letter['purpose']}, {letter['state']}, to {letter['recipient']}"
    yield f"   because  {letter['why']}"
    yield f"   subject  {letter['subject']}"
    yield from _indented(letter["body"], "   | ")


def _journal(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield ""
    yield "-- journal"
    yield from (f"   {entry['at']}  {entry['chain']}  {entry['event']}" for entry in entries)


def _indented(text: str, margin: str) -> Iterator[str]:
    yield from (margin + line for line in text.strip().splitlines())
