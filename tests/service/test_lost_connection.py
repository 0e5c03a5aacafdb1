"""A PostgreSQL that cuts its connections while a batch is being filed: nobody's item is to blame, and all is filed."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories import SECRET
from tests.servers.postgres import running_postgres
from tests.service.conftest import WiredDesk, person_mail
from triage.adapters.store import open_store
from triage.adapters.store.filing import OpenFiling
from triage.errors import StoreUnavailable

ASKS = "Please send me a copy of all the personal data you hold about me."


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """A database of a real server."""
    with running_postgres() as server:
        yield server.create_database()


async def cut_all(url: str) -> None:
    """End every other connection to the database, as a failing server would."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    await engine.dispose()


@pytest.mark.parametrize("moment", ["history", "next_reference", "next_serial", "file", "after", "finish"])
async def test_a_backend_killed_in_mid_filing_costs_no_item_a_try(
    desk: WiredDesk, database_url: str, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    store = await open_store(database_url, secret=SECRET, migrate=True)
    intake = replace(desk.intake, store=store)
    mailbox = replace(desk.mailbox, account=f"fake/{moment}")
    wired = replace(desk, store=store, intake=intake, mailbox=mailbox)
    await wired.poll()
    for number in range(5):
        mailbox.receive(person_mail(f"{ASKS} {moment}", f"p{number}@{moment}{number}.example"))
    await wired.poll()

    name = "file" if moment == "after" else moment
    real: Callable[..., Awaitable[object]] = getattr(OpenFiling, name)
    calls = 0

    async def cut(self: object, *arguments: object) -> object:
        nonlocal calls
        calls += 1
        third = calls == (1 if moment == "finish" else 3)
        if third and moment != "after":
            await cut_all(database_url)
        result = await real(self, *arguments)
        if third and moment == "after":
            await cut_all(database_url)
        return result

    monkeypatch.setattr(OpenFiling, name, cut)
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        await intake.work_once()
    assert await intake.work_once() == 5
    assert await intake.work_once() == 0
    rows = [row for row in await store.list_enquiries() if row.letter == "acknowledgement queued"]
    assert len(rows) == len(await store.list_enquiries())
    assert await store.list_quarantine() == ()
    assert await store.verify_journal() == ()
    await store.close()


async def test_a_line_cut_just_as_a_statement_begins_is_a_store_that_is_away(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(database_url, secret=SECRET, migrate=True)
    await store.alarms()

    async def cut(*_: object, **__: object) -> None:
        monkeypatch.undo()
        raise asyncpg.InternalClientError("not connected")  # what the driver says there

    monkeypatch.setattr(asyncpg.Connection, "_get_statement", cut)
    with pytest.raises(StoreUnavailable, match="not connected"):
        await store.list_enquiries()
    assert await store.list_quarantine() == ()
    await store.close()
