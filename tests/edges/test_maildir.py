"""The Maildir adapter on real folders: what counts as a mail, under which key, and what it leaves untouched."""

import asyncio
import errno
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triage.adapters import maildir as adapter
from triage.adapters.maildir import MaildirSource
from triage.errors import MailboxRefused, MailboxUnreachable
from triage.ports import Mail, MailKey

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RAW = b"Subject: x\r\n\r\nHello\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tmp", "new", "cur"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def source(folder: Path) -> MaildirSource:
    return MaildirSource(folder, clock=lambda: NOW)


def put(folder: Path, name: str, raw: bytes = RAW, received_at: datetime = NOW) -> Path:
    path = folder / name
    path.write_bytes(raw)
    os.utime(path, (received_at.timestamp(), received_at.timestamp()))
    return path


async def listed(source: MaildirSource) -> list[str]:
    return [key.text for key in (await source.list_above(0)).keys]


async def fetched(source: MaildirSource, *names: str) -> list[Mail]:
    return [mail async for mail in source.fetch([MailKey(text=f"maildir:{name}", uid=0) for name in names])]


async def test_mails_of_new_and_cur_are_listed_in_order_and_tmp_is_not(folder: Path, source: MaildirSource) -> None:
    put(folder, "cur/1700000002.b.host:2,RS")
    put(folder, "new/1700000001.a.host")
    put(folder, "tmp/1700000000.c.host")
    listing = await source.list_above(99)
    assert listing.validity == 1
    assert listing.keys == (
        MailKey(text="maildir:1700000001.a.host", uid=0),
        MailKey(text="maildir:1700000002.b.host", uid=0),
    )


async def test_a_key_stays_when_a_mail_is_read_and_flagged_by_a_person(folder: Path, source: MaildirSource) -> None:
    path = put(folder, "new/17.a.host")
    before = await listed(source)
    path = path.rename(folder / "cur" / "17.a.host:2,S")
    assert await listed(source) == before
    path.rename(folder / "cur" / "17.a.host:2,FS")
    assert await listed(source) == before
    assert [mail.raw for mail in await fetched(source, "17.a.host")] == [RAW]


async def test_a_mail_moved_away_by_a_person_is_no_longer_listed(folder: Path, source: MaildirSource) -> None:
    path = put(folder, "new/17.a.host")
    (folder / ".Done" / "cur").mkdir(parents=True)
    path.rename(folder / ".Done" / "cur" / "17.a.host:2,S")
    assert await listed(source) == []
    assert await fetched(source, "17.a.host") == []


async def test_hidden_files_folders_and_links_are_no_mails(folder: Path, source: MaildirSource) -> None:
    put(folder, "cur/.hidden")
    (folder / "cur" / "folder").mkdir()
    (folder / "new" / "link").symlink_to("/etc/hostname")
    os.mkfifo(folder / "new" / "pipe")
    assert await listed(source) == []


async def test_a_mail_comes_whole_with_its_size_and_time_of_delivery(folder: Path, source: MaildirSource) -> None:
    at = datetime(2026, 7, 1, 23, 59, 58, tzinfo=UTC)
    put(folder, "new/17.a.host", RAW, at)
    key = MailKey(text="maildir:17.a.host", uid=0)
    assert await fetched(source, "17.a.host") == [Mail(key=key, raw=RAW, received_at=at, size_bytes=len(RAW))]


async def test_reading_moves_and_changes_nothing(folder: Path, source: MaildirSource) -> None:
    path = put(folder, "new/17.a.host")
    before = path.stat().st_mtime_ns
    await listed(source)
    await fetched(source, "17.a.host")
    assert path.stat().st_mtime_ns == before
    assert [entry.name for entry in (folder / "new").iterdir()] == ["17.a.host"]


async def test_an_oversized_mail_gives_its_head_and_its_true_size(folder: Path, source: MaildirSource) -> None:
    put(folder, "new/17.big.host", b"Subject: big\r\n\r\n" + b"x" * 30_000_000)
    [mail] = await fetched(source, "17.big.host")
    assert (len(mail.raw), mail.size_bytes) == (1024 * 1024, 30_000_016)
    assert mail.raw.startswith(b"Subject: big")


async def test_a_mail_of_25_mb_is_not_yet_oversized(folder: Path, source: MaildirSource) -> None:
    put(folder, "new/17.big.host", b"x" * 25 * 1024 * 1024)
    [mail] = await fetched(source, "17.big.host")
    assert len(mail.raw) == mail.size_bytes == 25 * 1024 * 1024


async def test_a_vanished_mail_is_left_out(folder: Path, source: MaildirSource) -> None:
    put(folder, "new/17.a.host")
    assert [mail.key.text for mail in await fetched(source, "16.gone.host", "17.a.host")] == ["maildir:17.a.host"]


