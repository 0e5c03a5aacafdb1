"""Letters a person lays ready that no other act on a case brings. Each is approved like any draft."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from triage.domain.approving import DRAFT_HOLDS_FOR
from triage.domain.case_change import CaseChange, DraftedLetter, Refused
from triage.domain.case_file import CaseFile
from triage.domain.case_life import not_open, step_by, today_for
from triage.domain.case_plan import our_calendar
from triage.domain.closing_checks import letters_waiting
from triage.domain.contact_with import is_acknowledged
from triage.domain.escalation import escalation_letter, progress_letter
from triage.domain.letter import dates_said
from triage.domain.policy import Policy
from triage.domain.stage_letters import KINDS_OF, controller_of, drafted
from triage.domain.unresolved import triggers
from triage.domain.vocabulary import CaseState, Kind, LetterPurpose

_P = LetterPurpose
_ACKNOWLEDGING = (_P.ACKNOWLEDGEMENT, _P.COMPLAINT_ACKNOWLEDGEMENT, _P.OPT_OUT_RECORDED)
# In these there is a place for a person's own words.
WITH_WORDS = frozenset({_P.PROGRESS, _P.COMPLAINT_PROGRESS, _P.ESCALATION})
_BY_ANSWER = "triage case answer {} OUTCOME"
# The act that brings a letter, where there is one: it checks more, and moves the clock or proposes the end.
_ACT_OF: Mapping[LetterPurpose, str] = {
    _P.IDENTITY_ASK: "triage case ask {} identity",
    _P.AUTHORITY_ASK: "triage case ask {} authority",
    _P.CLARIFICATION_ASK: "triage case ask {} clarification",
    _P.EXTENSION_NOTICE: "triage case extend {}",
    _P.OUTCOME: _BY_ANSWER,
    _P.REFUSAL: _BY_ANSWER,
    _P.COMPLAINT_OUTCOME: _BY_ANSWER,
    _P.OPT_OUT_DONE: _BY_ANSWER,
    _P.FORWARDED: "triage case forward {}",
}


def draft(case: CaseFile, purpose: LetterPurpose, words: str, policy: Policy, now: datetime) -> CaseChange | Refused:
    """Draft a letter of `purpose` about `case`, with a person's `words` where it has a place for them ("" for none).

    One that waited over a week, so that nobody may approve it any more, is thrown away for it. Refused with one line
    where the purpose is not this case's, or has an act of its own; else with every reason why not now. A day that is
    past is not promised.
    """
    if unfit := _unfit(case, purpose):
        return Refused(reasons=(unfit,))
    too_old = _too_old(case, purpose, now)
    left = replace(case, letters=tuple(one for one in case.letters if one.id not in too_old))
    today = today_for(case, policy, now)
    alike = _ACKNOWLEDGING if purpose in _ACKNOWLEDGING else (purpose,)
    reasons = not_open(case) or letters_waiting(left, alike) + _not_now(left, purpose, policy, today)
    if words.strip() and purpose not in WITH_WORDS:
        reasons = [*reasons, f"the letter {purpose.value} has no place for words of yours: leave them out"]
    if reasons:
        return Refused(reasons=tuple(reasons))
    letter = _letter(_still_to_come(left, today), purpose, policy, today)
    return CaseChange(
        event="letter_proposed",
        facts={"purpose": purpose.value},
        letters=(replace(letter, facts=replace(letter.facts, words=words.strip())),),
        discards=too_old,
        next_step=("read the letter and approve it", step_by(case, policy, now)),
    )


def draftable(case: CaseFile, policy: Policy, now: datetime) -> tuple[LetterPurpose, ...]:
    """The letters about `case` that `draft` would lay ready now, without words."""
    return tuple(one for one in LetterPurpose if isinstance(draft(case, one, "", policy, now), CaseChange))


def _unfit(case: CaseFile, purpose: LetterPurpose) -> str:
    if purpose in _ACT_OF:
        return f"the letter {purpose.value} has an act of its own: {_ACT_OF[purpose].format(case.reference)}"
    if purpose is _P.NEUTRAL:
        return "the neutral letter is for a machine that is not sure: you are, so draft the acknowledgement"
    if case.kind not in KINDS_OF[purpose]:
        return f"no {purpose.value} letter is written about a case of {case.kind.value}"
    if purpose is _P.ACKNOWLEDGEMENT and case.kind is Kind.COMPLAINT:
        return "a complaint has an acknowledgement of its own: draft complaint_acknowledgement"
    return ""


def _too_old(case: CaseFile, purpose: LetterPurpose, now: datetime) -> tuple[int, ...]:
    """Drafts of this purpose whose days may be past (approving.approve refuses them)."""
    return tuple(
        one.id
        for one in case.letters
        if one.purpose is purpose
        and one.number in (None, case.number)
        and one.state == "draft"
        and now - one.created_at > DRAFT_HOLDS_FOR
    )


def _not_now(case: CaseFile, purpose: LetterPurpose, policy: Policy, today: date) -> list[str]:
    if purpose in _ACKNOWLEDGING and not _is_owed_an_acknowledgement(case):
        return ["it is acknowledged already: tell more with a progress letter, where there is more to tell"]
    if purpose is _P.ESCALATION and not triggers(case, policy, today):
        return ["nothing makes the complaint unresolved: tell how far you are with complaint_progress"]
    if purpose is _P.FIRST_UNDERSTOOD_DIFFERENTLY:
        return _understood_rightly(case)
    return []


def _is_owed_an_acknowledgement(case: CaseFile) -> bool:
    return case.not_acknowledged or (case.kind is Kind.COMPLAINT and not is_acknowledged(case))


def _understood_rightly(case: CaseFile) -> list[str]:
    """Faults where the person was told nothing wrong: no letter named what was read, or what was read stands."""
    said = [one for one in case.letters if one.state in ("sending", "sent", "unclear") and not one.returned]
    if any(one.purpose is _P.FIRST_UNDERSTOOD_DIFFERENTLY for one in said):
        return []
    if not any(one.purpose in _ACKNOWLEDGING for one in said):
        return ["no letter of ours has said how we understood it: draft the acknowledgement"]
    read = {kind for message in case.messages for kind in message.kinds}
    if read == {case.kind, *(link.kind for link in case.links if link.same_thread)}:
        return ["it still stands as it was read: relabel it first, if it was read wrongly"]
    return []


def _still_to_come(case: CaseFile, today: date) -> CaseFile:
    """The case without a date that can be kept no more: no letter promises it."""
    due_on = case.dates.statutory_due
    if due_on is None or due_on >= today:
        return case
    return replace(case, dates=replace(case.dates, statutory_due=None))


def _letter(case: CaseFile, purpose: LetterPurpose, policy: Policy, today: date) -> DraftedLetter:
    why = "drafted by a person"
    match purpose:
        case LetterPurpose.ESCALATION:
            return escalation_letter(case, triggers(case, policy, today), policy, today)
        case LetterPurpose.COMPLAINT_PROGRESS:
            return progress_letter(case, policy, today, why=why)
        case LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY:
            return _as_now_understood(case, policy, today, why)
        case _:
            return drafted(case, purpose, policy, why=why, promised_on=_promise(case, policy, today))


def _as_now_understood(case: CaseFile, policy: Policy, today: date, why: str) -> DraftedLetter:
    """It names all that the thread asks now, with the first date that is owed for any of it."""
    purpose = _P.FIRST_UNDERSTOOD_DIFFERENTLY
    letter = drafted(case, purpose, policy, why=why, promised_on=_promise(case, policy, today))
    others = [one for one in case.links if one.same_thread and one.state in (CaseState.OPEN, CaseState.CANNOT_REACH)]
    asked = {case.kind, *(one.kind for one in others)}
    if len(asked) == 1:
        return letter
    due = [day for day in (case.dates.statutory_due, *(one.statutory_due for one in others)) if day and day >= today]
    facts = replace(
        letter.facts,
        kinds=tuple(one for one in Kind if one in asked),
        due_on=min(due, default=None),
        news_by=_news_by(case, policy, today) if Kind.COMPLAINT in asked else None,
    )
    return replace(letter, facts=facts, promised_on=max((day for _, day in dates_said(facts)), default=None))


def _promise(case: CaseFile, policy: Policy, today: date) -> date | None:
    """The day by which a complainant hears from us, or marketing has stopped; what else is owed is the case's date."""
    if case.kind is Kind.OPT_OUT:
        tomorrow = our_calendar(controller_of(case, policy), policy).after(today, 1)
        return max(case.dates.internal_target or tomorrow, tomorrow)
    return _news_by(case, policy, today) if case.kind is Kind.COMPLAINT else None


def _news_by(case: CaseFile, policy: Policy, today: date) -> date:
    calendar = our_calendar(controller_of(case, policy), policy)
    often = timedelta(days=policy.targets.complaint_news_days)
    return max(calendar.back(case.dates.received_on + often), calendar.after(today, 1))
