"""The worker's end of the hook's file: reads what came in, says in a mark beside it how far it got.

Opened read-only: neither is the file made here, nor can a worker that hangs hold up the hook.
"""

import asyncio
import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from triage.adapters.inbox import inbox_path, sealer_with
from triage.adapters.inbox_faults import fault_line
from triage.adapters.inbox_mark import DrainedMark, mark_path, write_mark
from triage.adapters.inbox_rows import PLACE
from triage.adapters.key_proof import SEALED_BEGIN
from triage.domain.vocabulary import Channel
from triage.errors import SealBroken, StoreUnavailable
from triage.ports import NewItem

if TYPE_CHECKING:
    from triage.adapters.sealing import Sealer

_LOCK_WAIT_S = 2.0
_TABLES = "SELECT count(*) FROM sqlite_master WHERE name = 'file_identity'"
_MOST_RAW_BYTES = 1024 * 1024
_MOST_WORD_BYTES = 4096
# Outside these a moment is nothing a hook received, and near Python's own bounds reckoning with it would fail.
_EARLIEST, _LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)


def _word(column: str) -> str:
    """The bytes of a short text, NULL for anything else: text that is no UTF-8 would break the whole query."""
    blob = f"CAST({column} AS BLOB)"
    return f"CASE WHEN typeof({column}) = 'text' AND length({blob}) <= {_MOST_WORD_BYTES} THEN {blob} END"


# The hook writes this file, the internet may have taken the hook over, and SQLite keeps any type and any length in any
# column: what a row holds is looked at before it is fetched.
_ABOVE = (
    f"SELECT position, {_word('key')}, {_word('channel')},"  # noqa: S608 - names and numbers of this file alone
    f" CASE WHEN typeof(raw) = 'blob' AND length(raw) <= {_MOST_RAW_BYTES} THEN raw END,"
    f" {_word('sha256')}, {_word('received_at')},"
    " CASE WHEN typeof(is_event) = 'integer' THEN is_event END"
    " FROM received WHERE position > ? ORDER BY position LIMIT ?"
)

_OTHER_KEY = "the hook encrypts with a TRIAGE_STORAGE_KEY that the worker does not have: set the same for both"

Result = TypeVar("Result")


class FileInboxSource:
    """See ports_chat.InboxSource. Open with `open_inbox_source`; used in one event loop."""

    def __init__(self, path: Path, sealer: "Sealer | None" = None) -> None:
        self._path = path
        self._sealer = sealer
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inbox-source")
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._marked: DrainedMark | None = None

    async def identity(self) -> int | None:
        """See InboxSource.identity. Raises StoreUnavailable."""
        return await self._look(_identity)

    async def items_above(self, position: int, limit: int) -> tuple[tuple[int, NewItem | None], ...]:
        """See InboxSource.items_above. Raises StoreUnavailable."""
        found = await self._look(lambda connection: _items_above(connection, position, limit)) or ()
        return tuple((at, item and self._opened(item)) for at, item in found)

    def _opened(self, item: NewItem) -> NewItem:
        """The item as it came. One in plain is from before the hook had a key; one that does not open is waited for,
        since what is passed over is deleted. Raises StoreUnavailable."""
        if not item.raw.startswith(SEALED_BEGIN):
            return item
        try:
            raw = self._sealer.open(PLACE, item.raw) if self._sealer else b""
        except SealBroken:
            raw = b""
        if not raw:
            raise StoreUnavailable(f"{self._path}: {_OTHER_KEY}")
        return replace(item, raw=raw, sha256=hashlib.sha256(raw).hexdigest(), size_bytes=len(raw))

    async def mark_drained(self, identity: int, position: int) -> None:
        """See InboxSource.mark_drained. Raises StoreUnavailable."""
        form_number = await self._look(_form_number) or 0
        mark = DrainedMark(identity=identity, position=position, form_number=form_number)
        path = mark_path(self._path)
        if mark == self._marked and path.exists():
            return
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, write_mark, path, mark)
        except OSError as exc:
            raise StoreUnavailable(fault_line(path, exc)) from exc
        self._marked = mark

    async def close(self) -> None:
        """See InboxSource.close."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._let_go)
        self._thread.shutdown(wait=False)

    async def _look(self, look: Callable[[sqlite3.Connection], Result]) -> Result | None:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._looked, look)

    def _looked(self, look: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """What `look` finds; None while there is no file, or the hook is still making it."""
        try:
            connection = self._open()
            if connection is None or not connection.execute(_TABLES).fetchone()[0]:
                return None
            return look(connection)
        except (sqlite3.Error, OSError) as exc:
            self._let_go()
            raise StoreUnavailable(fault_line(self._path, exc)) from exc

    def _open(self) -> sqlite3.Connection | None:
        """The connection, a new one where another file lies in the old one's place."""
        try:
            inode = os.stat(self._path).st_ino
        except FileNotFoundError:
            self._let_go()
            return None
        if self._connection is not None and inode != self._inode:
            self._let_go()
        if self._connection is None:
            address = f"file:{quote(str(self._path))}?mode=ro"
            self._connection = sqlite3.connect(address, uri=True, timeout=_LOCK_WAIT_S, isolation_level=None)
            self._inode = inode
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def open_inbox_source(url: str, storage_keys: Sequence[bytes] = ()) -> FileInboxSource | None:
    """The reading end of the inbox at `url` (Settings.inbox_url); None where the hook writes into the store itself.
    `storage_keys` open what the hook has encrypted.

    Touches nothing yet. Raises SettingsWrong for a URL that names no file.
    """
    path = inbox_path(url)
    return None if path is None else FileInboxSource(path, sealer_with(storage_keys))


def _identity(connection: sqlite3.Connection) -> int:
    return _whole(connection, "SELECT identity FROM file_identity")


def _form_number(connection: sqlite3.Connection) -> int:
    return _whole(connection, "SELECT last FROM series")


def _whole(connection: sqlite3.Connection, query: str) -> int:
    """Raises sqlite3.DatabaseError where there is no number, as SQLite does for a damaged file."""
    row = connection.execute(query).fetchone()
    if row is None or not isinstance(row[0], int):
        raise sqlite3.DatabaseError("malformed")
    return row[0]


def _items_above(connection: sqlite3.Connection, position: int, limit: int) -> tuple[tuple[int, NewItem | None], ...]:
    return tuple((row[0], _item_of(row[1:])) for row in connection.execute(_ABOVE, (position, limit)).fetchall())


def _item_of(
    row: tuple[bytes | None, bytes | None, bytes | None, bytes | None, bytes | None, int | None],
) -> NewItem | None:
    """The item, or None for a row that no hook of ours wrote."""
    key, channel, raw, sha256, received_at, is_event = row
    if key is None or channel is None or raw is None or sha256 is None or received_at is None:
        return None
    try:
        at = datetime.fromisoformat(received_at.decode("ascii"))
        found = NewItem(
            key=key.decode(),
            channel=Channel(channel.decode("ascii")),
            raw=raw,
            sha256=hashlib.sha256(raw).hexdigest(),
            size_bytes=len(raw),
            received_at=at,
            is_event=bool(is_event),
        )
    except ValueError:
        return None
    # By a forged hash a mail to come would be taken for one that is there already.
    sound = at.tzinfo is not None and _EARLIEST <= at <= _LATEST and is_event in (0, 1)
    return found if sound and sha256 == found.sha256.encode() else None
