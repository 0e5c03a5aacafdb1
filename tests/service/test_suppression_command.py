"""`triage suppression`: what a person may do to the do-not-contact list, and what a campaign learns from it."""

import asyncio
import json
from pathlib import Path
from time import perf_counter

import pytest

from tests.factories import SECRET, make_filing, make_new_item
from triage.__main__ import main
from triage.adapters.store import open_store

LIST = "name;mail;phone\r\nAna;ANA+news@customer.example;01632 960 123\r\nBo;bo@customer.example;01632 960 124\r\n"
ROWS_IN_SECONDS, SECONDS = 100_000, 20.0


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An enquiry with a case, in the store the command will open."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", url)
    monkeypatch.setenv("TRIAGE_SECRET_KEY", SECRET.decode())

    async def filed() -> str:
        store = await open_store(url, secret=SECRET, migrate=True)
        try:
            await store.save_items([make_new_item()], None)
            (item,) = await store.claim_items("worker", 1, make_new_item().received_at)
            async with store.filing() as filer:
                drawn = await filer.next_reference(2026)
                await filer.file(make_filing(item, drawn))
            return drawn
        finally:
            await store.close()

    return asyncio.run(filed())


@pytest.fixture
def campaign(reference: str, tmp_path: Path) -> str:
    """A campaign's list, with one of its two people on the do-not-contact list."""
    assert main(["suppression", "add", "ana@customer.example", "--channel", "phone", "--case", reference]) == 0
    (tmp_path / "list.csv").write_bytes(LIST.encode())
    return "list.csv"


def check(*words: str) -> int:
    return main(["suppression", "check", *words])


def test_a_line_of_somebody_who_opted_out_is_told_by_its_number_and_not_by_its_address(
    campaign: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert check(campaign) == 1
    said = capsys.readouterr()
    assert said.out == "1 of 2 lines are to be removed (column mail)\nlines: 2\n"
    assert said.err == ""
    assert check(campaign, "--show") == 1
    assert "line 2: ANA+news@customer.example" in capsys.readouterr().out


def test_scripts_get_json(campaign: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert check(campaign, "--json") == 1
    told = {"column": "mail", "lines": 2, "remove": [2], "not_compared": [], "other_columns": []}
    assert json.loads(capsys.readouterr().out) == told
    assert check(campaign, "--json", "--show") == 1
    shown = [{"line": 2, "text": "ANA+news@customer.example"}]
    assert json.loads(capsys.readouterr().out) == {**told, "shown": shown}


def test_the_clean_list_is_the_same_file_without_them_and_overwrites_nothing(
    campaign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(campaign, "--out", "clean.csv") == 1
    kept = LIST.splitlines(keepends=True)
    assert (tmp_path / "clean.csv").read_bytes().decode() == kept[0] + kept[2]
    assert check("clean.csv") == 0
    capsys.readouterr()
    assert check(campaign, "--out", campaign) == 2
    assert capsys.readouterr().err == "list.csv: is there already; give a new name\n"
    assert check(campaign, "--out", "nowhere/clean.csv") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_column_of_numbers_is_held_against_the_numbers(campaign: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(campaign, "--column", "phone") == 0
    assert main(["suppression", "add", "+44 1632 960124", "--channel", "phone"]) == 0
    capsys.readouterr()
    assert check(campaign, "--column", "Phone") == 1
    assert "lines: 3\n" in capsys.readouterr().out


def test_what_could_not_be_compared_and_other_columns_are_named(
    campaign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["mail,second", "ana@customer.example,x@customer.example", "none,", "-,", "ana@customer.example,"]
    (tmp_path / campaign).write_text("\n".join([*rows, "bo@customer.example,", ",", "ana@customer.example,", ""]))
    capsys.readouterr()
    assert check(campaign) == 1
    said = capsys.readouterr()
    assert "lines: 2, 5, 8\n" in said.out
    assert said.err.splitlines() == [
        "nothing to compare in 3: lines 3-4, 7",
        "other columns hold addresses too: second; check each with --column",
    ]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("none.csv", None, "cannot be read"),
        ("names.csv", b"name\nAna\n", "no column with mail addresses"),
        ("list.xlsx", b"PK\x03\x04\0", "is not text"),
    ],
)
def test_a_bad_list_is_one_clear_line(
    name: str, content: bytes | None, fault: str, reference: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reference
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert check(name) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{name}: ")
    assert fault in said.err
    assert len(said.err.splitlines()) == 1


def test_a_hundred_thousand_lines_take_seconds(campaign: str, tmp_path: Path) -> None:
    lines = (f"Person {n};person{n}@customer.example;" for n in range(ROWS_IN_SECONDS))
    (tmp_path / campaign).write_text("\n".join(lines), encoding="utf-8")
    began = perf_counter()
    assert check(campaign) == 0
    assert perf_counter() - began < SECONDS


def test_the_list_is_counted_and_shows_nobody(campaign: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert campaign
    assert main(["suppression", "add", "ana@customer.example", "--channel", "chat"]) == 0
    assert "and was before" in capsys.readouterr().out
    assert main(["suppression", "list"]) == 0
    shown = capsys.readouterr().out
    assert "1 line on the do-not-contact list" in shown
    assert "customer.example" not in shown
    assert main(["suppression", "list", "--json"]) == 0
    (count,) = json.loads(capsys.readouterr().out)
    assert (count["scope"], count["channel"], count["lines"]) == ("marketing", "phone", 1)


def test_nobody_is_lifted_without_a_reason(campaign: str, reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    lift = ["suppression", "lift", "ana@customer.example"]
    for words in (lift, [*lift, "--why", " "]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
    assert main([*lift, "--why", "She rang and asked for the newsletter again."]) == 0
    assert main([*lift, "--why", "Again."]) == 1
    assert check(campaign) == 0
    capsys.readouterr()
    assert main(["case", "show", reference, "--json"]) == 0
    assert "She rang and asked for the newsletter again." in capsys.readouterr().out


def test_an_unknown_case_and_what_is_no_address_are_refused(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert reference
    add = ["suppression", "add", "ana@customer.example", "--channel", "phone"]
    assert main([*add, "--case", "dp-2026-99999-k7"]) == 1
    assert capsys.readouterr().err == "there is no enquiry or case DP-2026-99999-K7; nothing was done\n"
    with pytest.raises(SystemExit) as ended:
        main(["suppression", "add", "ana", "--channel", "phone"])
    assert ended.value.code == 2
