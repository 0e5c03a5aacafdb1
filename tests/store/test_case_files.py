"""A case read whole and changed whole: one act writes row, events, dates, letters and journal, or nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.factories import (
    NOW,
    make_analysis,
    make_case,
    make_classification,
    make_dates,
    make_enquiry,
    make_filing,
    make_gate,
    make_item,
    make_letter_facts,
    make_plan,
    make_silent_plan,
)
from tests.store.chat_steps import make_chat
from tests.store.steps import claim_one, file_item, file_one
from triage.domain.case_change import CaseChange, DraftedLetter, NewTask, TaskTick
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.closing_checks import access_first
from triage.domain.enquiry import Correspondent, Passage
from triage.domain.letter import LetterText
from triage.domain.plan import PlannedCase
from triage.domain.vocabulary import CaseEventName, CaseState, Flag, GateAnswer, Kind, LetterPurpose, Outcome, Role
from triage.service.chat_link import DeskStore

TEXT = LetterText(subject="About your message", body="Here is news.\n")
LATER = NOW + timedelta(days=2)


async def the_case(store: DeskStore, reference: str, number: int = 1) -> CaseFile:
    found = await store.case_of(f"{reference}/{number}")
    assert found is not None
    return found


def a_letter(**changes: object) -> DraftedLetter:
    facts = make_letter_facts(purpose=LetterPurpose.PROGRESS, **changes)
    return DraftedLetter(facts=facts, why="news is owed", promised_on=date(2026, 12, 7))


async def test_a_case_is_read_with_its_message_letter_and_event(store: DeskStore) -> None:
    reference = await file_one(store)
    case = await the_case(store, reference)
    assert (case.reference, case.kind, case.state) == (f"{reference}/1", Kind.ACCESS, CaseState.OPEN)
    assert [event.name for event in case.events] == [CaseEventName.RECEIVED]
    assert [letter.purpose for letter in case.letters] == [LetterPurpose.ACKNOWLEDGEMENT]
    assert len(case.unread) == 1
    assert case.recipient != ""
    assert case.dates == make_case().dates


@pytest.mark.parametrize("reference", ["DP-2026-99999-K7/1", "DP-2026-00001", "nonsense", "", "DP/x", "DP/²"])
async def test_there_is_no_case_of_an_unknown_reference(store: DeskStore, reference: str) -> None:
    assert await store.case_of(reference) is None


async def test_open_cases_come_in_the_order_they_were_opened_and_closed_ones_do_not(store: DeskStore) -> None:
    references = [await file_item(store, await claim_one(store)) for _ in range(3)]
    closed = await the_case(store, references[1])
    change = CaseChange(event="case_closed", state=CaseState.CLOSED, outcome=Outcome.PROVIDED)
    assert await store.change_case(closed, change, by="dpo", now=LATER)
    assert [case.thread for case in await store.open_cases()] == [references[0], references[2]]
    assert (await the_case(store, references[1])).closed_at == LATER


async def test_a_change_writes_everything_it_says(store: DeskStore) -> None:
    reference = await file_one(store)
    case = await the_case(store, reference)
    dates = replace(case.dates, starts_on=None, statutory_due=None, trace=("Time has not started.",))
    change = CaseChange(
        event="identity_asked",
        note="the address is new to us",
        events=(CaseEvent(name=CaseEventName.IDENTITY_ASKED, on=date(2026, 11, 25), recorded_at=LATER),),
        dates=dates,
        next_step=("wait for proof of identity", date(2026, 12, 25)),
        tasks=(NewTask(system="CRM", what="Export it.", owner="Sales", due_on=date(2026, 12, 1)),),
        unresolved=("silence",),
        next_news_on=date(2026, 12, 7),
        snoozed_until=date(2026, 12, 2),
        legal_hold=True,
        erasure_blocked=True,
        delivery={"how": "post"},
        supplements={"purposes": "yes"},
    )
    assert await store.change_case(case, change, [(a_letter(), TEXT)], "larkfield.example", by="dpo", now=LATER)
    after = await the_case(store, reference)
    assert after.version == case.version + 1
    assert after.dates == dates
    assert [event.name for event in after.events] == [CaseEventName.RECEIVED, CaseEventName.IDENTITY_ASKED]
    assert [(task.system, task.done_on) for task in after.tasks] == [("CRM", None)]
    assert (after.unresolved, after.next_news_on, after.snoozed_until) == (
        ("silence",),
        date(2026, 12, 7),
        date(2026, 12, 2),
    )
    assert (after.legal_hold, after.erasure_blocked, after.delivered, after.supplied) == (True, True, True, True)
    assert (after.next_step, after.looked_at) == ("wait for proof of identity", LATER)
    letter = after.letters[-1]
    assert (letter.purpose, letter.state, letter.number) == (LetterPurpose.PROGRESS, "draft", 1)
    assert letter.promised_on == date(2026, 12, 7)
    assert await store.verify_journal() == ()
    shown = await store.show_case(f"{reference}/1")
    assert shown is not None
    assert "identity_asked" in str(shown["journal"])
    assert "the address is new to us" in str(shown["journal"])


async def test_a_change_to_a_case_that_moved_on_writes_nothing(store: DeskStore) -> None:
    reference = await file_one(store)
    case = await the_case(store, reference)
    note = CaseChange(event="noted", note="first")
    assert await store.change_case(case, note, by="dpo", now=LATER)
    assert not await store.change_case(case, note, [(a_letter(), TEXT)], "x.example", by="deputy", now=LATER)
    assert len((await the_case(store, reference)).letters) == 1


async def test_what_the_desk_itself_does_is_not_taken_for_somebody_looking(store: DeskStore) -> None:
    reference = await file_one(store)
    case = await the_case(store, reference)
    assert await store.change_case(case, CaseChange(event="escalated"), by="desk", now=LATER)
    assert (await the_case(store, reference)).looked_at is None


async def test_a_letter_that_sends_itself_is_queued_and_goes_to_who_wrote(store: DeskStore) -> None:
    reference = await file_one(store)
    case = await the_case(store, reference)
    letter = replace(a_letter(), sends_itself=True)
    assert await store.change_case(case, CaseChange(event="told"), [(letter, TEXT)], "x.example", by="desk", now=LATER)
    sent_first, sent_second = [await store.claim_letter("worker", LATER) for _ in range(2)]
    assert sent_first is not None
    assert sent_second is not None
    assert (sent_second.recipient, sent_second.text) == (sent_first.recipient, TEXT)
    assert sent_second.in_reply_to == sent_first.in_reply_to


async def test_a_discarded_draft_is_gone_and_a_sent_letter_stays(store: DeskStore) -> None:
    reference = await file_one(store)
    case = await the_case(store, reference)
    await store.change_case(case, CaseChange(event="drafted"), [(a_letter(), TEXT)], "x.example", by="dpo", now=LATER)
    case = await the_case(store, reference)
    acknowledgement, draft = case.letters
    claimed = await store.claim_letter("worker", LATER)
    assert claimed is not None
    change = CaseChange(event="rewritten", discards=(acknowledgement.id, draft.id))
    await store.change_case(case, change, by="dpo", now=LATER)
    assert [letter.state for letter in (await the_case(store, reference)).letters] == ["sending", "discarded"]


async def test_an_approved_letter_that_is_wrong_now_does_not_leave(store: DeskStore) -> None:
    reference = await file_one(store)
    draft = await with_draft(store, reference)
    await store.change_case(await the_case(store, reference), CaseChange(event="ok", approves=draft), by="a", now=LATER)
    change = CaseChange(event="not_done_after_all", discards=(draft,))
    assert await store.change_case(await the_case(store, reference), change, by="dpo", now=LATER)
    await store.claim_letter("worker", LATER)
    assert await store.claim_letter("worker", LATER) is None
    assert (await the_case(store, reference)).letters[-1].state == "discarded"
    assert await store.verify_journal() == ()


async def test_a_case_opened_about_another_is_linked_to_it(store: DeskStore) -> None:
    reference = await file_one(store)
    case = await the_case(store, reference)
    complaint = make_case(Kind.COMPLAINT)
    assert await store.change_case(case, CaseChange(event="complained", opens=(complaint,)), by="dpo", now=LATER)
    opened = await the_case(store, reference, 2)
    assert [(link.reference, link.about, link.same_thread) for link in opened.links] == [(f"{reference}/1", True, True)]
    assert [(link.reference, link.about) for link in (await the_case(store, reference)).links] == [
        (f"{reference}/2", False)
    ]
    assert await store.verify_journal() == ()


async def test_cases_of_the_same_sender_are_linked_across_threads(store: DeskStore) -> None:
    first = await file_one(store)
    other = make_plan(cases=(make_case(Kind.DELETION),))
    second = await file_item(store, await claim_one(store), plan=other)
    case = await the_case(store, second)
    assert [(link.reference, link.kind, link.same_thread) for link in case.links] == [
        (f"{first}/1", Kind.ACCESS, False)
    ]


COLLEAGUE = Correspondent(name="Bea", address="bea@larkfield.example")
DELETION = make_case(Kind.DELETION)


async def asked(store: DeskStore, case: PlannedCase | None = None, **told: object) -> CaseFile:
    """A mail that asks, and the case it becomes; a colleague's meets the gate's row for colleagues."""
    gate = make_gate(GateAnswer.HOLD, 2) if told.get("sender") == COLLEAGUE else make_gate()
    analysis = make_analysis(enquiry=make_enquiry(**told))
    plan = make_silent_plan(cases=(case or make_case(),), gate=gate)
    return await the_case(store, await file_one(store, analysis=analysis, plan=plan))


async def asked_in_chat(store: DeskStore, thread_id: str, **told: object) -> CaseFile:
    analysis = make_chat(thread_id, **told)
    return await the_case(store, await file_one(store, analysis=analysis, plan=make_silent_plan(cases=(make_case(),))))


def first_stops(case: CaseFile) -> list[str]:
    return [line.partition(" ")[0] for line in access_first(case)]


async def test_whose_mail_a_colleague_passed_on_waits_for_their_copy_first(store: DeskStore) -> None:
    access = await asked(store)
    deletion = await asked(store, DELETION, sender=COLLEAGUE, forward_of="Ana@Customer.example")
    assert first_stops(deletion) == [access.reference]
    assert [link.reference for link in (await the_case(store, access.thread)).links] == [deletion.reference]


async def test_what_a_colleague_passes_on_for_others_is_no_matter_of_one_person(store: DeskStore) -> None:
    words = "Please see below.\nFrom: somebody\nSend me my data."
    passages = (Passage(role=Role.OWN, start=0, end=18), Passage(role=Role.FORWARDED, start=18, end=len(words)))
    await asked(store, sender=COLLEAGUE, forward_of="joe@customer.example")
    await asked(store, sender=COLLEAGUE, full_text=words, passages=passages)
    deletion = await asked(store, DELETION, sender=COLLEAGUE, forward_of="ana@customer.example")
    unknown = await asked(store, DELETION, sender=COLLEAGUE, full_text=words, passages=passages)
    assert (deletion.links, unknown.links) == ((), ())


async def test_a_colleague_who_asks_for_themselves_has_rights_too(store: DeskStore) -> None:
    access = await asked(store, sender=COLLEAGUE)
    await asked(store, sender=COLLEAGUE, forward_of="joe@customer.example")
    assert first_stops(await asked(store, DELETION, sender=COLLEAGUE)) == [access.reference]


async def test_who_chats_under_a_contact_with_the_address_is_the_same_person(store: DeskStore) -> None:
    ana = make_enquiry().sender
    first = await asked_in_chat(store, "1", contact_id="7", sender=ana)
    other = Correspondent(name="", address="ana.at.home@private.example")
    second = await asked_in_chat(store, "2", contact_id="7", sender=other)
    stranger = await asked_in_chat(store, "3", contact_id="8", sender=None)
    assert set(first_stops(await asked(store, DELETION))) == {first.reference, second.reference}
    assert (await the_case(store, stranger.thread)).links == ()


async def told_of(store: DeskStore, **told: object) -> tuple[list[str], list[str]]:
    """Earlier cases a fresh mail may be about: of who wrote it, of whose words it passes on."""
    async with store.filing() as filer:
        history = await filer.history(make_item(), make_analysis(enquiry=make_enquiry(**told)), LATER)
    return [one.reference for one in history.own_cases], [one.reference for one in history.passed_on_cases]


async def test_a_fresh_mail_is_seen_beside_the_earlier_cases_of_its_writer_and_of_nobody_else(store: DeskStore) -> None:
    first = await asked(store)
    passed_on = await asked(store, DELETION, sender=COLLEAGUE, forward_of="ana@customer.example")
    await asked(store, DELETION, sender=Correspondent(name="Joe", address="joe@customer.example"))
    hers = [passed_on.reference, first.reference]
    assert await told_of(store) == (hers, [])
    assert await told_of(store, sender=COLLEAGUE) == ([], [])
    assert await told_of(store, sender=COLLEAGUE, forward_of="ana@customer.example") == ([], hers)
    assert await told_of(store, sender=Correspondent(name="", address="eve@customer.example")) == ([], [])
    assert await told_of(store, sender=None) == ([], [])


async def test_of_earlier_cases_those_closed_long_ago_or_set_aside_are_left_out(store: DeskStore) -> None:
    closed, aside = await asked(store), await asked(store, DELETION)
    ended = CaseChange(event="case_closed", state=CaseState.CLOSED, outcome=Outcome.PROVIDED)
    await store.change_case(closed, ended, by="dpo", now=LATER - timedelta(days=181))
    await store.change_case(aside, CaseChange(event="set_aside", state=CaseState.SET_ASIDE), by="dpo", now=LATER)
    assert await told_of(store) == ([], [])
    lately = await asked(store)
    await store.change_case(lately, ended, by="dpo", now=LATER - timedelta(days=20))
    assert await told_of(store) == ([lately.reference], [])


async def test_a_reopened_case_has_no_outcome_any_more(store: DeskStore) -> None:
    reference = await file_one(store)
    closing = CaseChange(event="case_closed", state=CaseState.CLOSED, outcome=Outcome.PROVIDED)
    await store.change_case(await the_case(store, reference), closing, by="dpo", now=LATER)
    await store.change_case(
        await the_case(store, reference), CaseChange(event="case_reopened", state=CaseState.OPEN), by="desk", now=LATER
    )
    case = await the_case(store, reference)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.OPEN, None, None)


async def test_messages_are_read_once_and_a_later_one_is_unread_again(store: DeskStore) -> None:
    reference = await file_one(store)
    (first,) = await store.mark_read(reference, by="dpo", now=NOW) or ()
    assert await store.mark_read(reference, by="dpo", now=LATER) == ()
    item = await claim_one(store)
    async with store.filing() as filer:
        follow_up = make_plan(outcome="follow_up", joins=reference, cases=(), letter=None, no_letter_because="a reply")
        await filer.file(make_filing(item, reference, plan=follow_up))
    case = await the_case(store, reference)
    assert [message.read_at for message in case.messages] == [NOW, None]
    assert await store.mark_read(reference, by="dpo", now=LATER, up_to=first) == ()
    assert [message.read_at for message in (await the_case(store, reference)).messages] == [NOW, None]
    assert await store.mark_read(reference, by="dpo", now=LATER, up_to=first + 99) is None
    assert await store.mark_read("DP-2026-99999-K7", by="dpo", now=NOW) is None
    assert await store.mark_read("DP-2026-99999-K7", by="dpo", now=NOW, up_to=first) is None
    newest = max(message.enquiry_id for message in case.messages)
    assert await store.mark_read(reference, by="dpo", now=LATER, up_to=newest) == (newest,)
    assert await store.verify_journal() == ()


async def test_the_journals_ends_are_listed_by_chain(store: DeskStore) -> None:
    reference = await file_one(store)
    assert [head.chain for head in await store.journal_heads()] == [reference, f"{reference}/1"]


async def with_draft(store: DeskStore, reference: str) -> int:
    case = await the_case(store, reference)
    await store.change_case(case, CaseChange(event="drafted"), [(a_letter(), TEXT)], "x.example", by="dpo", now=LATER)
    return (await the_case(store, reference)).letters[-1].id


async def test_an_approved_draft_goes_to_the_address_a_person_chose(store: DeskStore) -> None:
    reference = await file_one(store)
    draft = await with_draft(store, reference)
    change = CaseChange(event="letter_approved_for_case", approves=draft, to="known@customer.example")
    assert await store.change_case(await the_case(store, reference), change, by="dpo", now=LATER)
    await store.claim_letter("worker", LATER)
    letter = await store.claim_letter("worker", LATER)
    assert letter is not None
    assert (letter.id, letter.recipient) == (draft, "known@customer.example")


async def test_a_draft_handed_over_outside_the_desk_counts_as_sent_and_is_never_mailed(store: DeskStore) -> None:
    reference = await file_one(store)
    draft = await with_draft(store, reference)
    change = CaseChange(event="handed_over", hands_over=draft)
    assert await store.change_case(await the_case(store, reference), change, by="dpo", now=LATER)
    letter = (await the_case(store, reference)).letters[-1]
    assert (letter.state, letter.sent_at) == ("sent", LATER)
    await store.claim_letter("worker", LATER)
    assert await store.claim_letter("worker", LATER) is None
    assert await store.verify_journal() == ()


async def test_a_draft_somebody_else_has_settled_is_not_settled_again(store: DeskStore) -> None:
    reference = await file_one(store)
    draft = await with_draft(store, reference)
    case = await the_case(store, reference)
    await store.discard_draft(draft, by="deputy", now=LATER)
    assert not await store.change_case(case, CaseChange(event="approved", approves=draft), by="dpo", now=LATER)
    assert (await the_case(store, reference)).version == case.version


async def test_a_line_of_the_checklist_is_ticked_and_taken_back(store: DeskStore) -> None:
    reference = await file_one(store)
    new = NewTask(system="CRM", what="Export it.", owner="Sales", due_on=None)
    await store.change_case(
        await the_case(store, reference), CaseChange(event="laid", tasks=(new,)), by="desk", now=NOW
    )
    case = await the_case(store, reference)
    done = TaskTick(task_id=case.tasks[0].id, done_on=date(2026, 11, 24), by="dpo", note="by export")
    await store.change_case(case, CaseChange(event="task_done", ticks=(done,)), by="dpo", now=LATER)
    case = await the_case(store, reference)
    assert (case.tasks[0].done_on, case.tasks[0].done_by, case.tasks[0].note) == (done.done_on, "dpo", "by export")
    undone = replace(done, done_on=None, note="the wrong person")
    await store.change_case(case, CaseChange(event="task_reopened", ticks=(undone,)), by="dpo", now=LATER)
    case = await the_case(store, reference)
    assert (case.tasks[0].done_on, case.tasks[0].done_by) == (None, "")


async def answered_by(store: DeskStore, reference: str) -> None:
    item = await claim_one(store)
    async with store.filing() as filer:
        follow_up = make_plan(outcome="follow_up", joins=reference, cases=(), letter=None, no_letter_because="a reply")
        await filer.file(make_filing(item, reference, plan=follow_up))


async def test_a_new_message_holds_an_approved_answer_back_and_ends_a_rest(store: DeskStore) -> None:
    reference = await file_one(store)
    draft = await with_draft(store, reference)
    approved = CaseChange(event="letter_sent_off", approves=draft, snoozed_until=date(2026, 12, 20))
    assert await store.change_case(await the_case(store, reference), approved, by="dpo", now=LATER)
    await answered_by(store, reference)
    case = await the_case(store, reference)
    assert [letter.state for letter in case.letters if letter.id == draft] == ["draft"]
    assert case.snoozed_until is None
    assert await store.verify_journal() == ()


async def test_an_outcome_of_one_case_does_not_acknowledge_the_message_that_opened_another(store: DeskStore) -> None:
    reference = await file_one(store)
    item = await claim_one(store)
    complaint = make_plan(
        outcome="follow_up",
        joins=reference,
        cases=(make_case(Kind.COMPLAINT),),
        letter=None,
        no_letter_because="a reply",
        not_acknowledged=True,
    )
    async with store.filing() as filer:
        await filer.file(make_filing(item, reference, plan=complaint))
    draft = await with_draft(store, reference)
    await store.change_case(
        await the_case(store, reference), CaseChange(event="letter_sent_off", approves=draft), by="dpo", now=LATER
    )
    while letter := await store.claim_letter("worker", LATER):
        await store.record_sent(letter, LATER)
    assert [reference for reference, _ in await store.unacknowledged()] == [reference]


async def test_a_letter_to_a_colleague_who_passed_it_on_needs_an_address_a_person_chose(store: DeskStore) -> None:
    passed_on = make_analysis(enquiry=make_enquiry(forward_of="ana@customer.example"))
    reference = await file_one(store, analysis=passed_on)
    assert (await the_case(store, reference)).recipient == ""


async def test_somebody_who_writes_a_hundred_times_is_linked_to_fifty_of_their_cases(store: DeskStore) -> None:
    references = [await file_one(store) for _ in range(60)]
    case = await the_case(store, references[0])
    assert len(case.links) in (49, 50)


async def test_what_a_lost_letter_brought_about_counts_no_more_and_the_letter_may_be_handed_over(
    store: DeskStore,
) -> None:
    reference = await file_one(store)
    draft = await with_draft(store, reference)
    asked = CaseEvent(name=CaseEventName.IDENTITY_ASKED, on=date(2026, 11, 25), recorded_at=LATER, letter_id=draft)
    sent_off = CaseChange(event="identity_asked", approves=draft, events=(asked,))
    assert await store.change_case(await the_case(store, reference), sent_off, by="dpo", now=LATER)
    too_soon = CaseChange(event="letter_sent_off", hands_over=draft)
    assert not await store.change_case(await the_case(store, reference), too_soon, by="dpo", now=LATER)
    await store.claim_letter("worker", LATER)
    letter = await store.claim_letter("worker", LATER)
    assert letter is not None
    await store.record_undelivered(letter, "refused", "relay_refused", LATER)

    undoing = CaseChange(event="letter_did_not_arrive", undoes=(draft,))
    assert await store.change_case(await the_case(store, reference), undoing, by="desk", now=LATER)
    case = await the_case(store, reference)
    assert [event.name for event in case.events] == [CaseEventName.RECEIVED]
    assert [(event.name, event.letter_id) for event in case.undone] == [(CaseEventName.IDENTITY_ASKED, draft)]

    handed = CaseChange(event="identity_asked", hands_over=draft, events=(replace(asked, on=date(2026, 11, 26)),))
    assert await store.change_case(case, handed, by="dpo", now=LATER)
    case = await the_case(store, reference)
    assert [event.on for event in case.events[1:]] == [date(2026, 11, 26)]
    assert (case.letters[-1].state, case.letters[-1].sent_at) == ("sent", LATER)
    assert await store.alarms() == ()
    await store.record_undelivered(letter, "unclear", "line_broke", LATER)
    assert (await the_case(store, reference)).letters[-1].state == "sent"
    assert await store.verify_journal() == ()


async def test_a_law_in_doubt_is_kept_on_the_case_until_a_person_settles_it(store: DeskStore) -> None:
    in_doubt = make_case(controller="Larkfield Systems Ltd", rules_in_doubt="Larkfield Sofia EOOD")
    reference = await file_one(store, plan=make_plan(cases=(in_doubt,)))
    case = await the_case(store, reference)
    assert (case.controller, case.rules_in_doubt) == ("Larkfield Systems Ltd", "Larkfield Sofia EOOD")
    known = await store.labelled(reference)
    assert known is not None
    assert known.rules_in_doubt == "Larkfield Sofia EOOD"
    assert await store.change_case(case, CaseChange(event="noted"), by="dpo", now=LATER)
    case = await the_case(store, reference)
    assert case.rules_in_doubt == "Larkfield Sofia EOOD"
    settled = CaseChange(event="rules_settled", controller="Larkfield Sofia EOOD", settles_rules=True)
    assert await store.change_case(case, settled, by="dpo", now=LATER)
    case = await the_case(store, reference)
    assert (case.controller, case.rules_in_doubt) == ("Larkfield Sofia EOOD", "")


async def test_cases_are_urgent_while_a_message_that_bears_such_a_flag_is_unread(store: DeskStore) -> None:
    await file_one(store)
    breach = make_plan(classification=make_classification(flags=(Flag.BREACH_REPORT,)))
    reference = await file_item(store, await claim_one(store), plan=breach)
    assert [case.thread for case in await store.urgent_cases()] == [reference]
    await store.mark_read(reference, by="dpo", now=LATER)
    assert await store.urgent_cases() == ()


async def test_complaints_are_found_by_the_day_they_were_received_both_ends_inclusive(store: DeskStore) -> None:
    days = [date(2026, 11, day) for day in (25, 26, 27)]
    for day in days:
        complaint = make_case(Kind.COMPLAINT, dates=make_dates(kind=Kind.COMPLAINT, received_on=day))
        await file_one(store, plan=make_plan(cases=(complaint,)))
    await file_one(store)

    async def found(*bounds: date | None) -> list[date]:
        return [case.dates.received_on for case, _ in await store.complaints(*bounds)]

    assert await found() == days
    assert await found(days[1], days[1]) == [days[1]]
    assert await found(days[1]) == days[1:]
    assert await found(None, days[1]) == days[:2]
