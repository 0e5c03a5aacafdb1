"""What goes wrong in the middle of somebody's work: nothing typed is lost, and the page says what happened."""

from datetime import timedelta

import pytest
from aiohttp_jinja2 import get_env
from argon2 import PasswordHasher
from jinja2 import ChoiceLoader, DictLoader
from playwright.async_api import Page

from tests.browser.at_desk import AtDesk
from tests.console.letter_office import ACCESS
from triage.adapters.passwords import Argon2Hasher
from triage.domain.letter_desk import Shelf
from triage.errors import StoreUnavailable

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "four plain words here"
WORDS = "Rang the bank.\nThey look <b>again</b> on Monday."


async def at_a_note(desk: AtDesk, words: str = WORDS) -> tuple[Page, str]:
    """Dana has typed a note and not sent it; the case."""
    thread = await desk.office.life.hear(ACCESS)
    page = await desk.sit_down()
    await page.goto(f"{desk.url}/cases/{thread}/1")
    await type_note(page, words)
    return page, f"{thread}/1"


async def type_note(page: Page, words: str) -> None:
    if not await page.is_visible("#note-words"):
        await page.locator("#do-note > summary").click()
    await page.fill("#note-words", words)


async def keep(page: Page) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name="Keep the note").click()


async def test_a_note_outlives_the_session_it_was_typed_in(desk: AtDesk) -> None:
    page, _ = await at_a_note(desk)
    hasher = Argon2Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    desk.office.life.desk.clock.advance(timedelta(hours=3))
    await desk.office.store.set_password("dana", await hasher.hash(PASSWORD), desk.office.console.clock())
    await keep(page)
    assert "Nothing you typed is lost" in await page.inner_text("main")
    await page.fill("#name", "dana")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Send it once more").wait_for()
    await page.get_by_role("button", name="Send it now").click()
    await page.get_by_text("Noted.").wait_for()
    assert WORDS in await page.inner_text(".notes")


async def test_the_second_of_two_people_keeps_their_words_and_sends_them_again(desk: AtDesk) -> None:
    first, case = await at_a_note(desk, "The first of two.")
    second = await desk.sit_down()
    await second.goto(f"{desk.url}/cases/{case}")
    await type_note(second, WORDS)
    await keep(first)
    await keep(second)
    told = await second.inner_text("#faults")
    assert "has changed since you looked" in told
    assert "noted by dana" in told
    assert await second.input_value("#note-words") == WORDS
    await keep(second)
    assert [text.strip() for text in await second.locator(".notes .text").all_inner_texts()] == [
        WORDS,
        "The first of two.",
    ]


async def test_a_note_of_two_megabytes_is_refused_before_it_leaves_and_stays(desk: AtDesk) -> None:
    page, _ = await at_a_note(desk)
    field = page.locator("#note-words")
    await field.evaluate("it => { it.value = 'x'.repeat(2_000_000); }")
    await page.get_by_role("button", name="Keep the note").click()
    told = await field.evaluate("it => it.validationMessage")
    assert told == "2,000,000 characters are too many: 20,000 fit. Shorten it, or send a part."
    assert await field.evaluate("it => it.value.length") == 2_000_000
    await field.fill(WORDS)
    await keep(page)
    assert WORDS in await page.inner_text(".notes")


async def test_two_megabytes_that_left_get_one_clear_answer_and_the_way_back_has_the_text(desk: AtDesk) -> None:
    page, _ = await at_a_note(desk, "x" * 1_500_000)
    await page.evaluate("document.querySelector('#do-note form').noValidate = true")
    await keep(page)
    assert await page.inner_text("h1") == "This is too much at once"
    await page.go_back()
    assert len(await page.input_value("#note-words")) == 1_500_000


async def test_while_the_store_is_away_what_was_typed_waits_in_the_form(
    desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the disk is full")

    page, _ = await at_a_note(desk)
    with monkeypatch.context() as down:
        down.setattr(desk.office.store, "case_of", away)
        await keep(page)
        assert await page.inner_text("h1") == "The desk's memory cannot be reached"
        assert "disk" not in await page.inner_text("main")
    await page.go_back()
    assert await page.input_value("#note-words") == WORDS
    await keep(page)
    assert WORDS in await page.inner_text(".notes")


async def test_a_clock_that_is_put_back_or_on_shows_every_page_still(desk: AtDesk) -> None:
    draft = await desk.office.draft()
    clock = desk.office.life.desk.clock
    for skew in (timedelta(hours=-30), timedelta(hours=31)):
        clock.advance(skew)
        page = await desk.sit_down()
        for path in ("/", f"/cases/{draft.reference}/1", f"/letters/{draft.id}", "/settings", "/complaints"):
            answer = await page.goto(desk.url + path)
            assert answer is not None
            assert (answer.status, page.url) == (200, desk.url + path)


async def test_the_seconds_to_call_a_letter_back_are_the_servers(desk: AtDesk) -> None:
    """A laptop three hours ahead."""
    draft = await desk.office.draft()
    page = await desk.sit_down()
    await page.clock.install(time=desk.office.console.clock() + timedelta(hours=3))
    await page.goto(f"{desk.url}/letters/{draft.id}")
    await page.get_by_role("button", name="Approve and send").click()
    await page.get_by_role("button", name="Call back").wait_for()
    await page.clock.run_for(2_000)
    told = await page.inner_text("#countdown")
    assert told.endswith("seconds left.")
    assert 20 < int(told.split()[0]) <= 30
    await page.get_by_role("button", name="Call back").click()
    await page.get_by_text("it is a draft again").wait_for()
    assert (await desk.office.only(Shelf.WAITING)).id == draft.id


@pytest.mark.parametrize("broken", [("case.html",), ("case.html", "fault.html")])
async def test_a_broken_template_is_a_fault_in_words_with_every_header(desk: AtDesk, broken: tuple[str, ...]) -> None:
    office = desk.office
    thread = await office.life.hear(ACCESS)
    env = get_env(office.dana.client.app)  # type: ignore[arg-type]
    sound = env.loader
    assert sound is not None
    env.loader = ChoiceLoader([DictLoader(dict.fromkeys(broken, "{% if %}")), sound])
    answer = await office.dana.get(f"/cases/{thread}/1")
    said = await answer.text()
    assert (answer.status, "Nothing was changed" in said) == (500, True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await office.dana.get("/")).status == 200
