"""Engines and transactions. SQLite: one writer per process behind a lock, readers beside it. PostgreSQL: a pool.

Two tasks on one SQLite connection would share its transaction, and one's rollback discard the other's rows; a read
queued behind a writer waits for it. Hence a lock round every write, and reads by an engine of their own.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from triage.adapters.store.columns import dump_json
from triage.adapters.store.one_hop import open_in_one_hop
from triage.adapters.store.sealed_columns import seal_columns
from triage.errors import SettingsWrong, StoreUnavailable

if TYPE_CHECKING:  # the library behind it is loaded where there is a key
    from triage.adapters.sealing import Sealer

BUSY_TIMEOUT_S = 10
CONNECT_TIMEOUT_S = 10
READERS = 4
_EMPTYING_WAIT_MS = 500
_WAL_TRIES, _WAL_WAIT_S = 100, 0.05

# SQLite's own wait is set per connection, see _prepare; this is the driver's, until then.
_SQLITE_ARGUMENTS = {"timeout": BUSY_TIMEOUT_S, "async_creator_fn": open_in_one_hop}

# Any number, the same in every process: filings queue behind it, and so do migrations behind theirs.
FILING_LOCK = 0x7472_6961_6765_0001
MIGRATION_LOCK = 0x7472_6961_6765_0002

_SQLITE_FAULTS = {
    "locked": "another program holds it locked",
    "is full": "the disk is full",
    "disk i/o": "the disk cannot be written or read",
    "readonly": "it may not be written",
    "attempt to write": "it may not be written",
    "unable to open": "the file cannot be opened",
    "not a database": "the file is no database",
    "malformed": "the file is damaged",
}

# Classes of SQLSTATE (PostgreSQL manual, appendix A): connection, sign-in, no such database, deadlock, resources
# (disk full, too many connections), locks, shutdown, the server's own system.
_POSTGRES_FAULTS = frozenset({"08", "28", "3D", "40", "53", "55", "57", "58"})

# They come through unwrapped. The driver calls it an error of its own where the line is cut as a statement begins.
_DRIVER_FAULTS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
    TimeoutError,
)


class Database:
    """One database, its transactions, and its faults told in one line. Build with `connect_database`."""

    def __init__(self, url: URL, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.url = url
        self.is_sqlite = writer.dialect.name == "sqlite"
        self._writer = writer
        self._reader = reader
        self._write_lock = asyncio.Lock()
        self._writing: asyncio.Task[object] | None = None
        # A process before this one may have ended between erasing and emptying.
        self._log_holds_erased = True

    @asynccontextmanager
    async def write(self, *, queued: bool = False) -> AsyncIterator[AsyncConnection]:
        """One write transaction: committed at the end, rolled back whole on any exception.

        `queued`: no other queued transaction, in any process, runs beside it. SQLite queues every write.
        Raises StoreUnavailable.
        """
        if self._writing is not None and self._writing is asyncio.current_task():
            raise RuntimeError("a transaction is open in this task: a second one would wait for it for ever")
        async with self._write_lock if self.is_sqlite else nullcontext():
            self._writing = asyncio.current_task() if self.is_sqlite else None
            try:
                with self.faults_in_one_line():
                    async with AsyncExitStack() as stack:
                        connection = await self._enter(stack, self._writer.begin())
                        if queued and not self.is_sqlite:
                            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FILING_LOCK})
                        yield connection
            finally:
                self._writing = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent look, beside any writer. Raises StoreUnavailable."""
        with self.faults_in_one_line():
            async with AsyncExitStack() as stack:
                yield await self._enter(stack, self._reader.connect())

    async def _enter(
        self, stack: AsyncExitStack, opening: AbstractAsyncContextManager[AsyncConnection]
    ) -> AsyncConnection:
        try:
            return await stack.enter_async_context(opening)
        except OSError as exc:
            raise StoreUnavailable(self._line(str(exc))) from exc

    async def empty_log(self, *, erased: bool) -> None:
        """Empty SQLite's write-ahead log, where something may stand in it that was `erased` from the tables.

        As best it can: a reader at work, another program or a full disk leaves it for the next call. To be called
        outside of any transaction. PostgreSQL's log is the server's.
        """
        self._log_holds_erased = self._log_holds_erased or erased
        if not self.is_sqlite or not self._log_holds_erased:
            return
        async with self._write_lock:
            with suppress(DBAPIError, OSError):
                self._log_holds_erased = not await _log_emptied(self.url)

    def seal_with(self, sealer: "Sealer") -> None:
        """Before the first statement: what people wrote is encrypted from now on."""
        for engine in (self._writer, self._reader):
            seal_columns(engine.sync_engine, sealer)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._writer.dispose()
        await self._reader.dispose()

    @contextmanager
    def faults_in_one_line(self) -> Iterator[None]:
        """Turn what an operator can mend into StoreUnavailable. A broken constraint is a bug: it passes."""
        try:
            yield
        except DBAPIError as exc:
            if not _is_mendable(exc, is_sqlite=self.is_sqlite):
                raise
            raise StoreUnavailable(self._line(str(exc.orig))) from exc
        except PendingRollbackError as exc:
            # What SQLAlchemy says to whoever goes on in a transaction whose connection is gone.
            raise StoreUnavailable(self._line("the connection was lost in the middle of a transaction")) from exc
        except PoolTimeout as exc:
            raise StoreUnavailable(self._line("no connection became free in time")) from exc
        except _DRIVER_FAULTS as exc:
            # Not every OSError: inside a filing the caller may open a file, and that fault is not the database's.
            raise StoreUnavailable(self._line(str(exc))) from exc

    def _line(self, fault: str) -> str:
        reason = " ".join(fault.split(">: ", 1)[-1].split()) or "it did not answer"
        if self.is_sqlite:
            reason = next((line for sign, line in _SQLITE_FAULTS.items() if sign in reason.lower()), reason)
        return f"the database {self.url.render_as_string(hide_password=True)} cannot be used: {reason}"


