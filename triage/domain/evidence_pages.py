"""The pages of an evidence pack that people read, as plain text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from triage.domain.evidence_values import (
    REMOVED,
    Evidence,
    PackCase,
    PackEntry,
    PackLetter,
    PackMessage,
    PackTask,
    message_stem,
)
from triage.domain.evidence_words import (
    DATES,
    act_line,
    day_or_blank,
    delivery_of,
    event_line,
    plain,
    received,
    when,
    when_or_blank,
)
from triage.domain.notices import in_words
from triage.domain.plain_dates import plain_date
from triage.domain.plain_text import harmless, harmless_line
from triage.domain.vocabulary import Nation

_MAY_ANSWER = {"ack": "yes", "hold": "not before a person has looked", "never": "no"}
# The code of a letter that a person handed over.
_OUTSIDE = "outside"


def message_page(message: PackMessage, nation: Nation = Nation.ENGLAND) -> str:
    """A message as it was read, its facts above its words."""
    gone = message.removed_at is not None
    sender = " ".join(part for part in (message.sender_name, _in_brackets(message.sender_address)) if part)
    head = [
        ("Reference", message.reference),
        ("Channel", in_words(message.channel)),
        ("Received", received(message, nation)),
        ("From", REMOVED if gone else sender or "(not given)"),
        ("Subject", message.subject),
        ("Message-ID", message.message_id),
        *(("Attachment", one) for one in message.attachments),
        ("Filed", f"{when(message.filed_at, nation)} as {in_words(message.outcome)}"),
        ("Read by a person", when_or_blank(message.read_at, nation)),
        ("Said what it asks", when_or_blank(message.cleared_at, nation)),
        ("Removed by retention", when_or_blank(message.removed_at, nation)),
    ]
    return _facts(head) + "\n" + harmless(message.text or ("" if message.raw else REMOVED)) + "\n"


def way_of(letter: PackLetter) -> str:
    """How the letter went; how exactly a person handed it over, the journal says beside `letter_handed_over`."""
    if letter.code == _OUTSIDE:
        return "handed over by a person, outside the desk (how: decisions.txt)"
    return f"{in_words(letter.channel)}, for the team alone" if letter.internal else in_words(letter.channel)


def sent_as(letter: PackLetter) -> str:
    """The Message-ID it went under; what was printed went under none."""
    return "" if letter.code == _OUTSIDE else letter.message_id


def letter_page(letter: PackLetter, entries: Iterable[PackEntry] = (), nation: Nation = Nation.ENGLAND) -> str:
    """A letter with what is known of its delivery above its words. `entries`: the journal, which has how it was handed
    over."""
    head = [
        ("Reference", letter.reference),
        ("Purpose", f"{in_words(letter.purpose)}, {letter.serial}"),
        ("Channel", way_of(letter)),
        ("To", letter.recipient),
        ("Subject", letter.subject),
        ("Message-ID", sent_as(letter)),
        ("Posted as", letter.posted_id),
        ("Written", when(letter.created_at, nation)),
        ("Delivery", delivery_of(letter, entries, nation)),
        ("Tries", str(letter.attempts)),
        ("Promises something by", day_or_blank(letter.promised_on)),
        ("Rests on", letter.why),
    ]
    return _facts(head) + "\n" + harmless(letter.body or REMOVED) + "\n"


def clock_page(evidence: Evidence) -> str:
    """The dates of every case, what moved them, and how they were worked out."""
    return "\n".join(_clock_of(case, evidence.nation) for case in evidence.cases) or "No case was opened.\n"


def _clock_of(case: PackCase, nation: Nation) -> str:
    dates = [(DATES.get(name, in_words(name)), day_or_blank(day) or "none") for name, day in case.dates.items()]
    return "\n".join(
        (
            f"{case.reference} {in_words(case.kind)}",
            _facts(dates),
            *_block("What happened", [event_line(one, nation) for one in case.events]),
            *_block("How the dates were worked out", case.trace or [REMOVED]),
            "",
        )
    )


def decisions_page(evidence: Evidence) -> str:
    """What was decided about each message and case, by machine and by people."""
    parts = [
        *(_reading_of(number, message) for number, message in enumerate(evidence.messages, start=1)),
        *(_ending_of(case, evidence.nation) for case in evidence.cases),
        "\n".join(_block("What people and the desk did, from the journal", _acts(evidence.entries, evidence.nation))),
    ]
    return "\n\n".join(parts) + "\n"


def _reading_of(number: int, message: PackMessage) -> str:
    gate = [f"row {_of(hit, 'row')}: {_of(hit, 'why')}" for hit in _list(message.gate, "reasons")]
    reading = message.reading or {}
    reasons = [
        f"{in_words(str(_of(one, 'kind')))}: {_of(one, 'why')} ({_of(one, 'witness')}) {_of(one, 'text')}".rstrip()
        for one in _list(reading, "reasons")
    ]
    facts = [
        ("Lane", in_words(message.lane)),
        ("May a machine answer", _MAY_ANSWER.get(str(message.gate.get("answer", "")), "")),
        ("Kinds", _words(_list(reading, "kinds")) or ("none" if reading else "not read")),
        ("Flags", _words(_list(reading, "flags"))),
        ("No letter because", message.no_letter_because),
    ]
    lines = (*_block("Gate", gate), *_block("Reasons", reasons), *_block("Decision", message.trace))
    return "\n".join((f"Message {number} ({message_stem(number)}.txt)", _facts(facts), *lines))


def _ending_of(case: PackCase, nation: Nation) -> str:
    facts = [
        ("State", in_words(case.state)),
        ("Outcome", in_words(case.outcome)),
        ("Controller", case.controller),
        ("Opened", when(case.opened_at, nation)),
        ("Closed", when_or_blank(case.closed_at, nation)),
        ("Legal hold", "yes" if case.legal_hold else ""),
        ("Delivery", plain(case.delivery or {}, nation)),
        ("With the answer", plain(case.supplements or {}, nation)),
    ]
    tasks = [_task(one) for one in case.tasks]
    return "\n".join((f"Case {case.reference} {in_words(case.kind)}", _facts(facts), *_block("Checklist", tasks)))


def _task(task: PackTask) -> str:
    done = "not done" if task.done_on is None else f"done {plain_date(task.done_on)} by {task.done_by}"
    return f"{task.system}: {task.what} ({task.owner}) - {done}" + (f", {task.note}" if task.note else "")


def _acts(entries: Iterable[PackEntry], nation: Nation) -> list[str]:
    """Entries that name who did it."""
    acts = [one for one in entries if '"by":' in one.sealed.entry.facts]
    return [act_line(one, nation) for one in sorted(acts, key=lambda one: one.sealed.entry.at)]


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}: {harmless_line(value)}\n" for name, value in facts if value)


def _block(title: str, lines: Sequence[str]) -> tuple[str, ...]:
    return (f"{title}:", *(f"  {harmless_line(line)}" for line in lines)) if lines else ()


def _in_brackets(address: str) -> str:
    return f"<{address}>" if address else ""


def _words(codes: Iterable[object]) -> str:
    return ", ".join(in_words(str(one)) for one in codes)


def _list(kept: Mapping[str, object], name: str) -> Sequence[object]:
    return cast("Sequence[object]", kept.get(name, ()))


def _of(one: object, name: str) -> object:
    return cast("Mapping[str, object]", one).get(name, "")
