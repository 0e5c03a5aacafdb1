"""How a named loop goes round: work while there is work, wait for news, wait out an absent store, stop when told."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from triage.errors import StoreUnavailable
from triage.logs import get_logger

log = get_logger()

Result = TypeVar("Result")

IDLE_LOOK_S = 5.0
_FIRST_BACKOFF_S, _LONGEST_BACKOFF_S = 5.0, 300.0


def backoff_s(failures: int, dice: Random) -> float:
    """Seconds to wait after the `failures`th failure in a row (>= 1): 5 s doubling to 5 min, with jitter."""
    doublings = min(failures - 1, 12)
    return min(_FIRST_BACKOFF_S * (1 << doublings), _LONGEST_BACKOFF_S) * dice.uniform(0.75, 1.25)


# A timer may ring a moment before what it rings for is due.
_AFTER_DUE_S = 0.05


async def together(work: Iterable[Coroutine[None, None, Result]]) -> list[Result]:
    """Do all of it side by side and let each come to its end; then raise the first fault, if there was one."""
    results = await asyncio.gather(*work, return_exceptions=True)
    done: list[Result] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        done.append(result)
    return done


@dataclass(frozen=True, kw_only=True, slots=True)
class Wakes:
    """How loops wake each other. `arrived`: chat events; `due`: a burst may have ended; `received`: items to be read;
    `filed`: letters to be sent."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    due: asyncio.Event = field(default_factory=asyncio.Event)
    received: asyncio.Event = field(default_factory=asyncio.Event)
    filed: asyncio.Event = field(default_factory=asyncio.Event)

    def due_in(self, *waits_s: float) -> None:
        """Set `due` after each of these seconds."""
        loop = asyncio.get_running_loop()
        for wait_s in waits_s:
            loop.call_later(wait_s + _AFTER_DUE_S, self.due.set)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rounds:
    """What all loops of a worker share: the stop, and the dice of their waits."""

    stop: asyncio.Event
    dice: Random = field(default_factory=Random)

    async def until_stopped(
        self, stage: str, work: Callable[[], Awaitable[bool]], wake: asyncio.Event, idle_s: float | None = None
    ) -> None:
        """Work while there is work, else wait for news, `idle_s` at most. A store that is away is waited for, not
        died of."""
        failures = 0
        while not self.stop.is_set():
            wake.clear() if wake is not self.stop else None
            try:
                worked = await work()
                failures = 0
            except StoreUnavailable as exc:
                failures += 1
                wait_s = backoff_s(failures, self.dice)
                log.error("store_unavailable", stage=stage, reason=str(exc), retry_in_s=wait_s)
                await self.pause(self.stop, wait_s)
                continue
            if not worked:
                await self.pause(wake, IDLE_LOOK_S if idle_s is None else idle_s)

    async def pause(self, wake: asyncio.Event, seconds: float) -> None:
        """Wait for `wake`, for `seconds` at most, and not beyond the stop."""
        await self.or_stop(asyncio.wait_for(wake.wait(), seconds))

    async def or_stop(self, waiting: Awaitable[object]) -> None:
        """Wait, but not beyond the stop."""
        tasks = [asyncio.ensure_future(waiting), asyncio.ensure_future(self.stop.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        unforeseen = [r for r in results[:1] if isinstance(r, Exception) and not isinstance(r, TimeoutError)]
        if unforeseen:
            raise unforeseen[0]
