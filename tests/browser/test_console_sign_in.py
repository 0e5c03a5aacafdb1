"""In and out of the console, in a browser; with a password and with a real identity provider."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.at_desk import AtDesk
from tests.browser.hands import Hands
from tests.console.letter_office import ACCESS
from tests.console.serving import PASSWORD, serve_console
from tests.servers.identity import run_provider

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_signing_out_ends_this_session_and_everywhere_ends_each(desk: AtDesk) -> None:
    await desk.office.life.hear(ACCESS)
    here, there = await Hands.at(desk, "/"), await Hands.at(desk, "/")
    await here.unfold("dana", "header")
    await here.go("button", "Sign out", "header")
    assert "You are signed out." in await here.text()
    await here.open("/people")
    assert "Password" in await here.text()

    desk.office.dana.token = await desk.office.console.signing_in.open(desk.office.dana.account)
    here, there = await Hands.at(desk, "/"), await Hands.at(desk, "/")
    desk.office.dana.token = await desk.office.console.signing_in.open(desk.office.dana.account)
    another = await Hands.at(desk, "/")
    await there.unfold("dana", "header")
    await there.go("button", "Sign out everywhere", "header")
    await another.open("/")
    assert "Password" in await another.text()


async def test_a_wrong_password_is_said_and_a_form_survives_a_session_that_ended(
    chromium: Browser, tmp_path: Path
) -> None:
    async with serve_console(tmp_path) as site:
        page = await (await chromium.new_context()).new_page()
        hands = Hands(page, site.url)
        await hands.open("/suppression")
        for password, told in (("not the words", "do not match an account"), (PASSWORD, "Add somebody")):
            await page.fill("#name", "dana")
            await page.fill("#password", password)
            await hands.go("button", "Sign in")
            assert told in await hands.text()

        await hands.type("add", "ana@customer.example")
        await hands.choose("channel", "phone")
        dana = next(one for one, _ in await site.store.accounts() if one.name == "dana")
        await site.store.end_sessions_of(dana.id)
        await hands.go("button", "Put on the list")
        assert "Nothing you typed is lost" in await hands.text()
        await page.fill("#name", "dana")
        await page.fill("#password", PASSWORD)
        await hands.go("button", "Sign in")
        await hands.go("button", "Send it now")
        assert "It is on the do-not-contact list." in await hands.text()
        await page.context.close()


async def test_a_work_account_comes_in_by_the_identity_provider(chromium: Browser, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {"oidc_client_id": "desk", "oidc_client_secret": "s", "console_url": f"http://127.0.0.1:{port}"}
    async with run_provider() as issuer, serve_console(tmp_path, port, oidc_issuer=issuer, **ours) as site:
        site.clock.now = datetime.now(UTC)  # as the provider's
        assert await site.store.link_subject("dana", issuer, "subject-of-dana")
        page = await (await chromium.new_context()).new_page()
        hands = Hands(page, site.url)
        await hands.open("/?lane=new")
        await hands.go("link", "Sign in with your work account")
        await page.fill("input[name=sub]", "subject-of-dana")
        await page.locator("button, input[type=submit]").first.click()
        await page.wait_for_url(f"{site.url}/?lane=new")
        assert await page.inner_text("h1") == "New"
        assert await page.inner_text("header .me summary") == "dana"
        await page.context.close()
