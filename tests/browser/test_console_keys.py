"""The console by keyboard alone, and without JavaScript."""

from datetime import timedelta

import pytest
from playwright.async_api import Page

from tests.browser.at_desk import AtDesk
from tests.console.letter_office import ACCESS
from triage.demo.samples import SAMPLES
from triage.domain.letter_desk import LettersAsked, Shelf
from triage.domain.queue import QueueAsked

pytestmark = pytest.mark.asyncio(loop_scope="session")

_AT = "[document.activeElement.className, document.activeElement.id, document.activeElement.tagName].join(' ')"
_SEEN = """
() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), look = getComputedStyle(at);
  return box.width > 0 && box.height > 0 && box.right > 0 && look.outlineStyle !== 'none';
}
"""
_NOTHING = (SAMPLES / "30-invoice-question.eml").read_bytes()


async def row_at(page: Page) -> str:
    """The reference of the row that has the focus, "" without one."""
    found = await page.evaluate("document.activeElement.closest('.queue > li')?.querySelector('[name=row]').value")
    return str(found or "")


async def references(page: Page) -> list[str]:
    return [await box.input_value() for box in await page.locator(".queue [name=row]").all()]


async def test_the_queue_is_worked_by_its_keys(desk: AtDesk) -> None:
    for name in ("ana", "bel", "cy"):
        await desk.office.life.hear(f"{ACCESS} I am {name}.", f"{name}@customer.example")
    page = await desk.sit_down()
    await page.goto(f"{desk.url}/?lane=all")
    first, second, third = await references(page)
    at = []
    for key in ("j", "j", "j", "j", "k"):
        await page.keyboard.press(key)
        at.append(await row_at(page))
    assert at == [first, second, third, third, second]
    await page.keyboard.press("x")
    assert await page.locator(f"[name=row][value='{second}']").is_checked()
    await page.keyboard.press("?")
    assert await page.get_by_text("open the row").is_visible()
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "find"
    await page.keyboard.type("jack?")  # letters in a field are letters
    assert await page.input_value("#find") == "jack?"
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("j")
    async with page.expect_navigation():
        await page.keyboard.press("a")
    rows = (await desk.office.store.queue_page(QueueAsked(), desk.office.life.today, desk.office.life.today)).rows
    assert {row.reference: row.assignee for row in rows} == {first: "dana", second: "", third: ""}
    await page.keyboard.press("j")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url == f"{desk.url}/cases/{first}"


async def test_tab_goes_from_the_skip_link_through_every_part_and_focus_is_always_seen(desk: AtDesk) -> None:
    thread = await desk.office.life.hear(ACCESS)
    page = await desk.sit_down()
    for path in ("/?lane=all", f"/cases/{thread}/1", "/suppression"):
        await page.goto(desk.url + path)
        order = []
        for _ in range(90):
            await page.keyboard.press("Tab")
            at = await page.evaluate(_AT)
            if at.endswith("BODY") or (at == order[0] if order else False):
                break
            assert await page.evaluate(_SEEN), (path, at)
            order.append(at)
        assert order[0] == "skip  A"
        assert len(order) > 15
        await page.goto(desk.url + path)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('main') !== null")


async def test_without_javascript_what_asks_for_nothing_is_cleared_and_a_case_taken(desk: AtDesk) -> None:
    office = desk.office
    await office.life.desk.poll()
    await office.life.receive(_NOTHING)
    office.life.desk.clock.advance(timedelta(seconds=1))
    thread = await office.life.hear(ACCESS)
    page = await desk.sit_down(java_script_enabled=False)
    await page.goto(f"{desk.url}/?lane=not_requests")
    await page.get_by_role("button", name="for nothing").first.click()
    await page.get_by_text("Cleared").wait_for()
    await page.goto(f"{desk.url}/?lane=all")
    await page.get_by_label(f"Choose {thread}/1").check()
    await page.get_by_role("button", name="I take these").click()
    await page.get_by_text("Assigned.").wait_for()
    assert "dana" in await page.inner_text(".queue")


async def test_without_javascript_a_kind_is_put_right_and_a_letter_approved_and_called_back(desk: AtDesk) -> None:
    office = desk.office
    draft = await office.draft()
    page = await desk.sit_down(java_script_enabled=False)
    await page.goto(f"{desk.url}/letters/{draft.id}")
    await page.get_by_role("button", name="Approve and send").click()
    await page.get_by_role("heading", name="Leaves at").wait_for()
    await page.get_by_role("button", name="Call back").click()
    await page.get_by_text("it is a draft again").wait_for()
    assert len((await office.store.letters_page(LettersAsked(shelf=Shelf.WAITING))).rows) == 1
    await page.goto(f"{desk.url}/cases/{draft.reference}/1")
    await page.locator(".choose").get_by_role("link", name="correction").click()
    await page.get_by_role("button", name="Yes, change it").click()
    await page.get_by_text("Put right.").wait_for()
    assert (await page.inner_text("h1")).startswith("Correction")
