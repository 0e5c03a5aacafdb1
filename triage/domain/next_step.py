"""The one next step of an open case, and its day: derived from how the case stands, never typed and never stale."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from triage.domain import case_standing as standing
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.case_steps import TAKEN_BACK
from triage.domain.clock import local_date
from triage.domain.notices import in_words, short_date
from triage.domain.outcomes import CLOSING_LETTERS
from triage.domain.policy import Policy, Targets
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import CaseState, Flag, Kind, LetterPurpose
from triage.domain.workdays import WorkCalendar

# From here on a late answer is foreseeable, and an extension must still be announced inside the month.
EXTENSION_IDEA_AFTER_DAYS = 20
_FIRST_LOOK_WORKING_DAYS = 2
_CLOSE_WORKING_DAYS = 2
_NEWS = (LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, LetterPurpose.COMPLAINT_PROGRESS, LetterPurpose.ESCALATION)
_TELL_PROGRESS = frozenset({LetterPurpose.PROGRESS, LetterPurpose.COMPLAINT_PROGRESS})
# Of several drafts the first of these is named. What was first understood differently acknowledges what is asked.
_DRAFTS_FIRST = (
    standing.ACKNOWLEDGEMENTS | {LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY},
    CLOSING_LETTERS,
)

_ART_33 = timedelta(hours=72)

# How a step begins whose day is over.
OVERDUE = "overdue: "

Step = tuple[str, date]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """A case as seen on one day, with what its days are counted by."""

    case: CaseFile
    targets: Targets
    calendar: WorkCalendar
    today: date

    def day_of(self, at: datetime) -> date:
        return local_date(at, self.calendar.nation)

    def after(self, since: date, working_days: int) -> date:
        return self.calendar.after(since, working_days)

    def soon_after(self, at: datetime, working_days: int) -> date:
        """So many working days after `at`, but by the case's own day where that is sooner and still ahead."""
        since = self.day_of(at)
        return min(self.after(since, working_days), max(self.unfinished_by, since))

    @property
    def received_on(self) -> date:
        return self.case.dates.received_on

    @property
    def answer_by(self) -> date:
        """The next of the days an answer is meant for; once all are over, the one that was missed."""
        dates = self.case.dates
        owed = [day for day in (dates.internal_target, dates.safe_due, dates.statutory_due) if day is not None]
        missed = dates.statutory_due or dates.shadow_due or dates.internal_target
        return next((day for day in owed if day >= self.today), missed or self.after(self.received_on, 1))

    @property
    def unfinished_by(self) -> date:
        """The first day on which anything may be too late."""
        dates = self.case.dates
        return dates.safe_due or dates.shadow_due or dates.internal_target or self.after(self.received_on, 1)


def next_step(case: CaseFile, policy: Policy, today: date) -> Step:
    """What a person does next about an open case, and by which day.

    A day that is over stands there as it was, and the step then begins with "overdue". `today` is the local day of the
    case's controller. Snoozing changes no step: it only rests the reminders.
    Raises ValueError for a case that is closed or set aside: nothing is owed there.
    """
    if not case.is_open:
        raise ValueError(f"{case.reference}: nothing is owed in a case that is {in_words(case.state)}")
    calendar = standing.calendar_of(controller_of(case, policy), policy)
    look = _Look(case=case, targets=policy.targets, calendar=calendar, today=today)
    what, by = next(step for rule in _RULES if (step := rule(look)) is not None)
    return (f"{OVERDUE}{what}" if by < today else what), by


def step_in_words(step: Step) -> str:
    """A step with its day, for a mail: "answer the person, by Wed 23 Dec"."""
    what, by = step
    if what.startswith(OVERDUE):
        return f"{what.removeprefix(OVERDUE)} (overdue since {short_date(by)})"
    return f"{what}, by {short_date(by)}"


def _breach(look: _Look) -> Step | None:
    """Somebody tells of a possible breach, and nobody has read it. The 72 hours count from our being aware of it (Art
    33(1) UK GDPR), in doubt from receipt."""
    told = [one.received_at for one in look.case.unread if Flag.BREACH_REPORT in one.flags]
    if not told:
        return None
    return "look at the possible breach now: the regulator hears of it within 72 hours", look.day_of(
        min(told) + _ART_33
    )


def _new_message(look: _Look) -> Step | None:
    """What came after the case was opened. The message that opened it is read with the first look."""
    came = [message.received_at for message in look.case.unread if message.received_at > look.case.received_at]
    return ("read the new message", look.soon_after(min(came), 1)) if came else None


def _pressing_draft(look: _Look) -> Step | None:
    """Acknowledgements first, which the law gives days, then answers, then what else a person waits for or is asked."""
    return _draft_step([one for one in standing.drafts(look.case) if one.purpose not in _TELL_PROGRESS], look)


def _news_draft(look: _Look) -> Step | None:
    """News in draft can wait for what is overdue or stopped, and for marketing that still goes on."""
    case = look.case
    still_sent = case.kind is Kind.OPT_OUT and not standing.is_opt_out_done(case)
    if case.erasure_blocked or still_sent or standing.overdue_since(case, look.today) is not None:
        return None
    return _draft_step([one for one in standing.drafts(case) if one.purpose in _TELL_PROGRESS], look)


def _draft_step(waiting: Sequence[CaseLetter], look: _Look) -> Step | None:
    if not waiting:
        return None
    first = min(waiting, key=lambda one: (_rank(one.purpose), one.created_at))
    return f"approve or discard the letter ({in_words(first.purpose)})", look.soon_after(first.created_at, 1)


def _rank(purpose: LetterPurpose) -> int:
    return next((rank for rank, purposes in enumerate(_DRAFTS_FIRST) if purpose in purposes), len(_DRAFTS_FIRST))


