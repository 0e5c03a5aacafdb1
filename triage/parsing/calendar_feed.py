"""The dates of open cases as an iCalendar feed (RFC 5545): references, kinds and steps, no personal data.

A writer of our own: all-day events with a handful of properties are few lines, and a library would be one more thing
to keep. Their escaping and folding are proved by property tests. The same cases on the same day give the same bytes,
so that a calendar program that asks every hour sees no change where there is none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from triage.domain.case_file import CaseFile
from triage.domain.case_standing import has_approved_answer, is_unacknowledged, today_of
from triage.domain.next_step import next_step
from triage.domain.notices import in_words
from triage.domain.policy import Policy
from triage.domain.vocabulary import Kind

_LINE_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), 127))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """One all-day entry. `what` tells the entries of a case apart, for all time."""

    what: str
    on: date
    summary: str


def feed(cases: Iterable[CaseFile], policy: Policy, now: datetime) -> str:
    """The whole calendar, lines ended by CRLF. Every open case has its next step in it; closed ones are left out.

    An entry that moves keeps its UID, and its SEQUENCE is the case's version, so that a calendar program moves it too.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//privacy-triage//due dates//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Privacy desk",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for case in cases:
        if case.is_open:
            changed_at = f"{_changed_at(case).astimezone(UTC):%Y%m%dT%H%M%SZ}"
            for entry in _entries(case, policy, today_of(case, policy, now)):
                lines += _event(case, entry, policy, changed_at)
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def escape(text: str) -> str:
    """A text as a TEXT value (RFC 5545 section 3.3.11). Control characters, which no value may hold, are left out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return plain.translate(_CONTROLS).translate(_ESCAPES)


def fold(line: str) -> str:
    """A content line in pieces of at most 75 octets, none cut within a character (RFC 5545 section 3.1)."""
    pieces, piece, octets = [], "", 0
    for character in line:
        size = len(character.encode("utf-8"))
        if octets + size > _LINE_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += character
        octets += size
    return "\r\n".join([*pieces, piece])


def _entries(case: CaseFile, policy: Policy, today: date) -> Iterator[_Entry]:
    step, step_on = next_step(case, policy, today)
    named = f"{case.reference} ({in_words(case.kind)})"
    yield _Entry(what="step", on=step_on, summary=f"{named}: {step}")
    dates = case.dates
    answered = has_approved_answer(case)
    if dates.safe_due is not None and not answered:
        yield _Entry(what="safe-due", on=dates.safe_due, summary=f"{named}: answer due")
    if dates.statutory_due is not None and dates.statutory_due != dates.safe_due and not answered:
        yield _Entry(what="statutory-due", on=dates.statutory_due, summary=f"{named}: last day by law")
    if case.kind is Kind.COMPLAINT and dates.acknowledge_by is not None and is_unacknowledged(case):
        yield _Entry(what="acknowledge-by", on=dates.acknowledge_by, summary=f"{named}: last day to acknowledge")
    if case.next_news_on is not None:
        yield _Entry(what="news", on=case.next_news_on, summary=f"{named}: news promised")


def _event(case: CaseFile, entry: _Entry, policy: Policy, changed_at: str) -> list[str]:
    owner = policy.own_domains[0] if policy.own_domains else "privacy-desk.invalid"
    return [
        "BEGIN:VEVENT",
        f"UID:{escape(f'{case.reference}-{entry.what}@{owner}')}",
        f"DTSTAMP:{changed_at}",
        f"LAST-MODIFIED:{changed_at}",
        f"SEQUENCE:{case.version}",
        f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
        f"SUMMARY:{escape(entry.summary)}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _changed_at(case: CaseFile) -> datetime:
    """The last thing known to have happened to the case; what RFC 5545 wants as DTSTAMP where no METHOD is given."""
    moments = [case.opened_at, *(event.recorded_at for event in case.events)]
    moments += [moment for letter in case.letters for moment in (letter.created_at, letter.sent_at) if moment]
    moments += [moment for message in case.messages for moment in (message.received_at, message.read_at) if moment]
    return max(moments)
