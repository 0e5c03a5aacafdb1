"""From the hook's file into the store: everything once, whoever is killed, restored or opened anew in between."""

import asyncio
import hashlib
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
import structlog

from tests.factories import NOW, SECRET
from tests.store.inbox_steps import KILLS, WHOLE, FormRaws, keys, make_event, opened, program, saved_until_killed, until
from triage.adapters.inbox_mark import mark_path, read_mark
from triage.adapters.inbox_source import FileInboxSource, open_inbox_source
from triage.adapters.store import open_store
from triage.domain.vocabulary import Channel
from triage.errors import StoreUnavailable
from triage.ports import MailboxPosition, NewItem, Store
from triage.service.drain import ACCOUNT, drain_once

_DRAIN_AND_HANG = """
import asyncio, sys
from pathlib import Path
from tests.factories import SECRET
from triage.adapters.inbox_source import FileInboxSource
from triage.adapters.store import open_store
from triage.service.drain import drain_once

class Hanging(FileInboxSource):
    marks = 0

    async def mark_drained(self, identity, position):
        self.marks += 1
        if self.marks == 2:
            print("saved", flush=True)
            await asyncio.sleep(60)
        await super().mark_drained(identity, position)

async def main():
    store = await open_store(sys.argv[2], secret=SECRET, migrate=False)
    await drain_once(Hanging(Path(sys.argv[1])), store, batch=3)

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk-hook.db"


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/desk.db"


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with opened_store(store_url) as store:
        yield store


@asynccontextmanager
async def opened_store(url: str) -> AsyncIterator[Store]:
    store = await open_store(url, secret=SECRET, migrate=True)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def source(path: Path) -> AsyncIterator[FileInboxSource]:
    async with reading(path) as source:
        yield source


@asynccontextmanager
async def reading(path: Path) -> AsyncIterator[FileInboxSource]:
    source = open_inbox_source(f"sqlite+aiosqlite:///{path}")
    assert source is not None
    try:
        yield source
    finally:
        await source.close()


async def stored(store: Store) -> list[str]:
    """Keys of all items nobody has worked on; each claim is given back."""
    items = [*await store.claim_items("look", 9999, NOW), *await store.claim_events("look", 9999, NOW)]  # type: ignore[attr-defined]
    await store.release_claims("look", NOW)  # type: ignore[attr-defined]
    return sorted(item.key for item in items)


class EvilText(bytes):
    """Bytes that go into the file as text."""


def take_away(database: Path) -> None:
    """The file and what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def event_keys(*numbers: int) -> list[str]:
    return [make_event(number).key for number in numbers]


def test_a_hook_that_writes_into_the_store_leaves_nothing_to_drain() -> None:
    assert open_inbox_source("postgresql+asyncpg://hook@db.example/desk") is None


async def test_where_there_is_no_file_nothing_is_drained_and_none_is_made(
    path: Path, source: FileInboxSource, store: Store
) -> None:
    assert await drain_once(source, store) == 0
    assert await source.identity() is None
    assert not path.exists()  # noqa: ASYNC240
    path.touch()  # noqa: ASYNC240 - the hook has just begun to make it
    assert await drain_once(source, store) == 0
    assert await source.items_above(0, 9) == ()


async def test_everything_arrives_whole_and_in_order(path: Path, source: FileInboxSource, store: Store) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(number) for number in range(7)])
        saved = await inbox.save_form("form:a", FormRaws(), NOW, None)
        found = await source.items_above(0, 99)
        assert [position for position, _ in found] == list(range(1, 9))
        assert found[0][1] == make_event(0)
        assert await drain_once(source, store, batch=3) == 8
        events = await store.claim_events("worker", 9, NOW)  # type: ignore[attr-defined]
        assert [item.key for item in events] == event_keys(*range(7))
        (form,) = await store.claim_items("worker", 9, NOW)
        assert saved.reference is not None
        assert saved.reference.encode() in form.raw
        assert await drain_once(source, store) == 0


