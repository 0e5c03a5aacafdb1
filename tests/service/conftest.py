"""A desk wired in this process: real rules, a real SQLite file, and stand-ins for mailbox and relay."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories import SECRET
from tests.service.fakes import Clock, FakeMailbox, FakeRelay, InProcessAnalyser
from triage.adapters.store import open_store
from triage.bootstrap.analyst import build_analyst
from triage.domain.gate import Desk
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_letter_sources
from triage.ports import Store
from triage.service.analysis import Analyst
from triage.service.intake import Intake
from triage.service.outbox import Outbox
from triage.service.poll import PollResult, poll_once
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
    store: Store
    analyser: InProcessAnalyser
    intake: Intake
    outbox: Outbox
    watch: Watch

    async def poll(self, *, reconcile: bool = False) -> PollResult:
        return await poll_once(self.mailbox, self.store, self.clock(), reconcile=reconcile)

    async def work(self) -> None:
        """One look, then all that waits."""
        await self.poll()
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


@pytest.fixture
async def desk(tmp_path: Path, analyst: Analyst) -> AsyncIterator[WiredDesk]:
    clock, mailbox, relay = Clock(), FakeMailbox(), FakeRelay()
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}", secret=SECRET, migrate=True)
    analyser = InProcessAnalyser(analyst)
    intake = Intake(
        store=store,
        analyser=analyser,
        book=LetterBook(load_letter_sources(RULES)),
        policy=analyst.policy,
        desk=DESK,
        table=analyst.table,
        start_on=None,
        worker="test",
        clock=clock,
    )
    outbox = Outbox(store=store, sender=relay, worker="test", clock=clock)
    watch = Watch(store=store, policy=analyst.policy, clock=clock, started_at=clock(), last_good_poll=lambda: clock.now)
    yield WiredDesk(
        clock=clock,
        mailbox=mailbox,
        relay=relay,
        store=store,
        analyser=analyser,
        intake=intake,
        outbox=outbox,
        watch=watch,
    )
    await store.close()
