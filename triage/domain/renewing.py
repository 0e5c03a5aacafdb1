"""The desk's own drafts that waited too long for a person: the days they promise may be past, so they are drafted anew.

Nobody else could: what laid them ready happened once. A person's own drafts are the person's.
"""

from dataclasses import replace
from datetime import datetime

from triage.domain.approving import DRAFT_HOLDS_FOR, LAID_BY_THE_DESK, past_day
from triage.domain.case_change import CaseChange, DraftedLetter
from triage.domain.case_file import CaseFile
from triage.domain.checklist import done_letter, marketing_done
from triage.domain.clock import local_date
from triage.domain.escalation import escalation_letter, has_gone_by_itself, nudge
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.domain.unresolved import triggers
from triage.domain.vocabulary import LetterPurpose


def renew(case: CaseFile, policy: Policy, now: datetime) -> CaseChange | None:
    """Throw away what no person may send any more, and lay it ready as it stands today; None where nothing is so old.

    A letter whose cause is gone is not drafted again, nor news that are not due yet (escalation.nudge). `now` is aware
    UTC.
    """
    today = local_date(now, controller_of(case, policy).nation)
    old = next(
        (
            one
            for one in case.letters
            if one.purpose in LAID_BY_THE_DESK
            and one.number == case.number
            and one.state == "draft"
            and (now - one.created_at > DRAFT_HOLDS_FOR or past_day(one, today) is not None)
        ),
        None,
    )
    if old is None:
        return None
    rest = replace(case, letters=tuple(one for one in case.letters if one is not old))
    letters = _anew(rest, old.purpose, policy, now)
    return CaseChange(
        event="draft_renewed" if letters else "draft_thrown_away",
        facts={"letter": old.id, "purpose": old.purpose.value},
        letters=letters,
        discards=(old.id,),
    )


def _anew(case: CaseFile, purpose: LetterPurpose, policy: Policy, now: datetime) -> tuple[DraftedLetter, ...]:
    """The letter as the case stands without the old draft; none where nothing calls for it now."""
    today = local_date(now, controller_of(case, policy).nation)
    if purpose is LetterPurpose.OPT_OUT_DONE:
        return (done_letter(case, policy),) if marketing_done(case, policy) else ()
    if purpose is LetterPurpose.COMPLAINT_PROGRESS:
        news = nudge(case, policy, today)
        return news.letters if news is not None else ()
    standing = () if has_gone_by_itself(case, policy) else triggers(case, policy, today)
    return (escalation_letter(case, standing, policy, today),) if standing else ()
