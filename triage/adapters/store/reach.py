"""Who can be answered: enquiries whose person left no way to, cases that wait for that person, acts of colleagues."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.journal import Happening, append
from triage.adapters.store.schema import NO_WAY_TO_ANSWER, case_file, enquiry
from triage.domain.records import Unreachable

OPEN, CANNOT_REACH, SET_ASIDE, CLOSED = "open", "cannot_reach", "set_aside", "closed"
# A case that still has to be answered, whether or not its person can be reached now.
UNANSWERED = (OPEN, CANNOT_REACH)


async def without_way_to_answer(connection: AsyncConnection) -> tuple[Unreachable, ...]:
    """See ChatStore.without_way_to_answer. The time is that of the person's last message: until then they were here."""
    message = enquiry.alias()
    last = (
        select(func.max(message.c.received_at))
        .where(message.c.thread == enquiry.c.reference, message.c.outcome.in_(("enquiry", "follow_up")))
        .scalar_subquery()
    )
    still_open = exists().where(case_file.c.thread == enquiry.c.reference, case_file.c.state == OPEN)
    query = select(enquiry.c.reference, last.label("last_at")).where(
        NO_WAY_TO_ANSWER, enquiry.c.reference.is_not(None), still_open
    )
    rows = await connection.execute(query.order_by(enquiry.c.id))
    return tuple(Unreachable(reference=row.reference, received_at=row.last_at) for row in rows)


async def mark_cannot_reach(connection: AsyncConnection, secret: bytes, reference: str, now: datetime) -> bool:
    """See ChatStore.mark_cannot_reach."""
    waiting = await _turn(connection, reference, OPEN, CANNOT_REACH, "case_cannot_reach", now)
    if waiting:
        await append(connection, secret, waiting)
    return bool(waiting)


async def reopen(connection: AsyncConnection, thread: str, now: datetime) -> list[Happening]:
    """The person is back: cases that could not be reached are open again. What to write into the journal."""
    return await _turn(connection, thread, CANNOT_REACH, OPEN, "case_reopened", now)


async def _turn(
    connection: AsyncConnection, thread: str, before: str, after: str, event: str, now: datetime
) -> list[Happening]:
    turned = update(case_file).where(case_file.c.thread == thread, case_file.c.state == before)
    values = {"state": after, "version": case_file.c.version + 1}
    numbers = (await connection.execute(turned.values(values).returning(case_file.c.number))).scalars()
    return [Happening(chain=f"{thread}/{number}", at=now, event=event) for number in sorted(numbers)]


async def note_act(
    connection: AsyncConnection,
    secret: bytes,
    reference: str,
    event: str,
    facts: Mapping[str, object],
    *,
    by: str,
    now: datetime,
) -> bool:
    """See Store.note_act."""
    chain = reference.strip().upper()
    thread, slash, number = chain.partition("/")
    known = select(enquiry.c.id).where(enquiry.c.reference == thread)
    if slash:
        if not number.isascii() or not number.isdigit():
            return False
        known = select(case_file.c.id).where(case_file.c.thread == thread, case_file.c.number == int(number))
    if (await connection.execute(known)).first() is None:
        return False
    await append(connection, secret, [Happening(chain=chain, at=now, event=event, facts={**facts, "by": by})])
    return True
