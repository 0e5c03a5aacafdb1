"""docs/states.md draws item, letter and case. Every state meets every method, and the drawing must be right."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import NOW, make_silent_plan
from tests.store.chat_steps import (
    PASSED_OVER,
    PORTAL,
    THREAD,
    chat_case,
    claim_event,
    claim_room,
    file_burst,
    hand_in,
    keep,
    make_burst,
    make_chat_plan,
    make_line,
)
from tests.store.conftest import OpenStore
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store import items, outbox, reach
from triage.adapters.store.schema import metadata
from triage.adapters.store.sql_store import SqlStore
from triage.domain.letter import LetterText
from triage.domain.letter_desk import text_mark
from triage.domain.records import ChatRoom
from triage.domain.relabelling import relabel
from triage.domain.vocabulary import Kind
from triage.errors import ClaimLost
from triage.parsing.rules import load_policy
from triage.ports import Item, Letter, Store
from triage.ports_chat import ChatStore

POLICY = load_policy(Path(__file__).parents[2] / "rules")
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
    drawing = PAGE.split(f"({column})", 1)[1].split("```mermaid", 1)[1].split("```", 1)[0]
    arrows = re.findall(r"^ +(\w+) --> (\w+) : (.+)$", drawing, re.MULTILINE)
    return {(before, method): after for before, after, method in arrows}


@dataclass(frozen=True)
class Machine:
    """A table whose rows have a state, and what may be done to a row."""

    table: str
    arrows: dict[tuple[str, str], str]
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
                if after != state or (state, name) in self.arrows:
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
        arrows=drawn("`item.state`"),
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
        arrows=drawn("`letter.state`"),
        states=LETTER_STATES,
        methods={
            "claim_letter": lambda store: store.claim_letter("worker", NOW),
            "record_sent": lambda store: store.record_sent(letter, NOW),
            "record_deferred": lambda store: store.record_deferred(letter, "x", NOW, NOW),
            "record_undelivered refused": lambda store: store.record_undelivered(letter, "refused", "x", NOW),
            "record_undelivered unclear": lambda store: store.record_undelivered(letter, "unclear", "x", NOW),
            "release_claims": lambda store: store.release_claims("worker", NOW),
            "strand_stale_letters": lambda store: store.strand_stale_letters(LATER),
            "relabel": lambda store: _discard(store, letter),
            "discard_draft": lambda store: store.discard_draft(letter.id, by="dpo", now=NOW),
            "queue_draft": lambda store: store.queue_draft(letter.id, by="dpo", now=NOW),
            "edit_draft": lambda store: _edit(store, letter),
        },
    )


async def _discard(store: Store, letter: Letter) -> None:
    """A person's word that the letter says what nobody asked for."""
    known = await store.labelled(letter.reference)
    assert known is not None
    change = relabel(known, [Kind.COMPLAINT], [], POLICY, NOW)
    assert change is not None
    alone = replace(change, discards=(letter.id,), opens=(), sets_aside=())
    waits = {one.id: one.state for one in await store.list_letters()}[letter.id] in (outbox.DRAFT, outbox.QUEUED)
    done = await store.relabel(known, alone, "2026-11", by="dpo", now=NOW)
    assert done == (() if waits else None)  # nothing is written once the letter has left


