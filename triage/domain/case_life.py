"""The life of a case as a table of acts, what every act on a case needs to know, and its coming back to life."""

from datetime import date, datetime
from enum import StrEnum

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, Lane
from triage.domain.workdays import WorkCalendar


class CaseAct(StrEnum):
    """What moves a case from one state to another."""

    OPENED = "opened"
    CANNOT_REACH = "cannot_reach"
    BACK = "back"
    CLOSE = "close"
    REOPEN = "reopen"
    SET_ASIDE = "set_aside"


# None: there was no case before. docs/states.md draws the same machine; a test holds the two together.
TRANSITIONS: frozenset[tuple[CaseState | None, CaseAct, CaseState]] = frozenset(
    {
        (None, CaseAct.OPENED, CaseState.OPEN),
        (CaseState.OPEN, CaseAct.CANNOT_REACH, CaseState.CANNOT_REACH),
        (CaseState.CANNOT_REACH, CaseAct.BACK, CaseState.OPEN),
        (CaseState.OPEN, CaseAct.CLOSE, CaseState.CLOSED),
        (CaseState.CANNOT_REACH, CaseAct.CLOSE, CaseState.CLOSED),
        (CaseState.CLOSED, CaseAct.REOPEN, CaseState.OPEN),
        (CaseState.OPEN, CaseAct.SET_ASIDE, CaseState.SET_ASIDE),
        (CaseState.CANNOT_REACH, CaseAct.SET_ASIDE, CaseState.SET_ASIDE),
    }
)

_AFTER = {(before, act): after for before, act, after in TRANSITIONS}


def after(state: CaseState, act: CaseAct) -> CaseState | None:
    """The state that `act` leads to from `state`; None where the table has no such arrow."""
    return _AFTER.get((state, act))


def not_open(case: CaseFile) -> list[str]:
    """Why nothing can be done on a case that owes nothing any more; empty while it is open."""
    if case.state is CaseState.CLOSED:
        return ["the case is closed: reopen it first, with a reason"]
    if case.state is CaseState.SET_ASIDE:
        return ["the case was set aside as never asked for: relabel the message if it was asked for after all"]
    return []


def unread(case: CaseFile) -> list[str]:
    """Why no answer goes out and no case ends yet: somebody wrote, and no person has read it."""
    if not case.unread:
        return []
    if len(case.unread) == 1:
        return ["a message on the case is unread: read it first"]
    return [f"{len(case.unread)} messages on the case are unread: read them first"]


def today_for(case: CaseFile, policy: Policy, now: datetime) -> date:
    """The day it is where the case's controller is established. Raises ValueError where `now` is naive."""
    return local_date(now, controller_of(case, policy).nation)


def step_by(case: CaseFile, policy: Policy, now: datetime) -> date:
    """Our next working day; sooner where the case is due before that. A day that is past is no day to do it."""
    calendar = WorkCalendar(
        nation=controller_of(case, policy).nation,
        extra_holidays=policy.extra_bank_holidays,
        closures=policy.office_closures,
    )
    today = today_for(case, policy, now)
    soon = calendar.after(today, 1)
    due_on = case.dates.safe_due or case.dates.shadow_due
    return soon if due_on is None else min(soon, max(today, due_on))


def awake(case: CaseFile, today: date) -> date | None:
    """For `CaseChange.snoozed_until`: ends a rest that something new has made wrong; None where there is none."""
    return today if case.snoozed_until is not None and case.snoozed_until > today else None


def lane_with_news(case: CaseFile) -> Lane:
    """Where a case lies once somebody wrote about it again: what presses more stays where it is."""
    if case.lane is Lane.URGENT:
        return case.lane
    return Lane.COMPLAINTS if case.kind is Kind.COMPLAINT else Lane.NEW_MESSAGE


def reopen(
    case: CaseFile, policy: Policy, now: datetime, why: str, *, enquiry_id: int | None = None
) -> CaseChange | Refused:
    """A closed case is open again, by a reply (`enquiry_id`) or a person's word; `why` in their words.

    Its dates stay: what was owed was owed, and a new wish is a new case. Opening takes the outcome and the closing day
    away, so the next closing needs a letter of its own.
    """
    state = after(case.state, CaseAct.REOPEN)
    reasons = []
    if state is None:
        reasons.append("only a closed case can be reopened")
    if not why.strip():
        reasons.append("say why the case is reopened")
    if reasons:
        return Refused(reasons=tuple(reasons))
    today = today_for(case, policy, now)
    step = "read the reply and answer it" if enquiry_id is not None else "see what is still owed, and do it"
    return CaseChange(
        event="reopened",
        facts={
            "by": "person" if enquiry_id is None else "reply",
            "enquiry": enquiry_id,
            "outcome_before": case.outcome.value if case.outcome else None,
        },
        note=why.strip(),
        events=(CaseEvent(name=CaseEventName.REOPENED, on=today, recorded_at=now),),
        state=state,
        lane=lane_with_news(case) if enquiry_id is not None else None,
        next_step=(step, step_by(case, policy, now)),
        snoozed_until=awake(case, today),
    )
