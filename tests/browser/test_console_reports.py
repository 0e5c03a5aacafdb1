"""Reports in a browser."""

import csv
import io
from datetime import timedelta

import pytest

from tests.browser.at_desk import AtDesk
from tests.browser.hands import Hands
from tests.console.letter_office import ACCESS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_period_is_chosen_its_figures_are_read_and_taken_as_csv(desk: AtDesk) -> None:
    life = desk.office.life
    for n in range(3):
        await life.hear(ACCESS, f"person{n}@customer{n}.example")
    life.desk.clock.advance(timedelta(hours=1))
    hands = await Hands.at(desk, "/")
    await hands.page.get_by_role("link", name="Reports").click()
    await hands.go("link", "This year")
    assert "1 January 2026 to" in await hands.text()
    kinds = hands.page.locator("section[aria-labelledby=kinds]")
    assert await kinds.locator("svg[role=img]").count() > 0
    async with hands.page.expect_download() as coming:
        await kinds.get_by_role("link", name="Download as CSV").click()
    file = await (await coming.value).path()
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    of_month = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert of_month["2026-11"] == {"month": "2026-11", "access": "3", "all": "3"}

    await hands.page.fill("#from", "2019-01-01")
    await hands.page.fill("#to", "2019-01-31")
    await hands.go("button", "Show these days")
    assert await hands.page.locator("section.figure svg").count() == 0