def _is_mendable(exc: DBAPIError, *, is_sqlite: bool) -> bool:
    """True for what an operator can mend; a broken constraint, a missing table, a wrong statement are bugs."""
    if is_sqlite:
        return any(sign in str(exc.orig).lower() for sign in _SQLITE_FAULTS)
    code = str(getattr(exc.orig, "sqlstate", None) or "")
    lost = (
        exc.connection_invalidated
        or (isinstance(exc, InterfaceError) and "connection" in str(exc.orig))
        or isinstance(exc.orig.__cause__ if exc.orig else None, asyncpg.InternalClientError)
    )
    return lost or isinstance(exc, OperationalError) or code[:2] in _POSTGRES_FAULTS


def connect_database(url: str) -> Database:
    """The database of `url`; nothing is opened yet, and what is encrypted is seen as it stands there until `seal_with`.

    Raises SettingsWrong for a URL of no known kind.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise SettingsWrong(["TRIAGE_DATABASE_URL: not a database URL"]) from exc
    if parsed.drivername == "sqlite+aiosqlite" and parsed.database not in (None, "", ":memory:"):
        return _connect_sqlite(parsed)
    if parsed.drivername == "postgresql+asyncpg":
        engine = create_async_engine(
            parsed,
            json_serializer=dump_json,
            hide_parameters=True,
            pool_size=8,
            max_overflow=0,
            pool_timeout=30,
            pool_pre_ping=True,
            connect_args={"timeout": CONNECT_TIMEOUT_S, "command_timeout": 60},
        )
        # One look must not see half of what is committed meanwhile: show_case and the journal need several queries.
        reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return Database(parsed, engine, reader)
    raise SettingsWrong(
        ["TRIAGE_DATABASE_URL: must begin with sqlite+aiosqlite:/// and a file, or with postgresql+asyncpg://"]
    )


def insert_into(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows ON CONFLICT, in the dialect of that name."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def sqlite_file_is_missing(database: Database) -> bool:
    """True for a SQLite database whose file is not there: opening it would create it."""
    return database.is_sqlite and not Path(database.url.database or "").exists()


def _connect_sqlite(url: URL) -> Database:
    writer = create_async_engine(
        url,
        json_serializer=dump_json,
        hide_parameters=True,  # what a statement was about must not reach a log with an error's text
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        connect_args=_SQLITE_ARGUMENTS,
    )
    reader = create_async_engine(
        url,
        json_serializer=dump_json,
        hide_parameters=True,
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=30,
        connect_args=_SQLITE_ARGUMENTS,
    )
    # What is erased is overwritten at once, not when its place is used again. FAST would not do: each change of an
    # item's state moves a long text to other pages, and FAST leaves the old ones as they were.
    _prepare(writer, ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"), "BEGIN IMMEDIATE")
    # Not "mode=ro": a reader must be able to mend the shared-memory file after a crash.
    _prepare(reader, ("query_only=ON", "foreign_keys=ON"), "BEGIN")
    return Database(url, writer, reader)


def _prepare(engine: AsyncEngine, pragmas: tuple[str, ...], begin: str) -> None:
    """Set every new connection up, and begin transactions ourselves: the driver would begin too late, and deferred."""

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        try:
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in (f"busy_timeout={int(BUSY_TIMEOUT_S * 1000)}", *pragmas):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except BaseException:
            # A connection that fails its set-up is not yet known to the pool: nobody else would close it.
            connection.close()
            raise

    @event.listens_for(engine.sync_engine, "begin")
    def begin_now(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


async def turn_on_wal(database: Database) -> None:
    """Switch a SQLite file to write-ahead logging, which lasts in the file. Nothing to do on PostgreSQL.

    SQLite does not wait its busy time-out here when two programs switch at once, so we try again ourselves.
    """
    if not database.is_sqlite:
        return
    with database.faults_in_one_line():
        for tries_left in reversed(range(_WAL_TRIES)):
            try:
                await _switch(database.url)
                return
            except OperationalError as exc:
                if "locked" not in str(exc.orig) or not tries_left:
                    raise
            await asyncio.sleep(_WAL_WAIT_S)


async def _switch(url: URL) -> None:
    async with alone(url) as connection:
        await connection.execute(text("PRAGMA journal_mode=WAL"))


async def _log_emptied(url: URL) -> bool:
    async with alone(url) as connection:
        # Whoever writes in this process waits meanwhile.
        await connection.execute(text(f"PRAGMA busy_timeout={_EMPTYING_WAIT_MS}"))
        busy, *_ = (await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()
        return not busy


@asynccontextmanager
async def alone(url: URL) -> AsyncIterator[AsyncConnection]:
    """A connection of its own outside of any transaction."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", connect_args=_SQLITE_ARGUMENTS)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()
