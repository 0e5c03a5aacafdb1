"""The watching story: what a person must be told when nothing happens. Alarms stand until their cause is gone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.workdays import WorkCalendar
from triage.logs import get_logger
from triage.service.chat_link import DeskStore

log = get_logger()

# A silent stop of the inbox costs statutory days.
SILENT_INBOX_AFTER = timedelta(minutes=15)
STUCK_OUTBOX_AFTER = timedelta(hours=1)
# Whoever was misread as asking for nothing has a clock that runs, and no acknowledgement.
LOOK_WITHIN_WORKING_DAYS = 2
# A challenge of the form expires much sooner. The hook may insert them only, so letting go is the worker's.
_CHALLENGES_KEPT = timedelta(hours=24)


def acknowledgement_is_late(received_at: datetime, now: datetime, policy: Policy) -> bool:
    """True once the alarm's working days after receipt have passed without an acknowledgement."""
    return _have_passed(policy.targets.acknowledge_alarm_working_days, received_at, now, policy)


def cannot_be_reached(received_at: datetime, now: datetime, policy: Policy) -> bool:
    """True once who left no way to answer has had the policy's working days after receipt to come back."""
    return _have_passed(policy.chat.cannot_reach_working_days, received_at, now, policy)


def look_is_late(filed_at: datetime, now: datetime, policy: Policy) -> bool:
    """True once a message read as no request has waited longer for a person's look than it should."""
    return _have_passed(LOOK_WITHIN_WORKING_DAYS, filed_at, now, policy)


def _have_passed(working_days: int, received_at: datetime, now: datetime, policy: Policy) -> bool:
    nation = policy.main_controller.nation
    calendar = WorkCalendar(nation=nation, extra_holidays=policy.extra_bank_holidays, closures=policy.office_closures)
    return local_date(now, nation) > calendar.after(local_date(received_at, nation), working_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """Raises and clears alarms. `last_good_poll` gives the last complete look at the inbox, None before it;
    `chat_unreachable` whether the chat's API is away for so long that a person must know."""

    store: DeskStore
    policy: Policy
    clock: Callable[[], datetime]
    started_at: datetime
    last_good_poll: Callable[[], datetime | None]
    chat_unreachable: Callable[[], bool] = lambda: False

    async def look(self) -> None:
        """Look at everything once."""
        now = self.clock()
        await self.store.strand_stale_letters(now)
        await self._stand("inbox_silent", now - (self.last_good_poll() or self.started_at) > SILENT_INBOX_AFTER, now)
        health = await self.store.health(now)
        stuck = (health.oldest_letter_age_s or 0.0) > STUCK_OUTBOX_AFTER.total_seconds()
        await self._stand("outbox_stuck", stuck, now)
        await self._stand("quarantine", health.quarantined > 0, now)
        overdue = health.oldest_look_age_s is not None and look_is_late(
            now - timedelta(seconds=health.oldest_look_age_s), now, self.policy
        )
        await self._stand("look_overdue", overdue, now)
        if health.gaps == 0:
            await self.store.clear_alarm("mail_not_fetched", None, now)
        await self._stand("hubspot_unreachable", self.chat_unreachable(), now)
        await self._forget_small_talk(now)
        await self.store.drop_challenges(now - _CHALLENGES_KEPT)
        await self._cannot_reach(now)
        await self._acknowledgements(now)

    async def _forget_small_talk(self, now: datetime) -> None:
        """What visitors typed and asked us nothing by is not ours to keep."""
        dropped = await self.store.drop_text(now - timedelta(hours=self.policy.chat.keep_text_hours))
        if dropped:
            log.info("chat_text_dropped", lines=dropped)

    async def _cannot_reach(self, now: datetime) -> None:
        for waiting in await self.store.without_way_to_answer():
            if not cannot_be_reached(waiting.received_at, now, self.policy):
                continue
            if await self.store.mark_cannot_reach(waiting.reference, now):
                log.info("cannot_reach", reference=waiting.reference)

    async def _acknowledgements(self, now: datetime) -> None:
        waiting = await self.store.unacknowledged()
        for reference, received_at in waiting:
            if acknowledgement_is_late(received_at, now, self.policy):
                await self.store.raise_alarm("not_acknowledged", reference, now)
        still = {reference for reference, _ in waiting}
        for alarm in await self.store.alarms():
            if alarm.code == "not_acknowledged" and alarm.reference not in still:
                await self.store.clear_alarm(alarm.code, alarm.reference, now)

    async def _stand(self, code: str, wrong: bool, now: datetime) -> None:
        if wrong:
            await self.store.raise_alarm(code, None, now)
        else:
            await self.store.clear_alarm(code, None, now)
