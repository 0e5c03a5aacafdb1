"""Mails to staff: one for each occasion, sent by an outbox, never twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.factories import NOW, make_analysis, make_silent_plan
from tests.service.fakes import Clock, FakeRelay
from tests.store.steps import file_one
from triage.adapters.store.notices import NOT_SENT_ALARM
from triage.adapters.store.sql_store import SqlStore
from triage.domain.mail_facts import MailFacts
from triage.domain.notices import Notice
from triage.domain.vocabulary import Lane
from triage.service.outbox import Outbox


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


async def test_the_log_names_a_notice_as_one_and_no_letter(store: SqlStore) -> None:
    await store.put_notices([a_notice()], NOW)
    outbox = Outbox(store=store.notice_queue, sender=FakeRelay(), worker="w", clock=Clock(NOW), id_name="notice_id")
    with capture_logs() as logged:
        assert await outbox.send_next()
    assert [("notice_id" in line, "letter_id" in line) for line in logged] == [(True, False)]


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
    assert await store.staff_not_reached() == ()
    await queue.record_undelivered(letter, "refused", "relay_refused", NOW)
    assert [alarm.code for alarm in await store.alarms()] == [NOT_SENT_ALARM]
    assert await store.staff_not_reached() == ("dpo@larkfield.example",)
    assert await queue.clear_alarm(NOT_SENT_ALARM, None, NOW)
    assert await queue.raise_alarm(NOT_SENT_ALARM, None, NOW)


async def test_a_notice_whose_worker_died_is_never_sent_a_second_time(store: SqlStore) -> None:
    await store.put_notices([a_notice()], NOW)
    queue = store.notice_queue
    assert await queue.claim_letter("dead", NOW) is not None
    assert await queue.claim_letter("worker", NOW + timedelta(hours=1)) is None
    assert [alarm.code for alarm in await store.alarms()] == [NOT_SENT_ALARM]


async def test_the_alarm_names_what_was_not_told_and_the_address_is_well_once_a_mail_arrives(store: SqlStore) -> None:
    queue = store.notice_queue
    await store.put_notices([replace(a_notice("overdue:x"), reference="DP-2026-00042-K7/1")], NOW)
    letter = await queue.claim_letter("worker", NOW)
    assert letter is not None
    await queue.record_undelivered(letter, "refused", "relay_refused", NOW)
    (alarm,) = await store.alarms()
    assert (alarm.code, alarm.reference) == (NOT_SENT_ALARM, "DP-2026-00042-K7/1")
    await store.put_notices([a_notice()], NOW)
    letter = await queue.claim_letter("worker", NOW)
    assert letter is not None
    await queue.record_sent(letter, NOW)
    assert await store.staff_not_reached() == ()
    assert len(await store.alarms()) == 1  # what was not told stays untold until a person has seen it


@pytest.mark.parametrize("for_good", [True, False])
async def test_a_notice_that_comes_back_for_good_is_an_alarm_too(store: SqlStore, for_good: bool) -> None:
    await store.put_notices([a_notice()], NOW)
    letter = await store.notice_queue.claim_letter("worker", NOW)
    assert letter is not None
    await store.notice_queue.record_sent(letter, NOW)
    report = make_silent_plan(lane=Lane.AUTOMATIC_MAIL, bounce_is_permanent=for_good)
    analysis = make_analysis(facts=MailFacts(returned_ids=(letter.message_id,)))
    await file_one(store, plan=report, analysis=analysis)
    lost = [NOT_SENT_ALARM] if for_good else []
    assert [alarm.code for alarm in await store.alarms()] == lost
    assert len(await store.staff_not_reached()) == len(lost)
