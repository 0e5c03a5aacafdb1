"""What the store knows of an item before it is decided: twins, thread, limits, bounces."""

from datetime import datetime, timedelta

import pytest

from tests.factories import (
    NOW,
    SECRET,
    make_analysis,
    make_case,
    make_enquiry,
    make_facts,
    make_plan,
    make_silent_plan,
)
from tests.store.steps import claim_one, file_item, file_one
from triage.domain.enquiry import Correspondent
from triage.domain.plan import Analysis, History, SentCounts
from triage.domain.reference import make_message_id
from triage.domain.vocabulary import Kind
from triage.ports import Store

STRANGER = Correspondent(name="", address="someone@elsewhere.example")


async def history_of(store: Store, analysis: Analysis, now: datetime = NOW, **item: object) -> History:
    """The history of a fresh item with this analysis; the item is set aside."""
    received = await claim_one(store, **item)
    async with store.filing() as filer:
        history = await filer.history(received, analysis, now)
    await store.fail_item(received, "set_aside", None, now)
    return history


def reply(reference_in_subject: str = "", **changes: object) -> Analysis:
    """A mail from Ana, or with `sender` from someone else."""
    facts = make_facts(
        thread_ids=changes.pop("thread_ids", ()),
        returned_ids=changes.pop("returned_ids", ()),
    )
    enquiry = make_enquiry(subject=f"Re: your letter {reference_in_subject}", **changes)
    return make_analysis(enquiry=enquiry, facts=facts)


async def test_an_empty_store_knows_nothing(store: Store) -> None:
    assert await history_of(store, make_analysis()) == History()


async def test_backlog_comes_from_the_item(store: Store) -> None:
    assert (await history_of(store, make_analysis(), backlog=True)).backlog


async def test_the_same_message_id_and_content_is_a_duplicate(store: Store) -> None:
    enquiry = make_enquiry()
    reference = await file_one(store, analysis=make_analysis(enquiry=enquiry))
    history = await history_of(store, make_analysis(enquiry=enquiry))
    assert (history.duplicate_of, history.same_id_other_content) == (reference, None)


async def test_the_same_message_id_with_other_content_is_another_mail(store: Store) -> None:
    first = make_enquiry()
    reference = await file_one(store, analysis=make_analysis(enquiry=first))
    other = make_enquiry(message_id=first.message_id)
    history = await history_of(store, make_analysis(enquiry=other))
    assert (history.duplicate_of, history.same_id_other_content) == (None, reference)


async def test_a_mail_without_message_id_is_known_by_its_bytes(store: Store) -> None:
    nameless = make_analysis(enquiry=make_enquiry(message_id=None))
    raw = b"From: ana@customer.example\r\n\r\nHello\r\n"
    reference = await file_item(store, await claim_one(store, raw=raw), analysis=nameless)
    assert (await history_of(store, nameless, raw=raw)).duplicate_of == reference
    assert (await history_of(store, nameless, raw=raw + b"!")).duplicate_of is None
    # Of an oversized mail only the head was fetched: two heads alike are not two mails alike.
    assert (await history_of(store, nameless, raw=raw, size_bytes=40_000_000)).duplicate_of is None


async def test_a_duplicate_of_a_joined_message_names_the_thread(store: Store) -> None:
    reference = await file_one(store)
    enquiry = make_enquiry()
    joined = make_silent_plan(outcome="follow_up", joins=reference)
    await file_one(store, plan=joined, analysis=make_analysis(enquiry=enquiry))
    assert (await history_of(store, make_analysis(enquiry=enquiry))).duplicate_of == reference


async def test_a_reply_is_tied_by_our_own_message_id(store: Store) -> None:
    plan = make_plan(cases=(make_case(), make_case(Kind.DELETION)))
    reference = await file_one(store, plan=plan)
    own_id = make_message_id(SECRET, reference, "acknowledgement", 1, "larkfield.example")
    thread = (await history_of(store, reply(thread_ids=("<x@y.example>", own_id)))).thread
    assert thread is not None
    assert (thread.reference, thread.tie, thread.sender_is_participant) == (reference, "our_message_id", True)
    assert (thread.open_kinds, thread.case_count) == ((Kind.ACCESS, Kind.DELETION), 2)


