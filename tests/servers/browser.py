"""A real Chromium, headless, with a fresh profile, that can reach nothing but this machine."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_MISSING = "Chromium is missing: install Debian's package chromium (looked for {names} in PATH)"
_FLAGS = (
    "--no-sandbox",  # refused as root otherwise, and a build machine is often root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Whatever else it might want to look up does not exist.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def find_chromium() -> str:
    """The browser's path. Raises RuntimeError with what to install."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise RuntimeError(_MISSING.format(names=", ".join(_NAMES)))
    return found


@asynccontextmanager
async def run_browser() -> AsyncIterator[Browser]:
    """A browser for as long as the block lasts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(_FLAGS), timeout=30_000)
        try:
            yield browser
        finally:
            await browser.close()
