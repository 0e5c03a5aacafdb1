"""What can be wrong with the hook's file, in one line an operator can act on."""

import sqlite3
from pathlib import Path

_FAULTS = {
    "locked": "another program holds it locked",
    "is full": "the disk is full",
    "disk i/o": "the disk cannot be written or read",
    "readonly": "it may not be written",
    "unable to open": "the file cannot be opened",
    "not a database": "the file is no database",
    "malformed": "the file is damaged",
    "no such table": "the file is no hook's file",
}


def is_locked(exc: sqlite3.Error | OSError) -> bool:
    """Whether it is only another program's turn: the connection itself is as good as before."""
    return isinstance(exc, sqlite3.OperationalError) and "locked" in str(exc)


def fault_line(path: Path, exc: sqlite3.Error | OSError) -> str:
    """The fault in words; SQLite's own texts hold no values."""
    if isinstance(exc, OSError):
        return f"{path}: {exc.strerror or type(exc).__name__}"
    text = str(exc)
    return f"{path}: {next((words for sign, words in _FAULTS.items() if sign in text.lower()), text)}"
