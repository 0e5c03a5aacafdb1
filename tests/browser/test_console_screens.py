"""The other screens in a browser: the queue's own acts, people, lists, quarantine, complaints, settings."""

import io
import zipfile
from datetime import timedelta

import pytest
from yarl import URL

from tests.browser.at_desk import AtDesk
from tests.browser.hands import Hands
from tests.console.letter_office import ACCESS, Office
from tests.factories import make_new_item
from triage.domain.do_not_contact import contact_point

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANA = "ana@customer.example"
THANKS = "Thank you for the lovely lunch on Friday. See you soon."
LIST = b"name;mail\r\nAna;ana@customer.example\r\nBo;bo@customer.example\r\n"


async def test_rows_are_taken_left_and_cleared_many_at_once(desk: AtDesk) -> None:
    office = desk.office
    threads = [await office.life.hear(ACCESS, f"person{n}@customer{n}.example") for n in range(2)]
    hands = await Hands.at(desk, "/?lane=new")
    for thread in threads:
        await hands.press("checkbox", f"Choose {thread}/1")
    await hands.go("button", "I take these")
    assert await assignees(office, threads) == ["dana", "dana"]
    await hands.press("checkbox", f"Choose {threads[0]}/1")
    await hands.go("button", "Nobody's")
    assert await assignees(office, threads) == ["", "dana"]

    for n in range(3):
        await office.life.hear(THANKS, f"guest{n}@customer.example")
    office.life.desk.clock.advance(timedelta(seconds=1))
    await hands.open("/?lane=not_requests")
    await hands.page.locator(".queue input[type=checkbox]").first.click()
    await hands.go("button", "Ask for nothing")
    assert len(await office.store.to_look_at()) == 2
    await hands.go("button", "All 2 of these ask for nothing")
    assert await office.store.to_look_at() == ()
    assert await office.store.verify_journal() == ()


async def assignees(office: Office, threads: list[str]) -> list[str]:
    """Who has the first case of each."""
    shown = [await office.store.show_case(f"{thread}/1") for thread in threads]
    return [str((one or {})["cases"][0]["assignee"] or "") for one in shown]  # type: ignore[index]


async def test_what_is_new_is_said_in_a_quiet_line_and_no_row_jumps(desk: AtDesk) -> None:
    await desk.office.life.hear(ACCESS)
    page = await desk.stand_outside()
    await page.clock.install()
    await page.context.add_cookies(
        [{"name": desk.office.console.cookie, "value": desk.office.dana.token, "url": desk.url}]
    )
    await page.goto(f"{desk.url}/?lane=new")
    rows = await page.inner_text(".queue")
    await desk.office.life.hear(ACCESS, "bo@customer.example")
    await page.clock.fast_forward(61_000)
    await page.wait_for_selector("#news:has-text('1 new: look again')")
    assert await page.inner_text(".queue") == rows
    async with page.expect_navigation():
        await page.click("#news a")
    assert await page.locator(".queue > li").count() == 2


async def test_filters_hold_until_they_are_taken_off(desk: AtDesk) -> None:
    await desk.office.life.hear(ACCESS)
    hands = await Hands.at(desk, "/?lane=all")
    await hands.unfold("Filter and search")
    await hands.choose("f-kind", "deletion")
    await hands.go("button", "Show")
    assert "Nothing fits these filters." in await hands.text()
    await hands.page.locator(".chips a").first.click()
    await hands.page.wait_for_selector(".queue")
    await hands.type("find", "personal data you hold")
    await hands.go("button", "Find", "header")
    assert "Found for" in await hands.text()
    assert await hands.page.locator(".queue > li").count() == 1


async def test_a_person_is_found_and_all_that_is_held_is_exported(desk: AtDesk) -> None:
    thread = await desk.office.life.hear(ACCESS)
    hands = await Hands.at(desk, "/people")
    await hands.type("q", "ANA@customer.example")
    await hands.go("button", "Find")
    assert thread in await hands.text()
    assert "Not on the do-not-contact list." in await hands.text()
    archive = zipfile.ZipFile(io.BytesIO(await hands.taken("Export everything as files")))
    assert archive.testzip() is None
    assert thread in archive.read("records.json").decode()


