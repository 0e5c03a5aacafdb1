"""A case to open: its dates, and the one next step a person owes with the day it is due."""

from datetime import date, datetime, timedelta

from triage.domain.clock import ClockDates, ClockFacts, compute, local_date
from triage.domain.plan import PlannedCase
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import Kind
from triage.domain.workdays import WorkCalendar

# Outside these years a receipt is a broken date, and no calendar of ours covers it.
_SENSIBLE_YEARS = range(2000, 2098)


def receipt(received_at: datetime | None, now: datetime) -> datetime:
    """When it came, aware; `now` where that is unknown or cannot be true: a year of another age, or tomorrow."""
    if received_at is None or received_at.year not in _SENSIBLE_YEARS or received_at > now + timedelta(days=1):
        return now
    return received_at


def plan_case(
    kind: Kind, received_at: datetime, now: datetime, controller: Controller, policy: Policy, *, unanswered: bool
) -> PlannedCase:
    """One right (or complaint) of one person against one controller. `received_at` and `now` are aware.

    `unanswered`: no acknowledgement goes out by itself, so sending one is the first step.
    """
    facts = ClockFacts(kind=kind, received=received_at, nation=controller.nation, regime=controller.regime)
    dates = compute(facts, policy.targets, policy.extra_bank_holidays, policy.office_closures)
    step, step_on = _next_step(kind, dates, controller, policy, unanswered=unanswered)
    # A letter promises the next step's day, and a day that is past can be neither promised nor kept.
    earliest = _our_calendar(controller, policy).after(local_date(now, controller.nation), 1)
    return PlannedCase(kind=kind, dates=dates, next_step=step, next_step_on=max(step_on, earliest))


def _news_by(received_on: date, controller: Controller, policy: Policy) -> date:
    """The day by which a complainant hears from us: promised in the letter, so a date of the case."""
    return _our_calendar(controller, policy).back(received_on + timedelta(days=policy.targets.complaint_news_days))


def _next_step(
    kind: Kind, dates: ClockDates, controller: Controller, policy: Policy, *, unanswered: bool
) -> tuple[str, date]:
    calendar, received_on = _our_calendar(controller, policy), dates.received_on
    if unanswered:
        return "acknowledge by hand", calendar.after(received_on, policy.targets.acknowledge_alarm_working_days)
    if kind is Kind.OPT_OUT and dates.internal_target is not None:
        return "stop the marketing in every system", dates.internal_target
    if kind is Kind.COMPLAINT:
        return "answer, or tell how far we have got", _news_by(received_on, controller, policy)
    return "check kind and identity, then start the search", calendar.after(received_on, 2)


def _our_calendar(controller: Controller, policy: Policy) -> WorkCalendar:
    return WorkCalendar(
        nation=controller.nation, extra_holidays=policy.extra_bank_holidays, closures=policy.office_closures
    )
