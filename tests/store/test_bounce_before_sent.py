"""The store may be away between the relay's yes and its record, and the bounce be filed first."""

from tests.factories import NOW, make_analysis, make_facts, make_silent_plan
from tests.store.steps import file_one
from triage.ports import Store


async def test_a_bounce_filed_before_its_letter_is_recorded_as_sent_stays_unacknowledged(store: Store) -> None:
    reference = await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    bounce = make_silent_plan(outcome="returned_letter", joins=reference, lane=None, bounce_is_permanent=True)
    await file_one(store, plan=bounce, analysis=make_analysis(facts=make_facts(returned_ids=(letter.message_id,))))
    await store.record_sent(letter, NOW)
    assert [waiting for waiting, _ in await store.unacknowledged()] == [reference]


async def test_a_letter_recorded_as_sent_acknowledges_its_enquiry(store: Store) -> None:
    await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    await store.record_sent(letter, NOW)
    assert await store.unacknowledged() == ()
