"""Dates of open cases worked out anew, when holidays or rules have changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile
from triage.domain.policy import Policy
from triage.domain.recompute import Move, moves, recomputed


class OpenCases(Protocol):
    """The part of CaseStore this needs."""

    async def open_cases(self) -> tuple[CaseFile, ...]:
        """See CaseStore."""
        ...

    async def change_case(self, case: CaseFile, change: CaseChange, *, by: str, now: datetime) -> bool:
        """See CaseStore."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Recomputed:
    """What moves, or has moved. `changed_meanwhile`: cases somebody else wrote to; nothing was done to them."""

    moves: tuple[Move, ...]
    changed_meanwhile: tuple[str, ...] = ()


async def recompute(store: OpenCases, policy: Policy, *, by: str, now: datetime, dry_run: bool) -> Recomputed:
    """Work out the dates of every open case by `policy`, and write those that move unless it is a `dry_run`.

    Each case is a transaction of its own: what was written stays, and to run it again does the rest.
    """
    cases = await store.open_cases()
    if dry_run:
        return Recomputed(moves=moves(cases, policy))
    written: list[CaseFile] = []
    missed: list[CaseFile] = []
    for case in cases:
        change = recomputed(case, policy)
        if change is None:
            continue
        done = await store.change_case(case, change, by=by, now=now)
        (written if done else missed).append(case)
    return Recomputed(moves=moves(written, policy), changed_meanwhile=tuple(case.reference for case in missed))
