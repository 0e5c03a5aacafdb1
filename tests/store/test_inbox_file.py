"""The hook's own file: what was acknowledged is in it, whoever dies, hangs or asks at the same time."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.factories import NOW
from tests.store.inbox_steps import (
    KILLS,
    WHOLE,
    FormRaws,
    keys,
    make_event,
    opened,
    program,
    rows,
    saved_until_killed,
    until,
)
from triage.adapters.inbox import inbox_path, open_inbox
from triage.adapters.inbox_mark import DrainedMark, mark_path, write_mark
from triage.adapters.inbox_rows import NUMBERS_LEFT_FREE
from triage.domain.reference import make_reference
from triage.errors import SettingsWrong, StoreUnavailable

Reading = Callable[[], subprocess.Popen[str]]

_READ_AND_HANG = """
import sqlite3, sys, time
database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, isolation_level=None)
database.execute("BEGIN")
rows = database.execute("SELECT raw FROM received")
rows.fetchone()
print("reading", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk-hook.db"


@pytest.fixture
def reading(path: Path) -> Iterator[Reading]:
    """Another program in the middle of reading the file."""
    with closing(sqlite3.connect(path)) as made:
        made.execute("SELECT 1")
    started = []

    def begin() -> subprocess.Popen[str]:
        other = program(_READ_AND_HANG, path)
        started.append(other)
        assert other.stdout is not None
        assert other.stdout.readline() == "reading\n"
        return other

    yield begin
    for other in started:
        other.kill()
        other.communicate()


def identity(path: Path) -> int:
    return int(rows(path, "SELECT identity FROM file_identity")[0][0])


async def test_what_is_saved_is_there_once_and_whole(path: Path) -> None:
    async with opened(path) as inbox:
        assert await inbox.save([make_event(1), make_event(2)]) == 2
        assert await inbox.save([make_event(2), make_event(3)]) == 1
        assert await inbox.save([]) == 0
        assert keys(path) == [make_event(number).key for number in (1, 2, 3)]
        row = rows(path, "SELECT channel, raw, sha256, size_bytes, received_at, is_event FROM received")[0]
        event = make_event(1)
        assert row == ("chat", event.raw, event.sha256, event.size_bytes, "2026-11-23T09:00:00.000000+00:00", 1)


async def test_the_file_is_for_its_owner_only(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT, 0o644))
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
        beside = sorted(path.parent.iterdir())
        assert len(beside) == 3  # the log of changes and its index are as private
        assert {stat.S_IMODE(one.stat().st_mode) for one in beside} == {0o600}


async def test_savers_of_one_moment_share_commits(path: Path) -> None:
    async with opened(path) as inbox:
        wal = path.with_name(path.name + "-wal")
        await asyncio.gather(*(inbox.save([make_event(number)]) for number in range(200)))
        together = wal.stat().st_size
        assert len(keys(path)) == 200
    alone = path.with_name("alone.db")
    async with opened(alone) as inbox:
        for number in range(200):
            await inbox.save([make_event(number)])
        # A commit each writes the table's last page again each time.
        assert alone.with_name("alone.db-wal").stat().st_size > 3 * together


async def test_two_savers_of_one_key_store_it_once_and_both_wait_for_the_commit(path: Path) -> None:
    async with opened(path) as inbox:

        async def save_and_look() -> tuple[int, list[str]]:
            return await inbox.save([make_event(1)]), keys(path)

        answers = await asyncio.gather(save_and_look(), save_and_look())
        assert sorted(new for new, _ in answers) == [0, 1]
        assert all(found == [make_event(1).key] for _, found in answers)


async def test_a_key_no_database_takes_is_stored_as_the_store_would(path: Path) -> None:
    async with opened(path) as inbox:
        assert await inbox.save([make_event(1, key="hubspot:1:\ud800:\0")]) == 1
        assert keys(path) == ["hubspot:1:\ufffd:\ufffd"]


async def test_a_naive_time_is_refused_and_harms_nobody_else(path: Path) -> None:
    async with opened(path) as inbox:
        naive = make_event(1, received_at=datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001
        answers = await asyncio.gather(inbox.save([naive]), inbox.save([make_event(2)]), return_exceptions=True)
        assert isinstance(answers[0], ValueError)
        assert answers[1] == 1


async def test_a_cancelled_saver_harms_no_other(path: Path) -> None:
    async with opened(path) as inbox:
        tasks = [asyncio.create_task(inbox.save([make_event(number)])) for number in range(30)]
        await asyncio.sleep(0)
        for task in tasks[::3]:
            task.cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in answers[::3])
        kept = [number for number in range(30) if number % 3]
        assert [answers[number] for number in kept] == [1] * 20
        assert {make_event(number).key for number in kept} <= set(keys(path))
        assert await inbox.save([make_event(99)]) == 1


