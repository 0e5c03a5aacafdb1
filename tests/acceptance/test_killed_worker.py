"""Workers are killed at random and at the worst moments while mail comes in: nothing is lost or done twice.

`make faults` runs every round; `make test` runs the first of each ten.
"""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.killing import AIMED, Killing, Moment, Record, any_time, check, settled
from tests.acceptance.mixed_mails import mixed_mail
from tests.acceptance.running import RunningWorker, free_port
from tests.servers.postgres import Postgres, running_postgres

MAILS, KILLS = 500, 10
WHOLE = os.environ.get("TRIAGE_TEST_FAULTS") == "whole"
ROUNDS = range(10 if WHOLE else 1)
KILLS_A_ROUND = 6
# A lease lasts two minutes, and the letters of the dead are looked for every minute.
LEASE_AND_WATCH_S = 240

SeedOf = Callable[[int], random.Random]


@pytest.fixture
def seeded(record_property: Callable[[str, object], None]) -> SeedOf:
    """Dice whose seed is in the report; TRIAGE_TEST_SEED throws them again."""

    def dice(number: int) -> random.Random:
        seed = int(os.environ.get("TRIAGE_TEST_SEED", random.randrange(10**6)))
        record_property("TRIAGE_TEST_SEED", seed)
        sys.stdout.write(f"TRIAGE_TEST_SEED={seed} in round {number}\n")
        return random.Random(seed)

    return dice


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all rounds; each has a database of its own."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def record(request: pytest.FixtureRequest, desk: RunningWorker) -> AsyncIterator[Record]:
    """An empty database the desk is going to use."""
    url = f"sqlite+aiosqlite:///{desk.database}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database()
        desk.extra["TRIAGE_DATABASE_URL"] = url
    record = Record(url)
    yield record
    await record.close()


def another(desk: RunningWorker, folder: Path) -> RunningWorker:
    """A second worker on the same mailbox, relay and database."""
    folder.mkdir()
    return replace(desk, folder=folder, admin_port=free_port(), process=None)


async def let_the_leases_of_the_dead_run_out(killing: Killing, *, by_waiting: bool) -> None:
    """On PostgreSQL a claim is taken over after its lease; as a rule the claims are made older instead."""
    if by_waiting:
        return
    for worker in killing.workers:
        await worker.kill()
    await killing.record.let_claims_age()
    for worker in killing.workers:
        await worker.start()
    killing.kills += len(killing.workers)


async def kill_and_check(killing: Killing, moments: list[Moment], *, by_waiting: bool = False) -> None:
    for worker in killing.workers:
        await worker.start()
    for worker in killing.workers:
        await worker.ready()
    await killing.run(moments)
    postgres = killing.record.url.startswith("postgresql")
    if postgres:
        await let_the_leases_of_the_dead_run_out(killing, by_waiting=by_waiting)
    limit_s = LEASE_AND_WATCH_S if by_waiting else 90
    await settled(killing.workers, killing.record, len(killing.mails), limit_s)
    for worker in killing.workers:
        await worker.ready()  # one that is still starting has no say yet in how it ends
        assert await worker.stop() == 0
    await check(killing.first, killing.record, killing.mails, killing.kills)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("record", ["sqlite"], indirect=True)
async def test_five_hundred_mails_and_ten_kills_lose_nothing_and_repeat_nothing(
    desk: RunningWorker, record: Record, seeded: SeedOf
) -> None:
    killing = Killing([desk], record, seeded(0))
    mails = [mixed_mail(number) for number in range(MAILS)]

    async def deliver(within_s: float) -> None:
        for mail in mails:
            desk.dovecot.deliver(desk.user, mail.raw)
            await asyncio.sleep(within_s / len(mails))

    async def kill() -> None:
        for _ in range(KILLS):
            await any_time(killing)
            await desk.kill()
            await desk.start()

    await desk.start()
    await desk.ready()
    await asyncio.gather(deliver(within_s=KILLS * 2.3), kill())
    await settled([desk], record, MAILS, limit_s=120)
    assert await desk.stop() == 0
    await check(desk, record, mails, KILLS)


@pytest.mark.faults
@pytest.mark.timeout(400)
@pytest.mark.parametrize("number", ROUNDS)
async def test_kills_at_random_moments(desk: RunningWorker, record: Record, seeded: SeedOf, number: int) -> None:
    await kill_and_check(Killing([desk], record, seeded(number)), [any_time] * KILLS_A_ROUND)


@pytest.mark.faults
@pytest.mark.timeout(400)
@pytest.mark.parametrize("number", ROUNDS)
async def test_kills_at_the_worst_moments(desk: RunningWorker, record: Record, seeded: SeedOf, number: int) -> None:
    moments = [AIMED[index % len(AIMED)] for index in range(KILLS_A_ROUND)]
    killing = Killing([desk], record, seeded(number))
    await kill_and_check(killing, moments)
    assert killing.came >= len(moments) / 3  # on a machine too busy for them, moments may pass unseen


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("record", ["postgresql"], indirect=True)
@pytest.mark.parametrize("number", ROUNDS)
async def test_two_workers_on_one_mailbox_killed_in_turn(
    desk: RunningWorker, record: Record, seeded: SeedOf, tmp_path: Path, number: int
) -> None:
    second = another(desk, tmp_path / "second")
    killing = Killing([desk, second], record, seeded(number))
    try:
        # One round of all waits the leases out, as they run out in life.
        await kill_and_check(killing, [any_time] * KILLS_A_ROUND, by_waiting=WHOLE and number == 0)
        assert ".example" not in second.logged()
    finally:
        if second.process is not None and second.process.returncode is None:
            await second.kill()
