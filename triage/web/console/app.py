"""The console's application: every route in one place."""

from aiohttp import web

from triage.web.console import (
    calendar,
    campaign,
    case,
    case_files,
    case_hubspot,
    case_merge,
    case_relabel,
    case_split,
    complaints,
    contacts,
    letter,
    letter_held,
    letters,
    pages,
    people,
    quarantine,
    queue,
    reports,
    settings,
    sign_in,
    sign_in_elsewhere,
    suppression,
)
from triage.web.console.answers import MOST_BODY_BYTES
from triage.web.console.context import CONSOLE, Console
from triage.web.console.guard import guard
from triage.web.console.letter_templates import LetterTemplates

_THREAD = r"/cases/{thread:[A-Za-z0-9-]{1,40}}"
_CASE = _THREAD + r"/{number:\d{1,4}}"
_ACT = "/{act:[a-z]{1,20}}"


def console_app(console: Console) -> web.Application:
    """Every screen behind the guard."""
    app = web.Application(middlewares=[guard], client_max_size=MOST_BODY_BYTES)
    app[CONSOLE] = console
    pages.set_up(app)
    door = sign_in.SignIn()
    app.add_routes(
        [
            web.get("/sign-in", door.show),
            web.post("/sign-in", door.take),
            web.get(sign_in_elsewhere.GO_PATH, sign_in_elsewhere.go),
            web.get(sign_in_elsewhere.BACK_PATH, sign_in_elsewhere.come_back),
            web.post("/sign-out", sign_in.sign_out),
            web.get("/static/{name}", console.static.serve),
            web.get("/", queue.show),
            web.post("/", queue.act_on_many),
            web.get("/news", queue.news),
            web.get("/contacts/new", contacts.show),
            web.post("/contacts/new", contacts.take),
            web.get("/contacts/{key:[0-9a-f]{16}}", contacts.waiting),
            web.get("/people", people.show),
            web.get("/people/export", people.export),
            web.get("/complaints", complaints.show),
            web.get("/complaints.csv", complaints.as_csv),
            web.get("/reports", reports.show),
            web.get(r"/reports/{name:[a-z-]{1,20}}.csv", reports.as_csv),
            web.get("/calendar.ics", calendar.show),
            web.get("/settings", settings.show),
            web.post("/settings/alarms", settings.dealt_with),
            web.get("/settings/rules", settings.rules),
            web.get("/settings/check", settings.check),
            web.get("/settings/journal", settings.journal),
            web.get("/settings/journal.csv", settings.journal_heads),
            web.get("/suppression", suppression.show),
            web.post("/suppression", suppression.add),
            web.post("/suppression/lift", suppression.lift),
            web.get("/suppression/check", campaign.show),
            web.post("/suppression/check", campaign.check),
            web.get("/quarantine", quarantine.show),
            web.post("/quarantine", quarantine.retry),
            web.get(r"/quarantine/{item:\d{1,12}}/raw", quarantine.raw),
            web.get("/letters", letters.show),
            web.get("/letters/templates", LetterTemplates().show),
            web.post("/letters/acknowledge", letter_held.send_many),
            web.get(r"/letters/{id:\d+}", letter.show),
            web.get(r"/letters/{id:\d+}/print", letter.show_print),
            web.post(r"/letters/{id:\d+}/check", letter.check),
            web.post(r"/letters/{id:\d+}/save", letter.save),
            web.post(r"/letters/{id:\d+}/approve", letter.approve),
            web.post(r"/letters/{id:\d+}/call-back", letter.take_back),
            web.post(r"/letters/{id:\d+}/discard", letter.discard),
            web.post(r"/letters/{id:\d+}/hand-over", letter.hand_over),
            web.get("/enquiries/{thread}/acknowledge", letter_held.show),
            web.post("/enquiries/{thread}/acknowledge", letter_held.send),
            web.post("/enquiries/{thread}/acknowledged", letter_held.by_hand),
            web.get(_THREAD, case.show),
            web.get(_CASE, case.show),
            web.get(_THREAD + "/evidence.zip", case_files.evidence),
            web.get(_CASE + "/evidence.zip", case_files.evidence),
            web.get(_THREAD + r"/messages/{message:\d{1,15}}/original", case_files.original),
            web.get(_THREAD + r"/messages/{message:\d{1,15}}/files/{index:\d{1,4}}", case_files.attachment),
            web.get(_THREAD + "/relabel", case_relabel.preview),
            web.post(_THREAD + "/relabel", case_relabel.take),
            web.post(_THREAD + "/hubspot/find", case_hubspot.look_up),
            web.post(_CASE + "/hubspot/find", case_hubspot.look_up),
            web.post(_THREAD + "/hubspot/unsubscribe", case_hubspot.stop_marketing),
            web.post(_CASE + "/hubspot/unsubscribe", case_hubspot.stop_marketing),
            web.get(_THREAD + "/merge", case_merge.preview),
            web.post(_THREAD + "/merge", case_merge.take),
            web.get(_THREAD + r"/messages/{message:\d{1,15}}/split", case_split.preview),
            web.post(_THREAD + r"/messages/{message:\d{1,15}}/split", case_split.take),
            web.post(_THREAD + _ACT, case.act),
            web.post(_CASE + _ACT, case.act),
        ]
    )
    return app
