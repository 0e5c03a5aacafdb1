"""Two threads made one: every row of the one goes over to the other, and its references lead there from then on.

The chains of the journal stay as they were sealed; each says in a last entry where it goes on, and the other in an
entry what came to it. `enquiry.came_under` keeps under which reference a message came, so that the two can be
told apart.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.labels import thread_version
from triage.adapters.store.persons import TELLING, acquaintances, persons_of
from triage.adapters.store.reach import SET_ASIDE
from triage.adapters.store.schema import (
    alarm,
    case_file,
    case_task,
    chat_room,
    clock_event,
    enquiry,
    letter,
    merged,
    participant,
    suppression,
)
from triage.domain.merging import Mergeable, MergeableCase, Merging
from triage.domain.vocabulary import CaseState, Kind

_Numbers = Mapping[int, int]


async def mergeable(connection: AsyncConnection, secret: bytes, thread: str) -> Mergeable | None:
    """See ThreadStore.mergeable."""
    columns = (enquiry.c.reference, enquiry.c.version, enquiry.c.received_at, enquiry.c.outcome)
    names = (enquiry.c.sender_name, enquiry.c.sender_address, enquiry.c.controller)
    found = select(*columns, *names, *TELLING).where(enquiry.c.thread == thread).order_by(enquiry.c.id)
    messages = (await connection.execute(found)).all()
    first = next((row for row in messages if row.reference == thread), None)
    if first is None:
        return None
    of_thread = select(case_file).where(case_file.c.thread == thread).order_by(case_file.c.number)
    cases = (await connection.execute(of_thread)).all()
    told = [row for row in messages if row.outcome in ("enquiry", "follow_up")]
    return Mergeable(
        reference=thread,
        version=thread_version(messages, cases),
        received_at=first.received_at,
        sender=first.sender_address or first.sender_name or "nobody named",
        persons=persons_of(secret, told, await acquaintances(connection)),
        cases=tuple(
            MergeableCase(
                number=row.number,
                kind=Kind(row.kind),
                state=CaseState(row.state),
                controller=row.controller or first.controller,
                received_on=row.received_on,
                due_on=row.due_on,
            )
            for row in cases
        ),
        numbers_given=max((row.number for row in cases), default=0),
    )


async def merge(
    connection: AsyncConnection,
    secret: bytes,
    change: Merging,
    versions: tuple[int, int],
    why: str,
    *,
    by: str,
    now: datetime,
) -> bool:
    """See ThreadStore.merge. In a queued transaction: nobody else files or changes cases until it has ended."""
    if await _versions(connection, change) != versions:
        return False
    numbers, folds = dict(change.moves), dict(change.folds)
    await _move_letters(connection, change, {**numbers, **folds})
    await _move_messages(connection, change, now)
    for number, then in change.moves:
        await _move_case(connection, change, number, then)
    for number, into in change.folds:
        await _fold(connection, change.kept, numbers[number], into, now)
    if change.moves:
        opener = update(enquiry).where(enquiry.c.reference == change.kept)
        await connection.execute(opener.values(waits=False))
    await _move_the_rest(connection, change, {**numbers, **folds}, now)
    await _lead(connection, change, {**numbers, **folds}, now)
    await append(connection, secret, _happenings(change, numbers, folds, why, by, now))
    return True


async def _versions(connection: AsyncConnection, change: Merging) -> tuple[int, int]:
    found = []
    for thread in (change.gone, change.kept):
        messages = (await connection.execute(select(enquiry.c.version).where(enquiry.c.thread == thread))).all()
        cases = (await connection.execute(select(case_file.c.version).where(case_file.c.thread == thread))).all()
        found.append(thread_version(messages, cases))
    return found[0], found[1]


async def _move_messages(connection: AsyncConnection, change: Merging, now: datetime) -> None:
    """A person has said what they belong to: none waits for a look by itself any more."""
    moved = {
        "thread": change.kept,
        "came_under": func.coalesce(enquiry.c.came_under, change.gone),
        "cleared_at": func.coalesce(enquiry.c.cleared_at, now),
        "waits": False,
        "version": enquiry.c.version + 1,
    }
    await connection.execute(update(enquiry).where(enquiry.c.thread == change.gone).values(moved))


async def _move_letters(connection: AsyncConnection, change: Merging, numbers: _Numbers) -> None:
    """Letters count on behind those of the same purpose. Their Message-IDs stay, so that replies to them arrive."""
    ends = select(letter.c.purpose, func.max(letter.c.serial)).where(letter.c.reference == change.kept)
    last: dict[str, int] = {row[0]: row[1] for row in await connection.execute(ends.group_by(letter.c.purpose))}
    moving = select(letter.c.id, letter.c.purpose, letter.c.serial, letter.c.number)
    rows = (await connection.execute(moving.where(letter.c.reference == change.gone).order_by(letter.c.id))).all()
    for row in rows:
        values = {
            "reference": change.kept,
            "serial": last.get(row.purpose, 0) + row.serial,
            "number": None if row.number is None else numbers.get(row.number, row.number),
        }
        await connection.execute(update(letter).where(letter.c.id == row.id).values(values))


async def _move_case(connection: AsyncConnection, change: Merging, number: int, then: int) -> None:
    """A case with its clock and its checklist, as they are."""
    for table in (case_file, clock_event, case_task):
        here = update(table).where(table.c.thread == change.gone, table.c.number == number)
        values: dict[str, object] = {"thread": change.kept, "number": then}
        if table is case_file:
            values["version"] = case_file.c.version + 1
        await connection.execute(here.values(values))
    complaints = update(case_file).where(case_file.c.about == f"{change.gone}/{number}")
    await connection.execute(complaints.values(about=f"{change.kept}/{then}"))


async def _fold(connection: AsyncConnection, thread: str, number: int, into: int, now: datetime) -> None:
    """One case answers both. What holds the one up holds up the other; whoever has the one has the other, if nobody
    had it."""
    of_thread = case_file.c.thread == thread
    folded = (await connection.execute(select(case_file).where(of_thread, case_file.c.number == into))).one()
    row = (await connection.execute(select(case_file).where(of_thread, case_file.c.number == number))).one()
    news = [day for day in (row.next_news_on, folded.next_news_on) if day is not None]
    values = {
        "legal_hold": row.legal_hold or folded.legal_hold,
        "erasure_blocked": row.erasure_blocked or folded.erasure_blocked,
        "assignee": folded.assignee or row.assignee,
        "next_news_on": min(news, default=None),
        "contacts": [*(folded.contacts or ()), *(row.contacts or ())] or None,
        "snoozed_until": None,
        "version": case_file.c.version + 1,
    }
    await connection.execute(update(case_file).where(of_thread, case_file.c.number == into).values(values))
    aside = {"state": SET_ASIDE, "closed_at": now}
    await connection.execute(update(case_file).where(of_thread, case_file.c.number == number).values(aside))
    about = update(case_file).where(case_file.c.about == f"{thread}/{number}")
    await connection.execute(about.values(about=f"{thread}/{into}"))


async def _move_the_rest(connection: AsyncConnection, change: Merging, numbers: _Numbers, now: datetime) -> None:
    """Who takes part, chats, the do-not-contact list's reason, and alarms that stand."""
    gone, kept = change.gone, change.kept
    part = select(participant.c.address_hash, participant.c.since_at).where(participant.c.thread == gone)
    taking = [{"thread": kept, **row._mapping} for row in await connection.execute(part)]
    if taking:
        insert = insert_into(connection.dialect.name, participant).on_conflict_do_nothing()
        await connection.execute(insert, taking)
        await connection.execute(delete(participant).where(participant.c.thread == gone))
    await connection.execute(update(chat_room).where(chat_room.c.reference == gone).values(reference=kept))
    await connection.execute(update(suppression).where(suppression.c.thread == gone).values(thread=kept))
    for before, after in ((gone, kept), *((f"{gone}/{one}", f"{kept}/{then}") for one, then in numbers.items())):
        standing = and_(alarm.c.reference == before, alarm.c.cleared_at.is_(None))
        there = select(alarm.c.code).where(alarm.c.reference == after, alarm.c.cleared_at.is_(None))
        codes = list((await connection.execute(there)).scalars())
        await connection.execute(update(alarm).where(standing, alarm.c.code.in_(codes)).values(cleared_at=now))
        await connection.execute(update(alarm).where(standing).values(reference=after))


