"""Chat threads: due after their burst, claimed, handed in. Each function runs inside a transaction of its caller.

Every change of a thread's lines holds the thread's row: a line that comes while a burst is handed in waits for it.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import chat_lines, items
from triage.adapters.store.engine import insert_into
from triage.adapters.store.schema import chat_room, item
from triage.domain.chat import ChatLine, ChatPlace
from triage.domain.records import ChatRoom
from triage.ports import Item, NewItem


def this_room(portal_id: str, thread_id: str) -> tuple[ColumnElement[bool], ...]:
    """What picks one thread."""
    return chat_room.c.portal_id == portal_id, chat_room.c.thread_id == thread_id


async def hold_room(connection: AsyncConnection, portal_id: str, thread_id: str) -> Row[tuple[object, ...]]:
    """The thread's row, made where there is none, and held until the transaction ends."""
    row = {
        "portal_id": portal_id,
        "thread_id": thread_id,
        "contact_id": "",
        "reference": "",
        "handed_over": False,
        "attempts": 0,
    }
    await connection.execute(insert_into(connection.dialect.name, chat_room).values(row).on_conflict_do_nothing())
    query = select(chat_room).where(*this_room(portal_id, thread_id)).with_for_update()
    return (await connection.execute(query)).one()


async def room_of(connection: AsyncConnection, place: ChatPlace) -> Row[tuple[object, ...]] | None:
    """What is known of the thread, None where nothing is."""
    query = select(chat_room).where(*this_room(place.portal_id, place.thread_id))
    return (await connection.execute(query)).one_or_none()


async def change_room(connection: AsyncConnection, portal_id: str, thread_id: str, **values: object) -> None:
    """Change some columns of a thread's row."""
    await connection.execute(update(chat_room).where(*this_room(portal_id, thread_id)).values(values))


async def keep_line(
    connection: AsyncConnection,
    event: Item,
    portal_id: str,
    thread_id: str,
    line: ChatLine,
    due_at: datetime,
    latest_at: datetime,
    now: datetime,
) -> None:
    """See ChatStore.keep_line. A line from before its thread was forgotten is not kept again."""
    room = await hold_room(connection, portal_id, thread_id)
    if room.forgotten_at is not None and line.sent_at <= room.forgotten_at:
        await items.pass_event(connection, event, chat_lines.FORGOTTEN, now)
        return
    await items.end_event(connection, event, "", now)
    if not await chat_lines.add_line(connection, portal_id, thread_id, line, now):
        return
    first, latest = room.first_waiting_at or now, latest_at
    if room.first_waiting_at is not None and room.latest_at is not None:
        latest = room.latest_at
    due = min(due_at, latest)
    await change_room(connection, portal_id, thread_id, due_at=due, latest_at=latest, first_waiting_at=first)


async def claim_rooms(connection: AsyncConnection, now: datetime, limit: int, lease: timedelta) -> tuple[ChatRoom, ...]:
    """See ChatStore.claim_rooms."""
    free = or_(chat_room.c.claimed_at.is_(None), chat_room.c.claimed_at < now - lease)
    order = (chat_room.c.due_at, chat_room.c.portal_id, chat_room.c.thread_id)
    due = select(chat_room).where(chat_room.c.due_at <= now, free).order_by(*order).limit(limit)
    rows = (await connection.execute(due.with_for_update(skip_locked=True))).all()
    rooms = []
    for row in rows:
        lines = await chat_lines.waiting_lines(connection, row.portal_id, row.thread_id)
        await change_room(connection, row.portal_id, row.thread_id, claimed_at=now)
        rooms.append(_room_of(row, tuple(line.message_id for line in lines)))
    return tuple(rooms)


def _room_of(row: Row[tuple[object, ...]], line_ids: tuple[str, ...]) -> ChatRoom:
    return ChatRoom(
        portal_id=row.portal_id,
        thread_id=row.thread_id,
        contact_id=row.contact_id,
        reference=row.reference,
        handed_over=row.handed_over,
        first_waiting_at=row.first_waiting_at,
        line_ids=line_ids,
        attempts=row.attempts,
    )


async def put_off_room(connection: AsyncConnection, room: ChatRoom, retry_at: datetime, *, failed: bool) -> None:
    """See ChatStore.put_off_room. Where another has handed the lines in meanwhile, nothing is due any more."""
    held = await hold_room(connection, room.portal_id, room.thread_id)
    due_at = None if held.due_at is None else retry_at
    attempts = held.attempts + 1 if failed else held.attempts
    await change_room(connection, room.portal_id, room.thread_id, due_at=due_at, claimed_at=None, attempts=attempts)


async def room_lines(
    connection: AsyncConnection, room: ChatRoom, earlier: int, since: datetime
) -> tuple[tuple[ChatLine, ...], tuple[ChatLine, ...]]:
    """See ChatStore.room_lines. Of the waiting ones those the claim names: what came since is not of this burst."""
    claimed = frozenset(room.line_ids)
    waiting = await chat_lines.waiting_lines(connection, room.portal_id, room.thread_id)
    before = await chat_lines.lines_before(connection, room.portal_id, room.thread_id, earlier, since)
    return tuple(chat_lines.line_of(row) for row in waiting if row.message_id in claimed), before


async def hand_in(connection: AsyncConnection, room: ChatRoom, burst: NewItem, contact_id: str) -> None:
    """See ChatStore.hand_in. A burst of which another worker has handed in a line is dropped: no line goes twice."""
    held = await hold_room(connection, room.portal_id, room.thread_id)
    waiting = await chat_lines.waiting_lines(connection, room.portal_id, room.thread_id)
    claimed = frozenset(room.line_ids)
    if claimed and claimed <= {row.message_id for row in waiting}:
        await items.save_items(connection, [burst], None, ())
        own = select(item.c.id).where(item.c.key == burst.key)
        marks: dict[str, object] = {
            "state": chat_lines.HANDED_IN,
            "item_id": (await connection.execute(own)).scalar_one(),
        }
        await chat_lines.mark_lines(connection, room.portal_id, room.thread_id, claimed, chat_lines.WAITING, marks)
    await settle_room(connection, held, contact_id)


async def settle_room(connection: AsyncConnection, held: Row[tuple[object, ...]], contact_id: str = "") -> None:
    """Free the claim; the thread stays due as it is where lines wait on, else nothing is due."""
    waiting = await chat_lines.waiting_lines(connection, held.portal_id, held.thread_id)
    due_at = held.due_at if waiting else None
    await change_room(
        connection,
        held.portal_id,
        held.thread_id,
        contact_id=contact_id or held.contact_id,
        due_at=due_at,
        latest_at=due_at,
        first_waiting_at=min((row.stored_at for row in waiting), default=None),
        claimed_at=None,
        attempts=0,
    )


async def release_rooms(connection: AsyncConnection) -> None:
    """No thread is claimed any more: whoever claimed one is gone."""
    await connection.execute(update(chat_room).where(chat_room.c.claimed_at.is_not(None)).values(claimed_at=None))
