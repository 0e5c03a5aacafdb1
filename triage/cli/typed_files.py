"""Files that go with an act on a case: the words of a letter, and the answers that go with a copy of the data."""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from triage.domain.delivery import Supplement

_PARTS = ("points", "searched", "redactions_by")


class CannotTake(Exception):
    """What was typed cannot be taken; each fault a line."""


def words_in(path: Path | None) -> str:
    """The words of a letter, "" without a file; `-` is stdin. Raises CannotTake for a file that is none."""
    if path is None:
        return ""
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise CannotTake(f"--words: {path.name} cannot be read as text ({type(exc).__name__})") from None


def answers_in(path: Path) -> tuple[Mapping[Supplement, str], Mapping[str, str], str]:
    """The points of Art 15, what was searched and found by system, and who checked the redactions, from TOML.

    Raises CannotTake with every fault.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise CannotTake(f"{path.name}: cannot be read as TOML ({type(exc).__name__})") from None
    points, searched, by = (table.get(name, empty) for name, empty in zip(_PARTS, ({}, {}, ""), strict=True))
    faults = [f"{name}: none of {', '.join(_PARTS)}" for name in table if name not in _PARTS]
    for name, part in (("points", points), ("searched", searched)):
        if not isinstance(part, dict):
            faults.append(f"{name}: must be a table")
        elif not all(isinstance(value, str) for value in part.values()):
            faults.append(f"{name}: every answer is a text between quotes")
    if isinstance(points, dict):
        faults += [f"points.{name}: none of {', '.join(Supplement)}" for name in points if name not in list(Supplement)]
    if not isinstance(by, str):
        faults.append("redactions_by: must be a text between quotes")
    if faults:
        raise CannotTake("\n".join(faults))
    return {Supplement(name): text for name, text in points.items()}, searched, by
