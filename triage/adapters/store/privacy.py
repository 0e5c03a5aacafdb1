"""Forgetting on HubSpot's word: what opened no case goes at once, a case file stays under its own retention.

What is left behind in the journal is counts and keyed hashes: proof that it was done, and of nothing else (UK GDPR
Arts 5(2), 17). Everything here runs inside one queued transaction of the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import chat_lines, items, masks
from triage.adapters.store.addresses import address_hash
from triage.adapters.store.alarms import raise_alarm
from triage.adapters.store.chat_rooms import change_room, hold_room, settle_room
from triage.adapters.store.engine import insert_into
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.leads import came_with
from triage.adapters.store.outbox import DISCARDED, DRAFT, QUEUED, SENDING, UNCLEAR
from triage.adapters.store.schema import (
    alarm,
    case_file,
    chat_line,
    chat_room,
    enquiry,
    forgotten_contact,
    journal_text,
    letter,
    merged,
)
from triage.domain.records import ChatRoom, Forgotten
from triage.ports import Item

ALARM = "privacy_deletion"
CHAIN = "privacy"

# What a purged row says of its person: nothing. Kinds, scores, gate and times stay, for they name nobody.
_NOBODY = {**masks.TEXT, **masks.ATTACHMENTS, **masks.PERSON}
_NOT_OUT = (DRAFT, QUEUED, SENDING, UNCLEAR)


@dataclass(kw_only=True, slots=True)
class _Count:
    """What one event purged."""

    lines: int = 0
    items: int = 0
    enquiries: int = 0
    letters: int = 0


async def forget_thread(
    connection: AsyncConnection, secret: bytes, portal_id: str, thread_id: str, event: Item, now: datetime
) -> Forgotten:
    """See ChatStore.forget_thread. A thread nobody has heard of is remembered too: its lines may come later."""
    rooms = [await hold_room(connection, portal_id, thread_id)]
    whom = {"subject": "thread", "hash": address_hash(secret, f"thread:{portal_id}:{thread_id}")}
    return await _forget(connection, secret, rooms, whom, event, now)


async def forget_contact(
    connection: AsyncConnection, secret: bytes, portal_id: str, contact_id: str, event: Item, now: datetime
) -> Forgotten:
    """See ChatStore.forget_contact."""
    contact_hash = _contact_hash(secret, portal_id, contact_id)
    row = {"portal_id": portal_id, "contact_hash": contact_hash, "forgotten_at": now}
    insert = insert_into(connection.dialect.name, forgotten_contact).values(row)
    again = insert.on_conflict_do_update(index_elements=["portal_id", "contact_hash"], set_={"forgotten_at": now})
    await connection.execute(again)
    query = select(chat_room).where(chat_room.c.portal_id == portal_id, chat_room.c.contact_id == contact_id)
    rooms = (await connection.execute(query.order_by(chat_room.c.thread_id).with_for_update())).all()
    return await _forget(connection, secret, rooms, {"subject": "contact", "hash": contact_hash}, event, now)


async def drop_forgotten(connection: AsyncConnection, secret: bytes, room: ChatRoom, contact_id: str) -> bool:
    """Drop a room's lines from before its contact was erased; True if the burst had one, and must not be handed in.

    Until its first burst nobody knows whose a thread is. One that leads to an enquiry was dealt with at the deletion.
    """
    known = select(forgotten_contact.c.forgotten_at).where(
        forgotten_contact.c.portal_id == room.portal_id,
        forgotten_contact.c.contact_hash == _contact_hash(secret, room.portal_id, contact_id),
    )
    forgotten_at = (await connection.execute(known)).scalar_one_or_none()
    if forgotten_at is None:
        return False
    held = await hold_room(connection, room.portal_id, room.thread_id)
    if held.reference:
        return False
    waiting = await chat_lines.waiting_lines(connection, room.portal_id, room.thread_id)
    before = [row.message_id for row in waiting if row.sent_at <= forgotten_at]
    forgotten: dict[str, object] = {"state": chat_lines.FORGOTTEN, "text": None, "attachments": []}
    await chat_lines.mark_lines(connection, room.portal_id, room.thread_id, before, chat_lines.WAITING, forgotten)
    if not before:
        return False
    await settle_room(connection, held)
    return True


def _contact_hash(secret: bytes, portal_id: str, contact_id: str) -> str:
    return address_hash(secret, f"contact:{portal_id}:{contact_id}")


async def _forget(
    connection: AsyncConnection,
    secret: bytes,
    rooms: Sequence[Row[tuple[object, ...]]],
    whom: dict[str, str],
    event: Item,
    now: datetime,
) -> Forgotten:
    count, kept, happenings = _Count(), list[str](), list[Happening]()
    for room in rooms:
        if room.reference and await _has_case(connection, room.reference):
            await _forget_what_was_passed_over(connection, room, count)
            kept.append(room.reference)
            fact = {"subject": whom["subject"]}
            happenings.append(Happening(chain=room.reference, at=now, event="privacy_deletion_at_hubspot", facts=fact))
            await raise_alarm(connection, ALARM, room.reference, now)
        else:
            await _purge_room(connection, room, count, now)
            if room.reference:
                await _purge_thread(connection, room.reference, count, now)
                happenings.append(Happening(chain=room.reference, at=now, event="purged_after_privacy_deletion"))
    facts = {
        **whom,
        "lines": count.lines,
        "items": count.items,
        "enquiries": count.enquiries,
        "letters": count.letters,
        "kept": len(kept),
    }
    happenings.append(Happening(chain=CHAIN, at=now, event="privacy_deletion", facts=facts))
    await append(connection, secret, happenings)
    await items.pass_event(connection, event, ALARM, now)
    return Forgotten(lines=count.lines, enquiries=count.enquiries, kept=tuple(kept))


async def _has_case(connection: AsyncConnection, thread: str) -> bool:
    query = select(case_file.c.id).where(case_file.c.thread == thread).limit(1)
    return (await connection.execute(query)).first() is not None


async def _forget_what_was_passed_over(
    connection: AsyncConnection, room: Row[tuple[object, ...]], count: _Count
) -> None:
    """In the thread of a case too, what was typed before there was one opened none."""
    passed = (*chat_lines.in_room(room.portal_id, room.thread_id), chat_line.c.state == chat_lines.PASSED_OVER)
    blank = update(chat_line).where(*passed, chat_line.c.text.is_not(None)).values(text=None, attachments=[])
    count.lines += (await connection.execute(blank)).rowcount


async def _purge_room(connection: AsyncConnection, room: Row[tuple[object, ...]], count: _Count, now: datetime) -> None:
    its_lines = chat_lines.in_room(room.portal_id, room.thread_id)
    query = select(chat_line.c.item_id).where(*its_lines, chat_line.c.item_id.is_not(None)).distinct()
    bursts = list((await connection.execute(query)).scalars())
    blank = update(chat_line).where(*its_lines, chat_line.c.text.is_not(None))
    values: dict[str, object] = {"state": chat_lines.FORGOTTEN, "text": None, "attachments": []}
    count.lines += (await connection.execute(blank.values(values))).rowcount
    count.items += await items.end_forgotten(connection, bursts, chat_lines.FORGOTTEN, now)
    await change_room(
        connection,
        room.portal_id,
        room.thread_id,
        contact_id="",
        reference="",
        due_at=None,
        latest_at=None,
        claimed_at=None,
        first_waiting_at=None,
        attempts=0,
        forgotten_at=now,
    )


async def _purge_thread(connection: AsyncConnection, thread: str, count: _Count, now: datetime) -> None:
    """Blank an enquiry without a case: its messages, letters, free text of its journal; its alarms are settled."""
    query = select(enquiry.c.id, enquiry.c.item_id, enquiry.c.classification).where(enquiry.c.thread == thread)
    messages = (await connection.execute(query)).all()
    for message in messages:
        reading = {**message.classification, "reasons": []} if message.classification else None
        blank = update(enquiry).where(enquiry.c.id == message.id)
        await connection.execute(blank.values({**_NOBODY, "classification": reading}))
    count.enquiries += len(messages)
    await items.end_forgotten(connection, [message.item_id for message in messages], chat_lines.FORGOTTEN, now)
    unsent = update(letter).where(letter.c.reference == thread, letter.c.state.in_(_NOT_OUT))
    stopped = {"state": DISCARDED, "code": chat_lines.FORGOTTEN, "claimed_by": None, "claimed_at": None}
    await connection.execute(unsent.values(stopped))
    count.letters += (
        await connection.execute(update(letter).where(letter.c.reference == thread).values(masks.LETTER))
    ).rowcount
    came = select(merged.c.reference).where(came_with(thread))
    chains = or_(journal_text.c.chain == thread, journal_text.c.chain.in_(came))
    await connection.execute(delete(journal_text).where(chains))
    standing = (alarm.c.reference == thread, alarm.c.cleared_at.is_(None))
    await connection.execute(update(alarm).where(*standing).values(cleared_at=now))
