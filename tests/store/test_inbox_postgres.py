"""The hook on PostgreSQL: a role that may only add, made by the very file that is shipped."""

import asyncio
import hashlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError

from tests.factories import SECRET
from tests.servers.postgres import Postgres
from tests.store import inbox_steps
from tests.store.inbox_steps import FormRaws
from triage.adapters.inbox import open_inbox
from triage.adapters.inbox_postgres import PostgresInbox, open_postgres_inbox
from triage.adapters.store import open_store
from triage.domain.reference import make_reference
from triage.domain.vocabulary import Channel
from triage.errors import SettingsWrong, StoreUnavailable
from triage.ports import NewItem, Store

# The server's own clock says which times the role may write.
NOW = datetime.now(UTC)
LONDON_YEAR = NOW.astimezone(ZoneInfo("Europe/London")).year
ROLE_FILE = Path(__file__).parents[2] / "deploy" / "postgres-hook-role.sql"

_FORGED = (
    "INSERT INTO item (key, channel, raw, sha256, size_bytes, received_at, backlog, state, attempts, code,"
    " is_event{column}) VALUES ('hubspot:1', 'chat', '', encode(sha256(''), 'hex'), 0, {at}, false,"
    " 'received', 0, '', true{value})"
)


def make_event(number: int, **changes: object) -> NewItem:
    """A chat event that came in just now."""
    return inbox_steps.make_event(number, **({"received_at": NOW} | changes))


def driver_url(url: str) -> str:
    return url.replace("+asyncpg", "")


@pytest.fixture
async def owner_url(postgres: Postgres) -> str:
    """A database whose tables the worker has made, and in which the role file was run twice."""
    url = postgres.create_database()
    store = await open_store(url, secret=SECRET, migrate=True)
    await store.close()
    async with connected(url) as owner:
        for _ in range(2):
            await owner.execute(ROLE_FILE.read_text())
    return url


@pytest.fixture
def hook_url(owner_url: str) -> str:
    return owner_url.replace("postgres@", "privacy_desk_hook@")


@pytest.fixture
async def store(owner_url: str) -> AsyncIterator[Store]:
    store = await open_store(owner_url, secret=SECRET, migrate=False)
    yield store
    await store.close()


@pytest.fixture
async def inbox(hook_url: str) -> AsyncIterator[PostgresInbox]:
    async with opened(hook_url) as inbox:
        yield inbox


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[PostgresInbox]:
    inbox = await open_postgres_inbox(url, **options)
    try:
        yield inbox
    finally:
        await inbox.close()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(driver_url(url))
    try:
        yield connection
    finally:
        await connection.close()


async def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    async with connected(url) as owner:
        return [tuple(row) for row in await owner.fetch(query)]


async def test_items_go_straight_into_the_store_once(inbox: PostgresInbox, owner_url: str) -> None:
    assert await inbox.save([]) == 0
    assert await inbox.save([make_event(2), make_event(1)]) == 2
    assert await inbox.save([make_event(2), make_event(3), make_event(3)]) == 1
    found = await rows(
        owner_url,
        "SELECT key, channel, raw, sha256, size_bytes, received_at, backlog, state, attempts, code, is_event FROM item"
        " ORDER BY key",
    )
    event = make_event(1)
    assert found[0] == (
        *(event.key, "chat", event.raw, event.sha256, event.size_bytes, NOW),
        *(False, "received", 0, "", True),
    )
    assert [row[0] for row in found] == [make_event(number).key for number in (1, 2, 3)]


async def test_the_worker_claims_what_the_hook_added(inbox: PostgresInbox, store: Store) -> None:
    raws = FormRaws()
    saved = await inbox.save_form("form:a", raws, NOW, None)
    (item,) = await store.claim_items("worker", 5, NOW)
    assert (item.key, item.channel, item.is_event) == ("form:a", Channel.FORM, False)
    assert json.loads(item.raw)["form"]["reference"] == saved.reference


async def test_the_worker_keeps_what_the_hook_added_under_the_key_it_would_give_itself(
    inbox: PostgresInbox, store: Store
) -> None:
    odd = make_event(1, key="hubspot:1:\ud800:\0")
    assert await inbox.save([odd]) == 1
    assert await store.save_items([odd], None) == 0


