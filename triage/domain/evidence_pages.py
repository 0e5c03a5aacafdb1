"""The pages of an evidence pack that people read, as plain text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from triage.domain.evidence_values import (
    REMOVED,
    Evidence,
    PackCase,
    PackEntry,
    PackLetter,
    PackMessage,
    message_stem,
    moment,
    moment_or_blank,
)
from triage.domain.plain_text import harmless, harmless_line

# The code of a letter that a person handed over.
_OUTSIDE = "outside"


def message_page(message: PackMessage) -> str:
    """A message as it was read, its facts above its words."""
    gone = message.removed_at is not None
    sender = " ".join(part for part in (message.sender_name, _in_brackets(message.sender_address)) if part)
    head = [
        ("Reference", message.reference),
        ("Channel", message.channel),
        ("Received", moment(message.received_at)),
        ("From", REMOVED if gone else sender or "(not given)"),
        ("Subject", message.subject),
        ("Message-ID", message.message_id),
        *(("Attachment", one) for one in message.attachments),
        ("Filed", f"{moment(message.filed_at)} as {message.outcome}"),
        ("Read by a person", moment_or_blank(message.read_at)),
        ("Said what it asks", moment_or_blank(message.cleared_at)),
        ("Removed by retention", moment_or_blank(message.removed_at)),
    ]
    return _facts(head) + "\n" + harmless(message.text or ("" if message.raw else REMOVED)) + "\n"


def way_of(letter: PackLetter) -> str:
    """How the letter went; how exactly a person handed it over, the journal says beside `letter_handed_over`."""
    if letter.code == _OUTSIDE:
        return "handed over by a person, outside the desk (how: decisions.txt)"
    return f"{letter.channel}, for the team alone" if letter.internal else letter.channel


def sent_as(letter: PackLetter) -> str:
    """The Message-ID it went under; what was printed went under none."""
    return "" if letter.code == _OUTSIDE else letter.message_id


def letter_page(letter: PackLetter) -> str:
    """A letter with its proof of delivery above its words."""
    head = [
        ("Reference", letter.reference),
        ("Purpose", f"{letter.purpose}, {letter.serial}"),
        ("Channel", way_of(letter)),
        ("To", letter.recipient),
        ("Subject", letter.subject),
        ("Message-ID", sent_as(letter)),
        ("Posted as", letter.posted_id),
        ("Written", moment(letter.created_at)),
        ("State", " ".join((letter.state, letter.code)).strip()),
        ("Handed over", moment_or_blank(letter.sent_at)),
        ("Tries", str(letter.attempts)),
        ("Came back", moment_or_blank(letter.undelivered_at)),
        ("Promises something by", str(letter.promised_on or "")),
        ("Rests on", letter.why),
    ]
    return _facts(head) + "\n" + harmless(letter.body or REMOVED) + "\n"


def clock_page(evidence: Evidence) -> str:
    """The dates of every case, what moved them, and how they were worked out."""
    return "\n".join(_clock_of(case) for case in evidence.cases) or "No case was opened.\n"


def _clock_of(case: PackCase) -> str:
    dates = [(name, "none" if day is None else day.isoformat()) for name, day in case.dates.items()]
    events = [
        f"{one.event_on} {one.event}{' (recorded against the rules)' if one.overridden else ''}"
        f"{' (its letter did not arrive: does not count)' if one.undone else ''}, "
        f"told {moment(one.recorded_at)}"
        for one in case.events
    ]
    return "\n".join(
        (
            f"{case.reference} {case.kind}",
            _facts(dates),
            *_block("What happened", events),
            *_block("How the dates were worked out", case.trace or [REMOVED]),
            "",
        )
    )


def decisions_page(evidence: Evidence) -> str:
    """What was decided about each message and case, by machine and by people."""
    parts = [
        *(_reading_of(number, message) for number, message in enumerate(evidence.messages, start=1)),
        *(_ending_of(case) for case in evidence.cases),
        "\n".join(_block("What people did, from the journal", _acts(evidence.entries))),
    ]
    return "\n\n".join(parts) + "\n"


def _reading_of(number: int, message: PackMessage) -> str:
    gate = [f"row {_of(hit, 'row')}: {_of(hit, 'why')}" for hit in _list(message.gate, "reasons")]
    reading = message.reading or {}
    reasons = [
        f"{_of(one, 'kind')}: {_of(one, 'why')} ({_of(one, 'witness')}) {_of(one, 'text')}".rstrip()
        for one in _list(reading, "reasons")
    ]
    facts = [
        ("Lane", message.lane),
        ("May a machine answer", str(message.gate.get("answer", ""))),
        ("Kinds", ", ".join(map(str, _list(reading, "kinds"))) or ("none" if reading else "not read")),
        ("Flags", ", ".join(map(str, _list(reading, "flags")))),
        ("No letter because", message.no_letter_because),
    ]
    lines = (*_block("Gate", gate), *_block("Reasons", reasons), *_block("Decision", message.trace))
    return "\n".join((f"Message {number} ({message_stem(number)}.txt)", _facts(facts), *lines))


def _ending_of(case: PackCase) -> str:
    facts = [
        ("State", case.state),
        ("Outcome", case.outcome),
        ("Controller", case.controller),
        ("Opened", moment(case.opened_at)),
        ("Closed", moment_or_blank(case.closed_at)),
        ("Legal hold", "yes" if case.legal_hold else ""),
        ("Delivery", _as_json(case.delivery)),
        ("With the answer", _as_json(case.supplements)),
    ]
    tasks = [
        f"{one.system}: {one.what} ({one.owner}) - {f'done {one.done_on} {one.done_by}' if one.done_on else 'not done'}"
        f"{f', {one.note}' if one.note else ''}"
        for one in case.tasks
    ]
    return "\n".join((f"Case {case.reference} {case.kind}", _facts(facts), *_block("Checklist", tasks)))


def _acts(entries: Iterable[PackEntry]) -> list[str]:
    """Entries that name who did it."""
    return [
        " ".join((moment(one.sealed.entry.at), one.sealed.entry.chain, one.sealed.entry.event, one.sealed.entry.facts))
        + (f" {one.text.text}" if one.text else "")
        for one in sorted(entries, key=lambda one: one.sealed.entry.at)
        if "by" in json.loads(one.sealed.entry.facts)
    ]


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}: {harmless_line(value)}\n" for name, value in facts if value)


def _block(title: str, lines: Sequence[str]) -> tuple[str, ...]:
    return (f"{title}:", *(f"  {harmless_line(line)}" for line in lines)) if lines else ()


def _in_brackets(address: str) -> str:
    return f"<{address}>" if address else ""


def _as_json(value: Mapping[str, object] | None) -> str:
    return "" if value is None else json.dumps(value, sort_keys=True, default=str)


def _list(kept: Mapping[str, object], name: str) -> Sequence[object]:
    return cast("Sequence[object]", kept.get(name, ()))


def _of(one: object, name: str) -> object:
    return cast("Mapping[str, object]", one).get(name, "")
