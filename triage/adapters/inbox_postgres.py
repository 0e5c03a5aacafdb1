"""The hook's inbox on PostgreSQL: inserts straight into the store's tables, with a role that may do nothing else.

It cannot read a row: ON CONFLICT has no target and nothing is returned, either of which would need SELECT. How many
rows were new is in the command's tag. deploy/postgres-hook-role.sql makes the role, docs/hook.md explains it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

from triage.adapters.inbox_values import SAVE_LIMIT_S, FormSaved, form_item, form_reference, sealed, storable
from triage.adapters.key_proof import key_to_write_down
from triage.errors import SettingsWrong, StoreUnavailable
from triage.ports import NewItem
from triage.ports_chat import FormRaw

if TYPE_CHECKING:
    from triage.adapters.sealing import Sealer

_CONNECTIONS = 8
_RELEASE_LIMIT_S = 0.4
_WORK_LIMIT_S = SAVE_LIMIT_S - _RELEASE_LIMIT_S - 0.1
_SHOWN_FOR_S = 3600.0
_SHOWN_MOST = 10_000
_INSERT = """
INSERT INTO item (key, channel, raw, sha256, size_bytes, received_at, backlog, state, attempts, code, is_event)
SELECT key, channel, raw, sha256, size_bytes, received_at, false, 'received', 0, '', is_event
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::bigint[], $6::timestamptz[], $7::boolean[])
  AS arrived (key, channel, raw, sha256, size_bytes, received_at, is_event)
ON CONFLICT DO NOTHING
"""
# As the store's own column has it: what is sealed here is opened there.
_PLACE = "item.raw"
_KEYS = "SELECT fingerprint FROM storage_key"
_SPEND = "INSERT INTO form_challenge (challenge, spent_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_READY = "SELECT has_column_privilege('item', 'key', 'INSERT') AND NOT pg_is_in_recovery()"

# SQLSTATE (PostgreSQL manual, appendix A), the longest match first; the server's own texts may quote what was sent.
_FAULTS = {
    "42501": "the role may not do this: see deploy/postgres-hook-role.sql",
    "42P01": "the store is older than this program: start the worker first",
    "42703": "the store is older than this program: start the worker first",
    "28": "the server does not accept user or password",
    "3D": "there is no such database",
    "53": "the server is out of memory, connections or disk",
    "57014": "the server did not answer in time",
}


class PostgresInbox:
    """See ports_chat.Inbox. Open with `open_postgres_inbox`; used in one event loop."""

    def __init__(
        self, pool: asyncpg.Pool, where: str, clock_s: Callable[[], float], sealer: "Sealer | None" = None
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._where = where
        self._clock_s = clock_s
        # Form key -> (when, reference): this role cannot look up what it has stored.
        self._shown: OrderedDict[str, tuple[float, str]] = OrderedDict()

    async def save(self, items: Sequence[NewItem]) -> int:
        """See Inbox.save."""
        if not items:
            return 0
        async with self._connection() as connection:
            return await self._insert(connection, items)

    async def save_form(self, key: str, raw_of: FormRaw, received_at: datetime, spend: str | None) -> FormSaved:
        """See Inbox.save_form. The reference of a post that came before is known for an hour, in this process."""
        key = storable(key)
        reference = ""
        try:
            async with self._connection() as connection, _transaction(connection):
                spent_before = spend is not None and not await _spend(connection, spend, received_at)
                number = await connection.fetchval("SELECT nextval('form_reference')")
                reference = form_reference(number, received_at)
                item = form_item(key, raw_of(reference, spent_before=spent_before), received_at)
                if not await self._insert(connection, [item]):
                    raise _KnownForm
                # Before the commit: the same post on another connection waits for it, and then looks here.
                self._remember(key, reference)
        except _KnownForm:
            return FormSaved(reference=self._recall(key), known=True)
        except BaseException:
            if self._recall(key) == reference:
                del self._shown[key]
            raise
        return FormSaved(reference=reference, known=False)

    async def ready(self) -> bool:
        """See Inbox.ready."""
        try:
            async with self._connection() as connection:
                return bool(await connection.fetchval(_READY))
        except StoreUnavailable:
            return False

    async def close(self) -> None:
        """See Inbox.close."""
        try:
            async with asyncio.timeout(SAVE_LIMIT_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def _insert(self, connection: Any, items: Sequence[NewItem]) -> int:
        # Always in the same order: two deliveries of the same events would otherwise wait for each other.
        rows = sorted((_row_of(sealed(item, self._sealer, _PLACE)) for item in items), key=lambda row: row[0])
        return _count(await connection.execute(_INSERT, *(list(column) for column in zip(*rows, strict=True))))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """A connection for the length of one transaction. Raises StoreUnavailable, in time for an answer."""
        try:
            async with asyncio.timeout(_WORK_LIMIT_S):
                connection = await self._pool.acquire()
                try:
                    yield connection
                except asyncio.CancelledError:
                    # A server that hangs would have us wait for its leave to cancel what it hangs on.
                    connection.terminate()
                    raise
                finally:
                    await self._pool.release(connection, timeout=_RELEASE_LIMIT_S)
        except asyncpg.PostgresError as exc:
            raise StoreUnavailable(f"{self._where}: {_in_words(exc)}") from exc
        except TimeoutError:
            raise StoreUnavailable(f"{self._where}: the server did not answer in time") from None
        except (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError) as exc:
            # The driver calls it an error of its own where the line is cut just as a statement begins.
            raise StoreUnavailable(f"{self._where}: the server cannot be reached ({type(exc).__name__})") from exc

    def _remember(self, key: str, reference: str) -> None:
        now_s = self._clock_s()
        self._shown[key] = (now_s, reference)
        while len(self._shown) > _SHOWN_MOST or next(iter(self._shown.values()))[0] < now_s - _SHOWN_FOR_S:
            self._shown.popitem(last=False)

    def _recall(self, key: str) -> str | None:
        at_s, reference = self._shown.get(key, (0.0, None))
        return reference if self._clock_s() - at_s <= _SHOWN_FOR_S else None


class _KnownForm(Exception):
    """The post is there already: undo what was drawn and spent for it."""


@asynccontextmanager
async def _transaction(connection: Any) -> AsyncIterator[None]:
    """The driver's own asks the server for a rollback also where time is up; there the connection ends instead."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    except asyncio.CancelledError:
        raise
    except BaseException:
        await transaction.rollback()
        raise
    await transaction.commit()