async def test_forms_draw_from_the_series_in_the_year_of_london(inbox: PostgresInbox, owner_url: str) -> None:
    raws = FormRaws()
    first = await inbox.save_form("form:a", raws, NOW, "challenge")
    second = await inbox.save_form("form:b", raws, NOW, "challenge")
    third = await inbox.save_form("form:c", raws, NOW, "another")
    references = [make_reference(LONDON_YEAR, 500_001 + number) for number in range(3)]
    assert [one.reference for one in (first, second, third)] == references
    assert raws.told == list(zip(references, (False, True, False), strict=True))
    ((sha256, size, raw),) = await rows(owner_url, "SELECT sha256, size_bytes, raw FROM item WHERE key = 'form:a'")
    assert (sha256, size) == (hashlib.sha256(raw).hexdigest(), len(raw))


async def test_the_same_post_again_shows_the_first_reference_and_spends_nothing(
    inbox: PostgresInbox, owner_url: str
) -> None:
    raws = FormRaws()
    answers = await asyncio.gather(*(inbox.save_form("form:a", raws, NOW, "challenge") for _ in range(6)))
    assert len({one.reference for one in answers}) == 1
    assert answers[0].reference is not None
    assert sorted(one.known for one in answers) == [False, True, True, True, True, True]
    ((reference,),) = await rows(owner_url, "SELECT convert_from(raw, 'UTF8')::json->'form'->>'reference' FROM item")
    assert reference == answers[0].reference
    again = await inbox.save_form("form:a", raws, NOW, "a fresh challenge")
    assert (again.reference, again.known) == (reference, True)
    assert await rows(owner_url, "SELECT challenge FROM form_challenge") == [("challenge",)]


async def test_a_post_another_hook_took_or_an_hour_ago_is_known_without_its_reference(hook_url: str) -> None:
    clock = [0.0]
    raws = FormRaws()
    async with opened(hook_url, clock_s=lambda: clock[0]) as inbox, opened(hook_url) as other:
        saved = await inbox.save_form("form:a", raws, NOW, None)
        elsewhere = await other.save_form("form:a", raws, NOW, None)
        assert (elsewhere.reference, elsewhere.known) == (None, True)
        clock[0] = 3599.0
        assert (await inbox.save_form("form:a", raws, NOW, None)).reference == saved.reference
        clock[0] = 3601.0
        late = await inbox.save_form("form:a", raws, NOW, None)
        assert (late.reference, late.known) == (None, True)


