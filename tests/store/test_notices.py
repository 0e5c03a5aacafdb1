"""Mails to staff: one for each occasion, sent by an outbox, never twice."""

from datetime import timedelta

from tests.factories import NOW
from triage.adapters.store.notices import NOT_SENT_ALARM
from triage.adapters.store.sql_store import SqlStore
from triage.domain.notices import Notice


def a_notice(key: str = "digest:2026-11-23:dpo") -> Notice:
    return Notice(
        key=key,
        purpose="digest",
        reference="",
        to="dpo@larkfield.example",
        subject="Today",
        body="Two cases.\n",
        why="two cases wait",
    )


async def test_an_occasion_has_one_notice_however_often_it_is_put(store: SqlStore) -> None:
    assert await store.put_notices([a_notice(), a_notice("overdue:x")], NOW) == 2
    assert await store.put_notices([a_notice(), a_notice("overdue:y")], NOW) == 1


async def test_a_notice_sent_is_not_handed_out_again(store: SqlStore) -> None:
    await store.put_notices([a_notice()], NOW)
    queue = store.notice_queue
    letter = await queue.claim_letter("worker", NOW)
    assert letter is not None
    assert (letter.recipient, letter.text.subject) == ("dpo@larkfield.example", "Today")
    await queue.record_sent(letter, NOW)
    assert await queue.claim_letter("worker", NOW + timedelta(days=1)) is None
    assert await store.put_notices([a_notice()], NOW) == 0


async def test_a_deferred_notice_waits_for_its_next_try(store: SqlStore) -> None:
    await store.put_notices([a_notice()], NOW)
    queue = store.notice_queue
    letter = await queue.claim_letter("worker", NOW)
    assert letter is not None
    await queue.record_deferred(letter, "deferred", NOW + timedelta(minutes=5), NOW)
    assert await queue.claim_letter("worker", NOW + timedelta(minutes=4)) is None
    again = await queue.claim_letter("worker", NOW + timedelta(minutes=6))
    assert again is not None
    assert again.attempts == 1


async def test_a_notice_that_cannot_be_sent_is_an_alarm(store: SqlStore) -> None:
    await store.put_notices([a_notice()], NOW)
    queue = store.notice_queue
    letter = await queue.claim_letter("worker", NOW)
    assert letter is not None
    await queue.record_undelivered(letter, "refused", "relay_refused", NOW)
    assert [alarm.code for alarm in await store.alarms()] == [NOT_SENT_ALARM]
    assert await queue.clear_alarm(NOT_SENT_ALARM, None, NOW)
    assert await queue.raise_alarm(NOT_SENT_ALARM, None, NOW)


async def test_a_notice_whose_worker_died_is_never_sent_a_second_time(store: SqlStore) -> None:
    await store.put_notices([a_notice()], NOW)
    queue = store.notice_queue
    assert await queue.claim_letter("dead", NOW) is not None
    assert await queue.claim_letter("worker", NOW + timedelta(hours=1)) is None
    assert [alarm.code for alarm in await store.alarms()] == [NOT_SENT_ALARM]
