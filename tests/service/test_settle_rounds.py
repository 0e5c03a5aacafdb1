"""Many posts nobody knows the fate of, as after a long outage: one portion is looked for after the other."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from tests.factories import NOW
from triage.domain.letter import LetterText
from triage.domain.records import Letter
from triage.service.chat import Chat
from triage.service.rounds import Rounds
from triage.service.settle import Settle

ANYTHING = cast(Any, None)


def make_letter(number: int) -> Letter:
    return Letter(
        id=number,
        reference="DP-2026-00042-K7",
        purpose="acknowledgement",
        recipient="",
        message_id=f"<{number}@larkfield.example>",
        in_reply_to=None,
        references=(),
        text=LetterText(subject="", body="words"),
        attempts=1,
    )


@dataclass
class Desk:
    """Store and sender in one: every letter has arrived."""

    count: int
    waiting: dict[int, Letter] = field(init=False)

    def __post_init__(self) -> None:
        self.waiting = {number: make_letter(number) for number in range(self.count)}

    async def stranded_posts(self, _worker: str, _now: datetime, limit: int) -> tuple[Letter, ...]:
        return tuple(self.waiting.values())[:limit]

    async def record_sent(self, letter: Letter, _now: datetime) -> None:
        del self.waiting[letter.id]

    async def has_arrived(self, _letter: Letter) -> bool:
        return True

    def settle(self) -> Settle:
        return Settle(store=cast(Any, self), sender=self, worker="test", clock=lambda: NOW)


async def test_a_portion_after_the_other_is_settled_without_a_pause_between() -> None:
    desk, rounds = Desk(count=90), Rounds(stop=asyncio.Event())
    chat = Chat(events=ANYTHING, bursts=ANYTHING, settle=desk.settle(), link=ANYTHING)
    task = asyncio.create_task(chat._settle(rounds))
    try:
        async with asyncio.timeout(5):
            while desk.waiting:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
    finally:
        rounds.stop.set()
        await asyncio.wait_for(task, 5)
