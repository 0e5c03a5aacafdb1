"""Transactions, and what a broken database says: one clear line, never a password."""

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories import NOW, SECRET, make_filing, make_new_item
from tests.servers.postgres import Postgres
from tests.store.conftest import OpenStore
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store import open_store
from triage.errors import SettingsWrong, StoreUnavailable
from triage.ports import Store


@pytest.mark.alone
async def test_a_read_beside_a_long_write_does_not_wait_for_it(store: Store, open_another: OpenStore) -> None:
    other = await open_another()
    reference = await file_one(store)
    item = await claim_one(store)
    async with store.filing() as filer:
        await filer.file(make_filing(item, await filer.next_reference(2026)))
        began = time.perf_counter()
        cases = [await one.list_cases() for one in (store, other)]
        shown = await other.show_case(reference)
        took_s = time.perf_counter() - began
    assert shown is not None
    assert [len(rows) for rows in cases] == [1, 1]
    assert took_s < 2.5  # one that waited would wait as long as the write, which does not end before it


async def test_many_tasks_may_write_at_once(store: Store) -> None:
    async def save_ten() -> int:
        return sum([await store.save_items([make_new_item()], None) for _ in range(10)])

    assert sum(await asyncio.gather(*(save_ten() for _ in range(10)))) == 100
    assert (await store.health(NOW)).items_waiting == 100


