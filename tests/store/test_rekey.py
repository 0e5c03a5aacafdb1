"""Encrypting a store that lay in plain, and changing its key: restartable, and refused where it would do harm."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text, update

from tests.factories import NOW, SECRET, make_analysis, make_enquiry
from tests.store.conftest import OpenStore
from tests.store.steps import claim_one, file_one
from triage.adapters.key_proof import ENCRYPTED, IN_PLAIN, OTHER_STORAGE_KEY, PLAIN, UNFINISHED
from triage.adapters.sealing import WORD, Sealer
from triage.adapters.store import open_store, rekey
from triage.adapters.store.engine import connect_database
from triage.adapters.store.move import copy_store
from triage.adapters.store.rekey import Rekeyed, sealed_columns
from triage.adapters.store.schema import enquiry, item, storage_key
from triage.errors import SealBroken, StoreUnavailable
from triage.ports import Store

OLD, NEW, OTHER = bytes(range(32)), bytes(range(100, 132)), bytes(range(50, 82))
SAID = "Please erase the Aubergine account."


async def rekeyed(url: str, *keys: bytes, told: Callable[[str, int], None] = lambda *_: None) -> Rekeyed:
    database = connect_database(url)
    try:
        return await rekey.rekey(database, Sealer(keys), told)
    finally:
        await database.close()


async def say(store: Store, words: str = SAID) -> str:
    return await file_one(store, analysis=make_analysis(enquiry=make_enquiry(subject=words, full_text=words)))


async def as_it_lies(url: str) -> list[str]:
    """Every text of the sealed columns as the database has it."""
    database = connect_database(url)
    found = []
    try:
        async with database.read() as connection:
            for table, columns in sealed_columns():
                for row in await connection.execute(select(*(table.c[name] for name in columns))):
                    found += [str(value) for value in row if value]
    finally:
        await database.close()
    return found


async def fingerprints(url: str) -> set[str]:
    database = connect_database(url)
    try:
        async with database.read() as connection:
            return set((await connection.execute(select(storage_key.c.fingerprint))).scalars())
    finally:
        await database.close()


async def subject_of(store: Store, reference: str) -> str:
    shown = await store.show_case(reference)
    assert shown is not None
    return str(shown["thread"][0]["subject"])  # type: ignore[index]


async def test_a_new_store_is_encrypted_from_its_first_row(open_another: OpenStore, database_url: str) -> None:
    store = await open_another(storage_keys=(NEW,))
    reference = await say(store)
    assert await subject_of(store, reference) == SAID
    assert not [one for one in await as_it_lies(database_url) if "Aubergine" in one]
    assert await fingerprints(database_url) == set(Sealer([NEW]).fingerprints)
    assert await store.verify_journal() == ()


async def test_a_store_without_a_key_is_as_it_was(open_another: OpenStore, database_url: str) -> None:
    await say(await open_another())
    assert SAID in await as_it_lies(database_url)
    assert await fingerprints(database_url) == set()


@pytest.mark.parametrize("migrate", [True, False])
async def test_an_encrypted_store_is_refused_without_its_key_before_anything_is_written(
    open_another: OpenStore, database_url: str, migrate: bool
) -> None:
    await say(await open_another(storage_keys=(NEW,)))
    before = await fingerprints(database_url)
    for keys, line in (((), ENCRYPTED), ((OTHER,), OTHER_STORAGE_KEY)):
        with pytest.raises(StoreUnavailable) as refused:
            await open_another(storage_keys=keys, migrate=migrate)
        assert str(refused.value) == line
    assert await fingerprints(database_url) == before


async def test_a_key_on_a_store_in_plain_is_refused_and_rekey_encrypts_what_is_there(
    open_another: OpenStore, database_url: str
) -> None:
    store = await open_another()
    reference = await say(store)
    with pytest.raises(StoreUnavailable) as refused:
        await open_another(storage_keys=(NEW,))
    assert str(refused.value) == IN_PLAIN
    await store.close()

    done = await rekeyed(database_url, NEW)
    assert done.was_plain
    assert done.values > 5
    assert not [one for one in await as_it_lies(database_url) if "Aubergine" in one]
    store = await open_another(storage_keys=(NEW,))
    assert await subject_of(store, reference) == SAID
    assert await store.verify_journal() == ()
    assert (await rekeyed(database_url, NEW)).values == 0


async def test_a_key_is_changed_beside_a_desk_that_has_both(open_another: OpenStore, database_url: str) -> None:
    first = await say(await open_another(storage_keys=(OLD,)))
    store = await open_another(storage_keys=(NEW, OLD))
    second = await say(store)
    with pytest.raises(StoreUnavailable, match="another TRIAGE_STORAGE_KEY"):
        await open_another(storage_keys=(OLD,))
    with pytest.raises(StoreUnavailable, match="another TRIAGE_STORAGE_KEY"):
        await open_another(storage_keys=(NEW,))
    done = await rekeyed(database_url, NEW, OLD)
    assert done.values > 0
    assert not done.was_plain
    store = await open_another(storage_keys=(NEW,))
    assert [await subject_of(store, one) for one in (first, second)] == [SAID, SAID]
    assert await store.verify_journal() == ()


async def test_a_run_that_is_cut_off_goes_on_where_it_stopped_and_nobody_writes_meanwhile(
    open_another: OpenStore, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekey, "_ROWS_A_TIME", 2)
    monkeypatch.setattr(rekey, "_ITEMS_A_TIME", 2)
    store = await open_another()
    references = [await say(store) for _ in range(5)]
    await store.close()

    def power_cut(table: str, rows: int) -> None:
        if table == "enquiry" and rows == 4:
            raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        await rekeyed(database_url, NEW, told=power_cut)
    assert PLAIN in await fingerprints(database_url)
    for keys in ((), (NEW,)):
        with pytest.raises(StoreUnavailable) as refused:
            await open_another(storage_keys=keys)
        assert str(refused.value) == UNFINISHED
    with pytest.raises(StoreUnavailable, match="another TRIAGE_STORAGE_KEY"):
        await rekeyed(database_url, OTHER)

    looked_at: list[tuple[str, int]] = []
    again = await rekeyed(database_url, NEW, told=lambda *place: looked_at.append(place))
    assert ("enquiry", 2) in looked_at
    assert ("enquiry", 5) in looked_at
    assert again.values > 0
    store = await open_another(storage_keys=(NEW,))
    assert [await subject_of(store, one) for one in references] == [SAID] * 5


async def test_a_text_that_looks_encrypted_is_a_strangers_words_like_any_other(
    open_another: OpenStore, database_url: str
) -> None:
    sly = Sealer([OTHER]).seal("enquiry.subject", "words")
    store = await open_another()
    references = [await say(store, words) for words in (sly, f"{WORD}not base64 at all")]
    await store.close()
    await rekeyed(database_url, NEW)
    store = await open_another(storage_keys=(NEW,))
    assert [await subject_of(store, one) for one in references] == [sly, f"{WORD}not base64 at all"]


async def test_a_store_in_use_is_not_encrypted_under_somebodys_hands(
    open_another: OpenStore, database_url: str
) -> None:
    store = await open_another()
    await say(store)
    with pytest.raises(StoreUnavailable, match="stop every process"):
        await rekeyed(database_url, NEW)
    assert await fingerprints(database_url) == set()
    await say(store)


async def test_a_value_put_in_anothers_place_is_refused_by_name(open_another: OpenStore, database_url: str) -> None:
    store = await open_another(storage_keys=(NEW,))
    reference = await say(store)
    database = connect_database(database_url)
    async with database.write() as connection:
        await connection.execute(text("UPDATE enquiry SET subject = full_text"))
    with pytest.raises(SealBroken, match=r"^enquiry\.subject: what stands there does not open"):
        await store.show_case(reference)
    with pytest.raises(StoreUnavailable, match=r"^enquiry 1: enquiry\.subject: "):
        await rekeyed(database_url, NEW)
    async with database.write() as connection:
        await connection.execute(update(enquiry).values(subject="in plain"))
    with pytest.raises(SealBroken):
        await store.show_case(reference)
    await database.close()


async def test_what_a_hook_without_the_key_stored_is_read_told_of_and_encrypted(
    open_another: OpenStore, database_url: str
) -> None:
    store = await open_another(storage_keys=(NEW,))
    one = await claim_one(store)
    database = connect_database(database_url)
    async with database.write() as connection:
        await connection.execute(update(item).values(raw=one.raw))
    await database.close()
    await store.release_claims(None, NOW)
    (again,) = await store.claim_items("worker", 1, NOW)
    assert again.raw == one.raw
    assert (await store.encryption()).items_in_plain == 1  # type: ignore[attr-defined]
    await rekeyed(database_url, NEW)
    state = await store.encryption()  # type: ignore[attr-defined]
    assert (state.keys, state.items_in_plain) == (1, 0)


async def test_a_moved_store_is_encrypted_as_it_was(
    open_another: OpenStore, database_url: str, request: pytest.FixtureRequest
) -> None:
    reference = await say(await open_another(storage_keys=(NEW,)))
    target = request.getfixturevalue("postgres").create_database()
    await copy_store(database_url, target)
    with pytest.raises(StoreUnavailable) as refused:
        await opened(target)
    assert str(refused.value) == ENCRYPTED
    store = await opened(target, NEW)
    assert await subject_of(store, reference) == SAID
    assert await store.verify_journal() == ()
    await store.close()


async def opened(url: str, *keys: bytes) -> Store:
    return await open_store(url, secret=SECRET, storage_keys=keys, migrate=False)
