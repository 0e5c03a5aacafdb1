"""`python -m bench.hook_server KIND FOLDER`: one of three servers on a free loopback port, which it prints.

bare answers 200 and does nothing; commit makes one durable SQLite commit a request; hook is the hook as it runs.
"""

import asyncio
import hashlib
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from triage.adapters.inbox import open_inbox
from triage.parsing.hubspot_events import Wanted
from triage.parsing.hubspot_signature import Target
from triage.web.hook.app import WEBHOOK_PATH, hook_app
from triage.web.hook.serving import serve_public

SECRET = "11112222-3333-4444-5555-666677778888"
PUBLIC_URL = "https://privacy.example.org/hubspot/webhook"
PORTAL_ID, APP_ID = "44556677", "7654321"

Served = Callable[[Path], AbstractAsyncContextManager[web.Application]]


@asynccontextmanager
async def bare(_folder: Path) -> AsyncIterator[web.Application]:
    """Reads the body and answers."""

    async def receive(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, receive)
    yield app


@asynccontextmanager
async def commit(folder: Path) -> AsyncIterator[web.Application]:
    """Stores the body and answers: one transaction a request, in one hop to SQLite's thread."""
    thread = ThreadPoolExecutor(max_workers=1)
    loop = asyncio.get_running_loop()

    def begin() -> sqlite3.Connection:
        database = sqlite3.connect(folder / "commit.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("CREATE TABLE received (position INTEGER PRIMARY KEY, key TEXT UNIQUE, raw BLOB)")
        return database

    database = await loop.run_in_executor(thread, begin)

    def store(body: bytes) -> None:
        database.execute("INSERT INTO received (key, raw) VALUES (?, ?)", (hashlib.sha256(body).hexdigest(), body))

    async def receive(request: web.Request) -> web.Response:
        await loop.run_in_executor(thread, store, await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, receive)
    yield app
    await loop.run_in_executor(thread, database.close)


@asynccontextmanager
async def hook(folder: Path) -> AsyncIterator[web.Application]:
    """Signature, JSON, the inbox file."""
    inbox = await open_inbox(f"sqlite+aiosqlite:///{folder}/hook.db")
    yield hook_app(
        inbox=inbox,
        target=Target(secret=SECRET.encode(), public_url=PUBLIC_URL),
        wanted=Wanted(portal_id=PORTAL_ID, app_id=APP_ID),
        clock=lambda: datetime.now(UTC),
        client_of=lambda request: request.remote or "",
    )
    await inbox.close()


KINDS: dict[str, Served] = {"bare": bare, "commit": commit, "hook": hook}


async def main() -> None:
    """Serve until SIGTERM."""
    kind, folder = sys.argv[1:]
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with KINDS[kind](Path(folder)) as app:
        runner = await serve_public(app, "127.0.0.1", 0)
        print(runner.addresses[0][1], flush=True)
        await stop.wait()
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
