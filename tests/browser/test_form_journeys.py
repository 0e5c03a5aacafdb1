"""People at the form: with and without JavaScript, by keyboard alone, on a narrow screen."""

import asyncio

import pytest
from playwright.async_api import Page, Route

from tests.browser.conftest import Visitor
from triage.domain.vocabulary import Kind
from triage.web.form.proof import NO_PROOF

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def fill_in(page: Page) -> None:
    """The least a person has to say."""
    await page.fill("#message", "Please send me a copy of what you have about me.")
    await page.fill("#email", "robin@example.com")


async def test_with_javascript_the_proof_is_found_and_the_post_is_not_held(visitor: Visitor) -> None:
    page = await visitor.open()
    await page.check("#about-access")
    await fill_in(page)
    await page.click("button")
    reference = await page.inner_text(".reference")
    [post] = visitor.site.inbox.posts
    assert (post.held_because, post.kinds, post.reference) == ("", (Kind.ACCESS,), reference)


async def test_at_the_address_with_a_slash_style_script_and_proof_are_found_too(visitor: Visitor) -> None:
    page = await visitor.open()
    await page.goto(f"{visitor.site.url}/?about=complaint")
    assert await page.inner_text("h1") == "Make a complaint to our data protection team"
    assert await page.evaluate("document.styleSheets.length") == 1
    await fill_in(page)
    await page.click("button")
    await page.wait_for_selector(".reference")
    [post] = visitor.site.inbox.posts
    assert (post.held_because, post.kinds) == ("", (Kind.COMPLAINT,))


async def test_without_javascript_the_post_is_taken_and_held(visitor: Visitor) -> None:
    page = await visitor.open(java_script_enabled=False)
    await fill_in(page)
    await page.click("button")
    assert await page.inner_text("h1") == "We have your message"
    assert [post.held_because for post in visitor.site.inbox.posts] == [NO_PROOF]


