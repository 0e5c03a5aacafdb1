"""The worker's rounds: named loops that wake each other, stop together, and never limp on when one has died."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.errors import MailboxRefused, MailboxUnreachable, StoreUnavailable
from triage.logs import get_logger
from triage.ports import MailSource, Store
from triage.service.chat import Chat
from triage.service.hook_inbox import HookInbox
from triage.service.intake import Intake
from triage.service.outbox import Outbox
from triage.service.poll import poll_once
from triage.service.rounds import Rounds, Wakes, backoff_s
from triage.service.tending import Tending
from triage.service.watch import Watch

log = get_logger()

_RECONCILE_EVERY_S = 3600.0
_WATCH_EVERY_S = 60.0
_TEND_EVERY_S = 600.0
_LEAVE_EVERY_S = 2.0
_SHOWN_EVERY = timedelta(minutes=1)
_SENDERS = 2
# What the store knows the inbox's reading by.
MAILBOX_PULSE = "mailbox"
# One refusal may be a server's bad minute; the third in a row is for a person.
_REFUSALS_BEFORE_ALARM = 3
# A mail that will not come must not hold up the others for longer than about a minute.
_LOOKS_BEFORE_GIVING_UP = 3


@dataclass(kw_only=True)
class Worker:
    """Runs until `stop` is set. A loop that dies of anything unforeseen ends them all: a supervisor starts anew.

    `hook_inbox` is None where the hook stores into the store itself, `chat` where no chat is set up.
    """

    source: MailSource
    store: Store
    intake: Intake
    outbox: Outbox
    watch: Watch
    tending: Tending | None = None
    clock: Callable[[], datetime]
    poll_seconds: float
    chat: Chat | None = None
    hook_inbox: HookInbox | None = None
    wakes: Wakes = field(default_factory=Wakes)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    last_good_poll_at: datetime | None = None
    _shown_at: datetime | None = None
    _rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        """One stop for all."""
        self._rounds = Rounds(stop=self.stop)

    async def run(self) -> None:
        """Poll, take in, send and watch until stopped. What is claimed is finished first; nothing is cut short."""
        loops = [self._poll(), self._take_in(), self._watch(), *(self._send() for _ in range(_SENDERS))]
        if self.tending is not None:
            loops += [self._tend(self.tending), self._tell_staff(self.tending), self._let_leave(self.tending)]
        loops += [] if self.hook_inbox is None else [self.hook_inbox.run(self._rounds)]
        loops += [] if self.chat is None else self.chat.loops(self._rounds)
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            self.stop.set()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.source.close()
            await self.outbox.sender.close()

    async def drain(self) -> None:
        """Look until all old mail is fetched, then work until nothing waits, chats to the end of their bursts. For the
        demo and for tests."""
        while await self._look(reconcile=False):
            pass
        while await self._drain_hook():
            pass
        while await self.intake.work_once():
            pass
        while await self.outbox.send_next():
            pass

    async def _drain_hook(self) -> bool:
        new = self.hook_inbox is not None and await self.hook_inbox.work_once()
        heard = self.chat is not None and await self.chat.drain()
        return new or heard

    async def _look(self, *, reconcile: bool, give_up: bool = False) -> bool:
        """True where the next look need not wait."""
        result = await poll_once(self.source, self.store, self.clock(), reconcile=reconcile, give_up=give_up)
        if result.stuck:
            log.error("mail_not_fetched", count=result.stuck)
            await self.store.raise_alarm("mail_not_fetched", None, self.clock())
        if result.validity_reset:
            log.warning("mailbox_renumbered", count=result.saved)
        await self._show_life()
        if result.saved:
            self.wakes.received.set()
        return result.more

    async def _show_life(self) -> None:
        """The inbox was read: for this process, and once a minute for the console, which is another."""
        now, before = self.clock(), self._shown_at
        self.last_good_poll_at = now
        if before is None or now - before >= _SHOWN_EVERY:
            await self.store.beat((MAILBOX_PULSE,), now)
            self._shown_at = now

    async def _poll(self) -> None:
        failures = refusals = 0
        loop = asyncio.get_running_loop()
        reconcile_at = loop.time()
        while not self.stop.is_set():
            try:
                reconcile = failures > 0 or loop.time() >= reconcile_at
                more = await self._look(reconcile=reconcile, give_up=failures >= _LOOKS_BEFORE_GIVING_UP)
                if reconcile:  # so after every failure, and at the start: a worker before this one may have raised it
                    await self.store.clear_alarm("mailbox_refused", None, self.clock())
            except (MailboxUnreachable, MailboxRefused, StoreUnavailable) as exc:
                failures += 1
                refusals = refusals + 1 if isinstance(exc, MailboxRefused) else 0
                wait_s = backoff_s(failures, self._rounds.dice)
                log.warning("poll_failed", exception_type=type(exc).__name__, reason=str(exc), retry_in_s=wait_s)
                if refusals == _REFUSALS_BEFORE_ALARM:
                    await self._alarm("mailbox_refused")
                await self._rounds.pause(self.stop, wait_s)
                continue
            failures = refusals = 0
            if reconcile:
                reconcile_at = loop.time() + _RECONCILE_EVERY_S
            if not more:
                await self._rounds.or_stop(self.source.wait(self.poll_seconds))

    async def _alarm(self, code: str) -> None:
        try:
            await self.store.raise_alarm(code, None, self.clock())
        except StoreUnavailable as exc:
            log.error("alarm_not_stored", code=code, exception_type=type(exc).__name__)

    async def _take_in(self) -> None:
        async def work() -> bool:
            worked = await self.intake.work_once() > 0
            if worked:
                self.wakes.filed.set()
            return worked

        await self._rounds.until_stopped("intake", work, self.wakes.received)

    async def _send(self) -> None:
        await self._rounds.until_stopped("outbox", self.outbox.send_next, self.wakes.filed)

    async def _tend(self, tending: Tending) -> None:
        async def work() -> bool:
            await tending.look()
            self.wakes.filed.set()
            await self._rounds.pause(self.stop, _TEND_EVERY_S)
            return True

        await self._rounds.until_stopped("tending", work, self.stop)

    async def _tell_staff(self, tending: Tending) -> None:
        await self._rounds.until_stopped("notices", tending.notices.send_next, self.wakes.filed)

    async def _let_leave(self, tending: Tending) -> None:
        async def work() -> bool:
            if await tending.leaving.look():
                self.wakes.filed.set()
            await self._rounds.pause(self.stop, _LEAVE_EVERY_S)
            return True

        await self._rounds.until_stopped("leaving", work, self.stop)

    async def _watch(self) -> None:
        async def work() -> bool:
            await self.watch.look()
            # A breach has 72 hours (Art 33 UK GDPR): its notice does not wait for the tending round.
            if self.tending is not None and await self.tending.reminding.look_for_urgent():
                self.wakes.filed.set()
            await self._rounds.pause(self.stop, _WATCH_EVERY_S)
            return True

        await self._rounds.until_stopped("watch", work, self.stop)
