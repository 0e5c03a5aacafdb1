"""The do-not-contact list: who is on it however they are spelt, who put them there, and how they come off."""

from datetime import timedelta

import pytest

from tests.factories import NOW, SECRET, make_analysis, make_case, make_classification, make_enquiry, make_silent_plan
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store.addresses import address_hash
from triage.adapters.store.opt_outs import was_opted_out_before
from triage.adapters.store.sql_store import SqlStore
from triage.domain.do_not_contact import ContactPoint, contact_point
from triage.domain.enquiry import Correspondent
from triage.domain.records import SuppressionCount
from triage.domain.vocabulary import Channel, Kind, Nation


def point(text: str) -> ContactPoint:
    found = contact_point(text)
    assert found is not None
    return found


async def add(
    store: SqlStore, text: str, reference: str | None = None, channel: Channel = Channel.PHONE
) -> bool | None:
    return await store.suppress(point(text), channel, reference, by="Bo", now=NOW)


async def is_on(store: SqlStore, *texts: str) -> tuple[bool, ...]:
    return await store.suppressed([point(text) for text in texts])


async def opt_out_by_mail(store: SqlStore, address: str) -> str:
    """A filed sure opt-out; its reference."""
    classification = make_classification(kinds=(Kind.OPT_OUT,))
    read = make_enquiry(sender=Correspondent(name="Ana", address=address))
    plan = make_silent_plan(cases=(make_case(Kind.OPT_OUT),), classification=classification)
    analysis = make_analysis(enquiry=read, classification=classification)
    return await file_item(store, await claim_one(store), plan=plan, analysis=analysis)


async def events(store: SqlStore, reference: str) -> list[dict[str, object]]:
    shown = await store.show_case(reference)
    assert shown is not None
    journal = shown["journal"]
    assert isinstance(journal, list)
    return [entry for entry in journal if "do_not_contact" in entry["event"]]


async def test_who_is_added_by_hand_is_on_the_list_in_any_spelling_of_the_mailbox(store: SqlStore) -> None:
    assert await add(store, "Ana@Customer.example")
    spelt = ("ana@customer.example", "ANA@CUSTOMER.EXAMPLE", "ana+news@customer.example", "bo@customer.example")
    assert await is_on(store, *spelt) == (True, True, True, False)


async def test_a_tagged_address_brings_its_mailbox_along(store: SqlStore) -> None:
    await add(store, "a.na+news@gmail.com")
    spelt = ("ana@gmail.com", "a.n.a@googlemail.com", "a.na+news@gmail.com", "an@gmail.com")
    assert await is_on(store, *spelt) == (True, True, True, False)


async def test_a_sure_opt_out_by_mail_is_there_as_its_mailbox_too(store: SqlStore) -> None:
    await opt_out_by_mail(store, "ana+news@customer.example")
    assert await is_on(store, "ana+news@customer.example", "ana@customer.example") == (True, True)


async def test_a_number_is_on_the_list_however_it_is_written_and_is_no_address(store: SqlStore) -> None:
    assert await add(store, "01632 960 123")
    assert await is_on(store, "+44 (0)1632 960123", "1632960123", "01632 960 124") == (True, True, False)
    assert [(one.scope, one.lines) for one in await store.suppression_counts(Nation.ENGLAND)] == [("calls", 1)]


async def test_a_second_time_changes_nothing_and_says_so(store: SqlStore) -> None:
    assert await add(store, "ana@customer.example") is True
    assert await add(store, "ana@customer.example", channel=Channel.CHAT) is False
    (count,) = await store.suppression_counts(Nation.ENGLAND)
    assert count == SuppressionCount(month="2026-11", scope="marketing", channel="phone", lines=1)


async def test_an_addition_for_a_case_is_written_down_there_without_the_address(store: SqlStore) -> None:
    reference = await file_one(store)
    assert await add(store, "ana@customer.example", f"{reference.lower()}/1")
    (entry,) = await events(store, f"{reference}/1")
    assert (entry["chain"], entry["event"]) == (f"{reference}/1", "do_not_contact_recorded")
    assert "customer.example" not in str(entry)
    assert await store.verify_journal() == ()


async def test_for_an_unknown_case_nothing_is_added(store: SqlStore) -> None:
    assert await add(store, "ana@customer.example", "DP-2026-99999-K7") is None
    assert await is_on(store, "ana@customer.example") == (False,)


async def test_who_is_lifted_is_off_the_list_with_the_reason_on_the_thread(store: SqlStore) -> None:
    reference = await opt_out_by_mail(store, "ana+news@customer.example")
    assert await store.lift_suppression(point("ana+news@customer.example"), "She rang.", by="Bo", now=NOW)
    assert await is_on(store, "ana+news@customer.example", "ana@customer.example") == (False, False)
    assert [(one["event"], one["text"]) for one in await events(store, reference)] == [
        ("do_not_contact_recorded", None),
        ("do_not_contact_lifted", "She rang."),
    ]
    assert await store.suppression_counts(Nation.ENGLAND) == ()
    assert await store.verify_journal() == ()


async def test_lifting_a_number_and_lifting_nobody(store: SqlStore) -> None:
    await add(store, "01632 960 123")
    assert not await store.lift_suppression(point("ana@customer.example"), "He rang.", by="Bo", now=NOW)
    assert await store.lift_suppression(point("+441632960123"), "He rang.", by="Bo", now=NOW)
    assert await is_on(store, "01632960123") == (False,)
    assert await store.verify_journal() == ()


@pytest.mark.parametrize(("later", "before"), [(timedelta(0), False), (timedelta(seconds=1), True)])
async def test_who_opted_out_before_this_message_is_known(store: SqlStore, later: timedelta, *, before: bool) -> None:
    await opt_out_by_mail(store, "ana@customer.example")
    async with store._database.read() as connection:
        hashed = address_hash(SECRET, "Ana@customer.example")
        assert await was_opted_out_before(connection, hashed, NOW + later) is before
        other = address_hash(SECRET, "bo@customer.example")
        assert not await was_opted_out_before(connection, other, NOW + later)


async def test_an_empty_list_holds_nobody(store: SqlStore) -> None:
    assert await is_on(store, "ana@customer.example", "01632960123") == (False, False)
    assert await store.suppressed([]) == ()
    assert await store.suppression_counts(Nation.ENGLAND) == ()
