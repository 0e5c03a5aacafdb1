"""A person's other word on a reading: written in one transaction, counted without a trace of the message."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import (
    CONTROLLER,
    NOW,
    make_analysis,
    make_case,
    make_classification,
    make_enquiry,
    make_plan,
    make_silent_plan,
)
from tests.store.conftest import OpenStore
from tests.store.steps import file_one
from triage.cli.case import _queue
from triage.domain.relabelling import relabel as decide
from triage.domain.vocabulary import Kind, Lane, OtherRight
from triage.errors import NotDone
from triage.parsing.rules import load_policy
from triage.ports import CorrectionCount, Store
from triage.service.chat_link import DeskStore
from triage.service.review import relabel

POLICY = replace(load_policy(Path(__file__).parents[2] / "rules"), controllers=(CONTROLLER,))
LATER = NOW + timedelta(days=9)
WORDS = "a secret about Ana"


async def say(store: Store, reference: str, *kinds: Kind, rights: tuple[OtherRight, ...] = (), **more: int) -> None:
    await relabel(store, reference, kinds, rights, POLICY, by="dpo", now=LATER, **more)


async def journal_of(store: Store, reference: str) -> list[tuple[str, dict[str, object]]]:
    shown = await store.show_case(reference)
    assert shown is not None
    return [(entry["event"], json.loads(entry["facts"])) for entry in shown["journal"]]  # type: ignore[attr-defined]


async def test_a_missed_request_opens_its_case_with_the_clock_of_the_first_receipt(store: Store) -> None:
    read = make_enquiry(received_at=datetime(2026, 11, 10, 12, tzinfo=UTC))
    reading = make_classification(kinds=())
    plan = make_silent_plan(lane=Lane.NOT_REQUESTS, classification=reading)
    analysis = make_analysis(enquiry=read, classification=reading)
    reference = await file_one(store, plan=plan, analysis=analysis)
    await say(store, reference, Kind.ACCESS)
    (case,) = await store.list_cases()
    assert (case.reference, case.kind, case.state, case.lane) == (f"{reference}/1", "access", "open", "new")
    assert (case.received_on, case.statutory_due) == ("2026-11-10", "2026-12-10")
    shown = await store.show_case(f"{reference}/1")
    assert shown is not None
    received = {"case": f"{reference}/1", "event": "received", "event_on": "2026-11-10", "undone": False}
    assert shown["clock"] == [received]
    assert await store.unacknowledged() == ((reference, read.received_at),)
    assert await store.to_look_at() == ()
    events = [event for event, _ in await journal_of(store, f"{reference}/1")]
    assert events == ["enquiry_received", "relabelled", "case_opened"]
    assert await store.verify_journal() == ()


async def test_a_kind_nobody_asked_for_is_set_aside_and_its_letter_does_not_leave(store: Store) -> None:
    reference = await file_one(store, plan=make_plan(cases=(make_case(), make_case(Kind.DELETION))))
    await say(store, reference, Kind.DELETION)
    states = {case.kind: case.state for case in await store.list_cases()}
    assert states == {"access": "set_aside", "deletion": "open"}
    assert await store.claim_letter("worker", LATER) is None
    (row,) = await store.list_enquiries()
    assert (row.kinds, row.letter, row.not_acknowledged) == (("deletion",), "acknowledgement discarded", True)
    entries = await journal_of(store, f"{reference}/1")
    assert ("case_set_aside", {"by": "dpo"}) in entries
    assert ("letter_discarded", {"letter": 1, "by": "dpo"}) in entries
    (facts,) = [facts for event, facts in entries if event == "relabelled"]
    assert (facts["before"], facts["kinds"], facts["set_aside"], facts["opened"]) == (
        ["access", "deletion"],
        ["deletion"],
        [1],
        [],
    )
    assert await store.verify_journal() == ()


async def test_a_letter_on_its_way_is_not_called_back(store: Store) -> None:
    reference = await file_one(store)
    assert await store.claim_letter("worker", NOW) is not None
    await say(store, reference)
    (letter,) = await store.list_letters()
    assert letter.state == "sending"
    assert "letter_discarded" not in [event for event, _ in await journal_of(store, reference)]


async def test_where_a_letter_leaves_between_the_look_and_the_word_nothing_is_written(store: Store) -> None:
    reference = await file_one(store)
    known = await store.labelled(reference)
    assert known is not None
    change = decide(known, (), (), POLICY, LATER)
    assert change is not None
    assert len(change.discards) == 1
    assert await store.claim_letter("worker", NOW) is not None
    assert await store.relabel(known, change, "2026-11", by="dpo", now=LATER) is None
    assert [case.state for case in await store.list_cases()] == ["open"]
    assert await store.corrections() == ()


async def test_what_asks_nothing_after_all_has_been_looked_at(store: Store) -> None:
    plan = make_plan(lane=Lane.NEEDS_PERSON, not_acknowledged=True, letter=None, no_letter_because="held")
    reference = await file_one(store, plan=plan)
    await say(store, reference)
    (row,) = await store.list_enquiries()
    assert (row.lane, row.kinds, row.not_acknowledged) == ("not_requests", (), False)
    assert (await store.health(LATER)).to_look_at == 0
    await say(store, reference, Kind.ACCESS)  # and back: another case, the old one stays as it is
    assert [(case.reference[-2:], case.state) for case in await store.list_cases()] == [
        ("/1", "set_aside"),
        ("/2", "open"),
    ]


async def queue(store: DeskStore) -> list[str]:
    """What waits for a person without a case: the subjects, as `triage case list` has them."""
    return [row.subject for row in (await _queue(store, POLICY))[1]]


async def follow_up(store: Store, thread: str, lane: Lane, subject: str, **changes: object) -> None:
    """A message that joins a thread and opens no case."""
    reading = make_classification(kinds=())
    plan = make_silent_plan(outcome="follow_up", joins=thread, lane=lane, classification=reading, **changes)
    await file_one(store, plan=plan, analysis=make_analysis(enquiry=make_enquiry(subject=subject)))


@pytest.mark.parametrize("lane", [Lane.URGENT, Lane.NEEDS_PERSON])
async def test_a_message_without_a_kind_leaves_the_queue_once_a_person_says_that_it_asks_nothing(
    store: DeskStore, lane: Lane
) -> None:
    reading = make_classification(kinds=())
    plan = make_silent_plan(lane=lane, classification=reading, not_acknowledged=True)
    reference = await file_one(store, plan=plan, analysis=make_analysis(enquiry=make_enquiry(subject="first")))
    assert await queue(store) == ["first"]
    await say(store, reference)
    assert await queue(store) == []
    with pytest.raises(NotDone, match=r"^nothing would change: .* already taken to ask for nothing"):
        await say(store, reference)


@pytest.mark.parametrize("kinds", [(), (Kind.ACCESS,), (Kind.COMPLAINT,)])
async def test_a_persons_word_takes_every_message_of_the_thread_out_of_the_queue(
    store: DeskStore, kinds: tuple[Kind, ...]
) -> None:
    reference = await file_one(store)
    await follow_up(store, reference, Lane.NEW_MESSAGE, "when?")
    await follow_up(store, reference, Lane.URGENT, "they know where I live", not_acknowledged=True)
    assert await queue(store) == ["they know where I live", "when?"]
    await say(store, reference, *kinds)
    assert await queue(store) == []
    now = {(): "not_requests", (Kind.ACCESS,): "new", (Kind.COMPLAINT,): "complaints"}[kinds]
    assert [row.lane for row in await store.list_enquiries()] == [now, now, "urgent"]
    assert {row.not_acknowledged for row in (await store.list_enquiries())[2:]} == {bool(kinds)}
    assert await store.to_look_at() == ()


async def test_a_message_that_joins_after_a_persons_word_waits_until_they_speak_again(store: DeskStore) -> None:
    reference = await file_one(store)
    await say(store, reference, Kind.DELETION)
    await follow_up(store, reference, Lane.NEW_MESSAGE, "and now?")
    assert {case.lane for case in await store.list_cases() if case.state == "open"} == {"new_message"}
    await say(store, reference, Kind.DELETION)
    assert await queue(store) == []
    assert {case.lane for case in await store.list_cases() if case.state == "open"} == {"new"}
    with pytest.raises(NotDone, match=r"^nothing would change"):
        await say(store, reference, Kind.DELETION)


async def test_a_doubted_case_leaves_the_lane_of_doubts(store: Store) -> None:
    unsure = make_classification(needs_person=True)
    reference = await file_one(store, plan=make_plan(lane=Lane.NEEDS_PERSON, classification=unsure))
    await say(store, reference, Kind.ACCESS)
    (case,) = await store.list_cases()
    assert (case.lane, case.state) == ("new", "open")
    (row,) = await store.list_enquiries()
    assert row.lane == "new"


async def test_another_right_is_remembered_and_the_reading_stays(store: Store) -> None:
    reference = await file_one(store)
    await say(store, reference, Kind.ACCESS, Kind.OTHER_RIGHT, rights=(OtherRight.RESTRICTION,))
    known = await store.labelled(reference)
    assert known is not None
    assert (known.kinds, known.rights) == ((Kind.ACCESS, Kind.OTHER_RIGHT), (OtherRight.RESTRICTION,))
    assert [reading.kinds for reading in known.readings] == [(Kind.ACCESS,)]
    with pytest.raises(NotDone, match=r"^nothing would change: .* already taken to ask for access, other_right, restr"):
        await say(store, reference, Kind.OTHER_RIGHT, Kind.ACCESS, rights=(OtherRight.RESTRICTION,))


async def test_an_unknown_reference_a_stale_version_and_no_change_are_told_apart(store: Store) -> None:
    reference = await file_one(store)
    known = await store.labelled(reference)
    assert known is not None
    with pytest.raises(NotDone, match=r"^there is no enquiry DP-2026-99999-K7$"):
        await say(store, "DP-2026-99999-K7", Kind.ACCESS)
    with pytest.raises(NotDone, match=f"^nothing would change: {reference} is already taken to ask for access$"):
        await say(store, reference, Kind.ACCESS)
    follow_up = make_silent_plan(outcome="follow_up", joins=reference, lane=Lane.NEW_MESSAGE)
    await file_one(store, plan=follow_up, analysis=make_analysis())
    with pytest.raises(NotDone, match=f"^{reference} has changed since you looked"):
        await say(store, reference, Kind.DELETION, version=known.version)
    (case,) = await store.list_cases()
    assert case.state == "open"
    assert await store.corrections() == ()


async def test_of_two_people_at_once_one_is_told_to_look_again(open_another: OpenStore) -> None:
    stores = [await open_another(), await open_another()]
    reference = await file_one(stores[0])
    done = await asyncio.gather(
        *(say(store, reference, kind) for store, kind in zip(stores, (Kind.DELETION, Kind.COMPLAINT), strict=True)),
        return_exceptions=True,
    )
    refused = [one for one in done if one is not None]
    if refused:  # else one came wholly after the other, and relabelled what the first had said
        assert [type(one) for one in refused] == [NotDone]
    assert len([case for case in await stores[0].list_cases() if case.state == "open"]) == 1
    assert await stores[0].verify_journal() == ()


async def test_a_version_that_is_over_writes_nothing(store: Store) -> None:
    reference = await file_one(store)
    known = await store.labelled(reference)
    assert known is not None
    await say(store, reference, Kind.DELETION)
    before = await store.show_case(reference)
    change = decide(known, [], [], POLICY, LATER)
    assert change is not None
    assert await store.relabel(known, change, "2026-12", by="dpo", now=LATER) is None
    assert await store.show_case(reference) == before


async def test_corrections_are_counted_by_kinds_witness_and_month_and_by_nothing_else(store: Store) -> None:
    for _ in range(2):
        read = make_enquiry(full_text=WORDS, subject=WORDS)
        reference = await file_one(store, analysis=make_analysis(enquiry=read))
        await say(store, reference, Kind.DELETION)
    await say(store, reference, Kind.DELETION, Kind.COMPLAINT)
    assert await store.corrections() == (
        CorrectionCount(month="2026-12", kind_read="access", kind_meant="deletion", witness="rule", count=2),
        CorrectionCount(month="2026-12", kind_read="none", kind_meant="complaint", witness="model", count=1),
    )
    async with store._database.read() as connection:  # type: ignore[attr-defined]
        kept = (await connection.execute(text("SELECT * FROM correction"))).mappings().all()
        facts = (await connection.execute(text("SELECT facts FROM journal"))).scalars().all()
    assert set(kept[0]) == {"month", "kind_read", "kind_meant", "witness", "count"}
    assert not [said for said in facts if WORDS in said or "customer.example" in said]


async def test_an_opt_out_set_aside_is_not_carried_out_any_more(store: Store) -> None:
    asks = make_classification(kinds=(Kind.OPT_OUT,))
    plan = make_plan(classification=asks, cases=(make_case(Kind.OPT_OUT),))
    reference = await file_one(store, plan=plan, analysis=make_analysis(classification=asks))
    assert [one.reference for one in await store.opt_outs_to_carry_out("automatic")] == [reference]  # type: ignore[attr-defined]
    await say(store, reference, Kind.ACCESS)
    assert await store.opt_outs_to_carry_out("automatic") == ()  # type: ignore[attr-defined]


async def test_a_new_message_may_ask_again_for_what_was_set_aside(store: Store) -> None:
    reference = await file_one(store)
    await say(store, reference)
    plan = make_plan(outcome="follow_up", joins=reference, letter=None, no_letter_because="a reply")
    await file_one(store, plan=plan)
    assert [(case.state, case.received_on) for case in await store.list_cases()] == [
        ("set_aside", str(date(2026, 11, 23))),
        ("open", str(date(2026, 11, 23))),
    ]


@pytest.mark.parametrize("forwarded", [False, True])
async def test_an_opt_out_that_was_missed_is_on_the_do_not_contact_list_at_once(store: Store, forwarded: bool) -> None:
    read = make_enquiry(forward_of="bo@customer.example" if forwarded else None)
    reading = make_classification(kinds=())
    plan = make_silent_plan(lane=Lane.NOT_REQUESTS, classification=reading)
    reference = await file_one(store, plan=plan, analysis=make_analysis(enquiry=read, classification=reading))
    await say(store, reference, Kind.OPT_OUT)
    listed = [one.reference for one in await store.opt_outs_to_carry_out("automatic")]  # type: ignore[attr-defined]
    assert listed == ([] if forwarded else [reference])
    assert ("do_not_contact_recorded" in [event for event, _ in await journal_of(store, reference)]) is not forwarded
    assert await store.verify_journal() == ()
