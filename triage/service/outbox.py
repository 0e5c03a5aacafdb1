"""The sending story: claim a letter (from then on it counts as perhaps sent), hand it over, record what happened.

At most once: a crash between claim and record leaves a letter a person looks at, never a second copy.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from triage.domain.vocabulary import Channel
from triage.errors import DeliveryDeferred, DeliveryNotLetIn, DeliveryRefused, DeliveryUnclear, StoreUnavailable
from triage.logs import get_logger
from triage.ports import Letter, LetterQueue, Sender

log = get_logger()

_Record = Callable[[], Awaitable[None]]

POST_REFUSED_ALARM = "hubspot_post_refused"

_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=1)
# Some two days of tries: long enough for a weekend outage of a relay, short enough to still be an acknowledgement.
MOST_ATTEMPTS = 54


def retry_after(attempts: int) -> timedelta:
    """How long to wait after the `attempts`th failure (>= 1): doubling from 30 seconds, one hour at most."""
    doublings = min(attempts - 1, 12)
    return min(_FIRST_RETRY * (1 << doublings), _LONGEST_RETRY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbox:
    """Sends what is queued, one letter at a time. A reply in a chat is worth nothing after `chat_within`.

    `id_name`: what the log calls the number of one. Mails to staff have numbers of their own.
    """

    store: LetterQueue
    sender: Sender
    worker: str
    clock: Callable[[], datetime]
    chat_within: timedelta = timedelta(hours=24)
    id_name: str = "letter_id"
    # What became of letters while the store could not be written. Forgotten, they would stand as unclear for ever.
    _unrecorded: deque[_Record] = field(default_factory=deque)

    async def send_next(self) -> bool:
        """Send one due letter; False when none is due. Raises StoreUnavailable."""
        while self._unrecorded:
            await self._record(self._unrecorded.popleft())
        letter = await self.store.claim_letter(self.worker, self.clock())
        if letter is None:
            return False
        try:
            await self.sender.send(letter)
        except DeliveryNotLetIn as exc:
            await self._defer(letter)
            # Reading may go well all the while: nobody else would notice before the letter has waited for an hour.
            if await self.store.raise_alarm(POST_REFUSED_ALARM, None, self.clock()):
                log.error("chat_post_refused", reason=str(exc))
        except DeliveryDeferred:
            await self._defer(letter)
        except DeliveryRefused:
            code = "chat_refused" if letter.channel is Channel.CHAT else "relay_refused"
            await self._give_up(letter, "refused", code)
        except DeliveryUnclear:
            await self._give_up(letter, "unclear", "line_broke")
        else:
            await self._record(partial(self.store.record_sent, letter, self.clock()))
            log.info("letter_sent", **self._named(letter))
            if letter.channel is Channel.CHAT:
                await self.store.clear_alarm(POST_REFUSED_ALARM, None, self.clock())
        return True

    async def _record(self, record: _Record) -> None:
        try:
            await record()
        except StoreUnavailable:
            self._unrecorded.append(record)
            raise

    async def _defer(self, letter: Letter) -> None:
        attempts = letter.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            await self._give_up(letter, "refused", "gave_up")
            return
        now = self.clock()
        wait = retry_after(attempts)
        if self._is_late(letter, now + wait):
            await self._give_up(letter, "refused", "too_late")
            return
        await self._record(partial(self.store.record_deferred, letter, "deferred", now + wait, now))
        log.warning("letter_deferred", **self._named(letter), retry_in_s=wait.total_seconds())

    def _is_late(self, letter: Letter, at: datetime) -> bool:
        """Whether the visitor's window is closed by then: a person answers another way. The team reads notes later."""
        if letter.channel is not Channel.CHAT or letter.internal or letter.created_at is None:
            return False
        return at - letter.created_at > self.chat_within

    async def _give_up(self, letter: Letter, state: str, code: str) -> None:
        await self._record(partial(self.store.record_undelivered, letter, state, code, self.clock()))
        log.error("letter_undelivered", **self._named(letter), outcome=state, code=code)

    def _named(self, letter: Letter) -> dict[str, object]:
        return {self.id_name: letter.id, "reference": letter.reference}
