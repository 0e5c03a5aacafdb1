"""A decided burst becomes case, reply, notes and marked lines together, or leaves nothing but ids and a score."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.factories import (
    NOW,
    make_analysis,
    make_case,
    make_enquiry,
    make_letter_facts,
    make_planned_letter,
    make_silent_plan,
)
from tests.store.chat_steps import (
    CONTACT,
    DUE,
    PASSED_OVER,
    PORTAL,
    THREAD,
    chat_case,
    claim_room,
    file_burst,
    hand_in,
    keep,
    make_chat,
    make_chat_plan,
    make_note,
    make_place,
)
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store.sql_store import SqlStore
from triage.domain.enquiry import Correspondent
from triage.domain.plan import History, Plan
from triage.domain.told import FormFacts
from triage.domain.vocabulary import Channel, Kind, Lane
from triage.ports import Item

TYPED = Correspondent(name="", address="vera@typed.example")
DAY = timedelta(days=1)


async def count(store: SqlStore, table: str) -> int:
    """How many rows a table has."""
    async with store._database.read() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def chat_history(store: SqlStore, thread_id: str = THREAD, **changes: object) -> History:
    """What is known of a further burst in the thread."""
    item = await claim_one(store)
    async with store.filing() as filer:
        history = await filer.history(item, make_chat(thread_id, **changes), NOW)
    await store.fail_item(item, "set_aside", None, NOW)
    return history


async def form_item(store: SqlStore, **changes: object) -> tuple[Item, dict[str, object]]:
    """A form's post: its item and what filing needs of it."""
    facts = {"declared": (), "held_because": "", "earlier_reference": "", "way_to_answer": True, "reference": ""}
    form = FormFacts(**(facts | changes))  # type: ignore[arg-type]
    enquiry = make_enquiry(channel=Channel.FORM, message_id=None, subject="", sender=TYPED)
    analysis = replace(make_chat(), enquiry=enquiry, chat=None, form=form)
    return await claim_one(store, channel=Channel.FORM), {"analysis": analysis}


async def test_a_chat_that_asks_for_nothing_leaves_ids_and_a_score(store: SqlStore) -> None:
    line = await keep(store)
    item, room = await hand_in(store)
    await file_burst(store, item, room, PASSED_OVER)
    async with store._database.read() as connection:
        row = (await connection.execute(text("SELECT * FROM chat_line"))).mappings().one()
        raw, state, code = (
            await connection.execute(text("SELECT raw, state, code FROM item WHERE NOT is_event"))
        ).one()
    assert (row["message_id"], row["state"], row["score"]) == (line.message_id, "passed_over", 0.97)
    assert (bytes(raw), state, code) == (b"", "done", "passed_over")
    assert [await count(store, table) for table in ("enquiry", "letter", "journal", "send_limit")] == [0, 0, 0, 0]
    assert (await chat_history(store)).thread is None
    assert await store.count_passed_over() == 1


async def test_only_a_chat_can_be_passed_over(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="only a chat"):
        await file_one(store, plan=PASSED_OVER)


async def test_a_chat_enquiry_is_shown_with_its_channel_place_and_notes(store: SqlStore) -> None:
    reference = await chat_case(store, notes=("team_note", "hand_over"))
    (case,) = await store.list_cases()
    (row,) = await store.list_enquiries()
    assert (case.channel, case.sender, case.letter) == ("chat", "Vera Visitor", "acknowledgement queued")
    assert (row.channel, row.letter) == ("chat", "acknowledgement queued")
    assert row.notes == ("team_note queued", "hand_over queued")
    shown = await store.show_case(reference)
    assert shown is not None
    (room,) = shown["chat"]  # type: ignore[misc]
    assert (room["thread_id"], room["contact_id"], room["lines"]) == (THREAD, CONTACT, {"filed": 1})
    assert shown["thread"][0]["sender"] == {"name": "Vera Visitor", "address": ""}  # type: ignore[index]
    assert shown["thread"][0]["place"]["thread_id"] == THREAD  # type: ignore[index]
    assert await store.verify_journal() == ()


async def test_a_reply_goes_out_before_its_notes_and_names_its_place(store: SqlStore) -> None:
    await chat_case(store, notes=("team_note", "hand_over"))
    letters = [await store.claim_letter("worker", NOW) for _ in range(3)]
    assert [letter and (letter.purpose, letter.internal) for letter in letters] == [
        ("acknowledgement", False),
        ("team_note", True),
        ("hand_over", False),
    ]
    for letter in letters:
        assert letter is not None
        assert (letter.channel, letter.place, letter.recipient) == (Channel.CHAT, make_place(), "")
        assert letter.created_at == NOW
    listed = await store.list_letters()
    assert {(row.channel, row.place) for row in listed} == {("chat", f"{PORTAL}/{THREAD}")}


async def test_a_note_without_a_chat_is_refused(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="a note needs a chat"):
        await file_one(store, notes=(make_note("DP-2026-00001-J7"),))


