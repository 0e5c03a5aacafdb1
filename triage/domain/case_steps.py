"""The next step of a case after something happened to it, with the day it is due."""

from datetime import date, timedelta

from triage.domain.case_file import CaseEvent
from triage.domain.clock_values import ClockDates, ClockFacts
from triage.domain.policy import Policy
from triage.domain.vocabulary import CaseEventName, Kind
from triage.domain.workdays import WorkCalendar

# Nothing we ask for delays these: a complainant hears from us, and marketing stops, whatever is open.
_WAIT_FOR_NOTHING = (Kind.COMPLAINT, Kind.OPT_OUT)
# What a person does about a wish taken back: `triage case withdrawn`, or `stands`.
TAKEN_BACK = "the person took it back: confirm it and close the case, or say that it stands"
_WORK = {
    Kind.ACCESS: "go on with the search",
    Kind.CORRECTION: "check what is wrong and correct it",
    Kind.DELETION: "check what can be erased",
}
_RESUME_WORKING_DAYS = 2


def step_after(
    event: CaseEvent, facts: ClockFacts, dates: ClockDates, policy: Policy, today: date
) -> tuple[str, date] | None:
    """What a person does next, and when; None where `event` changes nothing about that.

    `facts` and `dates` are those with the event in them. A day that is past cannot be kept: the next working day is
    the earliest.
    """
    office = WorkCalendar(
        nation=facts.nation, extra_holidays=policy.extra_bank_holidays, closures=policy.office_closures
    )
    tomorrow = office.after(today, 1)
    match event.name:
        case CaseEventName.RECEIVED | CaseEventName.RELABELLED:
            return None
        case CaseEventName.WITHDRAWN:
            return TAKEN_BACK, tomorrow
        case CaseEventName.REOPENED:
            return "read what came and take the case up again", tomorrow
        case CaseEventName.EXTENDED:
            due_on = dates.safe_due
            return None if due_on is None else ("answer within the extended time", max(due_on, tomorrow))
        case _ if facts.kind in _WAIT_FOR_NOTHING:
            return None
        case _:
            text, on = _wait_or_work(event, facts, dates, policy, office)
            return text, max(on, tomorrow)


def _wait_or_work(
    event: CaseEvent, facts: ClockFacts, dates: ClockDates, policy: Policy, office: WorkCalendar
) -> tuple[str, date]:
    target = dates.internal_target or dates.received_on
    awaited = _awaited(facts)
    if not awaited:
        resume = office.after(event.on, _RESUME_WORKING_DAYS)
        return _WORK.get(facts.kind, "go on with the request"), min(resume, target)
    names = " and ".join(name for name, _ in awaited)
    chase_on = office.forward(min(on for _, on in awaited) + timedelta(days=policy.targets.chase_after_days))
    if dates.statutory_due is None:
        return f"wait for {names}; chase if it has not come", chase_on
    return f"go on, time runs; chase {names}", min(chase_on, target)


def _awaited(facts: ClockFacts) -> list[tuple[str, date]]:
    """What was asked for and is not here, with the day it was asked for."""
    asked = [
        ("proof of identity", facts.identity_asked_on, facts.identity_received_on),
        ("proof of authority", facts.authority_asked_on, facts.authority_received_on),
        ("the fee", facts.fee_asked_on, facts.fee_paid_on),
        *(("the answer to our question", pause.asked_on, pause.answered_on) for pause in facts.pauses),
    ]
    return [(name, asked_on) for name, asked_on, here_on in asked if asked_on is not None and here_on is None]
