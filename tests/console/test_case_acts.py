"""What a person does on the case page, each act by its own form."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from tests.console.conftest import Browser, Desk, SignIn
from tests.factories import (
    NOW,
    make_analysis,
    make_case,
    make_classification,
    make_enquiry,
    make_plan,
    make_silent_plan,
)
from triage.adapters.store.schema import letter
from triage.domain.case_change import CaseChange, NewTask
from triage.domain.case_file import CaseFile
from triage.domain.clock import ClockFacts, compute
from triage.domain.delivery import Supplement
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, Lane, LetterPurpose, Outcome, UserRole

TODAY = NOW.date().isoformat()


async def filed(desk: Desk, kind: Kind = Kind.ACCESS, **changes: object) -> str:
    """A case of `kind` by the real clock, read; its reference with number."""
    policy = desk.console.policy
    dates = compute(ClockFacts(kind=kind, received=NOW), policy.targets, (), ())
    reading = make_classification(kinds=(kind,), reasons=())
    plan = make_plan(cases=(make_case(kind, dates=dates),))
    reference = await desk.file(analysis=make_analysis(classification=reading), plan=plan, **changes)
    await desk.store.mark_read(reference, by="dana", now=NOW)
    return f"{reference}/1"


async def case_of(desk: Desk, reference: str) -> CaseFile:
    """The case as it stands."""
    found = await desk.store.case_of(reference)
    assert found is not None
    return found


async def journal_of(desk: Desk, reference: str) -> list[tuple[str, str]]:
    """Events of a case with what was written."""
    found = await desk.store.show_case(reference)
    assert found is not None
    return [(one["event"], one["text"] or "") for one in found["journal"]]  # type: ignore[attr-defined]


async def all_letters_left(desk: Desk) -> None:
    """As after the outbox has had its turn."""
    async with desk.store._database.write() as connection:
        await connection.execute(update(letter).values(state="sent", sent_at=NOW))


async def do(browser: Browser, reference: str, act: str, **fields: object) -> str:
    """An act that must be done; where it leads."""
    answer = await browser.post(f"/cases/{reference}/{act}", **fields)
    assert answer.status == 303, (answer.status, await answer.text())
    return answer.headers["Location"]


async def test_a_note_is_kept_and_shown(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    assert await do(dana, reference, "note", version="1", words="Rang\r\nthe <b>bank</b>") == (
        f"/cases/{reference}?done=noted"
    )
    assert ("noted", "Rang\nthe <b>bank</b>") in await journal_of(desk, reference)
    page = await dana.page(f"/cases/{reference}?done=noted")
    assert "Noted." in page
    assert "the &lt;b&gt;bank&lt;/b&gt;" in page


async def test_who_comes_second_sees_who_was_first_and_keeps_their_text(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    await do(dana, reference, "note", version="1", words="first")
    answer = await dana.post(f"/cases/{reference}/note", version="1", words="second & last")
    page = await answer.text()
    assert answer.status == 409
    assert "has changed since you looked" in page
    assert "noted by dana" in page
    assert "second &amp; last</textarea>" in page
    assert 'name="version" value="2"' in page
    assert [text for event, text in await journal_of(desk, reference) if event == "noted"] == ["first"]
    await do(dana, reference, "note", version="2", words="second & last")


async def test_a_note_that_is_too_long_is_refused_with_its_text_kept(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    answer = await dana.post(f"/cases/{reference}/note", version="1", words="x" * 20_001)
    page = await answer.text()
    assert answer.status == 422
    assert "20,001 characters long" in page
    assert "x" * 20_001 in page
    assert (await dana.post(f"/cases/{reference}/note", version="1", words=" ")).status == 422


async def test_a_note_of_ten_megabytes_is_refused_in_words(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    much = io.BytesIO(b"words=" + b"x" * 10_000_000)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await dana.client.post(f"/cases/{reference}/note", data=much, headers=headers)
    assert answer.status == 413
    assert "your text is still there" in await answer.text()


@pytest.mark.parametrize("act", ["note", "read", "close", "tick", "assign"])
async def test_a_reader_may_do_nothing(desk: Desk, rea: Browser, act: str) -> None:
    reference = await filed(desk)
    assert (await rea.post(f"/cases/{reference}/{act}", words="x")).status == 403


async def test_a_form_without_its_key_is_not_taken(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    answer = await dana.post(f"/cases/{reference}/note", form_key="wrong", words="kept")
    assert answer.status == 409
    assert "kept" in await answer.text()
    assert not [one for one in await journal_of(desk, reference) if one[0] == "noted"]


async def test_reading_reaches_up_to_the_newest_message_that_was_shown(desk: Desk, dana: Browser) -> None:
    thread = await desk.file()
    shown = (await case_of(desk, f"{thread}/1")).messages[-1].enquiry_id
    desk.clock.advance(timedelta(hours=1))
    later = make_enquiry(full_text="And one thing more.", received_at=desk.clock())
    await desk.file(analysis=make_analysis(enquiry=later), plan=make_silent_plan(outcome="follow_up", joins=thread))
    await do(dana, f"{thread}/1", "read", up_to=str(shown))
    unread = (await case_of(desk, f"{thread}/1")).unread
    assert [one.enquiry_id > shown for one in unread] == [True]
    page = await dana.page(f"/cases/{thread}/1")
    assert "Read the new message" in page
    await do(dana, f"{thread}/1", "read", up_to=str(unread[0].enquiry_id))
    assert (await case_of(desk, f"{thread}/1")).unread == ()


async def test_a_case_is_taken_given_and_left(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    assert await do(dana, reference, "assign", to="dana") == f"/cases/{reference}?done=assigned"
    assert "With dana" in await dana.page(f"/cases/{reference}")
    assert (await dana.post(f"/cases/{reference}/assign", to="nobody known")).status == 409
    await do(dana, reference, "assign", to="")
    assert "With nobody yet" in await dana.page(f"/cases/{reference}")


async def test_a_call_is_logged_with_five_fields(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    fields = {"way": "teams", "on": TODAY, "whom": "Ana", "said": "She wants it by post.", "agreed": "By post."}
    await do(dana, reference, "contacted", version="1", **fields)
    assert (await case_of(desk, reference)).contacts == (NOW.date(),)
    assert ("contacted", "On Teams, Ana: She wants it by post.\nAgreed: By post.") in await journal_of(desk, reference)
    answer = await dana.post(f"/cases/{reference}/contacted", way="pigeon", on="soon")
    page = await answer.text()
    assert answer.status == 422
    assert "Choose one" in page
    assert "Say what was said" in page
    assert "Give a day, like 2026-12-21" in page


async def test_a_case_rests_until_a_day_and_never_past_one_that_is_owed(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    await do(dana, reference, "snooze", until="2026-12-01", why="They are on holiday")
    assert (await case_of(desk, reference)).snoozed_until == date(2026, 12, 1)
    answer = await dana.post(f"/cases/{reference}/snooze", until="2027-03-01", why="Long")
    assert answer.status == 409
    assert "the day to answer by" in await answer.text()


async def test_a_hold_is_laid_and_lifted(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    await do(dana, reference, "hold", why="A claim is likely")
    assert (await case_of(desk, reference)).legal_hold
    assert "Lift the legal hold" in await dana.page(f"/cases/{reference}")
    await do(dana, reference, "hold", why="It is settled", lift="1")
    assert not (await case_of(desk, reference)).legal_hold


async def listed(desk: Desk, reference: str, *systems: str) -> None:
    """A checklist for the case."""
    tasks = tuple(NewTask(system=name, what="Search.", owner="Ops", due_on=None) for name in systems)
    change = CaseChange(event="listed", tasks=tasks)
    assert await desk.store.change_case(await case_of(desk, reference), change, by="desk", now=NOW)


async def test_a_line_of_the_checklist_is_ticked_and_unticked(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    await listed(desk, reference, "Billing")
    await do(dana, reference, "tick", system="Billing", note="14 invoices")
    (task,) = (await case_of(desk, reference)).tasks
    assert (task.done_on, task.done_by, task.note) == (NOW.date(), "dana", "14 invoices")
    assert (await dana.post(f"/cases/{reference}/untick", system="Billing", note="")).status == 422
    await do(dana, reference, "untick", system="Billing", note="The wrong Ana")
    assert (await case_of(desk, reference)).tasks[0].done_on is None
    assert (await dana.post(f"/cases/{reference}/tick", system="Nowhere")).status == 409


async def test_identity_is_asked_for_by_a_letter_that_is_read_first(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    where = await do(dana, reference, "ask", version="1", what="identity", words="The date of your last order, please.")
    drafted = (await case_of(desk, reference)).letters[-1]
    assert (drafted.purpose, drafted.state, where) == (LetterPurpose.IDENTITY_ASK, "draft", f"/letters/{drafted.id}")
    page = await dana.page(f"/cases/{reference}")
    assert f'href="/letters/{drafted.id}"' in page
    assert "waits for you" in page
    assert (await dana.post(f"/cases/{reference}/ask", what="identity", words="Again")).status == 409


async def test_the_words_of_a_refused_letter_are_kept(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    answer = await dana.post(f"/cases/{reference}/answer", outcome="refused", words="")
    page = await answer.text()
    assert answer.status == 409
    assert "rite the reasons" in page
    assert '<option value="refused" selected>' in page


async def test_an_extension_needs_its_reasons(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    assert (await dana.post(f"/cases/{reference}/extend", words="")).status == 422
    where = await do(dana, reference, "extend", words="Your request is large: there are 4,000 mails.")
    assert where == f"/letters/{(await case_of(desk, reference)).letters[-1].id}"


async def test_events_move_the_clock(desk: Desk, dana: Browser, sign_in: SignIn) -> None:
    reference = await filed(desk)
    await do(dana, reference, "event", version="1", name="identity_asked", on=TODAY)
    case = await case_of(desk, reference)
    assert case.dates.statutory_due is None
    page = await dana.page(f"/cases/{reference}")
    assert "We wait for proof of identity" in page
    assert '<option value="identity_received" selected>' in page
    desk.clock.advance(timedelta(days=4))
    again = await sign_in("dee", UserRole.DEPUTY)
    await do(again, reference, "event", version="2", name="identity_received", on="2026-11-26")
    assert (await case_of(desk, reference)).dates.starts_on == date(2026, 11, 26)


async def test_what_comes_too_late_is_recorded_with_a_reason_only(desk: Desk, sign_in: SignIn) -> None:
    reference = await filed(desk)
    desk.clock.advance(timedelta(days=40))
    dana = await sign_in("dana", UserRole.DPO)
    late = {"name": "extended", "on": "2027-01-02"}
    refused = await dana.post(f"/cases/{reference}/event", **late)
    assert refused.status == 409
    assert "the last day to announce it" in await refused.text()
    await do(dana, reference, "event", **late, override="Told them by phone in December")
    assert (await case_of(desk, reference)).events[-1].overridden


async def test_an_outcome_is_proposed_by_a_letter(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk, Kind.CORRECTION)
    where = await do(dana, reference, "answer", outcome="corrected", words="Your address is right now.")
    drafted = (await case_of(desk, reference)).letters[-1]
    assert (drafted.outcome, where) == (Outcome.CORRECTED, f"/letters/{drafted.id}")


async def test_what_is_held_for_a_client_is_passed_on(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    where = await do(dana, reference, "forward", words="")
    drafted = (await case_of(desk, reference)).letters[-1]
    assert (drafted.purpose, where) == (LetterPurpose.FORWARDED, f"/letters/{drafted.id}")


async def test_a_case_is_closed_untold_with_a_reason_and_opened_again(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk, Kind.CORRECTION)
    assert (await dana.post(f"/cases/{reference}/close", outcome="corrected")).status == 409
    await all_letters_left(desk)
    await do(dana, reference, "close", outcome="corrected", without_letter="Told them by phone")
    case = await case_of(desk, reference)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.CORRECTED)
    page = await dana.page(f"/cases/{reference}")
    assert "Nothing is owed" in page
    assert "Open it again" in page
    assert "Close it" not in page
    await do(dana, reference, "reopen", why="They rang: it is wrong again")
    assert (await case_of(desk, reference)).state is CaseState.OPEN


async def test_a_withdrawal_is_dismissed_or_confirmed(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk, Kind.DELETION)
    await do(dana, reference, "event", name="withdrawn", on=TODAY)
    assert (await case_of(desk, reference)).erasure_blocked
    page = await dana.page(f"/cases/{reference}")
    assert "The wish stands after all" in page
    await do(dana, reference, "stands", why="A slip of theirs")
    assert not (await case_of(desk, reference)).erasure_blocked
    await all_letters_left(desk)
    await do(dana, reference, "withdrawn", why="They rang and said so")
    assert (await case_of(desk, reference)).outcome is Outcome.WITHDRAWN


async def test_search_and_points_of_art_15_are_recorded(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    await listed(desk, reference, "Billing")
    task = (await case_of(desk, reference)).tasks[0].id
    points = {f"point-{point}": "not applicable" for point in Supplement}
    answer = await dana.post(f"/cases/{reference}/answers", **points)
    assert answer.status == 409
    await do(dana, reference, "answers", **points, **{f"searched-{task}": "by name: 14"}, redactions_by="Dana")
    assert (await case_of(desk, reference)).supplied


async def test_how_an_answer_was_handed_over_is_recorded(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    fields = {"how": "By courier", "to": "1 Lane", "checked": "On their bill", "sha256": "ab" * 32}
    await do(dana, reference, "delivered", **fields, at="2026-11-23T09:00")
    assert (await case_of(desk, reference)).delivered
    other = await filed(desk)
    await do(dana, other, "delivered", outside="Through their solicitor; the receipt lies in the file")
    assert (await case_of(desk, other)).delivered
    assert (await dana.post(f"/cases/{other}/delivered", how="x", at="then")).status == 422


async def test_what_was_acknowledged_by_hand_counts(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    thread = reference.partition("/")[0]
    assert (await dana.post(f"/cases/{reference}/acknowledged")).status == 409
    waiting = await desk.file(plan=make_plan(letter=None, not_acknowledged=True, no_letter_because="volume"))
    assert "It has been acknowledged by hand" in await dana.page(f"/cases/{waiting}/1")
    assert await do(dana, f"{waiting}/1", "acknowledged") == f"/cases/{waiting}/1?done=acknowledged"
    assert not (await case_of(desk, f"{waiting}/1")).not_acknowledged
    assert thread != waiting


async def test_a_message_that_asks_for_nothing_is_cleared(desk: Desk, dana: Browser) -> None:
    analysis = make_analysis(classification=make_classification(kinds=()))
    reference = await desk.file(analysis=analysis, plan=make_silent_plan(lane=Lane.NOT_REQUESTS))
    assert "It asks for nothing" in await dana.page(f"/cases/{reference}")
    assert await do(dana, reference, "clear") == f"/cases/{reference}?done=cleared"
    assert await desk.store.to_look_at() == ()


async def test_the_effect_of_another_label_is_shown_before_it_is_taken(desk: Desk, dana: Browser) -> None:
    reference = await filed(desk)
    thread = reference.partition("/")[0]
    page = await dana.page(f"/cases/{thread}/relabel?kind=deletion")
    assert f"Case {reference} (access) is set aside" in page
    assert "A case opens: <strong>deletion</strong>" in page
    assert "due Wednesday 23 December 2026" in page
    assert (await case_of(desk, reference)).is_open
    known = await desk.store.labelled(thread)
    assert known is not None
    assert f'name="version" value="{known.version}"' in page
    where = await do(dana, thread, "relabel", kind="deletion", version=str(known.version))
    assert where == f"/cases/{thread}/2?done=relabelled"
    assert (await case_of(desk, f"{thread}/2")).kind is Kind.DELETION
    assert (await case_of(desk, reference)).state is CaseState.SET_ASIDE
    assert "Put right." in await dana.page(where)


async def test_a_label_is_not_taken_on_what_has_changed_since(desk: Desk, dana: Browser) -> None:
    thread = (await filed(desk)).partition("/")[0]
    answer = await dana.post(f"/cases/{thread}/relabel", kind="deletion", version="1")
    assert answer.status == 409
    assert "changed since you looked" in await answer.text()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "Tick what is asked"),
        ("kind=access&none=1", "not both"),
        ("kind=other_right", "Say which other right it is"),
        ("kind=access", "Nothing would change"),
    ],
)
async def test_a_label_that_says_nothing_clear_is_not_offered(desk: Desk, dana: Browser, query: str, told: str) -> None:
    thread = (await filed(desk)).partition("/")[0]
    page = await dana.page(f"/cases/{thread}/relabel?{query}")
    assert told in page
    assert "Yes, change it" not in page
    answer = await dana.post(f"/cases/{thread}/relabel")
    assert answer.status == 422


async def test_a_right_named_is_that_kind_as_well(desk: Desk, dana: Browser) -> None:
    thread = (await filed(desk)).partition("/")[0]
    page = await dana.page(f"/cases/{thread}/relabel?right=portability")
    assert "other right" in page
    assert "Yes, change it" in page
    assert (await dana.get("/cases/DP-2026-99999-K7/relabel?kind=access")).status == 404


async def test_every_event_a_person_may_record_is_offered(desk: Desk, dana: Browser) -> None:
    page = await dana.page(f"/cases/{await filed(desk)}")
    offered = [name for name in CaseEventName if f'<option value="{name}"' in page]
    assert CaseEventName.RECEIVED not in offered
    assert CaseEventName.FEE_PAID in offered
