"""The worker's rounds: what goes wrong in one of them is waited for, and none holds up the others."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

import pytest

from tests.factories import NOW
from tests.service.conftest import WiredDesk, person_mail
from triage.errors import MailboxRefused, StoreUnavailable
from triage.ports_chat import InboxSource
from triage.service import rounds, worker
from triage.service.hook_inbox import HookInbox
from triage.service.tending import Tending
from triage.service.worker import Worker

ASKS = "Please send me a copy of all the personal data you hold about me."


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are tried again soon, so that a test is not a wait."""
    monkeypatch.setattr(rounds, "_FIRST_BACKOFF_S", 0.01)
    monkeypatch.setattr(rounds, "IDLE_LOOK_S", 0.05)


def worker_of(desk: WiredDesk, inbox: InboxSource | None = None) -> Worker:
    """A worker over the desk, whose mailbox has no news of its own accord."""
    desk.mailbox.wait = asyncio.sleep  # type: ignore[method-assign, assignment]
    return Worker(
        source=desk.mailbox,
        store=desk.store,
        intake=desk.intake,
        outbox=desk.outbox,
        watch=desk.watch,
        clock=desk.clock,
        poll_seconds=30,
        chat=desk.chat,
        wakes=desk.wakes,
        hook_inbox=None
        if inbox is None
        else HookInbox(source=inbox, store=desk.store, clock=desk.clock, wakes=desk.wakes),
    )


async def run_until(running: Worker, reached: Callable[[], bool]) -> None:
    """Run until something has come about (10 seconds at most), then stop. Raises what the worker died of."""
    task = asyncio.create_task(running.run())
    try:
        async with asyncio.timeout(10):
            while not reached() and not task.done():  # noqa: ASYNC110 - anything may be what is waited for
                await asyncio.sleep(0.01)
    finally:
        running.stop.set()
        await task
    assert reached()


async def test_a_store_that_is_away_when_an_alarm_is_to_be_cleared_does_not_end_the_worker(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear = type(desk.store).clear_alarm
    faults = iter([StoreUnavailable("away")])
    cleared: list[str] = []

    async def away_once(self: object, code: str, reference: str | None, now: object) -> object:
        if code == "mailbox_refused":
            for fault in faults:
                raise fault
            cleared.append(code)
        return await clear(self, code, reference, now)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.store), "clear_alarm", away_once)
    desk.mailbox.trouble = [MailboxRefused("wrong password") for _ in range(3)]
    await run_until(worker_of(desk), lambda: bool(cleared))
    assert "mailbox_refused" not in [alarm.code for alarm in await desk.store.alarms()]


async def test_a_large_backlog_is_fetched_without_waiting_between_its_portions(desk: WiredDesk) -> None:
    for number in range(450):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"), NOW - timedelta(hours=1))
    await run_until(worker_of(desk), lambda: len(desk.mailbox.fetched) == 450)
    assert desk.relay.sent == []


async def test_a_mail_that_is_stuck_is_an_alarm_until_no_gap_is_left(desk: WiredDesk) -> None:
    await desk.poll()
    desk.mailbox.hidden = {desk.mailbox.receive(person_mail(ASKS))}
    await worker_of(desk).drain()
    await desk.watch.look()
    assert [alarm.code for alarm in await desk.store.alarms()] == ["mail_not_fetched"]
    desk.mailbox.hidden = set()
    desk.clock.advance(timedelta(hours=2))
    await worker_of(desk).drain()
    await desk.watch.look()
    assert await desk.store.alarms() == ()


async def test_the_watch_lets_go_of_challenges_spent_a_day_ago(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []

    async def note(_self: object, before: datetime) -> int:
        asked.append(before)
        return 0

    monkeypatch.setattr(type(desk.store), "drop_challenges", note)
    await desk.watch.look()
    assert asked == [desk.clock() - timedelta(hours=24)]


class _NothingLeaves:
    async def look(self) -> int:
        return 0


class _TendedOnce:
    """Looks after cases once, then rests; what never waits is looked for at every round of the watch."""

    looks = urgent = 0

    def __init__(self) -> None:
        self.reminding = self.notices = self
        self.leaving = _NothingLeaves()

    async def look(self) -> None:
        self.looks += 1

    async def look_for_urgent(self) -> int:
        self.urgent += 1
        return 1

    async def send_next(self) -> bool:
        return False


async def test_what_never_waits_is_looked_for_at_every_watch_and_not_only_when_cases_are_tended(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_WATCH_EVERY_S", 0.01)
    running, tended = worker_of(desk), _TendedOnce()
    running.tending = cast(Tending, tended)
    await run_until(running, lambda: tended.urgent >= 3)
    assert tended.looks == 1


async def test_draining_fetches_the_whole_backlog(desk: WiredDesk) -> None:
    for number in range(230):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"), NOW - timedelta(hours=1))
    await worker_of(desk).drain()
    assert len(await desk.store.list_enquiries()) == 230
