"""Lines wait for the end of their burst, are handed in once, and none is lost."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.factories import NOW, make_new_item
from tests.store.chat_steps import (
    CONTACT,
    DUE,
    LATEST,
    PASSED_OVER,
    PORTAL,
    THREAD,
    claim_event,
    claim_room,
    file_burst,
    hand_in,
    keep,
    make_burst,
    make_event,
    make_line,
)
from tests.store.conftest import OpenStore
from triage.adapters.store.sql_store import SqlStore

SECOND = timedelta(seconds=1)
LONG_AGO = NOW - timedelta(days=1)


async def test_events_and_items_are_claimed_apart(store: SqlStore) -> None:
    await store.save_items([make_event(), make_new_item()], None)
    (item,) = await store.claim_items("worker", 9, NOW)
    (event,) = await store.claim_events("worker", 9, NOW)
    assert (item.is_event, event.is_event) == (False, True)
    assert await store.claim_events("other", 9, NOW) == ()


async def test_an_event_counts_as_waiting_and_goes_to_quarantine_like_any_item(store: SqlStore) -> None:
    event = await claim_event(store)
    assert (await store.health(NOW)).items_waiting == 1
    await store.fail_item(event, "not_json", None, NOW)
    (row,) = await store.list_quarantine()
    assert (row.code, row.channel, row.is_event) == ("not_json", "chat", True)
    assert await store.retry_quarantined(event.id, NOW)
    assert await store.release_claims(None, NOW) == 0
    (again,) = await store.claim_events("worker", 1, NOW)
    assert again.id == event.id
    assert await store.release_claims("worker", NOW) == 1


async def test_an_event_put_off_waits_without_counting_a_failure(store: SqlStore) -> None:
    event = await claim_event(store)
    await store.put_off(event, NOW + SECOND)
    assert await store.claim_events("worker", 1, NOW) == ()
    (again,) = await store.claim_events("worker", 1, NOW + SECOND)
    assert (again.id, again.attempts) == (event.id, 0)


async def test_a_passed_event_keeps_nothing_of_what_it_said(store: SqlStore) -> None:
    event = await claim_event(store)
    await store.pass_event(event, "ours", NOW)
    await store.put_off(event, NOW)
    assert await store.claim_events("worker", 1, NOW + timedelta(days=1)) == ()
    async with store._database.read() as connection:
        row = (await connection.execute(text("SELECT state, code, raw FROM item"))).one()
    assert (row.state, row.code, bytes(row.raw)) == ("done", "ours", b"")
    assert await store.unknown_keys([event.key]) == frozenset()


async def test_a_thread_is_due_after_the_pause_of_its_last_line(store: SqlStore) -> None:
    first = await keep(store)
    second = await keep(store, now=NOW + 10 * SECOND, due_at=DUE + 10 * SECOND, latest_at=LATEST + 10 * SECOND)
    assert await store.claim_rooms(DUE + 9 * SECOND, 5) == ()
    room = await claim_room(store, DUE + 10 * SECOND)
    assert (room.portal_id, room.thread_id, room.line_ids) == (PORTAL, THREAD, (first.message_id, second.message_id))
    assert (room.first_waiting_at, room.attempts, room.reference, room.contact_id) == (NOW, 0, "", "")


async def test_who_types_without_a_pause_is_read_all_the_same_in_the_end(store: SqlStore) -> None:
    for turn in range(13):
        await keep(
            store, now=NOW + turn * 10 * SECOND, due_at=DUE + turn * 10 * SECOND, latest_at=LATEST + turn * SECOND
        )
    assert await store.claim_rooms(LATEST - SECOND, 5) == ()
    assert len((await claim_room(store, LATEST)).line_ids) == 13


async def test_a_line_told_twice_is_kept_once(store: SqlStore) -> None:
    line = await keep(store, make_line("one", "first words"))
    await keep(store, make_line("one", "other words"))
    room = await claim_room(store)
    ((kept,), earlier) = await store.room_lines(room, 5, LONG_AGO)
    assert (kept, earlier) == (line, ())


async def test_a_handed_in_burst_is_an_item_and_its_lines_wait_no_more(store: SqlStore) -> None:
    await keep(store)
    item, room = await hand_in(store)
    assert (item.raw, item.is_event, item.key) == (b"the burst's words", False, make_burst(room).key)
    assert await store.claim_rooms(DUE + timedelta(days=1), 5) == ()


async def test_a_line_that_comes_while_a_burst_is_handed_in_waits_for_the_next(store: SqlStore) -> None:
    early = await keep(store)
    room = await claim_room(store)
    late = await keep(store, now=DUE, due_at=DUE + 20 * SECOND, latest_at=DUE + 120 * SECOND)
    lines, _ = await store.room_lines(room, 5, LONG_AGO)
    assert [line.message_id for line in lines] == [early.message_id]
    await store.hand_in(room, make_burst(room), CONTACT, DUE)
    again = await claim_room(store, DUE + 120 * SECOND)
    assert (again.line_ids, again.contact_id) == ((late.message_id,), CONTACT)
    lines, earlier = await store.room_lines(again, 5, LONG_AGO)
    assert ([line.message_id for line in lines], [line.message_id for line in earlier]) == (
        [late.message_id],
        [early.message_id],
    )


async def test_the_newest_lines_before_a_burst_are_its_context(store: SqlStore) -> None:
    for turn in range(4):
        await keep(store, make_line(f"line {turn}", f"words {turn}", NOW + turn * SECOND))
        item, room = await hand_in(store)
        await file_burst(store, item, room, PASSED_OVER)
    await keep(store)
    room = await claim_room(store)
    _, earlier = await store.room_lines(room, 2, LONG_AGO)
    assert [line.text for line in earlier] == ["words 2", "words 3"]
    _, earlier = await store.room_lines(room, 9, NOW + SECOND)
    assert [line.text for line in earlier] == ["words 2", "words 3"]


async def test_a_claimed_thread_is_offered_again_only_after_its_lease(open_another: OpenStore) -> None:
    store: SqlStore = await open_another(lease_s=60)  # type: ignore[assignment]
    await keep(store)
    room = await claim_room(store)
    assert await store.claim_rooms(DUE + 60 * SECOND, 5) == ()
    taken_over = await claim_room(store, DUE + 61 * SECOND)
    assert taken_over == room
    await store.hand_in(taken_over, make_burst(taken_over), CONTACT, DUE)
    await store.hand_in(room, make_burst(room), CONTACT, DUE)
    await store.put_off_room(room, DUE, failed=True)
    assert len(await store.claim_items("worker", 9, DUE)) == 1
    assert await store.claim_rooms(DUE + timedelta(days=1), 5) == ()


async def test_a_slow_workers_burst_is_dropped_where_a_line_of_it_went_in_meanwhile(open_another: OpenStore) -> None:
    store: SqlStore = await open_another(lease_s=60)  # type: ignore[assignment]
    await keep(store)
    slow = await claim_room(store)
    late = await keep(store)
    quick = await claim_room(store, DUE + 61 * SECOND)
    await store.hand_in(slow, make_burst(slow), CONTACT, DUE)
    await store.hand_in(quick, make_burst(quick), CONTACT, DUE)
    assert len(await store.claim_items("worker", 9, DUE)) == 1
    assert (await claim_room(store, DUE + 61 * SECOND)).line_ids == (late.message_id,)


@pytest.mark.parametrize("failed", [True, False])
async def test_a_thread_put_off_comes_back_and_counts_failures_alone(store: SqlStore, failed: bool) -> None:
    await keep(store)
    await store.put_off_room(await claim_room(store), DUE + 30 * SECOND, failed=failed)
    assert await store.claim_rooms(DUE + 29 * SECOND, 5) == ()
    assert (await claim_room(store, DUE + 30 * SECOND)).attempts == int(failed)


async def test_a_starting_desk_frees_the_threads_of_the_one_before(store: SqlStore) -> None:
    await keep(store)
    room = await claim_room(store)
    await store.release_claims("someone else", DUE)
    assert await store.claim_rooms(DUE, 5) == ()
    await store.release_claims(None, DUE)
    assert await claim_room(store) == room


async def texts_of(store: SqlStore) -> set[str | None]:
    """Every text a line still has."""
    async with store._database.read() as connection:
        return set((await connection.execute(text("SELECT text FROM chat_line"))).scalars())


async def test_the_text_of_small_talk_is_forgotten_and_that_of_an_enquiry_is_not(store: SqlStore) -> None:
    await keep(store, make_line("small", "how much is it?"))
    item, room = await hand_in(store)
    await file_burst(store, item, room, PASSED_OVER)
    await keep(store, make_line("asks", "delete my data"))
    item, room = await hand_in(store)
    await file_burst(store, item, room)
    await keep(store, make_line("waits", "hello?"))
    assert await store.drop_text(NOW) == 0
    assert await store.drop_text(NOW + SECOND) == 1
    assert await store.drop_text(NOW + SECOND) == 0
    assert await texts_of(store) == {None, "delete my data", "hello?"}
    assert await store.count_passed_over() == 1


async def test_lines_passed_over_are_counted_of_late_too(store: SqlStore) -> None:
    later = NOW + timedelta(days=2)
    for thread, now in (("1", NOW), ("1", NOW), ("2", NOW), ("2", later), ("3", later)):
        await keep(store, thread_id=thread, now=now, due_at=now, latest_at=now)
        item, room = await hand_in(store, now)
        await file_burst(store, item, room, PASSED_OVER)
    assert await store.count_passed_over() == 5
    assert await store.count_passed_over(later) == 2
    assert await store.count_passed_over(later + SECOND) == 0


async def test_two_workers_claim_different_threads(store: SqlStore, open_another: OpenStore) -> None:
    other: SqlStore = await open_another()  # type: ignore[assignment]
    for number in range(12):
        await keep(store, thread_id=f"thread {number}")
    claimed = await asyncio.gather(*((store, other)[turn % 2].claim_rooms(DUE, 1) for turn in range(16)))
    threads = [room.thread_id for rooms in claimed for room in rooms]
    while more := await store.claim_rooms(DUE, 1):
        threads.append(more[0].thread_id)
    assert len(threads) == len(set(threads)) == 12


async def test_lines_arriving_while_two_workers_hand_in_are_decided_exactly_once(
    store: SqlStore, open_another: OpenStore
) -> None:
    other: SqlStore = await open_another(lease_s=0)  # type: ignore[assignment]
    typed = [f"{number:02}" for number in range(40)]
    events = [make_event() for _ in typed]
    await store.save_items(events, None)
    claimed = await store.claim_events("worker", len(typed), NOW)

    async def type_all() -> None:
        for event, name in zip(claimed, typed, strict=True):
            await store.keep_line(event, PORTAL, THREAD, make_line(name), NOW, NOW, NOW)

    async def work(desk: SqlStore) -> None:
        # Leases of no length: each takes over what the other holds, again and again.
        for turn in range(60):
            for room in await desk.claim_rooms(NOW + turn * SECOND, 5):
                await asyncio.sleep(0)
                await desk.hand_in(room, make_burst(room, " ".join(room.line_ids)), CONTACT, NOW)

    await asyncio.gather(type_all(), work(other), work(store))
    for room in await other.claim_rooms(NOW + timedelta(days=1), 5):
        await store.hand_in(room, make_burst(room, " ".join(room.line_ids)), CONTACT, NOW)
    items = await store.claim_items("worker", 99, NOW)
    decided = [name for item in items for name in item.raw.decode().split()]
    assert sorted(decided) == typed
