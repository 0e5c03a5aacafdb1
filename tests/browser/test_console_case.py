"""Every act of the case page, by mouse and keyboard in a browser; what it did is looked up in the store."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

import pytest

from tests.browser.at_desk import AtDesk
from tests.browser.hands import Hands
from tests.console.letter_office import ACCESS
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile
from triage.domain.checklist import tick
from triage.domain.holding import take_note
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, LetterPurpose, Outcome

pytestmark = pytest.mark.asyncio(loop_scope="session")

DELETION = "Please delete all the personal data you hold about me."
CORRECTION = "Please correct my personal data: my address is wrong, I moved house."
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


async def case_at(desk: AtDesk, text: str = ACCESS, **options: object) -> tuple[Hands, str]:
    """A case somebody has asked for and dana has read, with her at its page; its reference."""
    thread = await desk.office.life.hear(text)
    await desk.office.life.read(thread)
    hands = await Hands.at(desk, f"/cases/{thread}/1", **options)
    return hands, f"{thread}/1"


async def now(desk: AtDesk, reference: str) -> CaseFile:
    """The case as it stands."""
    return await desk.office.life.case(reference)


async def written(desk: AtDesk, reference: str, event: str) -> list[str]:
    """What was written of such events."""
    shown = await desk.office.store.show_case(reference)
    assert shown is not None
    return [one["text"] or "" for one in shown["journal"] if one["event"] == event]  # type: ignore[attr-defined]


async def every_system_is_done(desk: AtDesk, reference: str) -> None:
    """The checklist, ticked."""
    await desk.office.life.look()
    today = desk.office.life.today
    for task in (await now(desk, reference)).tasks:
        done = partial(tick, system=task.system, by="ops", note="", done_on=today)
        await desk.office.life.act(reference, lambda case, policy, at, done=done: done(case, policy=policy, now=at))


async def test_a_note_is_kept_and_the_case_is_taken_given_away_and_put_to_rest(desk: AtDesk) -> None:
    hands, reference = await case_at(desk)
    await hands.unfold("Write a note")
    await hands.type("note-words", "Rang the <b>bank</b>: they send it on Monday.")
    await hands.go("button", "Keep the note")
    assert "Noted." in await hands.text()
    assert "the <b>bank</b>" in await hands.page.inner_text(".notes")
    assert await written(desk, reference, "noted") == ["Rang the <b>bank</b>: they send it on Monday."]

    await hands.go("button", "I take it")
    assert "With dana" in await hands.text()
    await hands.unfold("Give it to somebody")
    await hands.choose("assign-to", "rea")
    await hands.go("button", "Give it")
    assert "With rea" in await hands.text()
    row = (await desk.office.store.show_case(reference) or {})["cases"]
    assert row[0]["assignee"] == "rea"  # type: ignore[index]

    await hands.unfold("Let it rest until")
    await hands.page.fill("#snooze-until", "2026-12-03")
    await hands.type("snooze-why", "They are on holiday")
    await hands.go("button", "Let it rest")
    assert "Reminders rest until Thursday 3 December 2026" in await hands.text()
    assert (await now(desk, reference)).snoozed_until == date(2026, 12, 3)

    await hands.unfold("Legal hold")
    await hands.type("hold-why", "A claim is likely")
    await hands.go("button", "Lay a hold on it")
    assert (await now(desk, reference)).legal_hold
    await hands.unfold("Lift the legal hold")
    await hands.type("hold-why", "It is settled")
    await hands.go("button", "Lift the hold")
    assert not (await now(desk, reference)).legal_hold


async def test_a_call_is_logged_with_five_fields_on_a_phone(desk: AtDesk) -> None:
    hands, reference = await case_at(desk, **PHONE)
    await hands.page.locator("#do-contacted > summary").tap()
    await hands.choose("contacted-way", "In person")
    await hands.type("contacted-whom", "Ana")
    await hands.type("contacted-said", "She wants it by post.")
    await hands.type("contacted-agreed", "By post, on Friday.")
    async with hands.page.expect_navigation():
        await hands.page.get_by_role("button", name="Log it").tap()
    assert await written(desk, reference, "contacted") == [
        "In person, Ana: She wants it by post.\nAgreed: By post, on Friday."
    ]
    assert (await now(desk, reference)).contacts == (desk.office.life.today,)
    assert "Logged." in await hands.text()
    assert await hands.page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


async def test_a_fault_stands_beside_its_field_and_what_was_typed_is_kept(desk: AtDesk) -> None:
    hands, reference = await case_at(desk)
    await hands.unfold("Let it rest until")
    await hands.page.fill("#snooze-until", "2027-03-01")
    await hands.type("snooze-why", "A long wait")
    await hands.go("button", "Let it rest")
    assert "the day to answer by" in await hands.page.inner_text("[role=alert]")
    assert await hands.page.input_value("#snooze-why") == "A long wait"
    await desk.office.life.act(reference, lambda case, *_: take_note(case, "Somebody was quicker."))
    await hands.page.fill("#snooze-until", "2026-12-03")
    await hands.go("button", "Let it rest")
    assert "This has changed since you looked" in await hands.text()
    assert await hands.page.input_value("#snooze-why") == "A long wait"
    await hands.go("button", "Let it rest")
    assert (await now(desk, reference)).snoozed_until == date(2026, 12, 3)


async def test_a_message_is_marked_as_read_and_a_system_is_ticked_and_unticked(desk: AtDesk) -> None:
    thread = await desk.office.life.hear(ACCESS)
    await desk.office.life.look()
    hands = await Hands.at(desk, f"/cases/{thread}/1")
    await hands.go("button", "I have read it")
    assert (await now(desk, thread)).unread == ()
    assert "not read yet" not in await hands.text()

    task = (await now(desk, thread)).tasks[0]
    await hands.press("link", "Go to the checklist")
    await hands.type(f"tick-note-{task.id}", "Fourteen invoices")
    await hands.go("button", f"Done in {task.system}")
    ticked = (await now(desk, thread)).tasks[0]
    assert (ticked.done_on, ticked.done_by, ticked.note) == (desk.office.life.today, "dana", "Fourteen invoices")
    await hands.type(f"untick-note-{task.id}", "It was another Ana")
    await hands.go("button", f"Not done after all in {task.system}")
    assert (await now(desk, thread)).tasks[0].done_on is None
    assert await written(desk, f"{thread}/1", "task_reopened") == ["It was another Ana"]
    await hands.type(f"tick-note-{task.id}", "She never had an account there")
    await hands.go("button", f"Stays open in {task.system}, for the reason typed")
    assert await written(desk, f"{thread}/1", "task_left") == ["She never had an account there"]
    assert "She never had an account there" in await hands.page.inner_text("#checklist + .tasks")


async def supposed(hands: Hands, days: Mapping[str, str]) -> str:
    """The day by law if this happened, as the page of the case shows it."""
    await hands.open(hands.page.url.removeprefix(hands.url).partition("?")[0])
    await hands.unfold("What if?")
    for name, day in days.items():
        await hands.page.fill(f"#if-{name}", day)
    await hands.go("button", "Show the dates")
    return await due_then(hands)


async def due_then(hands: Hands) -> str:
    """The last column of the row of the day by law."""
    row = hands.page.locator("#what-if tbody tr", has=hands.page.get_by_role("rowheader", name="Due by law"))
    return await row.locator("td").last.inner_text()


async def test_what_would_follow_is_seen_before_it_is_decided_and_then_recorded(desk: AtDesk) -> None:
    hands, reference = await case_at(desk)
    before = await now(desk, reference)
    pause = {"clarification_asked": "2026-11-30", "clarification_received": "2026-12-07"}
    assert await supposed(hands, {"clarification_asked": "2026-11-30"}) == "none: time stands"
    assert await supposed(hands, pause) == "Monday 4 January 2027"
    new_start = {"identity_asked": "2026-11-26", "identity_received": "2026-12-10"}
    assert await supposed(hands, new_start) == "Monday 11 January 2027"
    await hands.open(f"/cases/{reference}")
    await hands.unfold("What if?")
    await hands.press("checkbox", "It takes longer (extension)")
    await hands.go("button", "Show the dates")
    assert await due_then(hands) == "Friday 26 February 2027"
    assert await now(desk, reference) == before

    await hands.open(f"/cases/{reference}")
    await hands.unfold("Something came, or happened")
    await hands.choose("event-name", "Identity asked")
    await hands.go("button", "Record it", "#do-event")
    assert (await now(desk, reference)).dates.statutory_due is None
    assert "We wait for proof of identity" in await hands.text()
    desk.office.life.desk.clock.advance(timedelta(hours=1))
    await hands.page.locator("#do-event").get_by_role("button", name="Record it").click()  # the awaited one is chosen
    await hands.page.wait_for_selector("[role=status]:has-text('worked out anew')")
    assert [one.name for one in (await now(desk, reference)).events][-1] is CaseEventName.IDENTITY_RECEIVED


async def test_several_kinds_are_said_at_once_with_the_effect_shown_first(desk: AtDesk) -> None:
    hands, reference = await case_at(desk)
    thread = reference.partition("/")[0]
    await hands.go("link", "just that, or several")
    await hands.press("checkbox", "deletion")
    await hands.press("checkbox", "other right")
    await hands.press("checkbox", "portability")
    await hands.go("button", "Show what changes")
    page = await hands.text()
    assert "Now: access. Then: access, deletion, other right (portability)." in page
    assert "A case opens: deletion" in page
    assert "due Tuesday 29 December 2026" in page
    assert len(await desk.office.store.cases_of(thread)) == 1
    await hands.go("button", "Yes, change it")
    kinds = {case.kind for case in await desk.office.store.cases_of(thread)}
    assert kinds == {Kind.ACCESS, Kind.DELETION, Kind.OTHER_RIGHT}
    assert "Its cases" in await hands.text()
    assert await desk.office.life.drafts(thread, LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY)


async def test_who_is_asking_and_the_persons_other_cases_stand_there(desk: AtDesk) -> None:
    earlier = await desk.office.life.hear(DELETION)
    hands, reference = await case_at(desk)
    who = await hands.page.inner_text("section[aria-labelledby=identity]")
    assert "Nothing is known: no mail server of ours left its word about SPF" in who
    assert "Other cases of theirs" in who
    assert earlier in who
    await hands.go("link", "Everything under this address")
    assert reference in await hands.text()


async def test_what_a_client_answers_is_passed_on_by_a_letter(desk: AtDesk) -> None:
    hands, reference = await case_at(desk)
    await hands.unfold("Pass it on to the client")
    await hands.go("button", "Write the letter", "#do-forward")
    (draft,) = await desk.office.life.drafts(reference)
    assert draft.purpose is LetterPurpose.FORWARDED
    assert hands.page.url.endswith(f"/letters/{draft.id}")
    await hands.go("button", "Approve and send")
    desk.office.life.desk.clock.advance(timedelta(seconds=31))
    await desk.office.let_leave()
    assert desk.office.life.sent[-1].purpose == "forwarded"


async def test_a_letter_that_no_other_act_brings_is_laid_ready_and_a_refusal_stands_beside_its_words(
    desk: AtDesk,
) -> None:
    hands, reference = await case_at(desk)
    link = next(iter(desk.office.life.policy.wrong_links))
    await hands.unfold("Lay another letter ready")
    await hands.choose("draft-purpose", "News: how far we are")
    await hands.type("draft-words", f"We have searched two systems. See https://{link} for more.")
    await hands.go("button", "Lay it ready")
    assert "Your words link to" in await hands.page.inner_text("#draft-words-fault")
    assert "We have searched two systems." in await hands.page.input_value("#draft-words")
    assert await desk.office.life.drafts(reference) == []
    await hands.page.fill("#draft-words", "We have searched two systems of three.")
    await hands.go("button", "Lay it ready")
    (draft,) = await desk.office.life.drafts(reference)
    assert draft.purpose is LetterPurpose.PROGRESS
    assert hands.page.url.endswith(f"/letters/{draft.id}")
    assert "We have searched two systems of three." in await hands.text()


async def test_an_access_request_is_answered_with_its_records_and_closed_and_opened_again(desk: AtDesk) -> None:
    hands, reference = await case_at(desk)
    await every_system_is_done(desk, reference)
    await hands.open(f"/cases/{reference}")
    await hands.unfold("Record search and Art 15 points")
    for area in await hands.page.locator("#do-answers textarea").all():
        await area.fill("not applicable")
    await hands.type("answers-redactions_by", "Dana")
    await hands.go("button", "Record it", "#do-answers")
    assert (await now(desk, reference)).supplied

    await hands.unfold("Record how it was handed over")
    await hands.type("delivered-outside", "By courier; the receipt lies in the file")
    await hands.go("button", "Record it", "#do-delivered")
    assert (await now(desk, reference)).delivered

    if not await hands.page.locator("#do-answer[open]").count():
        await hands.unfold("Answer: propose the outcome")
    await hands.choose("answer-outcome", "Nothing held")
    await hands.type("answer-words", "We looked everywhere and hold nothing about you.")
    await hands.go("button", "Write the letter", "#do-answer")
    await hands.go("button", "Approve and send")
    desk.office.life.desk.clock.advance(timedelta(seconds=31))
    await desk.office.let_leave()
    await hands.open(f"/cases/{reference}")
    await hands.go("button", "Close the case")
    case = await now(desk, reference)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.NOTHING_HELD)
    assert "Nothing is owed" in await hands.text()

    await hands.unfold("Open it again")
    await hands.type("reopen-why", "They rang: they had another name")
    await hands.go("button", "Open it again")
    assert (await now(desk, reference)).is_open
    assert await written(desk, reference, "reopened") == ["They rang: they had another name"]


async def test_no_case_is_closed_before_the_person_is_told(desk: AtDesk) -> None:
    hands, reference = await case_at(desk, CORRECTION)
    await hands.unfold("Close it")
    await hands.go("button", "Close the case")
    assert "This was not done" in await hands.text()
    assert (await now(desk, reference)).is_open


async def test_a_wish_that_is_taken_back_stands_after_all_and_is_taken_back_again(desk: AtDesk) -> None:
    hands, reference = await case_at(desk, DELETION)
    taken_back, today = CaseEventName.WITHDRAWN, desk.office.life.today
    await desk.office.life.act(reference, lambda case, policy, now: record(case, taken_back, today, policy, now))
    assert (await now(desk, reference)).erasure_blocked
    await hands.open(f"/cases/{reference}")
    await hands.unfold("The wish stands after all")
    await hands.type("stands-why", "It was a slip of theirs")
    await hands.go("button", "It stands")
    assert not (await now(desk, reference)).erasure_blocked
    await hands.unfold("They take it back")
    await hands.type("withdrawn-why", "They rang, and said so twice")
    await hands.go("button", "They take it back: close it")
    case = await now(desk, reference)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.WITHDRAWN)


async def test_the_message_what_is_attached_and_the_evidence_are_saved_as_files(desk: AtDesk) -> None:
    raw = (
        b"From: Ana Example <ana@customer.example>\r\nTo: dataprotection@larkfield.example\r\nSubject: My data\r\n"
        b"Message-ID: <with-a-file@customer.example>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n"
        + ACCESS.encode()
        + b"\r\n--x\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=bill.html\r\n\r\n"
        b"<script>document.title = 'taken'</script>\r\n--x--\r\n"
    )
    await desk.office.life.desk.poll()
    thread = await desk.office.life.receive(raw)
    hands = await Hands.at(desk, f"/cases/{thread}/1")
    assert await hands.taken("Save the message as it came") == raw
    assert b"document.title" in await hands.taken("bill.html")
    assert "taken" not in await hands.page.title()
    with zipfile.ZipFile(io.BytesIO(await hands.taken("Save the evidence pack"))) as archive:
        assert archive.testzip() is None
    await hands.open(f"/cases/{thread}")
    assert hands.page.url.endswith(f"{thread}/1")


async def test_a_message_without_a_case_is_cleared_and_its_evidence_saved(desk: AtDesk) -> None:
    thread = await desk.office.life.hear("Thank you for the lovely lunch on Friday. See you soon.")
    hands = await Hands.at(desk, f"/cases/{thread}")
    assert (await hands.taken("Save the evidence pack"))[:2] == b"PK"
    await hands.go("button", "It asks for nothing")
    assert "Cleared" in await hands.text()
    assert await desk.office.store.to_look_at() == ()
