"""Everything in the store sealed with the first of the keys, a portion of rows a transaction.

What is sealed with it already is left as it is, so a run that was cut off goes on where it stopped. The fingerprints of
older keys, and the mark that some rows lie in plain, are taken away when a whole round has found nothing to do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, select, text, true, tuple_, update
from sqlalchemy.exc import OperationalError

from triage.adapters.key_proof import OTHER_STORAGE_KEY, PLAIN
from triage.adapters.sealing import Sealer
from triage.adapters.store.engine import Database, alone, turn_on_wal
from triage.adapters.store.schema import item, metadata, storage_key
from triage.adapters.store.sealed_columns import SealedColumn
from triage.adapters.store.store_key import known_keys
from triage.errors import SealBroken, StoreUnavailable

# A raw item may have megabytes.
_ROWS_A_TIME, _ITEMS_A_TIME = 200, 10
_IN_USE_WAIT_MS = 500
_IN_USE = "another program has the database open: stop every process of the desk first"
_OTHER_SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)

Told = Callable[[str, int], None]
Columns = Mapping[str, SealedColumn]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rekeyed:
    """What a run has done: values sealed anew, and whether the store lay in plain before."""

    values: int
    was_plain: bool


async def rekey(database: Database, sealer: Sealer, told: Told) -> Rekeyed:
    """Seal everything with the sealer's first key. `database` must not seal itself; its keys are proved here.

    `told` hears after each portion which table it was in and how many rows of it have been looked at. A store in plain
    must be in nobody's use, a change of keys goes on beside processes that have both. Raises StoreUnavailable for keys
    that are not the store's, for a store in use, and naming the row for a value that no key opens.
    """
    async with database.read() as connection:
        known = await known_keys(connection)
    if not (known - {PLAIN}) <= set(sealer.fingerprints):
        raise StoreUnavailable(OTHER_STORAGE_KEY)
    was_plain = not known or PLAIN in known
    if was_plain:
        await _refuse_in_use(database)
    await _begin(database, sealer.fingerprints[0], known, was_plain=was_plain)
    values = 0
    while found := await _round(database, sealer, told, plain_too=was_plain):
        values += found
    if was_plain and database.is_sqlite:
        await _leave_nothing_behind(database)
    async with database.write(queued=True) as connection:
        await connection.execute(delete(storage_key).where(storage_key.c.fingerprint != sealer.fingerprints[0]))
    return Rekeyed(values=values, was_plain=was_plain)


async def _begin(database: Database, newest: str, known: frozenset[str], *, was_plain: bool) -> None:
    """Write down what is about to be, so that nobody without the key writes, or begins to, from here on."""
    wanted = {newest, PLAIN} if was_plain else {newest}
    rows = [{"fingerprint": one} for one in sorted(wanted - known)]
    if rows:
        async with database.write(queued=True) as connection:
            await connection.execute(storage_key.insert(), rows)


async def _refuse_in_use(database: Database) -> None:
    """A process that runs without the key would go on writing in plain."""
    if not database.is_sqlite:
        async with database.read() as connection:
            if (await connection.execute(text(_OTHER_SESSIONS))).scalar_one():
                raise StoreUnavailable(_IN_USE)
        return
    await database.close()  # our own connections are open too; the next statement opens new ones
    # SQLite gives its log of changes up only where nobody else has the file open.
    async with alone(database.url) as connection:
        await connection.execute(text(f"PRAGMA busy_timeout={_IN_USE_WAIT_MS}"))
        try:
            await connection.execute(text("PRAGMA journal_mode=DELETE"))
        except OperationalError as exc:
            raise StoreUnavailable(_IN_USE) from exc
    await turn_on_wal(database)


async def _leave_nothing_behind(database: Database) -> None:
    """Build SQLite's file anew: pages may hold remains of what stood in them before."""
    await database.close()
    with database.faults_in_one_line():
        async with alone(database.url) as connection:
            await connection.execute(text("VACUUM"))
    await database.empty_log(erased=True)


async def _round(database: Database, sealer: Sealer, told: Told, *, plain_too: bool) -> int:
    """Every row of every table once. Returns how many values were sealed anew."""
    return sum(
        [
            await _table(database, table, columns, _Anew(sealer, plain_too=plain_too), told)
            for table, columns in sealed_columns()
        ]
    )


def sealed_columns() -> Iterator[tuple[Table, dict[str, SealedColumn]]]:
    """The tables that hold what people wrote, each with the columns that do, by name."""
    for table in metadata.sorted_tables:
        columns = {column.name: column.type for column in table.c if isinstance(column.type, SealedColumn)}
        if columns:
            yield table, columns


async def _table(database: Database, table: Table, columns: Columns, anew: "_Anew", told: Told) -> int:
    keys = list(table.primary_key)
    query = (
        select(*keys, *(table.c[name] for name in columns))
        .order_by(*keys)
        .limit(_ITEMS_A_TIME if table is item else _ROWS_A_TIME)
    )
    behind: ColumnElement[bool] = true()
    values, looked_at = 0, 0
    while True:
        async with database.write(queued=True) as connection:
            rows = (await connection.execute(query.where(behind).with_for_update())).all()
            for row in rows:
                changed = anew.row(table, columns, row)
                if changed:
                    here = and_(*(key == row._mapping[key.name] for key in keys))
                    await connection.execute(update(table).where(here).values(changed))
                    values += len(changed)
        if not rows:
            return values
        looked_at += len(rows)
        told(table.name, looked_at)
        behind = tuple_(*keys) > tuple(rows[-1]._mapping[key.name] for key in keys)


class _Anew:
    """Values as they are to stand: opened with whatever key, or found in plain, and sealed with the first key."""

    def __init__(self, sealer: Sealer, *, plain_too: bool) -> None:
        self._sealer = sealer
        self._plain_too = plain_too

    def row(self, table: Table, columns: Columns, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
        """The columns of a row that change. Raises StoreUnavailable naming the row."""
        changed = {}
        for name, column in columns.items():
            value = row._mapping[name]
            try:
                new = None if value is None else column.rewritten(value, partial(self._part, column))
            except SealBroken as exc:
                which = ", ".join(str(row._mapping[key.name]) for key in table.primary_key)
                raise StoreUnavailable(f"{table.name} {which}: {exc}") from exc
            if new != value:
                changed[name] = new
        return changed

    def _part(self, column: SealedColumn, part: Any) -> Any:
        try:
            content = self._sealer.open(column.place, part)
        except SealBroken:
            # A text may begin as sealed ones do and be a stranger's words; none opens by chance.
            if not (self._plain_too or column.may_be_plain(part)):
                raise
            content = part
        else:
            if self._sealer.is_newest(part):
                return part
        return self._sealer.seal(column.place, content)
