"""How a case stands on a day: answered, acknowledged, waiting for the person, snoozed, overdue. Read off the case."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.clock import local_date
from triage.domain.clock_refusals import in_order
from triage.domain.policy import Controller, Policy
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, LetterPurpose
from triage.domain.workdays import WorkCalendar

DRAFT, SENT = "draft", "sent"
_APPROVED = ("queued", "sending", SENT)
_LOST = ("refused", "unclear", "stranded")

_ANSWERS = frozenset(
    {
        LetterPurpose.OUTCOME,
        LetterPurpose.REFUSAL,
        LetterPurpose.FORWARDED,
        LetterPurpose.COMPLAINT_OUTCOME,
        LetterPurpose.OPT_OUT_DONE,
    }
)
ACKNOWLEDGEMENTS = frozenset(
    {
        LetterPurpose.ACKNOWLEDGEMENT,
        LetterPurpose.NEUTRAL,
        LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT,
        LetterPurpose.OPT_OUT_RECORDED,
    }
)

_E, _P = CaseEventName, LetterPurpose
_ASKED_FOR = (
    ("proof of identity", _E.IDENTITY_ASKED, _E.IDENTITY_RECEIVED, _P.IDENTITY_ASK),
    ("proof of authority", _E.AUTHORITY_ASKED, _E.AUTHORITY_RECEIVED, _P.AUTHORITY_ASK),
    ("the fee", _E.FEE_ASKED, _E.FEE_PAID, None),
    ("the clarification", _E.CLARIFICATION_ASKED, _E.CLARIFICATION_RECEIVED, _P.CLARIFICATION_ASK),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What the person was asked for and has not given yet. `chased`: they were asked again, last on `asked_on`."""

    what: str
    first_asked_on: date
    asked_on: date
    chased: bool


def calendar_of(controller: Controller, policy: Policy) -> WorkCalendar:
    """Our own working days: closures count as shut, for they move targets and reminders (never a statutory date)."""
    return WorkCalendar(
        nation=controller.nation, extra_holidays=policy.extra_bank_holidays, closures=policy.office_closures
    )


def today_of(case: CaseFile, policy: Policy, now: datetime) -> date:
    """The day it is where the case's controller is established."""
    return local_date(now, controller_of(case, policy).nation)


def working_days_left(today: date, due_on: date, calendar: WorkCalendar, most: int) -> int:
    """Working days from tomorrow to `due_on`, both inclusive, counted up to `most`; 0 on the day itself and after."""
    ahead = (today + timedelta(days=day) for day in range(1, (due_on - today).days + 1))
    return sum(1 for _ in islice(filter(calendar.is_working, ahead), most))


def have_passed(working_days: int, since: date, today: date, calendar: WorkCalendar) -> bool:
    """Whether `working_days` whole working days after `since` are over."""
    return today > calendar.after(since, working_days)


def has_approved_answer(case: CaseFile) -> bool:
    """Whether an answer is on its way or there: a person approved it, or it is answered otherwise."""
    return is_answered(case) or any(letter.state in _APPROVED for letter in _answers(case))


def is_answered(case: CaseFile) -> bool:
    """Whether the person has the answer as far as we know, by letter or outside the desk, or wants none any more."""
    return _delivered(case) or is_withdrawn(case) or any(letter.state == SENT for letter in _answers(case))


def is_withdrawn(case: CaseFile) -> bool:
    """Whether the person took it back, and the case was not reopened since."""
    return any(_is_since_reopening(case, event.recorded_at) for event in case.events if event.name is _E.WITHDRAWN)


def drafts(case: CaseFile) -> tuple[CaseLetter, ...]:
    """Letters about this case that wait for a person's approval."""
    return tuple(letter for letter in case.letters if letter.state == DRAFT and letter.number in (None, case.number))


