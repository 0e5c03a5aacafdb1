"""Who comes in, how long they stay, and what becomes of a form whose session ended."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest

from tests.console.serving import PASSWORD, Site, serve_console


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with serve_console(tmp_path) as served:
        yield served


async def test_nothing_is_shown_before_sign_in_and_the_way_back_is_kept(site: Site) -> None:
    browser = await site.browser()
    async with browser.session.get(f"{site.url}/?lane=overdue", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?to=/?lane%3Doverdue")
    status, _, to = await browser.post("/sign-in", {"name": "Dana ", "password": PASSWORD, "to": "/?lane=overdue"})
    assert (status, to) == (303, "/?lane=overdue")
    assert "Needs a person" in (await browser.get("/"))[1]


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"])
async def test_the_way_back_leads_nowhere_else(site: Site, to: str) -> None:
    browser = await site.browser()
    assert await browser.post("/sign-in", {"name": "dana", "password": PASSWORD, "to": to}) == (303, "", "/")


async def test_a_wrong_name_and_a_wrong_password_read_the_same(site: Site) -> None:
    browser = await site.browser()
    _, nobody, _ = await browser.post("/sign-in", {"name": "nobody", "password": "wrong"})
    status, wrong, _ = await browser.post("/sign-in", {"name": "dana", "password": "wrong"})
    assert status == 403
    assert nobody.replace("nobody", "dana") == wrong


async def test_five_wrong_tries_make_a_name_wait_and_the_right_password_waits_too(site: Site) -> None:
    browser = await site.browser()
    assert [await browser.sign_in("dana", "wrong") for _ in range(5)] == [403] * 5
    assert await browser.sign_in("dana") == 429
    assert await browser.sign_in("devi") == 303
    site.clock.advance(timedelta(minutes=6))
    assert await browser.sign_in("dana") == 303


async def test_a_session_ends_after_two_idle_hours_and_after_twelve_in_any_case(site: Site) -> None:
    browser = await site.browser("dana")
    for _ in range(11):
        site.clock.advance(timedelta(hours=1))
        assert "Queue" in (await browser.get("/"))[1]
    site.clock.advance(timedelta(hours=1))
    assert "Password" in (await browser.get("/"))[1]
    await browser.sign_in("dana")
    site.clock.advance(timedelta(hours=2))
    assert "Password" in (await browser.get("/"))[1]


async def test_signing_out_everywhere_ends_the_other_browser_too(site: Site) -> None:
    here, there, another = await site.browser("dana"), await site.browser("dana"), await site.browser("devi")
    assert (await here.post("/sign-out", {"everywhere": "1"}))[0] == 303
    assert "Password" in (await there.get("/"))[1]
    assert "Password" in (await here.get("/"))[1]
    assert "Password" not in (await another.get("/"))[1]


async def test_a_token_is_kept_only_as_its_hash_and_the_cookie_is_for_http_alone(site: Site, tmp_path: Path) -> None:
    browser = await site.browser()
    async with browser.session.post(
        f"{site.url}/sign-in", data={"name": "dana", "password": PASSWORD}, allow_redirects=False
    ) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    await site.store.close()
    kept = b"".join(file.read_bytes() for file in sorted(tmp_path.glob("triage.db*")))  # noqa: ASYNC240
    assert browser.token.encode() not in kept
    assert PASSWORD.encode() not in kept


async def test_a_form_sent_after_the_session_ended_is_kept_and_sent_by_one_click(site: Site) -> None:
    browser = await site.browser("dana")
    site.clock.advance(timedelta(hours=3))
    words = 'A note with "quotes" & <b>marks</b>\nand a second line'
    status, page, _ = await browser.post("/", [("act", "note"), ("note", words), ("row", "a"), ("row", "b")])
    assert status == 401
    kept = re.search(r'name="kept" value="([^"]*)"', page)
    assert kept is not None
    _, page, _ = await browser.post("/sign-in", {"name": "dana", "password": PASSWORD, "kept": unescape(kept[1])})
    assert "has not been sent" in page
    assert unescape(page).count(words) == 1
    assert re.findall(r'name="row" value="(.)"', page) == ["a", "b"]
    assert browser.key in page


async def test_a_form_with_another_sessions_key_is_not_taken_but_kept(site: Site) -> None:
    browser = await site.browser("dana")
    async with browser.session.post(f"{site.url}/", data={"act": "take", "form_key": "x"}) as answer:
        assert (answer.status, "has not been sent" in await answer.text()) == (409, True)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
async def test_a_form_of_another_site_is_refused_even_with_the_right_key(site: Site, headers: dict[str, str]) -> None:
    browser = await site.browser("dana")
    status, _, _ = await browser.post("/", {"act": "take", "row": "x"}, headers=headers)
    assert status == 403


async def test_a_reader_looks_and_changes_nothing(site: Site) -> None:
    browser = await site.browser("rea")
    assert (await browser.get("/"))[0] == 200
    assert (await browser.post("/", {"act": "take", "row": "DP-2026-00001-J7/1"}))[0] == 403
    assert (await browser.post("/sign-out"))[0] == 303


async def test_a_disabled_account_is_out_at_once(site: Site) -> None:
    browser = await site.browser("devi")
    assert await site.store.disable_account("DEVI", site.clock.now)
    assert "Password" in (await browser.get("/"))[1]
    assert await browser.sign_in("devi") == 403


async def test_every_answer_forbids_scripts_of_others_frames_and_keeping(site: Site) -> None:
    browser = await site.browser("dana")
    for path in ("/", "/sign-in", "/nowhere", "/static/console.css"):
        async with browser.session.get(site.url + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert ("no-store" in answer.headers["Cache-Control"]) is not path.startswith("/static")


async def test_too_long_a_form_says_so_in_words(site: Site) -> None:
    browser = await site.browser("dana")
    body, form = BytesIO(b"note=" + b"x" * 10_000_000), {"Content-Type": "application/x-www-form-urlencoded"}
    async with browser.session.post(f"{site.url}/", data=body, headers=form) as answer:
        assert (answer.status, "Shorten it" in await answer.text()) == (413, True)


async def test_a_store_that_is_away_is_a_clear_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from triage.errors import StoreUnavailable

    browser = await site.browser("dana")

    async def away(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(site.store, "queue_counts", away)
    status, page = await browser.get("/")
    assert (status, "Nothing is lost" in page, "disk" in page) == (503, True, False)
