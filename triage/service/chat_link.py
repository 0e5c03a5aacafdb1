"""How the chat's API has been lately, told by those who call it, and what a person must know of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from triage.errors import ChatNotLetIn, ChatUnavailable
from triage.logs import get_logger
from triage.ports import Store
from triage.ports_chat import ChatStore

log = get_logger()

REFUSED_ALARM = "hubspot_refused"
UNREACHABLE_AFTER = timedelta(minutes=15)
# A revoked token is mended by a person: asking more often only adds to what HubSpot counts against us.
REFUSED_WAIT = timedelta(minutes=5)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=15)


class DeskStore(Store, ChatStore, Protocol):
    """The whole store, as the chat's stories need it."""


@dataclass(kw_only=True, slots=True)
class ChatLink:
    """Remembers good and bad calls. `away_since` is when calls began to fail, None while they go well; `breaker_open`
    says whether the API is being left in peace."""

    store: Store
    clock: Callable[[], datetime]
    breaker_open: Callable[[], bool] = lambda: False
    last_good_at: datetime | None = None
    away_since: datetime | None = None
    # Until the first good call nobody knows whether a worker before this one left the alarm standing.
    _alarm_may_stand: bool = True

    async def good(self) -> None:
        """A call was answered."""
        self.last_good_at, self.away_since = self.clock(), None
        if self._alarm_may_stand:
            await self.store.clear_alarm(REFUSED_ALARM, None, self.clock())
            self._alarm_may_stand = False

    async def bad(self, exc: ChatUnavailable | ChatNotLetIn) -> datetime:
        """A call failed: when to try again. A refusal is an alarm at once, for only a person can mend it."""
        now = self.clock()
        if isinstance(exc, ChatNotLetIn):
            self._alarm_may_stand = True
            if await self.store.raise_alarm(REFUSED_ALARM, None, now):
                log.error("chat_refused", reason=str(exc))
            return now + REFUSED_WAIT
        if self.away_since is None:
            self.away_since = now
            log.warning("chat_unavailable", reason=str(exc), retry_in_s=exc.retry_after_s)
        return now + min(max(timedelta(seconds=exc.retry_after_s), _SHORTEST_WAIT), _LONGEST_WAIT)

    def unreachable(self) -> bool:
        """True where there was no good answer for so long, while something waited, that a person must know."""
        away = self.away_since is not None and self.clock() - self.away_since > UNREACHABLE_AFTER
        return away or self.breaker_open()
