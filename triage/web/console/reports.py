"""Reports: what came in, what was answered in time, how long it took; each figure drawn, as a table, and as CSV."""

from urllib.parse import urlencode

from aiohttp import web

from triage.domain.report import ReportAsked, ReportCounts
from triage.domain.report_figures import FIGURES, figures
from triage.domain.report_period import PeriodFaults, ReportPeriod, Span, period_of
from triage.web.console.context import Console, console_of
from triage.web.console.downloads import csv_download
from triage.web.console.pages import render

# More columns than these have no room for the number on each.
_MOST_NUMBERED = 13


async def show(request: web.Request) -> web.Response:
    """The report of a period; with days that cannot be, what is wrong with them and no figures."""
    console, period = console_of(request), _period(request)
    faults = dict(period.by_field) if isinstance(period, PeriodFaults) else {}
    found = () if isinstance(period, PeriodFaults) else figures(*await _counted(console, period))
    return render(
        request,
        "reports.html",
        title="Reports",
        status=400 if faults else 200,
        faults=faults,
        said={name: _typed(request, name) for name in ("from", "to")},
        period=None if faults else period,
        spans=tuple(Span),
        figures=found,
        query="" if isinstance(period, PeriodFaults) else _query(period),
        most_numbered=_MOST_NUMBERED,
    )


async def as_csv(request: web.Request) -> web.Response:
    """One figure's table for a spreadsheet."""
    make = FIGURES.get(request.match_info["name"])
    if make is None:
        raise web.HTTPNotFound(text="There is no figure of that name.")
    period = _period(request)
    if isinstance(period, PeriodFaults):
        raise web.HTTPBadRequest(text=" ".join(fault for _, fault in period.by_field))
    figure = make(*await _counted(console_of(request), period))
    name = f"{figure.name}-{period.first_on}-to-{period.last_on}.csv"
    return csv_download(name, figure.columns, [dict(zip(figure.columns, row, strict=True)) for row in figure.rows])


async def _counted(console: Console, period: ReportPeriod) -> tuple[ReportCounts, ReportAsked]:
    nation = console.policy.main_controller.nation
    asked = ReportAsked(period=period, today=console.today(), nation=nation)
    return await console.store.report_counts(asked), asked


def _period(request: web.Request) -> ReportPeriod | PeriodFaults:
    span, first, last = (_typed(request, name) for name in ("period", "from", "to"))
    return period_of(span, first, last, console_of(request).today())


def _typed(request: web.Request, name: str) -> str:
    return request.query.get(name, "").strip()[:40]


def _query(period: ReportPeriod) -> str:
    """The period as it stands in the address of a table."""
    if period.span is not None:
        return urlencode({"period": period.span.value})
    return urlencode({"from": period.first_on.isoformat(), "to": period.last_on.isoformat()})
