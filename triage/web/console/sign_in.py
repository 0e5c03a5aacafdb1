"""Signing in with name and password, and out, here or everywhere."""

import json
import math

from aiohttp import web
from multidict import MultiDict

from triage.domain.accounts import SESSION_LONGEST, Session
from triage.logs import get_logger
from triage.web.console.context import SESSION, TOKEN, Console, account_of, console_of
from triage.web.console.guard import fields_of, is_ours, kept_of
from triage.web.console.pages import render
from triage.web.limits import Allowance, TokenBuckets

log = get_logger()

# Guessing costs a stranger a day for a few dozen tries; a person who mistypes has five at once.
_PER_NAME = Allowance(burst=5, refill_s=300.0)
_PER_PARTY = Allowance(burst=20, refill_s=60.0)
_WRONG = "Name and password do not match an account. Five wrong tries make you wait."


class SignIn:
    """The screen and its limits."""

    def __init__(self) -> None:
        self._names = TokenBuckets(_PER_NAME)
        self._parties = TokenBuckets(_PER_PARTY)

    async def show(self, request: web.Request) -> web.Response:
        """The empty form."""
        return render(request, "sign_in.html", kept=None, to=_ours(request.query.get("to", "")), fault="", name="")

    async def take(self, request: web.Request) -> web.StreamResponse:
        """A filled form: a session, or the form again."""
        console = console_of(request)
        fields = fields_of(await request.post())
        name, kept = fields.get("name", "").strip(), _kept(fields.get("kept", ""))
        to = _ours(fields.get("to", ""))
        wait_s = max(
            self._parties.take(console.client_of(request), console.monotonic()),
            self._names.wait_s(name.casefold(), console.monotonic()),
        )
        if wait_s > 0:
            minutes = max(1, math.ceil(wait_s / 60))
            fault = f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
            again = render(request, "sign_in.html", kept=kept, to=to, fault=fault, name=name, status=429)
            again.headers["Retry-After"] = str(math.ceil(wait_s))
            return again
        found = await console.signing_in.by_password(name, fields.get("password", ""))
        if found is None:
            self._names.take(name.casefold(), console.monotonic())
            log.info("sign_in_refused")
            return render(request, "sign_in.html", kept=kept, to=to, fault=_WRONG, name=name, status=403)
        token, account = found
        log.info("signed_in", role=account.role.value)
        if kept is None:
            answer: web.StreamResponse = web.Response(status=303, headers={"Location": to or "/"})
        else:
            now = console.clock()
            request[TOKEN], request[SESSION] = token, Session(account=account, created_at=now, seen_at=now)
            answer = render(request, "carry_on.html", kept=kept)
        set_cookie(answer, console, token)
        return answer


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End this session, or with `everywhere` each one of the account."""
    console = console_of(request)
    if fields_of(await request.post()).get("everywhere"):
        await console.signing_in.sign_out_everywhere(account_of(request))
    await console.signing_in.sign_out(request[TOKEN])
    answer = web.HTTPSeeOther("/sign-in?done=signed-out")
    answer.del_cookie(console.cookie, path="/")
    raise answer


def set_cookie(answer: web.StreamResponse, console: Console, token: str) -> None:
    """Lax, not strict: the way back from an identity provider comes from another site."""
    answer.set_cookie(
        console.cookie,
        token,
        max_age=int(SESSION_LONGEST.total_seconds()),
        path="/",
        httponly=True,
        secure=console.over_https,
        samesite="Lax",
    )


def _ours(wanted: str) -> str:
    """Where somebody wanted to go, if that is a page of ours."""
    return wanted if is_ours(wanted) else ""


def _kept(text: str) -> dict[str, object] | None:
    """A form that was kept, as the page wrote it down; None for none, or for what no page of ours wrote."""
    try:
        said = json.loads(text) if text else None
        if said is None or not is_ours(said["path"]):
            return None
        return kept_of(said["path"], MultiDict((str(name), str(value)) for name, value in said["fields"]))
    except (ValueError, KeyError, TypeError):
        return None
