"""What is kept and what goes, per part of a thread, and why. Nothing here removes anything.

Keeping personal data no longer than its purpose needs is UK GDPR Art 5(1)(e); the periods are the controller's choice
(rules/policy.toml, [retention]; docs/keeping.md). What stands against a removal, whatever the period: an open case, a
legal hold, a message nobody has looked at, an open access case of the same person (DPA 2018 s.173: destroying what
somebody has asked for is an offence).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from triage.domain.clock import local_date
from triage.domain.plain_dates import in_days, plain_date
from triage.domain.policy import Retention
from triage.domain.vocabulary import Kind, Nation


class Part(StrEnum):
    """What a thread consists of. RAW to CHAT are the person's own words and files; LETTERS and FILE say what was done
    about them. FILE is who it was, notes, checklist, the journal's free text. What is left after it names nobody.
    """

    RAW = "raw"
    TEXT = "text"
    ATTACHMENTS = "attachments"
    CHAT = "chat"
    LETTERS = "letters"
    FILE = "file"


WORDS = frozenset({Part.RAW, Part.TEXT, Part.ATTACHMENTS, Part.CHAT})


@dataclass(frozen=True, kw_only=True, slots=True)
class KeepableCase:
    """A case of a thread. `asked` is false where it was set aside: a person said that nobody asked for it."""

    number: int
    kind: Kind
    asked: bool
    closed_at: datetime | None
    legal_hold: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Keepable:
    """A thread of which something is still there: `parts`.

    `filed_at`: when its last message was filed. `persons`: keyed hashes and contact ids of who wrote in it. `waits`: a
    message of it has not been looked at by a person. `cleared_at`: when a person last said what it asks. `spam`: every
    message of it is flagged so. `claim_likely`: a solicitor, regulator or court is in it. `in_work`: a letter of it
    may still go out, or something of it has not been read yet.
    """

    thread: str
    parts: frozenset[Part]
    filed_at: datetime
    persons: frozenset[str] = frozenset()
    cases: tuple[KeepableCase, ...] = ()
    waits: bool = False
    cleared_at: datetime | None = None
    spam: bool = False
    claim_likely: bool = False
    in_work: bool = False

    @property
    def asked(self) -> tuple[KeepableCase, ...]:
        """The cases somebody asked for."""
        return tuple(case for case in self.cases if case.asked)


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """A part that goes on a local day, and the rule it goes by."""

    thread: str
    part: Part
    due_on: date
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A thread of which nothing goes as long as what it says stands."""

    thread: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """What went of a thread: so many rows of each part."""

    thread: str
    counts: tuple[tuple[Part, int], ...]


def verdicts(rows: Iterable[Keepable], periods: Retention, nation: Nation) -> tuple[Removal | Kept, ...]:
    """What goes on which day, and what stays and why, in the order of `rows`; one verdict per part, or one Kept.

    Days are those of `nation`. Only a thread among `rows` can stand against the removal of another.
    """
    known = tuple(rows)
    blockers = _blockers(known)
    return tuple(verdict for row in known for verdict in _of_thread(row, blockers, periods, nation))


def due(found: Iterable[Removal | Kept], today: date) -> tuple[Removal, ...]:
    """Those whose day has come."""
    return tuple(one for one in found if isinstance(one, Removal) and one.due_on <= today)


def _blockers(rows: Iterable[Keepable]) -> dict[str, dict[str, str]]:
    """By person: the threads that stand against removing anything of theirs, and why.

    What waits for a look may yet turn out to be an access request.
    """
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        access = next((case for case in row.asked if case.kind is Kind.ACCESS and case.closed_at is None), None)
        if access is not None:
            why = f"an access request of the same person is open: {row.thread}/{access.number}"
        elif row.waits:
            why = f"a message of the same person has not been looked at: {row.thread}"
        else:
            continue
        for person in row.persons:
            found.setdefault(person, {})[row.thread] = why
    return found


def _of_thread(
    row: Keepable, blockers: dict[str, dict[str, str]], periods: Retention, nation: Nation
) -> list[Removal | Kept]:
    reason = _own_reason(row) or _reason_of_others(row, blockers)
    if reason:
        return [Kept(thread=row.thread, why=reason)]
    if not row.asked:
        day, why = _day_of_no_request(row, periods, nation)
        return [Removal(thread=row.thread, part=part, due_on=day, why=why) for part in Part if part in row.parts]
    file_day, file_why = _day_of_file(row, periods, nation)
    last = _last_action(row, nation)
    words_day = min(last + timedelta(days=periods.text_days), file_day)
    words_why = f"{in_days(periods.text_days)} after the last closing or message, {plain_date(last)}"
    return [
        Removal(thread=row.thread, part=part, due_on=words_day, why=words_why)
        if part in WORDS
        else Removal(thread=row.thread, part=part, due_on=file_day, why=file_why)
        for part in Part
        if part in row.parts
    ]


def _own_reason(row: Keepable) -> str:
    """What in the thread itself stands against it; "" if nothing does."""
    held = next((case for case in row.cases if case.legal_hold), None)
    if held is not None:
        return f"case {held.number} is under legal hold"
    still_open = next((case for case in row.asked if case.closed_at is None), None)
    if still_open is not None:
        return f"case {still_open.number} is open"
    if row.in_work:
        return "a letter or line of it still waits"
    return "no person has looked at a message of it" if row.waits else ""


def _reason_of_others(row: Keepable, blockers: dict[str, dict[str, str]]) -> str:
    theirs = {
        thread: why
        for person in row.persons
        for thread, why in blockers.get(person, {}).items()
        if thread != row.thread
    }
    return theirs[min(theirs)] if theirs else ""


def _last_action(row: Keepable, nation: Nation) -> date:
    """The day of the last closing or, where the person wrote once more, of that message."""
    moments = [row.filed_at, *(case.closed_at for case in row.asked if case.closed_at is not None)]
    return local_date(max(moments), nation)


def _day_of_file(row: Keepable, periods: Retention, nation: Nation) -> tuple[date, str]:
    """The longest period of all its cases, from the last of them on."""
    days, what = periods.case_days, "a case"
    if any(case.kind is Kind.COMPLAINT for case in row.asked):
        complaint = (periods.complaint_days, "a complaint")
        claim = (periods.claim_days, "a complaint with a claim likely")
        days, what = max((days, what), complaint, *([claim] if row.claim_likely else []), key=lambda one: one[0])
    last = _last_action(row, nation)
    return last + timedelta(days=days), f"{in_days(days)} for {what}, from {plain_date(last)}"


def _day_of_no_request(row: Keepable, periods: Retention, nation: Nation) -> tuple[date, str]:
    """Spam counts from its filing, the rest from a person's word that it asks for nothing, whichever is later.

    Neither goes before that word: what was misread as asking for nothing must be found first. What nobody was to look
    at (mail from before the desk began, a second copy) counts from its filing.
    """
    filed_on = local_date(row.filed_at, nation)
    cleared_on = filed_on if row.cleared_at is None else max(filed_on, local_date(row.cleared_at, nation))
    if row.spam:
        day = max(filed_on + timedelta(days=periods.spam_days), cleared_on)
        return day, f"spam, {in_days(periods.spam_days)} after its filing, {plain_date(filed_on)}"
    day = cleared_on + timedelta(days=periods.not_request_days)
    return day, f"asked for nothing, {in_days(periods.not_request_days)} from {plain_date(cleared_on)}"
