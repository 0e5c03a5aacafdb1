"""The form served on loopback with a stand-in for the inbox, for tests with and without a browser."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from triage.config import Settings
from triage.domain.records import NewItem
from triage.domain.reference import make_reference
from triage.domain.told import FormPost
from triage.errors import StoreUnavailable
from triage.parsing.told_bytes import read_form
from triage.ports_chat import FormRaw
from triage.web.client_address import party_finder
from triage.web.form.routes import add_form

RULES = Path(__file__).parents[2] / "rules"
KEY = "a key for tests only"


@dataclass(frozen=True)
class FakeSaved:
    """What became of a post."""

    reference: str | None
    known: bool


class FakeInbox:
    """Keeps posts in memory. `away`: nothing can be stored. `mute`: it may not read what it has."""

    def __init__(self) -> None:
        self.posts: list[FormPost] = []
        self.away = False
        self.mute = False
        self._references: dict[str, str] = {}
        self._spent: set[str] = set()

    async def save(self, items: Sequence[NewItem]) -> int:
        """The form saves none of these."""
        raise NotImplementedError

    async def save_form(self, key: str, raw_of: FormRaw, received_at: datetime, spend: str | None) -> FakeSaved:
        """Keep a post, once."""
        if self.away:
            raise StoreUnavailable("the disk is full")
        if key in self._references:
            return FakeSaved(reference=None if self.mute else self._references[key], known=True)
        reference = make_reference(received_at.year, 500_001 + len(self._references))
        self._references[key] = reference
        spent_before = spend in self._spent
        if spend is not None:
            self._spent.add(spend)
        self.posts.append(read_form(raw_of(reference, spent_before=spent_before)))
        return FakeSaved(reference=reference, known=False)

    async def ready(self) -> bool:
        """Whether something could be stored now."""
        return not self.away

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class Clock:
    """The real time, and what a test adds to it: the library of the proofs looks at the real clock too.

    `passed_s` is what a test adds to the clock that nobody can set.
    """

    ahead: timedelta = field(default_factory=timedelta)
    passed_s: float = 0.0

    def __call__(self) -> datetime:
        """Now, aware UTC."""
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        """Seconds that only ever go on."""
        return time.monotonic() + self.passed_s


def form_app(inbox: FakeInbox, clock: Clock | None = None, rules: Path = RULES) -> web.Application:
    """An application with nothing but the form."""
    app = web.Application()
    clock = clock or Clock()
    add_form(
        app,
        settings=Settings(form_key=SecretStr(KEY)),
        inbox=inbox,
        rules_dir=rules,
        clock=clock,
        client_of=party_finder(()),
        monotonic=clock.monotonic,
    )
    return app


@dataclass(frozen=True)
class Site:
    """A form being served."""

    url: str
    inbox: FakeInbox
    clock: Clock


@asynccontextmanager
async def serve_form() -> AsyncIterator[Site]:
    """The form on a free loopback port for as long as the block lasts."""
    inbox, clock = FakeInbox(), Clock()
    runner = web.AppRunner(form_app(inbox, clock), access_log=None)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    host, port = runner.addresses[0][:2]
    try:
        yield Site(url=f"http://{host}:{port}/enquire", inbox=inbox, clock=clock)
    finally:
        await runner.cleanup()
