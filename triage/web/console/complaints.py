"""The register of complaints: counts for a period, ready for a statutory return, and the cases behind them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from aiohttp import web

from triage.domain.case_file import CaseFile
from triage.domain.register import COLUMNS, ComplaintRow, Period, RegisterLine, register, row_of
from triage.web.console.context import Console, console_of
from triage.web.console.downloads import csv_download
from triage.web.console.pages import render

# More would be a page nobody reads; a narrower period shows the rest.
_MOST_LISTED = 200
_MONTHS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The period asked for, and what is wrong with it. `said` as it was typed."""

    by: Period
    first_on: date | None
    last_on: date | None
    said: dict[str, str]
    faults: dict[str, str]


async def show(request: web.Request) -> web.Response:
    """The register as a page."""
    console = console_of(request)
    asked = _asked(request, console.today())
    found = [] if asked.faults else await _found(console, asked)
    lines = _register(found, asked, console)
    return render(
        request,
        "complaints.html",
        title="Complaints",
        status=400 if asked.faults else 200,
        asked=asked,
        periods=tuple(Period),
        lines=lines,
        totals=_totals(lines),
        outcomes=_summed(line.outcomes for line in lines),
        triggers=_summed(line.triggers for line in lines),
        channels=_summed(line.channels for line in lines),
        found=found[-_MOST_LISTED:][::-1],
        left_out=max(0, len(found) - _MOST_LISTED),
    )


async def as_csv(request: web.Request) -> web.Response:
    """The same counts for a spreadsheet. They name nobody."""
    console = console_of(request)
    asked = _asked(request, console.today())
    if asked.faults:
        raise web.HTTPBadRequest(text=" ".join(asked.faults.values()))
    lines = _register(await _found(console, asked), asked, console)
    return csv_download("complaints-register.csv", COLUMNS, map(asdict, lines))


def a_year_before(today: date) -> date:
    """The first day of the eleventh month before this one."""
    return date(today.year - (today.month < _MONTHS), today.month % _MONTHS + 1, 1)


async def _found(console: Console, asked: _Asked) -> list[tuple[CaseFile, ComplaintRow]]:
    """Complaints received in the period, oldest first."""
    found = await console.store.complaints(asked.first_on, asked.last_on)
    rows = [(case, row_of(case, fired, console.policy)) for case, fired in found]
    return sorted(rows, key=lambda pair: (pair[1].received_on, pair[0].reference))


def _register(
    found: Sequence[tuple[CaseFile, ComplaintRow]], asked: _Asked, console: Console
) -> tuple[RegisterLine, ...]:
    return register([row for _, row in found], asked.by, console.today())


def _asked(request: web.Request, today: date) -> _Asked:
    """Where nothing is asked for, a year: whoever wants all that ever came says so."""
    said = {name: request.query.get(name, "").strip() for name in ("from", "to", "by")}
    if not {"from", "to"} & request.query.keys():
        said["from"] = a_year_before(today).isoformat()
    faults: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(said[name]) if said[name] else None
        except ValueError:
            days[name], faults[name] = None, "Give a date such as 2026-11-23."
    first_on, last_on = days["from"], days["to"]
    if first_on and last_on and last_on < first_on:
        faults["to"] = "The last day lies before the first."
    by = next((one for one in Period if one == said["by"]), Period.MONTH)
    return _Asked(by=by, first_on=first_on, last_on=last_on, said=said, faults=faults)


def _totals(lines: Sequence[RegisterLine]) -> dict[str, int]:
    names = ("received", "in_time", "late", "owed", "open", "unresolved")
    return {name: sum(getattr(line, name) for line in lines) for name in names}


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total.most_common())