async def test_an_address_is_listed_checked_against_a_campaign_and_lifted(desk: AtDesk) -> None:
    point = contact_point(ANA)
    assert point is not None
    hands = await Hands.at(desk, "/suppression")
    await hands.type("add", ANA)
    await hands.choose("channel", "phone")
    await hands.go("button", "Put on the list")
    assert await desk.office.store.suppressed([point]) == (True,)

    campaign = {"name": "campaign.csv", "mimeType": "text/csv", "buffer": LIST}
    await hands.page.set_input_files("#list", campaign)  # type: ignore[arg-type]
    assert await hands.taken("Download it without those lines") == LIST.replace(b"Ana;ana@customer.example\r\n", b"")
    assert b"remove" in await hands.taken("Download the verdict by line")
    await hands.go("button", "Check the list")
    assert "1 of 2 lines are to be removed" in await hands.text()
    await hands.open("/suppression/check")
    assert "Check a campaign" in await hands.text()

    await hands.open("/suppression")
    await hands.type("point", ANA)
    await hands.go("button", "Ask")
    assert f"{ANA}: on the list." in await hands.text()
    await hands.go("button", "Take it off the list …")
    assert await desk.office.store.suppressed([point]) == (True,)
    await hands.type("why", "She asked for the newsletter again.")
    await hands.go("button", "Take it off the list")
    assert await desk.office.store.suppressed([point]) == (False,)


async def test_an_item_nobody_could_read_is_taken_away_and_tried_again(desk: AtDesk) -> None:
    raw = b"<script>alert(1)</script>\r\nnot a mail\r\n"
    store = desk.office.store
    await store.save_items([make_new_item(raw=raw)], None)
    (item,) = await store.claim_items("worker", 1, desk.office.life.desk.clock())
    await store.fail_item(item, "not_a_mail", None, desk.office.life.desk.clock())
    hands = await Hands.at(desk, "/quarantine")
    assert await hands.taken(f"Download item {item.id}") == raw
    await hands.go("button", f"Try again item {item.id}")
    assert "read again" in await hands.text()
    assert await store.list_quarantine() == ()


async def test_the_complaints_register_is_read_and_taken_as_csv(desk: AtDesk) -> None:
    thread = await desk.office.life.hear("I want to make a complaint about how you have handled my personal data.")
    hands = await Hands.at(desk, "/complaints")
    await hands.choose("by", "quarter")
    await hands.go("button", "Show")
    assert "2026-Q4" in await hands.text()
    assert thread in await hands.text()
    assert b"2026-Q4" in await hands.taken("Download as CSV")


async def test_settings_are_read_alarms_dealt_with_and_the_journal_verified(desk: AtDesk) -> None:
    await desk.office.life.hear(ACCESS)
    await desk.office.store.raise_alarm("sending_limit", None, desk.office.life.desk.clock())
    hands = await Hands.at(desk, "/settings")
    await hands.page.get_by_role("button", name="Dealt with").click()
    await hands.page.wait_for_selector("text=No alarm stands.")
    assert await desk.office.store.alarms() == ()

    address = URL((await hands.page.inner_text(".wide-value.mono")).strip())
    answer = await hands.page.request.get(f"{hands.url}{address.path_qs}")
    assert "BEGIN:VCALENDAR" in await answer.text()

    await hands.go("link", "See every pattern with its examples")
    assert "Please send me a copy of the invoice." in await hands.page.content()
    await hands.open("/settings")
    await hands.go("link", "Check the files of the rules")
    assert "can be read, and nothing is missing" in await hands.text()
    await hands.open("/settings")
    await hands.go("link", "Verify the journal")
    assert "Every chain is whole" in await hands.text()
    assert b"DP-2026-" in await hands.taken("Download every end as CSV")


async def test_a_reader_looks_at_every_screen_and_is_offered_no_act(desk: AtDesk) -> None:
    thread = await desk.office.life.hear(ACCESS)
    desk.office.life.desk.clock.advance(timedelta(minutes=1))
    hands = await Hands.at(desk, "/", name="rea")
    paths = ("/", f"/cases/{thread}/1", "/letters", "/people", "/suppression", "/quarantine", "/settings")
    for path in paths:
        await hands.open(path)
        forms = await hands.page.eval_on_selector_all("main form[method=post]", "all => all.map((it) => it.action)")
        assert [one for one in forms if not one.endswith(("/suppression/check", "/"))] == [], path
