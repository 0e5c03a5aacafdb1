"""Accounts and their sessions, on both engines."""

from datetime import timedelta

from tests.factories import NOW
from triage.adapters.store.sql_store import SqlStore
from triage.domain.accounts import SESSION_IDLE, SESSION_LONGEST, Account
from triage.domain.vocabulary import UserRole
from triage.ports import Store


async def an_account(store: SqlStore, name: str = "Dana Hill") -> Account:
    """A new account with a password."""
    assert await store.add_account(name, UserRole.DPO, f"hash of {name}", NOW)
    found = await store.account_by_name(name)
    assert found is not None
    return found[0]


async def test_a_name_is_taken_however_it_is_written(store: Store) -> None:
    assert isinstance(store, SqlStore)
    dana = await an_account(store)
    assert not await store.add_account("DANA HILL", UserRole.READER, "", NOW)
    assert await store.account_by_name("dana hill") == (dana, "hash of Dana Hill")
    strasse = await an_account(store, "Ünal Straße")
    assert await store.account_by_name("ÜNAL STRASSE") == (strasse, "hash of Ünal Straße")
    assert await store.account_by_name("nobody") is None
    assert await store.accounts() == ((dana, None), (strasse, None))


async def test_a_session_is_found_by_its_tokens_hash_alone_and_told_when_it_was_used(store: Store) -> None:
    assert isinstance(store, SqlStore)
    dana = await an_account(store)
    await store.open_session("one", dana, NOW)
    await store.session_seen("one", NOW + timedelta(minutes=5))
    session = await store.session_of("one")
    assert session is not None
    assert (session.account, session.created_at, session.seen_at) == (dana, NOW, NOW + timedelta(minutes=5))
    assert await store.session_of("two") is None
    await store.end_session("one")
    assert await store.session_of("one") is None


async def test_signing_in_forgets_sessions_that_ended_and_no_others(store: Store) -> None:
    assert isinstance(store, SqlStore)
    dana = await an_account(store)
    await store.open_session("idle", dana, NOW - SESSION_IDLE - timedelta(seconds=1))
    await store.open_session("long", dana, NOW - SESSION_LONGEST - timedelta(seconds=1))
    await store.session_seen("long", NOW)
    await store.open_session("alive", dana, NOW - timedelta(hours=1))
    await store.open_session("new", dana, NOW)
    kept = [token for token in ("idle", "long", "alive", "new") if await store.session_of(token)]
    assert kept == ["alive", "new"]


async def test_a_new_password_a_link_and_disabling_end_every_session_of_that_account_alone(store: Store) -> None:
    assert isinstance(store, SqlStore)
    dana, rea = await an_account(store), await an_account(store, "Rea")
    await store.open_session("of rea", rea, NOW)
    for token in ("password", "link", "disable"):
        await store.open_session(token, dana, NOW)
        match token:
            case "password":
                assert await store.set_password("dana hill", "other hash", NOW)
            case "link":
                assert await store.link_subject("dana hill", "https://id.example", "42")
            case _:
                assert await store.disable_account("dana hill", NOW)
        assert await store.session_of(token) is None
    assert await store.session_of("of rea") is not None


async def test_who_is_disabled_signs_in_by_no_way_and_is_changed_no_more(store: Store) -> None:
    assert isinstance(store, SqlStore)
    await an_account(store)
    assert await store.link_subject("Dana Hill", "https://id.example", "42")
    assert await store.disable_account("Dana Hill", NOW)
    assert await store.account_by_name("Dana Hill") is None
    assert await store.account_by_subject("https://id.example", "42") is None
    assert not await store.set_password("Dana Hill", "other", NOW)
    assert not await store.disable_account("Dana Hill", NOW)
    assert [disabled_at for _, disabled_at in await store.accounts()] == [NOW]


async def test_a_person_of_an_identity_provider_has_one_account(store: Store) -> None:
    assert isinstance(store, SqlStore)
    await an_account(store)
    await an_account(store, "Rea")
    assert await store.link_subject("Dana Hill", "https://id.example", "42")
    assert not await store.link_subject("Rea", "https://id.example", "42")
    assert not await store.link_subject("nobody", "https://id.example", "43")
    assert await store.link_subject("Rea", "https://other.example", "42")
    found = await store.account_by_subject("https://id.example", "42")
    assert found is not None
    assert (found.name, found.issuer, found.subject) == ("Dana Hill", "https://id.example", "42")


async def test_signing_out_everywhere_says_how_many_sessions_there_were(store: Store) -> None:
    assert isinstance(store, SqlStore)
    dana = await an_account(store)
    for token in ("one", "two"):
        await store.open_session(token, dana, NOW)
    assert await store.end_sessions_of(dana.id) == 2
    assert await store.end_sessions_of(dana.id) == 0
