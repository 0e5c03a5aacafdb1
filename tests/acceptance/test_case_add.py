"""`triage case add`: what came by post, phone or word of mouth is handed in, and the worker files it."""

import argparse
import asyncio
import getpass
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from tests.acceptance.command_line import Ended, inside_beside, triage, triage_inside
from tests.acceptance.kept_demo import DEMO_SECRET, sql
from tests.acceptance.watching import until
from triage.bootstrap.worker import open_worker
from triage.cli import case_add
from triage.config import Settings
from triage.domain.reference import make_reference
from triage.domain.vocabulary import Channel, Kind
from triage.parsing.told import read_entry

Kept = tuple[Path, dict[str, str]]
WORDS = "Please send me a copy of everything you hold about me."


def add(kept: Kept, *words: str | Path, received_on: str = "2026-02-03") -> Ended:
    """`triage case add` for a letter, with these words beside; nobody is at work."""
    head = ("case", "add", "--no-wait", "--channel", "post", "--received-on", received_on)
    return triage_inside(*head, *words, settings=kept[1])


def handed_in(folder: Path) -> list[tuple[str, str, bytes, str, str]]:
    """The entries of these tests, told by their days from what the demo itself has."""
    wanted = "key LIKE 'entry:%' AND (received_at LIKE '2026-02-03%' OR received_at LIKE '2026-06-01%')"
    return sql(folder, f"SELECT key, channel, raw, received_at, state FROM item WHERE {wanted} ORDER BY id")


def test_a_letter_is_handed_in_with_everything_that_was_typed(kept: Kept) -> None:
    words = ("--name", "Jo Reader", "--email", "jo@post.example", "--phone", "+44 (0)117 496 0999", "--address")
    more = ("12 High Street, Leeds LS1 4AB", "--kind", "deletion", "--kind", "access", "--kind", "access")
    reference = make_reference(2026, 42)
    ended = add(kept, *words, *more, "--reference", f"{reference.lower()}/1", "--subject", "Letter", "--text", WORDS)
    assert (ended.code, ended.err) == (0, "")
    assert "not filed yet; later: triage case show entry:" in ended.out
    assert f"perhaps about {reference}" in ended.out
    ((key, channel, raw, received_at, state),) = handed_in(kept[0])
    assert key.startswith("entry:")
    assert (channel, state) == ("post", "received")
    assert received_at.startswith("2026-02-03T12:00:00")
    entry = read_entry(raw)
    assert (entry.name, entry.email, entry.phone) == ("Jo Reader", "jo@post.example", "+44 (0)117 496 0999")
    assert (entry.post, entry.subject, entry.message) == ("12 High Street, Leeds LS1 4AB", "Letter", WORDS)
    assert entry.kinds == (Kind.ACCESS, Kind.DELETION)
    assert (entry.earlier_reference, entry.by) == (reference, getpass.getuser())


def test_json_says_what_was_handed_in(kept: Kept) -> None:
    told = json.loads(add(kept, "--text", WORDS, "--key", "letter-7", "--json").out)
    assert told == {
        "key": "entry:letter-7",
        "new": True,
        "reference": None,
        "channel": "post",
        "received_on": "2026-02-03",
        "received_at": "2026-02-03T12:00:00+00:00",
        "kinds": [],
        "suggests": None,
        "by": getpass.getuser(),
    }


def test_the_same_key_twice_is_one_item_and_no_key_is_a_new_one_each_time(kept: Kept) -> None:
    assert "handed in before" not in add(kept, "--text", WORDS, "--key", "letter-7").out
    again = add(kept, "--text", WORDS, "--key", "letter-7")
    assert (again.code, again.out.partition("; not filed yet")[0]) == (
        *(0, "entry:letter-7 was handed in before; nothing was changed"),
    )
    assert len(handed_in(kept[0])) == 1
    add(kept, "--text", WORDS)
    add(kept, "--text", WORDS)
    assert len(handed_in(kept[0])) == 3