async def test_a_form_sent_before_the_proof_is_found_waits_for_it_and_says_so(visitor: Visitor) -> None:
    page = await visitor.open()

    may_come = asyncio.Event()

    async def slow(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/challenge", slow)
    await fill_in(page)
    await page.click("button")
    await page.get_by_text("One moment, please").wait_for()
    assert visitor.site.inbox.posts == []
    may_come.set()
    await page.wait_for_selector(".reference")
    assert [post.held_because for post in visitor.site.inbox.posts] == [""]


async def test_a_challenge_that_never_comes_holds_the_post_and_does_not_stop_it(visitor: Visitor) -> None:
    page = await visitor.open()
    await page.route("**/challenge", lambda route: route.abort())
    await fill_in(page)
    await page.click("button")
    await page.wait_for_selector(".reference")
    assert [post.held_because for post in visitor.site.inbox.posts] == [NO_PROOF]
    visitor.complaints.clear()  # the browser notes the aborted request


async def test_what_is_too_long_to_send_stays_in_the_form(visitor: Visitor) -> None:
    page = await visitor.open()
    await fill_in(page)
    words = "every word of it " * 5_000
    await page.fill("#message", words)
    await page.click("button")
    await page.get_by_text("too long to send").wait_for()
    assert await page.input_value("#message") == words
    await page.fill("#message", "A short one.")
    await page.click("button")
    await page.wait_for_selector(".reference")


async def test_a_double_click_makes_one_enquiry(visitor: Visitor) -> None:
    page = await visitor.open(java_script_enabled=False)
    await fill_in(page)
    await page.dblclick("button")
    await page.wait_for_selector(".reference")
    assert len(visitor.site.inbox.posts) == 1


async def test_reloading_the_confirmation_shows_the_same_reference(visitor: Visitor) -> None:
    page = await visitor.open()
    await fill_in(page)
    await page.click("button")
    reference = await page.inner_text(".reference")
    await page.reload()
    assert await page.inner_text(".reference") == reference
    assert len(visitor.site.inbox.posts) == 1


async def test_going_back_and_writing_once_more_makes_a_second_enquiry_that_is_not_held(visitor: Visitor) -> None:
    page = await visitor.open()
    await fill_in(page)
    await page.click("button")
    await page.wait_for_selector(".reference")
    await page.go_back()
    await fill_in(page)
    await page.fill("#message", "And please stop the newsletter.")
    await page.click("button")
    await page.wait_for_selector(".reference")
    assert [post.held_because for post in visitor.site.inbox.posts] == ["", ""]


@pytest.mark.parametrize("scripted", [True, False])
async def test_an_error_moves_the_focus_to_the_summary_and_its_links_to_the_fields(
    visitor: Visitor, scripted: bool
) -> None:
    page = await visitor.open(java_script_enabled=scripted)
    await page.fill("#earlier", "DP-1")
    await page.click("button")
    await page.wait_for_selector("#summary")
    assert (await page.title()).startswith("Error: ")
    assert await page.locator("#summary").evaluate("it => it === document.activeElement")
    links = page.locator("#summary a")
    for number, name in enumerate(("message", "email", "earlier")):
        await links.nth(number).click()
        field = page.locator(f"#{name}")
        assert await field.evaluate("it => it === document.activeElement")
        assert await field.get_attribute("aria-invalid") == "true"
        said = (await field.get_attribute("aria-describedby") or "").split()[-1]
        assert await page.text_content(f"#{said}") == "Error: " + await links.nth(number).inner_text()
    assert await page.input_value("#earlier") == "DP-1"


async def test_the_whole_journey_by_keyboard_alone(visitor: Visitor) -> None:
    page = await visitor.open()
    seen: list[str] = []

    async def tab_to(name: str) -> None:
        for _ in range(25):
            await page.keyboard.press("Tab")
            at = await page.evaluate("[document.activeElement.id, document.activeElement.tagName].join(' ')")
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{at} shows no focus"
            seen.append(at)
            if at.split()[0] == name or at.endswith(name):
                return
        raise AssertionError(f"{name} cannot be reached; reached {seen}")

    await tab_to("BUTTON")  # nothing filled in yet
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#summary")
    await page.keyboard.press("Tab")  # from the summary to its first link
    await page.keyboard.press("Enter")
    await page.keyboard.type("Something about me is wrong.")
    await tab_to("phone")
    await page.keyboard.type("01632 960 001")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".reference")
    [post] = visitor.site.inbox.posts
    assert (post.message, post.phone) == ("Something about me is wrong.", "01632 960 001")
    assert not any(at.startswith("website") for at in seen)


@pytest.mark.parametrize("width", [320, 640])  # 640 at 200 % zoom of a screen 1280 wide
async def test_no_page_scrolls_sideways(visitor: Visitor, width: int) -> None:
    page = await visitor.open(viewport={"width": width, "height": 640})

    async def overflow() -> int:
        return int(await page.evaluate("document.scrollingElement.scrollWidth - innerWidth"))

    assert await overflow() <= 0
    await page.click("button")
    await page.wait_for_selector("#summary")
    assert await overflow() <= 0
    await fill_in(page)
    await page.click("button")
    await page.wait_for_selector(".reference")
    assert await overflow() <= 0


async def test_twice_the_text_size_on_a_phone_still_does_not_scroll_sideways(visitor: Visitor) -> None:
    page = await visitor.open(viewport={"width": 375, "height": 640})
    await page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert await page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


async def test_what_a_person_can_click_is_at_least_24_pixels_high(visitor: Visitor) -> None:
    page = await visitor.open(viewport={"width": 320, "height": 640})
    sizes = await page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]):not(#website), textarea, button')]"
        ".map(it => [it.id, it.getBoundingClientRect().width, it.getBoundingClientRect().height])"
    )
    assert len(sizes) > 10
    assert [size for size in sizes if min(size[1:]) < 24] == []


async def test_the_page_does_not_freeze_while_the_proof_is_sought(visitor: Visitor) -> None:
    page = await visitor.open()
    await page.evaluate(
        "window.longest = 0; let last = performance.now();"
        "setInterval(() => { const now = performance.now(); longest = Math.max(longest, now - last); last = now; }, 10)"
    )
    await page.focus("#message")
    await page.wait_for_selector("input[name=proof]:not([value=''])", state="attached")
    assert await page.evaluate("longest") < 500
