"""Signing in with the company's identity provider. People are known by issuer and subject, never by address."""

import secrets

from aiohttp import web

from triage.errors import SignInFailed
from triage.logs import get_logger
from triage.web.console.context import Console, console_of
from triage.web.console.guard import is_ours
from triage.web.console.pages import render
from triage.web.console.sign_in import set_cookie

log = get_logger()

GO_PATH, BACK_PATH = "/sign-in/elsewhere", "/sign-in/back"
_ON_THE_WAY_S = 600


async def go(request: web.Request) -> web.StreamResponse:
    """Send the browser to the provider. What has to come back with it lies in a cookie of this browser alone."""
    console = console_of(request)
    if console.provider is None:
        raise web.HTTPNotFound
    try:
        began = await console.provider.begin(console.clock())
    except SignInFailed as exc:
        return _failed(request, str(exc))
    answer = web.Response(status=303, headers={"Location": began.address})
    wanted = request.query.get("to", "")
    kept = "|".join((began.state, began.nonce, began.verifier, wanted if is_ours(wanted) else ""))
    answer.set_cookie(
        _cookie(console),
        kept,
        max_age=_ON_THE_WAY_S,
        path="/",
        httponly=True,
        secure=console.over_https,
        samesite="Lax",
    )
    return answer


async def come_back(request: web.Request) -> web.StreamResponse:
    """The browser is back with a code: a session for the account of who that is."""
    console = console_of(request)
    state, nonce, verifier, to = (request.cookies.get(_cookie(console), "").split("|", 3) + [""] * 4)[:4]
    if console.provider is None or not state or not secrets.compare_digest(state, request.query.get("state", "")):
        return _failed(request, "this sign-in was not begun in this browser, or took longer than ten minutes")
    if "code" not in request.query:
        return _failed(request, "the identity provider let nobody in")
    try:
        issuer, subject = await console.provider.finish(request.query["code"], nonce, verifier, console.clock())
    except SignInFailed as exc:
        return _failed(request, str(exc))
    account = await console.store.account_by_subject(issuer, subject)
    if account is None:
        return render(request, "no_account.html", issuer=issuer, subject=subject, status=403)
    answer = web.Response(status=303, headers={"Location": to if is_ours(to) else "/"})
    answer.del_cookie(_cookie(console), path="/")
    set_cookie(answer, console, await console.signing_in.open(account))
    log.info("signed_in", role=account.role.value)
    return answer


def _cookie(console: Console) -> str:
    return "__Host-desk-way" if console.over_https else "desk-way"


def _failed(request: web.Request, why: str) -> web.Response:
    log.info("sign_in_refused")
    fault = f"You were not signed in: {why}."
    return render(request, "sign_in.html", kept=None, to="", fault=fault, name="", status=403)
