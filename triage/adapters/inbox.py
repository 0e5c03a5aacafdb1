"""Chooses the hook's inbox by its URL: a SQLite file of its own, or inserts into the store's PostgreSQL."""

from pathlib import Path

from triage.errors import SettingsWrong
from triage.ports_chat import Inbox

_SQLITE = "sqlite+aiosqlite:///"
_POSTGRES = "postgresql+asyncpg://"


async def open_inbox(url: str) -> Inbox:
    """Open the inbox at `url` (Settings.inbox_url).

    A file that cannot be opened raises StoreUnavailable at once. A PostgreSQL that is away does not: the hook starts,
    and answers 503 until it is back. Raises SettingsWrong for any other URL.
    """
    path = inbox_path(url)
    # Each import carries a driver of which this process needs only one.
    if path is not None:
        from triage.adapters.inbox_file import open_file_inbox

        return await open_file_inbox(path)
    from triage.adapters.inbox_postgres import open_postgres_inbox

    return await open_postgres_inbox(url)


def inbox_path(url: str) -> Path | None:
    """The file of a SQLite URL, None for PostgreSQL. Raises SettingsWrong for any other URL."""
    if url.startswith(_POSTGRES):
        return None
    path = url.removeprefix(_SQLITE).partition("?")[0]
    if not url.startswith(_SQLITE) or path in ("", ":memory:"):
        raise SettingsWrong([f"TRIAGE_HOOK_DATABASE_URL: must begin with {_SQLITE} and a file, or with {_POSTGRES}"])
    return Path(path)
