"""The commands that open a store: case, letter, quarantine, journal."""

import getpass
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command_line import LIMIT_S, environment, triage, triage_inside
from tests.acceptance.kept_demo import sql

Kept = tuple[Path, dict[str, str]]


def test_case_list_and_show_tell_the_same_case(kept: Kept) -> None:
    folder, settings = kept
    listed = json.loads(triage_inside("case", "list", "--json", settings=settings).out)
    cases = {reference for (reference,) in sql(folder, "SELECT thread || '/' || number FROM case_file")}
    assert cases <= {row["reference"] for row in listed}
    first = next(row for row in listed if row["reference"] in cases)
    shown = json.loads(triage_inside("case", "show", first["reference"].lower(), "--json", settings=settings).out)
    assert [case["kind"] for case in shown["cases"]] == [first["kind"]]
    table = triage_inside("case", "list", settings=settings)
    assert (table.code, table.err) == (0, "")
    assert all(row["reference"] in table.out for row in listed)


@pytest.mark.parametrize("reference", ["DP-2026-99999-K7", "DP-2026-00001-H2/9", "nonsense", ""])
def test_an_unknown_reference_ends_with_1(reference: str, kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("case", "show", reference, "--json", settings=settings)
    assert (ended.code, ended.out, len(ended.faults)) == (1, "", 1)


def test_commands_refuse_a_database_that_is_older_or_not_there_and_change_nothing(kept: Kept, tmp_path: Path) -> None:
    folder, settings = kept
    sql(folder, "UPDATE alembic_version SET version_num = 'from-the-future'")
    ended = triage_inside("case", "list", settings=settings)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert "newer" in ended.err
    sql(folder, "DELETE FROM alembic_version")
    ended = triage_inside("case", "list", settings=settings)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert "older" in ended.err
    none = {"TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/none.db"}
    ended = triage_inside("journal", "verify", settings=settings | none)
    assert (ended.code, ended.faults) == (2, ["there is no database yet: start the worker once, it makes it"])
    assert not (tmp_path / "none.db").exists()


def test_a_store_without_its_key_is_not_opened(kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("case", "list", settings=settings | {"TRIAGE_SECRET_KEY": "short"})
    assert (ended.code, ended.faults) == (2, ["TRIAGE_SECRET_KEY: at least 16 characters are needed"])


def test_what_lies_in_quarantine_is_listed_shown_byte_by_byte_and_tried_again(kept: Kept) -> None:
    folder, settings = kept
    (raw,) = sql(folder, "SELECT raw FROM item WHERE id = 1")[0]
    sql(folder, "UPDATE item SET state = 'quarantined', code = 'crashed', attempts = 3 WHERE id = 1")
    table = triage_inside("quarantine", "list", settings=settings)
    assert "1 in quarantine" in table.out
    assert "crashed" in table.out
    (row,) = json.loads(triage_inside("quarantine", "list", "--json", settings=settings).out)
    assert (row["id"], row["attempts"], row["code"], row["size_bytes"]) == (1, 3, "crashed", len(raw))
    assert triage("quarantine", "show", "1", cwd=folder, settings=settings).out.encode() == raw
    assert triage_inside("quarantine", "retry", "1", settings=settings).code == 0
    assert sql(folder, "SELECT state, attempts FROM item WHERE id = 1") == [("received", 0)]
    for action in ("show", "retry"):
        again = triage_inside("quarantine", action, "1", settings=settings)
        assert (again.code, again.faults) == (1, ["there is no quarantined item 1"])


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE journal SET facts = '{}' WHERE rowid = 20",
        "DELETE FROM journal WHERE rowid = 20",
        "UPDATE journal SET at = replace(at, '2026', '2025') WHERE rowid = 20",
    ],
    ids=["changed", "deleted", "redated"],
)
def test_the_journal_tells_what_was_tampered_with(tampering: str, kept: Kept) -> None:
    folder, settings = kept
    whole = triage_inside("journal", "verify", settings=settings)
    assert (whole.code, whole.out) == (0, "every chain is whole\n")
    ((chain,),) = sql(folder, "SELECT chain FROM journal WHERE rowid = 20")
    sql(folder, tampering)
    broken = triage_inside("journal", "verify", settings=settings)
    assert broken.code == 1
    assert broken.out.startswith(f"{chain} row ")
    faults = json.loads(triage_inside("journal", "verify", "--json", settings=settings).out)
    assert {fault["chain"] for fault in faults} == {chain}


