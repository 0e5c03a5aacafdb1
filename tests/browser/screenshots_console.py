"""Pictures of the console, made from a filled desk."""

import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests.browser.at_desk import at_desk
from tests.browser.console_pages import LOOKS, Elsewhere, go
from tests.browser.filled import GROUP, fill
from tests.browser.pictures import picture

WIDTHS = {"desktop": 1280, "phone": 390}
# What a person sees without much scrolling; a whole journal or list of rules says no more.
_MOST_HEIGHT = {"desktop": 1100, "phone": 1300}


async def take_console(chromium: Browser, folder: Path) -> None:
    """Write a picture of every page worth one into `folder`, in both themes, of both devices."""
    helper = await chromium.new_page()
    with tempfile.TemporaryDirectory() as store:
        async with at_desk(Path(store), chromium, GROUP, provider=Elsewhere()) as desk:
            filled = await fill(desk.office)
            for device, width in WIDTHS.items():
                shape = {"viewport": {"width": width, "height": 900}, "locale": "en-GB"}
                pages = {by: await desk.sit_down(by, **shape) for by in ("dana", "rea")}
                pages[""] = await desk.stand_outside(**shape)
                for look in (one for one in LOOKS if one.pictured):
                    await go(pages[look.by], desk, filled, look)
                    for theme in ("light", "dark"):
                        await pages[look.by].emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                        path = folder / f"console-{look.name}-{device}-{theme}.png"
                        await picture(pages[look.by], helper, path, _MOST_HEIGHT[device], look.begins)
    await helper.close()