async def test_a_stranger_with_our_message_id_is_no_participant(store: Store) -> None:
    reference = await file_one(store)
    own_id = make_message_id(SECRET, reference, "acknowledgement", 1, "larkfield.example")
    thread = (await history_of(store, reply(thread_ids=(own_id,), sender=STRANGER))).thread
    assert thread is not None
    assert (thread.reference, thread.sender_is_participant) == (reference, False)


async def test_an_own_message_id_with_a_forged_key_ties_nothing(store: Store) -> None:
    reference = await file_one(store)
    forged = make_message_id(b"guessed", reference, "acknowledgement", 1, "larkfield.example")
    assert (await history_of(store, reply(thread_ids=(forged,)))).thread is None


async def test_a_reply_is_tied_by_a_message_we_hold(store: Store) -> None:
    first = make_enquiry()
    reference = await file_one(store, analysis=make_analysis(enquiry=first))
    thread = (await history_of(store, reply(thread_ids=(first.message_id,)))).thread
    assert thread is not None
    assert (thread.reference, thread.tie, thread.sender_is_participant) == (reference, "known_message_id", True)


async def test_a_reply_is_tied_by_a_reference_in_the_subject_whatever_the_case_of_letters(store: Store) -> None:
    reference = await file_one(store)
    ana = Correspondent(name="", address="ANA@customer.EXAMPLE")
    thread = (await history_of(store, reply(reference.lower(), sender=ana))).thread
    assert thread is not None
    assert (thread.reference, thread.tie, thread.sender_is_participant) == (reference, "reference", True)


async def test_a_reference_nobody_was_given_ties_nothing(store: Store) -> None:
    assert (await history_of(store, reply("DP-2026-00042-A0 DP-2026-00001-K7"))).thread is None


async def test_of_several_threads_the_one_the_sender_takes_part_in_wins(store: Store) -> None:
    strangers = await file_one(store, analysis=make_analysis(enquiry=make_enquiry(sender=STRANGER)))
    anas = await file_one(store)
    foreign_id = make_message_id(SECRET, strangers, "acknowledgement", 1, "larkfield.example")
    thread = (await history_of(store, reply(anas, thread_ids=(foreign_id,)))).thread
    assert thread is not None
    assert (thread.reference, thread.tie, thread.sender_is_participant) == (anas, "reference", True)


async def test_a_bounce_is_tied_by_the_letter_it_returns(store: Store) -> None:
    reference = await file_one(store)
    own_id = make_message_id(SECRET, reference, "acknowledgement", 1, "larkfield.example")
    daemon = Correspondent(name="", address="mailer-daemon@customer.example")
    thread = (await history_of(store, reply(returned_ids=(own_id,), sender=daemon))).thread
    assert thread is not None
    assert (thread.reference, thread.tie, thread.sender_is_participant) == (reference, "our_message_id", False)


async def test_a_robot_returning_a_customers_message_is_tied_to_nothing(store: Store) -> None:
    first = make_enquiry()
    await file_one(store, analysis=make_analysis(enquiry=first))
    assert (await history_of(store, reply(returned_ids=(first.message_id,), sender=STRANGER))).thread is None


async def test_a_mail_without_sender_takes_part_in_nothing(store: Store) -> None:
    reference = await file_one(store)
    history = await history_of(store, reply(reference, sender=None))
    assert history.thread is not None
    assert not history.thread.sender_is_participant
    assert history.sent == SentCounts()


