"""One Chromium and one loop for all browser tests; each test has a profile and a served form of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.at_desk import AtDesk, at_desk
from tests.browser.site import Site, serve_form
from tests.servers.browser import run_browser


@dataclass
class Visitor:
    """A person at the form, and what their browser complained about or asked for."""

    site: Site
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def open(self, query: str = "", **options: object) -> Page:
        """A fresh profile at the form. `options` as of Playwright's new_context."""
        context = await self.browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        context.on("request", lambda request: self.asked_for.append(request.url))
        context.on("console", lambda message: self._heard(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        page = await context.new_page()
        await page.goto(self.site.url + query)
        return page

    def _heard(self, kind: str, text: str) -> None:
        # The browser notes every answer of 4xx and 5xx: our own error pages are no fault of the page.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource: the server responded"):
            self.complaints.append(text)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    async with run_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(chromium: Browser) -> AsyncIterator[Visitor]:
    """After every test: no complaint of the browser (CSP among them), no request elsewhere, no cookie."""
    async with serve_form() as site:
        someone = Visitor(site, chromium)
        yield someone
        cookies = [await context.cookies() for context in someone.contexts]
        for context in someone.contexts:
            await context.close()
    assert someone.complaints == []
    assert [url for url in someone.asked_for if not url.startswith(site.url)] == []
    assert not any(cookies)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(chromium: Browser, tmp_path: Path) -> AsyncIterator[AtDesk]:
    """The console of an empty desk, for browsers."""
    async with at_desk(tmp_path, chromium) as one:
        yield one
