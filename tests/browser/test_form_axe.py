"""axe over every page of the form, in every dress a browser may ask for."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

DRESSES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "forced-colours": {"forced_colors": "active"},
    "still": {"reduced_motion": "reduce", "color_scheme": "dark"},
}
_RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


async def violations(page: Page) -> str:
    """What axe finds, in its own words; "" is all well."""
    found = await Axe().run(page, options=_RULES)
    return str(found.generate_report()) if found.violations_count else ""


@pytest.mark.parametrize("dress", DRESSES)
async def test_form_error_page_and_confirmation_have_no_violation(visitor: Visitor, dress: str) -> None:
    page = await visitor.open("?about=complaint", **DRESSES[dress])
    assert await violations(page) == ""
    await page.fill("#phone", "no number")
    await page.click("button")
    await page.wait_for_selector("#summary")
    assert await violations(page) == ""
    await page.fill("#message", "You wrote to my old address again.")
    await page.fill("#phone", "01632 960 001")
    await page.click("button")
    await page.wait_for_selector(".reference")
    assert await violations(page) == ""


async def test_the_pages_that_say_it_was_not_sent_have_no_violation(visitor: Visitor) -> None:
    page = await visitor.open()
    visitor.site.inbox.away = True
    await page.fill("#message", "Hello")
    await page.fill("#phone", "01632 960 001")
    await page.click("button")
    await page.wait_for_selector("#summary")
    assert await violations(page) == ""
    await page.fill("#message", "long " * 20_000)
    await page.evaluate("document.getElementById('form').submit()")  # past the script, which would keep it here
    await page.wait_for_selector("h1:has-text('too much')")
    assert await violations(page) == ""


async def test_axe_would_find_something(visitor: Visitor) -> None:
    page = await visitor.open()
    await page.evaluate("document.querySelector('label[for=message]').remove()")
    assert "label" in await violations(page)


async def test_the_browser_would_complain_of_what_the_policy_forbids(visitor: Visitor) -> None:
    page = await visitor.open()
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    await page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://192.0.2.1/x.png' }))")
    await page.wait_for_timeout(200)
    assert ["Content Security Policy" in complaint for complaint in visitor.complaints] == [True, True]
    visitor.complaints.clear()
    visitor.asked_for.clear()


async def test_a_confirmation_prints_with_its_reference_and_addresses(visitor: Visitor) -> None:
    page = await visitor.open("?about=complaint")
    await page.fill("#message", "You wrote to my old address again.")
    await page.fill("#phone", "01632 960 001")
    await page.click("button")
    await page.wait_for_selector(".reference")
    await page.emulate_media(media="print", color_scheme="dark")
    assert await page.is_visible(".reference")
    assert not await page.is_visible(".screen-only")
    assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    after = "getComputedStyle(document.querySelector('main a[href*=\"ico.org\"]'), '::after').content"
    assert "ico.org.uk" in await page.evaluate(after)
