"""The schema: built by migrations, the same on both engines, refused when it is another program's."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories import SECRET, make_new_item
from triage.adapters.store import open_store
from triage.adapters.store.schema import metadata
from triage.errors import StoreUnavailable
from triage.ports import Store


def compare(connection: Connection) -> list[object]:
    """What the migrated database and the program's tables differ in."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_migrations_build_exactly_the_schema_the_program_uses(store: Store, database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(compare)
    await engine.dispose()
    assert differences == []


async def test_an_empty_database_is_refused_by_whoever_does_not_migrate(database_url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"^the database is older than this program: start the worker once"):
        await open_store(database_url, secret=SECRET, migrate=False)


async def test_a_refused_sqlite_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await open_store(f"sqlite+aiosqlite:///{tmp_path}/triage.db", secret=SECRET, migrate=False)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


async def test_a_current_database_is_opened_without_migrating(store: Store, database_url: str) -> None:
    await store.save_items([make_new_item()], None)
    other = await open_store(database_url, secret=SECRET, migrate=False)
    assert await other.save_items([make_new_item()], None) == 1
    await other.close()


@pytest.mark.parametrize("migrate", [True, False])
async def test_a_newer_schema_is_refused_by_everyone(store: Store, database_url: str, migrate: bool) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StoreUnavailable, match=r"^the database is newer than this program"):
        await open_store(database_url, secret=SECRET, migrate=migrate)


async def test_three_tasks_may_migrate_at_once(database_url: str) -> None:
    stores = await asyncio.gather(*(open_store(database_url, secret=SECRET, migrate=True) for _ in range(3)))
    assert await stores[0].save_items([make_new_item()], None) == 1
    await asyncio.gather(*(store.close() for store in stores))


_OPEN = """
import asyncio, sys
from triage.adapters.store import open_store
async def main():
    store = await open_store(sys.argv[1], secret=sys.argv[2].encode(), migrate=True)
    await store.close()
asyncio.run(main())
"""


async def test_three_programs_may_migrate_at_once(database_url: str) -> None:
    command = [sys.executable, "-c", _OPEN, database_url, SECRET.decode()]
    programs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]  # noqa: ASYNC220
    for program in programs:
        _, said = await asyncio.to_thread(program.communicate, None, 60)
        assert (program.returncode, said) == (0, "")
    store = await open_store(database_url, secret=SECRET, migrate=False)
    await store.close()


async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("half way")

    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", fail)
        with pytest.raises(RuntimeError, match="half way"):
            await open_store(database_url, secret=SECRET, migrate=True)
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        context = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
        tables = await connection.run_sync(lambda sync: sync.dialect.get_table_names(sync))
    await engine.dispose()
    assert (context, tables) == (None, [])
    store = await open_store(database_url, secret=SECRET, migrate=True)
    assert await store.save_items([make_new_item()], None) == 1
    await store.close()
