"""The internet-facing application: the webhook here, the form added by whoever wires it.

Every answer carries the headers of `_HEADERS`, none says what it was made with, none is a redirect (HubSpot signs the
URL it called, and would call another one unsigned).
"""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from triage.logs import get_logger, place_of
from triage.parsing.hubspot_events import Wanted
from triage.parsing.hubspot_signature import Target
from triage.ports_chat import Inbox
from triage.web.hook.deliveries import MOST_BODY_BYTES, Deliveries
from triage.web.hook.figures import Figures

log = get_logger()

WEBHOOK_PATH = "/hubspot/webhook"

_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def hook_app(
    *,
    inbox: Inbox,
    target: Target | None,
    wanted: Wanted,
    clock: Callable[[], datetime],
    client_of: Callable[[web.Request], str],
    figures: Figures | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> web.Application:
    """`POST /hubspot/webhook`; without a `target` there is no such route.

    `clock` gives the time of day (aware UTC), `monotonic` seconds for the limits, `client_of` the party a request
    counts for.
    """
    app = web.Application(middlewares=[_unforeseen], client_max_size=MOST_BODY_BYTES)
    app.on_response_prepare.append(_add_headers)
    if target is not None:
        deliveries = Deliveries(
            inbox=inbox,
            target=target,
            wanted=wanted,
            clock=clock,
            client_of=client_of,
            figures=figures or Figures(),
            monotonic=monotonic,
        )
        app.router.add_post(WEBHOOK_PATH, deliveries.receive)
    return app


@web.middleware
async def _unforeseen(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """A bug answers 500 (HubSpot tries again), and the log says where it is; aiohttp's own line would quote."""
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception as exc:
        log.error("request_failed", exception_type=type(exc).__name__, reason=place_of(exc))
        return web.Response(status=500, text="something went wrong\n")


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
