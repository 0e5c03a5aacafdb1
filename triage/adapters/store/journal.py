"""The journal in the database: appending sealed entries, verifying every chain. The hashing is domain/journal.py."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, Row, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.columns import scrub
from triage.adapters.store.engine import insert_into
from triage.adapters.store.schema import case_file, enquiry, journal, journal_head, journal_text
from triage.domain.digest import DatedHead
from triage.domain.journal import (
    FIRST_HASH,
    ChainFault,
    ChainHead,
    JournalEntry,
    JournalText,
    SealedEntry,
    canonical,
    hash_text,
    seal,
    seal_head,
    verify,
)

_SALT_BYTES = 16
_CHAINS_A_QUERY = 1000
_ENDS = select(journal_head.c.chain, journal_head.c.sequence, journal_head.c.hash).where(
    journal_head.c.chain.in_(bindparam("chains", expanding=True))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """Something to be written down: a past-tense code, ids and codes as facts, free text only in `text`."""

    chain: str
    at: datetime
    event: str
    facts: Mapping[str, object] = field(default_factory=dict)
    text: str | None = None


async def append(connection: AsyncConnection, secret: bytes, happenings: Sequence[Happening]) -> None:
    """Seal the happenings onto their chains. The caller's transaction must be a queued one: see Database.write."""
    ends = await _ends_of(connection, {one.chain for one in happenings})
    entries: list[dict[str, object]] = []
    texts: list[dict[str, object]] = []
    for one in happenings:
        sequence, previous_hash = ends.get(one.chain, (0, FIRST_HASH))
        sequence += 1
        text_hash = None
        if one.text is not None:
            salt, text = secrets.token_bytes(_SALT_BYTES), scrub(one.text)
            text_hash = hash_text(salt, text)
            texts.append({"chain": one.chain, "sequence": sequence, "salt": salt, "text": text})
        row = {
            "chain": one.chain,
            "sequence": sequence,
            "at": one.at,
            "event": one.event,
            "facts": canonical(one.facts),
        }
        last_hash = seal(previous_hash, JournalEntry(**row, text_hash=text_hash))  # type: ignore[arg-type]
        entries.append({**row, "text_hash": text_hash, "previous_hash": previous_hash, "hash": last_hash})
        ends[one.chain] = (sequence, last_hash)
    await connection.execute(journal.insert(), entries)
    if texts:
        await connection.execute(journal_text.insert(), texts)
    await _move_ends(connection, secret, ends)


async def _ends_of(connection: AsyncConnection, chains: set[str]) -> dict[str, tuple[int, str]]:
    ends: dict[str, tuple[int, str]] = {}
    wanted = list(chains)
    for start in range(0, len(wanted), _CHAINS_A_QUERY):
        rows = await connection.execute(_ENDS, {"chains": wanted[start : start + _CHAINS_A_QUERY]})
        ends.update((row.chain, (row.sequence, row.hash)) for row in rows)
    return ends


async def _move_ends(connection: AsyncConnection, secret: bytes, ends: Mapping[str, tuple[int, str]]) -> None:
    rows = [
        {"chain": chain, "sequence": sequence, "hash": last_hash, "seal": seal_head(secret, chain, sequence, last_hash)}
        for chain, (sequence, last_hash) in ends.items()
    ]
    await connection.execute(_upsert_ends(connection.dialect.name), rows)


@cache
def _upsert_ends(dialect: str) -> Executable:
    insert = insert_into(dialect, journal_head)
    moved = {name: insert.excluded[name] for name in ("sequence", "hash", "seal")}
    return insert.on_conflict_do_update(index_elements=["chain"], set_=moved)


async def heads(connection: AsyncConnection) -> tuple[DatedHead, ...]:
    """See CaseStore.journal_heads."""
    last = and_(journal.c.chain == journal_head.c.chain, journal.c.sequence == journal_head.c.sequence)
    query = select(journal_head, journal.c.at).join(journal, last).order_by(journal_head.c.chain)
    return tuple(
        DatedHead(chain=row.chain, sequence=row.sequence, hash=row.hash, changed_at=row.at)
        for row in await connection.execute(query)
    )


async def verify_all(connection: AsyncConnection, secret: bytes) -> tuple[ChainFault, ...]:
    """Recompute every chain, and miss every chain that an enquiry or a case should have."""
    ends = {
        row.chain: ChainHead(chain=row.chain, sequence=row.sequence, hash=row.hash, seal=row.seal)
        for row in await connection.execute(select(journal_head))
    }
    texts: dict[str, list[JournalText]] = {}
    for row in await connection.execute(select(journal_text)):
        texts.setdefault(row.chain, []).append(JournalText(sequence=row.sequence, salt=row.salt, text=row.text))
    chains: dict[str, list[SealedEntry]] = {chain: [] for chain in await _chains_due(connection)}
    chains.update((chain, []) for chain in (*ends, *texts))
    try:
        async for row in await connection.stream(select(journal).order_by(journal.c.chain, journal.c.sequence)):
            chains.setdefault(row.chain, []).append(_sealed(row))
    except ValueError:
        return (
            ChainFault(chain="journal", sequence=0, fault="a row's time was changed into something that is no time"),
        )
    return tuple(
        fault
        for chain in sorted(chains)
        for fault in verify(secret, chain, chains[chain], ends.get(chain), texts.get(chain, ()))
    )


async def _chains_due(connection: AsyncConnection) -> Iterable[str]:
    references = (
        await connection.execute(select(enquiry.c.reference).where(enquiry.c.reference.is_not(None)))
    ).scalars()
    cases = await connection.execute(select(case_file.c.thread, case_file.c.number))
    return [*(reference for reference in references if reference), *(f"{row.thread}/{row.number}" for row in cases)]


def _sealed(row: Row[tuple[object, ...]]) -> SealedEntry:
    entry = JournalEntry(
        chain=row.chain, sequence=row.sequence, at=row.at, event=row.event, facts=row.facts, text_hash=row.text_hash
    )
    return SealedEntry(entry=entry, previous_hash=row.previous_hash, hash=row.hash)


async def entries_of(connection: AsyncConnection, chains: Iterable[str]) -> list[dict[str, object]]:
    """The entries of some chains as a screen shows them: oldest first, with their text where it still exists."""
    beside = (journal.c.chain == journal_text.c.chain) & (journal.c.sequence == journal_text.c.sequence)
    query = (
        select(journal, journal_text.c.text).outerjoin(journal_text, beside).where(journal.c.chain.in_(list(chains)))
    )
    rows = await connection.execute(query.order_by(journal.c.at, journal.c.chain, journal.c.sequence))
    return [
        {
            "chain": row.chain,
            "sequence": row.sequence,
            "at": row.at.isoformat(),
            "event": row.event,
            "facts": row.facts,
            "text": row.text,
        }
        for row in rows
    ]
