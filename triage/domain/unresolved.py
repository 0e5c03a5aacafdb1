"""When a complaint is unresolved: every trigger as a pure function of the case. What follows: escalation.py.

A trigger fires once and stands on the case until an outcome clears it. Days of a complaint count as the statute reads,
the day of receipt being day 1: by the earlier of two counts nobody is late (DPA 2018 s.164A; ICO, how to deal with data
protection complaints).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from triage.domain.case_file import CaseFile, LinkedCase
from triage.domain.clock import local_date
from triage.domain.contact_with import (
    is_acknowledged,
    last_contact,
    promised_until,
    reopened_on,
    waits_for_person,
)
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import CaseState, Flag, Kind, LetterPurpose

_LAST_SAFE_DAY = 29  # of 30 by the literal count, the last on which an acknowledgement is safely in time


class TriggerCode(StrEnum):
    """Why a complaint is unresolved, the most pressing first."""

    ACKNOWLEDGE_NOW = "acknowledge_now"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    ABOUT_THE_DPO = "about_the_dpo"
    STILL_UNHAPPY = "still_unhappy"
    SECOND_COMPLAINT = "second_complaint"
    ABOUT_OVERDUE_REQUEST = "about_overdue_request"
    NO_OUTCOME = "no_outcome"
    SILENCE = "silence"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """One reason why a complaint is unresolved. `why` is for staff, without a word about the person."""

    code: TriggerCode
    why: str
    since_on: date


def triggers(case: CaseFile, policy: Policy, today: date) -> tuple[Trigger, ...]:
    """Every trigger that holds today, the most pressing first; none for what is no complaint or is not open.

    `today` is the day where the controller is established.
    """
    if case.kind is not Kind.COMPLAINT or case.state is not CaseState.OPEN:
        return ()
    return tuple(_all(case, policy, today))


def fired(case: CaseFile, policy: Policy, today: date) -> tuple[Trigger, ...]:
    """Those that do not stand on the case already."""
    return tuple(one for one in triggers(case, policy, today) if one.code not in case.unresolved)


def _all(case: CaseFile, policy: Policy, today: date) -> Iterator[Trigger]:
    received_on = case.dates.received_on
    if not is_acknowledged(case):
        yield from _unacknowledged(case, policy, today)
    if Flag.ABOUT_THE_DPO in case.flags:
        yield Trigger(
            code=TriggerCode.ABOUT_THE_DPO,
            why="it is about the DPO: nobody decides about their own conduct",
            since_on=received_on,
        )
    if unhappy_on := _still_unhappy_on(case, policy):
        yield Trigger(code=TriggerCode.STILL_UNHAPPY, why="the outcome we told is not accepted", since_on=unhappy_on)
    reopened = reopened_on(case)
    # What was known when it was answered does not make it unresolved again when a reply opens it.
    links = case.links if reopened is None else ()
    earlier = next((link for link in links if _is_same_complaint(link, case)), None)
    if earlier is not None:
        yield Trigger(
            code=TriggerCode.SECOND_COMPLAINT,
            why=f"a second complaint on the same facts, after {earlier.reference}",
            since_on=received_on,
        )
    late = next(filter(None, (_late(link, today) for link in links)), "")
    if late:
        yield Trigger(code=TriggerCode.ABOUT_OVERDUE_REQUEST, why=late, since_on=received_on)
    began_on = reopened or received_on
    no_outcome_on = began_on + timedelta(days=policy.targets.unresolved_day - 1)
    if today >= no_outcome_on:
        why = f"no outcome by day {policy.targets.unresolved_day}, counted from {plain_date(began_on)}"
        yield Trigger(code=TriggerCode.NO_OUTCOME, why=why, since_on=no_outcome_on)
    if silent := _silence(case, policy, today):
        yield silent


def _unacknowledged(case: CaseFile, policy: Policy, today: date) -> Iterator[Trigger]:
    """The statutory one where the law knows the duty (not the EU's: there only our own alarm stands)."""
    alarm_on, last_on = day_of(case, policy.targets.unacknowledged_alarm_day), day_of(case, _LAST_SAFE_DAY)
    law = case.dates.acknowledge_by
    if law is not None and today >= last_on:
        why = f"not acknowledged by day {_LAST_SAFE_DAY}; by the ICO's count the law allows until {plain_date(law)}"
        yield Trigger(code=TriggerCode.ACKNOWLEDGE_NOW, why=why, since_on=last_on)
    if today >= alarm_on:
        why = f"not acknowledged by day {policy.targets.unacknowledged_alarm_day}"
        yield Trigger(code=TriggerCode.NOT_ACKNOWLEDGED, why=why, since_on=alarm_on)


def day_of(case: CaseFile, number: int) -> date:
    """The complaint's day of that number, the day of receipt being day 1."""
    return case.dates.received_on + timedelta(days=number - 1)


def _silence(case: CaseFile, policy: Policy, today: date) -> Trigger | None:
    """Quiet while we wait for the person and up to the end of a day they were told, whatever else is true."""
    last_on = last_contact(case, policy)
    since_on = last_on + timedelta(days=policy.targets.complaint_news_days)
    told = promised_until(case)
    if told is not None:
        since_on = max(since_on, told + timedelta(days=1))
    if today < since_on or waits_for_person(case, policy):
        return None
    why = f"the person has not heard from us since {plain_date(last_on)}"
    return Trigger(code=TriggerCode.SILENCE, why=why, since_on=since_on)


def _still_unhappy_on(case: CaseFile, policy: Policy) -> date | None:
    """The day a reply did not accept the outcome; None without such a reply, or before any outcome was told."""
    told = [
        letter.sent_at
        for letter in case.letters
        if letter.purpose is LetterPurpose.COMPLAINT_OUTCOME and letter.number == case.number and letter.sent_at
    ]
    if not told and reopened_on(case) is None:
        return None
    nation = controller_of(case, policy).nation
    days = [
        local_date(message.received_at, nation)
        for message in case.messages
        if message.still_unhappy and (not told or message.received_at >= max(told))
    ]
    return max(days, default=None)


def _is_same_complaint(link: LinkedCase, case: CaseFile) -> bool:
    """Another complaint, answered before this one came: in the same thread, or about the same case."""
    if link.kind is not Kind.COMPLAINT or link.state is not CaseState.CLOSED or link.closed_on is None:
        return False
    received_on = case.dates.received_on
    if link.received_on >= received_on or link.closed_on > received_on:
        return False
    about = {one.reference for one in case.links if one.about}
    return link.same_thread or link.complains_of in about


def _late(link: LinkedCase, today: date) -> str:
    """Why the request this complaint is about is late, "" where it is not, or this is about something else."""
    if not link.about or link.statutory_due is None or link.kind is Kind.COMPLAINT:
        return ""
    due = plain_date(link.statutory_due)
    if link.closed_on is not None:
        late = f"{link.reference}, which it is about, was due on {due} and answered on {plain_date(link.closed_on)}"
        return late if link.closed_on > link.statutory_due else ""
    return f"{link.reference}, which it is about, was due on {due}" if today > link.statutory_due else ""
