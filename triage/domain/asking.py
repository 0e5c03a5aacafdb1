"""Letters that may move a clock: what is asked of the person, and the notice of an extension. Drafted here; the clock
moves when a person approves the letter, for only then is anything asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile
from triage.domain.case_life import not_open, step_by, today_for
from triage.domain.closing_checks import letters_waiting
from triage.domain.policy import Policy
from triage.domain.stage_letters import drafted, missing
from triage.domain.vocabulary import CaseEventName, Kind, LetterPurpose

# What has happened to the case once the letter goes; asked of one case: clock_event.
EVENT_OF: Mapping[LetterPurpose, CaseEventName] = {
    LetterPurpose.IDENTITY_ASK: CaseEventName.IDENTITY_ASKED,
    LetterPurpose.AUTHORITY_ASK: CaseEventName.AUTHORITY_ASKED,
    LetterPurpose.CLARIFICATION_ASK: CaseEventName.CLARIFICATION_ASKED,
    LetterPurpose.EXTENSION_NOTICE: CaseEventName.EXTENDED,
}


def clock_event(case: CaseFile, purpose: LetterPurpose) -> CaseEventName | None:
    """What a letter of `purpose` brings about for the clock of `case`; None where it moves nothing.

    What is meant may be asked about every right and complaint, but only an access request stands still meanwhile
    (Art 12A(5) UK GDPR).
    """
    if purpose is LetterPurpose.CLARIFICATION_ASK and case.kind is not Kind.ACCESS:
        return None
    return EVENT_OF.get(purpose)


def propose(
    case: CaseFile, purpose: LetterPurpose, words: str, policy: Policy, now: datetime, *, note: str = ""
) -> CaseChange | Refused:
    """Draft a letter of EVENT_OF, worded with `words`: the question and why, or the reasons for more time.

    Refused where its event would be (case_events.record), so that nobody writes a letter that may not go, where one
    like it waits already, and without the words that only a person can supply. With a `note` the DPO overrides what
    only came too late. The extension's letter names the new day (UK GDPR Art 12(3)).
    """
    name = clock_event(case, purpose)
    as_it_will_be = case
    if name is not None:
        today = today_for(case, policy, now)
        moved = record(case, name, today, policy, now, note=note, overridden=bool(note))
        if isinstance(moved, Refused):
            return moved
        as_it_will_be = replace(case, dates=moved.dates or case.dates)
    elif closed := not_open(case):
        return Refused(reasons=tuple(closed))
    why = f"proposed by a person: {EVENT_OF[purpose].value.replace('_', ' ')}"
    letter = drafted(as_it_will_be, purpose, policy, why=why, words=words.strip())
    reasons = letters_waiting(case, (purpose,)) + list(missing(letter.facts))
    if reasons:
        return Refused(reasons=tuple(reasons))
    return CaseChange(
        event="letter_proposed",
        facts={"purpose": purpose.value},
        note=note.strip(),
        letters=(letter,),
        next_step=("read the letter and approve it", step_by(case, policy, now)),
    )
