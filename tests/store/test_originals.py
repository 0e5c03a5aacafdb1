"""What arrived is given back byte for byte, and a chain's state is told, on both engines."""

from tests.factories import NOW, make_filing, make_plan
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
    for _ in range(2):
        reply = make_plan(outcome="follow_up", joins=reference, cases=(), letter=None, no_letter_because="a reply")
        item = await claim_one(store)
        async with store.filing() as filer:
            await filer.file(make_filing(item, reference, plan=reply))
    case = await store.case_of(f"{reference}/1")
    assert case is not None
    first, seen, after = (message.enquiry_id for message in case.messages)
    assert await store.mark_read(reference, by="dana", now=NOW, up_to=seen) == (first, seen)
    assert await store.mark_read(reference, by="dana", now=NOW, up_to=after) == (after,)
    assert await store.mark_read(reference, by="dana", now=NOW, up_to=after + 1) is None
