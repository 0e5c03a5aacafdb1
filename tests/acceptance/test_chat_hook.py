"""The running hook: quick while the store is busy, and its form, whose confirmation is a promise."""

import asyncio
import re
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.chat_running import DELETION, ChatDesk, chat_desk, sqlite_settings
from tests.acceptance.watching import until

pytestmark = pytest.mark.timeout(120)

HOLD_LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
database.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
database.execute("ROLLBACK")
"""
REFERENCE = re.compile(r'class="reference">(DP-\d{4}-\d+-[A-Z0-9]+)<')


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[ChatDesk]:
    """A desk that runs."""
    async with chat_desk(tmp_path, sqlite_settings(tmp_path)) as desk:
        await desk.start()
        yield desk


async def fill_in(desk: ChatDesk, **fields: str) -> tuple[int, str]:
    """Somebody without JavaScript sends the form: status and page."""
    desk.said += fields.values()
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{desk.hook_url}/enquire") as answer:
            (form_id,) = re.findall(r'name="form_id" value="([0-9a-f]+)"', await answer.text())
        async with session.post(f"{desk.hook_url}/enquire", data={"form_id": form_id, **fields}) as answer:
            return answer.status, await answer.text()


async def kept_cases(desk: ChatDesk, reference: str) -> list[str]:
    """Kinds of the cases under a reference."""
    rows = await desk.record.rows(f"SELECT kind FROM case_file WHERE thread = '{reference}' ORDER BY number")
    return [str(kind) for (kind,) in rows]


@pytest.mark.alone
async def test_the_hook_answers_within_a_second_while_somebody_else_holds_the_store(desk: ChatDesk) -> None:
    thread = desk.thread()
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD_LOCK, str(desk.folder / "triage.db"), "5", stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    began, number = time.monotonic(), 0
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(desk.folder / "triage.db", timeout=0).execute("BEGIN IMMEDIATE")
    await desk.hubspot.visitor_says(thread, DELETION)
    while time.monotonic() - began < 4.5:
        await desk.hubspot.visitor_says(desk.thread(address=f"busy{number}@customer.example"), f"hello number {number}")
        number += 1
        await asyncio.sleep(0.02)
    status, page = await fill_in(desk, message="Please delete my account.", email="perpetua@customer.example")
    assert holder.returncode is None
    assert (status, bool(REFERENCE.search(page))) == (200, True)
    made = desk.hubspot.webhooks.made
    assert {delivery.status for delivery in made} == {200}
    assert max(delivery.seconds for delivery in made) < 1.0
    assert await asyncio.wait_for(holder.wait(), 10) == 0
    sys.stdout.write(f"{len(made)} deliveries, the slowest {max(one.seconds for one in made) * 1000:.0f} ms\n")
    await desk.posts(thread, replies=1, comments=1, limit_s=60)


async def test_a_form_is_a_case_under_the_reference_of_its_confirmation(desk: ChatDesk) -> None:
    status, page = await fill_in(
        desk,
        about="complaint",
        name="Philippa Featherstonehaugh",
        phone="01632 960 987",
        message="You gave my number to somebody else and I want to complain about that.",
    )
    assert status == 200
    reference = REFERENCE.findall(page)[0]

    async def opened() -> bool:
        return bool(await kept_cases(desk, reference))

    await until(opened)
    assert "complaint" in await kept_cases(desk, reference)
    await desk.quiet()
    assert await desk.record.count(f"letter WHERE reference = '{reference}'") == 0
    rows = await desk.record.rows(f"SELECT channel, not_acknowledged FROM enquiry WHERE reference = '{reference}'")
    assert [(channel, bool(late)) for channel, late in rows] == [("form", False)]


async def test_nothing_confirmed_is_lost_where_the_hook_is_killed_right_after(desk: ChatDesk) -> None:
    references: list[str] = []
    for number in range(5):
        status, page = await fill_in(
            desk, message=f"Please delete my account number {number}.", email=f"hugo{number}@customer.example"
        )
        await desk.hook.kill()
        assert status == 200
        references += REFERENCE.findall(page)
        if number == 2:  # the worker may die of the same power cut
            await desk.worker.kill()
            await desk.worker.start()
        await desk.hook.start()
        await desk.hook.ready()
    assert len(set(references)) == 5
    await desk.worker.ready()

    async def all_opened() -> bool:
        return all([await kept_cases(desk, reference) for reference in references])

    await until(all_opened)
    await desk.quiet()
    assert await desk.record.count("enquiry WHERE channel = 'form'") == 5
    async with desk.store() as store:
        assert await store.verify_journal() == ()


async def test_the_hooks_file_forgets_what_the_worker_has(desk: ChatDesk) -> None:
    await desk.hubspot.visitor_says(desk.thread(), "something nobody needs to keep for long")
    await desk.quiet()
    await desk.hubspot.visitor_says(desk.thread(), "and a second thing")  # its commit deletes what was drained
    await desk.quiet()
    database = sqlite3.connect(f"file:{desk.folder / 'triage-hook.db'}?mode=ro", uri=True)
    try:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        (left,) = database.execute("SELECT count(*) FROM received").fetchone()
    finally:
        database.close()
    assert left <= 1
    assert not tables & {"item", "enquiry", "case_file", "letter", "chat_line", "journal"}