async def test_position_and_mark_follow_and_the_hook_deletes(path: Path, source: FileInboxSource, store: Store) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(number) for number in range(5)])
        await drain_once(source, store, batch=2)
        identity = await source.identity()
        assert identity is not None
        assert await store.mailbox_position(ACCOUNT) == MailboxPosition(account=ACCOUNT, validity=identity, last_uid=5)
        mark = read_mark(mark_path(path))
        assert mark is not None
        assert (mark.identity, mark.position) == (identity, 5)
        await inbox.save([make_event(9)])
        assert keys(path) == event_keys(9)
        assert await drain_once(source, store) == 1


async def test_a_key_that_comes_again_after_it_was_drained_is_dropped_by_the_store(
    path: Path, source: FileInboxSource, store: Store
) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
        await drain_once(source, store)
        await inbox.save([make_event(2)])
        assert keys(path) == event_keys(2)
        assert await inbox.save([make_event(1)]) == 1  # HubSpot tries again for a day
        assert keys(path) == event_keys(2, 1)
        assert await drain_once(source, store) == 1
        assert await stored(store) == event_keys(1, 2)


async def test_a_drain_killed_between_save_and_mark_loses_and_doubles_nothing(
    path: Path, source: FileInboxSource, store: Store, store_url: str
) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(number) for number in range(10)])
        for left in (11, 8):
            dying = program(_DRAIN_AND_HANG, path, store_url)
            assert dying.stdout is not None
            assert await asyncio.to_thread(dying.stdout.readline) == "saved\n"
            dying.kill()
            await asyncio.to_thread(dying.communicate)
            await inbox.save([make_event(99)])
            assert len(keys(path)) == left  # deleted is only what the start before saw safe
        assert len(await stored(store)) == 6
        assert await drain_once(source, store) == 5
        assert await stored(store) == sorted(event_keys(*range(10), 99))


async def test_a_store_put_back_from_a_backup_gets_again_what_is_still_there(
    path: Path, store_url: str, tmp_path: Path
) -> None:
    async with opened(path) as inbox, reading(path) as source:
        async with opened_store(store_url) as store:
            await inbox.save([make_event(1)])
            await drain_once(source, store)
        await inbox.save([make_event(2)])  # 1 is deleted with it
        shutil.copy(tmp_path / "desk.db", tmp_path / "backup.db")
        async with opened_store(store_url) as store:
            await inbox.save([make_event(3)])
            assert await drain_once(source, store) == 2
        take_away(tmp_path / "desk.db")
        shutil.copy(tmp_path / "backup.db", tmp_path / "desk.db")
        async with reading(path) as again, opened_store(store_url) as store:
            assert await drain_once(again, store) == 2
            assert await stored(store) == event_keys(1, 2, 3)


async def test_the_mark_goes_back_before_anything_is_read_for_a_store_from_a_backup(
    path: Path, source: FileInboxSource, store: Store
) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(number) for number in range(3)])
        await drain_once(source, store)
        identity = await source.identity()
        assert identity is not None
        await store.save_items((), MailboxPosition(account=ACCOUNT, validity=identity, last_uid=1))
        marks = []

        class Watched(FileInboxSource):
            async def items_above(self, position: int, limit: int) -> tuple[tuple[int, NewItem | None], ...]:
                mark = read_mark(mark_path(path))
                assert mark is not None
                marks.append((position, mark.position))
                return await super().items_above(position, limit)

        watched = Watched(path)
        assert await drain_once(watched, store) == 0
        await watched.close()
        assert marks == [(1, 1)]


async def test_a_file_put_back_from_a_backup_is_read_from_its_beginning(
    path: Path, source: FileInboxSource, store: Store, tmp_path: Path
) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
    shutil.copy(path, tmp_path / "backup.db")
    async with opened(path) as inbox:
        await inbox.save([make_event(2), make_event(3)])
        assert await drain_once(source, store) == 3
    take_away(path)
    shutil.copy(tmp_path / "backup.db", path)
    async with opened(path) as inbox:
        # Its positions come again, for other items than the worker saw under them.
        await inbox.save([make_event(4), make_event(5), make_event(6)])
        assert await drain_once(source, store) == 3
    assert await stored(store) == event_keys(1, 2, 3, 4, 5, 6)


