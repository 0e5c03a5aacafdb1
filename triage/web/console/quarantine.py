"""Quarantine: items nobody could read. Kept raw, never dropped; a request may lie in one, and its clock runs."""

from aiohttp import web

from triage.errors import NotDone
from triage.service.review import retry_quarantined
from triage.web.console.context import console_of
from triage.web.console.downloads import download
from triage.web.console.guard import fields_of
from triage.web.console.pages import render

_LOOK = "Download it, look at it with another program, and type in what it asks."
# Why an item could not be read, and what to do. The codes are those of AnalysisFailed.
_WHY = {
    "too_slow": ("Reading it took too long.", "Try again once. If it comes back: download it and look at it."),
    "too_big": ("Reading it took too much memory.", _LOOK),
    "too_deep": ("Its parts are nested too deep: mails in mails in mails.", _LOOK),
    "crashed": ("The process that read it died.", "Try again once. If it comes back, tell whoever runs the desk."),
    "broken": ("Reading it failed.", "Try again after an update of the desk. Until then: download it and look at it."),
    "not_a_mail": ("It has not one header, so it is no mail.", _LOOK),
    "event_unreadable": ("The chat's notice is not in the form HubSpot uses.", "Look at the newest chats in HubSpot."),
    "broken_item": ("What was stored of a form or chat is damaged.", _LOOK),
    "not_filed": ("It was read, but could not be filed.", "Try again once. If it comes back, tell who runs the desk."),
    "chat_refused": ("HubSpot did not let the desk read the chat.", "Mend token or scopes, then try again."),
    "chat_unavailable": ("HubSpot could not be reached for too long.", "Try again."),
    "message_not_there": ("The chat's message could not be found at HubSpot.", "Look at the chat in HubSpot."),
    "event_broke": ("A notice of the chat could not be worked through.", "Look at the newest chats in HubSpot."),
}
_UNKNOWN = ("It could not be filed.", "Try again once. If it comes back, tell whoever runs the desk.")


async def show(request: web.Request) -> web.Response:
    """What lies there, oldest first."""
    items = await console_of(request).store.list_quarantine()
    rows = [(item, *_WHY.get(item.code, _UNKNOWN)) for item in items]
    return render(request, "quarantine.html", title="Quarantine", rows=rows)


async def retry(request: web.Request) -> web.StreamResponse:
    """Give one another try, with a clean count."""
    console = console_of(request)
    number = fields_of(await request.post()).get("item", "")
    if not number.isdecimal() or not await retry_quarantined(console.store, int(number), console.clock()):
        raise NotDone("that item is not in quarantine any more: somebody else has given it another try")
    raise web.HTTPSeeOther("/quarantine?done=retried")


async def raw(request: web.Request) -> web.Response:
    """The bytes of one as they came, as a file and never inline."""
    number = int(request.match_info["item"])
    content = await console_of(request).store.quarantined_raw(number)
    if content is None:
        raise web.HTTPNotFound(text="There is no such item in quarantine.")
    return download(f"quarantine-{number}.raw", content)
