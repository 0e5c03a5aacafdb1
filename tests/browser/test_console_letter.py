"""Every act on a letter in a browser: worded, read by the rules, approved, called back, thrown away, handed over."""

from datetime import timedelta

import pytest

from tests.browser.at_desk import AtDesk
from tests.browser.hands import Hands
from tests.console.letter_office import ACCESS, Office
from tests.service.conftest import person_mail
from triage.domain.letter_desk import LettersAsked, Shelf

pytestmark = pytest.mark.asyncio(loop_scope="session")

HALF_A_MINUTE = timedelta(seconds=31)
LONG_AGO = timedelta(hours=80)


async def late(office: Office, sender: str) -> str:
    """A mail over three days old when the desk sees it: nothing but its age holds its acknowledgement."""
    await office.life.desk.poll()
    office.life.desk.mailbox.receive(person_mail(ACCESS, sender), office.life.desk.clock() - LONG_AGO)
    await office.life.desk.work()
    return (await office.store.list_enquiries())[-1].thread or ""


async def leaving(office: Office) -> int:
    """How many letters are about to leave."""
    return len((await office.store.letters_page(LettersAsked(shelf=Shelf.LEAVING))).rows)


async def test_a_draft_is_read_by_the_rules_while_it_is_typed_and_shown_as_its_reader_will_see_it(desk: AtDesk) -> None:
    draft = await desk.office.draft()
    hands = await Hands.at(desk, "/letters")
    await hands.go("link", "Extension notice")
    assert "Nothing to mend." in await hands.page.inner_text("#verdict")
    await hands.unfold("Change the words")
    await hands.page.focus("#body")
    await hands.page.keyboard.press("Control+End")
    await hands.page.keyboard.type("\nThis is our final response.")
    await hands.page.wait_for_selector("#verdict:has-text('It cannot leave like this')")
    assert "call it final" in await hands.page.inner_text("#verdict")
    assert "This is our final response." in await hands.page.inner_text("#sheet-body")
    assert (await desk.office.again(draft)).body == draft.body

    await hands.go("button", "Approve and send")  # refused, and what was typed is kept
    assert "This was not done" in await hands.text()
    assert (await desk.office.again(draft)).is_draft
    body = await hands.page.input_value("#body")
    await hands.page.fill("#body", body.replace("This is our final response.", "Ring us when you like."))
    await hands.page.wait_for_selector("#verdict:has-text('Nothing to mend')")
    await hands.go("button", "Save")
    assert "Saved." in await hands.text()
    assert "Ring us when you like." in (await desk.office.again(draft)).body
    assert "letter_edited" in await desk.office.told(draft.reference)


async def test_without_scripts_the_words_are_checked_by_a_button(desk: AtDesk) -> None:
    draft = await desk.office.draft()
    hands = await Hands.at(desk, f"/letters/{draft.id}", java_script_enabled=False)
    await hands.unfold("Change the words")
    body = await hands.page.input_value("#body")
    await hands.page.fill("#body", f"{body}\nThis is our final response.")
    await hands.press("button", "Check")
    await hands.page.wait_for_selector("#verdict:has-text('Not saved yet')")
    assert "call it final" in await hands.page.inner_text("#verdict")
    assert await desk.office.again(draft) == draft


async def test_an_approved_letter_is_called_back_within_half_a_minute_and_leaves_after_it(desk: AtDesk) -> None:
    draft, sent = await desk.office.draft(), len(desk.office.life.sent)
    hands = await Hands.at(desk, f"/letters/{draft.id}")
    await hands.go("button", "Approve and send")
    await hands.page.wait_for_selector("#countdown:has-text('seconds left')")
    await hands.go("button", "Call back")
    assert "nothing was sent" in await hands.text()
    desk.office.life.desk.clock.advance(HALF_A_MINUTE)
    await desk.office.let_leave()
    assert (await desk.office.again(draft)).is_draft
    assert len(desk.office.life.sent) == sent

    await hands.go("button", "Approve and send")
    await hands.open("/letters")
    await hands.go("button", f"Call back the letter {draft.reference}")
    assert await leaving(desk.office) == 0
    await hands.go("button", "Approve and send")
    desk.office.life.desk.clock.advance(HALF_A_MINUTE)
    await desk.office.let_leave()
    assert (await desk.office.again(draft)).state == "sent"
    assert desk.office.life.sent[-1].id == draft.id
    await hands.open(f"/letters/{draft.id}")
    assert "Sent" in await hands.text()
    assert not await hands.thing("button", "Call back").count()


