"""The daily look: what was read as no request waits for a person, and only what was listed is cleared."""

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import (
    CONTROLLER,
    NOW,
    make_analysis,
    make_classification,
    make_enquiry,
    make_plan,
    make_silent_plan,
)
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store.sql_store import SqlStore
from triage.domain.enquiry import Correspondent, Passage
from triage.domain.vocabulary import Kind, Lane, Nation, Role
from triage.errors import NotDone
from triage.parsing.rules import load_policy
from triage.ports import ReadingRow, Store
from triage.service.review import clear_look, clear_look_before, relabel

POLICY = load_policy(Path(__file__).parents[2] / "rules")
MINUTE = timedelta(minutes=1)


async def file_none(store: Store, *, at: int = 0, lane: Lane = Lane.NOT_REQUESTS, **enquiry: object) -> str:
    """A message read as no request, filed `at` minutes from NOW."""
    reading = make_classification(kinds=())
    plan = make_silent_plan(lane=lane, classification=reading)
    analysis = make_analysis(enquiry=make_enquiry(**enquiry), classification=reading)
    return await file_item(store, await claim_one(store), plan=plan, analysis=analysis, now=NOW + at * MINUTE)


async def test_what_was_read_as_no_request_waits_oldest_first_and_nothing_else(store: Store) -> None:
    await file_one(store)
    machine = await file_none(store, lane=Lane.AUTOMATIC_MAIL, received_at=NOW - timedelta(days=9))
    ours_come_back = make_silent_plan(lane=Lane.AUTOMATIC_MAIL, classification=None)
    await file_one(store, plan=ours_come_back, analysis=make_analysis(classification=None))
    old_mail = make_silent_plan(lane=Lane.NOT_REQUESTS, classification=None)  # from before the desk began: not read
    await file_one(store, plan=old_mail, analysis=make_analysis(classification=None))
    later = await file_none(store, at=1)
    text = "> quoted words\n\nThe teapot\nin your lobby " + "is fine " * 30
    first = await file_none(
        store,
        at=2,
        received_at=NOW - timedelta(days=1),
        full_text=text,
        passages=(Passage(role=Role.QUOTED, start=0, end=14), Passage(role=Role.OWN, start=14, end=len(text))),
        sender=Correspondent(name="Bo", address="bo@customer.example"),
    )
    rows = await store.to_look_at()
    assert [(row.reference, row.automatic) for row in rows] == [(first, False), (later, False), (machine, True)]
    assert rows[0].words.startswith("The teapot in your lobby is fine is fine")
    assert rows[0].words.endswith("…")
    assert len(rows[0].words) <= 90
    assert (rows[0].sender, rows[0].channel, rows[0].filed_at) == ("bo@customer.example", "email", NOW + 2 * MINUTE)
    health = await store.health(NOW + 5 * MINUTE)
    assert (health.to_look_at, health.oldest_look_age_s, health.automatic_to_look_at) == (2, 240.0, 1)


async def test_a_text_without_own_words_is_shown_from_its_beginning(store: Store) -> None:
    await file_none(store, full_text="only passed on", passages=())
    assert [row.words for row in await store.to_look_at()] == ["only passed on"]


async def test_a_look_at_long_messages_does_not_hold_all_of_them_at_once(store: Store) -> None:
    count, chars = 60, 500_000
    for at in range(count):
        await file_none(store, at=at, full_text=f"{at} " + "x" * chars, passages=())
    tracemalloc.start()
    try:
        rows = await store.to_look_at()
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(rows) == count
    assert peak_bytes < count * chars * 0.6


@pytest.mark.parametrize(
    ("filed_at", "nation", "month"),
    [
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), Nation.ENGLAND, "2026-06"),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), Nation.ENGLAND, "2026-07"),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), Nation.ENGLAND, "2026-10"),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), Nation.BULGARIA, "2026-11"),
    ],
)
async def test_a_reading_is_counted_in_the_month_in_which_its_correction_would_be(
    store: Store, filed_at: datetime, nation: Nation, month: str
) -> None:
    reference = await file_item(store, await claim_one(store), now=filed_at)
    assert [row.month for row in await store.readings(nation)] == [month]
    policy = replace(POLICY, controllers=(replace(CONTROLLER, nation=nation),))
    await relabel(store, reference, [Kind.DELETION], [], policy, by="dpo", now=filed_at)
    assert [row.month for row in await store.corrections()] == [month]