def test_the_text_may_come_from_a_file_or_from_standard_input(kept: Kept, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_bytes(b"\xef\xbb\xbf" + "Grüße, please delete me".encode())
    assert add(kept, "--file", letter).code == 0
    words = ("case", "add", "--no-wait", "--channel", "phone", "--received-on", "2026-02-03")
    assert triage(*words, cwd=tmp_path, settings=kept[1], stdin=WORDS.encode()).code == 0
    assert [read_entry(row[2]).message for row in handed_in(kept[0])] == ["Grüße, please delete me", WORDS]


def test_every_fault_is_named_at_once_and_nothing_is_handed_in(kept: Kept) -> None:
    words = ("--channel", "pigeon", "--received-on", "03/02/2026", "--email", "jo", "--phone", "call me")
    more = ("--kind", "gossip", "--reference", "DP-2026-00042-A1", "--key", "a b", "--name", "x" * 301)
    ended = triage_inside("case", "add", *words, *more, settings=kept[1])
    assert (ended.code, ended.out) == (2, "")
    named = [fault.partition(":")[0] for fault in ended.faults]
    assert named == ["--channel", "--received-on", "--name", "--email", "--phone", "--kind", "--reference", "--key"]
    assert handed_in(kept[0]) == []


TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


@pytest.mark.parametrize(
    ("received_on", "words", "fault"),
    [
        (TOMORROW, ("--text", "x"), f"--received-on: {TOMORROW} has not come yet"),
        ("2020-12-31", ("--text", "x"), "--received-on: 2020-12-31 lies before 2021-01-01"),
        ("2026-02-03", ("--text", " \n"), "text: there is not a word in it"),
        ("2026-02-03", ("--text", "x", "--file", "y"), "text: give --text or --file, not both"),
        ("2026-02-03", ("--file", "/nowhere/letter.txt"), "text: /nowhere/letter.txt cannot be read (No such file"),
        ("2026-02-03", ("--text", "x" * 200_001), "text: over 200000 characters"),
    ],
)
def test_what_cannot_be_taken_is_one_clear_line(
    kept: Kept, received_on: str, words: tuple[str, ...], fault: str
) -> None:
    ended = add(kept, *words, received_on=received_on)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert ended.err.startswith(fault)


@pytest.mark.parametrize("raw", [b"%PDF-1.7\xff\xfe", b"a\x00b", b"", "é".encode() * 400_001])
def test_a_file_that_is_no_text_is_refused(kept: Kept, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "scan.pdf").write_bytes(raw)
    ended = add(kept, "--file", tmp_path / "scan.pdf")
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert ended.err.startswith("text: ")


def test_channel_and_day_are_asked_for(kept: Kept) -> None:
    ended = triage_inside("case", "add", "--text", "x", settings=kept[1])
    assert (ended.code, len(ended.faults)) == (2, 2)
    with mock.patch("sys.stdin.isatty", return_value=True):
        ended = add(kept)
    assert ended.faults == ["text: say what was asked: --text, --file, or on standard input"]


def test_what_came_this_morning_is_not_received_in_the_future(kept: Kept) -> None:
    parser = argparse.ArgumentParser()
    case_add.add_arguments(parser)
    words = ["--no-wait", "--channel", "phone", "--received-on", "2026-06-02", "--text", WORDS]
    now = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)  # half past midnight in London
    with mock.patch.dict("os.environ", kept[1]):
        assert case_add.run(parser.parse_args(words), now) == 0
        assert case_add.run(parser.parse_args(words), now - timedelta(hours=1)) == 2
    ((_, channel, _, received_at, _),) = handed_in(kept[0])
    assert (channel, received_at[:19]) == (Channel.PHONE, "2026-06-01T23:30:00")


async def worked_through(folder: Path) -> None:
    """By a worker on the kept demo's store and inbox."""
    settings = {
        "database_url": f"sqlite+aiosqlite:///{folder / 'triage.db'}",
        "maildir": folder / "inbox",
        "capture_dir": folder / "letters",
        "mailbox_address": "dataprotection@larkfield.example",
        "secret_key": DEMO_SECRET,
    }
    async with open_worker(Settings.model_validate(settings)) as worker:
        await worker.drain()


async def test_the_worker_opens_a_case_by_the_day_received_and_sends_nothing(kept: Kept) -> None:
    folder, settings = kept
    letters = sql(folder, "SELECT count(*) FROM letter")
    words = ("case", "add", "--no-wait", "--channel", "in_person", "--received-on", "2026-02-03", "--name", "Jo Reader")
    kinds = ("--kind", "access", "--phone", "0117 496 0999", "--text", "Wants to see what we hold.")
    assert (await inside_beside(*words, *kinds, settings=settings)).code == 0
    assert (await inside_beside(*words, "--text", "Was here, comes again.", settings=settings)).code == 0
    await worked_through(folder)
    assert {row[4] for row in handed_in(folder)} == {"done"}
    assert sql(folder, "SELECT count(*) FROM letter") == letters
    listed = json.loads((await inside_beside("case", "list", "--json", settings=settings)).out)
    mine = [row for row in listed if row["received_on"] == "2026-02-03"]
    case, waiting = sorted(mine, key=lambda row: row.get("kind") is None)
    assert (case["kind"], case["not_acknowledged"], case["statutory_due"]) == ("access", True, "2026-03-03")
    assert waiting["lane"] == "needs_person"
    shown = await inside_beside("case", "show", case["reference"], settings=settings)
    assert "from     Jo Reader (noted by a colleague)\n" in shown.out
    assert "reach by Phone: 0117 496 0999" in shown.out


async def test_the_reference_is_waited_for_and_told(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    # A worker that only now starts, on a busy machine, takes longer than one that runs.
    monkeypatch.setattr(case_add, "WAIT_S", 120.0)
    folder, settings = kept
    words = ("case", "add", "--channel", "phone", "--received-on", "2026-02-03", "--kind", "access", "--text", WORDS)
    adding = asyncio.create_task(inside_beside(*words, "--key", "call-1", settings=settings))
    await until(lambda: len(handed_in(folder)) == 1)
    await worked_through(folder)
    ended = await adding
    ((reference,),) = sql(folder, "SELECT thread FROM enquiry ORDER BY id DESC LIMIT 1")
    assert f"\nfiled under {reference}. It is acknowledged by hand" in ended.out
    again = await inside_beside(*words, "--key", "call-1", "--json", settings=settings)
    assert (json.loads(again.out)["new"], json.loads(again.out)["reference"]) == (False, reference)
    shown = await inside_beside("case", "show", "entry:call-1", settings=settings)
    assert (shown.code, shown.out.splitlines()[0]) == (0, reference)


def test_where_nobody_files_it_the_wait_ends_and_the_key_finds_it_later(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_add, "WAIT_S", 0.5)
    words = ("case", "add", "--channel", "phone", "--received-on", "2026-02-03", "--text", WORDS, "--key", "call-2")
    began_s = time.monotonic()
    ended = triage_inside(*words, settings=kept[1])
    assert ended.code == 0
    assert time.monotonic() - began_s > 0.5
    assert "later: triage case show entry:call-2." in ended.out
    shown = triage_inside("case", "show", "entry:call-2", settings=kept[1])
    assert (shown.code, shown.out, len(shown.faults)) == (1, "", 1)
    assert "not filed yet" in shown.err
    shown = triage_inside("case", "show", "entry:nobody-knows", settings=kept[1])
    assert (shown.code, shown.faults) == (1, ["there is no enquiry or case entry:nobody-knows"])
