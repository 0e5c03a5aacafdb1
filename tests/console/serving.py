"""The console served on loopback over a real store, with a clock of its own, for tests over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher
from pydantic import SecretStr
from yarl import URL

from triage.adapters.passwords import Argon2Hasher
from triage.adapters.store import open_store
from triage.adapters.store.sql_store import SqlStore
from triage.bootstrap.console import build_console
from triage.config import Settings
from triage.domain.vocabulary import UserRole
from triage.service.signing_in import SigningIn, add_user, form_key
from triage.web.console.app import console_app
from triage.web.console.context import Console

RULES = Path(__file__).parents[2] / "rules"
SECRET = "a key for tests only"
PASSWORD = "four plain words here"
# As cheap as Argon2 goes: how slow it is by default is no matter of these tests.
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Clock:
    """The time, where a test puts it. Seconds that nobody can set go with it."""

    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Now."""
        return self.now

    def monotonic(self) -> float:
        """Seconds that only ever go on."""
        return self.now.timestamp()

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


@dataclass
class Browser:
    """Somebody's browser: keeps cookies, follows no redirect unless asked."""

    url: str
    session: aiohttp.ClientSession
    cookie: str = "desk"

    async def get(self, path: str, **more: object) -> tuple[int, str]:
        """Status and text of a page."""
        async with self.session.get(self.url + path, **more) as answer:  # type: ignore[arg-type]
            return answer.status, await answer.text()

    async def post(self, path: str, fields: object = None, **more: object) -> tuple[int, str, str]:
        """Status, text, and where it leads to, of a form sent with its key."""
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields or [])  # type: ignore[call-overload]
        data = [*pairs, ("form_key", self.key)]
        async with self.session.post(self.url + path, data=data, allow_redirects=False, **more) as answer:  # type: ignore[arg-type]
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    @property
    def token(self) -> str:
        """The session's token, "" without one."""
        kept = self.session.cookie_jar.filter_cookies(URL(self.url)).get(self.cookie)
        return kept.value if kept else ""

    @property
    def key(self) -> str:
        """What every form of this session carries."""
        return form_key(self.token)

    async def sign_in(self, name: str, password: str = PASSWORD) -> int:
        """Fill in the sign-in form; the answer's status."""
        return (await self.post("/sign-in", {"name": name, "password": password}))[0]


@dataclass
class Site:
    """A console being served. Accounts: dana (dpo), devi (deputy), rea (reader)."""

    url: str
    store: SqlStore
    console: Console
    clock: Clock
    sessions: list[aiohttp.ClientSession] = field(default_factory=list)

    async def browser(self, name: str = "") -> Browser:
        """A new browser; signed in as somebody, if named."""
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.sessions.append(session)
        browser = Browser(self.url, session)
        if name:
            assert await browser.sign_in(name) == 303
        return browser


def settings_for(folder: Path, **more: object) -> Settings:
    """Settings of a console over a SQLite file in a folder."""
    said = {
        "database_url": f"sqlite+aiosqlite:///{folder / 'triage.db'}",
        "mailbox_address": "dataprotection@larkfield.example",
        "secret_key": SecretStr(SECRET),
        "rules_dir": RULES,
    }
    return Settings.model_validate({**said, **more})


@asynccontextmanager
async def serve_console(folder: Path, port: int = 0, **more: object) -> AsyncIterator[Site]:
    """The console, on a free port unless one is given, for as long as the block lasts. `more` are settings."""
    settings, clock = settings_for(folder, **more), Clock()
    keys = settings.storage_keys
    store = await open_store(settings.database_url, secret=SECRET.encode(), storage_keys=keys, migrate=True)
    hasher = Argon2Hasher(_QUICK)
    try:
        built = build_console(settings, store)
        work = replace(built.work, clock=clock)
        signing_in = SigningIn(store=store, hasher=hasher, clock=clock)
        console = replace(built, clock=clock, monotonic=clock.monotonic, work=work, signing_in=signing_in)
        for name, role in (("dana", UserRole.DPO), ("devi", UserRole.DEPUTY), ("rea", UserRole.READER)):
            await add_user(store, hasher, name, role, PASSWORD, clock.now)
        runner = web.AppRunner(console_app(console), access_log=None)
        await runner.setup()
        listener = web.TCPSite(runner, "127.0.0.1", port)
        await listener.start()
        host, port = runner.addresses[0][:2]
        site = Site(url=f"http://{host}:{port}", store=store, console=console, clock=clock)
        try:
            yield site
        finally:
            for session in site.sessions:
                await session.close()
            await runner.cleanup()
    finally:
        await store.close()
