"""How the chat's API has been lately, told by those who call it, and what a person must know of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from triage.errors import ChatNotLetIn, ChatUnavailable
from triage.logs import get_logger
from triage.ports import Store
from triage.ports_cases import CaseStore
from triage.ports_chat import ChatStore
from triage.ports_console import AccountStore, QueueStore, ThreadStore
from triage.ports_keeping import KeepingStore
from triage.ports_suppression import SuppressionStore

log = get_logger()

REFUSED_ALARM = "hubspot_refused"
UNREACHABLE_AFTER = timedelta(minutes=15)
# A revoked token is mended by a person: asking more often only adds to what HubSpot counts against us.
REFUSED_WAIT = timedelta(minutes=5)
# What fails for so long while others come through is in trouble of its own.
ALONE_AFTER = timedelta(hours=1)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=15)


class DeskStore(
    Store, ChatStore, CaseStore, SuppressionStore, KeepingStore, AccountStore, QueueStore, ThreadStore, Protocol
):
    """The whole store."""


@dataclass(kw_only=True, slots=True)
class ChatLink:
    """Remembers good and bad calls. `away_since` is when calls began to fail, None while they go well; `well_since`
    since when good ones have lain close together; `breaker_open` says whether the API is being left in peace."""

    store: Store
    clock: Callable[[], datetime]
    breaker_open: Callable[[], bool] = lambda: False
    last_good_at: datetime | None = None
    away_since: datetime | None = None
    well_since: datetime | None = None
    # Until the first good call nobody knows whether a worker before this one left the alarm standing.
    _alarm_may_stand: bool = True

    async def good(self) -> None:
        """A call was answered."""
        now = self.clock()
        if self.well_since is None or not self._is_well(now):
            self.well_since = now
        self.last_good_at, self.away_since = now, None
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

    def fails_alone(self, since: datetime) -> bool:
        """Whether what has waited from `since` on and failed again has failed for an hour while others came through.

        Then waiting mends nothing: it has to count as a failure, or nobody would ever see it.
        """
        now = self.clock()
        if self.well_since is None or not self._is_well(now):
            return False
        return now - max(since, self.well_since) > ALONE_AFTER

    def _is_well(self, now: datetime) -> bool:
        return self.last_good_at is not None and now - self.last_good_at <= UNREACHABLE_AFTER

    def unreachable(self) -> bool:
        """True where there was no good answer for so long, while something waited, that a person must know."""
        away = self.away_since is not None and self.clock() - self.away_since > UNREACHABLE_AFTER
        return away or self.breaker_open()
