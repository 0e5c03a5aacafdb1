"""The reminding story: what staff must be told goes to the store as notices, each occasion once for all time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.digest import DatedHead, digest, is_digest_time
from triage.domain.links import stale
from triage.domain.notices import Notice
from triage.domain.policy import Policy
from triage.domain.records import Alarm, QuarantineRow
from triage.domain.reminders import interrupts, urgent
from triage.domain.urgent_notices import FlaggedMessage
from triage.logs import get_logger

log = get_logger()


class ReminderStore(Protocol):
    """What reminding needs of the store. Each method is one transaction; `now` is aware UTC."""

    async def flagged_messages(self) -> tuple[FlaggedMessage, ...]:
        """Unread messages that bear an urgent flag, of threads without an open case."""
        ...

    async def urgent_cases(self) -> tuple[CaseFile, ...]:
        """Open cases of threads with an unread message that bears an urgent flag."""
        ...

    async def alarms(self) -> tuple[Alarm, ...]:
        """Standing alarms, oldest first."""
        ...

    async def list_quarantine(self) -> tuple[QuarantineRow, ...]:
        """Items that could not be read, oldest first."""
        ...

    async def threads_about_the_dpo(self) -> frozenset[str]:
        """Threads with a complaint about the DPO, open or closed."""
        ...

    async def journal_heads(self) -> tuple[DatedHead, ...]:
        """Where every chain of the journal ends."""
        ...

    async def put_notices(self, notices: Sequence[Notice], now: datetime) -> int:
        """Keep those whose key is not known yet, to be sent by the outbox; how many were new."""
        ...


@dataclass(kw_only=True, slots=True)
class Reminding:
    """Proposes every reminder anew at each look. The store's keys alone keep one from going twice: no memory here
    matters, whatever restarts; the day of the last digest only spares work.
    """

    store: ReminderStore
    policy: Policy
    clock: Callable[[], datetime]
    _last_digest_on: date | None = field(default=None, init=False)

    async def look_for_urgent(self) -> int:
        """Only for what never waits; how many notices were new. Cheap, for every minute. Raises StoreUnavailable."""
        if self.policy.staff is None:
            return 0
        cases, flagged = await self.store.urgent_cases(), await self.store.flagged_messages()
        if not cases and not flagged:
            return 0
        secret = await self.store.threads_about_the_dpo()
        return await self._put(urgent(cases, self.policy, self.clock(), flagged, secret))

    async def look(self, cases: Sequence[CaseFile]) -> int:
        """Look at everything once; how many notices were new. `cases`: all that are open. Raises StoreUnavailable."""
        if self.policy.staff is None:
            return 0
        now = self.clock()
        alarms = await self.store.alarms()
        since = min((row.received_at for row in await self.store.list_quarantine()), default=None)
        flagged = await self.store.flagged_messages()
        secret = await self.store.threads_about_the_dpo()
        notices = interrupts(cases, alarms, since, self.policy, now, flagged, secret)
        today = local_date(now, self.policy.main_controller.nation)
        is_morning = is_digest_time(now, self._last_digest_on, self.policy)
        if is_morning:
            heads = await self.store.journal_heads()
            notices += digest(cases, alarms, heads, stale(self.policy, today), self.policy, now, secret)
        new = await self._put(notices)
        if is_morning:
            self._last_digest_on = today
        return new

    async def _put(self, notices: Sequence[Notice]) -> int:
        new = await self.store.put_notices(notices, self.clock()) if notices else 0
        if new:
            log.info("notices_put", count=new)
        return new
