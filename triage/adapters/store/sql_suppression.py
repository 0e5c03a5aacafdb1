"""The do-not-contact list in the store: one method, one transaction. What happens in each lies in suppressions.py."""

from collections.abc import Sequence
from datetime import datetime

from triage.adapters.store import suppressions
from triage.adapters.store.engine import Database
from triage.domain.do_not_contact import ContactPoint
from triage.domain.records import SuppressionCount
from triage.domain.vocabulary import Channel, Nation


class SuppressionHalf:
    """See ports_suppression.SuppressionStore."""

    _database: Database
    _secret: bytes

    async def suppress(
        self, point: ContactPoint, channel: Channel, reference: str | None, *, by: str, now: datetime
    ) -> bool | None:
        """See SuppressionStore.suppress."""
        async with self._database.write(queued=True) as connection:
            return await suppressions.suppress(connection, self._secret, point, channel, reference, by=by, now=now)

    async def suppressed(self, points: Sequence[ContactPoint]) -> tuple[bool, ...]:
        """See SuppressionStore.suppressed."""
        async with self._database.read() as connection:
            return await suppressions.suppressed(connection, self._secret, points)

    async def lift_suppression(self, point: ContactPoint, why: str, *, by: str, now: datetime) -> bool:
        """See SuppressionStore.lift_suppression."""
        async with self._database.write(queued=True) as connection:
            return await suppressions.lift(connection, self._secret, point, why, by=by, now=now)

    async def suppression_counts(self, nation: Nation) -> tuple[SuppressionCount, ...]:
        """See SuppressionStore.suppression_counts."""
        async with self._database.read() as connection:
            return await suppressions.suppression_counts(connection, nation)
