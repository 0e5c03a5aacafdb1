"""What follows from a complaint's being unresolved, and the news its person is owed meanwhile.

New triggers put the case on top of the queue, are told to the staff (staff_notice.py) and lay the letter with the way
to the regulator before a person. To the customer nothing goes without approval, unless the policy names a day for the
honest status letter.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from triage.domain.approving import DRAFT_HOLDS_FOR
from triage.domain.case_change import CaseChange, DraftedLetter
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.case_plan import our_calendar
from triage.domain.clock import local_date
from triage.domain.contact_with import last_contact, promised_until, waits_for_person
from triage.domain.letter_choice import SILENT_FLAGS
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of, drafted
from triage.domain.unresolved import Trigger, TriggerCode, day_of, triggers
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Kind, Lane, LetterPurpose, Nation

_READY_BEFORE = timedelta(days=2)  # a progress letter is laid ready so long before the day news was promised for
_THROWN_AWAY_RESTS = timedelta(days=7)
_ON_ITS_WAY = ("draft", "queued", "sending")


def escalate(case: CaseFile, new_triggers: tuple[Trigger, ...], policy: Policy, now: datetime) -> CaseChange:
    """What new triggers (at least one) do to a complaint: on top of everything (lane urgent), a next step today or on
    the next working day, and the escalation letter laid before a person, unless one waits for a word already.

    The letter goes by itself only as the policy's status letter (`status_letter`); once that has gone, the same is laid
    ready for nobody a second time. `now` is aware UTC.
    """
    today = local_date(now, controller_of(case, policy).nation)
    codes = tuple(one for one in TriggerCode if one in case.unresolved or one in {new.code for new in new_triggers})
    needless = _waiting(case, LetterPurpose.ESCALATION) is not None or has_gone_by_itself(case, policy)
    letter = None if needless else escalation_letter(case, new_triggers, policy, today)
    return CaseChange(
        event="complaint_unresolved",
        facts={"triggers": [new.code.value for new in new_triggers]},
        lane=Lane.URGENT,
        next_step=(
            _step(new_triggers[0].code, case, policy),
            our_calendar(controller_of(case, policy), policy).forward(today),
        ),
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
    if day == 0 or not standing or today < day_of(case, day) or not can_be_written_to(case):
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
        letters=(escalation_letter(case, standing, policy, today, sends_itself=True),),
        discards=tuple(one.id for one in escalations if one.state == "draft"),
    )


def nudge(case: CaseFile, policy: Policy, today: date) -> CaseChange | None:
    """The progress letter of a complaint, laid ready shortly before news is due; None while there is nothing to do.

    News is due on the day a letter promised it for, else `complaint_news_days` after our last contact. The letter
    promises the next news; that day counts once it is sent. Nothing is laid ready while we wait for the person, nor in
    the week after one was laid ready that a person threw away: they know, and silence tells of itself. An answer in
    draft that is too old to go is no news.
    """
    if case.kind is not Kind.COMPLAINT or case.state is not CaseState.OPEN or not can_be_written_to(case):
        return None
    news = (LetterPurpose.COMPLAINT_PROGRESS, LetterPurpose.COMPLAINT_OUTCOME, LetterPurpose.ESCALATION)
    waiting = [one for one in (_waiting(case, purpose) for purpose in news) if one is not None]
    nation = controller_of(case, policy).nation
    if any(not _is_answer_too_old(one, nation, today) for one in waiting) or waits_for_person(case, policy):
        return None
    if _thrown_away_lately(case, policy, today):
        return None
    calendar = our_calendar(controller_of(case, policy), policy)
    often = timedelta(days=policy.targets.complaint_news_days)
    last_on, told = last_contact(case, policy), promised_until(case)
    due_on = calendar.back(told if told is not None and told > last_on else last_on + often)
    if today < calendar.back(due_on - _READY_BEFORE):
        return None
    why = f"news is due by {plain_date(due_on)}: tell how far we have got"
    letter = progress_letter(case, policy, max(today, due_on), why=why)
    return CaseChange(
        event="progress_letter_laid_ready",
        facts={"news_due_on": due_on.isoformat()},
        next_step=("answer the complaint, or approve the progress letter", max(due_on, calendar.forward(today))),
        letters=(letter,),
    )


def progress_letter(case: CaseFile, policy: Policy, on: date, *, why: str) -> DraftedLetter:
    """The letter that says how far a complaint has got, from which day `on` the next news are counted."""
    calendar = our_calendar(controller_of(case, policy), policy)
    often = timedelta(days=policy.targets.complaint_news_days)
    return drafted(case, LetterPurpose.COMPLAINT_PROGRESS, policy, why=why, promised_on=calendar.back(on + often))


def has_gone_by_itself(case: CaseFile, policy: Policy) -> bool:
    """Whether the policy lets the status letter go by itself, and it has, since the case was last reopened."""
    reopened = max((one.recorded_at for one in case.events if one.name is CaseEventName.REOPENED), default=None)
    return policy.targets.status_letter_on_day > 0 and any(
        one.purpose is LetterPurpose.ESCALATION
        and one.number == case.number
        and one.state in ("queued", "sending", "sent")
        and not one.returned
        and (reopened is None or one.created_at >= reopened)
        for one in case.letters
    )


def _step(code: TriggerCode, case: CaseFile, policy: Policy) -> str:
    match code:
        case TriggerCode.ACKNOWLEDGE_NOW | TriggerCode.NOT_ACKNOWLEDGED:
            return "acknowledge the complaint today"
        case TriggerCode.ABOUT_THE_DPO:
            return "hand it to somebody other than the DPO, who answers it"
        case _ if not can_be_written_to(case):
            return "answer the complaint, or tell by hand where it stands: no address is known"
        case _ if has_gone_by_itself(case, policy):
            return "answer the complaint: the letter that names the regulator has gone"
        case _:
            return "answer the complaint, or approve the letter that says where it stands and names the regulator"


def escalation_letter(
    case: CaseFile, why: Iterable[Trigger], policy: Policy, today: date, *, sends_itself: bool = False
) -> DraftedLetter:
    """The letter that says where it stands and names the regulator, because of `why`; it promises the next news.

    Where an answer was given that is not accepted, it says so rather than that there is none yet.
    """
    told = [one for one in case.letters if one.purpose is LetterPurpose.COMPLAINT_OUTCOME and one.number == case.number]
    calendar = our_calendar(controller_of(case, policy), policy)
    return drafted(
        case,
        LetterPurpose.ESCALATION,
        policy,
        why="unresolved: " + "; ".join(one.why for one in why),
        promised_on=calendar.back(today + timedelta(days=policy.targets.complaint_news_days)),
        sends_itself=sends_itself,
        outcome=next((one.outcome for one in reversed(told) if one.sent_at is not None), None),
    )


def _waiting(case: CaseFile, purpose: LetterPurpose) -> CaseLetter | None:
    """A letter of that purpose about this case which a person, or the outbox, has still to deal with."""
    of_case = (one for one in case.letters if one.purpose is purpose and one.number == case.number)
    return next((one for one in of_case if one.state in _ON_ITS_WAY), None)


def _is_answer_too_old(letter: CaseLetter, nation: Nation, today: date) -> bool:
    """A draft of the outcome that nobody may approve any more (approving.approve). The desk's own are renewed."""
    is_answer = letter.purpose is LetterPurpose.COMPLAINT_OUTCOME and letter.state == "draft"
    return is_answer and today > local_date(letter.created_at, nation) + DRAFT_HOLDS_FOR


def _thrown_away_lately(case: CaseFile, policy: Policy, today: date) -> bool:
    nation = controller_of(case, policy).nation
    return any(
        one.purpose is LetterPurpose.COMPLAINT_PROGRESS
        and one.number == case.number
        and one.state == "discarded"
        and today < local_date(one.created_at, nation) + _THROWN_AWAY_RESTS
        for one in case.letters
    )


def can_be_written_to(case: CaseFile) -> bool:
    """A chat is answered in its thread; elsewhere there has to be an address that may be written to."""
    return bool(case.recipient) or case.channel is Channel.CHAT
