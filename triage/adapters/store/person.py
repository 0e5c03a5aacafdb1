"""Everything the desk holds under one mail address, or that mentions it. Reads only; nothing is written down of it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.addresses import address_hash, mailbox_hash
from triage.adapters.store.items import QUARANTINED
from triage.adapters.store.packed import letters_where, messages_where
from triage.adapters.store.schema import (
    bounce,
    case_file,
    chat_line,
    chat_room,
    enquiry,
    item,
    letter,
    participant,
    send_limit,
    suppression,
)
from triage.adapters.store.sealed_columns import is_sealed
from triage.domain.person import ChatSeen, PersonCase, PersonRecords, Suppressed

# Whole texts held in memory at a time.
_AT_ONCE = 50


async def records_of(connection: AsyncConnection, secret: bytes, address: str) -> PersonRecords:
    """See KeepingStore.person. Addresses are compared without regard to case; counters go by the mailbox they reach."""
    address = address.strip().lower()
    hashed, mailbox = address_hash(secret, address), mailbox_hash(secret, address)
    messages = await messages_where(connection, enquiry.c.sender_hash == hashed)
    threads = list(dict.fromkeys(message.reference for message in messages))
    takes_part = select(participant.c.thread).where(participant.c.address_hash == hashed).order_by(participant.c.thread)
    bounced = select(bounce.c.at).where(bounce.c.address_hash == mailbox).order_by(bounce.c.at)
    counted = select(send_limit.c.at).where(send_limit.c.sender_hash == mailbox).order_by(send_limit.c.at)
    return PersonRecords(
        address=address,
        messages=messages,
        letters=await letters_where(connection, func.lower(letter.c.recipient) == address),
        cases=await _cases(connection, threads),
        suppressed=await _suppressed(connection, hashed),
        bounced_at=tuple((await connection.execute(bounced)).scalars()),
        counted_at=tuple((await connection.execute(counted)).scalars()),
        chats=await _chats(connection, hashed),
        takes_part_in=tuple((await connection.execute(takes_part)).scalars()),
        mentioned_in=await _mentioned_in(connection, address, hashed),
        quarantined=await _quarantined(connection, address),
    )


async def _cases(connection: AsyncConnection, threads: Sequence[str]) -> tuple[PersonCase, ...]:
    query = select(case_file).where(case_file.c.thread.in_(threads)).order_by(case_file.c.thread, case_file.c.number)
    return tuple(
        PersonCase(
            reference=f"{row.thread}/{row.number}",
            kind=row.kind,
            state=row.state,
            outcome=row.outcome or "",
            opened_at=row.opened_at,
            closed_at=row.closed_at,
        )
        for row in await connection.execute(query)
    )


async def _suppressed(connection: AsyncConnection, hashed: str) -> tuple[Suppressed, ...]:
    query = select(suppression).where(suppression.c.address_hash == hashed).order_by(suppression.c.id)
    return tuple(
        Suppressed(scope=row.scope, channel=row.channel, thread=row.thread or "", since_at=row.since_at)
        for row in await connection.execute(query)
    )


async def _chats(connection: AsyncConnection, hashed: str) -> tuple[ChatSeen, ...]:
    """Every chat of a contact who gave this address in one of them, whether or not it led to anything."""
    gave_it = select(enquiry.c.contact_id).where(enquiry.c.sender_hash == hashed, enquiry.c.contact_id != "")
    lines = (
        select(func.count())
        .where(
            chat_line.c.portal_id == chat_room.c.portal_id,
            chat_line.c.thread_id == chat_room.c.thread_id,
            chat_line.c.text.is_not(None),
        )
        .correlate(chat_room)
        .scalar_subquery()
    )
    query = select(chat_room, lines.label("lines")).where(chat_room.c.contact_id.in_(gave_it))
    return tuple(
        ChatSeen(
            portal_id=row.portal_id,
            thread_id=row.thread_id,
            contact_id=row.contact_id,
            reference=row.reference,
            lines=row.lines,
        )
        for row in await connection.execute(query.order_by(chat_room.c.portal_id, chat_room.c.thread_id))
    )


async def _mentioned_in(connection: AsyncConnection, address: str, hashed: str) -> tuple[str, ...]:
    """Threads whose text has the address, or that pass its mail on, in a message somebody else sent."""
    others = enquiry.c.sender_hash.is_distinct_from(hashed)
    passed_on = func.lower(enquiry.c.forward_of) == address
    if is_sealed(connection):
        named: ColumnElement[bool] = enquiry.c.id.in_(await _naming(connection, address, others))
    else:
        named = func.lower(enquiry.c.full_text).contains(address, autoescape=True)
    query = select(enquiry.c.thread).where(others, named | passed_on).distinct().order_by(enquiry.c.thread)
    return tuple((await connection.execute(query)).scalars())


async def _naming(connection: AsyncConnection, address: str, others: ColumnElement[bool]) -> list[int]:
    """Messages whose encrypted text has the address: each is read, a portion at a time."""
    found: list[int] = []
    last = 0
    query = select(enquiry.c.id, enquiry.c.full_text).where(others, enquiry.c.full_text != "").order_by(enquiry.c.id)
    while rows := (await connection.execute(query.where(enquiry.c.id > last).limit(_AT_ONCE))).all():
        found += [row.id for row in rows if address in row.full_text.lower()]
        last = rows[-1].id
    return found


async def _quarantined(connection: AsyncConnection, address: str) -> tuple[int, ...]:
    """Items nobody could read, as they stand: what is encoded in them is not found."""
    query = select(item.c.id, item.c.raw).where(item.c.state == QUARANTINED).order_by(item.c.id)
    rows = await connection.execute(query)
    return tuple(row.id for row in rows if address.encode() in row.raw.lower())
