"""Where references lead that were merged into others (merges.py). Reads only."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.schema import merged


async def leads_to(connection: AsyncConnection, reference: str) -> str | None:
    """See ThreadStore.leads_to."""
    query = select(merged.c.into).where(merged.c.reference == reference)
    return (await connection.execute(query)).scalar_one_or_none()


async def merged_into(connection: AsyncConnection, references: Iterable[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was merged into any of these, in the order it was: rows of `merged`."""
    query = select(merged).where(merged.c.into.in_(list(references))).order_by(merged.c.at, merged.c.reference)
    return (await connection.execute(query)).all()


def came_with(thread: str) -> ColumnElement[bool]:
    """Of `merged`: every reference that leads to the thread or a case of it."""
    return or_(merged.c.into == thread, merged.c.into.startswith(f"{thread}/", autoescape=True))
