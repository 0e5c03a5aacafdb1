"""A person's hands at the console: a mouse whose presses the browser itself counts, and a keyboard.

A click is every press of the mouse, wherever it lands: on a link, a button, a summary, a box or a field. Keys are no
clicks: fields are reached and filled, and lists chosen from, by the keyboard alone.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Locator, Page

from tests.browser.at_desk import AtDesk

# The count has to outlive the page on which it was begun.
_COUNTS = """addEventListener("mousedown", () => {
  sessionStorage.setItem("presses", Number(sessionStorage.getItem("presses") ?? 0) + 1);
}, true);"""
MOST_CLICKS = 3
Role = Literal["button", "link", "checkbox"]


@dataclass(frozen=True)
class Hands:
    """At a page of the console at `url`."""

    page: Page
    url: str

    @classmethod
    async def on(cls, page: Page, url: str) -> "Hands":
        """Hands whose clicks count from the next page on."""
        await page.add_init_script(_COUNTS)
        return cls(page, url)

    @classmethod
    async def at(cls, desk: AtDesk, path: str, *, name: str = "dana", **options: Any) -> "Hands":
        """Somebody signed in, at a page. `options` as of Playwright's new_context."""
        hands = cls(await desk.sit_down(name, **options), desk.url)
        await hands.open(path)
        return hands

    async def open(self, path: str) -> None:
        """Go to a page by its address."""
        await self.page.goto(self.url + path)

    @asynccontextmanager
    async def decision(self, lane: str, who: str) -> AsyncIterator[None]:
        """From the row of `who` in a lane of the queue, opened by the first click, to a decision taken: in three."""
        await self.page.goto(f"{self.url}/?lane={lane}")
        await self.page.evaluate("sessionStorage.removeItem('presses')")
        await self.go("link", who)
        yield
        clicks = int(await self.page.evaluate("sessionStorage.getItem('presses')"))
        assert 0 < clicks <= MOST_CLICKS, f"{clicks} clicks"

    async def press(self, role: Role, name: str, within: str = "main") -> None:
        """One press of the mouse on the one thing of that name."""
        await self.thing(role, name, within).click()

    async def go(self, role: Role, name: str, within: str = "main") -> None:
        """A press that leads to another page."""
        async with self.page.expect_navigation():
            await self.press(role, name, within)

    async def unfold(self, name: str, within: str = "main") -> None:
        """A press on a summary."""
        await self.page.locator(f"{within} summary", has_text=name).first.click()

    async def type(self, field: str, words: str) -> None:
        """Into the field of this id, by key."""
        await self.page.focus(f"#{field}")
        await self.page.keyboard.insert_text(words)

    async def choose(self, field: str, option: str) -> None:
        """From the list of this id: down with the arrow until the option is there."""
        names = await self.page.eval_on_selector_all(f"#{field} option", "all => all.map((one) => one.text)")
        assert option in names, names
        await self.page.focus(f"#{field}")
        await self.page.keyboard.press("Home")
        for _ in range(names.index(option)):
            await self.page.keyboard.press("ArrowDown")
        assert await self.page.eval_on_selector(f"#{field}", "it => it.selectedOptions[0].text") == option

    def thing(self, role: Role, name: str, within: str = "main") -> Locator:
        """What has this role and this whole name."""
        return self.page.locator(within).get_by_role(role, name=name, exact=True)

    async def taken(self, name: str, within: str = "main") -> bytes:
        """The file a link of this name lets one save; the button, where no link has the name."""
        link = self.thing("link", name, within)
        async with self.page.expect_download() as coming:
            await (link if await link.count() else self.thing("button", name, within)).click()
        return (await (await coming.value).path()).read_bytes()

    async def text(self) -> str:
        """What the page says, its blanks made one."""
        return " ".join((await self.page.inner_text("main")).split())
