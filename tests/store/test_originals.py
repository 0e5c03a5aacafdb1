"""What arrived is given back byte for byte, and a chain's state is told, on both engines."""

from tests.factories import NOW
from tests.store.steps import claim_one, file_item
from triage.adapters.store.sql_store import SqlStore

RAW = b"From: a@x.example\r\n\r\n\x00\xff body\r\n"


async def test_what_arrived_is_found_in_its_own_thread_only(store: SqlStore) -> None:
    reference = await file_item(store, await claim_one(store, raw=RAW))
    case = await store.case_of(f"{reference}/1")
    assert case is not None
    number = case.messages[0].enquiry_id
    assert await store.original(reference, number) == RAW
    assert await store.original("DP-2026-99999-K7", number) is None
    assert dict(await store.heads_of_originals(reference, 6)) == {number: RAW[:6]}


async def test_a_chain_that_nobody_touched_is_whole(store: SqlStore) -> None:
    reference = await file_item(store, await claim_one(store))
    assert await store.chain_faults(f"{reference}/1") == ()
    assert await store.chain_faults(reference) == ()


async def test_what_came_after_somebody_looked_stays_unread(store: SqlStore) -> None:
    reference = await file_item(store, await claim_one(store))
    case = await store.case_of(f"{reference}/1")
    assert case is not None
    before = case.messages[0].enquiry_id - 1
    assert await store.mark_read(reference, by="dana", now=NOW, up_to=before) == 0
    assert await store.mark_read(reference, by="dana", now=NOW, up_to=before + 1) == 1
