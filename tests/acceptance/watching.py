"""What tests of a running desk share: a worker that needs no server, and looks from outside at what it does."""

import asyncio
import inspect
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.acceptance.command_line import environment
from tests.acceptance.running import DESK_ADDRESS, ROOT, SECRET, free_port


def asks(name: str = "ana", text: str = "Please send me a copy of all the personal data you hold about me.") -> bytes:
    """A person's mail that deserves an acknowledgement."""
    return (
        f"From: {name.title()} <{name}@customer.example>\r\nTo: {DESK_ADDRESS}\r\nSubject: A question\r\n"
        f"Message-ID: <{name}@customer.example>\r\n\r\n{text}\r\n"
    ).encode()


def nested(depth: int = 1000) -> bytes:
    """Parts in parts in parts."""
    head = asks("nested").partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n") + b"\nMIME-Version: 1.0\n"
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth))
    return head + parts + b"Content-Type: text/plain\n\nPlease delete my data.\n"


async def until(true: Callable[[], object], limit_s: float = 40.0) -> None:
    """Return once `true` is; it may be a coroutine function."""
    async with asyncio.timeout(limit_s):
        while True:
            now = true()
            if await now if inspect.isawaitable(now) else now:
                return
            await asyncio.sleep(0.1)


async def get(port: int, path: str) -> tuple[int, str]:
    """Status and text of a page; status 0 while nobody listens."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, await answer.text()
    except aiohttp.ClientError:
        return 0, ""


def query(database: Path, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement beside the desk."""
    connection = sqlite3.connect(database, timeout=10)
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()


@dataclass
class MaildirDesk:
    """A worker on a Maildir that captures its letters: it needs no server."""

    folder: Path
    words: tuple[str, ...] = (str(ROOT / "mailbox_worker.py"),)
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    before: Callable[[], None] | None = None
    process: asyncio.subprocess.Process | None = None

    def settings(self) -> dict[str, str]:
        """Everything it is told."""
        return {
            "TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "TRIAGE_MAILDIR": str(self.folder / "inbox"),
            "TRIAGE_CAPTURE_DIR": str(self.folder / "letters"),
            "TRIAGE_MAILBOX_ADDRESS": DESK_ADDRESS,
            "TRIAGE_SECRET_KEY": SECRET,
            "TRIAGE_POLL_SECONDS": "1",
            "TRIAGE_ADMIN_LISTEN": f"127.0.0.1:{self.port}",
            **self.extra,
        }

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "triage.db"

    def __post_init__(self) -> None:
        for name in ("new", "cur", "tmp"):
            (self.folder / "inbox" / name).mkdir(parents=True, exist_ok=True)

    def deliver(self, name: str, raw: bytes) -> None:
        """A mail arrives."""
        draft = self.folder / "inbox" / "tmp" / name
        draft.write_bytes(raw)
        draft.rename(self.folder / "inbox" / "new" / name)

    def letters(self) -> list[bytes]:
        """What it captured."""
        return [path.read_bytes() for path in sorted((self.folder / "letters").glob("new/*"))]

    async def start(self) -> None:
        """Return once it has had a good look at its inbox."""
        with (self.folder / "worker.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.words,
                cwd=self.folder,
                env=environment(self.settings()),
                stderr=log,
                preexec_fn=self.before,
            )
        await until(self.is_ready, limit_s=60)

    async def is_ready(self) -> bool:
        """Whether it says so."""
        assert self.process is not None
        assert self.process.returncode is None, self.logged()
        return (await get(self.port, "/readyz"))[0] == 200

    async def stop(self, how: int = 15) -> int:
        """SIGTERM unless told otherwise; its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 30)

    def logged(self) -> str:
        """What it said on stderr."""
        return (self.folder / "worker.log").read_text(encoding="utf-8", errors="replace")
