"""Reports over HTTP: the period, each figure drawn and as a table, and what is said of nothing."""

import csv
import io
import re
from xml.etree import ElementTree

import pytest

from tests.console.conftest import Browser, Desk
from tests.factories import make_case, make_plan
from triage.domain.report_figures import FIGURES
from triage.domain.vocabulary import Kind


async def rows_of(browser: Browser, path: str) -> list[dict[str, str]]:
    """A figure's CSV, as a spreadsheet reads it."""
    answer = await browser.get(path)
    assert answer.status == 200, await answer.text()
    return list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"), newline="")))


async def test_the_page_begins_with_the_last_12_months_and_a_reader_may_look(rea: Browser, desk: Desk) -> None:
    await desk.file()
    page = await rea.page("/reports")
    assert "Monday 1 December 2025 to Monday 30 November 2026" in page
    assert '<a href="/reports?period=last_12_months" aria-current="true">Last 12 months</a>' in page
    assert "1 case received." in page
    assert '<a href="/reports" aria-current="page">Reports</a>' in page


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("this_month", "Sunday 1 November 2026 to Monday 30 November 2026"),
        ("last_month", "Thursday 1 October 2026 to Saturday 31 October 2026"),
        ("this_quarter", "Thursday 1 October 2026 to Thursday 31 December 2026"),
        ("this_year", "Thursday 1 January 2026 to Thursday 31 December 2026"),
    ],
)
async def test_a_usual_period_is_one_click(dana: Browser, period: str, days: str) -> None:
    assert days in await dana.page(f"/reports?period={period}")


async def test_a_period_without_anything_says_so_under_every_heading(dana: Browser, desk: Desk) -> None:
    await desk.file()
    page = await dana.page("/reports?from=2026-01-01&to=2026-01-31")
    assert page.count("in this period.") == len(FIGURES)
    assert '<svg class="chart"' not in page


@pytest.mark.parametrize(
    ("query", "fault", "typed"),
    [
        ("from=2026-13-01&to=", "Give a date such as 2026-11-23.", "2026-13-01"),
        ("from=2026-11-24&to=2026-11-01", "The last day lies before the first.", "2026-11-24"),
        ("from=&to=2026-11-01", "Give the first day too.", "2026-11-01"),
        ("from=%3Cscript%3Ealert(1)%3C/script%3E", "Give a date such as 2026-11-23.", "&lt;script&gt;alert(1)"),
    ],
)
async def test_days_that_cannot_be_are_told_once_with_what_was_typed(
    dana: Browser, query: str, fault: str, typed: str
) -> None:
    answer = await dana.get(f"/reports?{query}")
    page = await answer.text()
    assert answer.status == 400
    assert re.search(rf'<a href="#(from|to)">{re.escape(fault)}</a>', page)
    assert re.search(r'id="(from|to)-fault"', page)
    assert f'value="{typed}' in page
    assert "<script>" not in page
    assert "figure" not in page.partition("<main")[2]
    assert (await dana.get(f"/reports/kinds.csv?{query}")).status == 400


async def test_every_chart_is_well_formed_named_and_without_inline_style(dana: Browser, desk: Desk) -> None:
    await desk.file()
    await desk.file(plan=make_plan(cases=(make_case(Kind.COMPLAINT), make_case(Kind.DELETION))))
    page = await dana.page("/reports?period=this_year")
    assert "style=" not in page
    charts = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert len(charts) > 5
    ids = []
    for chart in charts:
        drawn = ElementTree.fromstring(chart)
        title = drawn.find("title")
        assert title is not None
        assert (drawn.get("role"), drawn.get("aria-labelledby")) == ("img", title.get("id"))
        assert title.text
        ids.append(title.get("id"))
        sizes = [float(shape.get(name, "0")) for shape in drawn.iter("rect") for name in ("x", "y", "width", "height")]
        assert all(0 <= size <= 360 for size in sizes)
    assert len(set(ids)) == len(ids)


async def test_every_figure_with_rows_has_its_table_and_its_csv_of_the_same_period(dana: Browser, desk: Desk) -> None:
    await desk.file(plan=make_plan(cases=(make_case(), make_case(Kind.DELETION))))
    page = await dana.page("/reports?from=2026-11-01&to=2026-11-30")
    assert 'href="/reports/kinds.csv?from=2026-11-01&amp;to=2026-11-30" download' in page
    (row,) = await rows_of(dana, "/reports/kinds.csv?from=2026-11-01&to=2026-11-30")
    assert row == {"month": "2026-11", "access": "1", "deletion": "1", "all": "2"}
    for name in FIGURES:
        answer = await dana.get(f"/reports/{name}.csv?period=this_month")
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}-2026-11-01-to-')
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


async def test_no_cell_of_a_csv_is_a_formula(dana: Browser, desk: Desk) -> None:
    await desk.file(plan=make_plan(cases=(make_case(Kind.COMPLAINT),)), controller="=cmd|' /C calc'!A0")
    (row,) = await rows_of(dana, "/reports/complaints.csv?period=this_month")
    assert row["company"].startswith("'=")


async def test_a_figure_that_does_not_exist_is_not_found(dana: Browser) -> None:
    assert (await dana.get("/reports/everything.csv")).status == 404


async def test_months_nobody_has_room_for_are_drawn_all_the_same(dana: Browser, desk: Desk) -> None:
    await desk.file()
    page = await dana.page("/reports?from=2022-01-01&to=2026-11-30")
    assert page.count('<th scope="row">2026-11</th>') >= 2
    assert ">2022</text>" in page
