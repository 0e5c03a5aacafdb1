"""A letter is claimed before it is handed over, and one that may have gone is never sent again."""

import asyncio
from datetime import timedelta

import pytest

from tests.factories import NOW, make_analysis, make_case, make_enquiry, make_plan, make_silent_plan
from tests.store.conftest import OpenStore
from tests.store.steps import file_one
from triage.domain.enquiry import Correspondent
from triage.ports import Letter, Store


async def claim(store: Store, worker: str = "worker") -> Letter:
    """The next letter, which must be there."""
    letter = await store.claim_letter(worker, NOW)
    assert letter is not None
    return letter


async def state_of(store: Store, reference: str) -> tuple[str, int, str]:
    """State, attempts and code of the thread's only letter."""
    shown = await store.show_case(reference)
    assert shown is not None
    (letter,) = shown["letters"]  # type: ignore[misc]
    return letter["state"], letter["attempts"], letter["code"]


async def events_of(store: Store, reference: str) -> list[str]:
    """The thread's journal, by its events."""
    shown = await store.show_case(reference)
    assert shown is not None
    return [entry["event"] for entry in shown["journal"] if entry["chain"] == reference]  # type: ignore[attr-defined]


async def test_letters_go_out_in_the_order_they_were_queued(store: Store) -> None:
    references = [await file_one(store) for _ in range(3)]
    assert [(await claim(store)).reference for _ in references] == references
    assert await store.claim_letter("worker", NOW) is None


async def test_two_senders_at_once_never_hold_the_same_letter(store: Store, open_another: OpenStore) -> None:
    other = await open_another()
    for _ in range(12):
        await file_one(store)
    claimed = await asyncio.gather(*((store, other)[turn % 2].claim_letter("w", NOW) for turn in range(16)))
    ids = [letter.id for letter in claimed if letter is not None]
    while more := await store.claim_letter("w", NOW):
        ids.append(more.id)
    assert len(ids) == len(set(ids)) == 12


async def test_a_sent_letter_is_recorded_and_never_offered_again(store: Store, open_another: OpenStore) -> None:
    reference = await file_one(store)
    letter = await claim(store)
    assert await state_of(await open_another(), reference) == ("sending", 0, "")
    await store.record_sent(letter, NOW)
    await store.record_sent(letter, NOW)
    assert await state_of(store, reference) == ("sent", 1, "")
    assert await store.claim_letter("worker", NOW + timedelta(days=9)) is None
    assert await store.release_claims(None, NOW) == 0
    assert await events_of(store, reference) == ["enquiry_received", "letter_queued", "letter_sent"]


async def test_a_deferred_letter_waits_for_its_next_try(store: Store) -> None:
    reference = await file_one(store)
    await store.record_deferred(await claim(store), "451", NOW + timedelta(minutes=5), NOW)
    assert await store.claim_letter("worker", NOW + timedelta(minutes=4)) is None
    again = await store.claim_letter("worker", NOW + timedelta(minutes=5))
    assert again is not None
    assert again.attempts == 1
    assert (await events_of(store, reference))[-1] == "letter_deferred"


@pytest.mark.parametrize("state", ["refused", "unclear"])
async def test_an_undelivered_letter_is_an_alarm_and_leaves_its_enquiry_unacknowledged(
    store: Store, state: str
) -> None:
    reference = await file_one(store)
    await store.record_undelivered(await claim(store), state, "550", NOW)
    assert await state_of(store, reference) == (state, 1, "550")
    assert [(alarm.code, alarm.reference) for alarm in await store.alarms()] == [(f"letter_{state}", reference)]
    assert [thread for thread, _ in await store.unacknowledged()] == [reference]
    assert await store.claim_letter("worker", NOW + timedelta(days=9)) is None
    assert (await events_of(store, reference))[-1] == f"letter_{state}"
    assert await store.verify_journal() == ()


async def test_a_letter_cannot_end_in_a_state_of_fancy(store: Store) -> None:
    await file_one(store)
    letter = await claim(store)
    with pytest.raises(ValueError, match="queued"):
        await store.record_undelivered(letter, "queued", "", NOW)


async def test_a_letter_of_a_worker_that_died_becomes_unclear_and_is_never_sent_again(
    store: Store, open_another: OpenStore
) -> None:
    reference = await file_one(store)
    dying = await open_another()
    await claim(dying, "dying")
    await dying.close()
    assert await store.claim_letter("worker", NOW) is None
    assert await store.release_claims("someone else", NOW) == 0
    assert await store.release_claims("dying", NOW) == 1
    assert await state_of(store, reference) == ("unclear", 1, "stranded")
    assert await store.claim_letter("worker", NOW + timedelta(days=1)) is None
    assert [alarm.code for alarm in await store.alarms()] == ["letter_unclear"]


async def test_a_letter_whose_claim_is_older_than_its_lease_becomes_unclear(open_another: OpenStore) -> None:
    store = await open_another(letter_lease_s=60)
    reference = await file_one(store)
    letter = await claim(store)
    assert await store.strand_stale_letters(NOW + timedelta(seconds=60)) == 0
    assert await store.strand_stale_letters(NOW + timedelta(seconds=61)) == 1
    assert await state_of(store, reference) == ("unclear", 1, "stranded")
    # The worker was slow, not dead, and says what it knows.
    await store.record_sent(letter, NOW)
    assert await state_of(store, reference) == ("sent", 1, "")
    assert await store.alarms() == ()
    assert await store.verify_journal() == ()


