"""The letters of a case's later stages, as facts: what a person approves before it goes."""

from collections.abc import Mapping
from datetime import date

from triage.domain.case_change import DraftedLetter
from triage.domain.case_file import CaseFile
from triage.domain.letter import LetterFacts, dates_said
from triage.domain.outcomes import NEEDS_REASONS
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import CaseEventName, Kind, LetterPurpose, Outcome

_RIGHTS = (Kind.ACCESS, Kind.CORRECTION, Kind.DELETION, Kind.OTHER_RIGHT)
_COMPLAINT = (Kind.COMPLAINT,)
_OPT_OUT = (Kind.OPT_OUT,)

# About which kind a letter may be. Nobody proves who they are to stop marketing; a complaint has no month to extend.
KINDS_OF: Mapping[LetterPurpose, tuple[Kind, ...]] = {
    LetterPurpose.ACKNOWLEDGEMENT: tuple(Kind),
    LetterPurpose.NEUTRAL: (),
    LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT: _COMPLAINT,
    LetterPurpose.IDENTITY_ASK: (*_RIGHTS, *_COMPLAINT),
    LetterPurpose.AUTHORITY_ASK: (*_RIGHTS, *_COMPLAINT),
    LetterPurpose.CLARIFICATION_ASK: (*_RIGHTS, *_COMPLAINT),
    LetterPurpose.EXTENSION_NOTICE: _RIGHTS,
    LetterPurpose.PROGRESS: _RIGHTS,
    LetterPurpose.OUTCOME: (*_RIGHTS, *_OPT_OUT),
    LetterPurpose.REFUSAL: _RIGHTS,
    LetterPurpose.FORWARDED: _RIGHTS,
    LetterPurpose.COMPLAINT_PROGRESS: _COMPLAINT,
    LetterPurpose.COMPLAINT_OUTCOME: _COMPLAINT,
    LetterPurpose.ESCALATION: _COMPLAINT,
    LetterPurpose.OPT_OUT_RECORDED: _OPT_OUT,
    LetterPurpose.OPT_OUT_DONE: _OPT_OUT,
    LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY: tuple(Kind),
}

# What only a person can supply (UK GDPR Art 12(3)-(4), (6), Art 12A(5); DPA 2018 s.164A).
_WORDS_NEEDED: Mapping[LetterPurpose, str] = {
    LetterPurpose.IDENTITY_ASK: "what is needed to be sure who they are, no more than that, and why",
    LetterPurpose.CLARIFICATION_ASK: "what is asked, and why",
    LetterPurpose.EXTENSION_NOTICE: "the reasons for taking longer",
    LetterPurpose.REFUSAL: "the reasons",
    LetterPurpose.COMPLAINT_OUTCOME: "an answer to each point, and what changes",
}


def controller_of(case: CaseFile, policy: Policy) -> Controller:
    """The controller the case is against; the main one where it is not listed any more."""
    return next((one for one in policy.controllers if one.name == case.controller), policy.main_controller)


def in_doubt_with(case: CaseFile, policy: Policy) -> Controller | None:
    """The other company whose law may be the one that counts; None where there is no question, or it is not listed."""
    return next((one for one in policy.controllers if one.name == case.rules_in_doubt), None)


def missing(facts: LetterFacts) -> tuple[str, ...]:
    """What a person must still supply before the letter can be worded, one line each; empty: nothing."""
    purpose = facts.purpose
    name = purpose.value.replace("_", " ")
    lines = [f"no {name} letter is written about {kind.value}" for kind in facts.kinds if kind not in KINDS_OF[purpose]]
    needed = _WORDS_NEEDED.get(purpose)
    if purpose is LetterPurpose.OUTCOME and facts.outcome in NEEDS_REASONS:
        needed = "the reasons"
    if facts.outcome is Outcome.WITHDRAWN:
        needed = None
    if needed and not facts.words.strip():
        lines.append(f"the {name} letter needs words of yours: {needed}")
    if purpose in (LetterPurpose.OUTCOME, LetterPurpose.COMPLAINT_OUTCOME) and facts.outcome is None:
        lines.append(f"the {name} letter needs the outcome")
    if purpose is LetterPurpose.EXTENSION_NOTICE and facts.due_on is None:
        lines.append(f"the {name} letter needs the new date, and the case has none while something asked for is open")
    if purpose is LetterPurpose.OPT_OUT_RECORDED and facts.way_known and facts.opt_out_by is None:
        lines.append(f"the {name} letter needs the day marketing stops")
    return tuple(lines)


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

    The day kept is `promised_on`, or without one the latest the letter names.
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
        news_by=None if case.kind is Kind.OPT_OUT else promised_on,
        opt_out_by=promised_on if case.kind is Kind.OPT_OUT else None,
        opt_out_working_days=policy.targets.opt_out_working_days,
        by_person=not sends_itself,
        outcome=outcome,
        words=words,
        both_regulators=in_doubt_with(case, policy) is not None,
        extended=any(event.name is CaseEventName.EXTENDED for event in case.events),
    )
    said = (day for _, day in dates_said(facts))
    kept = promised_on if promised_on is not None else max(said, default=None)
    return DraftedLetter(facts=facts, why=why, promised_on=kept, sends_itself=sends_itself)
