"""What a case needs done in the company's systems, line by line, and when an opt-out is done.

Which systems there are, who looks after them and what each kind needs there stands in rules/policy.toml. An objection
to marketing is absolute (UK GDPR Art 21(2)-(3)): its lines are due first, and it is done only when every system that
sends marketing is ticked. Nothing is erased while an access request of the same person is open: that would be an
offence where it defeats the request (DPA 2018 s.173).
"""

from datetime import date, datetime, timedelta

from triage.domain.case_change import CaseChange, DraftedLetter, NewTask, Refused, TaskTick
from triage.domain.case_file import CaseFile, CaseLetter, CaseTask
from triage.domain.case_life import not_open
from triage.domain.clock import ClockDates, local_date
from triage.domain.closing_checks import stops_marketing
from triage.domain.may_act import may_erase
from triage.domain.outcomes import CLOSING_LETTERS, NOT_CARRIED_OUT
from triage.domain.policy import Controller, Policy, System
from triage.domain.stage_letters import controller_of, drafted
from triage.domain.vocabulary import CaseState, Channel, Kind, LetterPurpose
from triage.domain.workdays import WorkCalendar

# A deletion must not undo an opt-out: the least that keeps us from writing again stays (ICO, direct marketing).
KEEPS_LINE = "A line on the do-not-contact list stays."
_ONE_DAY = timedelta(days=1)
_NOT_GONE = ("draft", "queued")


def tasks_for(
    kind: Kind, controller: Controller, policy: Policy, dates: ClockDates, today: date
) -> tuple[NewTask, ...]:
    """The checklist of a new case: the systems of that company in which the kind needs something.

    Due: an opt-out on its own target (the next working day), everything else on the working day before the target, so
    that the answer can still be written; never on a day that is past.
    """
    due_on = _due_on(kind, controller, policy, dates, today)
    return tuple(
        NewTask(system=system.name, what=_what(system, kind), owner=system.owner, due_on=due_on)
        for system in policy.systems
        if system.company in ("", controller.name) and _what(system, kind)
    )


def missing_tasks(case: CaseFile, policy: Policy, today: date) -> tuple[NewTask, ...]:
    """Lines the case lacks since systems were added to the policy, or since it was opened without a checklist."""
    listed = {task.system for task in case.tasks}
    wanted = tasks_for(case.kind, controller_of(case, policy), policy, case.dates, today)
    return tuple(task for task in wanted if task.system not in listed)


def lay(case: CaseFile, policy: Policy, today: date) -> CaseChange | None:
    """Lay down what the checklist of an open case lacks; None where that is nothing."""
    tasks = missing_tasks(case, policy, today) if case.is_open else ()
    return CaseChange(event="checklist_laid", facts={"systems": len(tasks)}, tasks=tasks) if tasks else None


def tick(
    case: CaseFile, system: str, by: str, note: str, done_on: date, policy: Policy, now: datetime
) -> CaseChange | Refused:
    """Somebody (`by`) says that a system is done, on a day of the controller's calendar. `now` is aware UTC.

    Of a deletion only where something may be erased at all (may_act.may_erase).
    """
    task = _task(case, system)
    if task is None:
        return _unknown(case, system)
    reasons = []
    if task.done_on is not None:
        reasons.append(f"{task.system} was ticked already, on {task.done_on.isoformat()}")
    if done_on > local_date(now, controller_of(case, policy).nation):
        reasons.append(f"{done_on.isoformat()} has not come yet: tick it once it is done")
    if done_on < case.dates.received_on:
        reasons.append(f"{done_on.isoformat()} is before the request came, on {case.dates.received_on.isoformat()}")
    if not case.is_open:
        reasons.append(f"{case.reference} is {case.state.value}: nothing is owed on it any more")
    elif case.kind is Kind.DELETION and (stopped := may_erase(case)) is not None:
        reasons += stopped.reasons
    if reasons:
        return Refused(reasons=tuple(reasons))
    done = TaskTick(task_id=task.id, done_on=done_on, by=by, note=note)
    facts = {"task": task.id, "done_on": done_on.isoformat(), "by": by}
    return CaseChange(event="task_done", facts=facts, note=note, ticks=(done,))


def untick(case: CaseFile, system: str, by: str, note: str) -> CaseChange | Refused:
    """It turns out not to be done. `note` says why; a letter that says it is done and has not left is discarded.

    The reason goes to the journal, not to the line: it does not say why the line may stay open (`leave` does).
    """
    task = _task(case, system)
    if task is None:
        return _unknown(case, system)
    reasons = []
    if task.done_on is None:
        reasons.append(f"{task.system} is not ticked")
    if not note.strip():
        reasons.append("say why it is not done after all")
    if reasons:
        return Refused(reasons=tuple(reasons))
    return CaseChange(
        event="task_reopened",
        facts={"task": task.id, "by": by},
        note=note,
        ticks=(TaskTick(task_id=task.id, done_on=None, by=by, note=""),),
        discards=tuple(letter.id for letter in case.letters if _says_done(letter, case) and letter.state in _NOT_GONE),
    )


def leave(case: CaseFile, system: str, by: str, note: str, policy: Policy) -> CaseChange | Refused:
    """A line stays open and `note` says why, as where nothing of the person is there: the case may end beside it.

    Refused for marketing of an opt-out, which stops everywhere (Art 21(3)).
    """
    task = _task(case, system)
    if task is None:
        return _unknown(case, system)
    reasons = not_open(case)
    if task.done_on is not None:
        reasons.append(f"{task.system} is ticked: untick it first")
    if task.system in stops_marketing(case, policy):
        reasons.append(f"{task.system} sends marketing, which stops everywhere: tick it once it is done (Art 21(3))")
    if not note.strip():
        reasons.append("say why it stays open")
    if reasons:
        return Refused(reasons=tuple(reasons))
    left = TaskTick(task_id=task.id, done_on=None, by=by, note=note.strip())
    return CaseChange(event="task_left", facts={"task": task.id, "by": by}, note=note.strip(), ticks=(left,))


