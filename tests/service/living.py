"""A desk on which cases live: mails come in, a person acts, days pass, and every look is one after a restart."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.factories import SECRET
from tests.servers.replies import reply_to
from tests.service.conftest import WiredDesk, person_mail
from tests.service.fakes import FakeRelay
from triage.adapters.store import open_store
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.policy import Policy
from triage.domain.vocabulary import Kind, LetterPurpose
from triage.ports import Letter, Store
from triage.service.case_watch import CaseWatch
from triage.service.casework import Casework, approve_letter
from triage.service.outbox import Outbox

Act = Callable[[CaseFile, Policy, datetime], CaseChange | Refused | None]
MORNING = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # a Thursday
DPO = "dpo"
# More than one case is ever given in one look.
_ENOUGH_LOOKS = 10


@dataclass
class LivingDesk:
    """`sent` are letters to people, `told` mails to staff."""

    desk: WiredDesk
    policy: Policy
    folder: Path
    staff_relay: FakeRelay = field(default_factory=FakeRelay)

    def __post_init__(self) -> None:
        self.desk.clock.now = MORNING
        self.desk.intake = replace(self.desk.intake, policy=self.policy)

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def sent(self) -> list[Letter]:
        return self.desk.relay.sent

    @property
    def told(self) -> list[Letter]:
        return self.staff_relay.sent

    @property
    def today(self) -> date:
        return self.desk.clock().date()

    @property
    def work(self) -> Casework:
        return Casework(
            store=self.desk.store,
            book=self.desk.intake.book,
            policy=self.policy,
            mail_domain="larkfield.example",
            clock=self.desk.clock,
        )

    async def restart(self) -> None:
        """The worker ends and another one starts on the same database."""
        await self.desk.store.close()
        store = await open_store(f"sqlite+aiosqlite:///{self.folder / 'triage.db'}", secret=SECRET, migrate=True)
        await store.release_claims(None, self.desk.clock())
        self.desk.store = store
        self.desk.intake = replace(self.desk.intake, store=store)
        self.desk.outbox = replace(self.desk.outbox, store=store)
        self.desk.watch = replace(self.desk.watch, store=store)

    async def receive(self, raw: bytes) -> str:
        """A mail comes, is filed, and what goes by itself goes. The thread it is in."""
        self.desk.mailbox.receive(raw, self.desk.clock())
        await self.desk.work()
        return (await self.store.list_enquiries())[-1].thread or ""

    async def hear(self, text: str, sender: str = "ana@customer.example", **headers: str) -> str:
        """A person writes for the first time."""
        await self.desk.poll()
        return await self.receive(person_mail(text, sender, **headers))

    async def answered(self, text: str) -> str:
        """The person answers our latest letter."""
        return await self.receive(reply_to(self.sent[-1], text))

    async def case(self, reference: str) -> CaseFile:
        """The case as it stands; with a thread alone its first."""
        found = await self.desk.store.case_of(_numbered(reference))
        assert found is not None, reference
        return found

    async def of_kind(self, thread: str, kind: Kind) -> CaseFile:
        """The newest case of that kind in the thread."""
        return [one for one in await self.desk.store.cases_of(thread) if one.kind is kind][-1]

    async def act(self, reference: str, decide: Act, **more: int) -> CaseChange | None:
        """A person does something to a case; with a thread alone to its first."""
        policy, now = self.policy, self.desk.clock()
        return await self.work.act(_numbered(reference), lambda case: decide(case, policy, now), by=DPO, **more)

    async def read(self, reference: str) -> None:
        """A person reads every message of the thread."""
        await self.desk.store.mark_read(reference.partition("/")[0], by=DPO, now=self.desk.clock())

    async def drafts(self, reference: str, purpose: LetterPurpose | None = None) -> list[CaseLetter]:
        letters = (await self.case(reference)).letters
        return [one for one in letters if one.state == "draft" and purpose in (None, one.purpose)]

    async def approve(self, reference: str, purpose: LetterPurpose, **more: str) -> Letter:
        """The one draft of that purpose is approved, and the outbox sends it."""
        (draft,) = await self.drafts(reference, purpose)
        before = len(self.sent)
        await approve_letter(self.work, self.desk.store, draft.id, by=DPO, **more)
        await self.desk.work()
        assert len(self.sent) == before + 1
        return self.sent[-1]

    async def look(self) -> None:
        """The desk's own looks, each by a worker that has just started, and its mails to staff."""
        before: tuple[CaseFile, ...] | None = None
        for _ in range(_ENOUGH_LOOKS):
            left = await self.watch().look()
            if left == before:
                break
            before = left
        notices = Outbox(
            store=self.desk.store.notice_queue, sender=self.staff_relay, worker="test", clock=self.desk.clock
        )
        while await notices.send_next():
            pass
        await self.desk.work()

    def watch(self) -> CaseWatch:
        return CaseWatch(store=self.desk.store, work=self.work, policy=self.policy, clock=self.desk.clock)

    async def pass_days(self, days: int) -> None:
        """Days go by, with looks in the morning and in the evening."""
        for day in range(days):
            if day == days // 2:
                await self.restart()
            self.desk.clock.advance(timedelta(hours=12))
            await self.look()
            self.desk.clock.advance(timedelta(hours=12))
            await self.look()

    async def body(self, letter_id: int) -> str:
        """The words of a letter, unfolded."""
        shown = await self.store.show_letter(letter_id)
        assert shown is not None
        return " ".join(shown.body.split())


def _numbered(reference: str) -> str:
    return reference if "/" in reference else f"{reference}/1"
