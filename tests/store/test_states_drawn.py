"""docs/states.md draws item, letter and case. Every state meets every method, and the drawing must be right."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import NOW, make_silent_plan
from tests.store.conftest import OpenStore
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store import filing, items, outbox
from triage.adapters.store.schema import metadata
from triage.errors import ClaimLost
from triage.ports import Item, Letter, Store

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "states.md").read_text(encoding="utf-8")
TABLES_PAGE = (DOCS / "store.md").read_text(encoding="utf-8")
LATER = NOW + timedelta(hours=1)
ITEM_STATES = (items.RECEIVED, items.CLAIMED, items.DONE, items.QUARANTINED)
LETTER_STATES = (
    outbox.DRAFT,
    outbox.QUEUED,
    outbox.SENDING,
    outbox.SENT,
    outbox.REFUSED,
    outbox.UNCLEAR,
    outbox.STRANDED,
    outbox.DISCARDED,
)


def drawn(column: str) -> dict[tuple[str, str], str]:
    """(state, method) -> next state, as drawn for `column`."""
    drawing = PAGE.split(f"(`{column}`)", 1)[1].split("```mermaid", 1)[1].split("```", 1)[0]
    arrows = re.findall(r"^ +(\w+) --> (\w+) : (.+)$", drawing, re.MULTILINE)
    return {(before, method): after for before, after, method in arrows}


@dataclass(frozen=True)
class Machine:
    """A table whose rows have a state, and what may be done to a row."""

    table: str
    states: tuple[str, ...]
    methods: dict[str, Callable[[Store], Awaitable[object]]]

    async def try_all(self, store: Store) -> dict[tuple[str, str], str]:
        """(state, method) -> the state afterwards, for every pair that changes or re-enters a state."""
        seen = {}
        for state in self.states:
            for name, method in self.methods.items():
                await self._put(store, state)
                await method(store)
                after = await self._look(store)
                if after != state or (state, name) in drawn(f"{self.table}.state"):
                    seen[(state, name)] = after
        return seen

    async def _put(self, store: Store, state: str) -> None:
        busy = state in (items.CLAIMED, outbox.SENDING)
        holder, since = ("'worker'", f"'{NOW.isoformat(timespec='microseconds')}'") if busy else ("NULL", "NULL")
        # Stranded is drawn as a state of its own, and kept as unclear with that code.
        stored, code = (outbox.UNCLEAR, state) if state == outbox.STRANDED else (state, "")
        attempts = 1 if stored == outbox.UNCLEAR else 0
        change = f"state = '{stored}', code = '{code}', attempts = {attempts}, retry_at = NULL"
        change += f", claimed_by = {holder}, claimed_at = {since}"
        async with store._database.write() as connection:  # type: ignore[attr-defined]
            if self.table == "item":
                await connection.execute(text("DELETE FROM enquiry"))
            await connection.execute(text(f"UPDATE {self.table} SET {change}"))

    async def _look(self, store: Store) -> str:
        async with store._database.read() as connection:  # type: ignore[attr-defined]
            state, code = (await connection.execute(text(f"SELECT state, code FROM {self.table}"))).one()
            return str(code if code == outbox.STRANDED else state)


def item_machine(item: Item) -> Machine:
    """Everything a program can do to an item. (A takeover of a stale claim leaves the item claimed.)"""

    async def file(store: Store) -> None:
        with suppress(ClaimLost):
            await file_item(store, item, plan=make_silent_plan())

    return Machine(
        table="item",
        states=ITEM_STATES,
        methods={
            "claim_items": lambda store: store.claim_items("worker", 1, NOW),
            "file": file,
            "fail_item with a next try": lambda store: store.fail_item(item, "x", NOW, NOW),
            "fail_item": lambda store: store.fail_item(item, "x", None, NOW),
            "release_claims": lambda store: store.release_claims("worker", NOW),
            "retry_quarantined": lambda store: store.retry_quarantined(item.id, NOW),
        },
    )


def letter_machine(letter: Letter) -> Machine:
    """Everything a program can do to a letter."""
    return Machine(
        table="letter",
        states=LETTER_STATES,
        methods={
            "claim_letter": lambda store: store.claim_letter("worker", NOW),
            "record_sent": lambda store: store.record_sent(letter, NOW),
            "record_deferred": lambda store: store.record_deferred(letter, "x", NOW, NOW),
            "record_undelivered refused": lambda store: store.record_undelivered(letter, "refused", "x", NOW),
            "record_undelivered unclear": lambda store: store.record_undelivered(letter, "unclear", "x", NOW),
            "release_claims": lambda store: store.release_claims("worker", NOW),
            "strand_stale_letters": lambda store: store.strand_stale_letters(LATER),
            "settle_draft approved": lambda store: _settle(store, letter, approved=True),
            "settle_draft discarded": lambda store: _settle(store, letter, approved=False),
        },
    )


async def _settle(store: Store, letter: Letter, *, approved: bool) -> bool:
    return await store.settle_draft(letter.id, approved=approved, by="dpo", now=NOW)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: the states are put there by hand, and the methods run on both engines in the other tests."""
    return f"sqlite+aiosqlite:///{tmp_path}/triage.db"


async def test_items_move_exactly_as_drawn(open_another: OpenStore) -> None:
    store = await open_another(lease_s=60)
    machine = item_machine(await claim_one(store))
    assert await machine.try_all(store) == drawn("item.state")


async def test_letters_move_exactly_as_drawn(open_another: OpenStore) -> None:
    store = await open_another(lease_s=60)
    await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    assert await letter_machine(letter).try_all(store) == drawn("letter.state")
    assert await store.verify_journal() == ()


def test_every_table_is_described() -> None:
    described = set(re.findall(r"`([a-z_]+)`", TABLES_PAGE.split("## Tables")[1].split("## States")[0]))
    assert set(metadata.tables) <= described


async def test_a_case_is_opened_by_filing_and_closed_by_nothing(open_another: OpenStore) -> None:
    store = await open_another(lease_s=60)
    await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    for method in letter_machine(letter).methods.values():
        await method(store)
    arrows = re.findall(r"^ +(\S+) --> (\w+)", PAGE.split("(`case_file.state`)")[1], re.MULTILINE)
    assert arrows == [("[*]", filing.OPEN)]
    assert {case.state for case in await store.list_cases()} == {filing.OPEN}
