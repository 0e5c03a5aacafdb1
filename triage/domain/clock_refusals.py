"""Why something cannot be recorded as having happened to a case: each reason one line a person can act on."""

from collections.abc import Iterable, Sequence
from datetime import date

from triage.domain.case_change import Refused
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.clock import local_date
from triage.domain.clock_faults import kind_faults, year_fault
from triage.domain.clock_values import ClockDates
from triage.domain.policy import Controller
from triage.domain.vocabulary import CaseEventName, CaseState, Regime

# What was asked for, and its coming.
PAIRS = (
    (CaseEventName.IDENTITY_ASKED, CaseEventName.IDENTITY_RECEIVED),
    (CaseEventName.AUTHORITY_ASKED, CaseEventName.AUTHORITY_RECEIVED),
    (CaseEventName.FEE_ASKED, CaseEventName.FEE_PAID),
    (CaseEventName.CLARIFICATION_ASKED, CaseEventName.CLARIFICATION_RECEIVED),
)
_STARTERS = (CaseEventName.IDENTITY_ASKED, CaseEventName.AUTHORITY_ASKED, CaseEventName.FEE_ASKED)
_CLARIFICATION = PAIRS[-1]
# What shows whether an event still stands: an extension is for good, a withdrawal until the case is reopened.
_ENDED_BY = {
    CaseEventName.EXTENDED: (CaseEventName.EXTENDED,),
    CaseEventName.WITHDRAWN: (CaseEventName.WITHDRAWN, CaseEventName.REOPENED),
    CaseEventName.REOPENED: (CaseEventName.WITHDRAWN, CaseEventName.REOPENED),
}
_ALL_THE_SAME = "the DPO may record it all the same, with a note"


def in_order(events: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    """Events in the order of the day they happened, then in that of their recording."""
    return tuple(sorted(events, key=lambda event: (event.on, event.recorded_at)))


def refusal(case: CaseFile, event: CaseEvent, dates: ClockDates, controller: Controller) -> Refused | None:
    """Every reason against recording `event`, None where there is none. Only what came too late can be overridden.

    `dates` are the case's without this event; days are those of `controller`'s wall clock.
    """
    closed_on = None if case.closed_at is None else local_date(case.closed_at, controller.nation)
    if gone := _gone(case, event, closed_on):
        return Refused(reasons=(gone,))
    today = local_date(event.recorded_at, controller.nation)
    impossible = [*_day_faults(event, dates.received_on, today), *_event_faults(case, event, closed_on)]
    late = [] if impossible else _late(event, dates, controller.regime)
    if not impossible and not late:
        return None
    return Refused(reasons=(*impossible, *late), overridable=not impossible)


def _gone(case: CaseFile, event: CaseEvent, closed_on: date | None) -> str:
    if case.state is CaseState.SET_ASIDE:
        return "the case was set aside, nobody asked for it: nothing can happen to it any more"
    if case.state is CaseState.CLOSED and event.name is not CaseEventName.REOPENED:
        return f"the case was closed on {closed_on}: reopen it first"
    return ""


def _day_faults(event: CaseEvent, received_on: date, today: date) -> list[str]:
    what = _words(event)
    if fault := year_fault(event.on):
        return [f"{what}: {fault}"]
    if event.on > today:
        return [f"{what}: {event.on} lies in the future; today is {today}"]
    if event.on < received_on:
        return [f"{what}: {event.on} lies before receipt on {received_on}"]
    return []


def _event_faults(case: CaseFile, event: CaseEvent, closed_on: date | None) -> list[str]:
    """What this event cannot be here: twice, out of order, or not this kind's."""
    name, ordered = event.name, in_order((*case.events, event))
    if name is CaseEventName.RECEIVED:
        return [f"received: that was on {case.dates.received_on}; a case is received once"]
    if faults := kind_faults(case.kind, paused=name in _CLARIFICATION, extended=name is CaseEventName.EXTENDED):
        return faults
    for pair in PAIRS:
        if name in pair:
            return _pair_faults(event, [one for one in ordered if one.name in pair], pair[0])
    before = next((one for one in reversed(ordered) if one is not event and one.name in _ENDED_BY.get(name, ())), None)
    if name is CaseEventName.REOPENED:
        return _reopening_faults(event, before, closed_on)
    if before is not None and before.name is name:
        return [f"{name.value}: that was on {before.on} already"]
    return []


def _reopening_faults(event: CaseEvent, before: CaseEvent | None, closed_on: date | None) -> list[str]:
    withdrawn_on = before.on if before is not None and before.name is CaseEventName.WITHDRAWN else None
    since = closed_on or withdrawn_on
    if since is None:
        return ["reopened: the case is open"]
    if event.on < since:
        return [f"reopened: {event.on} lies before it was {'closed' if closed_on else 'withdrawn'} on {since}"]
    return []


def _pair_faults(event: CaseEvent, line: Sequence[CaseEvent], asked: CaseEventName) -> list[str]:
    """Asking and answer take turns, whatever day they are recorded on."""
    at = next(index for index, one in enumerate(line) if one is event)
    before = line[at - 1] if at else None
    after = line[at + 1] if at + 1 < len(line) else None
    what = _words(event)
    if event.name is asked:
        if before is not None and before.name is asked:
            return [f"{what}: that was on {before.on} already, and it had not come by {event.on}"]
        if after is not None:
            return [f"{what}: that was on {after.on} too, with nothing received in between"]
        return []
    if before is None and after is not None:
        return [f"{what}: {event.on} lies before it was asked for on {after.on}"]
    if before is None:
        return [f"{what}: {event.on}, but no day it was asked for"]
    if before.name is not asked:
        return [f"{what}: that was on {before.on} already, and nothing was asked for between then and {event.on}"]
    if after is not None and after.name is not asked:
        return [f"{what}: that was on {after.on} already"]
    return []


def _late(event: CaseEvent, dates: ClockDates, regime: Regime) -> list[str]:
    """What the law lets happen only while time runs. An EU clock gives no credit, so there an ask is never late."""
    notice_by, due = dates.extension_notice_by, dates.statutory_due
    if event.name is CaseEventName.EXTENDED and notice_by is not None and event.on > notice_by:
        return [
            f"extended: {event.on} lies after {notice_by}, the last day to announce it (Art 12(3)); {_ALL_THE_SAME}"
        ]
    if regime is not Regime.UK or due is None or event.on <= due:
        return []
    was_due = f"{_words(event)}: {event.on} lies after {due}, when the answer was due"
    if event.name in _STARTERS:
        return [f"{was_due}; an ask that late moves no start (Art 12A); {_ALL_THE_SAME}"]
    if event.name is CaseEventName.CLARIFICATION_ASKED:
        return [f"{was_due}; a question that late stops no clock (Art 12A(5)); {_ALL_THE_SAME}"]
    return []


def _words(event: CaseEvent) -> str:
    return event.name.value.replace("_", " ")