async def test_a_later_burst_belongs_to_what_its_thread_led_to(store: SqlStore) -> None:
    reference = await chat_case(store)
    thread = (await chat_history(store)).thread
    assert thread is not None
    assert (thread.reference, thread.tie, thread.sender_is_participant) == (reference, "chat_thread", True)
    assert (thread.open_kinds, thread.case_count, thread.cannot_reach) == ((Kind.ACCESS,), 1, False)
    assert (await chat_history(store, "another thread")).thread is None
    await keep(store)
    assert (await claim_room(store)).reference == reference


async def test_a_thread_handed_over_stays_handed_over(store: SqlStore) -> None:
    reference = await chat_case(store, plan=make_chat_plan(hands_over=True))
    assert (await chat_history(store)).handed_over
    await keep(store)
    item, room = await hand_in(store)
    assert room.handed_over
    await file_burst(store, item, room, make_silent_plan(outcome="follow_up", joins=reference))
    assert (await chat_history(store)).handed_over
    assert not (await chat_history(store, "another thread")).handed_over


async def test_a_wish_for_a_person_is_kept_where_the_words_were_passed_over(store: SqlStore) -> None:
    await keep(store)
    item, room = await hand_in(store)
    await file_burst(store, item, room, replace(PASSED_OVER, hands_over=True))
    history = await chat_history(store)
    assert (history.thread, history.handed_over, history.hand_over_said) == (None, True, False)
    await keep(store)
    item, room = await hand_in(store)
    await file_burst(store, item, room, PASSED_OVER)
    assert (await chat_history(store)).handed_over


async def test_it_is_known_whether_the_line_about_a_person_was_ever_said_in_a_thread(store: SqlStore) -> None:
    await chat_case(store, plan=make_chat_plan(hands_over=True))
    await chat_case(store, thread_id="another thread", plan=make_chat_plan(hands_over=True), notes=("hand_over",))
    assert not (await chat_history(store)).hand_over_said
    assert (await chat_history(store, "another thread")).hand_over_said
    assert not (await chat_history(store, "a third thread")).hand_over_said


async def test_visible_replies_are_counted_by_thread_and_in_all_and_notes_are_not(store: SqlStore) -> None:
    await chat_case(store, notes=("team_note", "hand_over"))
    await chat_case(store, thread_id="another thread")
    history = await chat_history(store)
    assert (history.thread_replies_hour, history.sent.global_10_minutes, history.sent.domain_day) == (2, 3, 0)
    item = await claim_one(store)
    async with store.filing() as filer:
        later = await filer.history(item, make_chat(), NOW + timedelta(minutes=61))
    assert later.thread_replies_hour == 0


async def test_the_same_words_in_a_chat_are_no_duplicate(store: SqlStore) -> None:
    await chat_case(store, full_text="delete my data please")
    assert (await chat_history(store, "another thread", full_text="delete my data please")).duplicate_of is None


async def test_an_address_typed_into_a_chat_makes_nobody_a_participant_and_suppresses_nothing(store: SqlStore) -> None:
    opt_out = make_chat_plan(cases=(make_case(Kind.OPT_OUT),))
    sure = replace(opt_out.classification, kinds=(Kind.OPT_OUT,), sure_kinds=(Kind.OPT_OUT,))  # type: ignore[type-var]
    await chat_case(store, plan=replace(opt_out, classification=sure), sender=TYPED)
    assert (await count(store, "participant"), await count(store, "suppression")) == (0, 0)
    mail = make_enquiry(sender=TYPED)
    item = await claim_one(store)
    async with store.filing() as filer:
        history = await filer.history(item, replace(make_chat(), enquiry=mail, chat=None), NOW)
    assert (history.thread, history.same_person is not None) == (None, True)


async def test_a_letter_to_an_address_typed_into_a_form_is_never_queued(store: SqlStore) -> None:
    item, form = await form_item(store)
    plan = make_chat_plan(letter=make_planned_letter(facts=make_letter_facts(channel=Channel.FORM)))
    with pytest.raises(ValueError, match="merely typed"):
        await file_item(store, item, plan=plan, **form)


async def test_a_form_keeps_the_reference_on_its_confirmation_page(store: SqlStore) -> None:
    page = "DP-2026-500001-XX"
    item, form = await form_item(store, reference=page)
    async with store.filing() as filer:
        assert not (await filer.history(item, form["analysis"], NOW)).reference_taken  # type: ignore[arg-type]
    await file_item(store, item, plan=make_silent_plan(adopts=page, cases=(make_case(),)), **form)
    assert [case.reference for case in await store.list_cases()] == [f"{page}/1"]
    again, form = await form_item(store, reference=page)
    async with store.filing() as filer:
        assert (await filer.history(again, form["analysis"], NOW)).reference_taken  # type: ignore[arg-type]
    assert await store.verify_journal() == ()


async def test_a_reference_typed_into_a_form_suggests_its_thread_and_takes_no_part_in_it(store: SqlStore) -> None:
    reference = await file_one(store, analysis=make_analysis(enquiry=make_enquiry(sender=TYPED)))
    item, form = await form_item(store, earlier_reference=reference.lower())
    async with store.filing() as filer:
        thread = (await filer.history(item, form["analysis"], NOW)).thread  # type: ignore[arg-type]
    assert thread is not None
    assert (thread.reference, thread.tie, thread.sender_is_participant) == (reference, "reference", False)


