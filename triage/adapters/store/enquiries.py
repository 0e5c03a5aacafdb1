"""Every message with what became of it: the list behind the demo's table and `triage case list --all`."""

from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.journal import Happening, append
from triage.adapters.store.outbox import NOTES
from triage.adapters.store.reach import SET_ASIDE
from triage.adapters.store.schema import case_file, enquiry, letter
from triage.ports import EnquiryRow


async def list_enquiries(connection: AsyncConnection) -> tuple[EnquiryRow, ...]:
    """See Store.list_enquiries."""
    rows = (await connection.execute(select(enquiry).order_by(enquiry.c.id))).all()
    asked = select(case_file).where(case_file.c.state != SET_ASIDE)
    cases = await connection.execute(asked.order_by(case_file.c.thread, case_file.c.number))
    kinds: dict[int, list[str]] = {}
    due: dict[int, list[str]] = {}
    for case in cases:
        kinds.setdefault(case.enquiry_id, []).append(case.kind)
        day = case.statutory_due or case.acknowledge_by
        if day is not None:
            due.setdefault(case.enquiry_id, []).append(day.isoformat())
    went_out, notes = await _posts(connection)
    return tuple(
        _row(
            row,
            tuple(kinds.get(row.id, ())),
            min(due.get(row.id, ()), default=None),
            went_out.get(row.id),
            tuple(notes.get(row.id, ())),
        )
        for row in rows
    )


async def _posts(connection: AsyncConnection) -> tuple[dict[int, str], dict[int, list[str]]]:
    """By enquiry: purpose and state of its latest letter, and of every note beside it."""
    posts = select(letter.c.enquiry_id, letter.c.purpose, letter.c.state).order_by(letter.c.id)
    went_out: dict[int, str] = {}
    notes: dict[int, list[str]] = {}
    for row in await connection.execute(posts):
        said = f"{row.purpose} {row.state}"
        if row.purpose in NOTES:
            notes.setdefault(row.enquiry_id, []).append(said)
        else:
            went_out[row.enquiry_id] = said
    return went_out, notes


async def mark_acknowledged(
    connection: AsyncConnection, secret: bytes, reference: str, *, by: str, now: datetime
) -> bool:
    """See Store.mark_acknowledged."""
    waiting = update(enquiry).where(enquiry.c.thread == reference, enquiry.c.not_acknowledged)
    if (await connection.execute(waiting.values(not_acknowledged=False))).rowcount == 0:
        return False
    await append(
        connection, secret, [Happening(chain=reference, at=now, event="acknowledged_by_hand", facts={"by": by})]
    )
    return True


def _row(
    row: Row[tuple[object, ...]],
    kinds: tuple[str, ...],
    due_on: str | None,
    letter_said: str | None,
    notes: tuple[str, ...],
) -> EnquiryRow:
    return EnquiryRow(
        thread=row.thread,
        outcome=row.outcome,
        subject=row.subject,
        gate=row.gate["answer"] if row.gate else "",
        kinds=kinds,
        lane=row.lane,
        letter=letter_said,
        due_on=due_on,
        trace=tuple(row.trace or ()),
        sender=row.sender_address or row.sender_name or "",
        received_on=row.received_at.date().isoformat() if row.received_at else "",
        not_acknowledged=row.not_acknowledged,
        channel=row.channel,
        notes=notes,
        way_to_answer=row.way_to_answer,
        cleared=row.cleared_at is not None,
    )
