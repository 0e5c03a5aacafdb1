"""The complaints register on a page and for a spreadsheet."""

import csv
import io
from datetime import date

import pytest

from tests.console.conftest import Browser, Desk
from tests.factories import make_case, make_dates, make_plan
from triage.domain.vocabulary import Kind
from triage.web.console.complaints import a_year_before


async def a_complaint(desk: Desk, **changes: object) -> str:
    return await desk.file(plan=make_plan(cases=(make_case(Kind.COMPLAINT),)), **changes)


async def test_without_a_complaint_the_page_says_so(dana: Browser) -> None:
    assert "No complaint was received." in await dana.page("/complaints?from=&to=")
    assert "No complaint was received in this period." in await dana.page("/complaints")


async def test_a_complaint_is_counted_and_leads_to_its_case(dana: Browser, desk: Desk) -> None:
    reference = await a_complaint(desk)
    page = await dana.page("/complaints")
    assert f'href="/cases/{reference}/1"' in page
    assert "<strong>1</strong> received" in page
    assert "2026-11" in page


async def test_unasked_it_shows_a_year_and_on_asking_all_that_ever_came(dana: Browser, desk: Desk) -> None:
    dates = make_dates(kind=Kind.COMPLAINT, received_on=date(2025, 11, 30))
    before = await desk.file(plan=make_plan(cases=(make_case(Kind.COMPLAINT, dates=dates),)))
    within = await a_complaint(desk)
    page = await dana.page("/complaints")
    assert 'value="2025-12-01"' in page
    assert within in page
    assert before not in page
    assert before in await dana.page("/complaints?from=&to=")


@pytest.mark.parametrize(
    ("today", "first_on"),
    [
        (date(2026, 11, 30), date(2025, 12, 1)),
        (date(2026, 12, 1), date(2026, 1, 1)),
        (date(2027, 1, 1), date(2026, 2, 1)),
    ],
)
def test_a_year_is_this_month_and_the_eleven_before(today: date, first_on: date) -> None:
    assert a_year_before(today) == first_on


async def test_a_period_leaves_out_what_was_received_outside_it(dana: Browser, desk: Desk) -> None:
    await a_complaint(desk)
    assert "No complaint was received in this period." in await dana.page("/complaints?from=2026-11-24&to=2026-12-01")
    assert "2026-Q4" in await dana.page("/complaints?from=2026-11-23&to=2026-11-23&by=quarter")


async def test_a_period_that_cannot_be_is_told_beside_its_field(dana: Browser) -> None:
    answer = await dana.get("/complaints?from=2026-11-24&to=2026-11-01")
    page = await answer.text()
    assert answer.status == 400
    assert 'href="#to"' in page
    assert 'id="to-fault"' in page
    assert (await dana.get("/complaints?from=yesterday")).status == 400
    assert (await dana.get("/complaints.csv?to=never")).status == 400


async def test_the_csv_is_an_attachment_whose_cells_are_no_formulas(dana: Browser, desk: Desk) -> None:
    await a_complaint(desk, controller="=cmd|' /C calc'!A0")
    answer = await dana.get("/complaints.csv?by=year")
    (line,) = csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"), newline=""))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="complaints-register.csv"'
    assert (line["period"], line["received"]) == ("2026", "1")
    assert line["controller"].startswith("'=")
