"""In a group of two under two laws: whose law counts, settled on the case page in a browser."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.at_desk import AtDesk, at_desk
from tests.browser.filled import GROUP
from tests.browser.hands import Hands

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOFIA = "Larkfield Sofia EOOD"
# Good Friday in England, a working day in Bulgaria.
A_MONTH_BEFORE_EASTER = datetime(2027, 2, 26, 12, 0, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def group(chromium: Browser, tmp_path: Path) -> AsyncIterator[AtDesk]:
    """A desk of a group, one company of which is established in the EU."""
    async with at_desk(tmp_path, chromium, GROUP) as desk:
        desk.office.life.desk.clock.now = A_MONTH_BEFORE_EASTER
        dana = desk.office.dana
        dana.token = await desk.office.console.signing_in.open(dana.account)
        yield desk


async def test_whose_law_counts_is_settled_with_the_dates_by_each_law_shown_first(group: AtDesk) -> None:
    life = group.office.life
    thread = await life.hear(
        f"I worked with {SOFIA}. Please send me a copy of all the personal data you hold about me."
    )
    hands = await Hands.at(group, f"/cases/{thread}/1")
    assert (await life.case(thread)).dates.statutory_due == date(2027, 3, 26)
    said = await hands.text()
    assert f"The case is against {SOFIA} (EU law), but {GROUP.main_controller.name} (UK law) may be the one" in said
    await hands.press("link", "See the dates by each law, and settle it")
    row = hands.page.locator("#do-regime tr", has=hands.page.get_by_role("rowheader", name="Due by law"))
    assert await row.locator("td").all_inner_texts() == ["Friday 26 March 2027", "Tuesday 30 March 2027 moves"]

    await hands.page.get_by_role("radio", name="UK law").check()
    await hands.type("regime-why", " ")
    await hands.go("button", "This law counts")
    assert "Say how you know" in await hands.page.inner_text("[role=alert]")
    assert await hands.page.get_by_role("radio", name="UK law").is_checked()
    await hands.page.fill("#regime-why", "They are a customer of the shop in Leeds")
    await hands.go("button", "This law counts")
    assert "Settled: the dates go by that law alone." in await hands.text()
    case = await life.case(thread)
    assert (case.controller, case.rules_in_doubt) == (GROUP.main_controller.name, "")
    assert case.dates.statutory_due == date(2027, 3, 30)
    assert "Whose law counts?" not in await hands.text()