async def _spend(connection: Any, challenge: str, spent_at: datetime) -> bool:
    return _count(await connection.execute(_SPEND, storable(challenge), spent_at)) == 1


def _row_of(item: NewItem) -> tuple[str, str, bytes, str, int, datetime, bool]:
    if item.received_at.tzinfo is None:
        raise ValueError("a time without offset cannot be stored")
    at = item.received_at.astimezone(UTC)
    return storable(item.key), item.channel.value, item.raw, item.sha256, item.size_bytes, at, item.is_event


def _count(tag: str) -> int:
    """The rows of `INSERT 0 n`."""
    return int(tag.rpartition(" ")[2])


def _in_words(exc: asyncpg.PostgresError) -> str:
    state = exc.sqlstate or ""
    return next((words for code, words in _FAULTS.items() if state.startswith(code)), f"refused (SQLSTATE {state})")


async def _prove_key(connection: Any, sealer: "Sealer | None") -> None:
    """Before anything is stored over a connection: what the worker could not read, or must not find in plain, is not.

    Raises StoreUnavailable.
    """
    try:
        known = [row[0] for row in await connection.fetch(_KEYS)]
    except (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError):
        if sealer is not None:
            raise StoreUnavailable(
                "the role cannot see which key the store has: run deploy/postgres-hook-role.sql again"
            ) from None
        return  # a role from before there were keys
    new = key_to_write_down(known, sealer.fingerprints if sealer else (), is_new=False)
    if new is not None:
        raise StoreUnavailable("the store does not know the new TRIAGE_STORAGE_KEY yet: start the worker with it first")


async def open_postgres_inbox(
    url: str, *, sealer: "Sealer | None" = None, clock_s: Callable[[], float] = time.monotonic
) -> PostgresInbox:
    """An inbox at `postgresql+asyncpg://…`; connects when first used. `sealer` encrypts what is stored; every new
    connection asks whether the store has that key. `clock_s`: seconds of a monotonic clock.

    Raises SettingsWrong for a URL the driver cannot read.
    """
    parts = urlsplit(url.replace("+asyncpg", "", 1))
    try:
        parts.port  # noqa: B018 - the driver would find out at the first delivery
    except ValueError as exc:
        raise SettingsWrong(["TRIAGE_HOOK_DATABASE_URL: not a database URL"]) from exc
    # SQLAlchemy's dialect, which the worker uses with the same URL, says `ssl` where the driver's own URL says sslmode.
    query = [("sslmode" if name == "ssl" else name, value) for name, value in parse_qsl(parts.query)]
    limit_ms = str(int(_WORK_LIMIT_S * 1000))
    pool = await asyncpg.create_pool(
        urlunsplit(parts._replace(query=urlencode(query))),
        min_size=0,
        max_size=_CONNECTIONS,
        timeout=_WORK_LIMIT_S,
        command_timeout=_WORK_LIMIT_S,
        init=lambda connection: _prove_key(connection, sealer),
        server_settings={"application_name": "privacy-desk-hook", "statement_timeout": limit_ms},
    )
    where = f"{parts.hostname or 'the local server'}{parts.path}"
    return PostgresInbox(pool, where, clock_s, sealer)
