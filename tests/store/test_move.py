"""Everything moves from SQLite to PostgreSQL (and back), and work goes on there."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories import NOW, SECRET, make_case, make_new_item, make_silent_plan
from tests.servers.postgres import Postgres
from tests.store.chat_steps import PORTAL, chat_case, claim_event, claim_room, keep
from tests.store.steps import claim_one, file_one
from triage.adapters.store import move, open_store
from triage.adapters.store.move import copy_store
from triage.adapters.store.sql_store import SqlStore
from triage.domain.reference import make_reference
from triage.errors import StoreUnavailable
from triage.ports import MailboxPosition, MailKey, Store


async def fill(store: Store) -> None:
    """Something in most tables."""
    position = MailboxPosition(account="imap:desk/INBOX", validity=7, last_uid=3)
    await store.save_items([], position, [MailKey(text="gap", uid=2)])
    await file_one(store)
    await file_one(store, plan=make_silent_plan(cases=(make_case(),), not_acknowledged=True))
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    await store.record_undelivered(letter, "refused", "550", NOW)
    await store.fail_item(await claim_one(store, raw=bytes(range(256))), "crash", None, NOW)
    assert isinstance(store, SqlStore)
    await chat_case(store, notes=("team_note",))
    await keep(store)
    await store.forget_contact(PORTAL, "gone", await claim_event(store), NOW)


@pytest.mark.parametrize("towards", ["postgresql", "sqlite"])
async def test_a_moved_store_is_the_same_and_goes_on(towards: str, tmp_path: Path, postgres: Postgres) -> None:
    urls = [f"sqlite+aiosqlite:///{tmp_path}/triage.db", postgres.create_database()]
    source_url, target_url = urls if towards == "postgresql" else reversed(urls)
    source = await open_store(source_url, secret=SECRET, migrate=True)
    await fill(source)
    assert await copy_store(source_url, target_url) > 20
    target = await open_store(target_url, secret=SECRET, migrate=False)
    assert await target.list_cases() == await source.list_cases()
    assert await target.alarms() == await source.alarms()
    assert await target.unacknowledged() == await source.unacknowledged()
    (broken,) = await target.list_quarantine()
    assert await target.quarantined_raw(broken.id) == bytes(range(256))
    reference = (await source.list_cases())[0].reference
    assert await target.show_case(reference) == await source.show_case(reference)
    assert await target.verify_journal() == ()
    assert await claim_room(target) == await claim_room(source)
    assert await target.list_letters() == await source.list_letters()
    assert (await file_one(target)).startswith("DP-2026-00004")
    assert await target.save_items([replace(make_new_item(), key="new")], None) == 1
    with pytest.raises(StoreUnavailable, match="the target is not empty"):
        await copy_store(source_url, target_url)
    await source.close()
    await target.close()


def test_the_command_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = f"sqlite+aiosqlite:///{tmp_path}/missing.db"
    monkeypatch.setattr("sys.argv", ["move", missing, f"sqlite+aiosqlite:///{tmp_path}/new.db"])
    assert move.main() == 2
    assert capsys.readouterr().err.startswith("the database is older than this program")
    monkeypatch.setattr("sys.argv", ["move", missing])
    assert move.main() == 2
    assert capsys.readouterr().err.startswith("usage:")


async def test_a_target_that_was_opened_once_but_holds_nothing_takes_the_store(
    tmp_path: Path, postgres: Postgres
) -> None:
    source_url, target_url = f"sqlite+aiosqlite:///{tmp_path}/triage.db", postgres.create_database()
    source = await open_store(source_url, secret=SECRET, migrate=True)
    await fill(source)
    opened = await open_store(target_url, secret=b"the key it was tried with", migrate=True)
    await opened.close()
    assert await copy_store(source_url, target_url) > 20
    target = await open_store(target_url, secret=SECRET, migrate=False)
    assert await target.list_cases() == await source.list_cases()
    await target.close()
    await source.close()


async def test_the_forms_references_go_on_behind_those_that_were_given(tmp_path: Path, postgres: Postgres) -> None:
    source_url, target_url = f"sqlite+aiosqlite:///{tmp_path}/triage.db", postgres.create_database()
    source = await open_store(source_url, secret=SECRET, migrate=True)
    await file_one(source, plan=make_silent_plan(adopts=make_reference(2026, 500_007)))
    await source.close()
    await copy_store(source_url, target_url)
    assert await next_form_number(target_url) == 500_008
    third_url = postgres.create_database()
    await copy_store(target_url, third_url)
    assert await next_form_number(third_url) == 500_009


async def test_the_forms_references_of_a_new_database_begin_at_their_first(postgres: Postgres) -> None:
    url = postgres.create_database()
    store = await open_store(url, secret=SECRET, migrate=True)
    await store.close()
    assert await next_form_number(url) == 500_001


async def next_form_number(url: str) -> int:
    """As a hook draws it."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        number = (await connection.execute(text("SELECT nextval('form_reference')"))).scalar_one()
    await engine.dispose()
    return int(number)
