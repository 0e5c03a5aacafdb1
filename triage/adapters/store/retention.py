"""The retention run: parts whose day has come go, one transaction a thread, and leave a proof in the journal.

What is left is a masked shell: references, kinds, dates, states, outcomes, scores. So numbers and statistics survive,
and every chain of the journal verifies as before. The proof is a keyed hash (HMAC-SHA256 under the desk's secret) over
everything that was removed of a part: who has a copy can show that it is what was removed, nobody can guess it back.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import chat_lines, masks
from triage.adapters.store.addresses import mail_mark
from triage.adapters.store.columns import dump_json
from triage.adapters.store.items import blank_items
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.keepables import SAYS_SOMETHING, sharing_a_person
from triage.adapters.store.leads import came_with
from triage.adapters.store.outbox import QUEUED, SENDING
from triage.adapters.store.schema import (
    alarm,
    bounce,
    case_file,
    case_task,
    chat_line,
    chat_room,
    enquiry,
    item,
    journal_text,
    letter,
    merged,
    notice,
    participant,
    send_limit,
)
from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.retention import Part, Removed, due, verdicts

EVENT = "retention_removed"
# The longest window in which a bounce or a sent letter counts for anything (history.py).
COUNTED_FOR = timedelta(days=60)

_Contents = list[object]


async def remove_due(
    connection: AsyncConnection, secret: bytes, thread: str, policy: Policy, now: datetime
) -> Removed | None:
    """Judge a thread anew and remove what is due of it; None where nothing is. In a queued transaction of its own.

    Judged here once more: a message or an access request may have come since the list was drawn up.
    """
    nation = policy.main_controller.nation
    found = verdicts(await sharing_a_person(connection, secret, thread), policy.retention, nation)
    parts = [one.part for one in due(found, local_date(now, nation)) if one.thread == thread]
    if not parts:
        return None
    counts: dict[Part, int] = {}
    proofs: dict[str, dict[str, object]] = {}
    for part in parts:
        contents = await _REMOVERS[part](connection, secret, thread, now)
        counts[part] = len(contents)
        proofs[part.value] = {"count": len(contents), "proof": proof_of(secret, part, contents)}
    await append(connection, secret, [Happening(chain=thread, at=now, event=EVENT, facts={"parts": proofs})])
    return Removed(thread=thread, counts=tuple(counts.items()))


def proof_of(secret: bytes, part: Part, contents: Iterable[object]) -> str:
    """The keyed hash of what was removed of a part: bytes as they were, rows as JSON, each behind its length."""
    digest = hmac.new(secret, f"retention\0{part.value}\0".encode(), hashlib.sha256)
    for one in contents:
        said = one if isinstance(one, bytes) else dump_json(one).encode()
        digest.update(len(said).to_bytes(8, "big") + said)
    return digest.hexdigest()


async def drop_counters(connection: AsyncConnection, now: datetime) -> int:
    """Forget of whom letters and bounces were counted that count no more. How many."""
    before = now - COUNTED_FOR
    sent = await connection.execute(delete(send_limit).where(send_limit.c.at < before))
    returned = await connection.execute(delete(bounce).where(bounce.c.at < before))
    return sent.rowcount + returned.rowcount


async def _raw(connection: AsyncConnection, _secret: bytes, thread: str, _now: datetime) -> _Contents:
    query = (
        select(item.c.id, item.c.raw)
        .join(enquiry, enquiry.c.item_id == item.c.id)
        .where(enquiry.c.thread == thread, item.c.raw != b"")
        .order_by(item.c.id)
    )
    rows = (await connection.execute(query)).all()
    await blank_items(connection, [row.id for row in rows])
    return [row.raw for row in rows]


async def _text(connection: AsyncConnection, _secret: bytes, thread: str, _now: datetime) -> _Contents:
    contents: _Contents = []
    for row in await _rows(connection, enquiry, enquiry.c.thread == thread):
        if row.subject or row.full_text:
            contents.append(_said(row, masks.TEXT))
            blank = update(enquiry).where(enquiry.c.id == row.id)
            reading = masks.without_quotes(row.classification)
            await connection.execute(
                blank.values({**masks.TEXT, "classification": reading, "version": enquiry.c.version + 1})
            )
    return contents


async def _attachments(connection: AsyncConnection, _secret: bytes, thread: str, _now: datetime) -> _Contents:
    rows = [row for row in await _rows(connection, enquiry, enquiry.c.thread == thread) if row.attachments]
    its_own = update(enquiry).where(enquiry.c.id.in_([row.id for row in rows]))
    await connection.execute(its_own.values({**masks.ATTACHMENTS, "version": enquiry.c.version + 1}))
    return [row.attachments for row in rows]


async def _chat(connection: AsyncConnection, _secret: bytes, thread: str, _now: datetime) -> _Contents:
    contents: _Contents = []
    for room in await _rows(connection, chat_room, chat_room.c.reference == thread):
        said = (*chat_lines.in_room(room.portal_id, room.thread_id), chat_line.c.text.is_not(None))
        lines = await connection.execute(
            select(chat_line.c.text, chat_line.c.attachments).where(*said).order_by(*chat_line.primary_key)
        )
        contents += [[line.text, line.attachments] for line in lines]
        await connection.execute(update(chat_line).where(*said).values(text=None, attachments=[]))
    return contents


async def _letters(connection: AsyncConnection, _secret: bytes, thread: str, _now: datetime) -> _Contents:
    of_thread = (letter.c.reference == thread, SAYS_SOMETHING)
    rows = await _rows(connection, letter, *of_thread)
    await connection.execute(update(letter).where(*of_thread).values(masks.LETTER))
    return [_said(row, masks.LETTER) for row in rows]


async def _file(connection: AsyncConnection, secret: bytes, thread: str, now: datetime) -> _Contents:
    """Who it was, and everything anybody noted about it. What remains is counted, and names nobody."""
    messages = (enquiry.c.thread == thread, enquiry.c.removed_at.is_(None))
    came = select(merged.c.reference).where(came_with(thread))
    own = or_(journal_text.c.chain == thread, journal_text.c.chain.startswith(f"{thread}/", autoescape=True))
    chain = or_(own, journal_text.c.chain.in_(came))
    contents: _Contents = [
        *(_said(row, masks.PERSON) for row in await _rows(connection, enquiry, *messages)),
        *(_said(row, masks.CASE) for row in await _rows(connection, case_file, case_file.c.thread == thread)),
        *(_said(row, masks.TASK) for row in await _rows(connection, case_task, case_task.c.thread == thread)),
        *([row.chain, row.sequence, row.text] for row in await _rows(connection, journal_text, chain)),
    ]
    for row in await _rows(connection, enquiry, *messages):
        gone = {**masks.PERSON, **_marks(secret, row), "removed_at": now, "version": enquiry.c.version + 1}
        await connection.execute(update(enquiry).where(enquiry.c.id == row.id).values(gone))
    blank_case = update(case_file).where(case_file.c.thread == thread)
    await connection.execute(blank_case.values({**masks.CASE, "version": case_file.c.version + 1}))
    await connection.execute(update(case_task).where(case_task.c.thread == thread).values(masks.TASK))
    await connection.execute(delete(journal_text).where(chain))
    await connection.execute(delete(participant).where(participant.c.thread == thread))
    # Whoever writes in that chat again opens an enquiry of its own.
    await connection.execute(
        update(chat_room).where(chat_room.c.reference == thread).values(contact_id="", reference="")
    )
    await _settle(connection, thread, now)
    return contents


def _marks(secret: bytes, row: Row[*tuple[Any, ...]]) -> dict[str, object]:
    """By which a mail is known again, should the mailbox bring it once more."""
    if not row.message_id:
        return {}
    return {
        "message_id": mail_mark(secret, row.message_id),
        "content_sha256": mail_mark(secret, row.content_sha256),
    }


async def _settle(connection: AsyncConnection, thread: str, now: datetime) -> None:
    """Mails to staff about it lose their words, and nobody is called to what is not there any more."""

    def about(column: ColumnElement[str]) -> ColumnElement[bool]:
        return or_(column == thread, column.startswith(f"{thread}/", autoescape=True))

    told = update(notice).where(about(notice.c.reference), notice.c.state.not_in((QUEUED, SENDING)))
    await connection.execute(told.values(masks.NOTICE))
    standing = update(alarm).where(about(alarm.c.reference), alarm.c.cleared_at.is_(None))
    await connection.execute(standing.values(cleared_at=now))


async def _rows(
    connection: AsyncConnection, table: Table, *conditions: ColumnElement[bool]
) -> Sequence[Row[*tuple[Any, ...]]]:
    return (await connection.execute(select(table).where(*conditions).order_by(*table.primary_key))).all()


def _said(row: Row[*tuple[Any, ...]], mask: Mapping[str, object]) -> dict[str, object]:
    return {name: row._mapping[name] for name in sorted(mask) if not isinstance(row._mapping[name], datetime)}


_REMOVERS: Mapping[Part, Callable[[AsyncConnection, bytes, str, datetime], Awaitable[_Contents]]] = {
    Part.RAW: _raw,
    Part.TEXT: _text,
    Part.ATTACHMENTS: _attachments,
    Part.CHAT: _chat,
    Part.LETTERS: _letters,
    Part.FILE: _file,
}
