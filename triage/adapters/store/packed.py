"""Messages and letters as an evidence pack or one person's records hold them. Reads only."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.schema import enquiry, item, letter
from triage.domain.evidence_values import PackLetter, PackMessage
from triage.domain.vocabulary import Channel
from triage.errors import AnalysisFailed
from triage.parsing.told_bytes import read_entry

_TYPED = (Channel.POST, Channel.PHONE, Channel.IN_PERSON, Channel.SOCIAL)


async def messages_where(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> tuple[PackMessage, ...]:
    """Messages with what arrived, oldest first."""
    query = select(enquiry, item.c.raw).join(item, item.c.id == enquiry.c.item_id).where(*conditions)
    return tuple(_message(row) for row in await connection.execute(query.order_by(enquiry.c.id)))


async def letters_where(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> tuple[PackLetter, ...]:
    """Letters and notes, oldest first."""
    return tuple(
        _letter(row) for row in await connection.execute(select(letter).where(*conditions).order_by(letter.c.id))
    )


def _message(row: Row[*tuple[Any, ...]]) -> PackMessage:
    return PackMessage(
        reference=row.thread,
        outcome=row.outcome,
        channel=row.channel,
        received_at=row.received_at,
        filed_at=row.filed_at,
        sender_name=row.sender_name,
        sender_address=row.sender_address,
        subject=row.subject,
        text=row.full_text,
        attachments=tuple(_file(one) for one in row.attachments),
        message_id=row.message_id or "",
        raw=row.raw,
        lane=row.lane or "",
        gate=row.gate,
        reading=row.classification,
        trace=tuple(row.trace),
        no_letter_because=row.no_letter_because,
        read_at=row.read_at,
        cleared_at=row.cleared_at,
        removed_at=row.removed_at,
        noted_by=_noted_by(row),
    )


def _noted_by(row: Row[*tuple[Any, ...]]) -> str:
    """The colleague who typed it in; that stands in what was handed in alone, and goes with it."""
    if row.channel not in _TYPED or not row.raw:
        return ""
    try:
        return read_entry(row.raw).by
    except AnalysisFailed:
        return ""


def _file(kept: Mapping[str, Any]) -> str:
    return f"{kept['name']} ({kept['type']}, {kept['size']} bytes)"


def _letter(row: Row[*tuple[Any, ...]]) -> PackLetter:
    return PackLetter(
        reference=row.reference,
        purpose=row.purpose,
        serial=row.serial,
        channel=row.channel,
        state=row.state,
        code=row.code,
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        why=row.why,
        message_id=row.message_id,
        posted_id=row.posted_id or "",
        attempts=row.attempts,
        created_at=row.created_at,
        sent_at=row.sent_at,
        undelivered_at=row.undelivered_at,
        promised_on=row.promised_on,
        internal=row.internal,
        id=row.id,
    )


def chains_of(thread: str, numbers: Sequence[int]) -> list[str]:
    """The journal's chains of a thread and some of its cases."""
    return [thread, *(f"{thread}/{number}" for number in numbers)]
