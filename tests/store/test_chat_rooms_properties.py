"""Whatever order visitors, workers and clocks come in: every line is decided once, and none is lost."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import count
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import NOW, SECRET
from tests.store.chat_steps import CONTACT, keep, make_burst, make_line
from triage.adapters.store import open_store
from triage.adapters.store.sql_store import SqlStore
from triage.domain.records import ChatRoom

PAUSE, LONGEST, LEASE = timedelta(seconds=20), timedelta(seconds=120), timedelta(seconds=60)
# Some more often than others: what goes wrong needs a claim, a wait and a line between.
ACTS = ("line", "line", "told again", "claim", "claim", "hand in", "hand in", "put off", "wait", "wait", "restart")


class Story:
    """One run. Workers may be slow: what one read at its claim it hands in long after the claim ran out, or twice."""

    def __init__(self, store: SqlStore, name: str) -> None:
        self.store = store
        self.name = name
        self.now = NOW
        self.typed: dict[str, str] = {}
        self.held: list[tuple[ChatRoom, str]] = []

    async def act(self, name: str, which: int) -> None:
        """One thing happens."""
        if name == "line":
            self.typed[f"line-{len(self.typed)}"] = f"{self.name}, thread {which // 4}"
            await self._tell(f"line-{len(self.typed) - 1}")
        elif name == "told again" and self.typed:
            await self._tell(f"line-{which % len(self.typed)}")
        elif name == "claim":
            self.held += [await self._read(room) for room in await self.store.claim_rooms(self.now, 1)]
        elif name == "wait":
            self.now += timedelta(seconds=25 * (which + 1))
        elif name == "restart":
            await self.store.release_claims(None, self.now)
        elif self.held:
            await self._work(name, *self.held[which % len(self.held)])

    async def _tell(self, message_id: str) -> None:
        line = make_line(message_id, sent_at=self.now)
        await keep(self.store, line, self.typed[message_id], self.now, self.now + PAUSE, self.now + LONGEST)

    async def _read(self, room: ChatRoom) -> tuple[ChatRoom, str]:
        lines, _ = await self.store.room_lines(room, 5, NOW - LONGEST)
        return room, " ".join(line.message_id for line in lines)

    async def _work(self, name: str, room: ChatRoom, words: str) -> None:
        if name == "hand in":
            await self.store.hand_in(room, make_burst(room, words), CONTACT, self.now)
        else:
            await self.store.put_off_room(room, self.now + PAUSE, failed=True)

    async def end(self) -> Counter[str]:
        """Everybody comes to an end: what is still waiting is handed in. How often each line was decided."""
        self.now += timedelta(days=1)
        while rooms := await self.store.claim_rooms(self.now, 1):
            await self._work("hand in", *await self._read(rooms[0]))
        items = await self.store.claim_items("worker", 999, self.now)
        own = [item for item in items if f":{self.name}," in item.key]
        return Counter(message_id for item in own for message_id in item.raw.decode().split())


async def play(store: SqlStore, name: str, acts: list[tuple[str, int]]) -> tuple[Counter[str], Counter[str]]:
    """The lines typed, and the lines decided, by how often."""
    story = Story(store, name)
    for act, which in acts:
        await story.act(act, which)
    return Counter(story.typed.keys()), await story.end()


def test_every_line_is_decided_exactly_once(tmp_path: Path) -> None:
    numbers = count()
    with asyncio.Runner() as runner:
        url = f"sqlite+aiosqlite:///{tmp_path}/triage.db"
        store = runner.run(open_store(url, secret=SECRET, migrate=True, lease_s=LEASE.total_seconds()))

        @settings(max_examples=60, deadline=None)
        @given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 4)), min_size=15, max_size=25))
        def every_line_once(acts: list[tuple[str, int]]) -> None:
            typed, decided = runner.run(play(store, f"story {next(numbers)}", acts))
            assert decided == typed

        try:
            every_line_once()
        finally:
            runner.run(store.close())