async def test_closing_finishes_what_is_begun(path: Path) -> None:
    async with opened(path) as inbox:
        tasks = [asyncio.create_task(inbox.save([make_event(number)])) for number in range(50)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*tasks) == [1] * 50
    assert len(keys(path)) == 50
    with pytest.raises(StoreUnavailable, match="closed"):
        await inbox.save([make_event(99)])


@pytest.mark.alone
async def test_while_the_file_is_locked_every_saver_hears_so_at_once_and_the_next_is_served(path: Path) -> None:
    async with opened(path) as inbox:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            begun = time.monotonic()
            saves = [inbox.save([make_event(number)]) for number in range(5)]
            answers = await asyncio.gather(*saves, return_exceptions=True)
            assert time.monotonic() - begun < 1.0
            assert {str(one) for one in answers} == {f"{path}: another program holds it locked"}
            assert all(isinstance(one, StoreUnavailable) for one in answers)
            assert not await inbox.ready()
            other.execute("ROLLBACK")
        assert await inbox.save([make_event(1)]) == 1
        assert await inbox.ready()


async def test_a_full_disk_is_said_and_over_when_there_is_room(path: Path) -> None:
    async with opened(path) as inbox:
        pages = f"PRAGMA max_page_count = {connection_pages(path)}"
        await inbox._commit(lambda database: database.execute(pages).fetchall())
        big = make_event(1, raw=b"x" * 100_000)
        answers = await asyncio.gather(inbox.save([big]), inbox.save([make_event(2)]), return_exceptions=True)
        assert [str(one) for one in answers] == [f"{path}: the disk is full"] * 2
        assert keys(path) == []
        # The connection that failed was let go: a new one has no such limit, as a disk with room again.
        assert await inbox.save([big]) == 1


def connection_pages(path: Path) -> int:
    return int(rows(path, "PRAGMA page_count")[0][0])


async def test_a_file_that_may_not_be_written_is_said_and_served_again_later(path: Path) -> None:
    async with opened(path) as inbox:
        await inbox._commit(lambda database: database.execute("PRAGMA query_only = ON").fetchall())
        with pytest.raises(StoreUnavailable, match="may not be written"):
            await inbox.save([make_event(1)])
        assert await inbox.save([make_event(1)]) == 1


async def test_a_file_taken_away_is_made_anew_and_nothing_goes_into_the_void(path: Path) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
        os.unlink(path)
        assert await inbox.save([make_event(2)]) == 1
        assert keys(path) == [make_event(2).key]


async def test_a_missing_folder_and_a_damaged_file_are_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="No such file or directory"):
        await open_inbox(f"sqlite+aiosqlite:///{tmp_path}/nowhere/hook.db")
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all " * 100)
    with pytest.raises(StoreUnavailable, match="the file is no database"):
        await open_inbox(f"sqlite+aiosqlite:///{broken}")


async def test_the_store_itself_is_refused_as_the_hooks_file(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "triage.db")) as store:
        store.execute("CREATE TABLE item (id INTEGER PRIMARY KEY)")
    with pytest.raises(StoreUnavailable, match="no hook's file"):
        await open_inbox(f"sqlite+aiosqlite:///{tmp_path}/triage.db")
    assert rows(tmp_path / "triage.db", "SELECT name FROM sqlite_master") == [("item",)]


async def test_a_strange_file_put_in_its_place_is_left_alone(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "triage.db")) as store:
        store.execute("CREATE TABLE item (id INTEGER PRIMARY KEY)")
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
        os.replace(tmp_path / "triage.db", path)
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="no hook's file"):
                await inbox.save([make_event(2)])
    assert rows(path, "SELECT name FROM sqlite_master") == [("item",)]


async def test_a_copy_put_in_its_place_while_it_is_open_stays_whole(path: Path, tmp_path: Path) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
    shutil.copy(path, tmp_path / "backup.db")
    async with opened(path) as inbox:
        await inbox.save([make_event(number, raw=b"x" * 5000) for number in range(2, 50)])
        os.replace(tmp_path / "backup.db", path)
        assert await inbox.save([make_event(99)]) == 1
        assert keys(path) == [make_event(1).key, make_event(99).key]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


def test_the_hooks_inbox_carries_no_store_and_no_sqlalchemy() -> None:
    code = (
        "import sys, triage.adapters.inbox, triage.adapters.inbox_file, triage.adapters.inbox_postgres\n"
        "print([name for name in sys.modules if name.startswith(('sqlalchemy', 'alembic', 'triage.adapters.store'))])"
    )
    assert program(code).communicate(timeout=60) == ("[]\n", None)


