"""Letters at the console: shelves, a draft with new words, an acknowledgement laid ready; on both engines."""

from datetime import timedelta

from tests.factories import NOW, make_gate, make_letter_facts, make_plan, make_planned_letter, make_silent_plan
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store.sql_store import SqlStore
from triage.domain.approval import Approval
from triage.domain.letter import LetterText
from triage.domain.letter_desk import LettersAsked, Shelf
from triage.domain.releasing import Released
from triage.domain.vocabulary import GateAnswer
from triage.ports import Store

TEXT = LetterText(subject="We have your message", body="Other words.\n")


async def shelf(store: SqlStore, name: Shelf) -> list[int]:
    """The numbers of the letters there."""
    return [one.id for one in (await store.letters_page(LettersAsked(shelf=name))).rows]


async def test_a_draft_is_changed_by_who_saw_it_and_leaves_with_the_words_that_were_seen(store: Store) -> None:
    assert isinstance(store, SqlStore)
    await file_item(store, await claim_one(store), plan=make_plan(letter=make_planned_letter(needs_approval=True)))
    (draft,) = (await store.letters_page(LettersAsked(shelf=Shelf.WAITING))).rows
    assert not await store.edit_draft(draft.id, TEXT, "another text", by="dana", now=NOW)
    assert await store.edit_draft(draft.id, TEXT, draft.mark, by="dana", now=NOW)
    assert not await store.edit_draft(draft.id, TEXT, draft.mark, by="dana", now=NOW)
    asked = Approval(letter_id=draft.id, reference="", by="dana", due_at=NOW + timedelta(seconds=30))
    assert not await store.ask_approval(asked, now=NOW, seen=draft.mark)
    changed = await store.desk_letter(draft.id)
    assert changed is not None
    assert await store.ask_approval(asked, now=NOW, seen=changed.mark)
    assert not await store.edit_draft(draft.id, TEXT, changed.mark, by="dana", now=NOW)
    assert (await shelf(store, Shelf.WAITING), await shelf(store, Shelf.LEAVING)) == ([], [draft.id])
    assert await store.verify_journal() == ()


async def test_a_letter_that_did_not_arrive_stays_on_its_shelf_until_a_later_one_did(store: Store) -> None:
    assert isinstance(store, SqlStore)
    await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    await store.record_undelivered(letter, "refused", "relay_refused", NOW)
    assert (await shelf(store, Shelf.LOST), await shelf(store, Shelf.RECENT)) == ([letter.id], [])


async def test_an_acknowledgement_is_laid_ready_once(store: Store) -> None:
    assert isinstance(store, SqlStore)
    plan = make_silent_plan(gate=make_gate(GateAnswer.HOLD, 16), not_acknowledged=True)
    reference = await file_item(store, await claim_one(store), plan=plan)
    (held,) = await store.all_held_back(10)
    assert held.reference == reference
    assert held == await store.held_back(reference)
    facts = make_letter_facts(reference=reference)
    released = Released(facts=facts, why="on a person's word", recipient="ana@customer.example")
    first = await store.lay_acknowledgement(held, released, TEXT, "larkfield.example", by="dana", now=NOW)
    assert first is not None
    assert await shelf(store, Shelf.WAITING) == [first]
    assert await store.lay_acknowledgement(held, released, TEXT, "larkfield.example", by="dana", now=NOW) is None
    assert await store.all_held_back(10) == ()
    assert await store.held_back("DP-2026-99999-X1") is None
