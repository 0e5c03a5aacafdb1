"""Rows of the queue as values, and what stands beside them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.schema import alarm, case_file, enquiry
from triage.domain.clock import local_date
from triage.domain.queue import QueueRow
from triage.domain.vocabulary import Nation

_AnyRow = Row[tuple[Any, ...]]

# In the very words of the partial index: a bound parameter would not let SQLite use it.
UNREAD = text("enquiry.read_at IS NULL AND enquiry.outcome = 'follow_up'")


def case_row(row: _AnyRow) -> QueueRow:
    """A case beside the message that opened it."""
    scores = (row.classification or {}).get("scores", {})
    return QueueRow(
        reference=row.reference,
        thread=row.thread,
        number=row.number,
        kind=row.kind,
        state=row.state,
        lane=row.lane,
        version=row.version,
        sender_name=row.sender_name,
        sender_address=row.sender_address,
        subject=row.subject,
        channel=row.channel,
        controller=row.controller or row.enquiry_controller,
        assignee=row.assignee,
        received_on=row.received_on,
        queue_on=row.queue_on,
        due_on=row.due_on,
        target_on=row.internal_target,
        next_step=row.next_step,
        next_step_on=row.next_step_on,
        score=scores.get(row.kind),
        unread=row.read_at is None,
        not_acknowledged=row.not_acknowledged,
        marks=(*(row.unresolved or ()), *(row.classification or {}).get("flags", ())),
        also=(),
    )


def message_row(row: _AnyRow) -> QueueRow:
    """A message that has no case. It is sorted by its day of receipt, before everything that is only due later."""
    reading = row.classification or {}
    received_on = local_date(row.received_at, Nation.ENGLAND)
    return QueueRow(
        reference=row.reference,
        thread=row.reference,
        number=None,
        kind="",
        state="open",
        lane=row.lane or "",
        version=row.version,
        sender_name=row.sender_name,
        sender_address=row.sender_address,
        subject=row.subject,
        channel=row.channel,
        controller=row.controller,
        assignee="",
        received_on=received_on,
        queue_on=received_on,
        due_on=None,
        target_on=None,
        next_step="",
        next_step_on=None,
        score=reading.get("request_score"),
        unread=row.read_at is None,
        not_acknowledged=row.not_acknowledged,
        marks=tuple(reading.get("flags", ())),
        also=tuple(reading.get("kinds", ())),
    )


async def marked(connection: AsyncConnection, rows: Sequence[QueueRow]) -> list[QueueRow]:
    """The rows with what stands beside them: alarms, a new message, the thread's other kinds."""
    threads = list({row.thread for row in rows})
    alarms = await _alarms(connection, [*threads, *(row.reference for row in rows)])
    fresh = select(enquiry.c.thread).where(enquiry.c.thread.in_(threads), UNREAD)
    unread = set((await connection.execute(fresh)).scalars())
    kinds = await _kinds(connection, threads)
    return [
        replace(
            row,
            marks=tuple(dict.fromkeys((*alarms[row.thread], *alarms[row.reference], *row.marks))),
            unread=row.unread or row.thread in unread,
            also=row.also
            if row.number is None
            else tuple(kind for number, kind in kinds[row.thread] if number != row.number),
        )
        for row in rows
    ]


async def _alarms(connection: AsyncConnection, chains: Sequence[str]) -> defaultdict[str, list[str]]:
    query = select(alarm.c.reference, alarm.c.code).where(alarm.c.cleared_at.is_(None), alarm.c.reference.in_(chains))
    alarms: defaultdict[str, list[str]] = defaultdict(list)
    for reference, code in await connection.execute(query):
        alarms[reference].append(code)
    return alarms


async def _kinds(connection: AsyncConnection, threads: Sequence[str]) -> defaultdict[str, list[tuple[int, str]]]:
    query = select(case_file.c.thread, case_file.c.number, case_file.c.kind).where(
        case_file.c.thread.in_(threads), case_file.c.state != "set_aside"
    )
    kinds: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for thread, number, kind in await connection.execute(query.order_by(case_file.c.number)):
        kinds[thread].append((number, kind))
    return kinds
