"""SQLite statements in one hop to the connection's thread.

aiosqlite goes to its thread and back for the cursor, the statement, the rows and the close: four hops for one small
statement, and the hops are most of its time. Here they are one, with the rows taken at once.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import aiosqlite


class OneHopCursor(aiosqlite.Cursor):
    """A cursor that comes into being with its statement and holds all its rows when that is done."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.iter_chunk_size = 64
        self._conn = connection
        self._rows: list[Any] = []

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "OneHopCursor":
        """Run one statement and take its rows."""
        return await self._run(lambda cursor: cursor.execute(sql, tuple(parameters or ())))

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> "OneHopCursor":
        """Run one statement for many rows of parameters."""
        return await self._run(lambda cursor: cursor.executemany(sql, parameters))

    async def _run(self, statement: Callable[[sqlite3.Cursor], object]) -> "OneHopCursor":
        def run() -> tuple[sqlite3.Cursor, list[Any]]:
            cursor = self._conn._conn.cursor()
            statement(cursor)
            return cursor, cursor.fetchall() if cursor.description else []

        self._cursor, self._rows = await self._conn._execute(run)  # type: ignore[no-untyped-call]
        return self

    async def fetchall(self) -> list[Any]:
        """The rows not yet taken."""
        rows, self._rows = self._rows, []
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows not yet taken."""
        size = size or self.iter_chunk_size
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def close(self) -> None:
        """Nothing is open: every row has been taken, so SQLite has reset the statement."""


class OneHopConnection(aiosqlite.Connection):
    """A connection whose cursors cost one hop a statement."""

    _stopped: asyncio.Future[object] | None = None

    async def _connect(self) -> "OneHopConnection":
        try:
            await super()._connect()
        except BaseException:
            # The thread still answers to this loop, which its opener may be about to close.
            if self._stopped is not None:
                await self._stopped
            raise
        return self

    def stop(self) -> asyncio.Future[object] | None:
        """As in aiosqlite; the answer of the thread is kept to be waited for."""
        self._stopped = super().stop()
        return self._stopped

    def cursor(self) -> OneHopCursor:  # type: ignore[override]
        """A cursor; it goes to the thread when it has something to do."""
        return OneHopCursor(self)


def open_in_one_hop(path: str, **options: Any) -> Awaitable[aiosqlite.Connection]:
    """As aiosqlite.connect."""
    connection = OneHopConnection(lambda: sqlite3.connect(path, **options), iter_chunk_size=64)
    # A program that dies without closing the store must not hang on this thread.
    connection._thread.daemon = True
    return connection
