"""Everything that proves what was done about one enquiry or case, read off its rows (domain/evidence.py)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.leads import leads_to, merged_into
from triage.adapters.store.packed import chains_of, letters_where, messages_where
from triage.adapters.store.reading import CASE_DATES
from triage.adapters.store.schema import (
    case_file,
    case_task,
    clock_event,
    enquiry,
    journal,
    journal_head,
    journal_text,
    letter,
)
from triage.domain.evidence_values import Evidence, PackCase, PackEntry, PackEvent, PackTask
from triage.domain.journal import ChainHead, JournalEntry, JournalText, SealedEntry


async def evidence_of(connection: AsyncConnection, reference: str) -> Evidence | None:
    """See KeepingStore.evidence. With `…/n` the one case and its chain; the thread's messages and letters always."""
    asked = reference.strip().upper()
    thread, slash, wanted = (await leads_to(connection, asked) or asked).partition("/")
    query = select(case_file).where(case_file.c.thread == thread).order_by(case_file.c.number)
    cases = [row for row in (await connection.execute(query)).all() if not slash or str(row.number) == wanted]
    messages = await messages_where(connection, enquiry.c.thread == thread)
    if not messages or (slash and not cases):
        return None
    chains = chains_of(thread, [row.number for row in cases])
    chains += [row.reference for row in await merged_into(connection, chains)]
    return Evidence(
        reference=f"{thread}/{wanted}" if slash else thread,
        messages=messages,
        letters=await letters_where(connection, letter.c.reference == thread),
        cases=await _cases(connection, thread, cases),
        entries=await entries_of_chains(connection, chains),
        heads=await heads_of_chains(connection, chains),
    )


async def _cases(
    connection: AsyncConnection, thread: str, rows: Sequence[Row[*tuple[Any, ...]]]
) -> tuple[PackCase, ...]:
    events, tasks = await _by_case(connection, clock_event, thread), await _by_case(connection, case_task, thread)
    return tuple(
        PackCase(
            reference=f"{thread}/{row.number}",
            kind=row.kind,
            state=row.state,
            outcome=row.outcome or "",
            controller=row.controller,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            legal_hold=row.legal_hold,
            dates={name: row._mapping[name] for name in CASE_DATES},
            trace=tuple(row.trace),
            events=tuple(_event(one) for one in events[row.number]),
            tasks=tuple(_task(one) for one in tasks[row.number]),
            delivery=row.delivery,
            supplements=row.supplements,
        )
        for row in rows
    )


async def _by_case(connection: AsyncConnection, table: Table, thread: str) -> dict[int, list[Row[*tuple[Any, ...]]]]:
    found: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in await connection.execute(select(table).where(table.c.thread == thread).order_by(table.c.id)):
        found[row.number].append(row)
    return found


def _event(row: Row[*tuple[Any, ...]]) -> PackEvent:
    return PackEvent(
        event=row.event,
        event_on=row.event_on,
        recorded_at=row.recorded_at,
        overridden=row.overridden,
        undone=row.undone,
    )


def _task(row: Row[*tuple[Any, ...]]) -> PackTask:
    return PackTask(
        system=row.system,
        what=row.what,
        owner=row.owner,
        due_on=row.due_on,
        done_on=row.done_on,
        done_by=row.done_by,
        note=row.note,
    )


async def entries_of_chains(connection: AsyncConnection, chains: Sequence[str]) -> tuple[PackEntry, ...]:
    """Every entry of some chains as sealed, by chain and sequence."""
    beside = (journal.c.chain == journal_text.c.chain) & (journal.c.sequence == journal_text.c.sequence)
    query = select(journal, journal_text.c.salt, journal_text.c.text).outerjoin(journal_text, beside)
    rows = await connection.execute(
        query.where(journal.c.chain.in_(chains)).order_by(journal.c.chain, journal.c.sequence)
    )
    return tuple(_entry(row) for row in rows)


def _entry(row: Row[*tuple[Any, ...]]) -> PackEntry:
    entry = JournalEntry(
        chain=row.chain, sequence=row.sequence, at=row.at, event=row.event, facts=row.facts, text_hash=row.text_hash
    )
    text = None if row.text is None else JournalText(sequence=row.sequence, salt=row.salt, text=row.text)
    return PackEntry(sealed=SealedEntry(entry=entry, previous_hash=row.previous_hash, hash=row.hash), text=text)


async def heads_of_chains(connection: AsyncConnection, chains: Sequence[str]) -> tuple[ChainHead, ...]:
    """Where some chains end."""
    query = select(journal_head).where(journal_head.c.chain.in_(chains)).order_by(journal_head.c.chain)
    return tuple(
        ChainHead(chain=row.chain, sequence=row.sequence, hash=row.hash, seal=row.seal)
        for row in await connection.execute(query)
    )
