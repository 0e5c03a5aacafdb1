"""What lists and screens show. Reads only; every value comes out ready for JSON."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Row, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import alarms, chat_lines, items, journal, leads, look, outbox
from triage.adapters.store.labels import thread_version
from triage.adapters.store.outbox import NOTES
from triage.adapters.store.reach import CANNOT_REACH
from triage.adapters.store.schema import (
    NOT_ACKNOWLEDGED,
    case_file,
    case_task,
    chat_room,
    clock_event,
    enquiry,
    item,
    letter,
)
from triage.domain.vocabulary import Lane
from triage.ports import CaseRow, Health, QuarantineRow

CASE_DATES = (
    "received_on",
    "starts_on",
    "statutory_due",
    "safe_due",
    "shadow_due",
    "internal_target",
    "acknowledge_by",
    "acknowledge_target",
    "extension_notice_by",
    "next_step_on",
)
_CASE_WORDS = (
    "thread",
    "number",
    "kind",
    "state",
    "lane",
    "version",
    "next_step",
    "trace",
    "controller",
    "about",
    "outcome",
    "legal_hold",
    "erasure_blocked",
    "rules_in_doubt",
    "assignee",
)
_CASE_DAYS = (*CASE_DATES, "snoozed_until", "next_news_on", "opened_at", "closed_at", "looked_at")
_TASK_WORDS = ("id", "system", "what", "owner", "done_by", "note")
_LETTER_WORDS = (
    "id",
    "purpose",
    "serial",
    "state",
    "recipient",
    "message_id",
    "subject",
    "body",
    "why",
    "attempts",
    "code",
    "channel",
    "place",
    "internal",
    "posted_id",
    "number",
    "outcome",
)
_LETTER_TIMES = ("created_at", "retry_at", "sent_at", "undelivered_at", "promised_on")
_ENQUIRY_TIMES = ("received_at", "filed_at", "read_at", "cleared_at", "removed_at")
_ENQUIRY_WORDS = (
    "id",
    "item_id",
    "outcome",
    "reference",
    "thread",
    "channel",
    "controller",
    "subject",
    "full_text",
    "passages",
    "message_id",
    "attachments",
    "forward_of",
    "readable",
    "defects",
    "lane",
    "gate",
    "classification",
    "trace",
    "not_acknowledged",
    "suggests",
    "no_letter_because",
    "way_to_answer",
    "place",
    "contact_id",
    "version",
    "rights_said",
    "came_under",
)


async def list_cases(connection: AsyncConnection) -> tuple[CaseRow, ...]:
    """See Store.list_cases. `letter` is purpose and state of the latest letter to the enquiry; notes do not count."""
    letters = select(letter.c.enquiry_id, func.max(letter.c.id).label("id")).where(letter.c.purpose.not_in(NOTES))
    latest = letters.group_by(letter.c.enquiry_id).subquery()
    query = (
        select(
            case_file,
            enquiry.c.sender_name,
            enquiry.c.sender_address,
            enquiry.c.controller.label("enquiry_controller"),
            enquiry.c.channel,
            enquiry.c.not_acknowledged,
            letter.c.purpose.label("letter_purpose"),
            letter.c.state.label("letter_state"),
        )
        .join(enquiry, enquiry.c.id == case_file.c.enquiry_id)
        .outerjoin(latest, latest.c.enquiry_id == enquiry.c.id)
        .outerjoin(letter, letter.c.id == latest.c.id)
        .order_by(case_file.c.next_step_on, case_file.c.thread, case_file.c.number)
    )
    return tuple(_case_row(row) for row in await connection.execute(query))


def _case_row(row: Row[tuple[object, ...]]) -> CaseRow:
    return CaseRow(
        reference=f"{row.thread}/{row.number}",
        kind=row.kind,
        state=row.state,
        lane=row.lane,
        sender=row.sender_address or row.sender_name,
        controller=row.controller or row.enquiry_controller,
        received_on=row.received_on.isoformat(),
        statutory_due=_iso(row.statutory_due),
        safe_due=_iso(row.safe_due),
        next_step=row.next_step,
        next_step_on=row.next_step_on.isoformat(),
        letter=f"{row.letter_purpose} {row.letter_state}" if row.letter_state else None,
        not_acknowledged=row.not_acknowledged,
        acknowledge_by=_iso(row.acknowledge_by),
        channel=row.channel,
    )


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


async def show_case(connection: AsyncConnection, reference: str) -> dict[str, object] | None:
    """See Store.show_case. With `…/n` the one case and its own clock; the thread's messages and letters always. A
    reference that was merged shows what it leads to; the chains of what was merged stand among its own."""
    asked = reference.strip().upper()
    thread, slash, wanted = (await leads.leads_to(connection, asked) or asked).partition("/")
    messages = await _all(connection, select(enquiry).where(enquiry.c.thread == thread).order_by(enquiry.c.id))
    cases = await _all(connection, select(case_file).where(case_file.c.thread == thread).order_by(case_file.c.number))
    version = thread_version(messages, cases)
    if slash:
        cases = [row for row in cases if str(row.number) == wanted]
    if not messages or (slash and not cases):
        return None
    letters = await _all(connection, select(letter).where(letter.c.reference == thread).order_by(letter.c.id))
    numbers = [row.number for row in cases]
    events = select(clock_event).where(clock_event.c.thread == thread, clock_event.c.number.in_(numbers))
    clock = await _all(connection, events.order_by(clock_event.c.id))
    lines = select(case_task).where(case_task.c.thread == thread, case_task.c.number.in_(numbers))
    tasks = await _all(connection, lines.order_by(case_task.c.id))
    chains = [thread, *(f"{thread}/{number}" for number in numbers)]
    joined = await leads.merged_into(connection, chains)
    return {
        "reference": f"{thread}/{wanted}" if slash else thread,
        "thread": [_enquiry(row) for row in messages],
        "cases": [_case(row, tasks) for row in cases],
        "letters": [_letter(row) for row in letters],
        "chat": await _chat(connection, thread),
        "clock": [_clock(row) for row in clock],
        "reasons": _reasons(messages),
        "version": version,
        "alarms": [
            {"code": one.code, "raised_at": one.raised_at.isoformat()}
            for one in await alarms.standing_alarms(connection)
            if one.reference in chains
        ],
        "journal": await journal.entries_of(connection, [*chains, *(row.reference for row in joined)]),
        "merged": [{"reference": row.reference, "into": row.into, "at": row.at.isoformat()} for row in joined],
    }


async def filed_under(connection: AsyncConnection, key: str) -> str | None:
    """See Store.filed_under."""
    query = select(enquiry.c.thread).join(item, item.c.id == enquiry.c.item_id).where(item.c.key == key)
    return (await connection.execute(query)).scalar_one_or_none()


async def _chat(connection: AsyncConnection, thread: str) -> list[dict[str, object]]:
    """The chat threads behind a reference: who has taken over, and how many of their lines became what."""
    rooms = (
        select(chat_room).where(chat_room.c.reference == thread).order_by(chat_room.c.portal_id, chat_room.c.thread_id)
    )
    return [
        {
            **_words(room, ("portal_id", "thread_id", "contact_id", "handed_over")),
            "lines": await chat_lines.count_lines(connection, room.portal_id, room.thread_id),
        }
        for room in await _all(connection, rooms)
    ]


async def _all(connection: AsyncConnection, query: object) -> list[Row[tuple[object, ...]]]:
    return list((await connection.execute(query)).all())  # type: ignore[call-overload]


def _words(row: Row[tuple[object, ...]], names: Iterable[str]) -> dict[str, object]:
    return {name: row._mapping[name] for name in names}


def _moments(row: Row[tuple[object, ...]], names: Iterable[str]) -> dict[str, object]:
    return {name: _iso(row._mapping[name]) for name in names}


def _enquiry(row: Row[tuple[object, ...]]) -> dict[str, object]:
    known = row.sender_address or row.sender_name
    sender = {"name": row.sender_name, "address": row.sender_address} if known else None
    return {**_words(row, _ENQUIRY_WORDS), **_moments(row, _ENQUIRY_TIMES), "sender": sender}


def _case(row: Row[tuple[object, ...]], tasks: Iterable[Row[tuple[object, ...]]]) -> dict[str, object]:
    return {
        "reference": f"{row.thread}/{row.number}",
        **_words(row, _CASE_WORDS),
        **_moments(row, _CASE_DAYS),
        "unresolved": row.unresolved or [],
        "contacts": row.contacts or [],
        "supplied": row.supplements is not None,
        "delivered": row.delivery is not None,
        "tasks": [_task(one) for one in tasks if one.number == row.number],
    }


def _task(row: Row[tuple[object, ...]]) -> dict[str, object]:
    return {**_words(row, _TASK_WORDS), **_moments(row, ("due_on", "done_on"))}


def _letter(row: Row[tuple[object, ...]]) -> dict[str, object]:
    return {**_words(row, _LETTER_WORDS), **_moments(row, _LETTER_TIMES)}


def _clock(row: Row[tuple[object, ...]]) -> dict[str, object]:
    happened = {"case": f"{row.thread}/{row.number}", "event": row.event, "event_on": row.event_on.isoformat()}
    return {**happened, "undone": row.undone}


def _reasons(messages: Iterable[Row[tuple[object, ...]]]) -> list[object]:
    return [reason for row in messages if row.classification for reason in row.classification["reasons"]]


async def list_quarantine(connection: AsyncConnection) -> tuple[QuarantineRow, ...]:
    """See Store.list_quarantine."""
    words = (item.c.key, item.c.channel, item.c.is_event, item.c.code)
    query = (
        select(item.c.id, item.c.received_at, item.c.size_bytes, item.c.attempts, *words)
        .where(item.c.state == items.QUARANTINED)
        .order_by(item.c.received_at, item.c.id)
    )
    return tuple(
        QuarantineRow(
            id=row.id,
            key=row.key,
            received_at=row.received_at,
            size_bytes=row.size_bytes,
            attempts=row.attempts,
            code=row.code,
            channel=row.channel,
            is_event=row.is_event,
        )
        for row in await connection.execute(query)
    )


async def quarantined_raw(connection: AsyncConnection, item_id: int) -> bytes | None:
    """See Store.quarantined_raw."""
    query = select(item.c.raw).where(item.c.id == item_id, item.c.state == items.QUARANTINED)
    return (await connection.execute(query)).scalar_one_or_none()


async def unacknowledged(connection: AsyncConnection) -> tuple[tuple[str, datetime], ...]:
    """See Store.unacknowledged. A message that joined a thread goes by the thread's reference.

    Who cannot be reached cannot be acknowledged either: that thread waits for the person, not for us.
    """
    gone = exists().where(case_file.c.thread == enquiry.c.thread, case_file.c.state == CANNOT_REACH)
    query = select(enquiry.c.thread, enquiry.c.received_at).where(NOT_ACKNOWLEDGED, ~gone)
    rows = await connection.execute(query.order_by(enquiry.c.received_at, enquiry.c.id))
    return tuple((row.thread, row.received_at) for row in rows)


async def health(connection: AsyncConnection, now: datetime) -> Health:
    """See Store.health."""
    items_waiting, oldest_item, quarantined = await items.waiting(connection)
    letters_waiting, oldest_letter = await outbox.waiting(connection)
    to_look_at, oldest_look = await look.waiting(connection, Lane.NOT_REQUESTS)
    automatic_to_look_at, _ = await look.waiting(connection, Lane.AUTOMATIC_MAIL)
    return Health(
        items_waiting=items_waiting,
        oldest_item_age_s=(now - oldest_item).total_seconds() if oldest_item else None,
        letters_waiting=letters_waiting,
        oldest_letter_age_s=(now - oldest_letter).total_seconds() if oldest_letter else None,
        quarantined=quarantined,
        alarms=await alarms.count_alarms(connection),
        gaps=await items.count_gaps(connection),
        to_look_at=to_look_at,
        oldest_look_age_s=(now - oldest_look).total_seconds() if oldest_look else None,
        automatic_to_look_at=automatic_to_look_at,
    )
