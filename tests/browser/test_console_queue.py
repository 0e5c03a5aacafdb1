"""The queue in a browser."""

import pytest

from tests.browser.at_desk import AtDesk
from tests.console.letter_office import ACCESS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_request_stands_in_the_queue_and_opens_with_one_click(desk: AtDesk) -> None:
    thread = await desk.office.life.hear(ACCESS)
    page = await desk.sit_down()
    await page.locator(".queue a.open").click()
    await page.wait_for_selector("h1")
    assert thread in await page.inner_text("main")
