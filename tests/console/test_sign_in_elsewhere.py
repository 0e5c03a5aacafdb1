"""Signing in with an identity provider: a real one on loopback, which knows two people."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.console.serving import Browser, Site, serve_console
from tests.servers.identity import run_provider


@pytest.fixture
async def provider() -> AsyncIterator[str]:
    async with run_provider() as issuer:
        yield issuer


@pytest.fixture
async def site(tmp_path: Path, provider: str) -> AsyncIterator[Site]:
    # The provider sends browsers back to the address in the settings; a test's browser goes on by hand.
    ours = {"oidc_client_id": "desk", "oidc_client_secret": "s", "console_url": "http://desk.test"}
    async with serve_console(tmp_path, oidc_issuer=provider, **ours) as served:
        served.clock.now = datetime.now(UTC)  # as the provider's
        assert await served.store.link_subject("dana", provider, "subject-of-dana")
        yield served


async def signed_in_there(browser: Browser, subject: str) -> str:
    """Go to the provider, say who one is, and return where it leads back to, as a path of ours."""
    async with browser.session.get(
        f"{browser.url}/sign-in/elsewhere?to=/%3Flane%3Dnew", allow_redirects=False
    ) as answer:
        assert answer.status == 303
        there = answer.headers["Location"]
    assert "code_challenge_method=S256" in there
    async with browser.session.post(there, data={"sub": subject}, allow_redirects=False) as answer:
        return answer.headers["Location"].removeprefix("http://desk.test")


async def test_a_linked_person_comes_in_and_goes_where_they_wanted(site: Site) -> None:
    browser = await site.browser()
    back = await signed_in_there(browser, "subject-of-dana")
    async with browser.session.get(site.url + back, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/?lane=new")
    assert "dana" in (await browser.get("/"))[1]


async def test_a_person_nobody_linked_is_told_what_to_send_to_whom(site: Site, provider: str) -> None:
    browser = await site.browser()
    status, page = await browser.get(await signed_in_there(browser, "somebody-else"))
    assert (status, f"triage user link NAME {provider} somebody-else" in page) == (403, True)
    assert browser.token == ""


async def test_the_same_subject_of_another_issuer_is_another_person(site: Site) -> None:
    await site.store.link_subject("devi", "https://elsewhere.example", "subject-of-devi")
    browser = await site.browser()
    assert (await browser.get(await signed_in_there(browser, "subject-of-devi")))[0] == 403


async def test_an_answer_begun_in_another_browser_is_refused(site: Site) -> None:
    back = await signed_in_there(await site.browser(), "subject-of-dana")
    status, page = await (await site.browser()).get(back)
    assert (status, "was not begun in this browser" in page) == (403, True)


@pytest.mark.parametrize(
    "changed", [("code=[^&]+", "code=wrong"), ("state=[^&]+", "state=wrong"), ("code=[^&]+", "error=denied")]
)
async def test_a_wrong_code_a_wrong_state_and_a_refusal_let_nobody_in(site: Site, changed: tuple[str, str]) -> None:
    browser = await site.browser()
    back = re.sub(*changed, await signed_in_there(browser, "subject-of-dana"))
    status, page = await browser.get(back)
    assert (status, "You were not signed in" in page, browser.token) == (403, True, "")


async def test_a_code_works_once(site: Site) -> None:
    browser = await site.browser()
    back = await signed_in_there(browser, "subject-of-dana")
    assert (await browser.get(back, allow_redirects=False))[0] == 303
    assert (await browser.get(back, allow_redirects=False))[0] == 403


async def test_a_provider_that_is_away_is_said_and_passwords_still_work(tmp_path: Path) -> None:
    said = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "desk", "console_url": "http://desk.test"}
    async with serve_console(tmp_path, **said) as site:
        browser = await site.browser()
        status, page = await browser.get("/sign-in/elsewhere")
        assert (status, "did not answer" in page) == (403, True)
        assert await browser.sign_in("dana") == 303


async def test_without_a_provider_there_is_no_such_way_in(tmp_path: Path) -> None:
    async with serve_console(tmp_path) as site:
        browser = await site.browser()
        assert "work account" not in (await browser.get("/sign-in"))[1]
        assert (await browser.get("/sign-in/elsewhere"))[0] == 404