def unsubscribed_at_hubspot(case: CaseFile, by: str, policy: Policy, now: datetime) -> CaseChange | None:
    """The address was unsubscribed at HubSpot: ticks the systems for which that is all an opt-out needs."""
    there = {system.name for system in policy.systems if system.hubspot}
    today = local_date(now, controller_of(case, policy).nation)
    waiting = [task for task in case.tasks if task.system in there and task.done_on is None]
    if case.kind is not Kind.OPT_OUT or not case.is_open or not waiting:
        return None
    note = "unsubscribed at HubSpot"
    return CaseChange(
        event="task_done",
        facts={"tasks": [task.id for task in waiting], "done_on": today.isoformat(), "by": by},
        ticks=tuple(TaskTick(task_id=task.id, done_on=today, by=by, note=note) for task in waiting),
    )


def marketing_done(case: CaseFile, policy: Policy) -> bool:
    """Whether every system that sends marketing is ticked. Where none is listed, nothing has been proved.

    A line whose system the policy does not know any more counts as marketing: it was renamed, not stopped.
    """
    companies = ("", controller_of(case, policy).name)
    owed = {one.name for one in policy.systems if one.marketing and one.opt_out and one.company in companies}
    owed |= {task.system for task in case.tasks} - {one.name for one in policy.systems}
    done = {task.system for task in case.tasks if task.done_on is not None}
    return case.kind is Kind.OPT_OUT and bool(owed) and owed <= done


def after_tick(case: CaseFile, policy: Policy, now: datetime) -> CaseChange | None:
    """What follows once the last marketing system is ticked: the letter that says so, for approval. None before, and
    where that letter is there already.

    Where nobody may be written to, a person tells them; the outer limit for telling is one month (UK GDPR Art 12(3)).
    """
    if not case.is_open or not marketing_done(case, policy):
        return None
    if any(letter.state != "discarded" for letter in _done_letters(case)):
        return None
    controller = controller_of(case, policy)
    soon = _calendar(controller, policy).after(local_date(now, controller.nation), 1)
    if not _can_be_written_to(case):
        step = "tell the person that marketing has stopped, then close"
        return CaseChange(event="marketing_stopped", next_step=(step, soon))
    return CaseChange(
        event="marketing_stopped",
        letters=(done_letter(case, policy),),
        next_step=("approve the letter that says marketing has stopped, then close", soon),
    )


def done_letter(case: CaseFile, policy: Policy) -> DraftedLetter:
    """The letter that says that marketing has stopped, for a person's approval."""
    return drafted(case, LetterPurpose.OPT_OUT_DONE, policy, why="every system that sends marketing is ticked")


def has_done_letter(case: CaseFile) -> bool:
    """Whether the letter that the last tick brings was ever laid ready, whatever became of it, or can go nowhere."""
    return bool(_done_letters(case)) or not _can_be_written_to(case)


def opt_out_is_late(case: CaseFile, policy: Policy, today: date) -> bool:
    """Whether marketing still goes on when it has to have stopped: from the policy's working day after receipt on.

    A person who cannot be reached has not said yet where the marketing goes: that is no lateness of ours.
    """
    if case.kind is not Kind.OPT_OUT or case.state is not CaseState.OPEN or marketing_done(case, policy):
        return False
    calendar = _calendar(controller_of(case, policy), policy)
    return today >= calendar.after(case.dates.received_on, policy.targets.opt_out_alarm_working_days)


def _what(system: System, kind: Kind) -> str:
    texts = {
        Kind.ACCESS: system.access,
        Kind.CORRECTION: system.correction,
        Kind.DELETION: system.deletion,
        Kind.OPT_OUT: system.opt_out,
    }
    text = texts.get(kind, "")
    return f"{text} {KEEPS_LINE}" if text and kind is Kind.DELETION and system.marketing else text


def _due_on(kind: Kind, controller: Controller, policy: Policy, dates: ClockDates, today: date) -> date | None:
    target = dates.internal_target
    if target is None:
        return None
    calendar = _calendar(controller, policy)
    day = target if kind is Kind.OPT_OUT else calendar.back(target - _ONE_DAY)
    return max(day, calendar.forward(today))


def _calendar(controller: Controller, policy: Policy) -> WorkCalendar:
    return WorkCalendar(
        nation=controller.nation, extra_holidays=policy.extra_bank_holidays, closures=policy.office_closures
    )


def _task(case: CaseFile, system: str) -> CaseTask | None:
    asked = system.strip().casefold()
    return next((task for task in case.tasks if task.system.casefold() == asked), None)


def _unknown(case: CaseFile, system: str) -> Refused:
    names = "; ".join(task.system for task in case.tasks) or "nothing"
    return Refused(reasons=(f"{system.strip()!r} is not on the checklist of {case.reference}, which has: {names}",))


def _can_be_written_to(case: CaseFile) -> bool:
    return bool(case.recipient) or case.channel is Channel.CHAT


def _says_done(letter: CaseLetter, case: CaseFile) -> bool:
    """Whether a letter tells an end of the case that rests on its checklist."""
    mine = letter.number in (None, case.number)
    return mine and letter.purpose in CLOSING_LETTERS and letter.outcome not in NOT_CARRIED_OUT


def _done_letters(case: CaseFile) -> list[CaseLetter]:
    mine = (None, case.number)
    return [one for one in case.letters if one.purpose is LetterPurpose.OPT_OUT_DONE and one.number in mine]
