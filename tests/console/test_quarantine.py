"""Items nobody could read: seen, tried again, taken away as a file."""

from tests.console.conftest import Browser, Desk
from tests.factories import make_new_item

RAW = b"<script>alert(1)</script>\r\nnot a mail\r\n"


async def quarantined(desk: Desk, code: str = "not_a_mail") -> int:
    """An item in quarantine; its number."""
    await desk.store.save_items([make_new_item(raw=RAW)], None)
    (item,) = await desk.store.claim_items("worker", 1, desk.clock())
    await desk.store.fail_item(item, code, None, desk.clock())
    return item.id


async def test_an_empty_quarantine_says_that_everything_could_be_read(dana: Browser) -> None:
    assert "Everything that came could be read" in await dana.page("/quarantine")


async def test_an_item_says_in_plain_words_why_it_is_there_and_what_to_do(dana: Browser, desk: Desk) -> None:
    number = await quarantined(desk)
    page = await dana.page("/quarantine")
    assert "It has not one header, so it is no mail." in page
    assert "look at it with another program" in page
    assert f"No. {number}" in page
    assert "email" in page
    assert f"{len(RAW)} bytes" in page


async def test_a_code_nobody_foresaw_has_words_too(dana: Browser, desk: Desk) -> None:
    await quarantined(desk, "OperationalError")
    assert "It could not be filed." in await dana.page("/quarantine")


async def test_an_item_is_given_another_try(dana: Browser, desk: Desk) -> None:
    number = await quarantined(desk)
    answer = await dana.post("/quarantine", item=str(number))
    assert (answer.status, answer.headers["Location"]) == (303, "/quarantine?done=retried")
    assert await desk.store.list_quarantine() == ()
    assert "read again" in await dana.page("/quarantine?done=retried")


async def test_a_second_person_who_tries_the_same_item_hears_that_it_is_gone(dana: Browser, desk: Desk) -> None:
    number = await quarantined(desk)
    await dana.post("/quarantine", item=str(number))
    answer = await dana.post("/quarantine", item=str(number))
    assert answer.status == 409
    assert "not in quarantine any more" in await answer.text()
    assert (await dana.post("/quarantine", item="no number")).status == 409


async def test_the_raw_bytes_are_a_file_and_never_shown(dana: Browser, desk: Desk) -> None:
    number = await quarantined(desk)
    answer = await dana.get(f"/quarantine/{number}/raw")
    assert await answer.read() == RAW
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="quarantine-{number}.raw"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await dana.get("/quarantine/999/raw")).status == 404


async def test_a_reader_looks_and_tries_nothing_again(rea: Browser, desk: Desk) -> None:
    number = await quarantined(desk)
    page = await rea.page("/quarantine")
    assert "Download" in page
    assert 'action="/quarantine"' not in page
    assert (await rea.post("/quarantine", item=str(number))).status == 403
