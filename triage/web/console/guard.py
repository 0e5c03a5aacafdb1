"""What stands before every screen: who is signed in, whether a form is one of ours, and a page for every fault.

A form that meets an ended session or a stale key is not lost: its text is shown again, to be sent once more.
"""

import hmac
from urllib.parse import quote, urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from jinja2 import TemplateError
from multidict import MultiDict

from triage.errors import NotDone, RulesWrong, StoreUnavailable
from triage.logs import get_logger, name_and_place
from triage.service.signing_in import form_key
from triage.web.console.answers import MOST_BODY_BYTES, MOST_UPLOAD_BYTES, secure
from triage.web.console.context import CONSOLE, SESSION, TOKEN, Console, account_of
from triage.web.console.pages import render

log = get_logger()

FORM_KEY = "form_key"
# Reached without a session. The calendar has a key of its own in its address.
_OPEN = ("/sign-in", "/static/", "/calendar.ics")
# What a reader may post: nothing that changes a case.
_FOR_ALL = ("/sign-out", "/suppression/check")
# Where a file may be sent.
_UPLOADS = ("/suppression/check",)
_AWAY = (
    "Nothing is lost, and nothing was changed. Go back and try again in a minute: what you typed is still in the form.",
    "If this stays, tell whoever runs the desk: triage doctor says what is wrong.",
)
_TITLES = {
    400: "This cannot be read",
    403: "You may not do this",
    404: "There is no such page",
    405: "This address takes no such request",
    413: "This is too much at once",
    429: "Too many tries",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """See the module."""
    console = request.app[CONSOLE]
    try:
        answer = await _answered(request, handler, console)
    except web.HTTPException as exc:
        if exc.status < 400:
            secure(exc, over_https=console.over_https)
            raise
        answer = _http_fault(request, exc)
    except NotDone as exc:
        answer = fault_page(request, 409, "This was not done", str(exc).splitlines())
    except StoreUnavailable:
        log.warning("store_unavailable", process="console")
        answer = fault_page(
            request,
            503,
            "The desk's memory cannot be reached",
            list(_AWAY),
        )
    except RulesWrong as exc:
        answer = fault_page(request, 500, "A file of the rules is broken", exc.faults)
    except ConnectionError:
        raise
    except Exception as exc:
        log.error("unforeseen", process="console", reason=name_and_place(exc))
        line = "This should not happen. Nothing was changed. Please tell whoever runs the desk."
        answer = fault_page(request, 500, "Something went wrong", [line])
    secure(answer, over_https=console.over_https)
    return answer


async def _answered(request: web.Request, handler: Handler, console: Console) -> web.StreamResponse:
    posted = request.method not in (hdrs.METH_GET, hdrs.METH_HEAD)
    if posted and _from_elsewhere(request):
        raise web.HTTPForbidden(text="This form was sent by another site.")
    if request.path.startswith(_OPEN):
        return await handler(request)
    token = request.cookies.get(console.cookie, "")
    session = await console.signing_in.session(token) if token else None
    if session is None:
        return await _sign_in_first(request, posted=posted)
    if request.path in _UPLOADS:
        request = request.clone(client_max_size=MOST_UPLOAD_BYTES)
    request[SESSION], request[TOKEN] = session, token
    if posted:
        fields = await request.post()
        if not hmac.compare_digest(str(fields.get(FORM_KEY, "")).encode(), form_key(token).encode()):
            return render(request, "carry_on.html", kept=kept_of(request.path_qs, fields), status=409)
        if request.path not in _FOR_ALL and not account_of(request).may_decide:
            raise web.HTTPForbidden(text="Your account may look at everything and change nothing.")
    return await handler(request)


async def _sign_in_first(request: web.Request, *, posted: bool) -> web.StreamResponse:
    if not posted:
        raise web.HTTPSeeOther("/sign-in" if request.path_qs == "/" else f"/sign-in?to={_quoted(request.path_qs)}")
    kept = kept_of(request.path_qs, await request.post())
    return render(request, "sign_in.html", kept=kept, to="", fault="", name="", status=401)


def kept_of(path: str, fields: object) -> dict[str, object]:
    """A form to be sent again: its path and its fields, without the stale key. Files are not kept."""
    items = fields.items() if hasattr(fields, "items") else ()
    return {"path": path, "fields": [(k, v) for k, v in items if isinstance(v, str) and k != FORM_KEY]}


def is_ours(path: str) -> bool:
    """Whether an address leads to a page of this console and nowhere else."""
    parts = urlsplit(path)
    return path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme


def _from_elsewhere(request: web.Request) -> bool:
    """Whether a browser says that another site made this request (Fetch Metadata, else Origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is not None and urlsplit(origin).netloc != request.headers.get(hdrs.HOST, "")


def _quoted(path: str) -> str:
    return quote(path, safe="/")


def _http_fault(request: web.Request, exc: web.HTTPException) -> web.Response:
    lines = [exc.text] if exc.text and not exc.text.startswith(f"{exc.status}:") else []
    if exc.status == 413:
        most = (MOST_UPLOAD_BYTES if request.path in _UPLOADS else MOST_BODY_BYTES) // 1024
        lines = [f"A form holds up to {most:,} KB. Go back: your text is still there. Shorten it, and send it again."]
    answer = fault_page(request, exc.status, _TITLES.get(exc.status, "This cannot be done"), lines)
    for name in (hdrs.RETRY_AFTER, hdrs.ALLOW):
        if name in exc.headers:
            answer.headers[name] = exc.headers[name]
    return answer


def fault_page(request: web.Request, status: int, title: str, lines: list[str]) -> web.Response:
    """A page that says what did not happen, and why; plain text where the template of that page is broken too."""
    try:
        return render(request, "fault.html", status=status, title=title, lines=lines)
    except TemplateError as exc:
        log.error("template_broken", process="console", reason=name_and_place(exc))
        return web.Response(status=status, text="\n\n".join([f"{title}.", *lines, "To the queue: /"]))


def fields_of(request_fields: object) -> MultiDict[str]:
    """The text fields of a form."""
    items = request_fields.items() if hasattr(request_fields, "items") else ()
    return MultiDict((name, value) for name, value in items if isinstance(value, str))
