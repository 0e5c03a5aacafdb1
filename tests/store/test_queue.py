"""The queue over both engines: where a message stands until it has a case, and what is found."""

from datetime import date

import pytest

from tests.factories import make_analysis, make_case, make_classification, make_enquiry
from tests.factories import make_silent_plan as silent
from tests.store.steps import file_one
from tests.store.test_labels import say
from triage.domain.queue import QueueAsked, QueueLane
from triage.domain.vocabulary import Kind, Lane
from triage.ports import Store

TODAY, SOON = date(2026, 11, 23), date(2026, 11, 30)
NOTHING_ASKED = make_analysis(classification=make_classification(kinds=()))


async def in_queue(store: Store, lane: QueueLane = QueueLane.ALL, **asked: object) -> list[str]:
    """The references of a page. Counts and rows have to agree where nothing is narrowed."""
    page = await store.queue_page(QueueAsked(lane=lane, **asked), TODAY, SOON)  # type: ignore[attr-defined]
    counts = await store.queue_counts(TODAY, SOON)  # type: ignore[attr-defined]
    assert asked or counts[lane] == len(page.rows)
    return [row.reference for row in page.rows]


async def a_doubt(store: Store) -> str:
    """A message without a case that a person must look at."""
    return await file_one(store, plan=silent(lane=Lane.NEEDS_PERSON), analysis=NOTHING_ASKED)


async def test_a_message_waits_until_a_person_opens_its_case(store: Store) -> None:
    reference = await a_doubt(store)
    assert await in_queue(store) == await in_queue(store, QueueLane.NEEDS_PERSON) == [reference]
    assert await in_queue(store, thread=reference) == [reference]
    await say(store, reference, Kind.DELETION)
    assert await in_queue(store) == await in_queue(store, thread=reference) == [f"{reference}/1"]


async def test_a_message_waits_until_a_later_one_opens_a_case_in_its_thread(store: Store) -> None:
    reference = await a_doubt(store)
    await file_one(store, plan=silent(outcome="follow_up", joins=reference, cases=(make_case(),)))
    assert await in_queue(store) == await in_queue(store, thread=reference) == [f"{reference}/1"]


async def test_a_message_that_was_set_aside_again_does_not_wait_anew(store: Store) -> None:
    reference = await a_doubt(store)
    await say(store, reference, Kind.DELETION)
    await say(store, reference)
    assert await in_queue(store) == await in_queue(store, QueueLane.NEEDS_PERSON) == []


@pytest.mark.parametrize("lane", list(QueueLane))
async def test_every_lane_can_be_opened_and_counts_what_it_shows(store: Store, lane: QueueLane) -> None:
    reference = await file_one(store)
    await file_one(store, plan=silent(outcome="follow_up", joins=reference, lane=Lane.NEW_MESSAGE))
    await a_doubt(store)
    await file_one(store, plan=silent(lane=Lane.NOT_REQUESTS), analysis=NOTHING_ASKED)
    await file_one(store, plan=silent(lane=Lane.AUTOMATIC_MAIL), analysis=NOTHING_ASKED)
    shown = await in_queue(store, lane)
    assert (f"{reference}/1" in shown) == (lane in (QueueLane.ALL, QueueLane.NEW_MESSAGE))


async def test_words_are_found_in_any_message_of_a_case_whatever_their_capitals(store: Store) -> None:
    reference = await file_one(store)
    told = make_analysis(enquiry=make_enquiry(full_text="And the SAXOPHONE you hold for me? 100% of it.", passages=()))
    await file_one(store, plan=silent(outcome="follow_up", joins=reference, lane=Lane.NEW_MESSAGE), analysis=told)
    doubt = await a_doubt(store)
    assert await in_queue(store, words="saxophone HOLD") == [f"{reference}/1"]
    assert await in_queue(store, words="saxophone trumpet") == []
    assert await in_queue(store, words="100%") == [f"{reference}/1"]
    assert await in_queue(store, words="1_0") == []
    assert set(await in_queue(store, words="ana")) == {f"{reference}/1", doubt}
