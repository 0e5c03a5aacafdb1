"""Which acts the case page offers, in which order: those the next step asks for stand open, the others folded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from triage.domain import case_standing as standing
from triage.domain.case_file import CaseFile
from triage.domain.next_step import next_step
from triage.domain.outcomes import OUTCOMES
from triage.domain.policy import Policy
from triage.domain.stage_letters import KINDS_OF
from triage.domain.vocabulary import CaseState, Kind, LetterPurpose, Outcome

# What a form is called; its name is the last part of the address it is sent to.
LABELS: Mapping[str, str] = {
    "read": "I have read it",
    "acknowledged": "It has been acknowledged by hand",
    "tick": "Checklist",
    "write": "Write to them",
    "draft": "Lay another letter ready",
    "event": "Something came, or happened",
    "answers": "Record search and Art 15 points",
    "answer": "Answer: propose the outcome",
    "delivered": "Record how it was handed over",
    "forward": "Pass it on to the client",
    "close": "Close it",
    "withdrawn": "They take it back",
    "stands": "The wish stands after all",
    "reopen": "Open it again",
    "note": "Write a note",
    "contacted": "Log a contact: phone, Teams, in person, post",
    "snooze": "Let it rest until",
    "hold": "Legal hold",
    "assign": "Give it to somebody",
}
GROUPS = (
    ("With the person", ("write", "draft", "event", "contacted", "acknowledged")),
    ("Towards an end", ("answers", "answer", "delivered", "forward", "close", "withdrawn", "stands", "reopen")),
    ("On your desk", ("note", "assign", "snooze", "hold")),
)

# How the next step begins, and what is done about it. The first that fits counts.
_ON_STEP = (
    ("read the new message", ("read",)),
    ("acknowledge by hand", ("acknowledged",)),
    ("our acknowledgement did not arrive", ("contacted", "acknowledged")),
    ("no way to reach the person", ("contacted", "close")),
    ("the person took it back", ("close",)),
    ("answered: close it", ("close",)),
    ("stop the marketing", ("tick",)),
    ("marketing has stopped", ("answer", "close")),
    ("the wish to delete was taken back", ("withdrawn", "stands")),
    ("wait for", ("event",)),
    ("unresolved", ("answer",)),
    ("tell the outcome", ("answer",)),
    ("check kind and identity", ("read", "write")),
    ("checklist", ("tick",)),
    ("answer, or decide on an extension", ("answer", "write")),
    ("answer the person", ("answer",)),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """`step` and `step_on` are what is to be done next, "" for nothing; `first` the acts that do it, `rest` the others
    in their groups. `open` is the one of `first` that stands open: what a person most likely came for."""

    step: str
    step_on: date | None
    first: tuple[str, ...]
    rest: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def open(self) -> str:
        """See the class; "" where there is none."""
        return next((act for act in self.first if act != "read"), "")


def offers_of(case: CaseFile, policy: Policy, today: date, more: tuple[str, ...] = ()) -> Offers:
    """What can be done about a case as it stands today, and `more` that is known to be possible."""
    possible = (*_possible(case), *more)
    step, step_on = next_step(case, policy, today) if case.is_open else ("", None)
    plain = step.removeprefix("overdue: ")
    wanted: tuple[str, ...] = next((acts for start, acts in _ON_STEP if plain.startswith(start)), ())
    if case.unread and "read" not in wanted:
        wanted = ("read", *wanted)
    if "was asked for again" in plain:
        wanted = (*wanted, "event", "close")
    first = tuple(act for act in dict.fromkeys(wanted) if act in possible or (act == "tick" and case.tasks))
    rest = ((name, tuple(act for act in acts if act in possible and act not in first)) for name, acts in GROUPS)
    return Offers(step=step, step_on=step_on, first=first, rest=tuple((name, acts) for name, acts in rest if acts))


def asks_of(case: CaseFile) -> tuple[LetterPurpose, ...]:
    """What the person may be asked for."""
    asks = (LetterPurpose.IDENTITY_ASK, LetterPurpose.AUTHORITY_ASK, LetterPurpose.CLARIFICATION_ASK)
    return tuple(purpose for purpose in asks if case.kind in KINDS_OF[purpose])


def may_extend(case: CaseFile) -> bool:
    """Whether the person may be told that it takes longer."""
    return case.kind in KINDS_OF[LetterPurpose.EXTENSION_NOTICE] and not standing.is_extended(case)


def _possible(case: CaseFile) -> Iterator[str]:
    if case.unread or (case.is_open and case.looked_at is None):
        yield "read"
    if case.not_acknowledged:
        yield "acknowledged"
    yield from ("note", "assign", "hold")
    if case.state is CaseState.CLOSED:
        yield "reopen"
    if case.is_open:
        yield from ("event", "contacted", "answer", "close", "snooze", "withdrawn")
        yield from _possible_by_kind(case)


def _possible_by_kind(case: CaseFile) -> Iterator[str]:
    if asks_of(case) or may_extend(case):
        yield "write"
    if case.kind is Kind.ACCESS:
        yield "answers"
    if case.kind in (Kind.ACCESS, Kind.OTHER_RIGHT):
        yield "delivered"
    if Outcome.FORWARDED in OUTCOMES[case.kind]:
        yield "forward"
    if case.erasure_blocked or standing.is_withdrawn(case):
        yield "stands"
