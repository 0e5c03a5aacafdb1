"""What every command prints with: tables on a terminal, one JSON value for scripts."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from triage.cli.terminal import escaped, harmless_line
from triage.config import load_settings
from triage.errors import SettingsWrong, StoreUnavailable
from triage.service.chat_link import DeskStore

Answer = TypeVar("Answer")


def plain(value: object) -> Any:
    """Dates and times as ISO 8601, for json."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"cannot write a {type(value).__name__} as JSON")


def json_text(value: object, indent: int | None = None) -> str:
    """JSON with letters as they are, and with what acts on a terminal spelt out."""
    return escaped(json.dumps(value, default=plain, ensure_ascii=False, indent=indent))


def print_json(value: object) -> None:
    """One JSON value on stdout."""
    print(json_text(value, indent=2))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table; on a narrow terminal the cells fold, nothing is cut off. Cells may hold strangers' words."""
    table = Table(title=title, title_justify="left", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(harmless_line, row))
    Console(width=None if Console().is_terminal else 200, markup=False).print(table)


def with_store(config: Path | None, use: Callable[[DeskStore], Awaitable[Answer]]) -> Answer:
    """Open the store as it is (never migrating), use it, close it."""

    async def opened() -> Answer:
        from triage.adapters.store import open_store

        settings = load_settings(config)
        if lacking := settings.missing_for_store():
            raise SettingsWrong(lacking)
        if await _is_missing(settings.database_url):
            raise StoreUnavailable("there is no database yet: start the worker once, it makes it")
        store = await open_store(
            settings.database_url, secret=settings.secret, storage_keys=settings.storage_keys, migrate=False
        )
        try:
            return await use(store)
        finally:
            await store.close()

    return asyncio.run(opened())


async def _is_missing(url: str) -> bool:
    from triage.adapters.store.engine import connect_database, sqlite_file_is_missing

    database = connect_database(url)
    try:
        return sqlite_file_is_missing(database)
    finally:
        await database.close()


def row_number(text: str) -> int:
    """The number of a row, as an argument. Raises ValueError."""
    number = int(text)
    if not 0 < number < 2**63:  # more than any database's number holds
        raise ValueError
    return number
