"""Pictures of the console, made from a filled desk."""

import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests.browser.at_desk import at_desk
from tests.browser.console_pages import LOOKS, Elsewhere, go
from tests.browser.filled import TWO_COMPANIES, fill

WIDTHS = {"desktop": 1280, "phone": 390}
# What a person sees without much scrolling; a whole journal or list of rules says no more.
_MOST_HEIGHT = {"desktop": 1400, "phone": 1600}

# Colours of another theme reach the picture with the frame after the next.
_DRAWN_ANEW = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


async def take_console(chromium: Browser, folder: Path) -> None:
    """Write a picture of every page worth one into `folder`, in both themes, of both devices."""
    with tempfile.TemporaryDirectory() as store:
        async with at_desk(Path(store), chromium, TWO_COMPANIES, Elsewhere()) as desk:
            filled = await fill(desk.office)
            for device, width in WIDTHS.items():
                shape = {"viewport": {"width": width, "height": 900}}
                pages = {by: await desk.sit_down(by, **shape) for by in ("dana", "rea")}
                pages[""] = await desk.stand_outside(**shape)
                for look in (one for one in LOOKS if one.pictured):
                    page = pages[look.by]
                    await go(page, desk, filled, look)
                    tall = await page.evaluate("document.documentElement.scrollHeight")
                    clip = {"x": 0, "y": 0, "width": width, "height": min(tall, _MOST_HEIGHT[device])}
                    for theme in ("light", "dark"):
                        await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                        await page.evaluate(_DRAWN_ANEW)
                        path = folder / f"console-{look.name}-{device}-{theme}.png"
                        await page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]