async def test_the_lease_of_a_letter_outlasts_two_slow_handovers_and_is_not_that_of_items(store: Store) -> None:
    await file_one(store)
    await claim(store)
    assert await store.strand_stale_letters(NOW + timedelta(minutes=14)) == 0
    assert await store.strand_stale_letters(NOW + timedelta(minutes=16)) == 1


async def test_a_stranded_letter_that_surely_did_not_go_is_tried_again(open_another: OpenStore) -> None:
    store = await open_another(letter_lease_s=60)
    reference = await file_one(store)
    letter = await claim(store)
    later = NOW + timedelta(seconds=61)
    await store.strand_stale_letters(later)
    await store.record_deferred(letter, "451", NOW, later)
    assert await state_of(store, reference) == ("queued", 1, "451")
    assert await store.alarms() == ()
    again = await claim(store)
    await store.record_sent(again, later)
    assert await store.unacknowledged() == ()
    events = ["letter_queued", "letter_unclear", "letter_deferred", "letter_sent"]
    assert (await events_of(store, reference))[1:] == events
    assert await store.verify_journal() == ()


async def test_a_letter_whose_line_broke_is_never_put_back(store: Store) -> None:
    reference = await file_one(store)
    letter = await claim(store)
    await store.record_undelivered(letter, "unclear", "line_broke", NOW)
    await store.record_deferred(letter, "451", NOW, NOW)
    assert await state_of(store, reference) == ("unclear", 1, "line_broke")
    assert [alarm.code for alarm in await store.alarms()] == ["letter_unclear"]


@pytest.mark.parametrize("stranded", [False, True])
async def test_who_held_a_letter_before_cannot_put_it_back_under_who_holds_it_now(store: Store, stranded: bool) -> None:
    reference = await file_one(store)
    earlier = await claim(store)
    await store.record_deferred(earlier, "451", NOW, NOW)
    await claim(store, "another")
    if stranded:
        await store.strand_stale_letters(NOW + timedelta(hours=1))
    await store.record_deferred(earlier, "451", NOW, NOW)  # its answer was lost, so it says so again
    assert (await state_of(store, reference))[0] == ("unclear" if stranded else "sending")


async def file_in_thread(store: Store, reference: str, serial: int, **enquiry: object) -> None:
    """A follow-up with an acknowledgement of its own."""
    plan = make_plan(outcome="follow_up", joins=reference)
    await file_one(store, plan=plan, serial=serial, analysis=make_analysis(enquiry=make_enquiry(**enquiry)))


async def test_the_alarm_of_an_unclear_letter_stands_while_another_one_is_unclear(store: Store) -> None:
    reference = await file_one(store)
    ben = Correspondent(name="", address="ben@customer.example")
    await file_in_thread(store, reference, 2, sender=ben)
    first, second = await claim(store), await claim(store)
    for letter in (first, second):
        await store.record_undelivered(letter, "unclear", "line_broke", NOW)
    await store.record_sent(second, NOW)
    assert [alarm.code for alarm in await store.alarms()] == ["letter_unclear"]
    await store.record_sent(first, NOW)
    assert await store.alarms() == ()


@pytest.mark.parametrize("state", ["refused", "unclear"])
async def test_a_later_letter_to_the_same_person_clears_the_alarm(store: Store, state: str) -> None:
    reference = await file_one(store)
    await store.record_undelivered(await claim(store), state, "x", NOW)
    other = await file_one(store)
    await store.record_sent(await claim(store), NOW)
    assert other != reference
    assert len(await store.alarms()) == 1
    await file_in_thread(store, reference, 2)
    await store.record_sent(await claim(store), NOW)
    assert await store.alarms() == ()


async def test_an_alarm_stands_once_until_it_is_cleared(store: Store) -> None:
    assert await store.raise_alarm("mailbox_silent", None, NOW)
    assert not await store.raise_alarm("mailbox_silent", None, NOW + timedelta(hours=1))
    assert await store.raise_alarm("mailbox_silent", "DP-2026-00001-K7", NOW + timedelta(hours=2))
    assert [alarm.raised_at for alarm in await store.alarms()] == [NOW, NOW + timedelta(hours=2)]
    await store.clear_alarm("mailbox_silent", None, NOW + timedelta(hours=3))
    assert [alarm.reference for alarm in await store.alarms()] == ["DP-2026-00001-K7"]
    assert await store.raise_alarm("mailbox_silent", None, NOW + timedelta(hours=4))
    assert (await store.health(NOW)).alarms == 2


async def test_a_letter_that_has_been_sent_acknowledges_its_enquiry(store: Store) -> None:
    await file_one(store, plan=make_silent_plan(cases=(make_case(),), not_acknowledged=True))
    reference = await file_one(store)
    letter = await claim(store)
    await store.record_undelivered(letter, "unclear", "lost", NOW)
    assert len(await store.unacknowledged()) == 2
    await store.record_sent(letter, NOW)
    assert reference not in [thread for thread, _ in await store.unacknowledged()]


async def test_health_counts_letters_that_wait_to_be_sent(store: Store) -> None:
    await file_one(store)
    await file_one(store)
    await store.record_sent(await claim(store), NOW)
    health = await store.health(NOW + timedelta(seconds=40))
    assert (health.letters_waiting, health.oldest_letter_age_s) == (1, 40)
