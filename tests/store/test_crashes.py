"""What is left behind by a task or a program that ends in the middle: whole transactions or nothing."""

import asyncio
import random
import subprocess
import sys
import time

from tests.factories import NOW, make_filing, make_new_item
from tests.store.conftest import OpenStore
from tests.store.steps import claim_one, file_one
from triage.ports import Item, Store

_FILE_AND_HANG = """
import asyncio, sys
from tests.factories import NOW, SECRET, make_filing
from triage.adapters.store import open_store

async def main():
    store = await open_store(sys.argv[1], secret=SECRET, migrate=False)
    (item,) = await store.claim_items("dying", 1, NOW)
    letter = await store.claim_letter("dying", NOW)
    assert letter is not None
    async with store.filing() as filer:
        await filer.file(make_filing(item, await filer.next_reference(2026)))
        print("written", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_of_a_killed_program_only_its_claims_are_left(store: Store, database_url: str) -> None:
    await file_one(store)
    item = await claim_one(store)
    await store.release_claims("worker", NOW)
    program = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", _FILE_AND_HANG, database_url], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert await asyncio.to_thread(program.stdout.readline) == "written\n"
    program.kill()
    await asyncio.to_thread(program.communicate)
    assert len(await store.list_cases()) == 1
    assert await store.claim_items("worker", 9, NOW) == ()
    assert await store.claim_letter("worker", NOW) is None
    assert await store.release_claims("dying", NOW) == 2
    (again,) = await store.claim_items("worker", 9, NOW)
    assert again.id == item.id
    assert await store.claim_letter("worker", NOW) is None
    assert [alarm.code for alarm in await store.alarms()] == ["letter_unclear"]
    async with store.filing() as filer:
        assert (await filer.next_reference(2026)).startswith("DP-2026-00002")
    assert await store.verify_journal() == ()


async def test_tasks_cancelled_at_any_moment_leave_whole_filings_or_nothing(store: Store) -> None:
    dice = random.Random(42)
    await store.save_items([make_new_item() for _ in range(41)], None)
    first, *items = await store.claim_items("worker", 41, NOW)

    async def file(item: Item) -> None:
        async with store.filing() as filer:
            await filer.file(make_filing(item, await filer.next_reference(2026)))

    began = time.perf_counter()
    await file(first)
    usual_s = time.perf_counter() - began
    for item in items:
        task = asyncio.create_task(file(item))
        await asyncio.sleep(dice.uniform(0, 1.5 * usual_s))
        task.cancel()
        await asyncio.wait([task])
    filed = await store.list_cases()
    assert len(filed) + (await store.health(NOW)).items_waiting == 41
    assert sorted(int(row.reference[8:13]) for row in filed) == list(range(1, len(filed) + 1))
    assert await store.verify_journal() == ()
    assert await store.release_claims("worker", NOW) == 41 - len(filed)


async def test_the_journal_verifies_while_it_is_written(store: Store, open_another: OpenStore) -> None:
    other = await open_another()
    writing = asyncio.create_task(file_many(other))
    looks = 0
    while not writing.done():
        assert await store.verify_journal() == ()
        looks += 1
    await writing
    assert looks > 1


async def file_many(store: Store) -> None:
    """Fifteen filings, one after the other."""
    for _ in range(15):
        await file_one(store)
