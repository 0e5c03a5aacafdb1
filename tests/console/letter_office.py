"""A desk on which mail is really read and letters really leave, with people of it at the console."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from tests.console.conftest import Browser
from tests.factories import SECRET
from tests.service.conftest import DESK, RULES, wired
from tests.service.fakes import Clock
from tests.service.living import LivingDesk
from triage.adapters.store.sql_store import SqlStore
from triage.bootstrap.analyst import build_analyst
from triage.bootstrap.console import build_console
from triage.config import Settings
from triage.domain.asking import propose
from triage.domain.letter_desk import DeskLetter, LettersAsked, Shelf
from triage.domain.policy import Policy
from triage.domain.vocabulary import LetterPurpose, UserRole
from triage.parsing.rules import load_policy
from triage.service.analysis import Analyst
from triage.service.approvals import Leaving
from triage.web.console.app import console_app
from triage.web.console.context import Console

ACCESS = "Please send me a copy of all the personal data you hold about me."
REASONS = "You ask for ten years of papers, and we have to read each of them."


@cache
def _analyst() -> Analyst:
    return build_analyst(RULES, DESK)


@dataclass
class Office:
    """The desk, the console over its store, and who sits there."""

    life: LivingDesk
    console: Console
    dana: Browser
    rea: Browser

    @property
    def store(self) -> SqlStore:
        store = self.life.desk.store
        assert isinstance(store, SqlStore)
        return store

    async def draft(self) -> DeskLetter:
        """An access request, and the notice that it takes longer, laid ready."""
        return await self.extension_for(await self.life.hear(ACCESS))

    async def extension_for(self, thread: str) -> DeskLetter:
        """The notice that the thread's first case takes longer, laid ready."""
        await self.life.read(thread)
        await self.life.act(thread, lambda case, policy, now: propose(case, _EXTENSION, REASONS, policy, now))
        return await self.only(Shelf.WAITING)

    async def only(self, shelf: Shelf) -> DeskLetter:
        """The one letter there."""
        (letter,) = (await self.store.letters_page(LettersAsked(shelf=shelf))).rows
        return letter

    async def again(self, letter: DeskLetter) -> DeskLetter:
        """The letter as it stands now."""
        found = await self.store.desk_letter(letter.id)
        assert found is not None
        return found

    async def let_leave(self) -> None:
        """The worker's look at what was approved, and the outbox."""
        await Leaving(work=self.life.work, store=self.store).look()
        await self.life.desk.work()

    async def told(self, thread: str) -> list[str]:
        """What the thread's journal says happened."""
        shown = await self.store.show_case(thread)
        assert shown is not None
        entries = shown["journal"]
        assert isinstance(entries, list)
        return [entry["event"] for entry in entries]


_EXTENSION = LetterPurpose.EXTENSION_NOTICE


@asynccontextmanager
async def open_office(folder: Path, policy: Policy | None = None) -> AsyncIterator[Office]:
    """Open one on an empty store; with a `policy` of its own, or the rules'."""
    policy = policy or POLICY
    async with AsyncExitStack() as stack:
        life = LivingDesk(
            desk=await stack.enter_async_context(wired(folder, _analyst(), Clock())), policy=policy, folder=folder
        )
        settings = Settings(
            database_url=f"sqlite+aiosqlite:///{folder}/triage.db",
            secret_key=SecretStr(SECRET.decode()),
            mailbox_address="dataprotection@larkfield.example",
        )
        store = life.desk.store
        assert isinstance(store, SqlStore)
        console = build_console(settings, store)
        clock = life.desk.clock
        console = replace(
            console, policy=policy, clock=clock, work=life.work, signing_in=replace(console.signing_in, clock=clock)
        )
        people = [await _signed_in(stack, console, name, role) for name, role in _PEOPLE]
        yield Office(life=life, console=console, dana=people[0], rea=people[1])


_PEOPLE = (("dana", UserRole.DPO), ("rea", UserRole.READER))
POLICY = load_policy(RULES)


async def _signed_in(stack: AsyncExitStack, console: Console, name: str, role: UserRole) -> Browser:
    await console.store.add_account(name, role, "", console.clock())
    account = next(one for one, _ in await console.store.accounts() if one.name == name)
    token = await console.signing_in.open(account)
    client = TestClient(TestServer(console_app(console)), cookies={console.cookie: token})
    return Browser(client=await stack.enter_async_context(client), token=token, account=account)
