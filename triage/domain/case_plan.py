"""A case to open: its dates, and the one next step a person owes with the day it is due."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from triage.domain.clock import ClockDates, ClockFacts, compute, local_date
from triage.domain.plain_dates import plain_date
from triage.domain.plan import PlannedCase
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import Kind
from triage.domain.workdays import WorkCalendar

# Outside these years a receipt is a broken date, and no calendar of ours covers it.
_SENSIBLE_YEARS = range(2000, 2098)
# The first step of a case whose person has not heard from us.
BY_HAND = "acknowledge by hand"


def receipt(received_at: datetime | None, now: datetime) -> datetime:
    """When it came, aware; `now` where that is unknown or cannot be true: a year of another age, or tomorrow."""
    if received_at is None or received_at.year not in _SENSIBLE_YEARS or received_at > now + timedelta(days=1):
        return now
    return received_at


def plan_case(
    kind: Kind,
    received_at: datetime,
    now: datetime,
    controller: Controller,
    policy: Policy,
    *,
    unanswered: bool,
    in_doubt: Controller | None = None,
) -> PlannedCase:
    """One right (or complaint) of one person against one controller. `received_at` and `now` are aware.

    `unanswered`: no acknowledgement goes out by itself, so sending one is the first step. `in_doubt`: another company
    whose law may be the one that counts; then each date is the earlier of the two.
    """
    facts = ClockFacts(kind=kind, received=received_at, nation=controller.nation, regime=controller.regime)
    dates = dates_by(facts, in_doubt, policy)
    step, step_on = _next_step(kind, dates, controller, policy, unanswered=unanswered)
    # A letter promises the next step's day, and a day that is past can be neither promised nor kept.
    earliest = our_calendar(controller, policy).after(local_date(now, controller.nation), 1)
    return PlannedCase(
        kind=kind,
        dates=dates,
        next_step=step,
        next_step_on=max(step_on, earliest),
        controller=controller.name,
        rules_in_doubt=in_doubt.name if in_doubt is not None else "",
    )


def dates_by(facts: ClockFacts, in_doubt: Controller | None, policy: Policy) -> ClockDates:
    """The dates these facts give; where another company's law may count too, each date the earlier of the two."""
    dates = compute(facts, policy.targets, policy.extra_bank_holidays, policy.office_closures)
    if in_doubt is None:
        return dates
    # What had come here by midnight had come, though it was the next day where the other company is.
    late = local_date(facts.received, in_doubt.nation) > dates.received_on
    received = dates.received_on if late else facts.received
    others = replace(facts, received=received, nation=in_doubt.nation, regime=in_doubt.regime)
    elsewhere = compute(others, policy.targets, policy.extra_bank_holidays, policy.office_closures)
    return earlier_of(dates, elsewhere, in_doubt)


def earlier_of(dates: ClockDates, others: ClockDates, in_doubt: Controller) -> ClockDates:
    """Of two laws that may both count, each date as the one that has it sooner says, with the reason in the trace."""

    def sooner(one: date | None, other: date | None) -> date | None:
        return min((day for day in (one, other) if day is not None), default=None)

    return replace(
        dates,
        statutory_due=sooner(dates.statutory_due, others.statutory_due),
        safe_due=sooner(dates.safe_due, others.safe_due),
        shadow_due=sooner(dates.shadow_due, others.shadow_due),
        internal_target=sooner(dates.internal_target, others.internal_target),
        acknowledge_by=sooner(dates.acknowledge_by, others.acknowledge_by),
        acknowledge_target=sooner(dates.acknowledge_target, others.acknowledge_target),
        extension_notice_by=sooner(dates.extension_notice_by, others.extension_notice_by),
        trace=(
            *dates.trace,
            f"regime=EU? {in_doubt.name} may be the one that is asked: {_owed(others)} by its rules, {_owed(dates)} by "
            "these; the earlier date counts until a person says which company it is.",
        ),
    )


def _owed(dates: ClockDates) -> str:
    """The date that matters most, in words."""
    day = dates.statutory_due or dates.acknowledge_by or dates.internal_target
    return plain_date(day) if day is not None else "no date"


def _news_by(received_on: date, controller: Controller, policy: Policy) -> date:
    """The day by which a complainant hears from us: promised in the letter, so a date of the case."""
    return our_calendar(controller, policy).back(received_on + timedelta(days=policy.targets.complaint_news_days))


def _next_step(
    kind: Kind, dates: ClockDates, controller: Controller, policy: Policy, *, unanswered: bool
) -> tuple[str, date]:
    calendar, received_on = our_calendar(controller, policy), dates.received_on
    if unanswered:
        return BY_HAND, calendar.after(received_on, policy.targets.acknowledge_alarm_working_days)
    if kind is Kind.OPT_OUT and dates.internal_target is not None:
        return "stop the marketing in every system", dates.internal_target
    if kind is Kind.COMPLAINT:
        return "answer, or tell how far we have got", _news_by(received_on, controller, policy)
    return "check kind and identity, then start the search", calendar.after(received_on, 2)


def our_calendar(controller: Controller, policy: Policy) -> WorkCalendar:
    """Working days of our own promises: a closed office moves them, as it moves no statutory date."""
    return WorkCalendar(
        nation=controller.nation, extra_holidays=policy.extra_bank_holidays, closures=policy.office_closures
    )
