"""Lines of visitors: kept, handed on, marked by what they led to, and forgotten. Inside a transaction of the caller.

A line waits, is handed in with its burst, and ends passed over or filed. Forgotten lines have no text.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.schema import chat_line
from triage.domain.chat import ChatLine

WAITING, HANDED_IN, PASSED_OVER, FILED, FORGOTTEN = "waiting", "handed_in", "passed_over", "filed", "forgotten"

_DECIDED = (HANDED_IN, PASSED_OVER, FILED)
_ORDER = (chat_line.c.sent_at, chat_line.c.stored_at, chat_line.c.message_id)
# SQLite takes 32,766 values a statement, PostgreSQL 32,767.
_IDS_A_QUERY = 10_000


def in_room(portal_id: str, thread_id: str) -> tuple[ColumnElement[bool], ...]:
    """What picks the lines of one thread."""
    return chat_line.c.portal_id == portal_id, chat_line.c.thread_id == thread_id


async def add_line(connection: AsyncConnection, portal_id: str, thread_id: str, line: ChatLine, now: datetime) -> bool:
    """Keep a line, waiting; False where it is known already."""
    row = {
        "portal_id": portal_id,
        "thread_id": thread_id,
        "message_id": line.message_id,
        "text": line.text,
        "attachments": list(line.attachments),
        "sent_at": line.sent_at,
        "stored_at": now,
        "state": WAITING,
    }
    insert = insert_into(connection.dialect.name, chat_line).values(row).on_conflict_do_nothing()
    return (await connection.execute(insert.returning(chat_line.c.message_id))).first() is not None


async def waiting_lines(
    connection: AsyncConnection, portal_id: str, thread_id: str
) -> Sequence[Row[tuple[object, ...]]]:
    """The lines nobody has decided on, oldest first."""
    query = select(chat_line).where(*in_room(portal_id, thread_id), chat_line.c.state == WAITING)
    return (await connection.execute(query.order_by(*_ORDER))).all()


async def lines_before(
    connection: AsyncConnection, portal_id: str, thread_id: str, most: int, since: datetime
) -> tuple[ChatLine, ...]:
    """The last `most` decided lines sent after `since` whose text is still there, oldest first."""
    recent = (chat_line.c.state.in_(_DECIDED), chat_line.c.text.is_not(None), chat_line.c.sent_at > since)
    query = select(chat_line).where(*in_room(portal_id, thread_id), *recent)
    rows = (await connection.execute(query.order_by(*(column.desc() for column in _ORDER)).limit(most))).all()
    return tuple(line_of(row) for row in reversed(rows))


def line_of(row: Row[tuple[object, ...]]) -> ChatLine:
    """The row as a value."""
    return ChatLine(
        message_id=row.message_id, sent_at=row.sent_at, text=row.text or "", attachments=tuple(row.attachments)
    )


async def mark_lines(
    connection: AsyncConnection,
    portal_id: str,
    thread_id: str,
    ids: Collection[str],
    before: str,
    values: dict[str, object],
) -> None:
    """Say of these lines what became of them, where they are still in the state `before`."""
    wanted = list(ids)
    for start in range(0, len(wanted), _IDS_A_QUERY):
        chosen = chat_line.c.message_id.in_(wanted[start : start + _IDS_A_QUERY])
        marked = update(chat_line).where(*in_room(portal_id, thread_id), chosen, chat_line.c.state == before)
        await connection.execute(marked.values(values))


async def drop_text(connection: AsyncConnection, before: datetime) -> int:
    """See ChatStore.drop_text. What nobody has decided on yet is no text without an enquiry: it waits."""
    old = (chat_line.c.state == PASSED_OVER, chat_line.c.text.is_not(None), chat_line.c.stored_at < before)
    return (await connection.execute(update(chat_line).where(*old).values(text=None))).rowcount


async def count_lines(connection: AsyncConnection, portal_id: str, thread_id: str) -> dict[str, int]:
    """How many lines of a thread became what."""
    query = select(chat_line.c.state, func.count()).where(*in_room(portal_id, thread_id)).group_by(chat_line.c.state)
    return {row[0]: row[1] for row in await connection.execute(query)}


async def count_passed_over(connection: AsyncConnection, since: datetime | None) -> int:
    """See ChatStore.count_passed_over."""
    query = select(func.count()).select_from(chat_line).where(chat_line.c.state == PASSED_OVER)
    if since is not None:
        query = query.where(chat_line.c.stored_at >= since)
    return (await connection.execute(query)).scalar_one()
