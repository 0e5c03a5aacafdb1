"""One person, found by address or number."""

import io
import zipfile

import pytest

from tests.console.conftest import Browser, Desk
from tests.factories import make_analysis, make_enquiry
from triage.domain.do_not_contact import contact_point
from triage.domain.vocabulary import Channel

ANA = "ana@customer.example"


async def test_before_a_search_the_page_says_what_can_be_found(dana: Browser) -> None:
    page = await dana.page("/people")
    assert "Find everything the desk holds about one person" in page
    assert "written down nowhere" in page


async def test_a_person_is_found_by_address_whatever_its_capitals(dana: Browser, desk: Desk) -> None:
    reference = await desk.file()
    page = await dana.page("/people?q=ANA@customer.EXAMPLE")
    assert f'href="/cases/{reference}/1"' in page
    assert "My personal information" in page
    assert "acknowledgement" in page
    assert "Not on the do-not-contact list." in page


async def test_the_address_is_in_no_title_and_no_log(
    dana: Browser, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.file()
    page = await dana.page(f"/people?q={ANA}")
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert title == "People · Privacy desk"
    said = capsys.readouterr()
    assert ANA not in said.out + said.err


async def test_who_opted_out_is_told_at_once(dana: Browser, desk: Desk) -> None:
    point = contact_point(ANA)
    assert point is not None
    await desk.store.suppress(point, Channel.PHONE, None, by="dana", now=desk.clock())
    assert "On the do-not-contact list:" in await dana.page(f"/people?q={ANA}")


async def test_nobody_is_told_as_nobody(dana: Browser) -> None:
    assert "Nothing is held under this address." in await dana.page("/people?q=nobody@customer.example")


async def test_a_number_is_found_however_it_is_written(dana: Browser, desk: Desk) -> None:
    text = "Please call me on +44 (0)1632 960 123 about my data."
    reference = await desk.file(analysis=make_analysis(enquiry=make_enquiry(full_text=text)))
    page = await dana.page("/people?q=01632%20960123")
    assert f'href="/cases/{reference}"' in page
    assert "stands in no message" in await dana.page("/people?q=01632%20960124")


async def test_words_are_no_person(dana: Browser) -> None:
    answer = await dana.get("/people?q=Ana%20Example")
    page = await answer.text()
    assert answer.status == 400
    assert 'aria-invalid="true"' in page
    assert 'href="/?q=Ana%20Example"' in page


async def test_a_reference_leads_to_what_it_names(dana: Browser, desk: Desk) -> None:
    reference = await desk.file()
    answer = await dana.get(f"/people?q={reference}/1")
    assert (answer.status, answer.headers["Location"]) == (303, f"/?q={reference}")


async def test_everything_held_is_exported_as_an_archive(rea: Browser, desk: Desk) -> None:
    await desk.file()
    answer = await rea.get(f"/people/export?q={ANA}")
    archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="what-is-held.zip"'
    assert {"index.html", "records.json", "manifest.json"} <= set(archive.namelist())
    assert (await rea.get("/people/export?q=nobody@customer.example")).status == 404
    assert (await rea.get("/people/export?q=nobody")).status == 400


async def test_a_strangers_script_is_only_text(dana: Browser, desk: Desk) -> None:
    enquiry = make_enquiry(subject="<script>alert(1)</script>")
    await desk.file(analysis=make_analysis(enquiry=enquiry))
    page = await dana.page(f"/people?q={ANA}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