@pytest.mark.parametrize(
    ("age", "sender", "known"),
    [(DAY, TYPED, True), (181 * DAY, TYPED, False), (DAY, Correspondent(name="", address="x@other.example"), False)],
)
async def test_a_mail_from_an_address_given_in_a_chat_is_perhaps_the_same_person(
    store: SqlStore, age: timedelta, sender: Correspondent, known: bool
) -> None:
    reference = await chat_case(store, sender=TYPED, received_at=NOW - age)
    item = await claim_one(store)
    async with store.filing() as filer:
        history = await filer.history(item, replace(make_chat(), chat=None, enquiry=make_enquiry(sender=sender)), NOW)
    assert history.same_person == (reference if known else None)
    assert (await chat_history(store, "another thread", sender=sender)).same_person is None


async def test_a_person_without_a_case_elsewhere_is_not_suggested(store: SqlStore) -> None:
    await chat_case(store, sender=TYPED, plan=make_silent_plan())
    item = await claim_one(store)
    async with store.filing() as filer:
        history = await filer.history(item, replace(make_chat(), chat=None, enquiry=make_enquiry(sender=TYPED)), NOW)
    assert history.same_person is None


def silent_follow_up(reference: str, **changes: object) -> Plan:
    """Something more in the thread, without a letter."""
    return make_silent_plan(outcome="follow_up", joins=reference, lane=Lane.NEW_MESSAGE, **changes)


async def test_who_left_no_way_to_answer_is_listed_until_one_is_given(store: SqlStore) -> None:
    await file_one(store)
    reference = await chat_case(store, way_to_answer=False, received_at=NOW - DAY)
    (waiting,) = await store.without_way_to_answer()
    assert (waiting.reference, waiting.received_at) == (reference, NOW - DAY)
    await keep(store)
    item, room = await hand_in(store)
    await file_burst(store, item, room, silent_follow_up(reference), way_to_answer=False, received_at=NOW)
    (waiting,) = await store.without_way_to_answer()
    assert waiting.received_at == NOW
    await keep(store)
    item, room = await hand_in(store)
    await file_burst(store, item, room, silent_follow_up(reference), way_to_answer=True)
    assert await store.without_way_to_answer() == ()
    assert {row.way_to_answer for row in await store.list_enquiries()} == {True}


async def test_an_enquiry_without_a_case_needs_no_way_to_answer(store: SqlStore) -> None:
    await chat_case(store, way_to_answer=False, plan=make_silent_plan())
    assert await store.without_way_to_answer() == ()


async def test_cases_of_a_person_who_cannot_be_reached_wait_and_reopen_when_they_are_back(store: SqlStore) -> None:
    plan = make_silent_plan(cases=(make_case(), make_case(Kind.DELETION)), not_acknowledged=True)
    reference = await chat_case(store, way_to_answer=False, plan=plan)
    assert await store.unacknowledged() != ()
    assert await store.mark_cannot_reach(reference, NOW)
    assert not await store.mark_cannot_reach(reference, NOW)
    assert {case.state for case in await store.list_cases()} == {"cannot_reach"}
    assert (await store.without_way_to_answer(), await store.unacknowledged()) == ((), ())
    thread = (await chat_history(store)).thread
    assert thread is not None
    assert (thread.cannot_reach, thread.open_kinds) == (True, (Kind.ACCESS, Kind.DELETION))
    await keep(store)
    item, room = await hand_in(store, DUE)
    await file_burst(store, item, room, silent_follow_up(reference, reopens=True))
    assert {(case.state, case.lane) for case in await store.list_cases()} == {("open", "new_message")}
    shown = await store.show_case(f"{reference}/2")
    assert shown is not None
    events = [entry["event"] for entry in shown["journal"] if entry["chain"].endswith("/2")]  # type: ignore[attr-defined]
    assert events == ["case_opened", "case_cannot_reach", "case_reopened"]
    assert await store.verify_journal() == ()


async def test_a_colleagues_act_is_in_the_journal_of_what_it_was_done_for(store: SqlStore) -> None:
    reference = await file_one(store)
    assert await store.note_act(reference.lower(), "unsubscribed_at_hubspot", {"contact": "70110"}, "dee", NOW + DAY)
    assert await store.note_act(f"{reference}/1", "threads_listed", {"threads": 3}, "dee", NOW + DAY)
    for nothing in ("DP-2026-00099-AA", f"{reference}/2", f"{reference}/x", f"{reference}/"):
        assert not await store.note_act(nothing, "threads_listed", {}, "dee", NOW)
    shown = await store.show_case(reference)
    assert shown is not None
    acts = [(entry["chain"], entry["event"], entry["facts"]) for entry in shown["journal"][-2:]]  # type: ignore[index]
    assert acts == [
        (reference, "unsubscribed_at_hubspot", '{"by":"dee","contact":"70110"}'),
        (f"{reference}/1", "threads_listed", '{"by":"dee","threads":3}'),
    ]
    assert await store.verify_journal() == ()
