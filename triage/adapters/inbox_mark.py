"""The mark beside the hook's file: how far the worker has drained it. Written by the worker, read by the hook.

One line of numbers, `identity position form_number`. `form_number` is the last of the forms' series the worker has
seen, so that a new file in the place of a lost one gives no reference out twice.
"""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class DrainedMark:
    """Everything up to `position` of the file that bore `identity` is safe elsewhere."""

    identity: int
    position: int
    form_number: int


def mark_path(inbox: Path) -> Path:
    """Where the mark of an inbox file lies."""
    return inbox.with_name(inbox.name + ".drained")


def read_mark(path: Path) -> DrainedMark | None:
    """The mark; None where there is none or it is not whole. Losing it costs nothing but the next deletion."""
    try:
        identity, position, form_number = (int(word) for word in path.read_text("ascii").split())
    except (OSError, ValueError):
        return None
    return DrainedMark(identity=identity, position=position, form_number=form_number)


def write_mark(path: Path, mark: DrainedMark) -> None:
    """Put the mark in its place, whole. Raises OSError."""
    new = path.with_name(path.name + ".new")
    line = f"{mark.identity} {mark.position} {mark.form_number}\n"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(line)
    new.replace(path)
