"""Chat posts nobody knows the fate of: settled by looking into the thread before any second try.

Mail cannot be asked afterwards and stays as it is: docs/decisions/002-send-at-most-once.md.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from triage.errors import DeliveryDeferred
from triage.logs import get_logger
from triage.ports import Letter
from triage.ports_chat import SettlingSender
from triage.service.chat_link import DeskStore
from triage.service.rounds import Wakes, together

log = get_logger()

_AT_A_TIME = 10
# A post may be listed a while after it was taken: one look that does not find it proves nothing.
LOOKS_APART_S = 15.0

# Waits so many seconds; False where it was told to stop instead.
Wait = Callable[[float], Awaitable[bool]]


async def _asleep(seconds: float) -> bool:
    await asyncio.sleep(seconds)
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Settle:
    """Asks the channel about each post that is stranded or unclear."""

    store: DeskStore
    sender: SettlingSender
    worker: str
    clock: Callable[[], datetime]
    wakes: Wakes = field(default_factory=Wakes)

    async def work_once(self, wait: Wait = _asleep) -> int:
        """Look at each, a second time at what was not there; how many were settled. Raises StoreUnavailable."""
        letters = await self.store.stranded_posts(self.worker, self.clock(), _AT_A_TIME)
        # Together: a look takes seconds, and a stop must not wait for ten of them in turn.
        found = await together(self._look(letter) for letter in letters)
        missing = [letter for letter, arrived in zip(letters, found, strict=True) if arrived is False]
        settled = sum(arrived is True for arrived in found)
        if missing and await wait(LOOKS_APART_S):
            again = await together(self._look(letter, send_again=True) for letter in missing)
            settled += sum(arrived is not None for arrived in again)
        return settled

    async def _look(self, letter: Letter, *, send_again: bool = False) -> bool | None:
        """Whether it is there, None where nobody can say now; recorded unless it is missed for the first time."""
        try:
            arrived = await self.sender.has_arrived(letter)
        except DeliveryDeferred:
            return None
        now = self.clock()
        if arrived:
            await self.store.record_sent(letter, now)
        elif arrived is False and send_again:
            await self.store.record_deferred(letter, "not_there", now, now)
            self.wakes.filed.set()
        else:
            return arrived
        log.info("chat_post_settled", letter_id=letter.id, reference=letter.reference, arrived=arrived)
        return arrived
