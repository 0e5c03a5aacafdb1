"""The facts a draft was worded from, worked out anew: what it may say as the case stands now."""

from collections.abc import Sequence
from datetime import date

from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.clock_values import ClockDates
from triage.domain.letter import LetterFacts, stage_of
from triage.domain.letter_desk import DeskLetter
from triage.domain.policy import Policy
from triage.domain.stage_letters import KINDS_OF
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, Outcome

_KEEPS_ITS_DAY = frozenset({Kind.COMPLAINT, Kind.OPT_OUT})


def facts_of_draft(
    letter: DeskLetter, cases: Sequence[CaseFile], dates: ClockDates | None, policy: Policy
) -> LetterFacts:
    """What `letter` may say. `cases` are those it is about; `dates` those of its case once it has gone, None where it
    is about no single case. A day that only the draft knows is the one it was laid ready with.
    """
    purpose, promised = LetterPurpose(letter.purpose), letter.promised_on
    controller = next((one for one in policy.controllers if one.name == letter.controller), policy.main_controller)
    first = stage_of(purpose) == "received"
    kinds = tuple(dict.fromkeys(case.kind for case in cases if case.kind in KINDS_OF[purpose]))
    return LetterFacts(
        purpose=purpose,
        channel=cases[0].channel if cases else Channel.EMAIL,
        reference=letter.reference,
        received_on=cases[0].dates.received_on if cases else local_date(letter.received_at, controller.nation),
        kinds=kinds,
        controller=controller,
        links=policy.links,
        ico_phone=policy.ico_phone,
        due_on=_due(purpose, cases, dates, promised),
        news_by=_step(cases, Kind.COMPLAINT) if first and len(kinds) > 1 else _unless_opt_out(kinds, promised),
        opt_out_by=_step(cases, Kind.OPT_OUT) if first and len(kinds) > 1 else promised,
        opt_out_working_days=policy.targets.opt_out_working_days,
        by_person=True,
        outcome=Outcome(letter.outcome) if letter.outcome else None,
    )


def _due(
    purpose: LetterPurpose, cases: Sequence[CaseFile], dates: ClockDates | None, promised: date | None
) -> date | None:
    if purpose is LetterPurpose.NEUTRAL:
        return promised
    if dates is not None:
        return dates.statutory_due
    due = [case.dates.statutory_due for case in cases if case.kind not in _KEEPS_ITS_DAY]
    return min((day for day in due if day is not None), default=None)


def _step(cases: Sequence[CaseFile], kind: Kind) -> date | None:
    return min((case.next_step_on for case in cases if case.kind is kind), default=None)


def _unless_opt_out(kinds: Sequence[Kind], promised: date | None) -> date | None:
    return None if Kind.OPT_OUT in kinds else promised
