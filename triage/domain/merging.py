"""Two threads that are one matter: which is kept, what becomes of each case, and what does not go together.

The thread received first is kept, so that no clock is lost: the month runs from the first receipt (UK GDPR Art 12(3)),
and what came again adds no time. Everything moves as it is; nothing is worded, dated or answered anew.
"""

from dataclasses import dataclass
from datetime import date, datetime

from triage.domain.case_change import Refused
from triage.domain.vocabulary import CaseState, Kind

_UNANSWERED = (CaseState.OPEN, CaseState.CANNOT_REACH)


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeableCase:
    """A case of one of the two threads, as far as merging looks at it."""

    number: int
    kind: Kind
    state: CaseState
    controller: str
    received_on: date
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mergeable:
    """A thread as merging looks at it. `version` grows with every change to it; `persons` are marks of who it is about,
    `sender` how they are called, `numbers_given` the highest number a case of it ever had."""

    reference: str
    version: int
    received_at: datetime
    sender: str
    persons: frozenset[str]
    cases: tuple[MergeableCase, ...] = ()
    numbers_given: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Merging:
    """What a merge does. `moves`: every case of the thread that ends, as (number there, number in the kept one);
    `folds`: those of them that are set aside, as (number there, number of the kept case that answers it)."""

    gone: str
    kept: str
    moves: tuple[tuple[int, int], ...]
    folds: tuple[tuple[int, int], ...]
    strangers: bool


def merge(gone: Mergeable, kept: Mergeable, why: str, *, apart: bool = False) -> Merging | Refused:
    """Merge `gone` into `kept`. An open case that `kept` has an open one of (same kind, same company) is answered with
    it; `apart` lets both go on. `why` is needed where nothing says that both are one person's: what goes to one of
    them names both matters.
    """
    if gone.reference == kept.reference:
        return Refused(reasons=(f"{gone.reference} is one thread already",))
    reasons = []
    if gone.received_at < kept.received_at:
        reasons.append(
            f"{kept.reference} came later than {gone.reference}, and the law counts from the first receipt: "
            f"merge {kept.reference} into {gone.reference}"
        )
    strangers = not gone.persons & kept.persons
    if strangers and not why.strip():
        reasons.append(
            f"nothing says that {gone.reference} ({gone.sender}) and {kept.reference} ({kept.sender}) are one "
            "person's: say why they belong together"
        )
    if reasons:
        return Refused(reasons=tuple(reasons))
    return Merging(
        gone=gone.reference,
        kept=kept.reference,
        moves=tuple((case.number, number) for number, case in enumerate(gone.cases, start=kept.numbers_given + 1)),
        folds=() if apart else _folds(gone, kept),
        strangers=strangers,
    )


def in_order(one: Mergeable, other: Mergeable) -> tuple[Mergeable, Mergeable]:
    """Which of two ends and which is kept: the one received first, of two at one moment the lower reference."""
    kept, gone = sorted((one, other), key=lambda thread: (thread.received_at, thread.reference))
    return gone, kept


def _folds(gone: Mergeable, kept: Mergeable) -> tuple[tuple[int, int], ...]:
    first: dict[tuple[Kind, str], int] = {}
    for case in kept.cases:
        if case.state in _UNANSWERED:
            first.setdefault((case.kind, case.controller), case.number)
    return tuple(
        (case.number, first[case.kind, case.controller])
        for case in gone.cases
        if case.state in _UNANSWERED and (case.kind, case.controller) in first
    )
