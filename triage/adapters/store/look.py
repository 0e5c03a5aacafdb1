"""The daily look: what was read as no request waits until a person agrees. And what the readings were, as figures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.journal import Happening, append
from triage.adapters.store.labels import DECLARED
from triage.adapters.store.schema import enquiry
from triage.domain.clock import month_of
from triage.domain.vocabulary import Lane, Nation, Role
from triage.ports import LookRow, ReadingRow

_LANES = (Lane.NOT_REQUESTS, Lane.AUTOMATIC_MAIL)
_WORDS_CHARS = 90
# Whole texts held in memory at a time, for the sake of the few words shown of each. Not streamed: on SQLite a statement
# takes all its rows at once (one_hop.py).
_AT_ONCE = 10


def _waits(*lanes: Lane) -> ColumnElement[bool]:
    """What was never read (mail from before the desk began, a letter of ours) was not read as no request either."""
    read = and_(enquiry.c.reference.is_not(None), enquiry.c.classification.is_not(None))
    return and_(enquiry.c.lane.in_([lane.value for lane in lanes]), enquiry.c.cleared_at.is_(None), read)


async def to_look_at(connection: AsyncConnection) -> tuple[LookRow, ...]:
    """See Store.to_look_at."""
    columns = (
        enquiry.c.id,
        enquiry.c.reference,
        enquiry.c.lane,
        enquiry.c.received_at,
        enquiry.c.filed_at,
        enquiry.c.channel,
        enquiry.c.sender_name,
        enquiry.c.sender_address,
        enquiry.c.subject,
    )
    query = select(*columns).where(_waits(*_LANES)).order_by(enquiry.c.received_at, enquiry.c.id)
    rows = sorted((await connection.execute(query)).all(), key=_is_automatic)
    words: dict[int, str] = {}
    for first in range(0, len(rows), _AT_ONCE):
        ids = [row.id for row in rows[first : first + _AT_ONCE]]
        texts = select(enquiry.c.id, enquiry.c.full_text, enquiry.c.passages).where(enquiry.c.id.in_(ids))
        found = await connection.execute(texts)
        words |= {row.id: _first_words(row.full_text, row.passages) for row in found}
    return tuple(_look_row(row, words[row.id]) for row in rows)


def _look_row(row: Row[*tuple[Any, ...]], words: str) -> LookRow:
    return LookRow(
        reference=row.reference,
        received_at=row.received_at,
        filed_at=row.filed_at,
        channel=row.channel,
        sender=row.sender_address or row.sender_name,
        subject=row.subject,
        words=words,
        automatic=_is_automatic(row),
    )


def _is_automatic(row: Row[*tuple[Any, ...]]) -> bool:
    return bool(row.lane == Lane.AUTOMATIC_MAIL.value)


def _first_words(text: str, passages: Sequence[Sequence[Any]]) -> str:
    """The beginning of what the sender wrote, on one line; of the whole text where nothing in it is theirs."""
    own = " ".join(text[start:end] for role, start, end in passages if role == Role.OWN)
    words = " ".join((own.strip() or text).split())
    return words if len(words) <= _WORDS_CHARS else words[: _WORDS_CHARS - 1].rstrip() + "…"


async def waiting(connection: AsyncConnection, lane: Lane) -> tuple[int, datetime | None]:
    """How many messages of a lane wait for a look, and since when the oldest."""
    query = select(func.count(), func.min(enquiry.c.filed_at)).where(_waits(lane))
    count, oldest = (await connection.execute(query)).one()
    return count, oldest


async def newest_to_look_at(connection: AsyncConnection, *, automatic: bool) -> int | None:
    """See QueueStore.newest_to_look_at."""
    newest = select(func.max(enquiry.c.id)).where(_waits(_lane(automatic=automatic)))
    found: int | None = (await connection.execute(newest)).scalar()
    return found


async def clear_look(
    connection: AsyncConnection, secret: bytes, references: Sequence[str], *, by: str, now: datetime
) -> tuple[str, ...]:
    """See Store.clear_look."""
    wanted = list(dict.fromkeys(references))
    found = set((await connection.execute(select(enquiry.c.reference).where(_is_one_of(wanted)))).scalars())
    if missing := tuple(one for one in wanted if one not in found):
        return missing
    await _clear(connection, secret, _is_one_of(wanted), by, now)
    return ()


def _is_one_of(references: Sequence[str]) -> ColumnElement[bool]:
    return and_(_waits(*_LANES), enquiry.c.reference.in_(references))


async def clear_look_before(
    connection: AsyncConnection, secret: bytes, before: datetime, *, automatic: bool, by: str, now: datetime
) -> tuple[str, ...]:
    """See Store.clear_look_before. Filings follow one another: none of before a list comes after it."""
    waits = _waits(_lane(automatic=automatic))
    return await _clear(connection, secret, and_(waits, enquiry.c.filed_at < before), by, now)


async def clear_look_up_to(
    connection: AsyncConnection, secret: bytes, newest: int, *, automatic: bool, by: str, now: datetime
) -> tuple[str, ...]:
    """See QueueStore.clear_look_up_to. Filings follow one another and so do ids; two workers' clocks may not."""
    waits = _waits(_lane(automatic=automatic))
    return await _clear(connection, secret, and_(waits, enquiry.c.id <= newest), by, now)


def _lane(*, automatic: bool) -> Lane:
    return Lane.AUTOMATIC_MAIL if automatic else Lane.NOT_REQUESTS


async def _clear(
    connection: AsyncConnection, secret: bytes, which: ColumnElement[bool], by: str, now: datetime
) -> tuple[str, ...]:
    values = {"cleared_at": now, "waits": False, "version": enquiry.c.version + 1}
    cleared = update(enquiry).where(which).values(values).returning(enquiry.c.reference)
    references = tuple(sorted((await connection.execute(cleared)).scalars()))
    if references:
        event, facts = "cleared_as_no_request", {"by": by}
        happenings = [Happening(chain=one, at=now, event=event, facts=facts) for one in references]
        await append(connection, secret, happenings)
    return references


async def readings(connection: AsyncConnection, nation: Nation) -> tuple[ReadingRow, ...]:
    """See Store.readings."""
    query = select(enquiry.c.filed_at, enquiry.c.classification).where(enquiry.c.classification.is_not(None))
    rows = await connection.stream(query.order_by(enquiry.c.id))
    return tuple([_reading_row(row, nation) async for row in rows])


def _reading_row(row: Row[*tuple[Any, ...]], nation: Nation) -> ReadingRow:
    kept = row.classification
    return ReadingRow(
        month=month_of(row.filed_at, nation),
        kinds=tuple(kept["kinds"]),
        needs_person=kept["needs_person"],
        request_score=kept["request_score"],
        declared=any(reason["source"] in DECLARED for reason in kept["reasons"]),
    )
