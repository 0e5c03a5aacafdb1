"""One worker per SQLite database: a lock that dies with its holder. PostgreSQL needs none, its claims have leases."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from triage.errors import SettingsWrong, StoreUnavailable


@contextmanager
def only_worker(database_url: str) -> Iterator[bool]:
    """Hold the database's worker lock; yields whether the lock makes this the only worker.

    Raises SettingsWrong for what is no URL, and StoreUnavailable if another worker holds it: two on one SQLite file
    would fight over its letters.
    """
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        raise SettingsWrong(["TRIAGE_DATABASE_URL: not a database URL"]) from None
    if url.get_backend_name() != "sqlite" or not url.database:
        yield False
        return
    path = Path(f"{url.database}.worker.lock")
    try:
        file = path.open("w")
    except OSError as exc:
        raise StoreUnavailable(f"cannot write beside the database: {exc.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreUnavailable("another worker is already at work on this database") from None
        yield True
