"""Settings: everything seen, nothing changed, but for an alarm that is dealt with."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from tests.console.conftest import Browser, Desk, SignIn
from triage.domain.vocabulary import UserRole

REFERENCE = "DP-2026-00001-J7"


async def test_the_page_shows_policy_versions_accounts_and_the_calendars_address(dana: Browser, desk: Desk) -> None:
    page = await dana.page("/settings")
    for said in (
        "Larkfield Systems Ltd",
        "Retention",
        "Thresholds",
        "spaCy",
        "Database schema",
        "dana",
        "triage doctor",
    ):
        assert said in page
    assert f"/calendar.ics?key={desk.console.calendar_key(dana.account)}" in page
    assert "a secret for tests" not in page


async def test_a_link_nobody_looked_at_for_half_a_year_is_marked(desk: Desk, sign_in: SignIn) -> None:
    policy = desk.console.policy
    old = {
        name: replace(link, checked_on=desk.clock().date() - timedelta(days=181)) for name, link in policy.links.items()
    }
    desk.console = replace(desk.console, policy=replace(policy, links=old))
    dana = await sign_in("dana", UserRole.DPO)
    assert "181 days: look again" in await dana.page("/settings")


async def test_the_inbox_is_said_to_be_alive_or_not(dana: Browser, desk: Desk) -> None:
    assert "has not been read yet" in await dana.page("/settings")
    await desk.store.beat(("mailbox",), desk.clock())
    assert "The inbox was read" in await dana.page("/settings")
    desk.clock.advance(timedelta(minutes=20))
    assert "New mail is not coming in" in await dana.page("/settings")


async def test_an_alarm_says_what_to_do_and_is_dealt_with(dana: Browser, desk: Desk) -> None:
    await desk.store.raise_alarm("letter_refused", REFERENCE, desk.clock())
    page = await dana.page("/settings")
    assert f'href="/cases/{REFERENCE}"' in page
    assert "mend the address or the relay" in page
    answer = await dana.post("/settings/alarms", code="letter_refused", reference=REFERENCE)
    assert (answer.status, answer.headers["Location"]) == (303, "/settings?done=dealt-with#alarms")
    assert await desk.store.alarms() == ()
    assert (await dana.post("/settings/alarms", code="letter_refused", reference=REFERENCE)).status == 409
    assert "No alarm stands." in await dana.page("/settings")


async def test_a_reader_sees_alarms_and_clears_none(rea: Browser, desk: Desk) -> None:
    await desk.store.raise_alarm("sending_limit", None, desk.clock())
    page = await rea.page("/settings")
    assert "Sending limit" in page
    assert 'action="/settings/alarms"' not in page
    assert (await rea.post("/settings/alarms", code="sending_limit", reference="")).status == 403


async def test_patterns_are_shown_with_their_examples(dana: Browser) -> None:
    page = await dana.page("/settings/rules")
    assert "Please send me a copy of all the personal data you hold about me." in page
    assert "Please send me a copy of the invoice." in page


async def test_the_files_are_checked_without_touching_a_server(dana: Browser) -> None:
    page = await dana.page("/settings/check")
    assert "can be read, and nothing is missing" in page
    assert "triage doctor" in page


async def test_the_journal_is_verified_and_its_ends_can_be_taken_away(dana: Browser, desk: Desk) -> None:
    reference = await desk.file()
    page = await dana.page("/settings/journal")
    assert "Every chain is whole" in page
    assert reference in page
    answer = await dana.get("/settings/journal.csv")
    assert reference in await answer.text()
    assert "attachment" in answer.headers["Content-Disposition"]


async def test_a_changed_journal_is_told(dana: Browser, desk: Desk) -> None:
    reference = await desk.file()
    async with desk.store._database.write() as connection:
        await connection.execute(text("DROP TRIGGER IF EXISTS journal_no_update"))
        await connection.execute(text("UPDATE journal SET facts = '{}' WHERE sequence = 1"))
    page = await dana.page("/settings/journal")
    assert "broken" in page
    assert f"{reference}, row 1" in page
