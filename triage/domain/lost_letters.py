"""A letter that moved the clock and did not arrive: what it brought about is undone, so that no date rests on what
nobody read. Known to have gone after all, it counts from that day.

Time stands from the day of asking (UK GDPR Art 12A), and an extension is announced to the person (Art 12(3)): a letter
that was refused, came back, or may not have gone does neither for certain, and in doubt the earlier date counts.
"""

from dataclasses import replace
from datetime import datetime

from triage.domain.case_change import CaseChange
from triage.domain.case_events import dates_of, record
from triage.domain.case_file import CaseEvent, CaseFile, CaseLetter
from triage.domain.case_life import awake, step_by
from triage.domain.clock import local_date
from triage.domain.clock_refusals import PAIRS
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of

_NEVER_LEFT = ("refused", "unclear", "discarded")
_ANSWERED_BY = dict(PAIRS)


def is_lost(letter: CaseLetter) -> bool:
    """Whether nobody may rely on the person having it: refused, perhaps never gone, thrown away, or come back."""
    return letter.returned or letter.state in _NEVER_LEFT


def set_right(case: CaseFile, policy: Policy, now: datetime) -> CaseChange | None:
    """Undo what lost letters brought about, or let count again what a letter known to have gone did; None where
    everything stands as it should. `now` is aware UTC.

    What was asked and has been answered stays: the person had the question. A letter that went after all counts from
    the day it went, if the rules still allow that.
    """
    lost = _lost_events(case)
    if lost:
        return _undo(case, lost, policy, now)
    nation = controller_of(case, policy).nation
    standing = {event.letter_id for event in case.events}
    for event in case.undone:
        letter = _letter_of(case, event)
        if letter is None or letter.sent_at is None or letter.state != "sent" or letter.returned:
            continue
        if letter.id in standing:
            continue
        on = local_date(letter.sent_at, nation)
        change = record(case, event.name, on, policy, now, letter_id=letter.id)
        if isinstance(change, CaseChange):
            return replace(change, event="letter_arrived_after_all", facts=_facts((event,)))
    return None


def without(case: CaseFile, letter: CaseLetter) -> CaseFile:
    """The case as it was before `letter` moved its clock; the same case where it moved nothing."""
    return _without(case, tuple(event for event in case.events if event.letter_id == letter.id))


def _undo(case: CaseFile, lost: tuple[CaseEvent, ...], policy: Policy, now: datetime) -> CaseChange:
    rest = replace(_without(case, lost), dates=dates_of(_without(case, lost), policy))
    return CaseChange(
        event="letter_did_not_arrive",
        facts=_facts(lost),
        undoes=tuple(event.letter_id for event in lost if event.letter_id is not None),
        dates=rest.dates,
        next_step=("the letter did not arrive: reach them another way", step_by(rest, policy, now)),
        snoozed_until=awake(case, local_date(now, controller_of(case, policy).nation)),
    )


def _without(case: CaseFile, events: tuple[CaseEvent, ...]) -> CaseFile:
    if not events:
        return case
    standing = tuple(event for event in case.events if event not in events)
    return replace(case, events=standing, undone=(*case.undone, *events))


def _lost_events(case: CaseFile) -> tuple[CaseEvent, ...]:
    return tuple(
        event
        for event in case.events
        if (letter := _letter_of(case, event)) is not None and is_lost(letter) and not _is_answered(case, event)
    )


def _letter_of(case: CaseFile, event: CaseEvent) -> CaseLetter | None:
    return next((one for one in case.letters if one.id == event.letter_id), None)


def _is_answered(case: CaseFile, asked: CaseEvent) -> bool:
    answer = _ANSWERED_BY.get(asked.name)
    return any(event.name is answer and event.on >= asked.on for event in case.events)


def _facts(events: tuple[CaseEvent, ...]) -> dict[str, object]:
    return {
        "letters": [event.letter_id for event in events],
        "of": [f"{event.name.value} {event.on.isoformat()}" for event in events],
    }
