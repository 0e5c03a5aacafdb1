"""The calendar feed: a key in place of a session, and nobody's name."""

from tests.console.conftest import Browser, Desk


async def test_a_calendar_program_reads_the_dates_by_the_accounts_key_alone(dana: Browser, desk: Desk) -> None:
    reference = await desk.file()
    dana.client.session.cookie_jar.clear()
    answer = await dana.get(f"/calendar.ics?key={desk.console.calendar_key(dana.account)}")
    text = await answer.text()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert f"{reference}/1" in text.replace("\r\n ", "")
    assert "Ana" not in text
    assert "customer.example" not in text


async def test_a_wrong_key_finds_nothing(dana: Browser) -> None:
    for key in ("", "wrong", "1-00", "%ED%A0%80"):
        assert (await dana.get(f"/calendar.ics?key={key}")).status == 404
    assert (await dana.get("/calendar.ics")).status == 404


async def test_the_key_ends_with_the_account(dana: Browser, desk: Desk) -> None:
    await desk.store.disable_account("dana", desk.clock())
    assert (await dana.get(f"/calendar.ics?key={desk.console.calendar_key(dana.account)}")).status == 404