async def test_remembered_references_are_bounded(hook_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.adapters.inbox_postgres._SHOWN_MOST", 3)
    async with opened(hook_url) as inbox:
        for number in range(5):
            await inbox.save_form(f"form:{number}", FormRaws(), NOW, None)
        known = [await inbox.save_form(f"form:{number}", FormRaws(), NOW, None) for number in range(5)]
    assert [one.reference is None for one in known] == [True, True, False, False, False]


async def test_a_form_that_cannot_be_worded_leaves_nothing_behind(inbox: PostgresInbox, owner_url: str) -> None:
    def broken(reference: str, *, spent_before: bool) -> bytes:
        raise RuntimeError(reference)

    with pytest.raises(RuntimeError):
        await inbox.save_form("form:a", broken, NOW, "challenge")
    assert await rows(owner_url, "SELECT challenge FROM form_challenge") == []
    raws = FormRaws()
    saved = await inbox.save_form("form:a", raws, NOW, "challenge")
    assert not saved.known
    assert [spent for _, spent in raws.told] == [False]


async def test_the_role_can_read_change_or_delete_nothing_in_any_table(hook_url: str, owner_url: str) -> None:
    tables = [name for (name,) in await rows(owner_url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    assert {"item", "form_challenge", "enquiry", "letter", "journal", "chat_line"} <= set(tables)
    async with connected(owner_url) as owner:
        columns = {
            table: await owner.fetchval(
                "SELECT column_name FROM information_schema.columns WHERE table_name = $1 LIMIT 1", table
            )
            for table in tables
        }
    async with connected(hook_url) as hook:
        for table, column in columns.items():
            # Which storage key the store has, as a hash, is the one thing it is told.
            reads = [] if table == "storage_key" else [f'SELECT count(*) FROM "{table}"', f'COPY "{table}" TO STDOUT']
            tries = [
                *reads,
                f'UPDATE "{table}" SET "{column}" = "{column}"',
                f'DELETE FROM "{table}"',
                f'TRUNCATE "{table}"',
                f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE',
                f'DROP TABLE "{table}"',
                f'CREATE RULE spy AS ON INSERT TO "{table}" DO NOTHING',
            ]
            if table not in ("item", "form_challenge"):
                tries.append(f'INSERT INTO "{table}" DEFAULT VALUES')
            for statement in tries:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with hook.transaction():
                        await hook.execute(statement)
        for statement in (
            "INSERT INTO form_challenge VALUES ('a', now()) RETURNING challenge",
            "INSERT INTO form_challenge VALUES ('a', now()) ON CONFLICT (challenge) DO UPDATE SET challenge = 'b'",
            "SELECT last_value FROM form_reference",
            "SELECT setval('form_reference', 1)",
            "CREATE TABLE mine (id integer)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await hook.execute(statement)


async def test_the_role_can_add_nothing_that_no_hook_receives(inbox: PostgresInbox, owner_url: str) -> None:
    big = b"x" * (1024 * 1024 + 1)
    for forged in (
        make_event(1, key="imap:desk/INBOX:1:4711", channel=Channel.EMAIL, is_event=False),
        make_event(2, key="imap:desk/INBOX:1:4712"),
        make_event(3, key="burst:1:2:3", is_event=False),
        make_event(4, key="hubspot:1:2:3", is_event=False),
        make_event(5, key="imap:desk/INBOX:1:4713", channel=Channel.FORM, is_event=False),
        make_event(6, key="form:a", channel=Channel.FORM),
        make_event(7, raw=big, size_bytes=len(big), sha256=hashlib.sha256(big).hexdigest()),
        make_event(9, size_bytes=2**62),
        make_event(10, sha256=make_event(1).sha256),
        make_event(11, received_at=NOW - timedelta(hours=25)),
        make_event(12, received_at=NOW + timedelta(hours=25)),
    ):
        with pytest.raises(StoreUnavailable, match="the role may not do this"):
            await inbox.save([make_event(8), forged])
    assert await rows(owner_url, "SELECT key FROM item") == []


@pytest.mark.parametrize("column", ["id", "retry_at", "claimed_by", "claimed_at", "analysed_at"])
async def test_the_role_fills_no_column_that_is_the_workers(column: str, hook_url: str, owner_url: str) -> None:
    value = {"id": "1", "claimed_by": "'worker'"}.get(column, "now()")
    async with connected(hook_url) as hook:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await hook.execute(_FORGED.format(column=f", {column}", value=f", {value}", at="now()"))
    assert await rows(owner_url, "SELECT key FROM item") == []


@pytest.mark.parametrize("at", ["4000-01-01 BC", "20000-01-01", "infinity", "-infinity"])
async def test_the_role_writes_no_time_a_worker_could_not_read(at: str, hook_url: str, owner_url: str) -> None:
    async with connected(hook_url) as hook:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await hook.execute(_FORGED.format(column="", value="", at=f"'{at}'"))
        await hook.execute(_FORGED.format(column="", value="", at="now()"))
    assert await rows(owner_url, "SELECT key FROM item") == [("hubspot:1",)]


async def test_a_row_number_that_is_taken_fails_aloud_and_loses_no_mail(owner_url: str, store: Store) -> None:
    async with connected(owner_url) as owner:
        await owner.execute(_FORGED.format(column=", id", value=", 1", at="now()"))
    mail = make_event(1, key="imap:desk/INBOX:1:4711", channel=Channel.EMAIL, is_event=False)
    with pytest.raises(IntegrityError):
        await store.save_items([mail], None)
    assert await store.save_items([mail], None) == 1


async def test_for_other_roles_the_table_is_as_before(inbox: PostgresInbox, owner_url: str) -> None:
    await inbox.save([make_event(1)])
    async with connected(owner_url) as owner:
        await owner.execute("CREATE ROLE reporting LOGIN; GRANT SELECT, UPDATE, INSERT ON item TO reporting")
        await owner.execute("GRANT USAGE ON SEQUENCE item_id_seq TO reporting")
    try:
        async with connected(owner_url.replace("postgres@", "reporting@")) as reporting:
            assert await reporting.fetchval("SELECT count(*) FROM item") == 1
            await reporting.execute("UPDATE item SET channel = 'email', key = 'imap:1'")
    finally:
        async with connected(owner_url) as owner:
            await owner.execute("DROP OWNED BY reporting; DROP ROLE reporting")


async def test_a_role_without_its_grants_is_told_which_file_makes_it(hook_url: str, owner_url: str) -> None:
    async with opened(hook_url) as inbox:
        assert await inbox.ready()
        async with connected(owner_url) as owner:
            await owner.execute("REVOKE ALL ON item FROM privacy_desk_hook")
        assert not await inbox.ready()
        with pytest.raises(StoreUnavailable, match=r"deploy/postgres-hook-role\.sql"):
            await inbox.save([make_event(1)])


async def test_a_store_the_worker_has_not_made_yet_is_said(postgres: Postgres) -> None:
    async with opened(postgres.create_database()) as inbox:
        assert not await inbox.ready()
        with pytest.raises(StoreUnavailable, match="start the worker first"):
            await inbox.save([make_event(1)])


async def test_a_table_somebody_holds_is_said_in_time_for_an_answer_and_over_afterwards(
    inbox: PostgresInbox, owner_url: str
) -> None:
    async with connected(owner_url) as owner:
        transaction = owner.transaction()
        await transaction.start()
        await owner.execute("LOCK TABLE item IN ACCESS EXCLUSIVE MODE")
        begun = time.monotonic()
        answers = await asyncio.gather(
            *(inbox.save([make_event(number)]) for number in range(12)),
            inbox.save_form("form:a", FormRaws(), NOW, None),
            return_exceptions=True,
        )
        assert time.monotonic() - begun < 4.5
        assert {type(one) for one in answers} == {StoreUnavailable}
        assert all("did not answer in time" in str(one) for one in answers)
        await transaction.rollback()
    assert await inbox.save([make_event(1)]) == 1
    assert not (await inbox.save_form("form:a", FormRaws(), NOW, None)).known


async def test_a_server_that_is_away_or_silent_does_not_keep_the_hook_from_starting() -> None:
    async with AsyncExitStack() as stack:

        def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            stack.callback(writer.close)

        silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        stack.callback(silent.close)
        for port in (1, silent.sockets[0].getsockname()[1]):
            async with opened(f"postgresql+asyncpg://hook:secret@127.0.0.1:{port}/desk") as inbox:
                begun = time.monotonic()
                with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1/desk") as told:
                    await inbox.save([make_event(1)])
                assert time.monotonic() - begun < 4.5
                assert "secret" not in str(told.value)


async def test_the_hook_goes_on_after_the_server_cut_its_connections(inbox: PostgresInbox, owner_url: str) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'privacy_desk_hook'"
    async with connected(owner_url) as owner:
        for number in range(0, 100, 10):
            await asyncio.gather(*(inbox.save([make_event(number + one)]) for one in range(3)), return_exceptions=True)
            await owner.execute(cut)
            saves = (inbox.save([make_event(number + 5)]) for _ in range(3))
            answers = await asyncio.gather(*saves, return_exceptions=True)
            assert [one for one in answers if not isinstance(one, int | StoreUnavailable)] == []
    assert await inbox.save([make_event(999)]) == 1


@pytest.mark.parametrize("what", ["an event", "a form"])
async def test_a_server_that_stops_in_the_middle_is_said_in_time_for_an_answer(
    inbox: PostgresInbox, owner_url: str, what: str
) -> None:
    await inbox.save([make_event(1)])
    ((pid,),) = await rows(owner_url, "SELECT pid FROM pg_stat_activity WHERE usename = 'privacy_desk_hook'")

    def stop(reference: str = "", *, spent_before: bool = False) -> bytes:
        os.kill(pid, signal.SIGSTOP)
        return b"{}"

    try:
        begun = time.monotonic()
        if what == "an event":
            stop()
            saving = asyncio.ensure_future(inbox.save([make_event(2)]))
        else:
            saving = asyncio.ensure_future(inbox.save_form("form:a", stop, NOW, "challenge"))  # type: ignore[arg-type]
        with pytest.raises(StoreUnavailable):
            await saving
        assert time.monotonic() - begun < 4.2
    finally:
        os.kill(pid, signal.SIGCONT)
    assert await inbox.save([make_event(3)]) == 1
    assert (await inbox.save_form("form:a", FormRaws(), NOW, "challenge")).reference


async def test_the_url_may_say_how_to_encrypt_as_the_workers_does(hook_url: str) -> None:
    async with opened(f"{hook_url}?ssl=disable") as inbox:
        assert await inbox.save([make_event(1)]) == 1
    async with opened(f"{hook_url}?ssl=require") as inbox:
        with pytest.raises(StoreUnavailable):
            await inbox.save([make_event(1)])
    with pytest.raises(SettingsWrong, match="TRIAGE_HOOK_DATABASE_URL"):
        await open_inbox("postgresql+asyncpg://hook@db.example:port/desk")
