"""A campaign's list checked by upload: read, compared, answered, and nothing of it kept."""

from aiohttp import web
from aiohttp.web_request import FileField

from triage.service.campaigns import CampaignCheck, check_campaign, runs_of
from triage.web.console.context import console_of
from triage.web.console.downloads import csv_download, download
from triage.web.console.guard import fields_of
from triage.web.console.pages import render

_NO_FILE = "Choose a file: the campaign's list, saved as CSV."
_COLUMNS = ("line", "verdict")


async def show(request: web.Request) -> web.Response:
    """The empty form."""
    return _page(request, "", "")


async def check(request: web.Request) -> web.Response:
    """The verdict as a page, as a table of line numbers (`as` verdict), or the list without those lines (clean)."""
    posted = await request.post()
    said, file = fields_of(posted), posted.get("list")
    column = said.get("column", "").strip()
    content = b""
    if isinstance(file, FileField):
        with file.file:  # it may lie in the system's folder of temporary files; closed, it is gone
            content = file.file.read()
    if not content:
        return _page(request, column, _NO_FILE)
    try:
        checked = await check_campaign(console_of(request).store, content, column or None)
    except ValueError as exc:
        return _page(request, column, _fault(str(exc)))
    match said.get("as"):
        case "clean":
            return download("campaign-checked.csv", checked.clean, "text/csv")
        case "verdict":
            return csv_download("campaign-verdict.csv", _COLUMNS, _verdicts(checked))
    return _page(request, column, "", checked)


def _verdicts(checked: CampaignCheck) -> list[dict[str, object]]:
    """A line of the list each; by number, so that it can be passed on."""
    told = {line.number: "remove" for line in checked.listed}
    told |= {line.number: "not compared" for line in checked.not_compared}
    return [{"line": line.number, "verdict": told.get(line.number, "keep")} for line in checked.read.lines]


def _fault(text: str) -> str:
    """The reader's words without the command's option."""
    plain = text.replace(": --column NAME", " below")
    return f"This list cannot be checked: it {plain}." if plain.startswith(("has ", "is ")) else f"{plain}."


def _page(request: web.Request, column: str, fault: str, checked: CampaignCheck | None = None) -> web.Response:
    return render(
        request,
        "campaign.html",
        title="Check a campaign",
        status=400 if fault else 200,
        column=column,
        fault=fault,
        checked=checked,
        listed=runs_of(checked.listed) if checked else "",
        not_compared=runs_of(checked.not_compared) if checked else "",
    )
