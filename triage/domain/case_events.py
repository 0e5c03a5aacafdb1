"""What happened to a case, folded into its clock's facts and dates; and one thing more that happened, recorded."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.case_plan import dates_by
from triage.domain.case_steps import step_after
from triage.domain.clock import local_date
from triage.domain.clock_faults import NOT_EXTENDABLE
from triage.domain.clock_refusals import in_order, refusal
from triage.domain.clock_values import ClockDates, ClockFacts, Pause
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Controller, Policy
from triage.domain.stage_letters import controller_of, in_doubt_with
from triage.domain.vocabulary import CaseEventName, CaseState, Kind

# What moves no date is told all the same: who reads the trace asks why it did not.
_TOLD = {
    CaseEventName.RELABELLED: "Relabelled on {}: the dates still count from first receipt.",
    CaseEventName.WITHDRAWN: "The person took it back on {}: the dates stand until a person closes the case.",
    CaseEventName.REOPENED: "Reopened on {}: the dates still count from first receipt.",
}


def facts_of(case: CaseFile, controller: Controller) -> ClockFacts:
    """Everything of the case that bears on its dates, for `controller`'s law and wall clock.

    Identity, authority and fee may be asked for more than once. Time begins with the latest receipt of what was asked
    for (Art 12A UK GDPR), so what was asked for last and is not here leaves it waiting, and else the last receipt
    counts: only then did we have what we needed. That could reward asking too often, so the caution lies elsewhere:
    `shadow_due` counts from first receipt whatever was asked, and an ask after the due date is refused.

    What a kind does not have (a pause, an extension) moves nothing of it. Relabelled and reopened cases count from
    first receipt; one withdrawn keeps its dates until a person closes it.
    """
    events = in_order(case.events)
    received_on = next((event.on for event in events if event.name is CaseEventName.RECEIVED), case.dates.received_on)
    # A complaint found in a later message was received with that one, not with what opened the thread.
    at_once = local_date(case.received_at, controller.nation) == received_on
    identity = _last(_waits(events, CaseEventName.IDENTITY_ASKED, CaseEventName.IDENTITY_RECEIVED))
    authority = _last(_waits(events, CaseEventName.AUTHORITY_ASKED, CaseEventName.AUTHORITY_RECEIVED))
    fee = _last(_waits(events, CaseEventName.FEE_ASKED, CaseEventName.FEE_PAID))
    clarifications = _waits(events, CaseEventName.CLARIFICATION_ASKED, CaseEventName.CLARIFICATION_RECEIVED)
    extended = any(event.name is CaseEventName.EXTENDED for event in events)
    return ClockFacts(
        kind=case.kind,
        received=case.received_at if at_once else received_on,
        nation=controller.nation,
        regime=controller.regime,
        identity_asked_on=identity[0],
        identity_received_on=identity[1],
        authority_asked_on=authority[0],
        authority_received_on=authority[1],
        fee_asked_on=fee[0],
        fee_paid_on=fee[1],
        pauses=clarifications if case.kind is Kind.ACCESS else (),
        extended=extended and case.kind not in NOT_EXTENDABLE,
    )


def dates_of(case: CaseFile, policy: Policy) -> ClockDates:
    """The dates the case owes by today's rules and holidays, with the trace of all that happened to it. Where two laws
    may count, the earlier of each."""
    dates = dates_by(facts_of(case, controller_of(case, policy)), in_doubt_with(case, policy), policy)
    return replace(dates, trace=(*dates.trace, *_told(in_order(case.events)), *_not_arrived(case)))


def record(
    case: CaseFile,
    name: CaseEventName,
    on: date,
    policy: Policy,
    now: datetime,
    *,
    note: str = "",
    overridden: bool = False,
    letter_id: int | None = None,
) -> CaseChange | Refused:
    """What follows from `name` having happened to the case on the local day `on`, told at `now` (aware).

    Refused with every reason where it cannot be true or the kind has no such event. `overridden`: the DPO records what
    only came too late all the same; that needs a `note` that says why. `letter_id`: the letter that brings it about.
    Nothing is sent, and nothing is closed.
    """
    controller = controller_of(case, policy)
    event = CaseEvent(name=name, on=on, recorded_at=now, letter_id=letter_id)
    refused = refusal(case, event, dates_of(case, policy), controller)
    if refused is not None:
        if not (refused.overridable and overridden):
            return refused
        if not note.strip():
            return Refused(reasons=(*refused.reasons, "an override needs a note that says why"), overridable=True)
        event = replace(event, overridden=True)
    changed = replace(case, events=(*case.events, event))
    dates = dates_of(changed, policy)
    return CaseChange(
        event=name.value,
        facts={"overridden": True} if event.overridden else {},
        note=note.strip(),
        events=(event,),
        dates=dates,
        state=CaseState.OPEN if case.state is CaseState.CLOSED else None,
        next_step=step_after(event, facts_of(changed, controller), dates, policy, local_date(now, controller.nation)),
        # What was taken back must not be erased while a person makes up their mind.
        erasure_blocked=True if name is CaseEventName.WITHDRAWN and case.kind is Kind.DELETION else None,
    )


def tell_of(
    case: CaseFile, name: CaseEventName, on: date, policy: Policy, now: datetime, *, note: str = "", override: str = ""
) -> CaseChange | Refused:
    """As `record`, of what a person tells of and no letter of the desk brought about. `override` says why it counts
    all the same, though it came too late.

    An extension is one only once the person was told of it, with the reasons (UK GDPR Art 12(3)): `note` says how.
    """
    words = "\n".join(part.strip() for part in (override, note) if part.strip())
    change = record(case, name, on, policy, now, note=words, overridden=bool(override))
    if isinstance(change, CaseChange) and name is CaseEventName.EXTENDED and not note.strip():
        why = "extended: say with --note how the person was told, and of which reasons (Art 12(3))"
        return Refused(reasons=(f"{why}; a notice is drafted by triage case extend {case.reference}",))
    return change


def _waits(events: tuple[CaseEvent, ...], asked: CaseEventName, answered: CaseEventName) -> tuple[Pause, ...]:
    """Each asking with its answer. Asked again while it is open is the same wait; an answer to nothing is none."""
    waits: list[Pause] = []
    for event in events:
        is_open = bool(waits) and waits[-1].answered_on is None
        if event.name is asked and not is_open:
            waits.append(Pause(asked_on=event.on, answered_on=None))
        elif event.name is answered and is_open:
            waits[-1] = replace(waits[-1], answered_on=event.on)
    return tuple(waits)


def _last(waits: tuple[Pause, ...]) -> tuple[date | None, date | None]:
    return (waits[-1].asked_on, waits[-1].answered_on) if waits else (None, None)


def _told(events: tuple[CaseEvent, ...]) -> Iterable[str]:
    for event in events:
        if event.name in _TOLD:
            yield _TOLD[event.name].format(plain_date(event.on))
        if event.overridden:
            what = event.name.value.replace("_", " ").capitalize()
            yield f"{what} on {plain_date(event.on)}: the rules refused it, the DPO recorded it; the journal has why."


def _not_arrived(case: CaseFile) -> Iterable[str]:
    stands = {(event.name, event.on) for event in case.events}
    for event in in_order(event for event in case.undone if (event.name, event.on) not in stands):
        what = event.name.value.replace("_", " ").capitalize()
        yield f"{what} on {plain_date(event.on)}: its letter did not arrive, so that day does not count."
