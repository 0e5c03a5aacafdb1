"""Letters as the console shows them: shelf by shelf, and one with all that bears on it. Reads only."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.outbox import DRAFT, NOTES, REFUSED, SENT, UNCLEAR
from triage.adapters.store.schema import approval, case_file, enquiry, letter
from triage.domain.approval import Approval
from triage.domain.letter_desk import DeskLetter, LettersAsked, LettersPage, Shelf

_AnyRow = Row[tuple[Any, ...]]

_later = letter.alias("later")
# A later letter that went makes it good: it need not be looked after any more.
_MADE_GOOD = exists().where(
    _later.c.reference == letter.c.reference,
    _later.c.id > letter.c.id,
    _later.c.internal == letter.c.internal,
    or_(_later.c.purpose.not_in(NOTES), letter.c.purpose.in_(NOTES)),
    _later.c.state == SENT,
    _later.c.undelivered_at.is_(None),
)
# In the very words of the partial index: a bound parameter would not let SQLite use it.
_AILS = text(f"(letter.state IN ('{REFUSED}', '{UNCLEAR}') OR letter.undelivered_at IS NOT NULL)")
_LOST = and_(_AILS, ~_MADE_GOOD)
_OF: dict[Shelf, ColumnElement[bool]] = {
    Shelf.WAITING: and_(letter.c.state == DRAFT, approval.c.letter_id.is_(None)),
    Shelf.LEAVING: and_(letter.c.state == DRAFT, approval.c.letter_id.is_not(None)),
    Shelf.LOST: _LOST,
    Shelf.RECENT: and_(letter.c.state != DRAFT, ~letter.c.internal, ~_LOST),
}
# What waits longest comes first; of what is over, the newest.
_OLDEST_FIRST = (Shelf.WAITING, Shelf.LEAVING)


def _letters() -> Select[Any]:
    about = and_(case_file.c.thread == letter.c.reference, case_file.c.number == letter.c.number)
    return (
        select(
            letter,
            case_file.c.kind,
            func.coalesce(func.nullif(case_file.c.controller, ""), enquiry.c.controller).label("controller"),
            enquiry.c.received_at,
            enquiry.c.sender_name,
            enquiry.c.sender_address,
            enquiry.c.subject.label("about"),
            approval.c.by,
            approval.c.due_at,
            approval.c.recipient.label("chosen"),
            approval.c.note,
        )
        .join(enquiry, enquiry.c.id == letter.c.enquiry_id)
        .outerjoin(case_file, about)
        .outerjoin(approval, approval.c.letter_id == letter.c.id)
    )


async def letters_page(connection: AsyncConnection, asked: LettersAsked) -> LettersPage:
    """See LetterDeskStore.letters_page."""
    forward = asked.shelf in _OLDEST_FIRST
    query = _letters().where(_OF[asked.shelf]).order_by(letter.c.id if forward else letter.c.id.desc())
    if asked.after:
        query = query.where(letter.c.id > asked.after if forward else letter.c.id < asked.after)
    rows = (await connection.execute(query.limit(asked.rows + 1))).all()
    return LettersPage(rows=tuple(_desk_letter(row) for row in rows[: asked.rows]), more=len(rows) > asked.rows)


async def desk_letter(connection: AsyncConnection, letter_id: int) -> DeskLetter | None:
    """See LetterDeskStore.desk_letter."""
    row = (await connection.execute(_letters().where(letter.c.id == letter_id))).one_or_none()
    return None if row is None else _desk_letter(row)


def _desk_letter(row: _AnyRow) -> DeskLetter:
    return DeskLetter(
        id=row.id,
        enquiry_id=row.enquiry_id,
        reference=row.reference,
        number=row.number,
        kind=row.kind or "",
        purpose=row.purpose,
        state=row.state,
        code=row.code,
        recipient=row.recipient,
        in_chat=row.place is not None,
        internal=row.internal,
        subject=row.subject,
        body=row.body,
        why=row.why,
        created_at=row.created_at,
        sent_at=row.sent_at,
        undelivered_at=row.undelivered_at,
        promised_on=row.promised_on,
        outcome=row.outcome or "",
        controller=row.controller,
        received_at=row.received_at,
        sender=row.sender_name or row.sender_address,
        about=row.about,
        approval=_approval(row),
    )


def _approval(row: _AnyRow) -> Approval | None:
    if row.due_at is None:
        return None
    return Approval(
        letter_id=row.id, reference=row.reference, by=row.by, due_at=row.due_at, recipient=row.chosen, note=row.note
    )