async def test_a_mail_with_thousands_of_references_is_looked_up_by_the_last_ones(store: Store) -> None:
    reference = await file_one(store)
    own_id = make_message_id(SECRET, reference, "acknowledgement", 1, "larkfield.example")
    noise = tuple(f"<{number}@noise.example>" for number in range(40_000))
    assert (await history_of(store, reply(thread_ids=(*noise, own_id)))).thread is not None
    assert (await history_of(store, reply(thread_ids=(own_id, *noise)))).thread is None


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (
            timedelta(minutes=9),
            SentCounts(sender_hour=2, sender_day=2, sender_30_days=2, domain_day=3, global_10_minutes=4),
        ),
        (timedelta(minutes=59), SentCounts(sender_hour=2, sender_day=2, sender_30_days=2, domain_day=3)),
        (timedelta(hours=23), SentCounts(sender_day=2, sender_30_days=2, domain_day=3)),
        (timedelta(days=29), SentCounts(sender_30_days=2)),
        (timedelta(days=31), SentCounts()),
    ],
)
async def test_letters_are_counted_by_sender_domain_and_all(
    store: Store, later: timedelta, expected: SentCounts
) -> None:
    for address in ("ana@customer.example", "ANA@Customer.example", "ben@customer.example", "cem@else.example"):
        enquiry = make_enquiry(sender=Correspondent(name="", address=address))
        await file_one(store, analysis=make_analysis(enquiry=enquiry))
    history = await history_of(store, make_analysis(), now=NOW + later)
    assert history.sent == expected


async def test_a_letter_returned_for_good_bars_its_recipient_for_60_days(store: Store) -> None:
    reference = await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    await store.record_sent(letter, NOW)
    daemon = Correspondent(name="", address="mailer-daemon@customer.example")
    bounce = reply(returned_ids=(letter.message_id,), sender=daemon)
    plan = make_silent_plan(
        outcome="returned_letter", joins=reference, lane=None, bounce_is_permanent=True, address_is_dead=True
    )
    await file_one(store, plan=plan, analysis=bounce)
    assert (await history_of(store, make_analysis())).hard_bounced
    assert (await history_of(store, make_analysis(), now=NOW + timedelta(days=59))).hard_bounced
    assert not (await history_of(store, make_analysis(), now=NOW + timedelta(days=61))).hard_bounced
    assert [(alarm.code, alarm.reference) for alarm in await store.alarms()] == [("ack_not_delivered", reference)]
    assert [thread for thread, _ in await store.unacknowledged()] == [reference]
    shown = await store.show_case(reference)
    assert shown is not None
    (sent,) = shown["letters"]  # type: ignore[misc]
    assert (sent["state"], sent["undelivered_at"]) == ("sent", NOW.isoformat())
    daemon_history = await history_of(store, reply(reference, sender=daemon))
    assert daemon_history.thread is not None
    assert not daemon_history.thread.sender_is_participant


async def test_a_letter_that_failed_for_another_reason_than_a_dead_address_bars_nobody(store: Store) -> None:
    reference = await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    await store.record_sent(letter, NOW)
    plan = make_silent_plan(outcome="returned_letter", joins=reference, lane=None, bounce_is_permanent=True)
    await file_one(store, plan=plan, analysis=reply(returned_ids=(letter.message_id,), sender=STRANGER))
    assert not (await history_of(store, make_analysis())).hard_bounced
    assert [alarm.code for alarm in await store.alarms()] == ["ack_not_delivered"]
    assert [thread for thread, _ in await store.unacknowledged()] == [reference]


async def test_only_the_letter_that_was_returned_counts_as_not_delivered(store: Store) -> None:
    reference = await file_one(store)
    ben = Correspondent(name="", address="ben@customer.example")
    second = make_plan(outcome="follow_up", joins=reference)
    await file_one(store, plan=second, serial=2, analysis=make_analysis(enquiry=make_enquiry(sender=ben)))
    first = await store.claim_letter("worker", NOW)
    other = await store.claim_letter("worker", NOW)
    assert first is not None
    assert other is not None
    for letter in (first, other):
        await store.record_sent(letter, NOW)
    dead = make_silent_plan(
        outcome="returned_letter", joins=reference, lane=None, bounce_is_permanent=True, address_is_dead=True
    )
    # A made-up report that answers Ana's letter and returns nothing of ours blames no letter.
    await file_one(store, plan=dead, analysis=reply(thread_ids=(first.message_id,), returned_ids=("<x@y.example>",)))
    assert not (await history_of(store, make_analysis())).hard_bounced
    assert await store.unacknowledged() == ()
    await file_one(store, plan=dead, analysis=reply(returned_ids=(first.message_id,)))
    assert (await history_of(store, make_analysis())).hard_bounced
    bens = make_analysis(enquiry=make_enquiry(sender=ben))
    assert not (await history_of(store, bens)).hard_bounced


