"""Letters that were approved, shelves page by page, and numbers people left; on both engines."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.factories import NOW, make_analysis, make_enquiry, make_plan, make_planned_letter
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store.sql_store import SqlStore
from triage.domain.approval import Approval
from triage.domain.letter_desk import LettersAsked, Shelf
from triage.ports import Store

LEAVES_AT = NOW + timedelta(seconds=30)
DRAFTED = make_plan(letter=make_planned_letter(needs_approval=True))


async def a_draft(store: SqlStore) -> int:
    """A letter that waits for a person; its number."""
    reference = await file_item(store, await claim_one(store), plan=DRAFTED)
    (one,) = [
        row for row in (await store.letters_page(LettersAsked(shelf=Shelf.WAITING))).rows if row.reference == reference
    ]
    return one.id


def approved(letter_id: int, due_at: datetime = LEAVES_AT) -> Approval:
    """A person's word that it may leave."""
    return Approval(letter_id=letter_id, reference="", by="dana", due_at=due_at, recipient="ana@x.example", note="ok")


async def test_a_letter_is_approved_once_and_by_whom_is_kept(store: Store) -> None:
    assert isinstance(store, SqlStore)
    letter_id = await a_draft(store)
    assert await store.ask_approval(approved(letter_id), now=NOW)
    assert not await store.ask_approval(replace(approved(letter_id), by="devi"), now=NOW)
    assert not await store.ask_approval(approved(999), now=NOW)
    (kept,) = await store.approvals()
    assert replace(kept, reference="") == approved(letter_id)
    assert kept.reference.startswith("DP-2026-")


async def test_what_is_called_back_is_a_draft_again_and_cannot_leave(store: Store) -> None:
    assert isinstance(store, SqlStore)
    letter_id = await a_draft(store)
    assert not await store.call_back(letter_id, by="dana", now=NOW)
    await store.ask_approval(approved(letter_id), now=NOW)
    assert await store.call_back(letter_id, by="dana", now=NOW)
    assert not await store.call_back(letter_id, by="dana", now=NOW)
    assert await store.take_approval(LEAVES_AT) is None
    assert [row.id for row in (await store.letters_page(LettersAsked(shelf=Shelf.WAITING))).rows] == [letter_id]
    assert await store.verify_journal() == ()


async def test_what_is_due_is_taken_soonest_first_and_once(store: Store) -> None:
    assert isinstance(store, SqlStore)
    later, sooner = await a_draft(store), await a_draft(store)
    await store.ask_approval(approved(later, LEAVES_AT + timedelta(seconds=1)), now=NOW)
    await store.ask_approval(approved(sooner), now=NOW)
    assert [one.letter_id for one in await store.approvals()] == [sooner, later]
    assert await store.take_approval(NOW) is None
    taken = [await store.take_approval(LEAVES_AT + timedelta(minutes=1)) for _ in range(3)]
    assert [one and one.letter_id for one in taken] == [sooner, later, None]
    assert not await store.call_back(sooner, by="dana", now=NOW)


async def test_an_approval_that_would_be_due_already_is_refused(store: Store) -> None:
    assert isinstance(store, SqlStore)
    letter_id = await a_draft(store)
    assert not await store.ask_approval(approved(letter_id, NOW - timedelta(seconds=1)), now=NOW)


async def test_a_shelf_is_shown_page_by_page_and_loses_nothing(store: Store) -> None:
    assert isinstance(store, SqlStore)
    drafts = [await a_draft(store) for _ in range(5)]
    for _ in range(5):
        await file_one(store)  # leaves by itself
    for shelf, is_sorted in ((Shelf.WAITING, False), (Shelf.RECENT, True)):
        asked, found = LettersAsked(shelf=shelf, rows=2), list[int]()
        while True:
            page = await store.letters_page(asked)
            found += [row.id for row in page.rows]
            if not page.more:
                break
            asked = replace(asked, after=found[-1])
        assert found == sorted(set(found), reverse=is_sorted)
        assert len(found) == 5
        assert (set(found) == set(drafts)) is (shelf is Shelf.WAITING)


async def test_a_number_is_found_however_it_is_written_and_only_that_one(store: Store) -> None:
    assert isinstance(store, SqlStore)
    texts = (
        "Ring me on 020 7946 0018, please.",
        "My number: +44 (0)20-7946-0018",
        "Ring 020 7946 1018.",
        "0018 is my flat.",
    )
    references = [
        await file_item(store, await claim_one(store), analysis=make_analysis(enquiry=make_enquiry(full_text=text)))
        for text in texts
    ]
    assert [one.reference for one in await store.number_seen("+442079460018")] == references[1::-1]
    assert await store.number_seen("+442079469999") == ()


async def test_a_person_is_found_by_an_address_with_cases_and_letters(store: Store) -> None:
    assert isinstance(store, SqlStore)
    reference = await file_one(store)
    records = await store.person(" ANA@customer.example ")
    assert [case.reference for case in records.cases] == [f"{reference}/1"]
    assert [letter.purpose for letter in records.letters] == ["acknowledgement"]
    assert (await store.person("nobody@customer.example")).is_empty
