"""An opt-out nobody carried out is an alarm on its second working day, and none once marketing has stopped."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import SECRET, make_dates
from tests.service.conftest import RULES
from triage.adapters.store import open_store
from triage.domain.case_file import CaseFile, CaseTask
from triage.domain.records import Alarm
from triage.domain.vocabulary import CaseState, Channel, Kind, Lane
from triage.parsing.rules import load_policy
from triage.ports import Store
from triage.service.opt_outs_watch import watch_opt_outs

POLICY = load_policy(RULES)
CAME = datetime(2026, 11, 23, 9, tzinfo=UTC)
REFERENCE = "DP-2026-00042-K7/1"


def case(*, done: bool = False) -> CaseFile:
    """An opt-out of Monday with the checklist of the shipped policy, all of it done or none."""
    names = [system.name for system in POLICY.systems if system.opt_out]
    return CaseFile(
        reference=REFERENCE,
        thread="DP-2026-00042-K7",
        number=1,
        kind=Kind.OPT_OUT,
        state=CaseState.OPEN,
        lane=Lane.NEW,
        version=1,
        controller=POLICY.main_controller.name,
        channel=Channel.EMAIL,
        received_at=CAME,
        opened_at=CAME,
        dates=make_dates(kind=Kind.OPT_OUT),
        next_step="stop the marketing in every system",
        next_step_on=date(2026, 11, 24),
        tasks=tuple(
            CaseTask(id=n, system=name, what="Stop.", owner="Sales", due_on=None, done_on=CAME.date() if done else None)
            for n, name in enumerate(names, start=1)
        ),
    )


@dataclass
class Desk:
    """The open cases, beside a real store's alarms."""

    store: Store
    cases: tuple[CaseFile, ...] = ()

    async def alarms(self) -> tuple[Alarm, ...]:
        return await self.store.alarms()

    async def raise_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        return await self.store.raise_alarm(code, reference, now)

    async def clear_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        return await self.store.clear_alarm(code, reference, now)

    async def standing(self, days: int) -> list[tuple[str, str | None]]:
        """The alarms after a look so many days after receipt."""
        await watch_opt_outs(self, self.cases, POLICY, CAME + timedelta(days=days))
        return [(alarm.code, alarm.reference) for alarm in await self.alarms()]


@pytest.fixture
async def of_monday(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/triage.db", secret=SECRET, migrate=True)
    yield Desk(store=store, cases=(case(),))
    await store.close()


async def test_the_alarm_comes_on_the_second_working_day_and_once(of_monday: Desk) -> None:
    assert await of_monday.standing(1) == []
    assert await of_monday.standing(2) == [("opt_out_late", REFERENCE)]
    assert await of_monday.standing(3) == [("opt_out_late", REFERENCE)]


@pytest.mark.parametrize("later", [(case(done=True),), (replace(case(), state=CaseState.CANNOT_REACH),), ()])
async def test_it_ends_when_marketing_has_stopped_or_the_case_is_closed(
    of_monday: Desk, later: tuple[CaseFile, ...]
) -> None:
    await of_monday.raise_alarm("quarantine", None, CAME)
    await of_monday.standing(2)
    of_monday.cases = later
    assert await of_monday.standing(2) == [("quarantine", None)]
