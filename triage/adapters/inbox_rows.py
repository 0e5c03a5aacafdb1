"""The hook's file in SQL: received items, the forms' series, spent challenges. Used from one thread only.

Positions come from AUTOINCREMENT: they are never used twice in one file, also where every row was deleted.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from triage.adapters.inbox_faults import fault_line, is_locked
from triage.adapters.inbox_mark import DrainedMark, mark_path, read_mark
from triage.adapters.inbox_values import FormSaved, form_item, form_reference, sealed, storable
from triage.domain.reference import FIRST_FORM_NUMBER
from triage.errors import StoreUnavailable
from triage.ports import NewItem
from triage.ports_chat import FormRaw

if TYPE_CHECKING:
    from triage.adapters.sealing import Sealer

# "DPHI": tells the hook's file from any other database, above all from the store with its cases.
APPLICATION_ID = 0x44504849
# A double click after the worker has drained the first post shows the same reference; a challenge expires sooner.
REMEMBERED = timedelta(hours=24)
# What a new file leaves free above the last number the worker has seen: posts that were lost with the old file.
NUMBERS_LEFT_FREE = 1000

# Only a checkpoint at another program's end ever locks the file against us, for milliseconds. With a wait this long
# behind another one, an answer stays below a second.
_LOCK_WAIT_S = 0.45
_OPENING_WAIT_S = 10.0
_DELETED_A_COMMIT = 500
_TABLES = (
    "CREATE TABLE received (position INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,"
    " channel TEXT NOT NULL, raw BLOB NOT NULL, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,"
    " received_at TEXT NOT NULL, is_event INTEGER NOT NULL)",
    "CREATE TABLE series (last INTEGER NOT NULL)",
    "CREATE TABLE form_shown (key TEXT PRIMARY KEY, reference TEXT NOT NULL, shown_at TEXT NOT NULL)",
    "CREATE TABLE challenge (challenge TEXT PRIMARY KEY, spent_at TEXT NOT NULL)",
    "CREATE TABLE file_identity (identity INTEGER NOT NULL, tried_at TEXT NOT NULL)",
    "INSERT INTO series VALUES (0)",
    "INSERT INTO file_identity VALUES (0, '')",
    f"PRAGMA application_id = {APPLICATION_ID}",
)
_INSERT = (
    "INSERT INTO received (key, channel, raw, sha256, size_bytes, received_at, is_event)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)

PLACE = "received.raw"

Row = tuple[str, str, bytes, str, int, str, bool]
Wish = Callable[[sqlite3.Connection], object]


def row_of(new: NewItem, sealer: "Sealer | None" = None) -> Row:
    """An item as `received` holds it. Raises ValueError for a time without offset: it would be another moment."""
    at = instant(new.received_at)
    new = sealed(new, sealer, PLACE)
    return storable(new.key), new.channel.value, new.raw, new.sha256, new.size_bytes, at, new.is_event


def instant(at: datetime) -> str:
    """A moment as text of one width, so that text order is time order. Raises ValueError without an offset."""
    if at.tzinfo is None:
        raise ValueError("a time without offset cannot be stored")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def save_rows(connection: sqlite3.Connection, rows: Sequence[Row]) -> int:
    """Insert what is new. Returns how many were."""
    if not rows:
        return 0
    return connection.executemany(_INSERT, rows).rowcount


def save_form(
    connection: sqlite3.Connection,
    key: str,
    raw_of: FormRaw,
    received_at: datetime,
    spend: str | None,
    sealer: "Sealer | None" = None,
) -> FormSaved:
    """See Inbox.save_form. What `raw_of` raises undoes this post alone."""
    known = connection.execute("SELECT reference FROM form_shown WHERE key = ?", (key,)).fetchone()
    if known is not None:
        return FormSaved(reference=known[0], known=True)
    connection.execute("SAVEPOINT form")
    try:
        reference = _insert_form(connection, key, raw_of, received_at, spend, sealer)
    except sqlite3.Error:
        raise  # the whole transaction is lost
    except BaseException:
        connection.execute("ROLLBACK TO form")
        connection.execute("RELEASE form")
        raise
    connection.execute("RELEASE form")
    return FormSaved(reference=reference, known=False)


def _insert_form(
    connection: sqlite3.Connection,
    key: str,
    raw_of: FormRaw,
    received_at: datetime,
    spend: str | None,
    sealer: "Sealer | None",
) -> str:
    at = instant(received_at)
    spending = "INSERT INTO challenge VALUES (?, ?) ON CONFLICT DO NOTHING"
    spent_before = spend is not None and connection.execute(spending, (storable(spend), at)).rowcount == 0
    (number,) = connection.execute("UPDATE series SET last = last + 1 RETURNING last").fetchall()[0]
    reference = form_reference(number, received_at)
    post = form_item(key, raw_of(reference, spent_before=spent_before), received_at)
    save_rows(connection, [row_of(post, sealer)])
    connection.execute("INSERT INTO form_shown VALUES (?, ?, ?)", (key, reference, at))
    return reference


class InboxRows:
    """The open file and its transactions. After a fault the next transaction opens it anew."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._beside: dict[Path, int] = {}
        self._mark_seen: tuple[int, int] | None = None
        self._delete_up_to: DrainedMark | None = None

    def open(self) -> None:
        """Open, make what is missing, delete what was drained. Raises StoreUnavailable."""
        try:
            self._ready()
        except (sqlite3.Error, OSError) as exc:
            raise self._given_up(exc) from exc

    def commit(self, wishes: Sequence[Wish]) -> list[object]:
        """Fulfil all wishes in one transaction, and delete a portion of what was drained. Raises StoreUnavailable.

        Returns each wish's result, or the exception it alone raised.
        """
        try:
            connection = self._ready()
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [_attempt(wish, connection) for wish in wishes]
            self._delete_drained(connection)
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as exc:
            raise self._given_up(exc) from exc
        return outcomes

    def tidy(self) -> bool:
        """Delete a portion of what was drained and what is remembered long enough, and empty the log of changes, in
        which deleted text would stand on. Returns whether there is more to delete. Raises StoreUnavailable."""
        self.commit([self._forget])
        if self._delete_up_to is not None:
            return True
        connection = self._connection
        if connection is not None:
            # Where a reader is in the middle of something this does nothing, and waits for nobody.
            connection.execute("PRAGMA busy_timeout = 0")
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute(f"PRAGMA busy_timeout = {int(_LOCK_WAIT_S * 1000)}")
        return False

    def close(self) -> None:
        """Let go of the file; an open transaction is rolled back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def touch(self, connection: sqlite3.Connection) -> None:
        """A wish that writes and changes nothing: only a commit tells whether there could be one."""
        connection.execute("UPDATE file_identity SET tried_at = ?", (instant(self._now()),))

    def _forget(self, connection: sqlite3.Connection) -> None:
        before = instant(self._now() - REMEMBERED)
        connection.execute("DELETE FROM challenge WHERE spent_at < ?", (before,))
        connection.execute(
            "DELETE FROM form_shown WHERE shown_at < ? AND key NOT IN (SELECT key FROM received)", (before,)
        )

    def _ready(self) -> sqlite3.Connection:
        """The connection; a new one where somebody took the file away or put another in its place."""
        if self._connection is not None:
            if _inode_of(self._path) == self._inode:
                return self._connection
            self._leave_lost_file()
        # Before SQLite makes it: the files beside it take over its permissions.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        os.chmod(self._path, 0o600)
        self._inode = _inode_of(self._path)
        connection = sqlite3.connect(self._path, timeout=_OPENING_WAIT_S, isolation_level=None)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._beside = {path: _inode_of(path) for path in _files_beside(self._path)}
        return connection

    def _leave_lost_file(self) -> None:
        """Close the file that is no longer in its place, and take its log of changes away: SQLite would leave that,
        and write it into whatever file lies there now."""
        self.close()
        for path, inode in self._beside.items():
            if inode and _inode_of(path) == inode:
                path.unlink()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreUnavailable(f"{self._path}: this is no hook's file; the hook needs one of its own")
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        made = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        for statement in _TABLES if made else ():
            connection.execute(statement)
        self._mark_seen = None
        while self._delete_drained(connection):
            pass
        self._name_anew(connection, made=made)
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA busy_timeout = {int(_LOCK_WAIT_S * 1000)}")

    def _name_anew(self, connection: sqlite3.Connection, *, made: bool) -> None:
        """Give the file a new identity: it may be a copy put back from yesterday, whose positions come again.

        The worker then looks at everything that is still here, and drops by key what it has. The series goes on
        above what the worker has seen, for no reference may be given out twice.
        """
        connection.execute("UPDATE file_identity SET identity = ?", (secrets.randbits(62),))
        mark = read_mark(mark_path(self._path))
        seen = 0 if mark is None else mark.form_number + (NUMBERS_LEFT_FREE if made else 0)
        connection.execute("UPDATE series SET last = max(last, ?, ?)", (FIRST_FORM_NUMBER - 1, seen))

    def _delete_drained(self, connection: sqlite3.Connection) -> bool:
        """Delete a portion of what the mark says is drained. Returns whether there may be more."""
        self._look_at_mark()
        mark = self._delete_up_to
        if mark is None:
            return False
        deleted = connection.execute(
            "DELETE FROM received WHERE position IN (SELECT position FROM received WHERE position <= ?"
            " AND (SELECT identity FROM file_identity) = ? ORDER BY position LIMIT ?)",
            (mark.position, mark.identity, _DELETED_A_COMMIT),
        ).rowcount
        if deleted < _DELETED_A_COMMIT:
            self._delete_up_to = None
        return deleted == _DELETED_A_COMMIT

    def _look_at_mark(self) -> None:
        path = mark_path(self._path)
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return
        seen = (found.st_ino, found.st_mtime_ns)
        if seen != self._mark_seen:
            self._mark_seen = seen
            self._delete_up_to = read_mark(path)

    def _given_up(self, exc: sqlite3.Error | OSError) -> StoreUnavailable:
        if is_locked(exc) and self._connection is not None:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
        else:
            self.close()
        # A portion whose deletion was rolled back is looked for again.
        self._mark_seen = None
        return StoreUnavailable(fault_line(self._path, exc))


def _attempt(wish: Wish, connection: sqlite3.Connection) -> object:
    try:
        return wish(connection)
    except sqlite3.Error:
        raise
    except Exception as exc:
        return exc


def _files_beside(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + ending) for ending in ("-wal", "-shm"))


def _inode_of(path: Path) -> int:
    """0 where there is no file."""
    try:
        return os.stat(path).st_ino
    except FileNotFoundError:
        return 0
