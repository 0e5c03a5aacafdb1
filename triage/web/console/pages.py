"""Pages from templates: every text escaped, an unknown name an error, the same frame round each."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined

from triage.domain.notices import in_words, short_date
from triage.domain.plain_dates import plain_date
from triage.domain.queue import days_left, how_sure
from triage.service.signing_in import form_key
from triage.web.console.context import CONSOLE, SESSION, TOKEN

_FOLDER = Path(__file__).parent / "templates"
_LONDON = ZoneInfo("Europe/London")

# The screens in the order of the menu: path and name.
MENU = (
    ("/", "Queue"),
    ("/people", "People"),
    ("/complaints", "Complaints"),
    ("/suppression", "Do not contact"),
    ("/quarantine", "Quarantine"),
    ("/reports", "Reports"),
    ("/letters", "Letters"),
    ("/settings", "Settings"),
)


def set_up(app: web.Application) -> None:
    """Let the application render the templates beside this file."""
    jinja = aiohttp_jinja2.setup(
        app,
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    jinja.filters |= {
        "words": lambda code: in_words(str(code)),
        "day": plain_day,
        "short_day": lambda day: short_date(day) if day else "",
        "moment": moment,
        "days_left": days_left,
        "how_sure": how_sure,
        "in_bytes": in_bytes,
    }
    jinja.globals["menu"] = MENU


def render(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """A page. Every template knows who is signed in (None before), the day, and where it is."""
    console = request.app[CONSOLE]
    session = request.get(SESSION)
    known = {
        "path": request.path,
        "account": session.account if session else None,
        "form_key": form_key(request[TOKEN]) if session else "",
        "version": console.static.version,
        "company": console.policy.main_controller.name,
        "today": console.today(),
        "now": console.clock(),
        "done": done_words(request),
        "provider": console.provider is not None,
        "title": "",
    }
    return aiohttp_jinja2.render_template(template, request, {**known, **values}, status=status)


# What was just done, told on the page that follows. Codes only stand in addresses, never words.
_DONE = {
    "assigned": "Assigned.",
    "cleared": "Cleared: nobody asked for anything there.",
    "signed-out": "You are signed out.",
    "tick": "Ticked off.",
    "untick": "It counts as not done.",
    "leave": "It stays open, with your reason.",
    "contacted": "Logged.",
    "snooze": "It rests: no reminders until that day.",
    "hold": "The legal hold is as you said.",
    "event": "Recorded. The dates are worked out anew.",
    "close": "Closed. Nothing is owed on it any more.",
    "reopen": "Open again.",
    "withdrawn": "They took it back: the case is closed.",
    "regime": "Settled: the dates go by that law alone.",
    "stands": "The wish stands: the work goes on.",
    "answers": "Recorded.",
    "delivered": "Recorded.",
    "approved": "Approved. It leaves in 30 seconds; until then you can call it back.",
    "undone": "Called back: it is a draft again, and nothing was sent.",
    "discarded": "Discarded.",
    "saved": "Saved.",
    "handed-over": "It counts as sent.",
    "released": "Approved. They leave in 30 seconds; until then you can call them back.",
    "by-hand": "It counts as acknowledged.",
    "noted": "Noted.",
    "read": "Marked as read.",
    "acknowledged": "It counts as acknowledged.",
    "relabelled": "Put right.",
    "leads-here": "The reference you asked for was merged into this one.",
    "logged": "Logged. Acknowledge it by hand: nothing was sent.",
    "unsubscribed": "HubSpot sends no marketing mail to that address any more. It stands in the journal.",
    "merged": "Merged. Both references lead here now.",
    "split": "Split. This is the second enquiry; acknowledge it by hand.",
    "retried": "It will be read again within a minute.",
    "listed": "It is on the do-not-contact list.",
    "listed-before": "It was on the do-not-contact list already.",
    "lifted": "It is off the do-not-contact list. The reason is in the journal.",
    "dealt-with": "Dealt with. Where the cause is still there, the alarm comes back.",
    "nothing-to-clear": "Nothing was left to clear.",
}


def done_words(request: web.Request) -> str:
    """What to say was done, "" for nothing."""
    return _DONE.get(request.query.get("done", ""), "")


def plain_day(day: date | str | None) -> str:
    """A day as people write it, with its weekday; "" for none."""
    if not day:
        return ""
    return plain_date(date.fromisoformat(day[:10]) if isinstance(day, str) else day)


def in_bytes(count: int) -> str:
    """A size as people say it."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def moment(at: datetime | str | None) -> str:
    """A moment in London's time; "" for none."""
    if not at:
        return ""
    local = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(_LONDON)
    return f"{plain_date(local.date())}, {local:%H:%M}"
