"""The demo, played once: a desk with sample mails worked through, for the commands that read one."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import Ended, triage

DEMO_SECRET = "only-for-the-demo-and-nothing-else"


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    """The demo, played once for all tests, with its folder kept."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    ended = triage("demo", "--once", "--keep", folder, cwd=folder.parent)
    assert list(folder.parent.iterdir()) == [folder]
    return ended, folder


@pytest.fixture
def kept(played: tuple[Ended, Path], tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A copy of the demo's database, and the settings that open it."""
    folder = tmp_path / "kept"
    shutil.copytree(played[1], folder)
    return folder, {
        "TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'triage.db'}",
        "TRIAGE_SECRET_KEY": DEMO_SECRET,
    }


def sql(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement behind the desk's back."""
    database = sqlite3.connect(folder / "triage.db")
    try:
        with database:
            return database.execute(statement).fetchall()
    finally:
        database.close()