async def test_a_write_inside_a_filing_is_a_mistake_and_says_so(store: Store, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        await store.raise_alarm("x", None, NOW)
        return
    async with store.filing():
        with pytest.raises(RuntimeError, match="transaction is open"):
            await store.raise_alarm("x", None, NOW)
    assert await store.raise_alarm("x", None, NOW)


async def test_sqlite_writes_ahead_and_syncs_fully(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/triage.db"
    store = await open_store(url, secret=SECRET, migrate=True)
    database = store._database  # type: ignore[attr-defined]
    async with database.write() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        values = [(await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in pragmas]
    async with database.read() as connection:
        reads_only = (await connection.execute(text("PRAGMA query_only"))).scalar_one()
    await store.close()
    assert (values, reads_only) == (["wal", 2, 1, 1], 1)


@pytest.mark.parametrize(
    "url",
    ["", "triage.db", "sqlite:///triage.db", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "mysql://x/y"],
)
async def test_a_url_of_no_known_kind_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsWrong, match="TRIAGE_DATABASE_URL"):
        await open_store(url, secret=SECRET, migrate=True)


async def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/missing/triage.db"
    with pytest.raises(StoreUnavailable, match=r"the file cannot be opened$"):
        await open_store(url, secret=SECRET, migrate=True)


async def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "triage.db").write_bytes(b"Dear sir, I am not a database. " * 100)
    for migrate in (True, False):
        with pytest.raises(StoreUnavailable, match=r"the file is no database$"):
            await open_store(f"sqlite+aiosqlite:///{tmp_path}/triage.db", secret=SECRET, migrate=migrate)


async def test_an_unwritable_database_is_one_clear_line(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/triage.db", secret=SECRET, migrate=True)
    # A folder's mode stops nobody who is root, so the connection itself is told to refuse.
    async with store._database.write() as connection:  # type: ignore[attr-defined]
        await connection.execute(text("PRAGMA query_only=ON"))
    with pytest.raises(StoreUnavailable, match=r"may not be written$"):
        await store.raise_alarm("x", None, NOW)
    await store.close()


async def test_a_full_disk_is_one_clear_line_and_loses_nothing_stored(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/triage.db", secret=SECRET, migrate=True)
    await store.save_items([make_new_item()], None)
    database = store._database  # type: ignore[attr-defined]
    async with database.write() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count={pages + 2}"))
    with pytest.raises(StoreUnavailable, match=r"the disk is full$"):
        await store.save_items([make_new_item(raw=b"x" * 100_000)], None)
    async with database.write() as connection:
        await connection.execute(text(f"PRAGMA max_page_count={pages + 1000}"))
    assert await store.save_items([make_new_item()], None) == 1
    assert (await store.health(NOW)).items_waiting == 2
    await store.close()


async def test_a_database_locked_for_long_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.adapters.store.engine.BUSY_TIMEOUT_S", 0.2)
    url = f"sqlite+aiosqlite:///{tmp_path}/triage.db"
    holder = await open_store(url, secret=SECRET, migrate=True)
    other = await open_store(url, secret=SECRET, migrate=True)
    async with holder.filing():
        with pytest.raises(StoreUnavailable, match=r"another program holds it locked$"):
            await other.raise_alarm("x", None, NOW)
    assert await other.raise_alarm("x", None, NOW)
    await holder.close()
    await other.close()


async def test_a_server_that_is_not_there_is_one_clear_line_without_the_password(postgres: Postgres) -> None:
    url = "postgresql+asyncpg://desk:hunter2@127.0.0.1:9/triage"
    with pytest.raises(StoreUnavailable) as caught:
        await open_store(url, secret=SECRET, migrate=True)
    assert "hunter2" not in str(caught.value)
    assert "desk:***@127.0.0.1:9/triage cannot be used: " in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_database_that_does_not_exist_is_one_clear_line(postgres: Postgres) -> None:
    with pytest.raises(StoreUnavailable, match=r'database "nowhere" does not exist$'):
        await open_store(postgres.url("nowhere"), secret=SECRET, migrate=False)


async def test_a_lost_connection_is_one_clear_line_and_the_next_call_works(postgres: Postgres) -> None:
    url = postgres.create_database()
    store = await open_store(url, secret=SECRET, migrate=True)
    item = await claim_one(store)

    async def file_while_cut_off() -> None:
        async with store.filing() as filer:
            reference = await filer.next_reference(2026)
            await cut_all(url)
            await filer.file(make_filing(item, reference))

    with pytest.raises(StoreUnavailable, match="cannot be used"):
        await file_while_cut_off()
    assert await store.list_cases() == ()
    async with store.filing() as filer:
        assert (await filer.next_reference(2026)).startswith("DP-2026-00001")
    await store.close()


@pytest.mark.parametrize("moment", ["before a savepoint", "inside it", "at its end", "in the next one"])
async def test_a_connection_lost_in_mid_filing_is_the_store_s_fault_and_no_item_s(
    postgres: Postgres, moment: str
) -> None:
    url = postgres.create_database()
    store = await open_store(url, secret=SECRET, migrate=True)
    item = await claim_one(store)

    async def file_while_cut_off() -> None:
        async with store.filing() as filer:
            reference = await filer.next_reference(2026)
            if moment == "before a savepoint":
                await cut_all(url)
            # As the intake does: an item's own fault would be caught here, and held against it.
            with suppress(ZeroDivisionError):
                async with filer.savepoint():
                    if moment == "inside it":
                        await cut_all(url)
                    await filer.file(make_filing(item, reference))
                    if moment == "at its end":
                        await cut_all(url)
            await cut_all(url)
            async with filer.savepoint():
                await filer.next_reference(2026)

    with pytest.raises(StoreUnavailable, match="cannot be used"):
        await file_while_cut_off()
    assert await store.list_cases() == ()
    await file_item(store, item)
    assert len(await store.list_cases()) == 1
    assert await store.verify_journal() == ()
    await store.close()


async def test_whoever_goes_on_in_a_transaction_whose_connection_is_lost_hears_that_again(postgres: Postgres) -> None:
    url = postgres.create_database()
    store = await open_store(url, secret=SECRET, migrate=True)

    async def go_on() -> None:
        async with store.filing() as filer:
            await cut_all(url)
            for _ in range(3):
                with pytest.raises(StoreUnavailable, match="cannot be used"):
                    async with filer.savepoint():
                        await filer.next_reference(2026)

    with pytest.raises(StoreUnavailable, match="cannot be used"):
        await go_on()
    await store.close()


async def cut_all(url: str) -> None:
    """End every other connection to the database, as a failing server would."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    await engine.dispose()


async def test_a_fault_of_the_caller_inside_a_filing_is_not_blamed_on_the_database(store: Store) -> None:
    async def miss_a_file() -> None:
        async with store.filing():
            raise FileNotFoundError("letter.j2")

    with pytest.raises(FileNotFoundError, match=r"letter\.j2"):
        await miss_a_file()
    assert await store.raise_alarm("x", None, NOW)


def test_missing_binaries_are_a_failure_with_a_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.servers.postgres._BINARIES", "/nowhere/*/bin")
    monkeypatch.setitem(os.environ, "PATH", "/nowhere")
    with pytest.raises(RuntimeError, match="install Debian's package postgresql"):
        Postgres(tmp_path)
