"""A desk that lives through years: the real stories on a real store, stepped by a clock, and the people who work there.

Letters and notices go to a relay that fails at times. Now and then the worker is killed, also between handing a letter
over and saying so, or in the middle of a look; another one takes over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast

from tests.factories import SECRET
from tests.service.conftest import DESK, RULES, chat_of
from tests.service.fake_chat import FakeConversations
from tests.service.fakes import Clock
from tests.service.mishaps import Killed, Mortal, Relay
from tests.service.traffic import Traffic
from tests.service.visitors import Visitors
from triage.adapters.channel_sender import ChannelSender
from triage.adapters.store import open_store
from triage.adapters.store.sql_store import SqlStore
from triage.domain.policy import Policy
from triage.parsing.chatbook import ChatBook
from triage.parsing.gate_table import load_gate_table
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_chat_sources, load_letter_sources
from triage.ports import NewItem
from triage.service.approvals import Leaving
from triage.service.case_watch import CaseWatch
from triage.service.casework import Casework
from triage.service.chat_link import DeskStore
from triage.service.intake import Intake
from triage.service.outbox import Outbox
from triage.service.reminding import Reminding
from triage.service.retaining import Retaining
from triage.service.rounds import Wakes
from triage.service.tending import Tending
from triage.service.watch import Watch

A_MOMENT = timedelta(seconds=1)
_UNTIL_TRIED_AGAIN = timedelta(seconds=61)


@dataclass
class Office:
    """The desk, stepped by `clock`; open with `open_office`. `unreadable_since`: by look, the oldest in quarantine."""

    folder: Path
    dice: Random
    policy: Policy
    clock: Clock
    store: SqlStore
    traffic: Traffic
    letters: Relay
    staff_mail: Relay
    book: LetterBook
    chat_book: ChatBook
    visitors: Visitors
    looks: list[datetime] = field(default_factory=list)
    unreadable_since: dict[datetime, datetime] = field(default_factory=dict)
    kills: int = 0

    def start_worker(self) -> None:
        """A new worker, which knows nothing of what the one before did."""
        store = cast(DeskStore, self.store)
        mortal = cast(DeskStore, Mortal(self.store, self.dice))
        self.intake = Intake(
            store=store,
            analyser=self.traffic,
            book=self.book,
            chat_book=self.chat_book,
            policy=self.policy,
            desk=DESK,
            table=load_gate_table(RULES),
            start_on=None,
            worker="worker",
            clock=self.clock,
        )
        both_ways = ChannelSender(self.letters, self.letters)
        self.chat = chat_of(store, self.visitors.conversations, both_ways, self.policy.chat, self.clock, Wakes())
        self.outbox = Outbox(store=store, sender=self.letters, worker="worker", clock=self.clock)
        self.work = Casework(
            store=store, book=self.book, policy=self.policy, mail_domain="larkfield.example", clock=self.clock
        )
        own = Casework(
            store=mortal, book=self.book, policy=self.policy, mail_domain="larkfield.example", clock=self.clock
        )
        self.tending = Tending(
            watch=CaseWatch(store=mortal, work=own, policy=self.policy, clock=self.clock),
            reminding=Reminding(store=mortal, policy=self.policy, clock=self.clock),
            retaining=Retaining(store=mortal, policy=self.policy, clock=self.clock),
            notices=Outbox(store=self.store.notice_queue, sender=self.staff_mail, worker="worker", clock=self.clock),
            leaving=Leaving(work=own, store=self.store),
        )
        self.watch = Watch(
            store=store,
            policy=self.policy,
            clock=self.clock,
            started_at=self.clock(),
            last_good_poll=lambda: self.clock.now,
        )

    async def restart(self) -> None:
        """The worker died; the next one starts as bootstrap does."""
        self.kills += 1
        if self.dice.random() < 0.1:
            await self.store.close()
            self.store = await _opened(self.folder)
        self.start_worker()
        await self.store.release_claims(None, self.clock())

    async def take_in(self, items: Sequence[NewItem], visits: float) -> None:
        """What came is stored and filed, and the chat's visitors are heard, one after the other: so that no two of them
        race, and a run can be replayed."""
        await self.store.save_items(items, None)
        await self._file()
        for said in self.visitors.come(visits):
            await self.store.save_items(said, None)
            while await self.chat.drain():
                self.clock.advance(A_MOMENT)
            await self._file()
        # The limit over all senders is for floods; a person clears its alarm.
        await self.store.clear_alarm("breaker_open", None, self.clock())

    async def _file(self) -> None:
        """What cannot be read is tried three times."""
        for _ in range(3):
            while await self.intake.work_once():
                self.clock.advance(A_MOMENT)
            self.clock.advance(_UNTIL_TRIED_AGAIN)

    async def send(self) -> None:
        """Both outboxes, until nothing is due."""
        for one in ("outbox", "notices"):
            while True:
                box = self.outbox if one == "outbox" else self.tending.notices
                try:
                    if not await box.send_next():
                        break
                except Killed:
                    await self.restart()

    async def look(self) -> None:
        """What the worker does for its cases by itself, until a look came to its end."""
        await self.watch.look()
        while True:
            began = self.clock()
            unread = [row.received_at for row in await self.store.list_quarantine()]
            try:
                await self.tending.look()
            except Killed:
                await self.restart()
                continue
            self.looks.append(began)
            if unread:
                self.unreadable_since[began] = min(unread)
            break
        self.clock.advance(A_MOMENT)


async def open_office(folder: Path, dice: Random, policy: Policy, began_at: datetime) -> Office:
    """A desk on a new store in `folder`, its first worker started."""
    clock = Clock(now=began_at)
    visitors = Visitors(dice=dice, conversations=FakeConversations(clock))
    desks = tuple(one.addresses[0] for one in policy.controllers)
    office = Office(
        folder=folder,
        dice=dice,
        policy=policy,
        clock=clock,
        store=await _opened(folder),
        traffic=Traffic(dice=dice, desks=desks, visitors=visitors),
        letters=Relay(dice=dice, refuses=0.005, clock=clock),
        staff_mail=Relay(dice=dice, clock=clock),
        book=LetterBook(load_letter_sources(RULES)),
        chat_book=ChatBook(load_chat_sources(RULES)),
        visitors=visitors,
    )
    office.start_worker()
    return office


async def _opened(folder: Path) -> SqlStore:
    return await open_store(f"sqlite+aiosqlite:///{folder / 'triage.db'}", secret=SECRET, migrate=True)
