"""The letters of a case's later stages, as facts: what a person approves before it goes."""

from datetime import date

from triage.domain.case_change import DraftedLetter
from triage.domain.case_file import CaseFile
from triage.domain.letter import LetterFacts
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import Kind, LetterPurpose, Outcome


def controller_of(case: CaseFile, policy: Policy) -> Controller:
    """The controller the case is against; the main one where it is not listed any more."""
    return next((one for one in policy.controllers if one.name == case.controller), policy.main_controller)


def drafted(
    case: CaseFile,
    purpose: LetterPurpose,
    policy: Policy,
    *,
    why: str,
    words: str = "",
    outcome: Outcome | None = None,
    promised_on: date | None = None,
    sends_itself: bool = False,
) -> DraftedLetter:
    """A letter about `case`. `words` is what a person wrote for it; `promised_on` a day by which it promises news or an
    act, kept as a date of the case. Where an act moves the dates, `case` carries the new ones already.
    """
    facts = LetterFacts(
        purpose=purpose,
        channel=case.channel,
        reference=case.thread,
        received_on=case.dates.received_on,
        kinds=(case.kind,),
        controller=controller_of(case, policy),
        links=policy.links,
        ico_phone=policy.ico_phone,
        due_on=case.dates.statutory_due,
        news_by=promised_on if case.kind is Kind.COMPLAINT else None,
        opt_out_by=promised_on if case.kind is Kind.OPT_OUT else None,
        opt_out_working_days=policy.targets.opt_out_working_days,
        by_person=not sends_itself,
        outcome=outcome,
        words=words,
    )
    return DraftedLetter(facts=facts, why=why, promised_on=promised_on, sends_itself=sends_itself)
