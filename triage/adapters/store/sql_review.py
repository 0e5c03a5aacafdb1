"""What a person says of readings, in the store: one method, one transaction. What happens in each lies beside it."""

from collections.abc import Sequence
from datetime import datetime

from triage.adapters.store import labels, look
from triage.adapters.store.engine import Database
from triage.domain.vocabulary import Nation
from triage.ports import CorrectionCount, Labelled, LookRow, ReadingRow, Relabelling


class ReviewHalf:
    """See ports.Store."""

    _database: Database
    _secret: bytes

    async def labelled(self, reference: str) -> Labelled | None:
        """See Store.labelled."""
        async with self._database.read() as connection:
            return await labels.labelled(connection, reference)

    async def relabel(
        self, known: Labelled, change: Relabelling, month: str, *, by: str, now: datetime
    ) -> tuple[int, ...] | None:
        """See Store.relabel."""
        async with self._database.write(queued=True) as connection:
            return await labels.relabel(connection, self._secret, known, change, month, by=by, now=now)

    async def to_look_at(self) -> tuple[LookRow, ...]:
        """See Store.to_look_at."""
        async with self._database.read() as connection:
            return await look.to_look_at(connection)

    async def clear_look(self, references: Sequence[str], *, by: str, now: datetime) -> tuple[str, ...]:
        """See Store.clear_look."""
        async with self._database.write(queued=True) as connection:
            return await look.clear_look(connection, self._secret, references, by=by, now=now)

    async def clear_look_before(self, before: datetime, *, automatic: bool, by: str, now: datetime) -> tuple[str, ...]:
        """See Store.clear_look_before."""
        async with self._database.write(queued=True) as connection:
            return await look.clear_look_before(connection, self._secret, before, automatic=automatic, by=by, now=now)

    async def readings(self, nation: Nation) -> tuple[ReadingRow, ...]:
        """See Store.readings."""
        async with self._database.read() as connection:
            return await look.readings(connection, nation)

    async def corrections(self) -> tuple[CorrectionCount, ...]:
        """See Store.corrections."""
        async with self._database.read() as connection:
            return await labels.corrections(connection)