def lost_acknowledgement(case: CaseFile) -> CaseLetter | None:
    """The last acknowledgement that did not arrive, as far as we know, while one is owed."""
    lost = (
        letter
        for letter in case.letters
        if letter.purpose in ACKNOWLEDGEMENTS and (letter.returned or letter.state in _LOST)
    )
    return max(lost, key=lambda letter: letter.id, default=None) if case.not_acknowledged else None


def is_unacknowledged(case: CaseFile) -> bool:
    """Whether the person has had no acknowledgement: one is owed by hand, or still waits in the outbox.

    An outcome makes it needless (ICO on complaints). Who cannot be reached cannot be acknowledged.
    """
    if case.state is CaseState.CANNOT_REACH or is_answered(case):
        return False
    letters = [letter for letter in case.letters if letter.purpose in ACKNOWLEDGEMENTS]
    gone = any(letter.state == SENT for letter in letters)
    return case.not_acknowledged or (not gone and any(letter.state in ("queued", "sending") for letter in letters))


def is_opt_out_done(case: CaseFile) -> bool:
    """Whether marketing has stopped everywhere: every line of the checklist is done, or the letter that says so."""
    ticked = bool(case.tasks) and not any(task.is_owed for task in case.tasks)
    return ticked or has_approved_answer(case)


def is_snoozed(case: CaseFile, today: date) -> bool:
    """Whether reminders of the case rest today."""
    return case.snoozed_until is not None and today < case.snoozed_until


def is_extended(case: CaseFile) -> bool:
    """Whether the time was extended."""
    return any(event.name is _E.EXTENDED for event in case.events)


def waits_for(case: CaseFile) -> Waiting | None:
    """What the person still owes us, the oldest question first; None where nothing is open."""
    open_asks = []
    happened = in_order(case.events)
    for what, asked, received, purpose in _ASKED_FOR:
        answered = max((at for at, event in enumerate(happened) if event.name is received), default=-1)
        asked_on = [event.on for event in happened[answered + 1 :] if event.name is asked]
        if not asked_on:
            continue
        first = asked_on[0]
        again = [
            letter.sent_at.date()
            for letter in case.letters
            if letter.purpose is purpose and letter.sent_at is not None and letter.number in (None, case.number)
        ]
        last = max([first, *asked_on, *again])
        # The letter that asked first may leave the day after it was written down.
        chased = last > first + timedelta(days=7)
        open_asks.append(Waiting(what=what, first_asked_on=first, asked_on=last if chased else first, chased=chased))
    return min(open_asks, key=lambda waiting: waiting.first_asked_on, default=None)


def overdue_since(case: CaseFile, today: date) -> date | None:
    """The last day that was missed: an answer is owed since, or a complaint's acknowledgement; None if none was.

    The statutory day counts, as the statute counts it. While identity, authority, fee or a clarification is awaited
    time does not run, and that is no breach (Art 12A UK GDPR). But what was asked for only when the time from receipt
    was over brings nothing back: then the shadow date stands. A complaint has no month (DPA 2018 s.164A): its
    acknowledgement alone can be overdue; that an outcome takes long is what makes it unresolved.
    """
    dates = case.dates
    if case.kind is Kind.COMPLAINT:
        due_on = dates.acknowledge_by if is_unacknowledged(case) else None
    elif is_answered(case):
        due_on = None
    else:
        due_on = dates.statutory_due
        waiting = waits_for(case) if due_on is None else None
        if waiting is not None and dates.shadow_due is not None and waiting.first_asked_on > dates.shadow_due:
            due_on = dates.shadow_due
    return due_on if due_on is not None and due_on < today else None


def _answers(case: CaseFile) -> tuple[CaseLetter, ...]:
    return tuple(
        letter
        for letter in case.letters
        if letter.purpose in _ANSWERS
        and letter.number == case.number
        and not letter.returned
        and _is_since_reopening(case, letter.created_at)
    )


def _delivered(case: CaseFile) -> bool:
    return case.delivered and not any(event.name is _E.REOPENED for event in case.events)


def _is_since_reopening(case: CaseFile, at: datetime) -> bool:
    return all(at >= event.recorded_at for event in case.events if event.name is _E.REOPENED)
