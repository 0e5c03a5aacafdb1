"""The worker's rounds: four named loops that wake each other, stop together, and never limp on when one has died."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from triage.errors import MailboxRefused, MailboxUnreachable, StoreUnavailable
from triage.logs import get_logger
from triage.ports import MailSource, Store
from triage.service.intake import Intake
from triage.service.outbox import Outbox
from triage.service.poll import poll_once
from triage.service.watch import Watch

log = get_logger()

_FIRST_BACKOFF_S, _LONGEST_BACKOFF_S = 5.0, 300.0
_RECONCILE_EVERY_S = 3600.0
_WATCH_EVERY_S = 60.0
_IDLE_LOOK_S = 5.0
_SENDERS = 2
# One refusal may be a server's bad minute; the third in a row is for a person.
_REFUSALS_BEFORE_ALARM = 3
# A mail that will not come must not hold up the others for longer than about a minute.
_LOOKS_BEFORE_GIVING_UP = 3


def backoff_s(failures: int, dice: Random) -> float:
    """Seconds to wait after the `failures`th failure in a row (>= 1): 5 s doubling to 5 min, with jitter."""
    doublings = min(failures - 1, 12)
    return min(_FIRST_BACKOFF_S * (1 << doublings), _LONGEST_BACKOFF_S) * dice.uniform(0.75, 1.25)


@dataclass(kw_only=True)
class Worker:
    """Runs until `stop` is set. A loop that dies of anything unforeseen ends them all: a supervisor starts anew."""

    source: MailSource
    store: Store
    intake: Intake
    outbox: Outbox
    watch: Watch
    clock: Callable[[], datetime]
    poll_seconds: float
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    last_good_poll_at: datetime | None = None
    _received: asyncio.Event = field(default_factory=asyncio.Event)
    _filed: asyncio.Event = field(default_factory=asyncio.Event)
    _dice: Random = field(default_factory=Random)

    async def run(self) -> None:
        """Poll, take in, send and watch until stopped. What is claimed is finished first; nothing is cut short."""
        loops = [self._poll(), self._take_in(), self._watch(), *(self._send() for _ in range(_SENDERS))]
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
        """Look until all old mail is fetched, then work until nothing waits. For the demo and for tests."""
        while await self._look(reconcile=False):
            pass
        while await self.intake.work_once():
            pass
        while await self.outbox.send_next():
            pass

    async def _look(self, *, reconcile: bool, give_up: bool = False) -> bool:
        """True where the next look need not wait."""
        result = await poll_once(self.source, self.store, self.clock(), reconcile=reconcile, give_up=give_up)
        if result.stuck:
            log.error("mail_not_fetched", count=result.stuck)
            await self.store.raise_alarm("mail_not_fetched", None, self.clock())
        if result.validity_reset:
            log.warning("mailbox_renumbered", count=result.saved)
        self.last_good_poll_at = self.clock()
        if result.saved:
            self._received.set()
        return result.more

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
                wait_s = backoff_s(failures, self._dice)
                log.warning("poll_failed", exception_type=type(exc).__name__, reason=str(exc), retry_in_s=wait_s)
                if refusals == _REFUSALS_BEFORE_ALARM:
                    await self._alarm("mailbox_refused")
                await self._pause(self.stop, wait_s)
                continue
            failures = refusals = 0
            if reconcile:
                reconcile_at = loop.time() + _RECONCILE_EVERY_S
            if not more:
                await self._or_stop(self.source.wait(self.poll_seconds))

    async def _alarm(self, code: str) -> None:
        try:
            await self.store.raise_alarm(code, None, self.clock())
        except StoreUnavailable as exc:
            log.error("alarm_not_stored", code=code, exception_type=type(exc).__name__)

    async def _take_in(self) -> None:
        async def work() -> bool:
            worked = await self.intake.work_once() > 0
            if worked:
                self._filed.set()
            return worked

        await self._until_stopped("intake", work, self._received)

    async def _send(self) -> None:
        await self._until_stopped("outbox", self.outbox.send_next, self._filed)

    async def _watch(self) -> None:
        async def work() -> bool:
            await self.watch.look()
            await self._pause(self.stop, _WATCH_EVERY_S)
            return True

        await self._until_stopped("watch", work, self.stop)

    async def _until_stopped(self, stage: str, work: Callable[[], Awaitable[bool]], wake: asyncio.Event) -> None:
        """Work while there is work, else wait for news. A store that is away is waited for, not died of."""
        failures = 0
        while not self.stop.is_set():
            wake.clear() if wake is not self.stop else None
            try:
                worked = await work()
                failures = 0
            except StoreUnavailable as exc:
                failures += 1
                wait_s = backoff_s(failures, self._dice)
                log.error("store_unavailable", stage=stage, reason=str(exc), retry_in_s=wait_s)
                await self._pause(self.stop, wait_s)
                continue
            if not worked:
                await self._pause(wake, _IDLE_LOOK_S)

    async def _pause(self, wake: asyncio.Event, seconds: float) -> None:
        await self._or_stop(asyncio.wait_for(wake.wait(), seconds))

    async def _or_stop(self, waiting: Awaitable[object]) -> None:
        """Wait, but not beyond the stop."""
        tasks = [asyncio.ensure_future(waiting), asyncio.ensure_future(self.stop.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        unforeseen = [r for r in results[:1] if isinstance(r, Exception) and not isinstance(r, TimeoutError)]
        if unforeseen:
            raise unforeseen[0]
