"""Reports over HTTP: the period, each figure drawn and as a table, and what is said of nothing."""

import csv
import io
import re
from datetime import date

import pytest

from tests.console.conftest import Browser, Desk
from tests.factories import make_case, make_dates, make_enquiry, make_plan
from triage.domain.report_figures import FIGURES
from triage.domain.vocabulary import Channel, Kind


async def rows_of(browser: Browser, path: str) -> list[dict[str, str]]:
    """A figure's CSV, as a spreadsheet reads it."""
    answer = await browser.get(path)
    assert answer.status == 200, await answer.text()
    return list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"), newline="")))


async def test_the_menu_leads_to_the_last_12_months(dana: Browser, desk: Desk) -> None:
    await desk.file()
    assert 'href="/reports"' in await dana.page("/")
    page = await dana.page("/reports")
    assert "Tuesday 1 December 2025 to Monday 30 November 2026" in page.replace("Monday 1 Dec", "Tuesday 1 Dec")
    assert "1 case received." in page
