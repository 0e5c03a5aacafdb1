"""Chooses the hook's inbox by its URL: a SQLite file of its own, or inserts into the store's PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from triage.errors import SettingsWrong
from triage.ports_chat import Inbox

if TYPE_CHECKING:
    from triage.adapters.sealing import Sealer

_SQLITE = "sqlite+aiosqlite:///"
_POSTGRES = "postgresql+asyncpg://"


async def open_inbox(url: str, storage_keys: Sequence[bytes] = ()) -> Inbox:
    """Open the inbox at `url` (Settings.inbox_url); with `storage_keys` what it stores is encrypted.

    A file that cannot be opened raises StoreUnavailable at once. A PostgreSQL that is away does not: the hook starts,
    and answers 503 until it is back. Raises SettingsWrong for any other URL.
    """
    path, sealer = inbox_path(url), sealer_with(storage_keys)
    # Each import carries a driver of which this process needs only one.
    if path is not None:
        from triage.adapters.inbox_file import open_file_inbox

        return await open_file_inbox(path, sealer=sealer)
    from triage.adapters.inbox_postgres import open_postgres_inbox

    return await open_postgres_inbox(url, sealer=sealer)


def inbox_path(url: str) -> Path | None:
    """The file of a SQLite URL, None for PostgreSQL. Raises SettingsWrong for any other URL."""
    if url.startswith(_POSTGRES):
        return None
    path = url.removeprefix(_SQLITE).partition("?")[0]
    if not url.startswith(_SQLITE) or path in ("", ":memory:"):
        raise SettingsWrong([f"TRIAGE_HOOK_DATABASE_URL: must begin with {_SQLITE} and a file, or with {_POSTGRES}"])
    return Path(path)


def sealer_with(storage_keys: Sequence[bytes]) -> "Sealer | None":
    """What seals with these keys; None without any, and then the library behind it is not loaded either."""
    if not storage_keys:
        return None
    from triage.adapters.sealing import Sealer

    return Sealer(storage_keys)