async def test_a_person_clears_what_asks_for_nothing_and_the_journal_says_who(store: Store) -> None:
    one, other = await file_none(store), await file_none(store)
    await clear_look(store, [one], by="dpo", now=NOW)
    assert [row.reference for row in await store.to_look_at()] == [other]
    shown = await store.show_case(one)
    assert shown is not None
    journal = shown["journal"]
    assert isinstance(journal, list)
    assert (journal[-1]["event"], journal[-1]["facts"]) == ("cleared_as_no_request", '{"by":"dpo"}')
    assert await store.verify_journal() == ()


async def test_one_wrong_reference_among_many_clears_none(store: Store) -> None:
    waits, asks = await file_none(store), await file_one(store)
    with pytest.raises(NotDone) as refused:
        await clear_look(store, [waits, asks, "nonsense"], by="dpo", now=NOW)
    assert str(refused.value).splitlines() == [
        f"{asks} does not wait for a look: nothing was cleared",
        "nonsense does not wait for a look: nothing was cleared",
    ]
    assert len(await store.to_look_at()) == 1


async def test_all_that_was_listed_is_cleared_and_nothing_that_came_since(store: Store) -> None:
    listed = [await file_none(store, at=at) for at in (0, 1)]
    moment = max(row.filed_at for row in await store.to_look_at()) + timedelta(microseconds=1)
    since = await file_none(store, at=2)
    assert await clear_look_before(store, moment, by="dpo", now=NOW + 3 * MINUTE) == tuple(sorted(listed))
    assert [row.reference for row in await store.to_look_at()] == [since]
    assert await clear_look_before(store, moment, by="dpo", now=NOW + 3 * MINUTE) == ()


@pytest.mark.parametrize("automatic", [False, True])
async def test_who_has_read_one_list_clears_that_list_alone(store: Store, automatic: bool) -> None:
    person, machine = await file_none(store), await file_none(store, lane=Lane.AUTOMATIC_MAIL)
    cleared, left = (machine, person) if automatic else (person, machine)
    assert await clear_look_before(store, NOW + MINUTE, by="dpo", now=NOW + MINUTE, automatic=automatic) == (cleared,)
    assert [row.reference for row in await store.to_look_at()] == [left]
    await clear_look(store, [left], by="dpo", now=NOW)
    assert await store.to_look_at() == ()


async def test_what_was_shown_is_cleared_by_its_newest_message_whatever_its_moment(store: Store) -> None:
    assert isinstance(store, SqlStore)
    assert await store.newest_to_look_at(automatic=False) is None
    shown = [await file_none(store, at=5), await file_none(store)]
    newest = await store.newest_to_look_at(automatic=False)
    assert newest is not None
    machine = await file_none(store, lane=Lane.AUTOMATIC_MAIL)
    since = await file_none(store)
    assert await store.clear_look_up_to(newest, automatic=False, by="dpo", now=NOW) == tuple(sorted(shown))
    assert [row.reference for row in await store.to_look_at()] == [since, machine]
    assert await store.newest_to_look_at(automatic=False) == newest + 2


async def test_a_moment_to_come_clears_nothing(store: Store) -> None:
    await file_none(store)
    with pytest.raises(NotDone, match="has not come yet"):
        await clear_look_before(store, NOW + MINUTE, by="dpo", now=NOW)
    assert len(await store.to_look_at()) == 1


async def test_readings_are_kept_as_figures_without_a_word_of_the_message(store: Store) -> None:
    await file_one(store, plan=make_plan(classification=make_classification(needs_person=True)))
    await file_none(store)
    await file_one(store, plan=make_silent_plan(classification=None), analysis=make_analysis(classification=None))
    assert await store.readings(Nation.ENGLAND) == (
        ReadingRow(month="2026-11", kinds=(Kind.ACCESS.value,), needs_person=True, request_score=0.97),
        ReadingRow(month="2026-11", kinds=(), needs_person=False, request_score=0.02),
    )