async def _edit(store: Store, letter: Letter) -> bool:
    """A person gives it another text, over the one that stands there."""
    assert isinstance(store, SqlStore)
    shown = await store.show_letter(letter.id)
    assert shown is not None
    seen = text_mark(shown.subject, shown.body)
    text = LetterText(subject=shown.subject, body=shown.body + "\nMore.\n")
    return await store.edit_draft(letter.id, text, seen, by="dpo", now=NOW)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: the states are put there by hand, and the methods run on both engines in the other tests."""
    return f"sqlite+aiosqlite:///{tmp_path}/triage.db"


async def test_items_move_exactly_as_drawn(open_another: OpenStore) -> None:
    store = await open_another(lease_s=60)
    machine = item_machine(await claim_one(store))
    assert await machine.try_all(store) == machine.arrows


async def test_letters_move_exactly_as_drawn(open_another: OpenStore) -> None:
    store = await open_another(lease_s=60)
    await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    machine = letter_machine(letter)
    assert await machine.try_all(store) == machine.arrows
    assert await store.verify_journal() == ()


def test_every_table_is_described() -> None:
    described = set(re.findall(r"`([a-z_]+)`", TABLES_PAGE.split("## Tables")[1].split("## States")[0]))
    assert set(metadata.tables) <= described


def event_machine(event: Item) -> Machine:
    """Everything a program can do to a chat event."""
    line = make_line("a line")
    return Machine(
        table="item",
        arrows=drawn("`item.state`, `is_event`"),
        states=ITEM_STATES,
        methods={
            "claim_items": lambda store: store.claim_items("worker", 1, NOW),
            "claim_events": lambda store: chat_of(store).claim_events("worker", 1, NOW),
            "put_off": lambda store: chat_of(store).put_off(event, NOW),
            "keep_line": lambda store: chat_of(store).keep_line(event, PORTAL, THREAD, line, NOW, NOW, NOW),
            "pass_event": lambda store: chat_of(store).pass_event(event, "ours", NOW),
            "forget_thread": lambda store: chat_of(store).forget_thread(PORTAL, THREAD, event, NOW),
            "fail_item with a next try": lambda store: store.fail_item(event, "x", NOW, NOW),
            "fail_item": lambda store: store.fail_item(event, "x", None, NOW),
            "release_claims": lambda store: store.release_claims("worker", NOW),
            "retry_quarantined": lambda store: store.retry_quarantined(event.id, NOW),
        },
    )


def chat_of(store: Store) -> ChatStore:
    """The same store, as the chat knows it."""
    assert isinstance(store, SqlStore)
    return store


async def test_chat_events_move_exactly_as_drawn(open_another: OpenStore) -> None:
    store = await open_another(lease_s=60)
    machine = event_machine(await claim_event(store))  # type: ignore[arg-type]
    assert await machine.try_all(store) == machine.arrows
    assert await store.verify_journal() == ()


def post_machine(letter: Letter, event: Item) -> Machine:
    """Everything a program can do to a chat post. Each try begins with the thread as it was before."""

    async def forget(store: Store) -> None:
        lead_back = "UPDATE chat_room SET reference = :reference, forgotten_at = NULL"
        async with store._database.write() as connection:  # type: ignore[attr-defined]
            await connection.execute(text(lead_back), {"reference": letter.reference})
        await chat_of(store).forget_thread(PORTAL, THREAD, event, NOW)

    mail = letter_machine(letter)
    own = drawn("`letter.state`,\nchannel `chat`")
    looks = {"stranded_posts": lambda store: chat_of(store).stranded_posts("worker", NOW, 5)}
    return Machine(
        table="letter",
        arrows={**mail.arrows, **own},
        states=LETTER_STATES,
        methods={**mail.methods, **looks, "forget_thread": forget},
    )


async def test_chat_posts_move_exactly_as_drawn(open_another: OpenStore) -> None:
    store = await open_another(lease_s=60)
    await chat_case(store, plan=make_chat_plan(cases=()))  # type: ignore[arg-type]
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    looked_for = replace(letter, attempts=1)  # as it stands once it is unclear
    event = await claim_event(store)  # type: ignore[arg-type]
    machine = post_machine(letter, event)
    own = {**machine.methods, "record_deferred": lambda store: _defer(store, letter, looked_for)}
    assert await replace(machine, methods=own).try_all(store) == machine.arrows
    assert await store.verify_journal() == ()


async def _defer(store: Store, held: Letter, looked_for: Letter) -> None:
    """Whoever holds the claim, or has looked for the post; only one of them can be right."""
    await store.record_deferred(held, "x", NOW, NOW)
    await store.record_deferred(looked_for, "x", NOW, NOW)


LINE_STATES = ("waiting", "handed_in", "passed_over", "filed", "forgotten")


async def test_chat_lines_move_exactly_as_drawn(open_another: OpenStore) -> None:
    store: SqlStore = await open_another(lease_s=60)  # type: ignore[assignment]
    seen = {}
    for state in LINE_STATES:
        for name, method in LINE_METHODS.items():
            thread = f"{state} {name}"
            room = await _line_in(store, thread, state)
            await method(store, room)
            after = await _state_of_line(store, thread)
            if after != state:
                seen[(state, name)] = after
    arrows = drawn("`chat_line.state`")
    assert {key: after for key, after in arrows.items() if key[0] != "["} == seen
    assert await store.verify_journal() == ()


async def _line_in(store: SqlStore, thread: str, state: str) -> ChatRoom:
    """A line of a thread, brought into a state by hand."""
    await keep(store, thread_id=thread)
    room = await claim_room(store)
    async with store._database.write() as connection:
        change = text("UPDATE chat_line SET state = :state WHERE thread_id = :thread")
        await connection.execute(change, {"state": state, "thread": thread})
        if state != "waiting":
            await connection.execute(text("UPDATE chat_room SET due_at = NULL WHERE due_at IS NOT NULL"))
        if state == "forgotten":
            await connection.execute(text("UPDATE chat_line SET text = NULL WHERE thread_id = :t"), {"t": thread})
    return room


async def _state_of_line(store: SqlStore, thread: str) -> str:
    query = text("SELECT state FROM chat_line WHERE thread_id = :thread")
    async with store._database.read() as connection:
        return str((await connection.execute(query, {"thread": thread})).scalar_one())


async def _hand_in(store: SqlStore, room: ChatRoom) -> None:
    await store.hand_in(room, make_burst(room), "", NOW)


async def _forget(store: SqlStore, room: ChatRoom) -> None:
    await store.forget_thread(room.portal_id, room.thread_id, await claim_event(store), NOW)


async def _drop_text(store: SqlStore, room: ChatRoom) -> None:
    assert room.line_ids
    await store.drop_text(LATER)


async def _file(store: SqlStore, room: ChatRoom) -> None:
    await file_burst(store, await claim_one(store), room, make_silent_plan())


async def _pass_over(store: SqlStore, room: ChatRoom) -> None:
    await file_burst(store, await claim_one(store), room, PASSED_OVER)


LINE_METHODS = {
    "file": _file,
    "file, asks for nothing": _pass_over,
    "hand_in": _hand_in,
    "forget_thread": _forget,
    "drop_text": _drop_text,
}


async def test_cases_move_exactly_as_drawn(open_another: OpenStore) -> None:
    store: SqlStore = await open_another(lease_s=60)  # type: ignore[assignment]
    reference = await chat_case(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None

    async def file(back: bool) -> None:
        await keep(store)
        item, room = await hand_in(store)
        await file_burst(store, item, room, make_silent_plan(outcome="follow_up", joins=reference, reopens=back))

    seen = [("[*]", await _state_of_case(store))]
    for method in (*letter_machine(letter).methods.values(), lambda _: file(back=False), lambda _: file(back=True)):
        await method(store)
        assert await _state_of_case(store) == reach.OPEN
    assert await store.mark_cannot_reach(reference, NOW)
    seen.append((reach.OPEN, await _state_of_case(store)))
    for method in (*letter_machine(letter).methods.values(), lambda _: file(back=False)):
        await method(store)
        assert await _state_of_case(store) == reach.CANNOT_REACH
    await file(back=True)
    seen.append((reach.CANNOT_REACH, await _state_of_case(store)))
    for before in (reach.OPEN, reach.CANNOT_REACH):
        async with store._database.write() as connection:
            await connection.execute(text(f"UPDATE case_file SET state = '{before}'"))
        await _relabel(store, reference, [])
        seen.append((before, await _state_of_case(store)))
    for method in (*letter_machine(letter).methods.values(), lambda _: file(back=True)):
        await method(store)
        assert not await store.mark_cannot_reach(reference, NOW)
        assert await _state_of_case(store) == reach.SET_ASIDE
    await _relabel(store, reference, [Kind.ACCESS])
    seen.append(("[*]", *{case.state for case in await store.list_cases()} - {reach.SET_ASIDE}))
    arrows = re.findall(r"^ +(\S+) --> (\w+) : (\w+)$", PAGE.split("(`case_file.state`)")[1], re.MULTILINE)
    assert {(before, state) for before, state, act in arrows if act not in ("close", "reopen")} == set(seen)


async def _relabel(store: SqlStore, reference: str, kinds: list[Kind]) -> None:
    known = await store.labelled(reference)
    assert known is not None
    change = relabel(known, kinds, [], POLICY, NOW)
    assert change is not None
    assert await store.relabel(known, change, "2026-11", by="dpo", now=NOW) is not None


async def _state_of_case(store: SqlStore) -> str:
    (case,) = await store.list_cases()
    return case.state
