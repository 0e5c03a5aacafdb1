"""HubSpot from the case page, in a browser, against the stand-in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.at_desk import AtDesk, at_desk
from tests.browser.hands import Hands
from triage.adapters.hubspot import HubSpot
from triage.adapters.hubspot_http import HubSpotSettings
from triage.demo.hubspot import HubSpotStandIn
from triage.web.console.context import HubSpotDesk

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANA = "ana@customer.example"


@pytest_asyncio.fixture(loop_scope="session")
async def stand_in() -> AsyncIterator[HubSpotStandIn]:
    async with HubSpotStandIn() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def beside(chromium: Browser, tmp_path: Path, stand_in: HubSpotStandIn) -> AsyncIterator[AtDesk]:
    """A desk with a token for HubSpot."""
    client = HubSpot(HubSpotSettings(token=stand_in.token, portal_id="1", sender_actor="A-1", api_url=stand_in.url))
    hubspot = HubSpotDesk(
        records=client,
        record_url=lambda portal, contact: f"https://app.hubspot.example/{portal}/{contact}",
        thread_url=lambda portal, thread: f"https://app.hubspot.example/{portal}/inbox/{thread}",
    )
    async with at_desk(tmp_path, chromium, hubspot=hubspot) as desk:
        yield desk
    await client.close()


async def test_at_hubspot_a_contact_is_looked_up_and_its_marketing_mail_is_stopped(
    beside: AtDesk, stand_in: HubSpotStandIn
) -> None:
    stand_in.add_contact(ANA, "Ana", "Example")
    opt_out = await beside.office.life.hear("Please stop sending me marketing emails.")
    for path in (f"/cases/{opt_out}", f"/cases/{opt_out}/1"):
        hands = await Hands.at(beside, path)
        await hands.go("button", "Look the contact up")
        assert "Ana Example" in await hands.text()
        await hands.go("link", "Back to the case")
        await hands.open(path)
        await hands.go("button", "Stop its marketing mail")
        assert "marketing" in await hands.page.inner_text(".done, [role=status]:not([hidden])")
    events = [entry["event"] for entry in (await beside.office.store.show_case(f"{opt_out}/1") or {})["journal"]]  # type: ignore[index, attr-defined]
    assert {"contact_looked_up", "unsubscribed"} <= set(events)
    assert await beside.office.store.verify_journal() == ()
