"""What would move if the dates of open cases were worked out anew, by today's rules and holidays; and why."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date

from triage.domain.case_change import CaseChange
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseFile
from triage.domain.clock_values import ClockDates
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.domain.workdays import WorkCalendar

_DATES = tuple(field.name for field in fields(ClockDates) if field.name not in ("kind", "trace"))
# What our own office decides; the law knows no closed office.
_OURS = ("internal_target", "acknowledge_target")


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A date that changes: `name` as in ClockDates, `before` as stored, `after` by today's rules, `why` in words."""

    reference: str
    name: str
    before: date | None
    after: date | None
    why: str


def moves(cases: Iterable[CaseFile], policy: Policy) -> tuple[Move, ...]:
    """Every date of the open ones among `cases` that today's rules and holidays put on another day."""
    return tuple(move for case in cases if case.is_open for move in _moves_of(case, dates_of(case, policy), policy))


def recomputed(case: CaseFile, policy: Policy) -> CaseChange | None:
    """The new dates of an open case, None where none moves.

    A next step due on a day that came forward comes forward with it. It never goes back: a letter may have promised it.
    """
    dates = dates_of(case, policy)
    moved = _moves_of(case, dates, policy) if case.is_open else ()
    if not moved:
        return None
    earlier = [move.after for move in moved if move.before == case.next_step_on and move.after is not None]
    step_on = min([*earlier, case.next_step_on])
    return CaseChange(
        event="recomputed",
        facts={move.name: [_iso(move.before), _iso(move.after)] for move in moved},
        dates=dates,
        next_step=None if step_on == case.next_step_on else (case.next_step, step_on),
    )


def _moves_of(case: CaseFile, dates: ClockDates, policy: Policy) -> tuple[Move, ...]:
    new_lines = [line for line in dates.trace if line not in case.dates.trace]
    law = WorkCalendar(nation=controller_of(case, policy).nation, extra_holidays=policy.extra_bank_holidays)
    office = replace(law, closures=policy.office_closures)
    found = []
    for name in _DATES:
        before, after = getattr(case.dates, name), getattr(dates, name)
        if before != after:
            why = _why(before, after, new_lines, office if name in _OURS else law)
            found.append(Move(reference=case.reference, name=name, before=before, after=after, why=why))
    return tuple(found)


def _why(before: date | None, after: date | None, new_lines: list[str], calendar: WorkCalendar) -> str:
    """The line of the trace that is new and names the new day, with what shuts the old one, if anything does."""
    shut = None if before is None else calendar.why_shut(before)
    named = [line for line in new_lines if after is not None and plain_date(after) in line] or new_lines
    line = named[0] if named else "the stored date does not follow from what is recorded of the case"
    if before is None or shut is None or plain_date(before) in line:
        return line
    return f"{plain_date(before)} is {shut}. {line}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
