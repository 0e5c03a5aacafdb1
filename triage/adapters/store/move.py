"""Move everything from one database into another, empty one: `python -m triage.adapters.store.move FROM TO`.

For the desk that has outgrown SQLite. Stop every process first; nothing is changed in the source. What is encrypted
there arrives as it is, without anybody needing the key.
"""

import asyncio
import sys

from sqlalchemy import Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import Database, connect_database
from triage.adapters.store.migrate import bring_up_to_date, refuse_other_schema
from triage.adapters.store.schema import enquiry, metadata, storage_key, store_key
from triage.domain.reference import FIRST_FORM_NUMBER
from triage.errors import StoreUnavailable, TriageError

_ROWS_A_TIME = 200


async def copy_store(source_url: str, target_url: str) -> int:
    """Copy every row, all or none. Returns how many.

    Raises SettingsWrong for a URL of no known kind, StoreUnavailable also when the target is not empty.
    """
    source, target = connect_database(source_url), connect_database(target_url)
    try:
        await refuse_other_schema(source)
        await bring_up_to_date(target)
        async with source.read() as reader, target.write(queued=True) as writer:
            copied = sum([await _copy(reader, writer, table, target) for table in metadata.sorted_tables])
            if not target.is_sqlite:
                await _count_references_on(reader, writer, source)
            return copied
    finally:
        await source.close()
        await target.close()


async def _copy(reader: AsyncConnection, writer: AsyncConnection, table: Table, target: Database) -> int:
    if table in (store_key, storage_key):
        await writer.execute(table.delete())  # an opened target has its own; the rows that come bring theirs
    elif (await writer.execute(select(func.count()).select_from(table))).scalar_one():
        raise StoreUnavailable(f"the target is not empty: it has rows in {table.name}")
    copied = 0
    rows = (await reader.stream(select(table).order_by(*table.primary_key))).mappings()
    async for part in rows.partitions(_ROWS_A_TIME):
        await writer.execute(table.insert(), [dict(row) for row in part])
        copied += len(part)
    if copied and not target.is_sqlite and "id" in table.c:
        await _count_on(writer, table)
    return copied


async def _count_on(writer: AsyncConnection, table: Table) -> None:
    """PostgreSQL numbers rows by a counter beside the table, which knows nothing of rows that brought their number."""
    highest = select(func.max(table.c.id)).scalar_subquery()
    await writer.execute(
        select(func.setval(func.pg_get_serial_sequence(text(f"'{table.name}'"), text("'id'")), highest))
    )


async def _count_references_on(reader: AsyncConnection, writer: AsyncConnection, source: Database) -> None:
    """The form's references go on behind every one that was given and filed."""
    given = (await reader.execute(select(enquiry.c.reference).where(enquiry.c.reference.is_not(None)))).scalars()
    numbers = [int(reference.split("-")[2]) for reference in given if reference]
    if not source.is_sqlite:
        drawn = (await reader.execute(text("SELECT last_value, is_called FROM form_reference"))).one()
        numbers.append(drawn.last_value if drawn.is_called else 0)
    highest = max((number for number in numbers if number >= FIRST_FORM_NUMBER), default=None)
    if highest is not None:
        await writer.execute(text("SELECT setval('form_reference', :highest)"), {"highest": highest})


def main() -> int:
    """The command. Exit codes as in every other command of the desk."""
    if len(sys.argv) != 3:
        sys.stderr.write("usage: python -m triage.adapters.store.move FROM_URL TO_URL\n")
        return 2
    try:
        copied = asyncio.run(copy_store(sys.argv[1], sys.argv[2]))
    except TriageError as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    sys.stdout.write(f"{copied} rows copied\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
