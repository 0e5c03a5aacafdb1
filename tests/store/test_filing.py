"""Filing writes everything of a decided item, or nothing."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.factories import (
    CONTROLLER,
    NOW,
    make_analysis,
    make_case,
    make_dates,
    make_enquiry,
    make_filing,
    make_letter_facts,
    make_plan,
    make_planned_letter,
    make_silent_plan,
)
from tests.store.conftest import OpenStore
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store import filing
from triage.domain.enquiry import Correspondent
from triage.domain.reference import find_references, make_reference
from triage.domain.vocabulary import Kind, Lane, LetterPurpose
from triage.errors import ClaimLost
from triage.ports import Filer, Item, Store


async def test_an_enquiry_is_filed_with_its_cases_letter_and_journal(store: Store) -> None:
    plan = make_plan(cases=(make_case(), make_case(Kind.COMPLAINT, next_step_on=date(2026, 11, 23))))
    enquiry = make_enquiry(references=("<older@customer.example>",), message_id="<m1@customer.example>")
    reference = await file_one(store, plan=plan, analysis=make_analysis(enquiry=enquiry))
    assert find_references(reference) == (reference,)
    first, second = await store.list_cases()
    assert (first.reference, first.kind) == (f"{reference}/2", "complaint")
    assert (second.reference, second.kind, second.state, second.lane) == (f"{reference}/1", "access", "open", "new")
    assert (second.sender, second.controller) == ("Ana@Customer.example", CONTROLLER.name)
    assert (second.received_on, second.statutory_due, second.safe_due) == ("2026-11-23", "2026-12-23", "2026-12-22")
    assert (second.next_step, second.next_step_on) == ("Check who is asking", "2026-11-24")
    assert (second.letter, second.not_acknowledged) == ("acknowledgement queued", False)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    assert (letter.reference, letter.purpose, letter.recipient) == (
        reference,
        "acknowledgement",
        "Ana@Customer.example",
    )
    assert letter.in_reply_to == "<m1@customer.example>"
    assert letter.references == ("<older@customer.example>", "<m1@customer.example>")
    assert letter.text.subject == f"We have your message ({reference})"
    assert await store.verify_journal() == ()
    assert (await store.health(NOW)).items_waiting == 0


async def test_a_shown_case_has_thread_letters_clock_reasons_and_journal(store: Store) -> None:
    plan = make_plan(cases=(make_case(), make_case(Kind.DELETION)))
    reference = await file_one(store, plan=plan)
    whole = await store.show_case(reference.lower())
    assert whole is not None
    assert whole["reference"] == reference
    assert [case["reference"] for case in whole["cases"]] == [f"{reference}/1", f"{reference}/2"]  # type: ignore[attr-defined]
    assert [entry["event"] for entry in whole["journal"]] == [  # type: ignore[attr-defined]
        "enquiry_received",
        "letter_queued",
        "case_opened",
        "case_opened",
    ]
    one = await store.show_case(f"{reference}/2")
    assert one is not None
    (case,), (message,), (letter,) = one["cases"], one["thread"], one["letters"]  # type: ignore[misc]
    assert (case["kind"], case["statutory_due"], case["version"]) == ("deletion", "2026-12-23", 1)
    assert case["trace"] == ["received on 23 November 2026", "one calendar month: 23 December 2026"]
    assert message["sender"] == {"name": "Ana Example", "address": "Ana@Customer.example"}
    assert message["gate"] == {"answer": "ack", "reasons": []}
    assert message["classification"]["scores"]["access"] == 0.97
    assert (letter["state"], letter["body"]) == ("queued", "Thank you.\n")
    received = {"case": f"{reference}/2", "event": "received", "event_on": "2026-11-23", "undone": False}
    assert one["clock"] == [received]
    assert one["reasons"][0]["text"] == "a copy of everything"  # type: ignore[index]
    assert await store.show_case(f"{reference}/3") is None
    assert await store.show_case("DP-2026-99999-A1") is None


async def test_a_kind_without_a_date_keeps_it_empty(store: Store) -> None:
    dates = make_dates(kind=Kind.COMPLAINT, statutory_due=None, safe_due=None, starts_on=None)
    await file_one(store, plan=make_plan(cases=(make_case(Kind.COMPLAINT, dates=dates),)))
    (row,) = await store.list_cases()
    assert (row.statutory_due, row.safe_due) == (None, None)


async def test_nothing_of_a_broken_off_filing_is_seen(store: Store) -> None:
    item = await claim_one(store)

    async def file_and_crash() -> None:
        async with store.filing() as filer:
            await filer.file(make_filing(item, await filer.next_reference(2026)))
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        await file_and_crash()
    assert await store.list_cases() == ()
    assert await store.claim_letter("worker", NOW) is None
    assert (await store.health(NOW)).items_waiting == 1
    assert await file_one(store) == await first_reference(store)


async def first_reference(store: Store) -> str:
    """The reference of the only enquiry."""
    (row,) = await store.list_cases()
    return row.reference.partition("/")[0]


async def test_a_cancelled_filing_leaves_nothing_and_the_store_usable(store: Store) -> None:
    item = await claim_one(store)
    written = asyncio.Event()

    async def file_and_hang() -> None:
        async with store.filing() as filer:
            await filer.file(make_filing(item, await filer.next_reference(2026)))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(file_and_hang())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.list_cases() == ()
    async with store.filing() as filer:
        await filer.file(make_filing(item, await filer.next_reference(2026)))
    assert len(await store.list_cases()) == 1


async def test_one_bad_item_in_a_batch_is_undone_alone(store: Store) -> None:
    good, bad, later = [await claim_one(store) for _ in range(3)]
    drawn = []

    async def file_and_break(filer: Filer) -> None:
        async with filer.savepoint():
            drawn.append(await filer.next_reference(2026))
            await filer.file(make_filing(bad, drawn[0]))
            raise RuntimeError("broken")

    async with store.filing() as filer:
        await filer.file(make_filing(good, await filer.next_reference(2026)))
        with pytest.raises(RuntimeError, match="broken"):
            await file_and_break(filer)
        drawn.append(await filer.next_reference(2026))
        async with filer.savepoint():
            await filer.file(make_filing(later, drawn[1]))
    assert drawn[0] == drawn[1]
    assert len(await store.list_cases()) == 2
    assert await store.verify_journal() == ()
    await store.release_claims("worker", NOW)
    (left,) = await store.claim_items("worker", 9, NOW)
    assert left.id == bad.id


async def test_filings_at_once_draw_different_references(store: Store, open_another: OpenStore) -> None:
    other = await open_another()
    items = [await claim_one(store) for _ in range(12)]

    async def file(turn: int, item: Item) -> str:
        async with (store, other)[turn % 2].filing() as filer:
            reference = await filer.next_reference(2026)
            await asyncio.sleep(0)
            await filer.file(make_filing(item, reference))
            return reference

    references = await asyncio.gather(*(file(turn, item) for turn, item in enumerate(items)))
    numbers = sorted(int(reference.split("-")[2]) for reference in references)
    assert numbers == list(range(1, 13))


async def test_the_history_of_a_filing_sees_every_filing_before_it(store: Store, open_another: OpenStore) -> None:
    """Two workers with the same mail: whoever files second must see the first, or two letters would go out."""
    other = await open_another()
    items = [await claim_one(store) for _ in range(8)]
    analysis = make_analysis()

    async def file(turn: int, item: Item) -> str | None:
        async with (store, other)[turn % 2].filing() as filer:
            history = await filer.history(item, analysis, NOW)
            await asyncio.sleep(0.005)
            if history.duplicate_of is None:
                await filer.file(make_filing(item, await filer.next_reference(2026), analysis=analysis))
            return history.duplicate_of

    seen = await asyncio.gather(*(file(turn, item) for turn, item in enumerate(items)))
    assert seen.count(None) == 1


async def test_each_year_counts_from_one(store: Store) -> None:
    async with store.filing() as filer:
        drawn = [await filer.next_reference(year) for year in (2026, 2026, 2027, 2026)]
    assert [reference[:13] for reference in drawn] == [
        "DP-2026-00001",
        "DP-2026-00002",
        "DP-2027-00001",
        "DP-2026-00003",
    ]


@pytest.mark.parametrize(("taken", "look_ahead"), [((1, 2), 200), ((1,), 200), ((1, 2, 3, 4), 2), ((3,), 200)])
async def test_a_number_somebody_has_already_is_stepped_over(
    store: Store, monkeypatch: pytest.MonkeyPatch, taken: tuple[int, ...], look_ahead: int
) -> None:
    monkeypatch.setattr(filing, "_LOOK_AHEAD", look_ahead)
    for number in taken:
        item = await claim_one(store, key=f"taken-{number}")
        async with store.filing() as filer:
            adopts = make_silent_plan(adopts=make_reference(2026, number))
            await filer.file(make_filing(item, "", plan=adopts))
    free = [number for number in range(1, 9) if number not in taken][:3]
    drawn = [await file_item(store, await claim_one(store, key=f"new-{number}")) for number in free]
    assert drawn == [make_reference(2026, number) for number in free]
    assert await store.verify_journal() == ()


async def test_the_search_for_a_free_number_ends(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "_LOOKS", 0)
    item = await claim_one(store)
    async with store.filing() as filer:
        await filer.file(make_filing(item, "", plan=make_silent_plan(adopts=make_reference(2026, 1))))
    with pytest.raises(RuntimeError, match="no free reference of 2026"):
        async with store.filing() as filer:
            await filer.next_reference(2026)


async def test_an_item_filed_by_another_worker_cannot_be_filed_again(open_another: OpenStore) -> None:
    store = await open_another(lease_s=0)
    item = await claim_one(store)
    (taken_over,) = await store.claim_items("other", 1, NOW + timedelta(seconds=1))
    assert taken_over.id == item.id
    async with store.filing() as filer:
        await filer.file(make_filing(taken_over, await filer.next_reference(2026)))
    with pytest.raises(ClaimLost):
        await file_item(store, item)
    await store.fail_item(item, "crash", None, NOW)
    assert await store.list_quarantine() == ()
    assert len(await store.list_cases()) == 1


async def test_the_same_letter_cannot_be_queued_twice(store: Store) -> None:
    reference = await file_one(store)
    item = await claim_one(store)
    again = make_plan(outcome="follow_up", joins=reference, cases=())
    with pytest.raises(IntegrityError):
        await file_item(store, item, plan=again)
    async with store.filing() as filer:
        serial = await filer.next_serial(reference, "acknowledgement")
        assert await filer.next_serial(reference, "neutral") == 1
        await filer.file(make_filing(item, reference, plan=again, serial=serial))
    assert serial == 2


async def test_a_follow_up_joins_and_numbers_its_cases_on(store: Store) -> None:
    reference = await file_one(store, plan=make_plan(cases=(make_case(), make_case(Kind.DELETION))))
    letter = make_planned_letter(
        facts=make_letter_facts(purpose=LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT), needs_approval=True
    )
    plan = make_plan(
        outcome="follow_up",
        joins=reference,
        lane=Lane.NEW_MESSAGE,
        cases=(make_case(Kind.COMPLAINT),),
        letter=letter,
        not_acknowledged=True,
    )
    await file_one(store, plan=plan)
    rows = await store.list_cases()
    assert [(row.reference, row.kind) for row in rows] == [
        (f"{reference}/1", "access"),
        (f"{reference}/2", "deletion"),
        (f"{reference}/3", "complaint"),
    ]
    assert {row.lane for row in rows} == {"new_message"}
    assert rows[2].letter == "complaint_acknowledgement draft"
    assert [thread for thread, _ in await store.unacknowledged()] == [reference]
    shown = await store.show_case(reference)
    assert shown is not None
    assert [message["reference"] for message in shown["thread"]] == [reference, None]  # type: ignore[attr-defined]
    assert await store.verify_journal() == ()


async def test_a_new_message_never_moves_an_urgent_case_back(store: Store) -> None:
    reference = await file_one(store, plan=make_plan(lane=Lane.URGENT))
    await file_one(store, plan=make_silent_plan(outcome="follow_up", joins=reference, lane=Lane.NEW_MESSAGE))
    assert [row.lane for row in await store.list_cases()] == ["urgent"]


async def test_a_draft_waits_for_a_person_and_counts_towards_no_limit(store: Store) -> None:
    await file_one(store, plan=make_plan(letter=make_planned_letter(needs_approval=True)))
    assert await store.claim_letter("worker", NOW) is None
    item = await claim_one(store)
    async with store.filing() as filer:
        history = await filer.history(item, make_analysis(), NOW)
    assert history.sent.global_10_minutes == 0
    assert (await store.health(NOW)).letters_waiting == 0


async def test_a_duplicate_is_linked_without_its_text(store: Store) -> None:
    analysis = make_analysis()
    reference = await file_one(store, analysis=analysis)
    await file_one(store, analysis=analysis, plan=make_silent_plan(outcome="duplicate", joins=reference, lane=None))
    shown = await store.show_case(reference)
    assert shown is not None
    linked = shown["thread"][1]  # type: ignore[index]
    assert (linked["outcome"], linked["full_text"], linked["reference"]) == ("duplicate", "", None)
    assert len(shown["cases"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", ["follow_up", "returned_letter", "duplicate", "nonsense"])
async def test_a_plan_that_joins_nothing_is_refused(store: Store, outcome: str) -> None:
    item = await claim_one(store)
    with pytest.raises(ValueError, match=r"joins|outcome"):
        await file_item(store, item, plan=make_silent_plan(outcome=outcome))


async def test_a_letter_without_text_or_recipient_is_refused(store: Store) -> None:
    item = await claim_one(store)
    nobody = make_analysis(enquiry=make_enquiry(sender=None))
    for changes in ({"letter_text": None}, {"message_id": None}, {"analysis": nobody}):
        with pytest.raises(ValueError, match="recipient"):
            await file_item(store, item, **changes)


async def test_text_that_no_database_takes_is_stored_readably(store: Store) -> None:
    text = "a NUL \0, half a character \ud83d, a whole one \U0001f600"
    sender = Correspondent(name="\0\udcff", address="ana\0@customer.example")
    enquiry = make_enquiry(
        full_text=text, subject=text, sender=sender, message_id="<\0\ud800@x>", defects=("\0", "\ud800")
    )
    plan = make_plan(trace=("trace \0 \ud800",))
    reference = await file_one(store, analysis=make_analysis(enquiry=enquiry), plan=plan)
    shown = await store.show_case(reference)
    assert shown is not None
    message = shown["thread"][0]  # type: ignore[index]
    assert message["full_text"] == "a NUL �, half a character �, a whole one \U0001f600"
    assert message["defects"] == ["�", "�"]
    assert await store.verify_journal() == ()


async def test_unacknowledged_names_what_waits_for_its_first_answer(store: Store) -> None:
    await file_one(store)
    held = make_silent_plan(not_acknowledged=True, cases=(make_case(),))
    reference = await file_one(store, plan=held)
    assert await store.unacknowledged() == ((reference, NOW - timedelta(minutes=5)),)
    assert [row.not_acknowledged for row in await store.list_cases()] == [False, True]
