"""`GET /calendar.ics?key=…`: the dates of open cases for a calendar program, which cannot sign in. No personal data."""

import hmac

from aiohttp import web

from triage.parsing.calendar_feed import feed
from triage.web.console.context import Console, console_of
from triage.web.console.downloads import download


async def show(request: web.Request) -> web.Response:
    """The feed; a wrong key, or one of an account that may not sign in any more, finds nothing here."""
    console = console_of(request)
    if not await _is_known(console, request.query.get("key", "")):
        raise web.HTTPNotFound
    cases = await console.store.open_cases()
    text = feed(cases, console.policy, console.clock())
    return download("privacy-desk.ics", text.encode(), "text/calendar; charset=utf-8")


async def _is_known(console: Console, key: str) -> bool:
    """Compared with every account's in constant time: how long it takes tells nothing about any of them."""
    accounts = [account for account, disabled_at in await console.store.accounts() if disabled_at is None]
    said = key.encode("utf-8", "surrogatepass")
    same = [hmac.compare_digest(said, console.calendar_key(account).encode()) for account in accounts]
    return any(same)
