"""Retention, evidence and one person's records, in the store. What happens in each lies in the modules beside it."""

from collections.abc import Sequence
from datetime import datetime

from triage.adapters.store import evidence, keepables, person, retention
from triage.adapters.store.engine import Database
from triage.domain.evidence_values import Evidence
from triage.domain.person import PersonRecords
from triage.domain.policy import Policy
from triage.domain.retention import Keepable, Removed


class KeepingHalf:
    """See ports_keeping.KeepingStore."""

    _database: Database
    _secret: bytes

    async def keepables(self) -> tuple[Keepable, ...]:
        """See KeepingStore.keepables."""
        async with self._database.read() as connection:
            return await keepables.keepables(connection, self._secret)

    async def remove_due(self, threads: Sequence[str], policy: Policy, now: datetime) -> tuple[Removed, ...]:
        """See KeepingStore.remove_due."""
        removed = []
        for thread in threads:
            async with self._database.write(queued=True) as connection:
                gone = await retention.remove_due(connection, self._secret, thread, policy, now)
            if gone is not None:
                removed.append(gone)
        async with self._database.write(queued=True) as connection:
            forgotten = await retention.drop_counters(connection, now)
        await self._database.empty_log(erased=bool(removed or forgotten))
        return tuple(removed)

    async def evidence(self, reference: str) -> Evidence | None:
        """See KeepingStore.evidence."""
        async with self._database.read() as connection:
            return await evidence.evidence_of(connection, reference)

    async def person(self, address: str) -> PersonRecords:
        """See KeepingStore.person."""
        async with self._database.read() as connection:
            return await person.records_of(connection, self._secret, address)
