"""Letters that were approved and can still be called back."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.outbox import DRAFT
from triage.adapters.store.schema import approval, letter
from triage.domain.approval import Approval
from triage.domain.letter_desk import text_mark

_COLUMNS = (approval, letter.c.reference)


async def ask_approval(connection: AsyncConnection, asked: Approval, now: datetime, seen: str) -> bool:
    """See ApprovalStore.ask_approval. The journal hears of it when it happens."""
    draft = select(letter.c.subject, letter.c.body).where(letter.c.id == asked.letter_id, letter.c.state == DRAFT)
    text = (await connection.execute(draft.with_for_update())).one_or_none()
    if text is None or asked.due_at < now or seen not in ("", text_mark(text.subject, text.body)):
        return False
    row = {
        "letter_id": asked.letter_id,
        "by": asked.by,
        "recipient": asked.recipient,
        "note": asked.note,
        "due_at": asked.due_at,
    }
    insert = insert_into(connection.dialect.name, approval).on_conflict_do_nothing()
    return (await connection.execute(insert, row)).rowcount == 1


async def call_back(connection: AsyncConnection, secret: bytes, letter_id: int, by: str, now: datetime) -> bool:
    """See ApprovalStore.call_back."""
    here = select(letter.c.reference).join(approval, approval.c.letter_id == letter.c.id)
    reference = (await connection.execute(here.where(letter.c.id == letter_id))).scalar_one_or_none()
    gone = await connection.execute(delete(approval).where(approval.c.letter_id == letter_id))
    if reference is None or gone.rowcount != 1:
        return False
    facts: dict[str, object] = {"letter": letter_id, "by": by}
    await append(connection, secret, [Happening(chain=reference, at=now, event="letter_called_back", facts=facts)])
    return True


async def approvals(connection: AsyncConnection) -> tuple[Approval, ...]:
    """See ApprovalStore.approvals."""
    query = select(*_COLUMNS).join(letter, letter.c.id == approval.c.letter_id).order_by(approval.c.due_at)
    return tuple(
        Approval(
            letter_id=row.letter_id,
            reference=row.reference,
            by=row.by,
            due_at=row.due_at,
            recipient=row.recipient,
            note=row.note,
        )
        for row in await connection.execute(query)
    )


async def take_approval(connection: AsyncConnection, now: datetime) -> Approval | None:
    """See ApprovalStore.take_approval."""
    due = next((one for one in await approvals(connection) if one.due_at <= now), None)
    if due is None:
        return None
    gone = await connection.execute(delete(approval).where(approval.c.letter_id == due.letter_id))
    return due if gone.rowcount == 1 else None
