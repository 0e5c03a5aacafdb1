"""The commands that open a store: case, letter, quarantine, journal."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command_line import triage, triage_inside
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
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert not (tmp_path / "none.db").exists()


def test_a_store_without_its_key_is_not_opened(kept: Kept) -> None:
    _folder, settings = kept
    ended = triage_inside("case", "list", settings=settings | {"TRIAGE_SECRET_KEY": ""})
    assert (ended.code, ended.faults) == (2, ["TRIAGE_SECRET_KEY: needed to open the store"])


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
