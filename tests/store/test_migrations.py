"""The schema: built by migrations, the same on both engines, refused when it is another program's."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories import NOW, SECRET, make_new_item
from tests.store.conftest import OpenStore
from tests.store.steps import file_item
from triage.adapters.store import migrate, open_store
from triage.adapters.store.engine import connect_database, turn_on_wal
from triage.adapters.store.schema import metadata
from triage.domain.vocabulary import Channel
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


async def _bring_to(database_url: str, revision: str) -> None:
    """The database as an older program left it."""
    database = connect_database(database_url)
    await turn_on_wal(database)

    def upgrade(connection: Connection) -> None:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    async with database.write() as connection:
        await connection.run_sync(upgrade)
    await database.close()


_OLD_ROWS = """
INSERT INTO reference_counter (year, number) VALUES (2026, 1);
INSERT INTO item (id, key, channel, raw, sha256, size_bytes, received_at, backlog, state, attempts, code)
VALUES (1, 'imap:1', 'email', '', 'a', 1, '{at}', {no}, 'done', 0, ''),
       (2, 'imap:2', 'email', '', 'b', 1, '{at}', {no}, 'received', 0, '');
INSERT INTO enquiry (id, item_id, outcome, reference, thread, channel, controller, received_at, sender_name,
                     sender_address, subject, full_text, passages, "references", content_sha256, attachments, readable,
                     defects, gate, trace, not_acknowledged, no_letter_because, filed_at)
VALUES (1, 1, 'enquiry', '{ref}', '{ref}', 'email', 'Larkfield', '{at}', 'Ana', 'ana@customer.example', 'Hello',
        'Hello', '[]', '[]', '', '[]', {yes}, '[]', '{{}}', '[]', {yes}, '', '{at}');
INSERT INTO letter (id, enquiry_id, reference, purpose, serial, state, recipient, message_id, "references", subject,
                    body, why, attempts, code, created_at)
VALUES (1, 1, '{ref}', 'acknowledgement', 1, 'queued', 'ana@customer.example', '<1@desk.example>', '[]', 'We have it',
        'Thank you', 'sure', 0, '', '{at}')
"""


async def test_a_database_of_the_first_schema_is_brought_up_with_its_rows_and_goes_on(
    database_url: str, open_another: OpenStore
) -> None:
    await _bring_to(database_url, "0001")
    sqlite = database_url.startswith("sqlite")
    no, yes = ("0", "1") if sqlite else ("false", "true")
    rows = _OLD_ROWS.format(at=NOW.isoformat(timespec="microseconds"), no=no, yes=yes, ref="DP-2026-00001-J7")
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        for statement in rows.split(";"):
            await connection.exec_driver_sql(statement)
        if not sqlite:
            for table in ("item", "enquiry", "letter"):
                await connection.execute(text(f"SELECT setval('{table}_id_seq', 9)"))
    await engine.dispose()

    with pytest.raises(StoreUnavailable, match="older than this program"):
        await open_another(migrate=False)
    store = await open_another()
    (row,) = await store.list_enquiries()
    assert (row.channel, row.way_to_answer, row.notes, row.letter) == ("email", True, (), "acknowledgement queued")
    (item,) = await store.claim_items("worker", 5, NOW)
    assert (item.key, item.is_event) == ("imap:2", False)
    assert await store.claim_events("worker", 5, NOW) == ()  # type: ignore[attr-defined]
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    assert (letter.channel, letter.place, letter.internal) == (Channel.EMAIL, None, False)
    await store.record_sent(letter, NOW)
    assert await store.unacknowledged() == ()
    await file_item(store, item)
    assert len(await store.list_cases()) == 1
