"""Acknowledgements that were held back, sent on a person's word; never to a machine."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.console.letter_office import ACCESS, Office, open_office
from tests.service.conftest import person_mail
from triage.domain.case_plan import BY_HAND
from triage.domain.letter_desk import LettersAsked, Shelf

HALF_A_MINUTE = timedelta(seconds=31)
LONG_AGO = timedelta(hours=80)
UNSURE = "I am worried about my privacy."


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as one:
        yield one


async def late(office: Office, text: str = ACCESS, sender: str = "ana@customer.example", **headers: str) -> str:
    """A mail that came to us over 72 hours late: row 16 holds its acknowledgement."""
    await office.life.desk.poll()
    office.life.desk.mailbox.receive(person_mail(text, sender, **headers), office.life.desk.clock() - LONG_AGO)
    await office.life.desk.work()
    return (await office.store.list_enquiries())[-1].thread or ""


async def test_what_was_held_for_its_age_is_listed_with_its_reason(office: Office) -> None:
    thread = await late(office)
    page = await office.dana.page("/letters")
    assert f'name="row" value="{thread}"' in page
    assert "over 72 hours late" in page
    page = await office.dana.page(f"/enquiries/{thread}/acknowledge")
    assert "Send the acknowledgement" in page
    assert "This reply is automatic" not in page


async def test_it_is_sent_by_the_same_rules_and_can_be_called_back_until_then(office: Office) -> None:
    thread = await late(office)
    assert (await office.life.case(thread)).next_step == BY_HAND
    answer = await office.dana.post(f"/enquiries/{thread}/acknowledge")
    assert answer.status == 303
    assert "Call back" in await office.dana.page(answer.headers["Location"])
    assert office.life.sent == []
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    (sent,) = office.life.sent
    assert (sent.purpose, sent.recipient) == ("acknowledgement", "ana@customer.example")
    assert "automatic" not in sent.text.body
    case = await office.life.case(thread)
    assert not case.not_acknowledged
    assert case.next_step != BY_HAND


async def test_twice_is_once(office: Office) -> None:
    thread = await late(office)
    assert (await office.dana.post(f"/enquiries/{thread}/acknowledge")).status == 303
    answer = await office.dana.post(f"/enquiries/{thread}/acknowledge")
    assert answer.status == 409
    assert "a letter is there already" in await answer.text()


async def test_who_asks_for_nothing_clear_gets_the_neutral_letter_without_a_case(office: Office) -> None:
    thread = await late(office, UNSURE)
    assert await office.life.desk.store.cases_of(thread) == ()
    assert (await office.dana.post(f"/enquiries/{thread}/acknowledge")).status == 303
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    (sent,) = office.life.sent
    assert sent.purpose == "neutral"
    assert "automatic" not in sent.text.body
    assert await office.store.verify_journal() == ()


async def test_a_machine_is_never_answered(office: Office) -> None:
    thread = await late(office, ACCESS, "no-reply@shop.example")
    assert thread not in await office.dana.page("/letters")
    answer = await office.dana.post(f"/enquiries/{thread}/acknowledge")
    assert answer.status == 409
    assert "never answered" in await answer.text()
    many = await office.dana.post("/letters/acknowledge", row=thread)
    assert many.status == 409
    assert (await office.store.letters_page(LettersAsked(shelf=Shelf.LEAVING))).rows == ()


async def test_a_sender_nobody_vouches_for_needs_a_checked_address(office: Office) -> None:
    thread = await late(office, ACCESS, "ana@customer.example", Reply_To="someone@elsewhere.example")
    page = await office.dana.page(f"/enquiries/{thread}/acknowledge")
    assert "Address you have checked" in page
    for to in ("", "nowhere"):
        assert (await office.dana.post(f"/enquiries/{thread}/acknowledge", to=to)).status == 409, to
    assert (await office.dana.post(f"/enquiries/{thread}/acknowledge", to="Ana@Checked.example")).status == 303
    office.life.desk.clock.advance(HALF_A_MINUTE)
    await office.let_leave()
    assert [one.recipient for one in office.life.sent] == ["ana@checked.example"]


async def test_many_are_sent_at_once_where_only_their_age_held_them(office: Office) -> None:
    threads = [await late(office, ACCESS, f"person{n}@customer{n}.example") for n in range(3)]
    answer = await office.dana.client.post("/letters/acknowledge", data=_rows(office, threads), allow_redirects=False)
    assert answer.status == 303
    assert len((await office.store.letters_page(LettersAsked(shelf=Shelf.LEAVING))).rows) == 3


async def test_from_the_queue_too_and_all_or_none(office: Office) -> None:
    good = await late(office)
    doubtful = await late(office, ACCESS, "bo@customer.example", Reply_To="someone@elsewhere.example")
    rows = [("act", "acknowledge"), ("lane", "needs_person"), *_rows(office, [f"{good}/1", f"{doubtful}/1"])]
    answer = await office.dana.client.post("/", data=rows, allow_redirects=False)
    assert answer.status == 409
    assert "Nothing was sent" in await answer.text()
    assert (await office.store.letters_page(LettersAsked(shelf=Shelf.LEAVING))).rows == ()
    rows = [("act", "acknowledge"), ("lane", "needs_person"), *_rows(office, [f"{good}/1"])]
    answer = await office.dana.client.post("/", data=rows, allow_redirects=False)
    assert answer.status == 303


async def test_a_regulator_gets_no_letter_of_ours_and_the_page_says_so(office: Office) -> None:
    text = "This is the Information Commissioner's Office. We have opened case IC-123456-A7B8 about your company."
    thread = await late(office, text, "casework@ico.org.uk")
    page = await office.dana.page(f"/enquiries/{thread}/acknowledge")
    assert "No letter goes from here" in page
    assert (await office.dana.post(f"/enquiries/{thread}/acknowledge")).status == 409


async def test_what_was_acknowledged_another_way_is_off_the_list(office: Office) -> None:
    thread = await late(office)
    assert (await office.dana.post(f"/enquiries/{thread}/acknowledged")).status == 303
    assert thread not in await office.dana.page("/letters?shelf=waiting") + await office.dana.page("/letters")
    assert (await office.dana.post(f"/enquiries/{thread}/acknowledged")).status == 409


async def test_a_reader_sends_nothing(office: Office) -> None:
    thread = await late(office)
    assert (
        "Send the acknowledgement"
        not in (await office.rea.page(f"/enquiries/{thread}/acknowledge")).split("<h1>")[1].split("</h1>")[1]
    )
    assert (await office.rea.post(f"/enquiries/{thread}/acknowledge")).status == 403
    assert (await office.rea.post("/letters/acknowledge", row=thread)).status == 403


async def test_an_unknown_enquiry_is_not_found(office: Office) -> None:
    assert (await office.dana.get("/enquiries/DP-2026-99999-X1/acknowledge")).status == 404
    assert (await office.dana.post("/letters/acknowledge")).status == 409


def _rows(office: Office, threads: list[str]) -> list[tuple[str, str]]:
    from triage.service.signing_in import form_key

    return [("form_key", form_key(office.dana.token)), *(("row", thread) for thread in threads)]
