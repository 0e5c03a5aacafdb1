"""HubSpot on the case page, against the stand-in: only where a token is set, bounded, and written down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.console.conftest import Browser, Desk
from triage.adapters.hubspot import HubSpot
from triage.adapters.hubspot_http import HubSpotSettings
from triage.demo.hubspot import HubSpotStandIn
from triage.demo.hubspot.trouble import answers
from triage.ports_chat import CustomerRecords
from triage.web.console import case_hubspot
from triage.web.console.app import console_app
from triage.web.console.context import HubSpotDesk

ADDRESS = "ana@customer.example"


@pytest.fixture
async def hubspot() -> AsyncIterator[HubSpotStandIn]:
    async with HubSpotStandIn() as stand_in:
        yield stand_in


@asynccontextmanager
async def beside(desk: Desk, browser: Browser, records: CustomerRecords) -> AsyncIterator[Browser]:
    """The same person at a console that has HubSpot."""
    at = HubSpotDesk(
        records=records,
        record_url=lambda portal, contact: f"https://app.hubspot.example/{portal}/{contact}",
        thread_url=lambda portal, thread: f"https://app.hubspot.example/{portal}/inbox/{thread}",
    )
    app = console_app(replace(desk.console, hubspot=at))
    async with TestClient(TestServer(app), cookies={desk.console.cookie: browser.token}) as client:
        yield replace(browser, client=client)


@pytest.fixture
async def connected(desk: Desk, dana: Browser, hubspot: HubSpotStandIn) -> AsyncIterator[Browser]:
    settings = HubSpotSettings(token=hubspot.token, portal_id="1", sender_actor="A-1", api_url=hubspot.url)
    client = HubSpot(settings)
    async with beside(desk, dana, client) as browser:
        yield browser
    await client.close()


async def events_of(desk: Desk, reference: str) -> list[str]:
    shown = await desk.store.show_case(reference)
    assert shown is not None
    return [entry["event"] for entry in shown["journal"]]  # type: ignore[attr-defined]


async def test_without_a_token_nothing_of_it_is_shown_or_taken(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    assert "At HubSpot" not in await dana.page(f"/cases/{reference}/1")
    answer = await dana.post(f"/cases/{reference}/1/hubspot/find", address=ADDRESS)
    assert answer.status == 404


async def test_a_contact_is_looked_up_and_that_is_written_down(
    desk: Desk, connected: Browser, hubspot: HubSpotStandIn
) -> None:
    reference = await desk.file()
    hubspot.add_contact(ADDRESS, "Ana", "Example")
    assert "Look the contact up" in await connected.page(f"/cases/{reference}/1")
    answer = await connected.post(f"/cases/{reference}/1/hubspot/find", address=ADDRESS)
    page = await answer.text()
    assert answer.status == 200
    assert "Ana Example" in page
    assert "Open the record in HubSpot" in page
    assert "contact_looked_up" in await events_of(desk, f"{reference}/1")
    answer = await connected.post(f"/cases/{reference}/1/hubspot/find", address="bo@customer.example")
    assert "HubSpot has no contact" in await answer.text()


async def test_marketing_mail_is_stopped_there(desk: Desk, connected: Browser, hubspot: HubSpotStandIn) -> None:
    reference = await desk.file()
    answer = await connected.post(f"/cases/{reference}/1/hubspot/unsubscribe", address=ADDRESS)
    assert answer.headers["Location"] == f"/cases/{reference}/1?done=unsubscribed"
    assert hubspot.unsubscribed == [ADDRESS]
    assert "unsubscribed" in await events_of(desk, f"{reference}/1")


async def test_what_is_no_address_is_never_asked_there(desk: Desk, connected: Browser, hubspot: HubSpotStandIn) -> None:
    reference = await desk.file()
    answer = await connected.post(f"/cases/{reference}/1/hubspot/find", address="0117 496 0999")
    assert answer.status == 409
    assert "whole mail address" in await answer.text()
    assert hubspot.calls == []
    answer = await connected.post("/cases/DP-2026-00042-K7/1/hubspot/find", address=ADDRESS)
    assert answer.status == 404


@pytest.mark.parametrize(("status", "told"), [(401, "does not take our token"), (400, "HubSpot refused it")])
async def test_a_refusal_is_told_in_words(
    desk: Desk, connected: Browser, hubspot: HubSpotStandIn, status: int, told: str
) -> None:
    reference = await desk.file()
    hubspot.trouble("unsubscribe_all", answers(status), times=None)
    answer = await connected.post(f"/cases/{reference}/1/hubspot/unsubscribe", address=ADDRESS)
    assert answer.status == 409
    assert told in await answer.text()
    assert "unsubscribe_failed" in await events_of(desk, f"{reference}/1")


async def test_a_hubspot_that_does_not_answer_keeps_nobody_waiting(
    desk: Desk, connected: Browser, hubspot: HubSpotStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await desk.file()
    monkeypatch.setattr(case_hubspot, "LIMIT_S", 0.3)
    await hubspot.down()
    answer = await connected.post(f"/cases/{reference}/1/hubspot/find", address=ADDRESS)
    assert answer.status == 409
    assert "HubSpot did not answer" in await answer.text()
    await hubspot.up()