def test_a_url_names_a_file_or_postgresql() -> None:
    assert inbox_path("sqlite+aiosqlite:///desk-hook.db") == Path("desk-hook.db")
    assert inbox_path("sqlite+aiosqlite:////srv/desk-hook.db") == Path("/srv/desk-hook.db")
    assert inbox_path("postgresql+asyncpg://hook@db.example/desk") is None
    for url in ("sqlite+aiosqlite:///", "sqlite+aiosqlite:///:memory:", "mysql://db.example/desk"):
        with pytest.raises(SettingsWrong, match="TRIAGE_HOOK_DATABASE_URL"):
            inbox_path(url)


async def test_a_form_gets_the_next_reference_of_its_year_in_london(path: Path) -> None:
    raws = FormRaws()
    async with opened(path) as inbox:
        first = await inbox.save_form("form:a", raws, NOW, None)
        second = await inbox.save_form("form:b", raws, datetime(2026, 12, 31, 22, 30, tzinfo=UTC), None)
        third = await inbox.save_form("form:c", raws, datetime(2027, 6, 30, 23, 30, tzinfo=UTC), None)
        # Half past one in Kyiv on New Year's Day is half past eleven in London the evening before.
        kyiv = timezone(timedelta(hours=2))
        fourth = await inbox.save_form("form:d", raws, datetime(2028, 1, 1, 1, 30, tzinfo=kyiv), None)
    expected = [make_reference(year, 500_001 + number) for number, year in enumerate((2026, 2026, 2027, 2027))]
    assert [one.reference for one in (first, second, third, fourth)] == expected
    assert not any(one.known for one in (first, second, third, fourth))
    assert raws.told == [(reference, False) for reference in expected]
    found = rows(path, "SELECT key, channel, raw, is_event, size_bytes = length(raw) FROM received")
    assert found[0] == ("form:a", "form", b'{"v": 1, "form": {"reference": "%s"}}' % expected[0].encode(), 0, 1)


async def test_the_same_post_again_is_shown_the_first_reference_and_stored_once(path: Path) -> None:
    raws = FormRaws()
    async with opened(path) as inbox:
        answers = await asyncio.gather(*(inbox.save_form("form:a", raws, NOW, "challenge") for _ in range(4)))
        assert len({one.reference for one in answers}) == 1
        assert sorted(one.known for one in answers) == [False, True, True, True]
        assert [spent for _, spent in raws.told] == [False]
        assert keys(path) == ["form:a"]


async def test_a_challenge_serves_once(path: Path) -> None:
    raws = FormRaws()
    async with opened(path) as inbox:
        for key in ("form:a", "form:b"):
            await inbox.save_form(key, raws, NOW, "challenge")
        await inbox.save_form("form:c", raws, NOW, "another")
    async with opened(path) as inbox:  # also after a restart
        await inbox.save_form("form:d", raws, NOW, "another")
    assert [spent for _, spent in raws.told] == [False, True, False, True]


async def test_a_form_that_cannot_be_worded_spends_and_draws_nothing(path: Path) -> None:
    def broken(reference: str, *, spent_before: bool) -> bytes:
        raise RuntimeError(reference)

    raws = FormRaws()
    async with opened(path) as inbox:
        failing = inbox.save_form("form:a", broken, NOW, "challenge")
        answers = await asyncio.gather(failing, inbox.save([make_event(1)]), return_exceptions=True)
        assert isinstance(answers[0], RuntimeError)
        assert answers[1] == 1
        saved = await inbox.save_form("form:a", raws, NOW, "challenge")
        assert raws.told == [(make_reference(2026, 500_001), False)]
        assert saved.reference == make_reference(2026, 500_001)


async def test_what_the_worker_has_is_deleted_with_the_next_commit_and_its_form_is_still_known(path: Path) -> None:
    raws = FormRaws()
    async with opened(path) as inbox:
        saved = await inbox.save_form("form:a", raws, NOW, None)
        await inbox.save([make_event(1)])
        write_mark(mark_path(path), DrainedMark(identity=identity(path), position=1, form_number=500_001))
        await inbox.save([make_event(2)])
        assert keys(path) == [make_event(1).key, make_event(2).key]
        again = await inbox.save_form("form:a", raws, NOW, None)
        assert (again.reference, again.known) == (saved.reference, True)
        assert keys(path) == [make_event(1).key, make_event(2).key]


async def test_a_mark_of_another_file_or_a_broken_one_deletes_nothing(path: Path) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1)])
        write_mark(mark_path(path), DrainedMark(identity=identity(path) ^ 1, position=9, form_number=0))
        await inbox.save([make_event(2)])
        mark_path(path).write_text(f"{identity(path)} 9")
        await inbox.save([make_event(3)])
        assert len(keys(path)) == 3


