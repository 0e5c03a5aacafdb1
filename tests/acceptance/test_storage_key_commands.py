"""A storage key from its making to its change, as an operator does it: `triage key`, `triage store`, the doctor."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.command_line import Ended, triage_inside
from tests.factories import NOW, make_analysis, make_enquiry, make_filing, make_new_item
from triage.adapters.store import open_store
from triage.storage_key import make_key, read_keys

SECRET = "a key for tests only"
SAID = "Please erase the Aubergine account."


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Of a store in plain with one mail in it."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}"
    asyncio.run(fill(url))
    return {"TRIAGE_DATABASE_URL": url, "TRIAGE_SECRET_KEY": SECRET}


async def fill(url: str) -> None:
    store = await open_store(url, secret=SECRET.encode(), migrate=True)
    await store.save_items([make_new_item(raw=SAID.encode())], None)
    (item,) = await store.claim_items("worker", 1, NOW)
    analysis = make_analysis(enquiry=make_enquiry(full_text=SAID))
    async with store.filing() as filer:
        await filer.file(make_filing(item, await filer.next_reference(2026), analysis=analysis))
    await store.close()


def run(*words: str, settings: dict[str, str], key: str = "") -> Ended:
    return triage_inside(*words, settings=settings | ({"TRIAGE_STORAGE_KEY": key} if key else {}))


def readable(folder: Path) -> bool:
    return any(b"Aubergine" in path.read_bytes() for path in folder.glob("triage.db*"))


def test_a_key_is_made_and_nothing_but_it_goes_to_stdout() -> None:
    ended = triage_inside("key", "new", settings={})
    assert ended.code == 0
    assert len(read_keys(ended.out.strip())) == 1
    assert "Keep a copy apart" in ended.err
    assert ended.out.strip() not in ended.err


def test_a_store_is_encrypted_and_its_key_changed(settings: dict[str, str], tmp_path: Path) -> None:
    first, second = make_key(), make_key()
    refused = run("case", "list", settings=settings, key=first)
    assert (refused.code, len(refused.faults)) == (2, 1)
    assert "run `triage store rekey`" in refused.err
    assert readable(tmp_path)

    ended = run("store", "rekey", settings=settings, key=first)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("encrypted: ")
    assert not readable(tmp_path)

    for key, line in (("", "set TRIAGE_STORAGE_KEY"), (second, "another TRIAGE_STORAGE_KEY")):
        refused = run("case", "list", settings=settings, key=key)
        assert (refused.code, len(refused.faults)) == (2, 1)
        assert line in refused.err

    both = f"{second},{first}"
    assert json.loads(run("case", "list", "--json", settings=settings, key=both).out)
    ended = run("store", "rekey", settings=settings, key=both)
    assert ended.out.startswith("encrypted anew: ")
    listed = json.loads(run("case", "list", "--json", settings=settings, key=second).out)
    shown = run("case", "show", listed[0]["reference"], "--json", settings=settings, key=second)
    assert SAID in shown.out
    assert run("journal", "verify", settings=settings, key=second).code == 0


def test_rekey_says_in_one_line_what_is_in_its_way(settings: dict[str, str], tmp_path: Path) -> None:
    key = make_key()
    for changes, line in (
        ({}, "TRIAGE_STORAGE_KEY: set the key to encrypt with; `triage key new` makes one"),
        ({"TRIAGE_STORAGE_KEY": "short"}, "TRIAGE_STORAGE_KEY: must be 32 random bytes"),
        (
            {"TRIAGE_STORAGE_KEY": key, "TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/no.db"},
            "no database yet",
        ),
    ):
        ended = triage_inside("store", "rekey", settings=settings | changes)
        assert (ended.code, len(ended.faults)) == (2, 1)
        assert line in ended.err
    with closing(sqlite3.connect(tmp_path / "triage.db")) as busy:
        busy.execute("SELECT count(*) FROM enquiry").fetchone()
        ended = run("store", "rekey", settings=settings, key=key)
    assert (ended.code, len(ended.faults)) == (2, 1)
    assert "stop every process" in ended.err
    assert readable(tmp_path)
