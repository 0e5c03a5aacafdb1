"""Relabelling in the database: how a thread is labelled now, and a person's other word on it, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.filing import hashes_of, list_opt_out
from triage.adapters.store.filing_rows import OTHERS_MAIL, opened, row_of_case
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.outbox import DISCARDED, DRAFT, NOTES, QUEUED
from triage.adapters.store.reach import OPEN, SET_ASIDE, UNANSWERED
from triage.adapters.store.schema import case_file, clock_event, correction, enquiry, letter
from triage.domain.decide_told import ENTRY_CHOICE, FORM_CHOICE
from triage.domain.lanes import WAITING_LANES
from triage.domain.relabelling import (
    PERSON,
    Correction,
    Labelled,
    MessageReading,
    Relabelling,
    StandingCase,
    StandingLetter,
)
from triage.domain.vocabulary import Channel, Flag, Kind, Lane, OtherRight
from triage.ports import CorrectionCount

# Whose word a kind rests on that somebody ticked or wrote down.
DECLARED = (FORM_CHOICE, ENTRY_CHOICE)


def thread_version(messages: Iterable[Row[*tuple[Any, ...]]], cases: Iterable[Row[*tuple[Any, ...]]]) -> int:
    """Grows with every message that joins a thread and every change to a message or case of it; never shrinks."""
    return sum(row.version for row in (*messages, *cases))


async def labelled(connection: AsyncConnection, reference: str) -> Labelled | None:
    """See Store.labelled."""
    messages = (
        await connection.execute(select(enquiry).where(enquiry.c.thread == reference).order_by(enquiry.c.id))
    ).all()
    first = next((row for row in messages if row.reference == reference), None)
    if first is None:
        return None
    cases = await _cases(connection, reference)
    letters = select(letter.c.id, letter.c.enquiry_id, letter.c.purpose, letter.c.state).where(
        letter.c.reference == reference, letter.c.purpose.not_in(NOTES), letter.c.undelivered_at.is_(None)
    )
    return Labelled(
        reference=reference,
        version=thread_version(messages, cases),
        received_at=first.received_at,
        filed_at=first.filed_at,
        controller=first.controller,
        channel=Channel(first.channel),
        lane=Lane(first.lane) if first.lane else None,
        not_acknowledged=first.not_acknowledged,
        cases=tuple(
            StandingCase(number=row.number, kind=Kind(row.kind), enquiry_id=row.enquiry_id)
            for row in cases
            if row.state in UNANSWERED
        ),
        letters=tuple(
            StandingLetter(id=row.id, enquiry_id=row.enquiry_id, purpose=row.purpose, state=row.state)
            for row in await connection.execute(letters.order_by(letter.c.id))
        ),
        readings=tuple(_reading(row) for row in messages if row.classification),
        rights_said=None if first.rights_said is None else tuple(OtherRight(one) for one in first.rights_said),
        waits=_wait(messages, cases),
        rules_in_doubt=next((row.rules_in_doubt for row in cases if row.rules_in_doubt), ""),
    )


def _wait(messages: Iterable[Row[*tuple[Any, ...]]], cases: Iterable[Row[*tuple[Any, ...]]]) -> bool:
    """Whether a message is in the queue by itself: no case stands for it, and nobody has said what it asks."""
    stand = {row.enquiry_id for row in cases if row.state != SET_ASIDE}
    return any(row.lane in WAITING_LANES and row.cleared_at is None and row.id not in stand for row in messages)


async def _cases(connection: AsyncConnection, thread: str) -> Sequence[Row[*tuple[Any, ...]]]:
    query = select(case_file).where(case_file.c.thread == thread).order_by(case_file.c.number)
    return (await connection.execute(query)).all()


def _reading(row: Row[*tuple[Any, ...]]) -> MessageReading:
    """What `classification_json` kept. Reasons stand best first."""
    kept: Mapping[str, Any] = row.classification
    witnesses: dict[Kind, str] = {}
    for reason in kept["reasons"]:
        if reason["kind"] in list(Kind):
            by = PERSON if reason["source"] in DECLARED else reason["witness"]
            witnesses.setdefault(Kind(reason["kind"]), by)
    return MessageReading(
        enquiry_id=row.id,
        kinds=tuple(Kind(kind) for kind in kept["kinds"]),
        needs_person=kept["needs_person"],
        rights=tuple(OtherRight(right) for right in kept["other_rights"]),
        flags=tuple(Flag(flag) for flag in kept["flags"]),
        witnesses=witnesses,
        said=row.cleared_at is not None or row.rights_said is not None,
    )


async def relabel(
    connection: AsyncConnection,
    secret: bytes,
    known: Labelled,
    change: Relabelling,
    month: str,
    *,
    by: str,
    now: datetime,
) -> tuple[int, ...] | None:
    """See Store.relabel. In a queued transaction: nobody else files or changes cases until it has ended."""
    thread = known.reference
    messages = select(enquiry).where(enquiry.c.thread == thread).order_by(enquiry.c.id).with_for_update()
    its_messages = (await connection.execute(messages)).all()
    cases = await _cases(connection, thread)
    if thread_version(its_messages, cases) != known.version or await _have_left(connection, change):
        return None
    first = next(row for row in its_messages if row.reference == thread)
    first_id = first.id
    await _write_messages(connection, thread, first_id, change, now)
    aside = await _set_aside(connection, thread, change, by, now)
    discarded = await _discard(connection, thread, change, by, now)
    numbers, openings = await _open(connection, thread, first_id, change, len(cases), now)
    facts = {
        "by": by,
        "enquiry": first_id,
        "before": [kind.value for kind in change.kinds_before],
        "kinds": [kind.value for kind in change.kinds],
        "rights": [right.value for right in change.rights],
        "opened": list(numbers),
        "set_aside": list(change.sets_aside),
    }
    relabelled = Happening(chain=thread, at=now, event="relabelled", facts=facts)
    listed = await _list_opt_out(connection, secret, first, change, now)
    await append(connection, secret, [relabelled, *aside, *openings, *listed, *discarded])
    for one in change.corrections:
        await _count(connection, month, one)
    return numbers


async def _write_messages(
    connection: AsyncConnection, thread: str, first_id: int, change: Relabelling, now: datetime
) -> None:
    """The word is about every message that is there: none of them waits for a look or in the queue any more.

    Only what is laid somewhere has a lane: a letter that came back or a second copy has none. Nothing that was urgent
    is told otherwise afterwards.
    """
    others = update(enquiry).where(enquiry.c.thread == thread, enquiry.c.id != first_id, enquiry.c.lane.is_not(None))
    every: dict[str, object] = {"version": enquiry.c.version + 1, "cleared_at": now, "waits": False}
    owed = {} if change.not_acknowledged is None else {"not_acknowledged": change.not_acknowledged}
    lane, rights = change.lane.value, [right.value for right in change.rights]
    first = update(enquiry).where(enquiry.c.id == first_id)
    await connection.execute(first.values({**every, **owed, "lane": lane, "rights_said": rights}))
    # Nothing asked is owed nothing, by whichever of them; what is owed for a kind is owed once.
    await connection.execute(others.values({**every, **({} if change.not_acknowledged else owed)}))
    await connection.execute(others.where(enquiry.c.lane != Lane.URGENT.value).values(lane=lane))


async def _set_aside(
    connection: AsyncConnection, thread: str, change: Relabelling, by: str, now: datetime
) -> list[Happening]:
    """Cases nobody asked for end here; what is still asked leaves the lanes of doubts and of unread messages."""
    of_thread = update(case_file).where(case_file.c.thread == thread)
    wrong = of_thread.where(case_file.c.number.in_(change.sets_aside), case_file.c.state.in_(UNANSWERED))
    version = case_file.c.version + 1
    await connection.execute(wrong.values(state=SET_ASIDE, closed_at=now, version=version))
    unread = (Lane.NEEDS_PERSON.value, Lane.NEW_MESSAGE.value)
    doubted = of_thread.where(case_file.c.lane.in_(unread), case_file.c.state.in_(UNANSWERED))
    await connection.execute(doubted.values(lane=change.lane.value, version=version))
    return [
        Happening(chain=f"{thread}/{number}", at=now, event="case_set_aside", facts={"by": by})
        for number in change.sets_aside
    ]


async def _have_left(connection: AsyncConnection, change: Relabelling) -> bool:
    """Whether a letter to be discarded has been sent or taken up meanwhile: what is owed the sender is another then."""
    waiting = select(letter.c.id).where(letter.c.id.in_(change.discards), letter.c.state.in_((DRAFT, QUEUED)))
    return len((await connection.execute(waiting.with_for_update())).all()) < len(change.discards)


async def _discard(
    connection: AsyncConnection, thread: str, change: Relabelling, by: str, now: datetime
) -> list[Happening]:
    """Letters that would tell the person what they never asked; they still wait (_have_left)."""
    await connection.execute(update(letter).where(letter.c.id.in_(change.discards)).values(state=DISCARDED))
    return [
        Happening(chain=thread, at=now, event="letter_discarded", facts={"letter": letter_id, "by": by})
        for letter_id in change.discards
    ]


async def _open(
    connection: AsyncConnection, thread: str, enquiry_id: int, change: Relabelling, there: int, now: datetime
) -> tuple[tuple[int, ...], list[Happening]]:
    """Cases are never deleted, so that the number of those that are there is the last one given."""
    numbered = list(enumerate(change.opens, start=there + 1))
    common = {"enquiry_id": enquiry_id, "thread": thread, "state": OPEN, "lane": change.lane.value, "version": 1}
    event = {"thread": thread, "event": "received", "recorded_at": now}
    for number, case in numbered:
        row = {**common, "number": number, "opened_at": now, **row_of_case(case)}
        await connection.execute(case_file.insert(), row)
        received = {**event, "number": number, "event_on": case.dates.received_on}
        await connection.execute(clock_event.insert(), received)
    happenings = [opened(f"{thread}/{number}", case, enquiry_id, now) for number, case in numbered]
    return tuple(number for number, _ in numbered), happenings


async def _list_opt_out(
    connection: AsyncConnection, secret: bytes, first: Row[*tuple[Any, ...]], change: Relabelling, now: datetime
) -> list[Happening]:
    """A person's word is as good as a sure reading: on the do-not-contact list at once (UK GDPR Art 21(3)).

    As in filing not where the wish is perhaps somebody else's: then a person says whose address it is.
    """
    asked = any(case.kind is Kind.OPT_OUT for case in change.opens)
    others = first.forward_of or OTHERS_MAIL & {reason["row"] for reason in first.gate.get("reasons", ())}
    flagged = first.classification is not None and first.classification["flags"]
    if not asked or first.channel != Channel.EMAIL.value or not first.sender_hash or others or flagged:
        return []
    hashes = hashes_of(secret, first.sender_address)
    return [await list_opt_out(connection, first.thread, hashes, first.channel, now)]


@cache
def _one_more(dialect: str) -> Executable:
    insert = insert_into(dialect, correction)
    one_more = {"count": correction.c.count + 1}
    return insert.on_conflict_do_update(index_elements=list(correction.primary_key), set_=one_more)


async def _count(connection: AsyncConnection, month: str, one: Correction) -> None:
    row = {"month": month, "kind_read": one.kind_read, "kind_meant": one.kind_meant, "witness": one.witness}
    await connection.execute(_one_more(connection.dialect.name), {**row, "count": 1})


async def corrections(connection: AsyncConnection) -> tuple[CorrectionCount, ...]:
    """See Store.corrections."""
    rows = await connection.execute(select(correction).order_by(*correction.primary_key))
    return tuple(
        CorrectionCount(
            month=row.month,
            kind_read=row.kind_read,
            kind_meant=row.kind_meant,
            witness=row.witness,
            count=row._mapping["count"],  # a row is a tuple, whose count is a method
        )
        for row in rows
    )
