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
    new = [line for line in dates.trace if line not in case.dates.trace]
    gone = [line for line in case.dates.trace if line not in dates.trace]
    law = WorkCalendar(nation=controller_of(case, policy).nation, extra_holidays=policy.extra_bank_holidays)
    office = replace(law, closures=policy.office_closures)
    found = []
    for name in _DATES:
        before, after = getattr(case.dates, name), getattr(dates, name)
        if before != after:
            shut = None if before is None else (office if name in _OURS else law).why_shut(before)
            why = _why(before, shut, _about(after, new), _about(before, gone))
            found.append(Move(reference=case.reference, name=name, before=before, after=after, why=why))
    return tuple(found)


def _about(day: date | None, lines: list[str]) -> str:
    """The first line of a trace that names the day, else the first of them all."""
    named = [line for line in lines if day is not None and plain_date(day) in line]
    return next(iter(named or lines), "")


def _why(before: date | None, shut: str | None, now: str, then: str) -> str:
    """What the trace says now, with what shuts the old day, or else what it said then and says no more."""
    if before is not None and shut is not None:
        return now if plain_date(before) in now else f"{plain_date(before)} is {shut}. {now}"
    said = [now, f"It was: {then}" if then else ""]
    return " ".join(filter(None, said)) or "the stored date does not follow from what is recorded"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