async def test_a_new_file_is_read_from_its_beginning_by_the_open_source(
    path: Path, source: FileInboxSource, store: Store
) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1), make_event(2)])
        assert await drain_once(source, store) == 2
    take_away(path)
    take_away(mark_path(path))
    async with opened(path) as inbox:
        await inbox.save([make_event(3)])
        assert await drain_once(source, store) == 1
    assert await stored(store) == event_keys(1, 2, 3)


async def test_what_a_killed_hook_left_in_its_log_of_changes_is_read_and_left_there(path: Path, store: Store) -> None:
    code = (
        "import asyncio, os, sys; from pathlib import Path; from tests.store.inbox_steps import make_event, opened\n"
        "async def main():\n"
        "    async with opened(Path(sys.argv[1])) as inbox:\n"
        "        await inbox.save([make_event(1)]); os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())"
    )
    killed = program(code, path)
    await asyncio.to_thread(killed.communicate)
    assert killed.returncode == -9
    wal = path.with_name(path.name + "-wal")
    before = [one.read_bytes() for one in (path, wal)]
    async with reading(path) as source:
        assert await drain_once(source, store) == 1
    assert [one.read_bytes() for one in (path, wal)] == before
    assert await stored(store) == event_keys(1)


async def test_reading_never_writes_to_the_file(path: Path, store: Store) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(number) for number in range(50)])
        wal = path.with_name(path.name + "-wal")
        before = [(one.read_bytes(), one.stat().st_mtime_ns) for one in (path, wal)]
        async with reading(path) as source:
            assert await drain_once(source, store) == 50
        assert [(one.read_bytes(), one.stat().st_mtime_ns) for one in (path, wal)] == before


async def test_a_locked_file_is_said_in_one_line_and_read_later(
    path: Path, source: FileInboxSource, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.adapters.inbox_source._LOCK_WAIT_S", 0.1)
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable) as told:
            await drain_once(source, store)
        assert str(told.value) == f"{path}: another program holds it locked"
        other.execute("ROLLBACK")
    assert await drain_once(source, store) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no database at all " * 100, "the file is no database"), (None, "the file is no hook's file")],
)
async def test_a_file_that_cannot_be_read_is_said_in_one_line(
    path: Path, source: FileInboxSource, store: Store, content: bytes | None, words: str
) -> None:
    if content is None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE file_identity (identity INTEGER)")
            other.execute("INSERT INTO file_identity VALUES (1)")
            other.commit()
    else:
        path.write_bytes(content)  # noqa: ASYNC240
    with pytest.raises(StoreUnavailable) as told:
        await drain_once(source, store)
    assert str(told.value) == f"{path}: {words}"


async def test_a_mark_that_cannot_be_written_is_said_and_costs_nothing(
    path: Path, source: FileInboxSource, store: Store
) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
        in_the_way = path.with_name(path.name + ".drained")
        in_the_way.mkdir()
        with pytest.raises(StoreUnavailable, match=r"\.drained: Is a directory"):
            await drain_once(source, store)
        in_the_way.rmdir()
        assert await drain_once(source, store) == 1


async def test_items_that_come_while_it_drains_are_neither_lost_nor_doubled(
    path: Path, source: FileInboxSource, store: Store
) -> None:
    async with opened(path, tidy_every_s=0.05) as inbox:

        async def deliver() -> None:
            for number in range(0, 300, 3):
                await inbox.save([make_event(number + more) for more in range(3)])

        delivering = asyncio.create_task(deliver())
        drained = 0
        while not delivering.done():
            drained += await drain_once(source, store, batch=7)
            await asyncio.sleep(0)
        await delivering
        drained += await drain_once(source, store)
        assert drained == 300
        assert await stored(store) == event_keys(*range(300))
        await until(lambda: keys(path) == [])


