"""The queue, a page at a time: cases that are owed something, and messages that have no case and wait for a person.

Both halves are sorted by one day and one reference, so that a page begins behind any row (keyset) and no row is
counted to get there. Index ix_case_file_queue holds what lanes are told apart by.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.days import bytewise, local_day
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.queue_rows import UNREAD, case_row, marked, message_row
from triage.adapters.store.schema import case_file, enquiry, merged
from triage.domain.lanes import WAITING_LANES
from triage.domain.queue import LOOK_LANES, QueueAsked, QueueCounts, QueueKey, QueueLane, QueuePage, QueueRow
from triage.domain.vocabulary import Kind, Lane, Nation

_Where = ColumnElement[bool]
_AnyRow = Row[tuple[Any, ...]]

# In the very words of the partial indexes: a bound parameter would not let SQLite use them.
_OPEN = text("case_file.state IN ('open', 'cannot_reach')")
_WAITS = text("enquiry.waits")
_READ = enquiry.c.classification.is_not(None) | ~enquiry.c.readable
# Words are looked for in all texts, the newest first, until so many threads have them.
_MOST_FOUND = 1000


async def queue_page(connection: AsyncConnection, asked: QueueAsked, today: date, soon: date) -> QueuePage:
    """See QueueStore.queue_page."""
    wanted = asked.rows + 1
    narrowed = _narrowed(asked)
    if asked.words:
        narrowed.append(enquiry.c.thread.in_(await _threads_with(connection, asked.words)))
    rows: list[QueueRow] = []
    if asked.lane not in LOOK_LANES:
        found = await connection.execute(_cases(asked, today, soon).where(*narrowed).limit(wanted))
        rows += [case_row(row) for row in found]
    if (messages := _messages(asked, narrowed)) is not None:
        found = await connection.execute(messages.limit(wanted))
        rows += [message_row(row) for row in found]
    rows.sort(key=lambda row: (row.queue_on, row.thread, row.number or 0))
    page = rows[: asked.rows]
    return QueuePage(rows=tuple(await marked(connection, page)), more=len(rows) > asked.rows)


async def queue_counts(connection: AsyncConnection, today: date, soon: date) -> QueueCounts:
    """See QueueStore.queue_counts."""
    lanes = [lane for lane in QueueLane if lane not in LOOK_LANES]
    sums = [func.coalesce(func.sum(case((_in_lane(lane, today, soon), 1), else_=0)), 0) for lane in lanes]
    found = (await connection.execute(select(*sums).select_from(case_file).where(_OPEN))).one()
    counts = dict(zip(lanes, map(int, found), strict=True))
    waiting = select(enquiry.c.lane, func.count()).where(_WAITS, _READ).group_by(enquiry.c.lane)
    for lane, number in await connection.execute(waiting):
        for shown in _lanes_of_message(lane):
            counts[shown] = counts.get(shown, 0) + number
    return {lane: counts.get(lane, 0) for lane in QueueLane}


async def assign(
    connection: AsyncConnection,
    secret: bytes,
    reference: str,
    to: str,
    *,
    by: str,
    now: datetime,
    was: str | None = None,
) -> bool:
    """See QueueStore.assign."""
    thread, _, number = reference.partition("/")
    here = and_(case_file.c.thread == thread, case_file.c.number == (int(number) if number.isdigit() else 0))
    had = (await connection.execute(select(case_file.c.assignee).where(here))).scalar_one_or_none()
    if had is None or (was is not None and was != had):
        return False
    await connection.execute(update(case_file).where(here).values(assignee=to))
    facts = {"from": had, "to": to, "by": by}
    await append(connection, secret, [Happening(chain=reference, at=now, event="assigned", facts=facts)])
    return True


def _in_lane(lane: QueueLane, today: date, soon: date) -> _Where:
    # A message of its own: not the one a page of cases is joined with, to which SQLAlchemy would tie it by itself.
    messages = select(literal(1)).select_from(enquiry).where(enquiry.c.thread == case_file.c.thread, UNREAD)
    unread = exists(messages.correlate(case_file))
    due = case_file.c.due_on
    match lane:
        case QueueLane.URGENT:
            return case_file.c.lane == Lane.URGENT.value
        case QueueLane.OVERDUE:
            return due < today
        case QueueLane.DUE_SOON:
            return due.between(today, soon)
        case QueueLane.NEEDS_PERSON:
            return case_file.c.lane == Lane.NEEDS_PERSON.value
        case QueueLane.COMPLAINTS:
            return or_(case_file.c.kind == Kind.COMPLAINT.value, case_file.c.lane == Lane.COMPLAINTS.value)
        case QueueLane.NEW_MESSAGE:
            return unread
        case QueueLane.WAITING:
            return due.is_(None)
        case QueueLane.NEW:
            return and_(case_file.c.lane == Lane.NEW.value, case_file.c.looked_at.is_(None))
        case _:
            return literal(value=True)


def _cases(asked: QueueAsked, today: date, soon: date) -> Select[Any]:
    reference = case_file.c.thread + "/" + cast(case_file.c.number, case_file.c.thread.type)
    columns = (
        case_file,
        *_OF_ENQUIRY,
        enquiry.c.controller.label("enquiry_controller"),
        reference.label("reference"),
    )
    query = select(*columns).join(enquiry, enquiry.c.id == case_file.c.enquiry_id)
    if asked.state is not None:
        query = query.where(case_file.c.state == asked.state.value)
    elif not asked.searches:
        query = query.where(_OPEN)
    query = query.where(_in_lane(asked.lane, today, soon))
    if asked.kind is not None:
        query = query.where(case_file.c.kind == asked.kind.value)
    if asked.assignee is not None:
        query = query.where(case_file.c.assignee == asked.assignee)
    if asked.controller:
        query = query.where(
            or_(
                case_file.c.controller == asked.controller,
                and_(case_file.c.controller == "", enquiry.c.controller == asked.controller),
            )
        )
    order = (case_file.c.queue_on, bytewise(case_file.c.thread), case_file.c.number)
    if asked.after is not None:
        query = query.where(tuple_(*order) > (asked.after.queue_on, *_thread_and_number(asked.after)))
    return query.order_by(*order)


def _thread_and_number(key: QueueKey) -> tuple[str, int]:
    """Of a case; 0 for a message that has none."""
    thread, _, number = key.reference.partition("/")
    return thread, int(number) if number.isascii() and number.isdigit() else 0


def _messages(asked: QueueAsked, narrowed: Sequence[_Where]) -> Select[Any] | None:
    """Messages without a case; None where none can be asked for."""
    only_cases = asked.kind is not None or asked.assignee or asked.state is not None
    lanes = [lane for lane in Lane if asked.lane in _lanes_of_message(lane.value)]
    if only_cases or not lanes:
        return None
    day = _day_of(enquiry.c.received_at)
    query = select(*_OF_ENQUIRY, enquiry.c.reference, enquiry.c.controller, enquiry.c.lane, enquiry.c.version)
    query = query.where(*narrowed, *([_alone()] if asked.searches else [_WAITS, _READ]))
    if not (asked.searches and asked.lane is QueueLane.ALL):
        query = query.where(enquiry.c.lane.in_([lane.value for lane in lanes]))
    if asked.controller:
        query = query.where(enquiry.c.controller == asked.controller)
    order = (day, bytewise(enquiry.c.reference))
    if asked.after is not None:
        query = query.where(tuple_(*order) > (asked.after.queue_on, _thread_and_number(asked.after)[0]))
    return query.order_by(*order)


_OF_ENQUIRY = (
    enquiry.c.sender_name,
    enquiry.c.sender_address,
    enquiry.c.subject,
    enquiry.c.channel,
    enquiry.c.received_at,
    enquiry.c.classification,
    enquiry.c.not_acknowledged,
    enquiry.c.read_at,
)


def _alone() -> _Where:
    has_case = exists(select(literal(1)).select_from(case_file).where(case_file.c.thread == enquiry.c.thread))
    return and_(enquiry.c.reference == enquiry.c.thread, ~has_case)


def _lanes_of_message(lane: str) -> tuple[QueueLane, ...]:
    """Where a message without a case is shown. What nobody asked for is not among all that waits."""
    match lane:
        case Lane.NOT_REQUESTS.value:
            return (QueueLane.NOT_REQUESTS,)
        case Lane.AUTOMATIC_MAIL.value:
            return (QueueLane.AUTOMATIC_MAIL,)
        case Lane.URGENT.value:
            return (QueueLane.URGENT, QueueLane.ALL)
        case _ if lane in WAITING_LANES:
            return (QueueLane.NEEDS_PERSON, QueueLane.ALL)
    return (QueueLane.ALL,)


def _narrowed(asked: QueueAsked) -> list[_Where]:
    """What both halves are narrowed by."""
    narrowed: list[_Where] = []
    if asked.channel is not None:
        narrowed.append(enquiry.c.channel == asked.channel.value)
    if asked.received_from is not None:
        narrowed.append(_day_of(enquiry.c.received_at) >= asked.received_from)
    if asked.received_to is not None:
        narrowed.append(_day_of(enquiry.c.received_at) <= asked.received_to)
    if asked.thread:
        leads_to = select(merged.c.into).where(merged.c.reference == asked.thread).scalar_subquery()
        narrowed.append(or_(enquiry.c.thread == asked.thread, enquiry.c.thread == leads_to))
    if asked.address_hash:
        narrowed.append(enquiry.c.sender_hash == asked.address_hash)
    return narrowed


async def _threads_with(connection: AsyncConnection, words: str) -> list[str]:
    """Threads in which one message, or who sent it, has every word: found once for both halves of a page."""
    query = select(enquiry.c.thread).order_by(enquiry.c.id.desc()).limit(_MOST_FOUND)
    # LIKE makes no difference between upper and lower case on SQLite, and is three times as fast there without ILIKE.
    is_sqlite = connection.dialect.name == "sqlite"
    for word in words.split()[:6]:
        like = f"%{_escaped(word)}%"
        columns = (enquiry.c.sender_name, enquiry.c.sender_address, enquiry.c.subject, enquiry.c.full_text)
        has = [(one.like if is_sqlite else one.ilike)(like, escape="\\") for one in columns]
        query = query.where(or_(*has))
    return list(dict.fromkeys((await connection.execute(query)).scalars()))


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _day_of(column: ColumnElement[datetime]) -> ColumnElement[date]:
    """The day of receipt as a row shows it (queue_rows.message_row)."""
    return local_day(column, Nation.ENGLAND)
