"""What arrived, byte for byte, and whether the journal of one case is whole. Reads only."""

from collections.abc import Mapping

from sqlalchemy import LargeBinary, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.evidence import entries_of_chains, heads_of_chains
from triage.adapters.store.schema import enquiry, item
from triage.adapters.store.sealed_columns import is_sealed
from triage.domain.journal import ChainFault, verify
from triage.domain.vocabulary import Channel


async def original(connection: AsyncConnection, thread: str, enquiry_id: int) -> bytes | None:
    """See OriginalStore.original."""
    query = select(item.c.raw).join(enquiry, enquiry.c.item_id == item.c.id)
    found = await connection.execute(query.where(enquiry.c.thread == thread, enquiry.c.id == enquiry_id))
    return found.scalar_one_or_none()


async def heads(connection: AsyncConnection, thread: str, most_bytes: int) -> Mapping[int, bytes]:
    """See OriginalStore.heads_of_originals."""
    head = func.substr(item.c.raw, 1, most_bytes, type_=LargeBinary())
    wanted = item.c.raw if is_sealed(connection) else head  # a part of what is sealed does not open
    query = select(enquiry.c.id, wanted.label("head")).join(item, enquiry.c.item_id == item.c.id)
    mails = query.where(enquiry.c.thread == thread, enquiry.c.channel == Channel.EMAIL.value)
    return {row.id: row.head[:most_bytes] for row in await connection.execute(mails)}


async def chain_faults(connection: AsyncConnection, secret: bytes, reference: str) -> tuple[ChainFault, ...]:
    """See OriginalStore.chain_faults. A case has the journal of its thread and its own."""
    chains = list(dict.fromkeys((reference.partition("/")[0], reference)))
    entries = await entries_of_chains(connection, chains)
    ends = {head.chain: head for head in await heads_of_chains(connection, chains)}
    return tuple(
        fault
        for chain in chains
        for fault in verify(
            secret,
            chain,
            [one.sealed for one in entries if one.sealed.entry.chain == chain],
            ends.get(chain),
            [one.text for one in entries if one.sealed.entry.chain == chain and one.text is not None],
        )
    )
