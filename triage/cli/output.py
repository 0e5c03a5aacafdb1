"""What every command prints with: tables on a terminal, one JSON value for scripts."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from triage.config import load_settings
from triage.errors import SettingsWrong
from triage.ports import Store

Answer = TypeVar("Answer")


def plain(value: object) -> Any:
    """Dates and times as ISO 8601, for json."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"cannot write a {type(value).__name__} as JSON")


def print_json(value: object) -> None:
    """One JSON value on stdout."""
    print(json.dumps(value, default=plain, ensure_ascii=False, indent=2))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table; on a narrow terminal the cells fold, nothing is cut off."""
    table = Table(title=title, title_justify="left", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(width=None if Console().is_terminal else 200, markup=False).print(table)


def with_store(config: Path | None, use: Callable[[Store], Awaitable[Answer]]) -> Answer:
    """Open the store as it is (never migrating), use it, close it."""

    async def opened() -> Answer:
        from triage.adapters.store import open_store

        settings = load_settings(config)
        if not settings.secret:
            raise SettingsWrong(["TRIAGE_SECRET_KEY: needed to open the store"])
        store = await open_store(settings.database_url, secret=settings.secret, migrate=False)
        try:
            return await use(store)
        finally:
            await store.close()

    return asyncio.run(opened())
