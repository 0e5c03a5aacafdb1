"""What retention, the evidence pack and a search for one person need from the store, as a protocol. See ports.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.evidence_values import Evidence
from triage.domain.person import PersonRecords
from triage.domain.policy import Policy
from triage.domain.retention import Keepable, Removed


class KeepingStore(Protocol):
    """The part of the store that keeps, shows whole and forgets. `now` is aware UTC. Raises StoreUnavailable."""

    async def keepables(self) -> tuple[Keepable, ...]:
        """Every thread of which something is still there, oldest first."""
        ...

    async def remove_due(self, threads: Sequence[str], policy: Policy, now: datetime) -> tuple[Removed, ...]:
        """Judge each of these threads anew and remove what is due of it, one transaction a thread, with a proof in its
        journal; then forget counters that count no more. What went, by thread."""
        ...

    async def evidence(self, reference: str) -> Evidence | None:
        """An enquiry (`DP-…`) or one of its cases (`DP-…/1`) with everything that proves what was done about it."""
        ...

    async def person(self, address: str) -> PersonRecords:
        """Everything the desk holds under a mail address, or that mentions it."""
        ...
