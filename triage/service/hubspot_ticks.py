"""Whoever was unsubscribed at HubSpot: the lines of their opt-outs for which that is all that is needed are ticked."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile
from triage.domain.checklist import missing_tasks, unsubscribed_at_hubspot
from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of

# Somebody else wrote between reading and writing: what stands now is looked at anew.
_TRIES = 3


class OptOutCases(Protocol):
    """The part of the store that this needs. Raises StoreUnavailable."""

    async def case_of(self, reference: str) -> CaseFile | None:
        """A case by its reference with its number."""
        ...

    async def cases_of(self, thread: str) -> tuple[CaseFile, ...]:
        """Every case of a thread."""
        ...

    async def opt_outs_of(self, address: str) -> tuple[CaseFile, ...]:
        """Opt-outs of whoever has this address, open ones."""
        ...

    async def change_case(self, case: CaseFile, change: CaseChange, *, by: str, now: datetime) -> bool:
        """Write the change; False where the case is not at that version any more."""
        ...


async def tick_at_hubspot(
    store: OptOutCases, reference: str, address: str, policy: Policy, *, by: str, clock: Callable[[], datetime]
) -> int:
    """Tick the opt-outs under which `address` was unsubscribed (a thread, or one of its cases), and every other of the
    person with that address; how many cases have a new tick. Doing it twice does it once.
    """
    named = await store.cases_of(reference.partition("/")[0])
    found = [case.reference for case in (*named, *await store.opt_outs_of(address))]
    return sum([await _tick(store, one, policy, by, clock) for one in dict.fromkeys(found)])


async def _tick(store: OptOutCases, reference: str, policy: Policy, by: str, clock: Callable[[], datetime]) -> bool:
    for _ in range(_TRIES):
        case = await store.case_of(reference)
        change = None if case is None else _next(case, policy, by, clock())
        if case is None or change is None:
            return False
        if await store.change_case(case, change, by=by, now=clock()) and change.ticks:
            return True
    return False


def _next(case: CaseFile, policy: Policy, by: str, now: datetime) -> CaseChange | None:
    """The checklist first, where the case has none yet; then its ticks."""
    tasks = missing_tasks(case, policy, local_date(now, controller_of(case, policy).nation))
    ticked = unsubscribed_at_hubspot(case, by, policy, now)
    if ticked is None and case.is_open and not case.tasks and tasks:
        return CaseChange(event="checklist_laid", facts={"systems": len(tasks)}, tasks=tasks)
    return ticked
