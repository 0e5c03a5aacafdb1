"""What the store knows that bears on one item: duplicates, the thread it belongs to, the limits, old bounces."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, ScalarSelect, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.addresses import address_hash, domain_of, mail_mark, mailbox_hash
from triage.adapters.store.chat_rooms import room_of
from triage.adapters.store.filing_letters import place_hash
from triage.adapters.store.filing_rows import hash_of
from triage.adapters.store.opt_outs import was_opted_out_before
from triage.adapters.store.persons import TELLING, persons_of
from triage.adapters.store.reach import CANNOT_REACH, SET_ASIDE, UNANSWERED
from triage.adapters.store.schema import alarm, bounce, case_file, enquiry, item, letter, participant, send_limit
from triage.domain.plan import Analysis, History, SentCounts, Thread, ThreadCase
from triage.domain.reference import find_references, reference_of_own
from triage.domain.sending_limits import BREAKER_ALARM
from triage.domain.vocabulary import CaseState, Channel, Kind
from triage.ports import Item

_WINDOWS = {
    "minutes_10": timedelta(minutes=10),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "days_30": timedelta(days=30),
    "days_60": timedelta(days=60),
    "days_180": timedelta(days=180),
}


def _letters_since(window: str, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    query = select(func.count()).select_from(send_limit).where(send_limit.c.at > bindparam(window), *conditions)
    return query.scalar_subquery()


_BY_SENDER = send_limit.c.sender_hash == bindparam("sender")
_BY_DOMAIN = send_limit.c.domain == bindparam("domain")
_BOUNCES = (
    select(func.count())
    .select_from(bounce)
    .where(bounce.c.address_hash == bindparam("sender"), bounce.c.at > bindparam("days_60"))
    .scalar_subquery()
)
_BREAKER = (
    select(func.count())
    .select_from(alarm)
    .where(alarm.c.code == BREAKER_ALARM, alarm.c.reference == "", alarm.c.cleared_at.is_(None))
    .scalar_subquery()
)
# Another channel's thread in which this address was given, and which still waits for its answer.
_SAME_PERSON = (
    select(enquiry.c.thread)
    .join(case_file, case_file.c.thread == enquiry.c.thread)
    .where(
        enquiry.c.sender_hash == bindparam("address"),
        enquiry.c.channel != bindparam("channel"),
        enquiry.c.received_at > bindparam("days_180"),
        case_file.c.state.in_(UNANSWERED),
    )
    .order_by(enquiry.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_KNOWN = (
    select(enquiry.c.id)
    .join(case_file, case_file.c.enquiry_id == enquiry.c.id)
    .where(or_(enquiry.c.sender_hash == bindparam("address"), enquiry.c.forward_of == bindparam("written")))
    .limit(1)
    .scalar_subquery()
)
# Cases to which a mail that joins no thread may refer: open, or closed lately.
_THEIRS = (
    select(case_file, enquiry.c.controller.label("enquiry_controller"), *TELLING)
    .join(enquiry, enquiry.c.id == case_file.c.enquiry_id)
    .where(or_(case_file.c.state.in_(UNANSWERED), case_file.c.closed_at > bindparam("days_180")))
    .where(case_file.c.state != SET_ASIDE)
    .where(or_(enquiry.c.sender_hash == bindparam("person"), enquiry.c.forward_of == bindparam("written")))
    .order_by(case_file.c.state.in_(UNANSWERED).desc(), case_file.c.id.desc())
    .limit(50)
)
# Built once: on the way of every mail, building a statement costs more than running it.
_STANDING = select(
    _letters_since("hour", _BY_SENDER),
    _letters_since("day", _BY_SENDER),
    _letters_since("days_30", _BY_SENDER),
    _letters_since("day", _BY_DOMAIN),
    _letters_since("minutes_10"),
    _BOUNCES,
    _BREAKER,
    _SAME_PERSON,
    _KNOWN,
)
_TWINS = select(enquiry.c.thread, enquiry.c.content_sha256).where(enquiry.c.outcome != "duplicate")
_SAME_ID = _TWINS.where(
    enquiry.c.message_id.in_((bindparam("message_id"), bindparam("mark"))), enquiry.c.item_id != bindparam("item_id")
).order_by(enquiry.c.id)
# A mail may carry thousands of References; the last ones are the nearest.
_IDS_LOOKED_UP = 200
# A working day to stop the marketing in, over a bank holiday weekend.
_MARKETING_STOPS = timedelta(days=5)


async def history_of(
    connection: AsyncConnection, secret: bytes, received: Item, analysis: Analysis, now: datetime
) -> History:
    """See Filer.history. `before_start` is not ours to say."""
    sender_hash = hash_of(secret, analysis.enquiry.sender)
    duplicate_of, same_id_other_content = await _twins(connection, secret, received, analysis)
    room = await room_of(connection, analysis.chat.place) if analysis.chat else None
    sent, hard_bounced, same_person, is_known = await _standing(connection, secret, analysis, sender_hash, now)
    thread = await _thread(connection, secret, analysis, sender_hash, room)
    if thread is not None and thread.reference == same_person:
        same_person = None
    return History(
        duplicate_of=duplicate_of,
        same_id_other_content=same_id_other_content,
        thread=thread,
        hard_bounced=hard_bounced,
        backlog=received.backlog,
        sent=sent,
        same_person=same_person,
        handed_over=room is not None and room.handed_over,
        hand_over_said=room is not None and await _hand_over_said(connection, room.reference),
        thread_replies_hour=sent.sender_hour if analysis.chat else 0,
        opted_out_before=await _opted_out_before(connection, sender_hash, received.received_at),
        own_cases=await _own_cases(connection, secret, analysis, sender_hash if is_known else None, now),
        passed_on_cases=await _passed_on_cases(connection, secret, analysis, now),
        reference_taken=analysis.form is not None and await _is_taken(connection, analysis.form.reference),
    )


async def _hand_over_said(connection: AsyncConnection, reference: str) -> bool:
    """Whether a line about a person was ever written in the chat of this reference, whatever became of it."""
    query = select(letter.c.id).where(letter.c.reference == reference, letter.c.purpose == "hand_over").limit(1)
    return bool(reference) and (await connection.execute(query)).first() is not None


async def _is_taken(connection: AsyncConnection, reference: str) -> bool:
    query = select(enquiry.c.id).where(enquiry.c.reference == reference)
    return (await connection.execute(query)).first() is not None


async def _twins(
    connection: AsyncConnection, secret: bytes, received: Item, analysis: Analysis
) -> tuple[str | None, str | None]:
    """References of (the same mail again, another mail under the same Message-ID)."""
    read = analysis.enquiry
    if read.message_id is None:
        if read.channel is not Channel.EMAIL or received.size_bytes > len(received.raw):
            return None, None
        # Some 8 % of real bounces carry no Message-ID: there the raw bytes are the identity.
        own_hash = select(item.c.sha256).where(item.c.id == received.id).scalar_subquery()
        same_bytes = _TWINS.join(item, item.c.id == enquiry.c.item_id).where(
            item.c.sha256 == own_hash, item.c.id != received.id
        )
        row = (await connection.execute(same_bytes.order_by(enquiry.c.id).limit(1))).first()
        return (row.thread if row else None), None
    marks = {"message_id": read.message_id, "mark": mail_mark(secret, read.message_id)}
    rows = (await connection.execute(_SAME_ID, {**marks, "item_id": received.id})).all()
    # The mailbox may bring again years later what retention has removed, as after a change of its host's name.
    known_as = (read.content_sha256, mail_mark(secret, read.content_sha256))
    same = next((row.thread for row in rows if row.content_sha256 in known_as), None)
    return same, (rows[0].thread if rows and same is None else None)


async def _standing(
    connection: AsyncConnection, secret: bytes, analysis: Analysis, sender_hash: str | None, now: datetime
) -> tuple[SentCounts, bool, str | None, bool]:
    """Letters sent by machine in row 21's windows, whether one bounced for good lately, the same person's thread,
    whether this address has any case.

    In a chat the thread itself is what is counted: its visitor needs no address.
    """
    sender = analysis.enquiry.sender
    counted, domain = "", ""
    if analysis.chat is not None:
        counted = place_hash(secret, analysis.chat.place)
    elif sender is not None and sender.address:
        counted, domain = mailbox_hash(secret, sender.address), domain_of(sender.address)
    elif analysis.enquiry.channel is Channel.EMAIL:
        return SentCounts(), False, None, False  # nobody to answer
    since = {name: now - window for name, window in _WINDOWS.items()}
    written = sender.address.lower() if sender is not None else ""
    whom = {"address": sender_hash, "written": written, "channel": analysis.enquiry.channel.value}
    row = (await connection.execute(_STANDING, {"sender": counted, "domain": domain, **whom, **since})).one()
    counts = SentCounts(
        sender_hour=row[0],
        sender_day=row[1],
        sender_30_days=row[2],
        domain_day=row[3] if domain else 0,
        global_10_minutes=row[4],
        breaker_open=row[6] > 0,
    )
    return counts, row[5] > 0, row[7], row[8] is not None


async def _thread(
    connection: AsyncConnection,
    secret: bytes,
    analysis: Analysis,
    sender_hash: str | None,
    room: Row[tuple[object, ...]] | None,
) -> Thread | None:
    """The thread the message seems to belong to: by our Message-ID, by one we hold, by a reference somebody typed.

    Of several, the first in which the sender takes part, else the first. A subject alone, without a reference in
    it, never ties anything. A chat belongs to what its thread led to, and whoever types there takes part in it.
    """
    if analysis.chat is not None:
        ties = {room.reference: "chat_thread"} if room is not None and room.reference else {}
    else:
        ties = await _ties(connection, secret, analysis)
    if not ties:
        return None
    candidates = list(ties)
    taken_part = set(candidates) if analysis.chat is not None else set[str]()
    if sender_hash and analysis.enquiry.channel is Channel.EMAIL:
        query = select(participant.c.thread).where(
            participant.c.thread.in_(candidates), participant.c.address_hash == sender_hash
        )
        taken_part = set((await connection.execute(query)).scalars())
    reference = next((one for one in candidates if one in taken_part), candidates[0])
    cases = (
        await connection.execute(
            select(case_file, enquiry.c.controller.label("enquiry_controller"))
            .join(enquiry, enquiry.c.id == case_file.c.enquiry_id)
            .where(case_file.c.thread == reference)
            .order_by(case_file.c.number)
        )
    ).all()
    return Thread(
        reference=reference,
        tie=ties[reference],
        sender_is_participant=reference in taken_part,
        open_kinds=tuple(dict.fromkeys(Kind(row.kind) for row in cases if row.state in UNANSWERED)),
        case_count=len(cases),
        cannot_reach=any(row.state == CANNOT_REACH for row in cases),
        cases=tuple(_thread_case(row) for row in cases if row.state != SET_ASIDE),
    )


def _thread_case(row: Row[tuple[object, ...]]) -> ThreadCase:
    return ThreadCase(
        number=row.number,
        kind=Kind(row.kind),
        state=CaseState(row.state),
        received_on=row.received_on,
        statutory_due=row.statutory_due,
        closed_on=row.closed_at.date() if row.closed_at is not None else None,
        controller=row.controller or row.enquiry_controller,
        rules_in_doubt=row.rules_in_doubt,
    )


async def _own_cases(
    connection: AsyncConnection, secret: bytes, analysis: Analysis, sender_hash: str | None, now: datetime
) -> tuple[ThreadCase, ...]:
    """Of whoever writes a mail, whom a case is about. What a colleague passed on for others is none of their own."""
    sender = analysis.enquiry.sender
    if sender_hash is None or sender is None or analysis.enquiry.channel is not Channel.EMAIL:
        return ()
    return await _earlier(connection, secret, sender.address, now)


async def _passed_on_cases(
    connection: AsyncConnection, secret: bytes, analysis: Analysis, now: datetime
) -> tuple[ThreadCase, ...]:
    """Of whoever wrote what the mail passes on."""
    address = analysis.enquiry.forward_of if analysis.enquiry.channel is Channel.EMAIL else None
    return await _earlier(connection, secret, address, now) if address else ()


async def _earlier(connection: AsyncConnection, secret: bytes, address: str, now: datetime) -> tuple[ThreadCase, ...]:
    person, since = address_hash(secret, address), now - _WINDOWS["days_180"]
    found = await connection.execute(_THEIRS, {"person": person, "written": address.lower(), "days_180": since})
    theirs = [row for row in found if person in persons_of(secret, (row,), {})]
    return tuple(replace(_thread_case(row), thread=row.thread) for row in theirs)


async def _opted_out_before(connection: AsyncConnection, sender_hash: str | None, received_at: datetime) -> bool:
    """Whether marketing to this address was to have stopped by now: whoever asks again meanwhile repeats themselves."""
    return sender_hash is not None and await was_opted_out_before(
        connection, sender_hash, received_at - _MARKETING_STOPS
    )


async def _ties(connection: AsyncConnection, secret: bytes, analysis: Analysis) -> dict[str, str]:
    """Existing threads -> what ties the mail to them, strongest first."""
    facts = analysis.facts
    thread_ids, returned_ids = _nearest(facts.thread_ids), _nearest(facts.returned_ids)
    ours = _references_of((*thread_ids, *returned_ids), secret)
    # What a robot returns counts by our own key alone: everything else in a report can be made up.
    known = await _threads_of_known(connection, thread_ids)
    told = analysis.form or analysis.entry
    typed = find_references(told.earlier_reference) if told else ()
    named = (*typed, *find_references(analysis.enquiry.subject))
    ties: dict[str, str] = {}
    for tie, references in (("our_message_id", ours), ("known_message_id", known), ("reference", named)):
        for reference in references:
            ties.setdefault(reference, tie)
    if not ties:
        return {}
    # A reference that was merged into another leads to that one's thread.
    query = select(enquiry.c.reference, enquiry.c.thread).where(enquiry.c.reference.in_(ties))
    existing = {row.reference: row.thread for row in await connection.execute(query)}
    found: dict[str, str] = {}
    for reference, tie in ties.items():
        if reference in existing:
            found.setdefault(existing[reference], tie)
    return found


def _nearest(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids[-_IDS_LOOKED_UP:]))


def _references_of(ids: Iterable[str], secret: bytes) -> tuple[str, ...]:
    return tuple(reference for one in ids if (reference := reference_of_own(secret, one)) is not None)


async def _threads_of_known(connection: AsyncConnection, thread_ids: tuple[str, ...]) -> list[str]:
    """Threads of letters and messages we hold."""
    if not thread_ids:
        return []
    letters = select(letter.c.reference).where(letter.c.message_id.in_(thread_ids)).order_by(letter.c.id.desc())
    messages = select(enquiry.c.thread).where(enquiry.c.message_id.in_(thread_ids)).order_by(enquiry.c.id.desc())
    found = list((await connection.execute(letters)).scalars())
    return [*found, *(await connection.execute(messages)).scalars()]
