"""Killing workers at chosen moments, and what must hold afterwards, read from whichever database they wrote."""

import asyncio
import email
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.acceptance.mixed_mails import MixedMail, mixed_mail
from tests.acceptance.running import SECRET, RunningWorker
from triage.adapters.store import open_store

SENDERS_PER_WORKER = 2
# A moment that does not come (nothing is left to send, the worker is still starting) is not waited for longer.
MOMENT_LIMIT_S = 20.0


class Record:
    """The database as an outsider sees it: every look is a fresh one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_async_engine(url, isolation_level="AUTOCOMMIT")

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        async with self._engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]

    async def count(self, table_and_condition: str) -> int:
        """How many rows there are."""
        return int((await self.rows(f"SELECT count(*) FROM {table_and_condition}"))[0][0])

    async def let_claims_age(self) -> None:
        """Every claim was made an hour ago: its lease has run out."""
        for table in ("item", "letter"):
            query = f"UPDATE {table} SET claimed_at = claimed_at - interval '1 hour' WHERE claimed_at IS NOT NULL"
            async with self._engine.connect() as connection:
                await connection.execute(text(query))

    async def close(self) -> None:
        """Let go."""
        await self._engine.dispose()


# Returns whether the moment came.
Moment = Callable[["Killing"], Awaitable[bool]]


@dataclass
class Killing:
    """Delivers mail to running workers and kills one of them at a time, as often as asked. Counts what it did."""

    workers: Sequence[RunningWorker]
    record: Record
    dice: random.Random
    mails: list[MixedMail] = field(default_factory=list)
    kills: int = 0
    came: int = 0
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def first(self) -> RunningWorker:
        """The worker aimed at."""
        return self.workers[0]

    async def run(self, moments: Sequence[Moment]) -> None:
        """Kill at each moment, with mail coming in all the while; at the end every worker runs again."""
        delivering = asyncio.create_task(self._deliver())
        try:
            for moment in moments:
                self.came += await moment(self)
                victim = self.first if moment in AIMED else self.dice.choice(self.workers)
                await end(victim)
                self.kills += 1
                await victim.start()
        finally:
            self._over.set()
            await delivering

    async def _deliver(self) -> None:
        while not self._over.is_set():
            for _ in range(self.dice.choice((1, 1, 1, 2, 5))):
                self.mails.append(mixed_mail(len(self.mails)))
                self.first.dovecot.deliver(self.first.user, self.mails[-1].raw)
            await asyncio.sleep(self.dice.uniform(0.05, 0.3))


async def end(worker: RunningWorker) -> None:
    """SIGKILL, whether or not it is dead already."""
    assert worker.process is not None
    with suppress(ProcessLookupError):
        worker.process.kill()
    await worker.process.wait()


async def any_time(killing: Killing) -> bool:
    """Somewhere between the first import and full work."""
    await asyncio.sleep(killing.dice.uniform(0.2, 4.0))
    return True


async def an_item_appears(killing: Killing) -> bool:
    """Right after a mail has been stored and before anyone read it."""
    return await _one_more(killing, "SELECT id FROM item")


async def a_letter_appears(killing: Killing) -> bool:
    """Right after a filing was committed."""
    return await _one_more(killing, "SELECT id FROM letter")


async def a_letter_is_claimed(killing: Killing) -> bool:
    """Between the claim and the relay."""
    return await _one_more(killing, "SELECT id FROM letter WHERE state = 'sending'")


async def _one_more(killing: Killing, query: str) -> bool:
    before = set(await killing.record.rows(query))
    deadline = asyncio.get_running_loop().time() + MOMENT_LIMIT_S
    while asyncio.get_running_loop().time() < deadline:
        if set(await killing.record.rows(query)) - before:
            return True
        await asyncio.sleep(0.001)
    return False


async def the_relay_has_a_letter(killing: Killing) -> bool:
    """The relay has taken it and has not said so: the worker dies without an answer."""

    async def die() -> None:
        await end(killing.first)

    return await _at_the_relay(killing, die)


async def the_relay_has_answered(killing: Killing) -> bool:
    """Within a few milliseconds of the relay's yes: before, while or after the worker records it."""
    loop = asyncio.get_running_loop()

    async def die_soon() -> None:
        process = killing.first.process
        assert process is not None
        loop.call_later(killing.dice.uniform(0.0, 0.006), _kill_quietly, process)

    return await _at_the_relay(killing, die_soon)