async def test_what_no_hook_receives_is_not_taken_from_its_file(
    path: Path, source: FileInboxSource, store: Store
) -> None:
    async with opened(path) as inbox:
        await inbox.save(
            [
                make_event(1, key="imap:desk/INBOX:1:4711", channel=Channel.EMAIL, is_event=False),
                make_event(2, key="imap:desk/INBOX:1:4712"),
                make_event(3, key="burst:1:2:3", is_event=False),
                make_event(4, key="hubspot:1:2:3", is_event=False),
                make_event(5, key="imap:desk/INBOX:1:4713", channel=Channel.FORM, is_event=False),
                make_event(6, key="form:a", channel=Channel.FORM),
                make_event(7),
            ]
        )
        assert await drain_once(source, store) == 1
        assert await stored(store) == event_keys(7)
        await inbox.save([make_event(8)])
        assert keys(path) == event_keys(8)


BIG = b"x" * (1024 * 1024 + 1)


@pytest.mark.parametrize(
    "forged",
    [
        {"channel": "carrier pigeon"},
        {"channel": None},
        {"received_at": "soon"},
        {"received_at": "2026-01-01T00:00:00"},
        {"received_at": "0001-01-01T00:00:00+00:00"},
        {"received_at": "9999-12-31T23:59:59-23:59"},
        {"received_at": 7},
        {"raw": "text"},
        {"raw": BIG, "sha256": hashlib.sha256(BIG).hexdigest()},
        {"sha256": b"\xff"},
        {"sha256": "0" * 64},
        {"key": b"hubspot:blob"},
        {"key": "hubspot:" + "x" * 5000},
        {"key": EvilText(b"hubspot:\xff")},
        {"is_event": 7},
        {"is_event": "yes"},
    ],
    ids=str,
)
async def test_a_row_no_worker_could_read_is_refused_and_those_beside_it_arrive(
    forged: dict[str, object], path: Path, source: FileInboxSource, store: Store
) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1), make_event(2), make_event(3)])
        with closing(sqlite3.connect(path)) as writer:
            writer.execute("PRAGMA writable_schema = ON")
            writer.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'received'")
            writer.commit()
        with closing(sqlite3.connect(path)) as writer:
            for column, value in forged.items():
                text = isinstance(value, EvilText)
                writer.execute(
                    f"UPDATE received SET {column} = {'CAST(? AS TEXT)' if text else '?'} WHERE position = 2",
                    (bytes(value) if isinstance(value, EvilText) else value,),
                )
            writer.commit()
        with structlog.testing.capture_logs() as logged:
            assert await drain_once(source, store) == 2
        assert logged == [{"event": "hook_items_refused", "log_level": "error", "count": 1}]
        assert await stored(store) == event_keys(1, 3)
        await inbox.save([make_event(4)])
        assert keys(path) == event_keys(4)


@pytest.mark.parametrize("statement", ["DELETE FROM file_identity", "UPDATE series SET last = 'many'"])
async def test_a_file_without_its_own_numbers_is_said_to_be_damaged(
    statement: str, path: Path, source: FileInboxSource, store: Store
) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
        with closing(sqlite3.connect(path)) as writer:
            writer.execute(statement)
            writer.commit()
        with pytest.raises(StoreUnavailable, match="the file is damaged"):
            await drain_once(source, store)


@pytest.mark.faults
@pytest.mark.timeout(1800 if WHOLE else 300)
async def test_every_acknowledged_key_reaches_the_store_once_while_hooks_are_killed(
    path: Path, source: FileInboxSource, store: Store
) -> None:
    dice = random.Random(12)
    acknowledged: set[int] = set()
    drained = 0

    async def kill_hooks() -> None:
        for kill in range(KILLS):
            acknowledged.update(await saved_until_killed(path, kill * 1_000_000, dice.uniform(0, 0.15)))

    killing = asyncio.create_task(kill_hooks())
    while not killing.done():
        drained += await drain_once(source, store)
        await asyncio.sleep(dice.uniform(0, 0.05))
    await killing
    drained += await drain_once(source, store)
    assert await store.unknown_keys(event_keys(*acknowledged)) == frozenset()
    assert len(acknowledged) <= drained <= len(acknowledged) + KILLS * 16
    async with opened(path) as inbox:  # deletes what is drained; what was marked meanwhile went all along
        assert await inbox.ready()
        assert keys(path) == []
