"""A desk wired in this process: real rules, a real SQLite file, and stand-ins for mailbox and relay."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import SECRET
from tests.service.fake_chat import HAND, FakeConversations
from tests.service.fakes import Clock, FakeMailbox, FakeRelay, InProcessAnalyser
from triage.adapters.channel_sender import ChannelSender
from triage.adapters.chat_sender import ChatSender
from triage.adapters.store import open_store
from triage.bootstrap.analyst import build_analyst
from triage.domain.gate import Desk
from triage.domain.policy import ChatPolicy
from triage.parsing.chatbook import ChatBook
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_chat_sources, load_letter_sources
from triage.service.analysis import Analyst
from triage.service.chat import Chat
from triage.service.chat_bursts import ChatBursts
from triage.service.chat_events import ChatEvents
from triage.service.chat_link import ChatLink, DeskStore
from triage.service.intake import Intake
from triage.service.outbox import Outbox
from triage.service.poll import PollResult, poll_once
from triage.service.rounds import Wakes
from triage.service.settle import Settle
from triage.service.watch import Watch

RULES = Path(__file__).parents[2] / "rules"
DESK = Desk(
    mailbox_address="dataprotection@larkfield.example", aliases=(), own_domains=("larkfield.example",), secret=SECRET
)


@pytest.fixture(scope="session")
def analyst() -> Analyst:
    return build_analyst(RULES, DESK)


@dataclass
class WiredDesk:
    """Everything of a worker, stepped by hand."""

    clock: Clock
    mailbox: FakeMailbox
    relay: FakeRelay
    store: DeskStore
    analyser: InProcessAnalyser
    intake: Intake
    outbox: Outbox
    watch: Watch
    conversations: FakeConversations
    chat: Chat
    wakes: Wakes

    async def poll(self, *, reconcile: bool = False) -> PollResult:
        return await poll_once(self.mailbox, self.store, self.clock(), reconcile=reconcile)

    async def work(self) -> None:
        """One look, then all that waits."""
        await self.poll()
        while await self.intake.work_once():
            pass
        while await self.outbox.send_next():
            pass

    async def hear(self) -> None:
        """All chat events that are due."""
        while await self.chat.events.work_once():
            pass

    async def answer(self) -> None:
        """The visitor pauses; his burst goes all the way."""
        self.clock.advance(timedelta(seconds=self.chat.bursts.policy.debounce_s + 1))
        while await self.chat.bursts.work_once():
            pass
        while await self.intake.work_once():
            pass
        while await self.outbox.send_next():
            pass


def person_mail(text: str, sender: str = "ana@customer.example", **headers: str) -> bytes:
    """A mail from a person to the desk."""
    head = {
        "From": f"Ana Example <{sender}>",
        "To": DESK.mailbox_address,
        "Subject": "My personal information",
        "Message-ID": f"<{abs(hash((text, sender)))}@customer.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return ("".join(f"{name}: {value}\r\n" for name, value in head.items()) + f"\r\n{text}\r\n").encode()


def chat_of(
    store: DeskStore,
    conversations: FakeConversations,
    sender: ChannelSender,
    policy: ChatPolicy,
    clock: Clock,
    wakes: Wakes,
) -> Chat:
    """The chat's stories over a stand-in for HubSpot."""
    link = ChatLink(store=store, clock=clock, breaker_open=lambda: conversations.breaker_open)
    events = ChatEvents(
        store=store,
        conversations=conversations,
        link=link,
        hand=HAND,
        policy=policy,
        worker="test",
        clock=clock,
        wakes=wakes,
    )
    bursts = ChatBursts(
        store=store, conversations=conversations, link=link, hand=HAND, policy=policy, clock=clock, wakes=wakes
    )
    settle = Settle(store=store, sender=sender, worker="test", clock=clock, wakes=wakes)
    return Chat(events=events, bursts=bursts, settle=settle, link=link)


@pytest.fixture
async def desk(tmp_path: Path, analyst: Analyst) -> AsyncIterator[WiredDesk]:
    async with wired(tmp_path, analyst, Clock()) as one:
        yield one


@asynccontextmanager
async def wired(
    folder: Path,
    analyst: Analyst,
    clock: Clock,
    rules: ChatPolicy | None = None,
    storage_keys: Sequence[bytes] = (),
) -> AsyncIterator[WiredDesk]:
    """The desk over a new store in `folder`, with the chat's `rules` where they are other than the policy's."""
    rules = rules or analyst.policy.chat
    mailbox, relay, wakes = FakeMailbox(), FakeRelay(), Wakes()
    conversations = FakeConversations(clock)
    url = f"sqlite+aiosqlite:///{folder / 'triage.db'}"
    store = await open_store(url, secret=SECRET, storage_keys=storage_keys, migrate=True)
    analyser = InProcessAnalyser(analyst)
    intake = Intake(
        store=store,
        analyser=analyser,
        book=LetterBook(load_letter_sources(RULES)),
        chat_book=ChatBook(load_chat_sources(RULES)),
        policy=analyst.policy,
        desk=DESK,
        table=analyst.table,
        start_on=None,
        worker="test",
        clock=clock,
    )
    sender = ChannelSender(relay, ChatSender(conversations, HAND, store.record_post, looks_s=(0.0,), clock=clock))
    outbox = Outbox(store=store, sender=sender, worker="test", clock=clock)
    chat = chat_of(store, conversations, sender, rules, clock, wakes)
    watch = Watch(
        store=store,
        policy=analyst.policy,
        clock=clock,
        started_at=clock(),
        last_good_poll=lambda: clock.now,
        chat_unreachable=chat.link.unreachable,
    )
    one = WiredDesk(
        clock=clock,
        mailbox=mailbox,
        relay=relay,
        store=store,
        analyser=analyser,
        intake=intake,
        outbox=outbox,
        watch=watch,
        conversations=conversations,
        chat=chat,
        wakes=wakes,
    )
    yield one
    # A test may have gone on with another store than it began with.
    await one.store.close()
