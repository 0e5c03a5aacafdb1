"""Pictures of pages, small enough to keep."""

import asyncio
import base64
from pathlib import Path
from typing import Any

from playwright.async_api import Page

_PALETTE = (Path(__file__).parent / "palette.js").read_text(encoding="utf-8")
# Colours of another theme reach the picture with the frame after the next.
_DRAWN_ANEW = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


async def picture(page: Page, helper: Page, path: Path, most_height: int, begins: str = "body") -> None:
    """Write the page as a PNG with a palette, cut off at `most_height` pixels, from `begins` on.

    `helper` is an empty page.
    """
    await page.evaluate(_DRAWN_ANEW)
    wide, tall = await page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    top = await page.evaluate("it => document.querySelector(it).getBoundingClientRect().top + scrollY", begins)
    top = max(0, top - 16)
    clip: Any = {"x": 0, "y": top, "width": wide, "height": min(tall - top, most_height)}
    raw = base64.b64encode(await page.screenshot(full_page=True, clip=clip)).decode()
    small = base64.b64decode(await helper.evaluate(_PALETTE, raw))
    await asyncio.to_thread(path.write_bytes, small)
