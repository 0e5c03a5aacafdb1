"""Our own posts in chats: their ids, and those of which nobody knows whether they arrived. See docs/decisions/010."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.chat_rooms import this_room
from triage.adapters.store.outbox import FREE, UNCLEAR, letter_of
from triage.adapters.store.schema import chat_room, letter
from triage.domain.vocabulary import Channel
from triage.ports import Letter


async def own_posts(connection: AsyncConnection, portal_id: str, thread_id: str) -> frozenset[str]:
    """See ChatStore.own_posts."""
    ours = select(letter.c.posted_id).join(chat_room, chat_room.c.reference == letter.c.reference)
    query = ours.where(*this_room(portal_id, thread_id), chat_room.c.reference != "", letter.c.posted_id.is_not(None))
    return frozenset((await connection.execute(query)).scalars())


async def record_post(connection: AsyncConnection, posted: Letter, message_id: str) -> None:
    """See ChatStore.record_post."""
    await connection.execute(update(letter).where(letter.c.id == posted.id).values(posted_id=message_id))


async def stranded_posts(
    connection: AsyncConnection, worker: str, now: datetime, limit: int, lease: timedelta
) -> tuple[Letter, ...]:
    """See ChatStore.stranded_posts. Whoever gets one has it for the length of the lease, and is given it again."""
    free = or_(letter.c.claimed_at.is_(None), letter.c.claimed_at < now - lease, letter.c.claimed_by == worker)
    lost = (letter.c.state == UNCLEAR, letter.c.channel == Channel.CHAT.value)
    query = select(letter).where(*lost, free).order_by(letter.c.id).limit(limit)
    rows = (await connection.execute(query.with_for_update(skip_locked=True))).all()
    if rows:
        claim = update(letter).where(letter.c.id.in_([row.id for row in rows]))
        await connection.execute(claim.values(claimed_by=worker, claimed_at=now))
    return tuple(letter_of(row) for row in rows)


async def release_posts(connection: AsyncConnection, worker: str | None) -> None:
    """Let others look for the posts that `worker` (None: anyone) was to look for."""
    held = update(letter).where(letter.c.state == UNCLEAR, letter.c.claimed_at.is_not(None))
    if worker is not None:
        held = held.where(letter.c.claimed_by == worker)
    await connection.execute(held.values(FREE))
