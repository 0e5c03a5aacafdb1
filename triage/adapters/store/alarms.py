"""Alarms: raised once, standing until cleared."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.schema import alarm
from triage.ports import Alarm


async def raise_alarm(connection: AsyncConnection, code: str, reference: str | None, now: datetime) -> bool:
    """See Store.raise_alarm."""
    insert = insert_into(connection.dialect.name, alarm).values(code=code, reference=reference or "", raised_at=now)
    return (await connection.execute(insert.on_conflict_do_nothing().returning(alarm.c.id))).first() is not None


async def clear_alarm(connection: AsyncConnection, code: str, reference: str | None, now: datetime) -> bool:
    """See Store.clear_alarm."""
    standing = (alarm.c.code == code, alarm.c.reference == (reference or ""), alarm.c.cleared_at.is_(None))
    return (await connection.execute(update(alarm).where(*standing).values(cleared_at=now))).rowcount > 0


async def standing_alarms(connection: AsyncConnection) -> tuple[Alarm, ...]:
    """See Store.alarms."""
    query = select(alarm).where(alarm.c.cleared_at.is_(None)).order_by(alarm.c.raised_at, alarm.c.id)
    return tuple(
        Alarm(code=row.code, reference=row.reference or None, raised_at=row.raised_at)
        for row in await connection.execute(query)
    )


async def standing_on(connection: AsyncConnection, reference: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Those of `codes` that stand on one reference."""
    query = select(alarm.c.code).where(
        alarm.c.code.in_(codes), alarm.c.reference == reference, alarm.c.cleared_at.is_(None)
    )
    return tuple((await connection.execute(query)).scalars())


async def count_alarms(connection: AsyncConnection) -> int:
    """How many stand."""
    return (await connection.execute(select(func.count()).where(alarm.c.cleared_at.is_(None)))).scalar_one()