HOSTILE = "\x1b]0;owned\x07\x9b31m\u202egnp.exe"


@pytest.mark.parametrize(
    "words",
    [
        "case show THREAD",
        "case show THREAD --json",
        "case list",
        "case list --json",
        "letter list",
        "letter list --json",
        "letter show 1",
    ],
)
def test_what_a_mail_says_does_not_act_on_the_terminal(words: str, kept: Kept) -> None:
    folder, settings = kept
    ((thread,),) = sql(folder, "SELECT thread FROM enquiry WHERE id = 1")
    for table, columns in {
        "enquiry": ("sender_name", "sender_address", "subject", "full_text"),
        "letter": ("recipient", "subject", "body"),
    }.items():
        sql(folder, f"UPDATE {table} SET " + ", ".join(f"{column} = '{HOSTILE}' || {column}" for column in columns))
    ended = triage_inside(*words.replace("THREAD", thread).split(), settings=settings)
    assert (ended.code, ended.err) == (0, "")
    assert "owned" in ended.out
    assert [sign for sign in "\x1b\x07\x9b\u202e" if sign in ended.out] == []


def test_quarantine_show_escapes_on_a_terminal_and_says_how_to_have_the_bytes(kept: Kept) -> None:
    folder, settings = kept
    raw = b"Subject: \x1b[2Jgone\r\n\r\n\xff\xc2\x9b caf\xc3\xa9\r\n"
    sql(folder, f"UPDATE item SET state = 'quarantined', raw = x'{raw.hex()}' WHERE id = 1")
    main, terminal = pty.openpty()
    try:
        shown = subprocess.run(
            [sys.executable, "-m", "triage", "quarantine", "show", "1"],
            cwd=folder,
            env=environment(settings),
            stdout=terminal,
            stderr=subprocess.PIPE,
            timeout=LIMIT_S,
            check=False,
        )
        out = os.read(main, 10_000)
    finally:
        os.close(main)
        os.close(terminal)
    assert shown.returncode == 0
    assert out.decode().splitlines() == ["Subject: \\u001b[2Jgone", "", "\\xff\\u009b café", ""]
    assert b"triage quarantine show 1 > " in shown.stderr


@pytest.mark.parametrize("action", ["show", "approve", "discard"])
@pytest.mark.parametrize("number", ["9" * 23, "0", "-1", "x"])
def test_a_letter_number_that_can_be_none_is_bad_usage(action: str, number: str, kept: Kept) -> None:
    folder, settings = kept
    ended = triage("letter", action, "--", number, cwd=folder, settings=settings)
    assert (ended.code, ended.out) == (2, "")
    assert ended.faults[0].startswith("usage: triage letter")


def test_a_draft_says_how_to_settle_it(kept: Kept) -> None:
    folder, settings = kept
    todays = "SELECT id, reference FROM letter WHERE purpose = 'acknowledgement' ORDER BY id LIMIT 1"
    ((number, thread),) = sql(folder, todays)
    sql(folder, f"UPDATE letter SET state = 'draft', sent_at = NULL WHERE id = {number}")
    page = triage_inside("case", "show", thread, settings=settings).out
    assert f"triage letter approve {number}, or triage letter discard {number}" in page
    assert triage_inside("letter", "approve", str(number), settings=settings).code == 0
    page = triage_inside("case", "show", thread, settings=settings).out
    assert f"triage letter approve {number}," not in page
    assert f"by {getpass.getuser()}" in page


def test_what_nobody_foresaw_is_one_line_without_what_it_was_about(kept: Kept) -> None:
    folder, settings = kept
    sql(folder, "UPDATE journal SET facts = 'ana@customer.example'")
    ((thread,),) = sql(folder, "SELECT thread FROM enquiry WHERE id = 1")
    ended = triage_inside("case", "show", thread, settings=settings)
    assert (ended.code, ended.out) == (1, "")
    (line,) = ended.faults
    assert line.startswith("something went wrong that should not: JSONDecodeError at triage/cli/case_page.py:")
    assert line.endswith("; please report it")
