"""When a complaint is unresolved: every trigger as a pure function of the case, what follows, and the regular news.

A trigger fires once, puts the case on top of the queue, is told to the staff (staff_notice.py) and lays the letter with
the way to the regulator before a person. It stands on the case until an outcome clears it. Days of a complaint count as
the statute reads, the day of receipt being day 1: by the earlier of two counts nobody is late (DPA 2018 s.164A; ICO,
how to deal with data protection complaints).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from triage.domain.case_change import CaseChange, DraftedLetter
from triage.domain.case_file import CaseFile, CaseLetter, LinkedCase
from triage.domain.case_plan import our_calendar
from triage.domain.clock import local_date
from triage.domain.contact_with import (
    is_acknowledged,
    last_contact,
    promised_until,
    reopened_on,
    waits_for_person,
)
from triage.domain.letter_choice import SILENT_FLAGS
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of, drafted
from triage.domain.vocabulary import CaseState, Channel, Flag, Kind, Lane, LetterPurpose

_LAST_SAFE_DAY = 29  # of 30 by the literal count, the last on which an acknowledgement is safely in time
_READY_BEFORE = timedelta(days=2)  # a progress letter is laid ready so long before the day news was promised for
_ON_ITS_WAY = ("draft", "queued", "sending")


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


def escalate(case: CaseFile, new_triggers: tuple[Trigger, ...], policy: Policy, now: datetime) -> CaseChange:
    """What new triggers (at least one) do to a complaint: on top of everything (lane urgent), a next step today or on
    the next working day, and the escalation letter laid before a person, unless one waits for a word already.

    The letter goes by itself only as the policy's status letter (`status_letter`). `now` is aware UTC.
    """
    today = local_date(now, controller_of(case, policy).nation)
    codes = tuple(one for one in TriggerCode if one in case.unresolved or one in {new.code for new in new_triggers})
    letter = None if _waiting(case, LetterPurpose.ESCALATION) else _escalation(case, new_triggers, policy, today)
    return CaseChange(
        event="complaint_unresolved",
        facts={"triggers": [new.code.value for new in new_triggers]},
        lane=Lane.URGENT,
        next_step=(_step(new_triggers[0].code, case), our_calendar(controller_of(case, policy), policy).forward(today)),
        letters=(letter,) if letter is not None and can_be_written_to(case) else (),
        unresolved=tuple(code.value for code in codes),
    )


def status_letter(case: CaseFile, policy: Policy, now: datetime) -> CaseChange | None:
    """The honest status letter with the regulator's guidance, by itself, on the day the policy names; else None.

    Once in a case's life, and only where a trigger stands, every message is read and nothing calls for a person's word.
    A draft of it that still waits is thrown away.
    """
    today = local_date(now, controller_of(case, policy).nation)
    day, standing = policy.targets.status_letter_on_day, triggers(case, policy, today)
    escalations = [one for one in case.letters if one.purpose is LetterPurpose.ESCALATION and one.number == case.number]
    if day == 0 or not standing or today < _day(case, day) or not can_be_written_to(case):
        return None
    if (
        case.unread
        or SILENT_FLAGS & set(case.flags)
        or any(one.state not in ("draft", "discarded") for one in escalations)
    ):
        return None
    return CaseChange(
        event="status_letter_sent",
        facts={"on_day": day},
        letters=(_escalation(case, standing, policy, today, sends_itself=True),),
        discards=tuple(one.id for one in escalations if one.state == "draft"),
    )


def nudge(case: CaseFile, policy: Policy, today: date) -> CaseChange | None:
    """The progress letter of a complaint, laid ready shortly before news is due; None while there is nothing to do.

    News is due on the day a letter promised it for, else `complaint_news_days` after our last contact. The letter
    promises the next news; that day counts once it is sent. Nothing is laid ready while we wait for the person.
    """
    if case.kind is not Kind.COMPLAINT or case.state is not CaseState.OPEN or not can_be_written_to(case):
        return None
    news = (LetterPurpose.COMPLAINT_PROGRESS, LetterPurpose.COMPLAINT_OUTCOME, LetterPurpose.ESCALATION)
    if any(_waiting(case, purpose) for purpose in news) or waits_for_person(case, policy):
        return None
    calendar = our_calendar(controller_of(case, policy), policy)
    often = timedelta(days=policy.targets.complaint_news_days)
    last_on, told = last_contact(case, policy), promised_until(case)
    due_on = calendar.back(told if told is not None and told > last_on else last_on + often)
    if today < calendar.back(due_on - _READY_BEFORE):
        return None
    why = f"news is due by {plain_date(due_on)}: tell how far we have got"
    letter = drafted(
        case,
        LetterPurpose.COMPLAINT_PROGRESS,
        policy,
        why=why,
        promised_on=calendar.back(max(today, due_on) + often),
    )
    return CaseChange(
        event="progress_letter_laid_ready",
        facts={"news_due_on": due_on.isoformat()},
        next_step=("answer the complaint, or approve the progress letter", max(due_on, calendar.forward(today))),
        letters=(letter,),
    )


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
    alarm_on, last_on = _day(case, policy.targets.unacknowledged_alarm_day), _day(case, _LAST_SAFE_DAY)
    law = case.dates.acknowledge_by
    if law is not None and today >= last_on:
        why = f"not acknowledged by day {_LAST_SAFE_DAY}; by the ICO's count the law allows until {plain_date(law)}"
        yield Trigger(code=TriggerCode.ACKNOWLEDGE_NOW, why=why, since_on=last_on)
    if today >= alarm_on:
        why = f"not acknowledged by day {policy.targets.unacknowledged_alarm_day}"
        yield Trigger(code=TriggerCode.NOT_ACKNOWLEDGED, why=why, since_on=alarm_on)


def _day(case: CaseFile, number: int) -> date:
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


def _step(code: TriggerCode, case: CaseFile) -> str:
    match code:
        case TriggerCode.ACKNOWLEDGE_NOW | TriggerCode.NOT_ACKNOWLEDGED:
            return "acknowledge the complaint today"
        case TriggerCode.ABOUT_THE_DPO:
            return "hand it to somebody other than the DPO, who answers it"
        case _ if not can_be_written_to(case):
            return "answer the complaint, or tell by hand where it stands: no address is known"
        case _:
            return "answer the complaint, or approve the letter that says where it stands and names the regulator"


def _escalation(
    case: CaseFile, why: Iterable[Trigger], policy: Policy, today: date, *, sends_itself: bool = False
) -> DraftedLetter:
    calendar = our_calendar(controller_of(case, policy), policy)
    return drafted(
        case,
        LetterPurpose.ESCALATION,
        policy,
        why="unresolved: " + "; ".join(one.why for one in why),
        promised_on=calendar.back(today + timedelta(days=policy.targets.complaint_news_days)),
        sends_itself=sends_itself,
    )


def _waiting(case: CaseFile, purpose: LetterPurpose) -> CaseLetter | None:
    """A letter of that purpose about this case which a person, or the outbox, has still to deal with."""
    of_case = (one for one in case.letters if one.purpose is purpose and one.number == case.number)
    return next((one for one in of_case if one.state in _ON_ITS_WAY), None)


def can_be_written_to(case: CaseFile) -> bool:
    """A chat is answered in its thread; elsewhere there has to be an address that may be written to."""
    return bool(case.recipient) or case.channel is Channel.CHAT
