"""The keeping story: once a day, what need not be kept any more goes. Judging is domain/retention.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.retention import Kept, Removal, Removed, due, verdicts
from triage.logs import get_logger
from triage.ports_keeping import KeepingStore

log = get_logger()


async def judged(store: KeepingStore, policy: Policy) -> tuple[Removal | Kept, ...]:
    """What goes on which day, and what stays and why. Changes nothing."""
    return verdicts(await store.keepables(), policy.retention, policy.main_controller.nation)


async def remove_due(store: KeepingStore, policy: Policy, now: datetime) -> tuple[Removed, ...]:
    """Remove everything whose day has come. Raises StoreUnavailable; what was removed before that stays removed."""
    going = due(await judged(store, policy), local_date(now, policy.main_controller.nation))
    return await store.remove_due(tuple(dict.fromkeys(one.thread for one in going)), policy, now)


@dataclass(kw_only=True, slots=True)
class Retaining:
    """Looks once a local day, at the first look after midnight or after a start."""

    store: KeepingStore
    policy: Policy
    clock: Callable[[], datetime]
    looked_on: date | None = None

    async def look(self) -> None:
        """Remove what is due, unless today's look was taken. One that failed is taken again."""
        now = self.clock()
        today = local_date(now, self.policy.main_controller.nation)
        if today == self.looked_on:
            return
        removed = await remove_due(self.store, self.policy, now)
        self.looked_on = today
        if removed:
            log.info("retention_removed", count=len(removed))
