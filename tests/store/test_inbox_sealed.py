"""The hook with a storage key: what it stores is encrypted, and only a worker with that key takes it over."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.factories import NOW, SECRET
from tests.servers.postgres import Postgres
from tests.store import inbox_steps
from tests.store.inbox_steps import FormRaws, make_event
from tests.store.test_inbox_postgres import NOW as TODAY
from tests.store.test_inbox_postgres import ROLE_FILE, connected, opened, rows
from triage.adapters.inbox_file import open_file_inbox
from triage.adapters.inbox_source import FileInboxSource
from triage.adapters.key_proof import ENCRYPTED, IN_PLAIN, OTHER_STORAGE_KEY
from triage.adapters.sealing import Sealer
from triage.adapters.store import open_store
from triage.errors import StoreUnavailable
from triage.ports import NewItem

KEY, OTHER = bytes(range(32)), bytes(range(100, 132))
SAID = b'{"said": "Aubergine"}'
EVENT = replace(make_event(1), raw=SAID, sha256=hashlib.sha256(SAID).hexdigest(), size_bytes=len(SAID))


async def saved(path: Path, *keys: bytes, item: NewItem = EVENT) -> None:
    inbox = await open_file_inbox(path, sealer=Sealer(keys) if keys else None)
    await inbox.save([item])
    await inbox.save_form(f"form:{item.key}", FormRaws(), NOW, None)
    await inbox.close()


async def read(path: Path, *keys: bytes) -> list[NewItem]:
    source = FileInboxSource(path, Sealer(keys) if keys else None)
    try:
        return [item for _, item in await source.items_above(0, 10) if item is not None]
    finally:
        await source.close()


async def test_what_the_file_holds_is_readable_by_the_worker_alone(tmp_path: Path) -> None:
    path = tmp_path / "hook.db"
    await saved(path, KEY)
    with closing(sqlite3.connect(path)) as file:
        lying = file.execute("SELECT raw, sha256, size_bytes FROM received").fetchall()
    assert not any(b"Aubergine" in raw or b"reference" in raw for raw, _, _ in lying)
    assert EVENT.sha256 not in [sha256 for _, sha256, _ in lying]
    event, form = await read(path, KEY)
    assert event == EVENT
    assert b"reference" in form.raw
    assert form.sha256 == hashlib.sha256(form.raw).hexdigest()


@pytest.mark.parametrize("keys", [(), (OTHER,)])
async def test_a_worker_without_the_hooks_key_passes_nothing_over(tmp_path: Path, keys: tuple[bytes, ...]) -> None:
    await saved(tmp_path / "hook.db", KEY)
    with pytest.raises(StoreUnavailable, match=r"hook\.db: the hook encrypts with a TRIAGE_STORAGE_KEY"):
        await read(tmp_path / "hook.db", *keys)
    assert len(await read(tmp_path / "hook.db", OTHER, KEY)) == 2


async def test_what_came_before_the_key_is_read_too(tmp_path: Path) -> None:
    await saved(tmp_path / "hook.db")
    await saved(tmp_path / "hook.db", KEY, item=make_event(2))
    assert next(item.raw for item in await read(tmp_path / "hook.db", KEY)) == SAID
    assert len(await read(tmp_path / "hook.db", KEY)) == 4


async def made(postgres: Postgres, *keys: bytes) -> str:
    """A store with these keys, and the role for a hook."""
    url = postgres.create_database()
    await (await open_store(url, secret=SECRET, storage_keys=keys, migrate=True)).close()
    async with connected(url) as owner:
        await owner.execute(ROLE_FILE.read_text())
    return url


def as_hook(url: str) -> str:
    return url.replace("postgres@", "privacy_desk_hook@")


async def test_on_postgresql_the_hook_encrypts_for_the_stores_own_column(postgres: Postgres) -> None:
    url = await made(postgres, KEY)
    event = inbox_steps.make_event(1, received_at=TODAY, raw=SAID)
    async with opened(as_hook(url), sealer=Sealer([KEY])) as inbox:
        assert await inbox.save([event]) == 1
        assert (await inbox.save_form("form:a", FormRaws(), TODAY, None)).reference
    lying = await rows(url, "SELECT raw FROM item")
    assert not any(b"Aubergine" in raw or b"reference" in raw for (raw,) in lying)
    store = await open_store(url, secret=SECRET, storage_keys=(KEY,), migrate=False)
    (claimed,) = await store.claim_events("worker", 5, TODAY)
    (form,) = await store.claim_items("worker", 5, TODAY)
    assert claimed.raw == SAID
    assert b"reference" in form.raw
    await store.close()


async def test_a_hook_whose_key_is_not_the_stores_stores_nothing(postgres: Postgres) -> None:
    encrypted, plain = await made(postgres, KEY), await made(postgres)
    for url, keys, line in (
        (encrypted, (), ENCRYPTED),
        (encrypted, (OTHER,), OTHER_STORAGE_KEY),
        (plain, (KEY,), IN_PLAIN),
        (
            encrypted,
            (OTHER, KEY),
            "the store does not know the new TRIAGE_STORAGE_KEY yet: start the worker with it first",
        ),
    ):
        async with opened(as_hook(url), sealer=Sealer(keys) if keys else None) as inbox:
            with pytest.raises(StoreUnavailable) as refused:
                await inbox.save([inbox_steps.make_event(1, received_at=TODAY)])
            assert str(refused.value) == line
            assert not await inbox.ready()
    assert await rows(encrypted, "SELECT key FROM item") == []


async def test_a_role_from_before_there_were_keys_goes_on_without_one(postgres: Postgres) -> None:
    url = await made(postgres)
    async with connected(url) as owner:
        await owner.execute("REVOKE ALL ON storage_key FROM privacy_desk_hook")
    async with opened(as_hook(url)) as inbox:
        assert await inbox.save([inbox_steps.make_event(1, received_at=TODAY)]) == 1
    async with opened(as_hook(url), sealer=Sealer([KEY])) as inbox:
        with pytest.raises(StoreUnavailable, match=r"run deploy/postgres-hook-role\.sql again"):
            await inbox.save([inbox_steps.make_event(2, received_at=TODAY)])