async def test_a_mail_moved_to_cur_between_looking_and_reading_is_found(
    folder: Path, source: MaildirSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder, "new/17.a.host")
    look = source._names

    def look_then_move() -> dict[str, Path]:
        names = look()
        if path.exists():
            path.rename(folder / "cur" / "17.a.host:2,S")
        return names

    monkeypatch.setattr(source, "_names", look_then_move)
    assert [mail.raw for mail in await fetched(source, "17.a.host")] == [RAW]


async def test_an_unreadable_mail_is_named_at_the_end_and_hides_no_other(
    folder: Path, source: MaildirSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("1.a", "2.b", "3.c"):
        put(folder, f"new/{name}")
    really_open = Path.open

    def open_or_fail(path: Path, mode: str) -> object:
        if path.name == "2.b":
            raise OSError(errno.EIO, "Input/output error", str(path))
        return really_open(path, mode)

    monkeypatch.setattr(Path, "open", open_or_fail)
    came = []
    try:
        async for mail in source.fetch([MailKey(text=f"maildir:{name}", uid=0) for name in ("1.a", "2.b", "3.c")]):
            came.append(mail.key.text)  # noqa: PERF401 - what came before the failure is the point
    except MailboxUnreachable as failure:
        line = str(failure)
    assert came == ["maildir:1.a", "maildir:3.c"]
    assert line == "a mail in the Maildir cannot be read: Input/output error"


async def test_recent_mails_are_listed_by_time_of_delivery(folder: Path, source: MaildirSource) -> None:
    put(folder, "new/1.old", received_at=NOW - timedelta(days=31))
    put(folder, "cur/2.new:2,S", received_at=NOW - timedelta(days=29))
    assert [key.text for key in (await source.list_recent(30)).keys] == ["maildir:2.new"]


async def test_a_mail_that_moves_during_the_look_counts_as_recent(
    folder: Path, source: MaildirSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_names", lambda: {"1.moved": folder / "new" / "1.moved"})
    assert [key.text for key in (await source.list_recent(30)).keys] == ["maildir:1.moved"]


@pytest.mark.parametrize("missing", ["new", "cur"])
async def test_a_folder_that_is_no_maildir_is_refused(folder: Path, source: MaildirSource, missing: str) -> None:
    (folder / missing).rmdir()
    for attempt in (source.list_above(0), source.list_recent(30), fetched(source, "1.a")):
        with pytest.raises(MailboxRefused, match=r"no Maildir .* TRIAGE_MAILDIR"):
            await attempt


async def test_a_file_in_place_of_a_maildir_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "file")
    with pytest.raises(MailboxRefused, match="no Maildir"):
        await MaildirSource(path, clock=lambda: NOW).list_above(0)


@pytest.mark.parametrize(
    ("fault", "error", "line"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), MailboxRefused, "may not be read"),
        (OSError(errno.EIO, "Input/output error"), MailboxUnreachable, "cannot be read: Input/output error"),
    ],
)
async def test_a_folder_that_cannot_be_read_says_why(
    source: MaildirSource, monkeypatch: pytest.MonkeyPatch, fault: OSError, error: type[Exception], line: str
) -> None:
    def fail(_: object) -> None:
        raise fault

    monkeypatch.setattr(adapter.os, "scandir", fail)
    with pytest.raises(error, match=line):
        await source.list_above(0)


async def test_a_disk_that_does_not_answer_is_given_up_within_the_limit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = MaildirSource(folder, clock=lambda: NOW, timeout_s=0.1)
    monkeypatch.setattr(source, "_names", lambda: time.sleep(0.4))
    with pytest.raises(MailboxUnreachable, match=r"did not answer within 0\.1 s"):
        await source.list_above(0)


async def test_a_mail_delivered_while_waiting_wakes(folder: Path, source: MaildirSource) -> None:
    await listed(source)
    waiting = asyncio.create_task(source.wait(30))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    put(folder, "tmp/17.a.host").rename(folder / "new" / "17.a.host")
    async with asyncio.timeout(1):
        await waiting


async def test_a_mail_that_came_between_listing_and_waiting_wakes(folder: Path, source: MaildirSource) -> None:
    await listed(source)
    await asyncio.sleep(0.02)  # the file system's clock ticks every few milliseconds
    put(folder, "new/17.a.host")
    async with asyncio.timeout(0.5):
        await source.wait(30)


@pytest.mark.alone
async def test_without_news_the_wait_ends_at_its_time(folder: Path, source: MaildirSource) -> None:
    put(folder, "new/17.a.host")
    await listed(source)
    started = time.monotonic()
    await source.wait(0.3)
    assert 0.29 < time.monotonic() - started < 1


@pytest.mark.alone
async def test_a_wait_on_a_missing_folder_is_quiet_and_no_busy_loop(tmp_path: Path) -> None:
    started = time.monotonic()
    await MaildirSource(tmp_path / "nothing", clock=lambda: NOW).wait(0.3)
    assert 0.29 < time.monotonic() - started < 1


async def test_the_account_names_the_folder_and_close_is_harmless(folder: Path, source: MaildirSource) -> None:
    await source.close()
    assert source.account == f"maildir:{folder}"
