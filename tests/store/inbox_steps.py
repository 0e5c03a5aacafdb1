"""What the tests of the hook's inbox do again and again."""

import asyncio
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.factories import NOW
from triage.adapters.inbox_file import FileInbox, open_file_inbox
from triage.domain.vocabulary import Channel
from triage.ports import NewItem

WHOLE = os.environ.get("TRIAGE_TEST_FAULTS") == "whole"
KILLS = 200 if WHOLE else 20

_SAVE_FOR_EVER = """
import asyncio, itertools, sys
from pathlib import Path
from tests.store.inbox_steps import make_event, opened

async def main():
    numbers = itertools.count(int(sys.argv[2]))
    async with opened(Path(sys.argv[1])) as inbox:
        async def save_on():
            for number in numbers:
                await inbox.save([make_event(number)])
                print(number, flush=True)
        await asyncio.gather(*(save_on() for _ in range(8)))

asyncio.run(main())
"""


def make_event(number: int, **changes: object) -> NewItem:
    """A chat event as the hook makes it."""
    raw = json.dumps({"portalId": 44556677, "objectId": 8123456789, "messageId": f"{number:032x}"}).encode()
    values: dict[str, object] = {
        "key": f"hubspot:44556677:8123456789:{number:032x}",
        "channel": Channel.CHAT,
        "raw": raw,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "size_bytes": len(raw),
        "received_at": NOW,
        "is_event": True,
    }
    return NewItem(**(values | changes))  # type: ignore[arg-type]


@dataclass
class FormRaws:
    """Makes a form's bytes and remembers what it was told."""

    told: list[tuple[str, bool]] = field(default_factory=list)

    def __call__(self, reference: str, *, spent_before: bool) -> bytes:
        self.told.append((reference, spent_before))
        return json.dumps({"v": 1, "form": {"reference": reference}}).encode()


@asynccontextmanager
async def opened(path: Path, **options: Any) -> AsyncIterator[FileInbox]:
    """The hook's inbox on that file."""
    inbox = await open_file_inbox(path, **options)
    try:
        yield inbox
    finally:
        await inbox.close()


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What an onlooker finds in the file."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def keys(path: Path) -> list[str]:
    """Keys in the order of their positions."""
    return [key for (key,) in rows(path, "SELECT key FROM received ORDER BY position")]


def program(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python program of its own."""
    command = [sys.executable, "-c", code, *(str(one) for one in arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def until(true: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Wait for what another thread or program does. Raises TimeoutError."""
    async with asyncio.timeout(limit_s):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def saved_until_killed(path: Path, first: int, after_s: float) -> set[int]:
    """Run a hook that saves one event after the other, kill it `after_s` behind its first answer. What it answered."""
    saver = program(_SAVE_FOR_EVER, path, first)
    assert saver.stdout is not None
    begun = await asyncio.to_thread(saver.stdout.readline)
    await asyncio.sleep(after_s)
    saver.kill()
    rest, _ = await asyncio.to_thread(saver.communicate)
    return {int(line) for line in (begun + rest).splitlines(keepends=True) if line.endswith("\n")}
