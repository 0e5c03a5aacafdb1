"""The do-not-contact list: asked, added to, lifted; a campaign held against it."""

import csv
import io

import pytest

from tests.console.conftest import Browser, Desk
from triage.domain.do_not_contact import ContactPoint, contact_point
from triage.domain.vocabulary import Channel

ANA = "ana@customer.example"
LIST = b"name;mail\r\nAna;ANA+news@customer.example\r\nBo;bo@customer.example\r\nNobody;\r\n"


def point(text: str) -> ContactPoint:
    found = contact_point(text)
    assert found is not None
    return found


@pytest.fixture
async def listed(desk: Desk) -> None:
    """Ana is on the list."""
    await desk.store.suppress(point(ANA), Channel.PHONE, None, by="dana", now=desk.clock())


async def test_the_page_says_that_nobody_can_be_read_off_it(dana: Browser) -> None:
    page = await dana.page("/suppression")
    assert "keyed hashes and no addresses" in page
    assert "Nobody is on the list yet." in page


@pytest.mark.usefixtures("listed")
async def test_lines_are_counted_and_one_can_be_asked(dana: Browser) -> None:
    page = await dana.page("/suppression?point=ANA@customer.example")
    assert "1 line," in page
    assert "2026-11" in page
    assert "ana@customer.example: on the list." in page
    assert "not on the list." in await dana.page("/suppression?point=bo@customer.example")
    assert (await dana.get("/suppression?point=nobody")).status == 400


async def test_somebody_who_told_us_is_put_on_the_list(dana: Browser, desk: Desk) -> None:
    reference = await desk.file()
    answer = await dana.post("/suppression", add="01632 960 123", scope="calls", channel="phone", case=reference)
    assert (answer.status, answer.headers["Location"]) == (303, "/suppression?done=listed")
    assert await desk.store.suppressed([point("+441632960123")]) == (True,)
    answer = await dana.post("/suppression", add="01632 960 123", scope="", channel="phone", case="")
    assert answer.headers["Location"] == "/suppression?done=listed-before"
    assert "already" in await dana.page("/suppression?done=listed-before")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"add": "nobody"}, "add"),
        ({"channel": ""}, "channel"),
        ({"scope": "calls"}, "scope"),
        ({"case": "DP-2026-00001-X1"}, "case"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    dana: Browser, desk: Desk, wrong: dict[str, str], field: str
) -> None:
    answer = await dana.post("/suppression", **{"add": ANA, "channel": "phone", "case": "", "scope": "", **wrong})
    page = await answer.text()
    assert answer.status == 400
    assert f'id="{field}-fault"' in page
    assert field == "add" or f'value="{ANA}"' in page
    assert await desk.store.suppressed([point(ANA)]) == (False,)


@pytest.mark.usefixtures("listed")
async def test_a_line_is_lifted_after_a_question_and_with_a_reason(dana: Browser, desk: Desk) -> None:
    asked = await dana.post("/suppression/lift", point=ANA)
    assert asked.status == 200
    assert "Take it off the list?" in await asked.text()
    assert await desk.store.suppressed([point(ANA)]) == (True,)
    without = await dana.post("/suppression/lift", point=ANA, sure="1", why=" ")
    assert without.status == 400
    done = await dana.post("/suppression/lift", point=ANA, sure="1", why="She asked for the newsletter again.")
    assert (done.status, done.headers["Location"]) == (303, "/suppression?done=lifted")
    assert await desk.store.suppressed([point(ANA)]) == (False,)
    assert (await dana.post("/suppression/lift", point=ANA, sure="1", why="again")).status == 409


@pytest.mark.usefixtures("listed")
async def test_a_campaign_hears_which_lines_to_remove_and_no_address(rea: Browser) -> None:
    answer = await rea.post("/suppression/check", list=io.BytesIO(LIST), column="")
    page = await answer.text()
    assert answer.status == 200
    assert "1 of 3 lines are to be removed" in page
    assert "Lines: 2" in page
    assert "Nothing to compare in 1:" in page
    assert "customer.example" not in page


@pytest.mark.usefixtures("listed")
async def test_the_clean_list_and_the_verdict_are_files(rea: Browser) -> None:
    clean = await rea.post("/suppression/check", list=io.BytesIO(LIST), **{"as": "clean"})
    assert await clean.read() == LIST.replace(b"Ana;ANA+news@customer.example\r\n", b"")
    assert "attachment" in clean.headers["Content-Disposition"]
    verdict = await rea.post("/suppression/check", list=io.BytesIO(LIST), **{"as": "verdict"})
    rows = list(csv.DictReader(io.StringIO((await verdict.read()).decode("utf-8-sig"))))
    assert [(row["line"], row["verdict"]) for row in rows] == [("2", "remove"), ("3", "keep"), ("4", "not compared")]


async def test_what_is_no_list_is_told_in_plain_words(dana: Browser) -> None:
    for fields, words in (
        ({}, "Choose a file"),
        ({"list": io.BytesIO(b"")}, "Choose a file"),
        ({"list": io.BytesIO(b"a,b\n1,2\n")}, "no column with mail addresses"),
        ({"list": io.BytesIO(LIST), "column": "fax"}, "has no column"),
    ):
        answer = await dana.post("/suppression/check", **fields)  # type: ignore[arg-type]
        assert answer.status == 400
        assert words in await answer.text()


async def test_a_list_larger_than_a_form_may_be_is_taken_there(dana: Browser) -> None:
    large = LIST + b"Bo;bo@customer.example\r\n" * 60_000
    assert (await dana.post("/suppression/check", list=io.BytesIO(large))).status == 200


async def test_a_reader_changes_nothing_on_the_list(rea: Browser) -> None:
    assert (await rea.post("/suppression", add=ANA, channel="phone")).status == 403
    assert (await rea.post("/suppression/lift", point=ANA)).status == 403