async def test_what_a_robot_returns_is_tied_by_our_key_alone(store: Store) -> None:
    reference = await file_one(store)
    own_id = make_message_id(SECRET, reference, "acknowledgement", 1, "larkfield.example")
    guessed = make_message_id(b"a guess at our key", reference, "acknowledgement", 1, "larkfield.example")
    tied = [(await history_of(store, reply(returned_ids=(one,), sender=STRANGER))).thread for one in (own_id, guessed)]
    assert [thread is not None for thread in tied] == [True, False]


async def test_an_automatic_reply_is_noted_and_changes_nothing(store: Store) -> None:
    reference = await file_one(store)
    plan = make_silent_plan(outcome="returned_letter", joins=reference, lane=None)
    await file_one(store, plan=plan)
    assert await store.alarms() == ()
    assert not (await history_of(store, make_analysis())).hard_bounced
    (case,) = await store.list_cases()
    assert (case.state, case.lane) == ("open", "new")


async def test_a_bounce_of_a_thread_without_letter_is_an_alarm_all_the_same(store: Store) -> None:
    reference = await file_one(store, plan=make_silent_plan(cases=(make_case(),)))
    plan = make_silent_plan(outcome="returned_letter", joins=reference, lane=None, bounce_is_permanent=True)
    await file_one(store, plan=plan)
    assert [alarm.code for alarm in await store.alarms()] == ["ack_not_delivered"]


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("ana@customer.example", ("ana+1@customer.example", "ANA+x+y@customer.example")),
        ("v.ictim@gmail.com", ("victim@gmail.com", "Vic.tim+9@googlemail.com", "v.i.c.t.i.m@GoogleMail.com")),
    ],
)
async def test_limits_count_mailboxes_not_spellings(store: Store, written: str, counted: tuple[str, ...]) -> None:
    await file_one(store, analysis=make_analysis(enquiry=make_enquiry(sender=Correspondent(name="", address=written))))
    for spelling in counted:
        enquiry = make_enquiry(sender=Correspondent(name="", address=spelling))
        assert (await history_of(store, make_analysis(enquiry=enquiry))).sent.sender_hour == 1, spelling


@pytest.mark.parametrize("other", ["anna@customer.example", "a.na@customer.example", "ana@customer2.example"])
async def test_mailboxes_that_only_look_alike_are_counted_apart(store: Store, other: str) -> None:
    await file_one(store)
    enquiry = make_enquiry(sender=Correspondent(name="", address=other))
    assert (await history_of(store, make_analysis(enquiry=enquiry))).sent.sender_hour == 0


async def test_a_tagged_spelling_of_a_participant_takes_no_part(store: Store) -> None:
    reference = await file_one(store)
    tagged = Correspondent(name="", address="ana+1@customer.example")
    thread = (await history_of(store, reply(reference, sender=tagged))).thread
    assert thread is not None
    assert not thread.sender_is_participant


async def test_a_standing_alarm_of_the_limit_over_all_senders_is_known_until_it_is_cleared(store: Store) -> None:
    await file_one(store, alarms=("sending_limit",))
    assert [(alarm.code, alarm.reference) for alarm in await store.alarms()] == [("sending_limit", None)]
    assert (await history_of(store, make_analysis(), now=NOW + timedelta(days=9))).sent.breaker_open
    assert await store.clear_alarm("sending_limit", None, NOW)
    assert not await store.clear_alarm("sending_limit", None, NOW)
    assert not (await history_of(store, make_analysis())).sent.breaker_open
