"""`make screenshots`: every page of form and console, on a desktop and a phone, light and dark. Looked at by people."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Page

from tests.browser.pictures import picture
from tests.browser.screenshots_console import WIDTHS, take_console
from tests.browser.site import Site, serve_form
from tests.servers.browser import run_browser

MOST_HEIGHT = 1300


async def _empty(page: Page, site: Site) -> None:
    await page.goto(site.url)


async def _errors(page: Page, site: Site) -> None:
    await page.goto(site.url)
    await page.fill("#phone", "call me")
    await page.fill("#earlier", "DP-2026-00042-K8")
    await page.click("button")
    await page.wait_for_selector("#summary")


async def _received(page: Page, site: Site) -> None:
    await page.goto(f"{site.url}?about=complaint")
    await page.fill("#message", "You wrote to my old address again.")
    await page.fill("#email", "robin@example.com")
    await page.click("button")
    await page.wait_for_selector(".reference")


async def _away(page: Page, site: Site) -> None:
    site.inbox.away = True
    await page.goto(site.url)
    await page.fill("#message", "You wrote to my old address again.")
    await page.fill("#email", "robin@example.com")
    await page.click("button")
    await page.wait_for_selector("#summary")
    site.inbox.away = False


async def _not_readable(page: Page, site: Site) -> None:
    await page.goto(site.url)
    await page.evaluate("document.getElementById('form').enctype = 'text/plain'")
    await page.click("button")
    await page.wait_for_url("**/enquire")
    await page.wait_for_selector("h1:has-text('could not')")


PAGES = {"form": _empty, "errors": _errors, "received": _received, "away": _away, "not-readable": _not_readable}


async def take_all(folder: Path) -> None:
    """Write every picture into `folder`."""
    async with run_browser() as browser:
        await take_console(browser, folder)
        helper = await browser.new_page()
        for device, width in WIDTHS.items():
            for theme in ("light", "dark"):
                for name, lead_to in PAGES.items():
                    async with serve_form() as site:
                        page = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
                        await lead_to(page, site)
                        await picture(page, helper, folder / f"form-{name}-{device}-{theme}.png", MOST_HEIGHT)
                        if name == "received":
                            await page.emulate_media(media="print")
                            await picture(page, helper, folder / f"form-print-{device}-{theme}.png", MOST_HEIGHT)
                        await page.close()


if __name__ == "__main__":
    pictures = Path(sys.argv[1])
    pictures.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all(pictures))
