"""Where a telephone number stands in what people sent. Reads only; nothing is written down of the question."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.schema import enquiry
from triage.adapters.store.sealed_columns import is_sealed
from triage.domain.contact_points import phone_numbers
from triage.domain.do_not_contact import plain_number
from triage.domain.person import NumberSeen

# Blanks and hyphens stand anywhere in a number as people write it, rarely in its end: enough to leave most texts out.
_END_DIGITS = 3
# A number that stands in more messages than this is a company's, and nobody reads them all.
_MOST = 200
# Whole texts held in memory at a time.
_AT_ONCE = 50


async def seen_in(connection: AsyncConnection, number: str) -> tuple[NumberSeen, ...]:
    """See PeopleStore.number_seen."""
    near = select(enquiry.c.id).where(enquiry.c.full_text != "")
    if not is_sealed(connection):
        near = near.where(enquiry.c.full_text.contains(number[-_END_DIGITS:]))
    ids = (await connection.execute(near.order_by(enquiry.c.id.desc()))).scalars().all()
    found: list[NumberSeen] = []
    for first in range(0, len(ids), _AT_ONCE):
        query = select(*_COLUMNS).where(enquiry.c.id.in_(ids[first : first + _AT_ONCE])).order_by(enquiry.c.id.desc())
        rows = await connection.execute(query)
        found += [_seen(row) for row in rows if number in map(plain_number, phone_numbers(row.full_text))]
        if len(found) >= _MOST:
            break
    return tuple(found[:_MOST])


_COLUMNS = (
    enquiry.c.thread,
    enquiry.c.received_at,
    enquiry.c.channel,
    enquiry.c.sender_name,
    enquiry.c.subject,
    enquiry.c.full_text,
)


def _seen(row: Row[*tuple[Any, ...]]) -> NumberSeen:
    return NumberSeen(
        reference=row.thread,
        received_at=row.received_at,
        channel=row.channel,
        sender_name=row.sender_name,
        subject=row.subject,
    )
