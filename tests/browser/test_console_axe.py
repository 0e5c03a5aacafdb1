"""axe over every page of the console, in both themes, on a desktop and a phone; and no page scrolls sideways."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import hdrs
from playwright.async_api import Browser, Page

from tests.browser.at_desk import AtDesk, at_desk
from tests.browser.console_pages import LOOKS, NO_PAGES, Elsewhere, Look, go
from tests.browser.filled import GROUP, Filled, fill
from tests.browser.test_form_axe import violations
from triage.web.console.app import console_app

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESKTOP, PHONE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 320, "height": 640}


class Walk:
    """A filled desk, and a browser page for each who looks."""

    def __init__(self, desk: AtDesk, filled: Filled) -> None:
        self.desk, self.filled = desk, filled
        self._pages: dict[str, Page] = {}

    async def to(self, look: Look) -> Page:
        """The page, loaded, at a desktop in light colours, with all that can be opened open."""
        if look.by not in self._pages:
            self._pages[look.by] = await (self.desk.sit_down(look.by) if look.by else self.desk.stand_outside())
        page = self._pages[look.by]
        await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        await page.emulate_media(color_scheme="light")
        await go(page, self.desk, self.filled, look)
        await page.evaluate("document.querySelectorAll('main details').forEach(it => { it.open = true; })")
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def walk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    folder: Path = tmp_path_factory.mktemp("filled")
    async with at_desk(folder, chromium, GROUP, provider=Elsewhere()) as desk:
        yield Walk(desk, await fill(desk.office))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_a_page_has_no_violation_in_either_theme_at_either_width_and_never_scrolls_sideways(
    walk: Walk, look: Look
) -> None:
    page = await walk.to(look)
    found = {"desktop, light": await violations(page)}
    # A theme changes colours and nothing else, a width changes no colour: two of the four see all.
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found["phone, dark"] = await violations(page)
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    wide = await page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    found["320 pixels"] = f"scrolls sideways by {wide}" if wide > 0 else ""
    found["browser"] = "; ".join(walk.desk.complaints)
    assert {where: what for where, what in found.items() if what} == {}


async def test_every_page_that_can_be_opened_is_looked_at(walk: Walk) -> None:
    routes = {
        route.resource.canonical
        for route in console_app(walk.desk.office.console).router.routes()
        if route.method == hdrs.METH_GET and route.resource is not None
    }
    assert routes == {look.route for look in LOOKS if look.route} | NO_PAGES


async def test_every_answer_has_its_headers_and_every_file_is_saved_and_never_opened(walk: Walk) -> None:
    """All pages, what scripts ask, files, style and script; and errors."""
    office, filled = walk.desk.office, walk.filled
    shown = await office.store.show_case(filled.threads["solicitor"])
    assert shown is not None
    message = shown["thread"][0]["id"]  # type: ignore[index]
    thread, item = filled.threads["solicitor"], (await office.store.list_quarantine())[0].id
    files = [
        "/people/export?q=wyn.harker@lowtide.example",
        "/complaints.csv",
        f"/calendar.ics?key={office.console.calendar_key(office.dana.account)}",
        "/settings/journal.csv",
        f"/quarantine/{item}/raw",
        f"/cases/{thread}/evidence.zip",
        f"/cases/{filled.case('overdue')}/evidence.zip",
        f"/cases/{thread}/messages/{message}/original",
        f"/cases/{thread}/messages/{message}/files/0",
    ]
    pages = [one.way.format(**filled.threads, **_letters(filled)) for one in LOOKS if isinstance(one.way, str)]
    for path in (*pages, *files, "/news", "/static/console.js", "/static/nothing", "/sign-in/elsewhere"):
        answer = await office.dana.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert ("default-src 'none'" in policy, "unsafe" in policy) == (True, False), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
        if path in files:
            assert answer.status == 200, path
            assert answer.headers["Content-Disposition"].startswith("attachment"), path


def _letters(filled: Filled) -> dict[str, int]:
    return {f"letter_{name}": number for name, number in filled.letters.items()}