async def test_a_draft_is_thrown_away_and_another_printed_and_handed_over(desk: AtDesk) -> None:
    draft = await desk.office.draft()
    hands = await Hands.at(desk, f"/letters/{draft.id}")
    await hands.unfold("Discard it")
    await hands.go("button", "Discard this draft")
    assert "Discarded." in await hands.text()
    assert (await desk.office.again(draft)).state == "discarded"

    other = await desk.office.extension_for(draft.reference)
    await hands.open(f"/letters/{other.id}")
    await hands.go("link", "Print view")
    assert await hands.thing("button", "Print").is_visible()
    await hands.page.emulate_media(media="print")
    assert not await hands.page.is_visible("h1")
    assert other.subject in await hands.text()
    await hands.page.emulate_media(media="screen")
    await hands.go("link", "Back to the letter")
    await hands.unfold("It was handed over another way")
    await hands.type("how", "Printed and posted to the address on file")
    await hands.go("button", "It counts as sent")
    now = await desk.office.again(other)
    assert (now.state, now.code) == ("sent", "outside")
    assert "letter_handed_over" in await desk.office.told(f"{other.reference}/1")


async def test_acknowledgements_that_were_held_are_sent_several_at_once(desk: AtDesk) -> None:
    threads = [await late(desk.office, f"{name}@customer.example") for name in ("bo", "cy")]
    hands = await Hands.at(desk, "/letters")
    for thread in threads:
        await hands.press("checkbox", f"Send {thread}")
    await hands.go("button", "Send the chosen acknowledgements")
    assert await leaving(desk.office) == 2
    third = await late(desk.office, "di@customer.example")
    await hands.open("/?lane=needs_person")
    await hands.press("checkbox", f"Choose {third}/1")
    await hands.go("button", "Send their acknowledgement")
    assert await leaving(desk.office) == 3
    desk.office.life.desk.clock.advance(HALF_A_MINUTE)
    await desk.office.let_leave()
    recipients = {one.recipient for one in desk.office.life.sent}
    assert recipients == {f"{name}@customer.example" for name in ("bo", "cy", "di")}


async def test_what_was_acknowledged_another_way_is_said_on_the_case_and_on_the_letters_page(desk: AtDesk) -> None:
    first, second = await late(desk.office, "bo@customer.example"), await late(desk.office, "cy@customer.example")
    hands = await Hands.at(desk, f"/cases/{first}/1")
    await hands.go("button", "It has been acknowledged by hand")
    assert not (await desk.office.life.case(first)).not_acknowledged
    await hands.open("/letters")
    await hands.go("link", "Ana Example")
    await hands.go("button", "It counts as acknowledged")
    assert not (await desk.office.life.case(second)).not_acknowledged
    assert desk.office.life.sent == []


async def test_where_nobody_vouches_for_the_sender_a_checked_address_is_typed_in(desk: AtDesk) -> None:
    office = desk.office
    await office.life.desk.poll()
    raw = person_mail(ACCESS, Reply_To="someone@elsewhere.example")
    office.life.desk.mailbox.receive(raw, office.life.desk.clock() - LONG_AGO)
    await office.life.desk.work()
    thread = (await office.store.list_enquiries())[-1].thread
    hands = await Hands.at(desk, f"/enquiries/{thread}/acknowledge")
    await hands.type("to", "ana@checked.example")
    await hands.go("button", "Send the acknowledgement")
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    assert [one.recipient for one in office.life.sent] == ["ana@checked.example"]


async def test_every_template_is_read_with_sample_facts(desk: AtDesk) -> None:
    hands = await Hands.at(desk, "/letters")
    await hands.go("link", "Read every template")
    await hands.go("link", "Extension notice")
    assert await hands.page.locator(".sheet").count() >= 1
