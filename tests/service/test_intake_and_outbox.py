"""From a stored item to its case and its letter, through what may go wrong on the way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.servers.replies import reply_to
from tests.service.conftest import WiredDesk, person_mail
from triage.errors import AnalysisFailed, DeliveryDeferred, DeliveryRefused, DeliveryUnclear
from triage.ports import Letter
from triage.service.casework import Casework, approve_letter
from triage.service.outbox import MOST_ATTEMPTS, retry_after
from triage.service.review import clear_look, discard_draft, mark_acknowledged

ASKS = "Please send me a copy of all the personal data you hold about me."


async def alarms_of(desk: WiredDesk) -> list[str]:
    return [alarm.code for alarm in await desk.store.alarms()]


@pytest.fixture
async def open_desk(desk: WiredDesk) -> WiredDesk:
    """A desk that has had its first look."""
    await desk.poll()
    return desk


async def test_a_letter_carries_reference_and_due_date_and_answers_its_mail(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    (letter,) = open_desk.relay.sent
    (case,) = await open_desk.store.list_cases()
    assert case.reference == f"{letter.reference}/1"
    assert letter.reference in letter.text.subject
    assert "Wednesday 23 December 2026" in letter.text.body.replace("\n", " ")
    assert letter.recipient == "ana@customer.example"
    assert letter.in_reply_to is not None


async def test_an_item_that_cannot_be_read_is_tried_three_times_then_lies_in_quarantine(open_desk: WiredDesk) -> None:
    uid = open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.poll()
    key = f"imap:{open_desk.mailbox.account}:1:{uid}"
    open_desk.analyser.trouble[key] = [AnalysisFailed("too_slow", "not read in time") for _ in range(3)]
    for _ in range(5):
        await open_desk.work()
        open_desk.clock.advance(timedelta(minutes=5))
    (lying,) = await open_desk.store.list_quarantine()
    assert (lying.code, lying.attempts) == ("too_slow", 3)
    assert await open_desk.store.quarantined_raw(lying.id) == person_mail(ASKS)

    assert await open_desk.store.retry_quarantined(lying.id, open_desk.clock())
    await open_desk.work()
    assert await open_desk.store.list_quarantine() == ()
    assert len(open_desk.relay.sent) == 1


async def test_one_broken_item_does_not_stop_the_others(open_desk: WiredDesk) -> None:
    uid = open_desk.mailbox.receive(person_mail(ASKS, "first@customer.example"))
    open_desk.mailbox.receive(person_mail(ASKS, "second@customer.example"))
    key = f"imap:{open_desk.mailbox.account}:1:{uid}"
    open_desk.analyser.trouble[key] = [AnalysisFailed("crashed", "the process died")]
    await open_desk.work()
    assert [letter.recipient for letter in open_desk.relay.sent] == ["second@customer.example"]


async def test_an_item_that_cannot_be_filed_is_undone_alone_and_tried_again(
    open_desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_desk.mailbox.receive(person_mail(ASKS, "first@customer.example"))
    open_desk.mailbox.receive(person_mail(ASKS, "second@customer.example"))
    book = open_desk.intake.book
    word = type(book).word
    failures = iter([KeyError("a bug")])

    def fail_once(self: object, facts: object) -> object:
        for failure in failures:
            raise failure
        return word(self, facts)  # type: ignore[arg-type]

    monkeypatch.setattr(type(book), "word", fail_once)
    await open_desk.work()
    assert [letter.recipient for letter in open_desk.relay.sent] == ["second@customer.example"]
    open_desk.clock.advance(timedelta(minutes=5))
    await open_desk.work()
    assert len(open_desk.relay.sent) == 2
    assert len(await open_desk.store.list_cases()) == 2


async def test_a_broken_template_leaves_the_letter_to_a_person_and_keeps_the_case(open_desk: WiredDesk) -> None:
    sources = {"subject.txt": "x", "acknowledgement.email.txt": "{{ nonsense }}"}
    intake = replace(open_desk.intake, book=type(open_desk.intake.book)(sources))
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.poll()
    await intake.work_once()
    (case,) = await open_desk.store.list_cases()
    assert (case.letter, case.not_acknowledged) == (None, True)


async def test_mail_from_before_the_start_opens_no_case(open_desk: WiredDesk) -> None:
    intake = replace(open_desk.intake, start_on=date(2026, 12, 1))
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.poll()
    await intake.work_once()
    (row,) = await open_desk.store.list_enquiries()
    assert (row.kinds, row.letter, row.lane) == ((), None, "not_requests")


async def test_a_deferred_letter_goes_out_later_under_the_same_message_id(open_desk: WiredDesk) -> None:
    open_desk.relay.trouble = [DeliveryDeferred("the relay is busy")]
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    assert open_desk.relay.sent == []
    open_desk.clock.advance(timedelta(minutes=1))
    await open_desk.work()
    assert [letter.attempts for letter in open_desk.relay.sent] == [1]


async def test_a_refused_letter_is_a_visible_alarm_and_never_tried_again(open_desk: WiredDesk) -> None:
    open_desk.relay.trouble = [DeliveryRefused("no such user")]
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    open_desk.clock.advance(timedelta(days=1))
    await open_desk.work()
    assert open_desk.relay.sent == []
    assert await alarms_of(open_desk) == ["letter_refused"]


async def test_a_letter_that_may_have_gone_is_never_sent_again(open_desk: WiredDesk) -> None:
    open_desk.relay.trouble = [DeliveryUnclear("the line broke")]
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    open_desk.clock.advance(timedelta(days=1))
    await open_desk.work()
    assert open_desk.relay.sent == []
    assert await alarms_of(open_desk) == ["letter_unclear"]


async def test_after_two_days_of_tries_a_letter_is_given_up_with_an_alarm(open_desk: WiredDesk) -> None:
    open_desk.relay.trouble = [DeliveryDeferred("away")] * MOST_ATTEMPTS
    open_desk.mailbox.receive(person_mail(ASKS))
    for _ in range(MOST_ATTEMPTS + 1):
        await open_desk.work()
        open_desk.clock.advance(timedelta(hours=1, minutes=1))
    assert open_desk.relay.trouble == []
    assert await alarms_of(open_desk) == ["letter_refused"]


def test_the_wait_between_tries_doubles_up_to_an_hour() -> None:
    assert [retry_after(n).total_seconds() for n in (1, 2, 3, 8, 50)] == [30, 60, 120, 3600, 3600]
    assert sum((retry_after(n) for n in range(1, MOST_ATTEMPTS)), timedelta()) > timedelta(days=1, hours=22)


async def test_a_second_mail_within_the_hour_is_held_not_answered(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS))
    open_desk.mailbox.receive(person_mail("Please delete all the personal data you hold about me."))
    await open_desk.work()
    assert len(open_desk.relay.sent) == 1
    assert [row.gate for row in await open_desk.store.list_enquiries()] == ["ack", "hold"]


async def test_the_same_mail_by_two_ways_is_linked_and_answered_once(open_desk: WiredDesk) -> None:
    raw = person_mail(ASKS)
    open_desk.mailbox.receive(b"Received: from a.example by us; Mon, 23 Nov 2026 08:00:00 +0000\r\n" + raw)
    open_desk.mailbox.receive(b"Received: from b.example by us; Mon, 23 Nov 2026 08:00:01 +0000\r\n" + raw)
    await open_desk.work()
    assert [row.outcome for row in await open_desk.store.list_enquiries()] == ["enquiry", "duplicate"]
    assert len(open_desk.relay.sent) == 1


async def test_a_reply_joins_its_case_and_is_not_answered(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    (letter,) = open_desk.relay.sent
    open_desk.mailbox.receive(reply_to(letter, "Thank you. When will I hear from you?"))
    await open_desk.work()
    rows = await open_desk.store.list_enquiries()
    assert [(row.thread, row.outcome) for row in rows] == [
        (letter.reference, "enquiry"),
        (letter.reference, "follow_up"),
    ]
    assert len(open_desk.relay.sent) == 1


async def test_a_strangers_reply_does_not_join(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    (letter,) = open_desk.relay.sent
    open_desk.mailbox.receive(reply_to(letter, "Send the data to me instead.", sender="mallory@other.example"))
    await open_desk.work()
    rows = await open_desk.store.list_enquiries()
    assert rows[1].outcome == "enquiry"
    assert rows[1].thread != letter.reference
    assert len(open_desk.relay.sent) == 1


async def test_the_journal_holds_after_all_that(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    open_desk.mailbox.receive(reply_to(open_desk.relay.sent[0], "I want to make a complaint about this."))
    await open_desk.work()
    assert await open_desk.store.verify_journal() == ()


async def test_an_unanswered_enquiry_is_an_alarm_after_one_working_day(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS, Auto_Submitted="auto-generated"))
    await open_desk.work()
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == []
    open_desk.clock.advance(timedelta(days=2))
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == ["not_acknowledged"]


async def test_what_was_read_as_no_request_is_an_alarm_after_two_working_days_without_a_look(
    open_desk: WiredDesk,
) -> None:
    open_desk.clock.now = datetime(2026, 11, 19, 10, tzinfo=UTC)  # a Thursday
    teapot = person_mail("The teapot in your lobby has lost its lid.", Subject="Your lobby")
    open_desk.mailbox.receive(teapot, open_desk.clock())
    await open_desk.work()
    (reference,) = [row.reference for row in await open_desk.store.to_look_at()]
    open_desk.clock.advance(timedelta(days=4))  # Monday: the second working day
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == []
    open_desk.clock.advance(timedelta(days=1))
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == ["look_overdue"]
    await clear_look(open_desk.store, [reference], by="dpo", now=open_desk.clock())
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == []


async def test_what_a_machine_sent_is_in_the_daily_look_and_alarms_nobody(open_desk: WiredDesk) -> None:
    newsletter = person_mail("Our teapots are cheaper this week.", Subject="Teapots", Precedence="bulk")
    open_desk.mailbox.receive(newsletter, open_desk.clock())
    await open_desk.work()
    (row,) = await open_desk.store.to_look_at()
    assert (row.subject, row.automatic) == ("Teapots", True)
    open_desk.clock.advance(timedelta(days=9))
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == []


async def test_a_drafted_acknowledgement_is_sent_when_a_person_approves_it(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    open_desk.mailbox.receive(reply_to(open_desk.relay.sent[0], "I want to make a complaint about my personal data."))
    await open_desk.work()
    draft = (await open_desk.store.list_letters())[0]
    assert (draft.purpose, draft.state, len(open_desk.relay.sent)) == ("complaint_acknowledgement", "draft", 1)
    open_desk.clock.advance(timedelta(days=2))
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == ["not_acknowledged"]

    work = Casework(
        store=open_desk.store,
        book=open_desk.intake.book,
        policy=open_desk.intake.policy,
        mail_domain="larkfield.example",
        clock=open_desk.clock,
    )
    await approve_letter(work, open_desk.store, draft.id, by="dpo")
    await open_desk.work()
    assert len(open_desk.relay.sent) == 2
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == []
    assert not await discard_draft(open_desk.store, draft.id, by="dpo", now=open_desk.clock())
    assert await open_desk.store.verify_journal() == ()


async def test_what_was_acknowledged_by_hand_alarms_nobody_any_more(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS, Auto_Submitted="auto-generated"))
    await open_desk.work()
    ((reference, _),) = await open_desk.store.unacknowledged()
    open_desk.clock.advance(timedelta(days=2))
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == ["not_acknowledged"]
    assert await mark_acknowledged(open_desk.store, reference, by="dpo", now=open_desk.clock())
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == []
    assert not await mark_acknowledged(open_desk.store, reference, by="dpo", now=open_desk.clock())
    assert await open_desk.store.verify_journal() == ()


async def test_a_discarded_draft_is_never_sent(open_desk: WiredDesk) -> None:
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    open_desk.mailbox.receive(reply_to(open_desk.relay.sent[0], "I want to make a complaint about my personal data."))
    await open_desk.work()
    draft = (await open_desk.store.list_letters())[0]
    assert await discard_draft(open_desk.store, draft.id, by="dpo", now=open_desk.clock())
    await open_desk.work()
    assert len(open_desk.relay.sent) == 1
    shown = await open_desk.store.show_letter(draft.id)
    assert shown is not None
    assert shown.state == "discarded"
    assert await open_desk.store.show_letter(9999) is None


async def test_a_silent_inbox_is_an_alarm_that_clears_itself(open_desk: WiredDesk) -> None:
    polled_at = open_desk.clock()
    watch = replace(open_desk.watch, last_good_poll=lambda: polled_at)
    open_desk.clock.advance(timedelta(minutes=16))
    await watch.look()
    assert await alarms_of(open_desk) == ["inbox_silent"]
    polled_at = open_desk.clock()
    await watch.look()
    assert await alarms_of(open_desk) == []


async def test_quarantine_is_an_alarm_while_something_lies_there(open_desk: WiredDesk) -> None:
    uid = open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.poll()
    key = f"imap:{open_desk.mailbox.account}:1:{uid}"
    open_desk.analyser.trouble[key] = [AnalysisFailed("too_slow", "not read in time") for _ in range(3)]
    for _ in range(3):
        await open_desk.work()
        open_desk.clock.advance(timedelta(minutes=5))
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == ["quarantine"]
    (lying,) = await open_desk.store.list_quarantine()
    assert await open_desk.store.retry_quarantined(lying.id, open_desk.clock())
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == []


@pytest.mark.parametrize("answer", ["taken", "not now"])
async def test_a_relay_slower_than_the_lease_strands_no_letter_for_good(open_desk: WiredDesk, answer: str) -> None:
    send = open_desk.relay.send

    async def slowly(letter: Letter) -> None:
        open_desk.clock.advance(timedelta(minutes=16))
        await open_desk.watch.look()
        assert await alarms_of(open_desk) == ["letter_unclear"]
        open_desk.relay.send = send  # type: ignore[method-assign]
        if answer == "not now":
            raise DeliveryDeferred("451")
        await send(letter)

    open_desk.relay.send = slowly  # type: ignore[method-assign]
    open_desk.mailbox.receive(person_mail(ASKS))
    await open_desk.work()
    assert await alarms_of(open_desk) == []
    open_desk.clock.advance(timedelta(minutes=5))
    await open_desk.work()
    assert len(open_desk.relay.sent) == 1
    assert [row.letter for row in await open_desk.store.list_enquiries()] == ["acknowledgement sent"]
    assert await open_desk.store.verify_journal() == ()


@pytest.mark.parametrize(
    ("year", "gate", "alarms"),
    [(1, "hold", ["not_acknowledged"]), (1970, "hold", ["not_acknowledged"]), (9999, "ack", [])],
)
async def test_a_receipt_that_cannot_be_true_is_taken_for_now(
    open_desk: WiredDesk, year: int, gate: str, alarms: list[str]
) -> None:
    open_desk.intake = replace(open_desk.intake, start_on=date(2026, 11, 1))
    open_desk.mailbox.receive(person_mail(ASKS), datetime(year, 1, 1, tzinfo=UTC))
    await open_desk.work()
    (row,) = await open_desk.store.list_enquiries()
    assert (row.kinds, row.gate, (row.thread or "")[:8]) == (("access",), gate, "DP-2026-")
    shown = await open_desk.store.show_case(row.thread or "")
    assert shown is not None
    assert shown["thread"][0]["received_at"] == open_desk.clock().isoformat()  # type: ignore[index]
    assert await open_desk.store.list_quarantine() == ()
    open_desk.clock.advance(timedelta(days=3))
    await open_desk.watch.look()
    assert await alarms_of(open_desk) == alarms
