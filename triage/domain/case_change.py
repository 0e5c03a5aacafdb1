"""What a decision about a case changes, as one value: the store writes all of it or none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from triage.domain.case_file import CaseEvent
from triage.domain.clock_values import ClockDates
from triage.domain.letter import LetterFacts
from triage.domain.plan import PlannedCase
from triage.domain.vocabulary import CaseState, Lane, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTask:
    """A line for a case's checklist."""

    system: str
    what: str
    owner: str
    due_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskTick:
    """A line of the checklist done on a day by somebody; `done_on` None takes the tick back."""

    task_id: int
    done_on: date | None
    by: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftedLetter:
    """A letter to word and lay ready. `sends_itself`: no person need approve it; `promised_on`: a day it promises."""

    facts: LetterFacts
    why: str
    promised_on: date | None = None
    sends_itself: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseChange:
    """Everything one act does to one case. What is None or empty stays as it is.

    `event` names the act for the journal (past tense), `facts` are its codes, ids and days, `note` the person's free
    text, kept beside the journal. `events` are new clock events, `undoes` the letters whose events count no more,
    `dates` what follows from them. `opens` are new linked
    cases, complaints `about` this one. `discards`: numbers of letters that have not left and are wrong now. `approves`:
    a draft to be sent, `to` the address a person chose where it had none; `hands_over`: a draft, or a letter that did
    not arrive, handed over outside the desk.
    `contacted_on`: a call or a talk. `ticks`: lines of the checklist done, or not done after all. `delivery`: the
    record of how an answer was handed over; `supplements` the Art 15 points, the search and who checked redactions.
    `controller`: the company it is against from now on; `settles_rules`: which law counts is in doubt no more.
    `state` CLOSED sets the closing day; OPEN, on a closed case, takes it and the outcome away.
    """

    event: str
    facts: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    events: tuple[CaseEvent, ...] = ()
    undoes: tuple[int, ...] = ()
    dates: ClockDates | None = None
    state: CaseState | None = None
    outcome: Outcome | None = None
    lane: Lane | None = None
    next_step: tuple[str, date] | None = None
    letters: tuple[DraftedLetter, ...] = ()
    discards: tuple[int, ...] = ()
    approves: int | None = None
    hands_over: int | None = None
    to: str = ""
    tasks: tuple[NewTask, ...] = ()
    ticks: tuple[TaskTick, ...] = ()
    opens: tuple[PlannedCase, ...] = ()
    unresolved: tuple[str, ...] | None = None
    next_news_on: date | None = None
    contacted_on: date | None = None
    snoozed_until: date | None = None
    legal_hold: bool | None = None
    erasure_blocked: bool | None = None
    delivery: Mapping[str, object] | None = None
    supplements: Mapping[str, object] | None = None
    controller: str | None = None
    settles_rules: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """An act the rules do not allow, with every reason as one line a person can act on.

    `overridable`: the DPO may record it all the same, with a note.
    """

    reasons: tuple[str, ...]
    overridable: bool = False
