"""The real console over a real SQLite store, spoken to over HTTP; whoever speaks is signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from yarl import URL

from tests.factories import SECRET, make_filing, make_new_item
from tests.service.fakes import Clock
from triage.adapters.store import open_store
from triage.adapters.store.sql_store import SqlStore
from triage.bootstrap.console import build_console
from triage.config import Settings
from triage.domain.accounts import Account
from triage.domain.vocabulary import UserRole
from triage.service.signing_in import form_key
from triage.web.console.app import console_app
from triage.web.console.context import Console


@dataclass
class Browser:
    """Somebody at the console. Every post carries the session's form key."""

    client: TestClient  # type: ignore[type-arg]
    token: str
    account: Account

    async def get(self, path: str) -> ClientResponse:
        return await self.client.get(URL(path, encoded=True), allow_redirects=False)

    async def page(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = await self.get(path)
        assert answer.status == 200, (answer.status, await answer.text())
        return await answer.text()

    async def post(self, path: str, **fields: object) -> ClientResponse:
        """A form sent, redirects not followed; bytes are files."""
        said = {"form_key": form_key(self.token), **fields}
        return await self.client.post(path, data=said, allow_redirects=False)


@dataclass
class Desk:
    """The console's parts, to prepare a test with and to look afterwards. The clock stands still."""

    console: Console
    store: SqlStore
    clock: Clock

    async def file(self, raw: bytes | None = None, **changes: object) -> str:
        """A message, filed; its reference. `changes` as tests.factories.make_filing, `raw` what arrived."""
        await self.store.save_items([make_new_item(**({} if raw is None else {"raw": raw}))], None)
        (item,) = await self.store.claim_items("worker", 1, self.clock())
        async with self.store.filing() as filer:
            reference = await filer.next_reference(2026)
            await filer.file(make_filing(item, reference, **changes))
        return reference


SignIn = Callable[[str, UserRole], Awaitable[Browser]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk on an empty store. No checklist comes by itself: the company has no systems."""
    url, clock = f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}", Clock()
    store = await open_store(url, secret=SECRET, migrate=True)
    settings = Settings(
        database_url=url,
        secret_key=SecretStr(SECRET.decode()),
        mailbox_address="dataprotection@larkfield.example",
    )
    console = build_console(settings, store)
    policy = replace(console.policy, systems=())
    console = replace(
        console,
        clock=clock,
        policy=policy,
        work=replace(console.work, clock=clock, policy=policy),
        signing_in=replace(console.signing_in, clock=clock),
    )
    yield Desk(console=console, store=store, clock=clock)
    await store.close()


@pytest.fixture
async def sign_in(desk: Desk) -> AsyncIterator[SignIn]:
    """Lets somebody in, without the slow password: sign_in("dana", UserRole.DPO)."""
    async with AsyncExitStack() as stack:

        async def enter(name: str, role: UserRole) -> Browser:
            await desk.store.add_account(name, role, "", desk.clock())
            account = next(one for one, _ in await desk.store.accounts() if one.name == name)
            token = await desk.console.signing_in.open(account)
            server = TestServer(console_app(desk.console))
            client = await stack.enter_async_context(TestClient(server, cookies={desk.console.cookie: token}))
            return Browser(client=client, token=token, account=account)

        yield enter


@pytest.fixture
async def dana(sign_in: SignIn) -> Browser:
    """The data protection officer, signed in."""
    return await sign_in("dana", UserRole.DPO)


@pytest.fixture
async def rea(sign_in: SignIn) -> Browser:
    """A reader, signed in: looks, changes nothing."""
    return await sign_in("rea", UserRole.READER)
