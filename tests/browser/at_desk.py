"""Somebody of the desk in a real browser, at a console over a store into which mail is really read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page
from yarl import URL

from tests.console.letter_office import Office, open_office
from triage.domain.policy import Policy
from triage.ports_console import Provider
from triage.web.console.app import console_app
from triage.web.console.context import HubSpotDesk

# The browser notes every answer of 4xx and 5xx: our own error pages are no fault of the page.
_OUR_ANSWERS = "Failed to load resource: the server responded"
# A day nobody can read is shown again beside its fault.
_NO_DAY = "does not conform to the required format"


@dataclass
class AtDesk:
    """The office, the console's address, and what browsers complained about or asked for."""

    office: Office
    url: str
    chromium: Browser
    complaints: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def sit_down(self, name: str = "dana", **options: Any) -> Page:
        """A fresh profile in which `name` (dana, or the reader rea) is signed in, at the queue.

        `options` as of Playwright's new_context: viewport, color_scheme, java_script_enabled ...
        """
        person = {"dana": self.office.dana, "rea": self.office.rea}[name]
        page = await self.stand_outside(**options)
        cookie = {"name": self.office.console.cookie, "value": person.token, "url": self.url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
        await page.goto(self.url)
        return page

    async def stand_outside(self, **options: Any) -> Page:
        """A fresh profile in which nobody is signed in, at no page yet."""
        context = await self.chromium.new_context(**options)
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        context.on("request", lambda request: self.asked_for.append(request.url))
        context.on("console", lambda message: self._heard(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return await context.new_page()

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(_OUR_ANSWERS) and _NO_DAY not in text:
            self.complaints.append(text)


@asynccontextmanager
async def at_desk(
    folder: Path, chromium: Browser, policy: Policy | None = None, **parts: Provider | HubSpotDesk
) -> AsyncIterator[AtDesk]:
    """The console on a free port, with other parts of it where they are given (provider, hubspot).

    Afterwards: no complaint of a browser (CSP among them), no request elsewhere.
    """
    async with open_office(folder, policy) as office:
        office.console = replace(office.console, **parts)  # type: ignore[arg-type]
        runner = web.AppRunner(console_app(office.console), access_log=None)
        await runner.setup()
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        host, port = runner.addresses[0][:2]
        desk = AtDesk(office, str(URL.build(scheme="http", host=host, port=port)), chromium)
        try:
            yield desk
        finally:
            for context in desk.contexts:
                await context.close()
            await runner.cleanup()
    assert desk.complaints == []
    assert [url for url in desk.asked_for if not url.startswith((desk.url, "data:", "blob:"))] == []