def _kill_quietly(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


async def _at_the_relay(killing: Killing, act: Callable[[], Awaitable[None]]) -> bool:
    """Do `act` once when the relay has taken a letter and before it answers; return when the worker is dead."""
    relay = killing.first.relay
    take = type(relay).handle_DATA
    came = asyncio.Event()

    async def handle(server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = await take(relay, server, session, envelope)
        if not came.is_set():
            came.set()
            await act()
        return reply

    relay.handle_DATA = handle  # type: ignore[method-assign]
    # A session looks its hooks up when it is made: only a new connection knows this one.
    relay.drop_all()
    worker = killing.first.process
    assert worker is not None
    try:
        await asyncio.wait_for(came.wait(), MOMENT_LIMIT_S)
        await asyncio.wait_for(worker.wait(), 1.0)
    except TimeoutError:
        return False
    finally:
        came.set()
        del relay.handle_DATA
    return True


AIMED: tuple[Moment, ...] = (
    an_item_appears,
    the_relay_has_a_letter,
    a_letter_appears,
    the_relay_has_answered,
    a_letter_is_claimed,
)


async def settled(workers: Sequence[RunningWorker], record: Record, mails: int, limit_s: float) -> None:
    """Every mail is an item worked through, and no letter waits."""
    try:
        async with asyncio.timeout(limit_s):
            while True:
                for worker in workers:
                    assert worker.process is not None
                    assert worker.process.returncode is None, worker.logged()
                done = await record.count("item WHERE state IN ('done', 'quarantined')")
                waiting = await record.count("letter WHERE state IN ('queued', 'sending')")
                if done == mails and waiting == 0:
                    return
                await asyncio.sleep(0.2)
    except TimeoutError:
        items = await record.rows("SELECT state, count(*) FROM item GROUP BY state")
        letters = await record.rows("SELECT state, count(*) FROM letter GROUP BY state")
        raise AssertionError(f"not settled: {mails} mails, items {items}, letters {letters}") from None


async def check(desk: RunningWorker, record: Record, mails: Sequence[MixedMail], kills: int) -> None:
    """Nothing lost, nothing twice, no robot answered, nobody forgotten, the journal whole."""
    assert await record.rows("SELECT state, count(*) FROM item GROUP BY state") == [("done", len(mails))]
    assert sorted(await record.rows("SELECT message_id FROM enquiry")) == sorted((m.message_id,) for m in mails)
    assert await record.rows("SELECT enquiry_id, kind FROM case_file GROUP BY 1, 2 HAVING count(*) > 1") == []
    assert await record.rows("SELECT enquiry_id FROM letter GROUP BY 1 HAVING count(*) > 1") == []

    posted = [email.message_from_bytes(taken.content) for taken in desk.relay.taken]
    notices = [mail for mail in posted if str(mail["Message-ID"]).startswith("<notice.")]
    assert {str(mail["To"]) for mail in notices} <= {"dpo@larkfield.example", "deputy@larkfield.example"}
    assert max(Counter(str(mail["Message-ID"]) for mail in notices).values(), default=1) == 1
    answered = Counter(str(mail["In-Reply-To"]) for mail in posted if mail not in notices)
    assert [message_id for message_id, count in answered.items() if count > 1] == []
    robots = {mail.sender for mail in mails if mail.from_robot}
    assert [taken.recipients for taken in desk.relay.taken if robots & set(taken.recipients)] == []

    # Whoever asked was answered, or the letter stands as unclear for a person: at most those in a dying hand.
    sent = {message_id for (message_id,) in await record.rows("SELECT in_reply_to FROM letter WHERE state = 'sent'")}
    unclear = await record.rows("SELECT in_reply_to, reference FROM letter WHERE state = 'unclear'")
    unclear_ids = {message_id for message_id, _ in unclear}
    assert {mail.message_id for mail in mails if mail.asks} <= set(answered) | unclear_ids
    assert sent <= set(answered) <= sent | unclear_ids
    assert len(unclear) <= kills * SENDERS_PER_WORKER
    alarms = await record.rows("SELECT reference FROM alarm WHERE code = 'letter_unclear' AND cleared_at IS NULL")
    assert sorted(reference for _, reference in unclear) == sorted(reference for (reference,) in alarms)

    store = await open_store(record.url, secret=SECRET.encode(), migrate=False)
    try:
        assert await store.verify_journal() == ()
    finally:
        await store.close()
    assert ".example" not in desk.logged()
