"""Whether the hook could store something where it is told to, tried without storing anything: for `triage doctor`."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from triage.adapters.inbox import inbox_path
from triage.adapters.inbox_faults import fault_line
from triage.adapters.inbox_rows import APPLICATION_ID
from triage.adapters.store.engine import connect_database
from triage.errors import StoreUnavailable

_LOCK_WAIT_S = 2.0
# What deploy/postgres-hook-role.sql grants, asked for without using any of it.
_RIGHTS = """
SELECT to_regclass('item') IS NOT NULL AND to_regclass('form_challenge') IS NOT NULL
         AND to_regclass('form_reference') IS NOT NULL AS is_made,
       has_column_privilege(to_regclass('item')::oid, 'key', 'INSERT')
         AND has_column_privilege(to_regclass('form_challenge')::oid, 'challenge', 'INSERT')
         AND has_sequence_privilege(to_regclass('item_id_seq')::oid, 'USAGE')
         AND has_sequence_privilege(to_regclass('form_reference')::oid, 'USAGE') AS may_insert,
       has_table_privilege(to_regclass('item')::oid, 'SELECT') AS may_read,
       pg_is_in_recovery() AS is_copy
"""


async def try_inbox(url: str) -> str:
    """One line on the inbox at `url` (Settings.inbox_url). Raises StoreUnavailable, SettingsWrong."""
    path = inbox_path(url)
    return await _try_server(url) if path is None else await asyncio.to_thread(_try_file, path.absolute())


def _try_file(path: Path) -> str:
    try:
        if not path.exists():
            with tempfile.TemporaryFile(dir=path.parent):
                return "its file is not there yet; the hook makes it at its first start"
        _open_for_writing(path)
    except (sqlite3.Error, OSError) as exc:
        raise StoreUnavailable(fault_line(path, exc)) from exc
    return "its file can be written"


def _open_for_writing(path: Path) -> None:
    """Take the right to write and give it back. Raises sqlite3.Error, StoreUnavailable for a file of another kind."""
    database = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_LOCK_WAIT_S, isolation_level=None)
    with closing(database):
        (kind,) = database.execute("PRAGMA application_id").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and kind != APPLICATION_ID:
            raise StoreUnavailable(f"{path}: this is no hook's file")
        database.execute("BEGIN IMMEDIATE")
        database.execute("ROLLBACK")


async def _try_server(url: str) -> str:
    database = connect_database(url)
    try:
        async with database.read() as connection:
            rights = (await connection.execute(text(_RIGHTS))).one()
    finally:
        await database.close()
    where = f"{database.url.host or 'the local server'}/{database.url.database}"
    if not rights.is_made:
        raise StoreUnavailable(f"{where}: the store's tables are not there yet, or are older: start the worker first")
    if not rights.may_insert:
        raise StoreUnavailable(f"{where}: the role may not insert: see deploy/postgres-hook-role.sql")
    if rights.is_copy:
        raise StoreUnavailable(f"{where}: the server is a copy that takes no writes")
    return "its role may insert" + (", and read too: docs/hook.md has one that may not" if rights.may_read else "")
