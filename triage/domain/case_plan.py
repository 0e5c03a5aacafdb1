"""A case to open: its dates, and the one next step a person owes with the day it is due."""

from datetime import date, datetime

from triage.domain.clock import ClockDates, ClockFacts, compute
from triage.domain.plan import PlannedCase
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import Kind


def plan_case(
    kind: Kind, received_at: datetime, controller: Controller, policy: Policy, *, unanswered: bool
) -> PlannedCase:
    """One right (or complaint) of one person against one controller. `received_at` is aware.

    `unanswered`: no acknowledgement goes out by itself, so sending one is the first step.
    """
    facts = ClockFacts(kind=kind, received=received_at, nation=controller.nation, regime=controller.regime)
    dates = compute(facts, policy.targets, policy.extra_bank_holidays, policy.office_closures)
    step, step_on = _next_step(kind, dates, unanswered)
    return PlannedCase(kind=kind, dates=dates, next_step=step, next_step_on=step_on)


def _next_step(kind: Kind, dates: ClockDates, unanswered: bool) -> tuple[str, date]:
    soon = dates.acknowledge_target or dates.received_on
    if unanswered:
        return "acknowledge by hand", soon
    if kind is Kind.OPT_OUT:
        return "stop the marketing in every system", dates.internal_target or soon
    if kind is Kind.COMPLAINT:
        return "look into it and find out what happened", soon
    return "check kind and identity, then start the search", soon