async def test_where_nothing_comes_in_drained_items_go_by_themselves_and_leave_no_trace(path: Path) -> None:
    words = b"the words of one person, nowhere else"
    async with opened(path, tidy_every_s=0.05) as inbox:
        await inbox.save([make_event(number, raw=words * 9) for number in range(1200)])
        write_mark(mark_path(path), DrainedMark(identity=identity(path), position=1200, form_number=0))
        await until(lambda: not any(words in one.read_bytes() for one in path.parent.iterdir()))
        assert keys(path) == []
        assert await inbox.save([make_event(1)]) == 1
        assert rows(path, "SELECT position FROM received") == [(1201,)]


async def test_challenges_and_shown_references_are_forgotten_after_a_day_but_not_before_their_post_has_gone(
    path: Path,
) -> None:
    raws, now = FormRaws(), NOW
    async with opened(path, now=lambda: now, tidy_every_s=0.02) as inbox:
        await inbox.save_form("form:old", raws, NOW - timedelta(hours=25), "old")
        await inbox.save_form("form:young", raws, NOW - timedelta(hours=23), "young")
        await until(lambda: len(rows(path, "SELECT * FROM challenge")) == 1)
        assert rows(path, "SELECT challenge FROM challenge") == [("young",)]
        assert rows(path, "SELECT key FROM form_shown ORDER BY key") == [("form:old",), ("form:young",)]
        write_mark(mark_path(path), DrainedMark(identity=identity(path), position=2, form_number=0))
        await until(lambda: len(rows(path, "SELECT * FROM form_shown")) == 1)
        assert rows(path, "SELECT key FROM form_shown") == [("form:young",)]


async def test_each_opening_names_the_file_anew_and_deletes_what_was_drained_first(path: Path) -> None:
    async with opened(path) as inbox:
        await inbox.save([make_event(1), make_event(2)])
    first = identity(path)
    write_mark(mark_path(path), DrainedMark(identity=first, position=1, form_number=0))
    async with opened(path):
        assert keys(path) == [make_event(2).key]
        assert identity(path) != first
        assert 0 <= identity(path) < 2**62


async def test_a_new_file_in_the_place_of_a_lost_one_gives_no_reference_out_twice(path: Path) -> None:
    async with opened(path) as inbox:
        await inbox.save_form("form:a", FormRaws(), NOW, None)
    write_mark(mark_path(path), DrainedMark(identity=identity(path), position=1, form_number=500_001))
    os.unlink(path)
    async with opened(path) as inbox:
        saved = await inbox.save_form("form:b", FormRaws(), NOW, None)
    assert saved.reference == make_reference(2026, 500_001 + NUMBERS_LEFT_FREE + 1)


@pytest.mark.alone
@pytest.mark.parametrize("stopped", [False, True], ids=["a long read", "a reader stopped in the middle"])
async def test_nobody_who_reads_delays_a_save(path: Path, reading: Reading, stopped: bool) -> None:
    async with opened(path, tidy_every_s=0.1) as inbox:
        await inbox.save([make_event(number, raw=b"x" * 3000) for number in range(300)])
        other = reading()
        if stopped:
            other.send_signal(signal.SIGSTOP)
        longest = 0.0
        write_mark(mark_path(path), DrainedMark(identity=identity(path), position=300, form_number=0))
        for number in range(1000, 1400):  # enough for checkpoints to be due
            begun = time.monotonic()
            await inbox.save([make_event(number, raw=b"y" * 3000)])
            longest = max(longest, time.monotonic() - begun)
        await asyncio.sleep(0.3)
        assert longest < 1.0
        assert len(keys(path)) == 400


async def test_a_disk_that_hangs_is_said_in_time_for_an_answer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.adapters.inbox_file.SAVE_LIMIT_S", 0.2)
    async with opened(path) as inbox:
        hanging = asyncio.create_task(inbox._commit(lambda _: time.sleep(1)))
        await asyncio.sleep(0)
        with pytest.raises(StoreUnavailable, match="did not answer in time"):
            await inbox.save([make_event(1)])
        with pytest.raises(StoreUnavailable):
            await hanging


@pytest.mark.faults
@pytest.mark.timeout(1800 if WHOLE else 300)
async def test_every_acknowledged_key_survives_a_killed_hook(path: Path) -> None:
    dice = random.Random(11)
    acknowledged: set[int] = set()
    for kill in range(KILLS):
        acknowledged |= await saved_until_killed(path, kill * 1_000_000, dice.uniform(0, 0.15))
    async with opened(path):
        found = keys(path)
    assert len(acknowledged) > KILLS * 5
    assert {make_event(number).key for number in acknowledged} <= set(found)
    # What was in hand at each kill and never acknowledged: one commit's worth.
    assert len(found) - len(acknowledged) <= KILLS * 16
