"""Letters as a person sees them: the list, one of them, and the word that sends or discards a draft."""

from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.journal import Happening, append
from triage.adapters.store.outbox import DISCARDED, DRAFT, QUEUED
from triage.adapters.store.schema import letter
from triage.ports import LetterRow


async def list_letters(connection: AsyncConnection) -> tuple[LetterRow, ...]:
    """See Store.list_letters."""
    # Drafts first: they wait for a person.
    order = (letter.c.state != DRAFT, letter.c.id)
    return tuple(_row(row) for row in await connection.execute(select(letter).order_by(*order)))


async def show_letter(connection: AsyncConnection, letter_id: int) -> LetterRow | None:
    """See Store.show_letter."""
    row = (await connection.execute(select(letter).where(letter.c.id == letter_id))).one_or_none()
    return None if row is None else _row(row)


async def discard_draft(connection: AsyncConnection, secret: bytes, letter_id: int, *, by: str, now: datetime) -> bool:
    """See Store.discard_draft."""
    return await _settle(connection, secret, letter_id, DISCARDED, "letter_discarded", by, now)


async def queue_draft(connection: AsyncConnection, secret: bytes, letter_id: int, *, by: str, now: datetime) -> bool:
    """See Store.queue_draft."""
    return await _settle(connection, secret, letter_id, QUEUED, "letter_approved", by, now)


async def _settle(
    connection: AsyncConnection, secret: bytes, letter_id: int, state: str, event: str, by: str, now: datetime
) -> bool:
    drafts = update(letter).where(letter.c.id == letter_id, letter.c.state == DRAFT)
    row = (await connection.execute(drafts.values(state=state).returning(letter.c.reference))).one_or_none()
    if row is None:
        return False
    facts: dict[str, object] = {"letter": letter_id, "by": by}
    await append(connection, secret, [Happening(chain=row.reference, at=now, event=event, facts=facts)])
    return True


def _row(row: Row[tuple[object, ...]]) -> LetterRow:
    return LetterRow(
        id=row.id,
        reference=row.reference,
        purpose=row.purpose,
        state=row.state,
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        why=row.why,
        created_at=row.created_at,
        sent_at=row.sent_at,
        channel=row.channel,
        internal=row.internal,
        place=f"{row.place['portal_id']}/{row.place['thread_id']}" if row.place else "",
    )
