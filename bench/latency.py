"""From a mail's delivery into the mailbox to its acknowledgement in the relay's hands, beside Dovecot's own delay."""

import asyncio
import random
import ssl
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.desk import running_desk
from bench.figures import Figure, percentile
from tests.acceptance.mixed_mails import MixedMail, mixed_mail
from tests.acceptance.running import RunningWorker

GOAL_S = 2.0
MAILS = 40
_LONGEST_S = 30.0


def asking_mails(count: int) -> list[MixedMail]:
    """Mails of people who ask, each of whom is owed an acknowledgement."""
    mails = (mixed_mail(number) for number in range(count * 4))
    return [mail for mail in mails if mail.asks][:count]


async def acknowledged_after_s(desk: RunningWorker, mails: list[MixedMail], dice: random.Random) -> list[float]:
    """Deliver one by one at random gaps; the seconds each took until the relay had its letter."""
    taken = desk.relay.taken
    seconds = []
    for mail in mails:
        await asyncio.sleep(dice.uniform(0.1, 1.2))
        before, begun = len(taken), time.monotonic()
        desk.dovecot.deliver(desk.user, mail.raw)
        async with asyncio.timeout(_LONGEST_S):
            while len(taken) == before:  # noqa: ASYNC110 - the relay of the tests has no event for it
                await asyncio.sleep(0.002)
        seconds.append(time.monotonic() - begun)
    return seconds


class IdleWatch:
    """A bare IDLE client: when did the server say that there is something new?"""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.told_at: list[float] = []
        self._reader = reader

    async def listen(self) -> None:
        """Note every EXISTS until the line closes."""
        while line := await self._reader.readline():
            if line.rstrip().endswith(b"EXISTS"):
                self.told_at.append(time.monotonic())


@asynccontextmanager
async def idle_watch(desk: RunningWorker) -> AsyncIterator[IdleWatch]:
    """Sign in, select, IDLE."""
    context = ssl.create_default_context(cafile=str(desk.ca_file))
    reader, writer = await asyncio.open_connection("localhost", desk.dovecot.tls_port, ssl=context)
    commands = (f"a LOGIN {desk.user} {desk.dovecot.password}", "b EXAMINE INBOX", "c IDLE")
    await reader.readline()
    for command in commands:
        writer.write(f"{command}\r\n".encode())
        while not (await reader.readline()).startswith((command[:1].encode() + b" OK", b"+ ")):
            pass
    watch = IdleWatch(reader)
    listening = asyncio.create_task(watch.listen())
    try:
        yield watch
    finally:
        listening.cancel()
        writer.close()


async def measure(mails: int = MAILS, seed: int = 7) -> list[Figure]:
    """Median, ninth tenth and longest, and the same for a client that does nothing but wait."""
    async with running_desk() as (desk, relay), idle_watch(desk) as watch:
        seconds, floors = [], []
        dice = random.Random(seed)
        for mail in asking_mails(mails):
            watch.told_at.clear()
            (took_s,) = await acknowledged_after_s(desk, [mail], dice)
            if watch.told_at:
                seconds.append(took_s)
                floors.append(took_s - (relay.taken_at[-1] - watch.told_at[0]))
    own = [took_s - floor for took_s, floor in zip(seconds, floors, strict=True)]
    name = "Dovecot tells a bare IDLE client"
    return [
        _figure("median", statistics.median(seconds), statistics.median(floors), name, goal=f"< {GOAL_S:g} s"),
        _figure("p90", percentile(seconds, 90), percentile(floors, 90), name),
        _figure("longest", max(seconds), max(floors), name),
        Figure(
            part="delivery to acknowledgement", name="our own share, median", value=statistics.median(own), unit="s"
        ),
        Figure(part="delivery to acknowledgement", name="our own share, p90", value=percentile(own, 90), unit="s"),
    ]


def _figure(name: str, value: float, beside: float, beside_name: str, goal: str = "") -> Figure:
    return Figure(
        part="delivery to acknowledgement",
        name=name,
        value=value,
        unit="s",
        beside=beside,
        beside_name=beside_name,
        goal=goal,
    )