def _acknowledge(look: _Look) -> Step | None:
    if not (look.case.not_acknowledged and standing.is_unacknowledged(look.case)):
        return None
    by = look.after(look.received_on, look.targets.acknowledge_alarm_working_days)
    if standing.lost_acknowledgement(look.case) is not None:
        return "our acknowledgement did not arrive: find another way to reach the person", by
    return "acknowledge by hand", by


def _cannot_reach(look: _Look) -> Step | None:
    if look.case.state is not CaseState.CANNOT_REACH:
        return None
    return "no way to reach the person: look again, then decide whether to close it", look.answer_by


def _close(look: _Look) -> Step | None:
    """Answered or taken back, and still open: a person closes it, no machine does."""
    case = look.case
    if standing.is_withdrawn(case):
        last = max(event.on for event in case.events)
        return TAKEN_BACK, look.after(last, _CLOSE_WORKING_DAYS)
    if not standing.is_answered(case):
        return None
    last = max((letter.sent_at for letter in case.letters if letter.sent_at is not None), default=case.opened_at)
    return "answered: close it with its outcome", look.after(look.day_of(last), _CLOSE_WORKING_DAYS)


def _stop_marketing(look: _Look) -> Step | None:
    """Stop first, then tell (Art 21(3)): nothing is awaited for it, no acknowledgement either."""
    case = look.case
    owed = [task.system for task in case.tasks if task.is_owed]
    if case.kind is not Kind.OPT_OUT or (case.tasks and not owed):
        return None
    if case.state is CaseState.CANNOT_REACH or standing.is_answered(case):
        return None
    where = ", ".join(owed) or "every system"
    acknowledge = _acknowledge(look)
    then = "" if acknowledge is None else f"; then {acknowledge[0]}"
    target = case.dates.internal_target or look.after(look.received_on, look.targets.opt_out_working_days)
    return f"stop the marketing: {where}{then}", target


def _stopped(look: _Look) -> Step | None:
    case = look.case
    if case.kind is not Kind.OPT_OUT:
        return None
    done_on = max((task.done_on for task in case.tasks if task.done_on is not None), default=look.received_on)
    return "marketing has stopped: tell the person, and close it", look.after(done_on, _CLOSE_WORKING_DAYS)


def _waiting(look: _Look) -> Step | None:
    """What was asked for and has not come is chased; then a person decides. Nothing is ever closed by silence."""
    waiting = standing.waits_for(look.case)
    if waiting is None or look.case.kind is Kind.COMPLAINT:
        return None
    by = look.calendar.forward(waiting.asked_on + timedelta(days=look.targets.chase_after_days))
    # Under EU GDPR time runs on while we wait: the answer's own day stands.
    by = min(by, look.case.dates.safe_due or by)
    if waiting.chased:
        return f"{waiting.what} was asked for again: if it does not come, decide how the case goes on", by
    return f"wait for {waiting.what}: if it does not come, ask again", by


def _complaint(look: _Look) -> Step | None:
    case = look.case
    if case.kind is not Kind.COMPLAINT:
        return None
    told_on = [look.day_of(one.sent_at) for one in case.letters if one.sent_at is not None and one.purpose in _NEWS]
    last = max(told_on, default=look.received_on)
    news_on = case.next_news_on or look.calendar.back(last + timedelta(days=look.targets.complaint_news_days))
    if case.unresolved:
        codes = ", ".join(in_words(code) for code in case.unresolved)
        return f"unresolved ({codes}): bring it to an outcome, and tell the person where else to turn", news_on
    target = case.dates.internal_target
    if target is not None and look.today <= target <= news_on:
        return "tell the outcome", target
    return "tell the outcome, or how far we have got", news_on


def _first_look(look: _Look) -> Step | None:
    if look.case.looked_at is not None:
        return None
    by = look.after(look.received_on, _FIRST_LOOK_WORKING_DAYS)
    return "check kind and identity, then start the search", min(by, look.unfinished_by)


def _wish_taken_back(look: _Look) -> Step | None:
    if not look.case.erasure_blocked:
        return None
    last = max((message.received_at for message in look.case.messages), default=look.case.opened_at)
    by = look.soon_after(last, _FIRST_LOOK_WORKING_DAYS)
    return "the wish to delete was taken back: make sure, then record a withdrawal or go on", by


def _checklist(look: _Look) -> Step | None:
    due = [(task.due_on or look.answer_by, task) for task in look.case.tasks if task.is_owed]
    if not due:
        return None
    due_on, task = min(due, key=lambda one: (one[0], one[1].id))
    return f"checklist: {task.system}", min(due_on, look.answer_by)


def _answer(look: _Look) -> Step:
    if has_extension_idea(look.case, look.today):
        notice_by = look.case.dates.extension_notice_by
        return "answer, or decide on an extension and tell the person", min(look.answer_by, notice_by or look.answer_by)
    return "answer the person", look.answer_by


def has_extension_idea(case: CaseFile, today: date) -> bool:
    """Whether day 20 is over without an answer, and an extension can still be announced (a person decides)."""
    notice_by = case.dates.extension_notice_by
    since = case.dates.starts_on or case.dates.received_on
    if notice_by is None or standing.is_extended(case) or standing.has_approved_answer(case):
        return False
    return since + timedelta(days=EXTENSION_IDEA_AFTER_DAYS) <= today <= notice_by


_RULES: tuple[Callable[[_Look], Step | None], ...] = (
    _breach,
    _new_message,
    _pressing_draft,
    _stop_marketing,
    _acknowledge,
    _cannot_reach,
    _news_draft,
    _close,
    _stopped,
    _wish_taken_back,
    _waiting,
    _complaint,
    _first_look,
    _checklist,
    _answer,
)
