"""Mails in files: an .eml, a folder of them, an mbox, a Maildir. Read only; nothing is marked or moved."""

import mailbox
from collections.abc import Iterator
from pathlib import Path

from triage.errors import TriageError


def read_mail_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every message of `path` with the name it goes by; in an mbox that is FILE#N, counted from 1.

    Raises TriageError with one line for a path that is not there or cannot be read.
    """
    try:
        if path.is_dir():
            yield from _folder(path)
        elif _is_mbox(path):
            yield from _mbox(path)
        else:
            yield str(path), path.read_bytes()
    except OSError as exc:
        raise TriageError(f"{path}: {exc.strerror or type(exc).__name__}") from None


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    """A Maildir's new/ and cur/, else every .eml and every mbox below the folder."""
    if (path / "cur").is_dir() and (path / "new").is_dir():
        for file in sorted([*(path / "new").iterdir(), *(path / "cur").iterdir()]):
            if file.is_file():
                yield str(file), file.read_bytes()
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix.lower() == ".eml":
            yield str(file), file.read_bytes()
        elif file.is_file() and _is_mbox(file):
            yield from _mbox(file)


def _is_mbox(path: Path) -> bool:
    """An mbox starts with a "From " line; an .eml saved with one in front is still one mail."""
    if path.suffix.lower() == ".eml":
        return False
    with path.open("rb") as file:
        return file.read(5) == b"From "


def _mbox(path: Path) -> Iterator[tuple[str, bytes]]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.keys(), start=1):
            yield f"{path}#{number}", box.get_bytes(key)
    finally:
        box.close()
