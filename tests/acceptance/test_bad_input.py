"""Bad input from end to end: each gives one clear line or a visible quarantine entry, and the next item goes on."""

import asyncio
import resource
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.bad_analysts import DESCEND, DEVOUR, DIE, HANG, RAISE, build
from tests.acceptance.running import RunningWorker
from tests.acceptance.watching import MaildirDesk, asks, nested, query, until
from tests.factories import NOW
from triage.adapters.analysis_pool import AnalysisPool, AnalysisSettings
from triage.errors import AnalysisFailed

# The pool


@pytest.fixture
async def pool() -> AsyncIterator[AnalysisPool]:
    pool = AnalysisPool(AnalysisSettings(build=build, processes=1, timeout_s=1.0))
    await pool.read(b"warm up", NOW, 7)
    yield pool
    await pool.close()


@pytest.mark.parametrize(
    ("raw", "code"),
    [(HANG, "too_slow"), (DIE, "crashed"), (DEVOUR, "too_big"), (DESCEND, "too_deep"), (RAISE, "broken")],
)
async def test_a_mail_that_breaks_its_process_costs_itself_only(raw: bytes, code: str, pool: AnalysisPool) -> None:
    with pytest.raises(AnalysisFailed) as failed:
        await asyncio.wait_for(pool.read(raw, NOW, 1), 20)
    assert failed.value.code == code
    assert "@" not in str(failed.value)
    assert (await asyncio.wait_for(pool.read(b"next", NOW, 4), 20)).enquiry.subject == "next"


async def test_mails_beside_one_that_kills_its_process_are_all_read(pool: AnalysisPool) -> None:
    mails = [b"one", DIE, b"two", HANG, b"three", DIE, b"four"]
    results = await asyncio.gather(*(pool.read(raw, NOW, 1) for raw in mails), return_exceptions=True)
    told = [result.code if isinstance(result, AnalysisFailed) else result.enquiry.subject for result in results]  # type: ignore[union-attr]
    assert told == ["one", "crashed", "two", "too_slow", "three", "crashed", "four"]


# The desk

# Without NUL, which IMAP cannot carry.
JPEG = b"\xff\xd8\xff\xe0\x10JFIF\x01" + bytes(range(1, 256)) * 40


def large(size_bytes: int) -> bytes:
    """A person's mail with a large attachment."""
    head, _, text = asks("large").partition(b"\r\n\r\n")
    line = b"QUJD" * 19 + b"\r\n"
    return (
        head
        + b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n'
        + text
        + b'--b\r\nContent-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + line * (size_bytes // len(line))
        + b"--b--\r\n"
    )


async def settle(desk: MaildirDesk | RunningWorker, items: int) -> None:
    """Until every item is worked through; what is to be tried again later is tried at once."""

    def settled() -> bool:
        query(desk.database, "UPDATE item SET retry_at = NULL WHERE state = 'received'")
        done = query(desk.database, "SELECT count(*) FROM item WHERE state IN ('done', 'quarantined')")
        waiting = query(desk.database, "SELECT count(*) FROM letter WHERE state IN ('queued', 'sending')")
        return done == [(items,)] and waiting == [(0,)]

    await until(settled, limit_s=90)


@pytest.mark.timeout(150)
async def test_every_sort_of_bad_mail_is_kept_and_seen_and_the_good_one_between_is_answered(
    desk: RunningWorker,
) -> None:
    no_sender = asks("nobody", "Please delete all my personal data.").partition(b"\r\n")[2]
    mails = [b"", JPEG, nested(), no_sender, large(30 * 1024**2), asks("good")]
    await desk.start()
    await desk.ready()
    for raw in mails:
        desk.dovecot.deliver(desk.user, raw)
    await settle(desk, len(mails))
    assert await desk.stop() == 0

    lying = query(desk.database, "SELECT raw, attempts FROM item WHERE state = 'quarantined' ORDER BY length(raw)")
    # IMAP ends every line with CRLF.
    kept = [(raw.replace(b"\r\n", b"\n"), attempts) for raw, attempts in lying]
    assert kept == [(b"", 3), (JPEG, 3), (nested().replace(b"\r\n", b"\n"), 3)]
    lanes = dict(query(desk.database, "SELECT message_id, lane FROM enquiry"))
    assert len(lanes) == 3
    assert lanes["<nobody@customer.example>"] == "needs_person"
    flagged = query(desk.database, "SELECT message_id FROM enquiry WHERE defects LIKE '%oversized%'")
    assert flagged == [("<large@customer.example>",)]
    kinds = query(desk.database, "SELECT e.message_id, c.kind FROM case_file c JOIN enquiry e ON e.id = c.enquiry_id")
    assert sorted(kinds) == [
        ("<good@customer.example>", "access"),
        ("<large@customer.example>", "access"),
        ("<nobody@customer.example>", "deletion"),
    ]
    answered = {recipient for taken in desk.relay.taken for recipient in taken.recipients}
    assert {"good@customer.example"} <= answered <= {"good@customer.example", "large@customer.example"}
    assert "customer.example" not in desk.logged()


def limit_files(size_bytes: int) -> None:
    """As a full disk: no file of this process grows beyond, until somebody lifts the limit."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


async def test_a_full_disk_loses_no_mail_and_no_letter_and_is_told_in_one_line(tmp_path: Path) -> None:
    desk = MaildirDesk(tmp_path, before=partial(limit_files, 1024**2))
    await desk.start()
    desk.deliver("1.first", asks("first"))
    await until(lambda: len(desk.letters()) == 1)
    desk.deliver("2.large", large(3 * 1024**2))
    await until(lambda: "poll_failed" in desk.logged(), limit_s=20)
    line = next(line for line in desk.logged().splitlines() if "poll_failed" in line)
    assert "the database" in line
    assert "disk" in line
    desk.deliver("3.small", asks("small"))
    await asyncio.sleep(3)
    assert desk.process is not None
    assert desk.process.returncode is None
    assert desk.logged().count("poll_failed") < 6  # it waits between its tries
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await until(lambda: len(desk.letters()) == 3)
    await settle(desk, 3)
    assert await desk.stop() == 0
    assert query(desk.database, "PRAGMA integrity_check") == [("ok",)]


async def test_a_capture_folder_that_cannot_be_written_defers_the_letter(tmp_path: Path) -> None:
    desk = MaildirDesk(tmp_path)
    (tmp_path / "letters").write_text("a file is in the way")
    await desk.start()
    desk.deliver("1.first", asks("first"))
    await until(lambda: "letter_deferred" in desk.logged())
    assert query(desk.database, "SELECT state, attempts FROM letter") == [("queued", 1)]
    (tmp_path / "letters").unlink()
    query(desk.database, "UPDATE letter SET retry_at = NULL")
    await until(desk.letters)
    await settle(desk, 1)
    assert query(desk.database, "SELECT state FROM letter") == [("sent",)]
    assert await desk.stop() == 0
