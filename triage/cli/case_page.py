"""One enquiry or case on a terminal: what was written, how it was understood and why, what is owed, what went out.

Whatever stems from a mail is made harmless first, see triage/cli/terminal.py.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from triage.cli.case_lines import case_lines
from triage.cli.terminal import harmless, harmless_line
from triage.domain.defect_words import defect_in_words
from triage.domain.sender_words import sender_in_words
from triage.service.alarm_words import mend_of

_LINES = {
    "waiting": "waiting",
    "handed_in": "being read",
    "filed": "led to this",
    "passed_over": "passed over: they asked for nothing",
    "forgotten": "forgotten at the person's wish",
    "dropped": "gone at HubSpot before they were read",
}
_LETTER_TIMES = {"created_at": "written", "sent_at": "sent", "undelivered_at": "NOT DELIVERED", "retry_at": "next try"}


def case_page(found: Mapping[str, Any], record_of: Callable[[str, str], str]) -> str:
    """What `Store.show_case` found, as text. `record_of(portal, contact)`: where HubSpot has a visitor's record."""
    return "\n".join(_lines(found, record_of))


def _lines(found: Mapping[str, Any], record_of: Callable[[str, str], str]) -> Iterator[str]:
    yield found["reference"]
    yield f"version {found['version']}"
    if any(message["read_at"] is None for message in found["thread"]):
        thread, newest = found["thread"][0]["thread"], max(message["id"] for message in found["thread"])
        yield f"once you have read all of it: triage case read {thread} --up-to {newest}"
    for alarm in found["alarms"]:
        yield f"ALARM {alarm['code']} since {_moment(alarm['raised_at'])}: {mend_of(alarm['code'])}"
    for message in found["thread"]:
        yield from _message(message)
    for room in found["chat"]:
        yield from _room(room, record_of)
    for case in found["cases"]:
        yield from case_lines(case, found["letters"], found["clock"])
    for letter in found["letters"]:
        yield from _letter(letter)
    yield from _journal(found["journal"])


def _message(message: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    by = "" if message["channel"] == "email" else f" by {message['channel']}"
    unread = "" if message["read_at"] else ", UNREAD"
    yield f"-- message {message['id']}{by}, {message['outcome']}, received {_moment(message['received_at'])}{unread}"
    yield f"   from     {_sender(message)}"
    if message["subject"] or message["channel"] == "email":
        yield f"   subject  {harmless_line(message['subject'])}"
    yield f"   lane     {message['lane'] or '-'}{', NOT ACKNOWLEDGED YET' if message['not_acknowledged'] else ''}"
    if message["suggests"]:
        yield f"   perhaps belongs to {message['suggests']}"
    for defect in message["defects"]:
        yield f"   CAREFUL  {defect_in_words(defect)}"
    for file in message["attachments"]:
        name, kind = harmless_line(file["name"] or "without a name"), harmless_line(file["type"])
        yield f"   attached {name} ({kind}, {_size(file['size'])})"
    yield from _indented(_words_of(message, "own") or message["full_text"], "   | ")
    if message["channel"] != "email" and (reached := _words_of(message, "footer")):
        yield from _indented(reached, "   reach by ")
    yield "   why"
    yield from (f"   - {harmless_line(line)}" for line in message["trace"])
    for reason in (message["classification"] or {}).get("reasons", ()):
        words = harmless_line(" ".join(reason["text"].split()))
        yield f'   - {reason["kind"]}: {reason["why"]}: "{words}" ({reason["source"]})'


def _sender(message: Mapping[str, Any]) -> str:
    sender: Mapping[str, str] = message["sender"] or {"name": "", "address": ""}
    address = f"<{sender['address']}>" if sender["address"] else ""
    known = f"{sender['name']} {address}".strip()
    told = sender_in_words(message["channel"], known, sender["address"], message["full_text"])
    return harmless_line(told or "no usable sender")


def _room(room: Mapping[str, Any], record_of: Callable[[str, str], str]) -> Iterator[str]:
    """The conversation behind it: where it is, who has it now, and what became of the visitor's lines."""
    lines = {_LINES.get(state, state): count for state, count in sorted(room["lines"].items())}
    contact = harmless_line(room["contact_id"])
    yield ""
    yield f"-- chat {harmless_line(room['thread_id'])} of portal {harmless_line(room['portal_id'])}"
    yield f"   contact  {contact or 'none known'}"
    if contact:
        yield f"   record   {harmless_line(record_of(room['portal_id'], room['contact_id']))}"
    yield f"   handed over to a person: {'yes' if room['handed_over'] else 'no'}"
    yield f"   lines    {', '.join(f'{count} {words}' for words, count in lines.items()) or 'none kept'}"


def _words_of(message: Mapping[str, Any], speaker: str) -> str:
    text = message["full_text"]
    return "\n".join(text[start:end].strip() for role, start, end in message["passages"] if role == speaker)


def _letter(letter: Mapping[str, Any]) -> Iterator[str]:
    times = ", ".join(f"{label} {_moment(letter[name])}" for name, label in _LETTER_TIMES.items() if letter[name])
    number = letter["id"]
    yield ""
    whom = _whom(letter)
    yield f"-- {'note' if letter['internal'] else 'letter'} {number}, {letter['purpose']}, {letter['state']}, {whom}"
    yield f"   {times}"
    if letter["state"] == "draft":
        yield f"   waits for a person: triage letter approve {number}, or triage letter discard {number}"
    yield f"   because  {harmless_line(letter['why'])}"
    if not letter["place"]:
        yield f"   subject  {harmless_line(letter['subject'])}"
    yield from _indented(letter["body"], "   | ")


def _whom(letter: Mapping[str, Any]) -> str:
    place = letter["place"]
    if not place:
        return f"to {harmless_line(letter['recipient'])}"
    thread = harmless_line(f"{place['portal_id']}/{place['thread_id']}")
    return f"in chat {thread}, for the team only" if letter["internal"] else f"in chat {thread}"


def _journal(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield ""
    yield "-- journal"
    for entry in entries:
        facts = _facts(json.loads(entry["facts"]))
        yield f"   {_moment(entry['at'])}  {entry['chain']}  {entry['event']}" + (f": {facts}" if facts else "")


def _facts(facts: Mapping[str, Any]) -> str:
    """Ids, codes and dates as `name value`; what is empty or not so is left out."""
    told = {name: "+".join(map(str, value)) if isinstance(value, list) else value for name, value in facts.items()}
    named = (
        name if value is True else f"{name} {value}" for name, value in told.items() if value not in ("", None, False)
    )
    return harmless_line(", ".join(named))


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _size(size_bytes: int) -> str:
    return f"{size_bytes} bytes" if size_bytes < 1024 else f"{size_bytes / 1024:,.0f} kB"


def _indented(text: str, margin: str) -> Iterator[str]:
    yield from (margin + line for line in harmless(text).strip().split("\n"))
