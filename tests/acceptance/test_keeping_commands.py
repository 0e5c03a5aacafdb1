"""`triage retention`, `triage export` and `triage person`, as their users run them."""

import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.acceptance.command_line import triage, triage_inside
from tests.acceptance.kept_demo import sql
from tests.unit.test_evidence import verify

Kept = tuple[Path, dict[str, str]]
LONG_AGO = "2020-01-01T00:00:00.000000+00:00"


def close_all(folder: Path) -> None:
    """As if everything had been read, answered and closed years ago."""
    sql(folder, f"UPDATE enquiry SET filed_at = '{LONG_AGO}', read_at = filed_at, cleared_at = '{LONG_AGO}'")
    sql(folder, f"UPDATE case_file SET state = 'closed', closed_at = '{LONG_AGO}'")
    sql(folder, "UPDATE letter SET state = 'discarded' WHERE state != 'sent'")


def everything(folder: Path) -> str:
    database = sqlite3.connect(folder / "triage.db")
    try:
        return "\n".join(database.iterdump()).lower()
    finally:
        database.close()


def test_a_dry_run_lists_and_changes_nothing(kept: Kept) -> None:
    folder, settings = kept
    sql(folder, f"UPDATE case_file SET state = 'closed', closed_at = '{LONG_AGO}' WHERE kind != 'access'")
    before = everything(folder)
    told = json.loads(triage_inside("retention", "run", "--dry-run", "--json", settings=settings).out)
    assert set(told) == {"today", "goes", "later", "kept"}
    threads = {thread for (thread,) in sql(folder, "SELECT thread FROM enquiry")}
    assert {row["thread"] for name in ("goes", "later", "kept") for row in told[name]} == threads
    assert all(set(row) == {"thread", "part", "due_on", "why"} for row in told["goes"] + told["later"])
    assert all(row["why"] for row in told["kept"])
    table = triage_inside("retention", "run", "--dry-run", settings=settings)
    assert (table.code, table.err) == (0, "")
    assert f"{len(told['kept'])} stay as they are" in table.out
    assert everything(folder) == before


def test_a_run_prints_counts_and_leaves_whole_chains_and_no_address(kept: Kept) -> None:
    folder, settings = kept
    addresses = {address for (address,) in sql(folder, "SELECT sender_address FROM enquiry") if address}
    cases = sql(folder, "SELECT thread, number, kind, received_on FROM case_file")
    close_all(folder)
    sql(folder, "UPDATE chat_line SET text = NULL WHERE state = 'passed_over'")  # the watch does so within a day
    ended = triage_inside("retention", "run", settings=settings)
    assert ended.code == 0
    assert re.fullmatch(r"removed from \d+ threads: raw \d+, text \d+, .*file \d+\n", ended.out)
    assert triage_inside("journal", "verify", settings=settings).code == 0
    left = everything(folder)
    assert [address for address in addresses if address.lower() in left] == []
    assert sql(folder, "SELECT thread, number, kind, received_on FROM case_file") == cases
    assert triage_inside("retention", "run", settings=settings).out == "nothing was due\n"
    assert json.loads(triage_inside("retention", "run", "--json", settings=settings).out) == {
        "threads": 0,
        "removed": {},
    }
    thread = cases[0][0]
    assert triage_inside("case", "show", thread, settings=settings).code == 0
    assert triage_inside("case", "list", settings=settings).code == 0


def test_every_case_of_the_demo_is_exported_and_verifies(kept: Kept, tmp_path: Path) -> None:
    folder, settings = kept
    references = [one for (one,) in sql(folder, "SELECT thread || '/' || number FROM case_file")]
    for reference in references:
        ended = triage_inside("export", reference, "--out", tmp_path, settings=settings)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith(f"wrote {tmp_path}/{reference.replace('/', '-')}.zip\nsha256 ")
    with zipfile.ZipFile(tmp_path / f"{references[0].replace('/', '-')}.zip") as packed:
        packed.extractall(tmp_path / "pack")
    assert verify(tmp_path / "pack")[0] == 0
    again = triage_inside("export", references[0], "--out", tmp_path, settings=settings)
    assert (again.code, len(again.faults)) == (1, 1)
    assert "is already there" in again.err


def test_the_same_case_gives_the_same_bytes(kept: Kept, tmp_path: Path) -> None:
    folder, settings = kept
    ((thread,),) = sql(folder, "SELECT thread FROM case_file LIMIT 1")
    for name in ("one.zip", "two.zip"):
        assert triage_inside("export", thread, "--out", tmp_path / name, settings=settings).code == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_export_is_a_process_of_its_own_that_writes_where_it_stands(kept: Kept, tmp_path: Path) -> None:
    folder, settings = kept
    ((thread,),) = sql(folder, "SELECT thread FROM case_file LIMIT 1")
    ended = triage("export", thread.lower(), cwd=tmp_path, settings=settings)
    assert (ended.code, ended.err) == (0, "")
    assert (tmp_path / f"{thread}.zip").exists()


@pytest.mark.parametrize("reference", ["DP-2026-99999-K7", "nonsense", "../../etc/passwd"])
def test_there_is_no_pack_of_what_is_not_there(kept: Kept, tmp_path: Path, reference: str) -> None:
    _folder, settings = kept
    ended = triage_inside("export", reference, "--out", tmp_path / "x.zip", settings=settings)
    assert (ended.code, ended.out, len(ended.faults)) == (1, "", 1)
    assert not (tmp_path / "x.zip").exists()


def test_a_person_is_found_and_exported(kept: Kept, tmp_path: Path) -> None:
    folder, settings = kept
    query = (
        "SELECT sender_address, thread FROM enquiry JOIN case_file USING (thread) WHERE sender_address != '' LIMIT 1"
    )
    ((address, thread),) = sql(folder, query)
    told = json.loads(triage_inside("person", address.upper(), "--json", settings=settings).out)
    assert thread in {message["reference"] for message in told["messages"]}
    assert told["cases"]
    target = tmp_path / "person.zip"
    ended = triage_inside("person", address, "--export", target, settings=settings)
    assert (ended.code, ended.err) == (0, "")
    assert f"wrote {target}" in ended.out
    with zipfile.ZipFile(target) as packed:
        assert {"index.html", "records.json", "manifest.json", "thread/001.txt"} <= set(packed.namelist())
    again = triage_inside("person", address, "--export", target, settings=settings)
    assert (again.code, len(again.faults)) == (1, 1)


def test_a_person_nobody_knows_and_what_is_no_address(kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("person", "nobody@customer.example", settings=settings)
    assert (ended.code, ended.out) == (0, "nothing is held under nobody@customer.example\n")
    ended = triage_inside("person", "not an address", settings=settings)
    assert (ended.code, ended.faults) == (2, ["ADDRESS: that is no plain mail address"])