async def _lead(connection: AsyncConnection, change: Merging, numbers: _Numbers, now: datetime) -> None:
    """The references lead to the kept ones, and so do those that led to them."""
    leads = {change.gone: change.kept}
    leads |= {f"{change.gone}/{one}": f"{change.kept}/{then}" for one, then in numbers.items()}
    for before, after in leads.items():
        await connection.execute(update(merged).where(merged.c.into == before).values(into=after))
    rows = [{"reference": before, "into": after, "at": now} for before, after in leads.items()]
    await connection.execute(merged.insert(), rows)


def _happenings(
    change: Merging, numbers: _Numbers, folds: _Numbers, why: str, by: str, now: datetime
) -> list[Happening]:
    gone, kept = change.gone, change.kept
    facts: dict[str, object] = {"by": by, "from": gone, "into": kept}
    told = [
        Happening(chain=gone, at=now, event="merged_into", facts=facts, text=why or None),
        Happening(chain=kept, at=now, event="merged", facts=facts, text=why or None),
    ]
    for number, then in numbers.items():
        case: dict[str, object] = {"by": by, "from": f"{gone}/{number}", "into": f"{kept}/{then}"}
        told.append(Happening(chain=f"{gone}/{number}", at=now, event="case_moved", facts=case))
        told.append(Happening(chain=f"{kept}/{then}", at=now, event="case_moved", facts=case))
        if number in folds:
            answered = {"by": by, "from": f"{gone}/{number}", "into": f"{kept}/{folds[number]}"}
            told.append(Happening(chain=f"{kept}/{then}", at=now, event="answered_with", facts=answered))
            told.append(Happening(chain=f"{kept}/{folds[number]}", at=now, event="answers_as_well", facts=answered))
    return told
