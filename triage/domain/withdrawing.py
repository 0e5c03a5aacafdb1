"""A wish taken back: deleting stops at once, and a person confirms or dismisses it before the case ends or goes on."""

from dataclasses import replace
from datetime import datetime

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.case_life import awake, lane_with_news, not_open, step_by, today_for, unread
from triage.domain.case_standing import is_withdrawn
from triage.domain.closing import close
from triage.domain.policy import Policy
from triage.domain.taking_back import TakenBack
from triage.domain.vocabulary import CaseEventName, Kind, Outcome

CONFIRM_STEP = "confirm with the person that they take the wish back"
WAIT_STEP = "delete nothing: do what the person wants first, then dismiss the withdrawal"


def withdraw_proposed(
    case: CaseFile, taken_back: TakenBack, enquiry_id: int, policy: Policy, now: datetime
) -> CaseChange | Refused:
    """A message (`enquiry_id`) seems to take the wish back, or sets a condition for it. Nothing is closed by that.

    What is deleted is gone, so a deletion's checklist is blocked before anybody has looked; a person lifts that.
    `only_until`: the wish stands, and waits for something.
    """
    reasons = not_open(case)
    if reasons:
        return Refused(reasons=tuple(reasons))
    step = WAIT_STEP if taken_back.only_until and case.kind is Kind.DELETION else CONFIRM_STEP
    done = sum(task.done_on is not None for task in case.tasks)
    if done and case.kind is Kind.DELETION:
        step += f" ({done} of {len(case.tasks)} systems are done already: say so)"
    return CaseChange(
        event="withdrawal_proposed",
        facts={
            "enquiry": enquiry_id,
            "rests_on": taken_back.rests_on,
            "start": taken_back.start,
            "end": taken_back.end,
            "only_until": taken_back.only_until,
        },
        erasure_blocked=True if case.kind is Kind.DELETION else None,
        lane=lane_with_news(case),
        next_step=(step, step_by(case, policy, now)),
        snoozed_until=awake(case, today_for(case, policy, now)),
    )


def confirm_withdrawal(case: CaseFile, how: str, policy: Policy, now: datetime) -> CaseChange | Refused:
    """The person takes the wish back; `how` we know, in the words of whoever asked them. The case ends with it.

    Drafts about the case say what is not wanted any more, and are discarded.
    """
    if not how.strip():
        reasons = not_open(case) or unread(case)
        return Refused(reasons=(*reasons, "say how the person confirmed that they take the wish back"))
    drafts = tuple(one.id for one in case.letters if one.number == case.number and one.state == "draft")
    left = tuple(one for one in case.letters if one.id not in drafts)
    ended = close(replace(case, letters=left), Outcome.WITHDRAWN, policy, now, without_letter=how)
    if isinstance(ended, Refused):
        return ended
    withdrawn = CaseEvent(name=CaseEventName.WITHDRAWN, on=today_for(case, policy, now), recorded_at=now)
    events = () if is_withdrawn(case) else (withdrawn,)
    return replace(ended, event="withdrawal_confirmed", note=how.strip(), events=events, discards=drafts)


def dismiss_withdrawal(case: CaseFile, why: str, policy: Policy, now: datetime) -> CaseChange | Refused:
    """The wish stands after all, or its condition is met: `why`, in a person's words. Deleting may go on."""
    reasons = not_open(case)
    if not reasons and not _is_proposed(case):
        reasons.append("no withdrawal waits on this case")
    reasons += unread(case)
    if not why.strip():
        reasons.append("say why the wish stands")
    if reasons:
        return Refused(reasons=tuple(reasons))
    return CaseChange(
        event="withdrawal_dismissed",
        note=why.strip(),
        events=(_stands_again(case, policy, now),) if is_withdrawn(case) else (),
        erasure_blocked=False if case.erasure_blocked else None,
        next_step=("go on with what was asked", step_by(case, policy, now)),
    )


def _is_proposed(case: CaseFile) -> bool:
    """Another act may have set another next step since; a block on deleting stays until a person lifts it."""
    return case.erasure_blocked or case.next_step.startswith(CONFIRM_STEP) or is_withdrawn(case)


def _stands_again(case: CaseFile, policy: Policy, now: datetime) -> CaseEvent:
    """Somebody had recorded the withdrawal itself: what is owed is owed again."""
    return CaseEvent(name=CaseEventName.REOPENED, on=today_for(case, policy, now), recorded_at=now)
