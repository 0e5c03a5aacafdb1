"""HubSpot's loops beside the worker's own: events are heard, bursts handed in, posts settled, opt-outs carried out."""

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta

from triage.service.chat_bursts import ChatBursts
from triage.service.chat_events import ChatEvents
from triage.service.chat_link import ChatLink
from triage.service.rounds import Rounds
from triage.service.settle import Settle
from triage.service.unsubscribes import Unsubscribes

# Where hooks store straight into the database nobody wakes us, and a visitor waits.
_EVENTS_IDLE_S = 1.0
_EVERY_MINUTE_S = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Chat:
    """Everything of the chat that goes round. `unsubscribes` is None unless opt-outs are carried out by themselves."""

    events: ChatEvents
    bursts: ChatBursts
    settle: Settle
    link: ChatLink
    unsubscribes: Unsubscribes | None = None

    def loops(self, rounds: Rounds) -> list[Coroutine[None, None, None]]:
        """The loops; each ends with the stop."""
        loops = [self._hear(rounds), self._hand_in(rounds), self._settle(rounds)]
        return loops if self.unsubscribes is None else [*loops, _each_minute(rounds, self.unsubscribes)]

    async def drain(self) -> bool:
        """Hear what waits and hand in every burst, ended or not; whether there was anything. For demo and tests."""
        worked = False
        while await self.events.work_once():
            worked = True
        ahead = timedelta(seconds=self.bursts.policy.longest_burst_s)
        while await self.bursts.work_once(ahead=ahead):
            worked = True
        return worked

    async def _hear(self, rounds: Rounds) -> None:
        async def work() -> bool:
            return await self.events.work_once() > 0

        await rounds.until_stopped("chat_events", work, self.events.wakes.arrived, _EVENTS_IDLE_S)

    async def _hand_in(self, rounds: Rounds) -> None:
        async def work() -> bool:
            return await self.bursts.work_once() > 0

        await rounds.until_stopped("chat_bursts", work, self.bursts.wakes.due)

    async def _settle(self, rounds: Rounds) -> None:
        async def wait(seconds: float) -> bool:
            await rounds.pause(rounds.stop, seconds)
            return not rounds.stop.is_set()

        async def work() -> bool:
            # After an outage there are many: the next portion waits for nothing as long as looking settles something.
            if not await self.settle.work_once(wait):
                await rounds.pause(rounds.stop, _EVERY_MINUTE_S)
            return True

        await rounds.until_stopped("settle", work, rounds.stop)


async def _each_minute(rounds: Rounds, unsubscribes: Unsubscribes) -> None:
    async def work() -> bool:
        await unsubscribes.work_once()
        await rounds.pause(rounds.stop, _EVERY_MINUTE_S)
        return True

    await rounds.until_stopped("unsubscribes", work, rounds.stop)
