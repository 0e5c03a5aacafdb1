"""When each part of the desk last showed that it works, for the processes that are not that part."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.schema import pulse


async def pulses(connection: AsyncConnection) -> Mapping[str, datetime]:
    """See QueueStore.pulses."""
    return {row.name: row.at for row in await connection.execute(select(pulse))}


async def beat(connection: AsyncConnection, names: Sequence[str], now: datetime) -> None:
    """See QueueStore.beat."""
    insert = insert_into(connection.dialect.name, pulse)
    later = insert.on_conflict_do_update(index_elements=["name"], set_={"at": insert.excluded.at})
    await connection.execute(later, [{"name": name, "at": now} for name in names])
