"""Opt-outs on which marketing still goes on two working days later: an alarm, until every system is ticked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from triage.domain.case_file import CaseFile
from triage.domain.checklist import opt_out_is_late
from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.ports import Alarm

LATE_ALARM = "opt_out_late"


class Alarms(Protocol):
    """The part of the store that this needs. Raises StoreUnavailable."""

    async def alarms(self) -> tuple[Alarm, ...]:
        """Standing alarms."""
        ...

    async def raise_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """Raise an alarm once."""
        ...

    async def clear_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """The cause is gone."""
        ...


async def watch_opt_outs(store: Alarms, cases: Iterable[CaseFile], policy: Policy, now: datetime) -> None:
    """Raise the alarm on every case that is late, and clear it where marketing has stopped or the case was closed.

    `cases` are all that are open.
    """
    late = {
        case.reference
        for case in cases
        if opt_out_is_late(case, policy, local_date(now, controller_of(case, policy).nation))
    }
    for reference in sorted(late):
        await store.raise_alarm(LATE_ALARM, reference, now)
    for alarm in await store.alarms():
        if alarm.code == LATE_ALARM and alarm.reference not in late:
            await store.clear_alarm(alarm.code, alarm.reference, now)
