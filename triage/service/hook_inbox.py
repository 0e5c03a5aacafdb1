"""The worker's end of the hook's file: emptied every second, with an alarm when it cannot be read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from triage.errors import StoreUnavailable
from triage.ports import Store
from triage.ports_chat import InboxSource
from triage.service.drain import drain_once
from triage.service.rounds import Rounds, Wakes

INBOX_ALARM = "hook_inbox"
_EVERY_S = 1.0
# One failure may be the store's own bad moment.
_FAILURES_BEFORE_ALARM = 2


@dataclass(kw_only=True, slots=True)
class HookInbox:
    """Moves what the hook received into the store, and wakes those who work on it."""

    source: InboxSource
    store: Store
    clock: Callable[[], datetime]
    wakes: Wakes
    _failures: int = 0
    # Until the first good look nobody knows whether a worker before this one left the alarm standing.
    _alarm_may_stand: bool = True

    async def work_once(self) -> bool:
        """Look once; True where something new came. Raises StoreUnavailable, of the file or of the store."""
        try:
            new = await drain_once(self.source, self.store)
        except StoreUnavailable:
            self._failures += 1
            if self._failures >= _FAILURES_BEFORE_ALARM:
                # Where the store is what is away, this fails too and says so in the log.
                await self.store.raise_alarm(INBOX_ALARM, None, self.clock())
                self._alarm_may_stand = True
            raise
        self._failures = 0
        if self._alarm_may_stand:
            await self.store.clear_alarm(INBOX_ALARM, None, self.clock())
            self._alarm_may_stand = False
        if new:
            self.wakes.arrived.set()
            self.wakes.received.set()
        return new > 0

    async def run(self, rounds: Rounds) -> None:
        """Look every second until the stop."""
        await rounds.until_stopped("hook_inbox", self.work_once, rounds.stop, _EVERY_S)
