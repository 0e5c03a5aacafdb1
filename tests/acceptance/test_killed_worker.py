"""The worker is killed at random moments while mail comes in: nothing is lost, nothing is done twice."""

import asyncio
import email
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable

import pytest

from tests.acceptance.mixed_mails import MixedMail, mixed_mail
from tests.acceptance.running import RunningWorker

MAILS, KILLS = 500, 10
SENDERS_PER_WORKER = 2


async def deliver(desk: RunningWorker, mails: list[MixedMail], within_s: float) -> None:
    for mail in mails:
        desk.dovecot.deliver(desk.user, mail.raw)
        await asyncio.sleep(within_s / len(mails))


async def kill_at_random(desk: RunningWorker, kills: int, dice: random.Random) -> None:
    for _ in range(kills):
        await asyncio.sleep(dice.uniform(0.2, 4.5))
        await desk.kill()
        await desk.start()


def rows(desk: RunningWorker, query: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


async def settled(desk: RunningWorker, mails: int, limit_s: float) -> None:
    """Every mail is an item worked through, and no letter waits."""
    async with asyncio.timeout(limit_s):
        while True:
            assert desk.process is not None
            assert desk.process.returncode is None, desk.logged()
            done = rows(desk, "SELECT count(*) FROM item WHERE state IN ('done', 'quarantined')")[0][0]
            waiting = rows(desk, "SELECT count(*) FROM letter WHERE state IN ('queued', 'sending')")[0][0]
            if done == mails and waiting == 0:
                return
            await asyncio.sleep(0.2)


def check(desk: RunningWorker, mails: list[MixedMail], kills: int) -> None:
    assert rows(desk, "SELECT count(*) FROM item") == [(len(mails),)]
    assert rows(desk, "SELECT state, count(*) FROM item GROUP BY state") == [("done", len(mails))]
    assert rows(desk, "SELECT message_id FROM enquiry GROUP BY message_id HAVING count(*) > 1") == []
    assert rows(desk, "SELECT enquiry_id, kind FROM case_file GROUP BY 1, 2 HAVING count(*) > 1") == []

    answered = Counter(str(email.message_from_bytes(taken.content)["In-Reply-To"]) for taken in desk.relay.taken)
    assert [message_id for message_id, count in answered.items() if count > 1] == []
    robots = {mail.sender for mail in mails if mail.from_robot}
    assert [taken.recipients for taken in desk.relay.taken if robots & set(taken.recipients)] == []

    # Whoever asked was answered, or the letter stands as unclear for a person: at most those in a dying hand.
    unclear = {message_id for (message_id,) in rows(desk, "SELECT in_reply_to FROM letter WHERE state = 'unclear'")}
    asked = {mail.message_id for mail in mails if mail.asks}
    assert asked <= set(answered) | unclear
    assert len(unclear) <= kills * SENDERS_PER_WORKER
    alarmed = rows(desk, "SELECT count(*) FROM alarm WHERE code = 'letter_unclear'")[0][0]
    assert alarmed == len(unclear)


@pytest.mark.timeout(300)
async def test_five_hundred_mails_and_ten_kills_lose_nothing_and_repeat_nothing(
    desk: RunningWorker, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("TRIAGE_TEST_SEED", random.randrange(10**6)))
    record_property("TRIAGE_TEST_SEED", seed)
    dice = random.Random(seed)
    mails = [mixed_mail(number) for number in range(MAILS)]
    await desk.start()
    await desk.ready()
    await asyncio.gather(deliver(desk, mails, within_s=KILLS * 2.3), kill_at_random(desk, KILLS, dice))
    await settled(desk, MAILS, limit_s=120)
    assert await desk.stop() == 0
    check(desk, mails, KILLS)
    assert ".example" not in desk.logged()
