"""One delivery of HubSpot's after another: verified, read, stored, answered. All of it well within HubSpot's 5 s.

200 only once it is stored; 401 not signed, 400 not JSON, 413 too large, 429 too many of those, 503 not stored. Each
4xx and 5xx makes HubSpot try again, ten times in 24 hours: so what we merely do not work on is a 200.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from triage.domain.records import NewItem
from triage.errors import StoreUnavailable
from triage.logs import get_logger
from triage.parsing.hubspot_events import Delivery, NotADelivery, Wanted, read_delivery
from triage.parsing.hubspot_signature import Signed, Target, head_fault, shown_url, verify
from triage.ports_chat import Inbox
from triage.web.hook.figures import Figures
from triage.web.limits import Allowance, TokenBuckets

log = get_logger()

MOST_BODY_BYTES = 256 * 1024
# HubSpot gives up after 5 s: the body has to be here and safe by then, with time left for the answer's way back.
SAVE_LIMIT_S = 4.0
BODY_LIMIT_S = 10.0
# Whose body this is shows only once it is here: until then these many may take up memory.
MOST_BODIES_AT_ONCE = 64
# Of requests that are not signed: enough to try a set-up out by hand, too few to keep us busy.
STRANGERS = Allowance(burst=20, refill_s=6.0)
# The first lines tell an operator what is wrong; the thousandth says nothing new.
_LOG_LINES = Allowance(burst=10, refill_s=10.0)

_WORDS = {
    200: "stored",
    400: "this is no JSON array of events",
    401: "the signature does not hold",
    408: "the body came too slowly",
    413: "too large",
    429: "too many unsigned requests",
    503: "not stored, send it again",
}


@dataclass(kw_only=True)
class Deliveries:
    """Answers `POST /hubspot/webhook`. See hook_app for what each part is."""

    inbox: Inbox
    target: Target
    wanted: Wanted
    clock: Callable[[], datetime]
    client_of: Callable[[web.Request], str]
    figures: Figures
    monotonic: Callable[[], float]
    _strangers: TokenBuckets = field(default_factory=lambda: TokenBuckets(STRANGERS))
    _lines: TokenBuckets = field(default_factory=lambda: TokenBuckets(_LOG_LINES))
    _unsaid: Counter[str] = field(default_factory=Counter)
    _reading: dict[int, asyncio.Timeout] = field(default_factory=dict)  # the longest under way first

    async def receive(self, request: web.Request) -> web.Response:
        """One request, whoever sent it."""
        signed = _signed(request)
        now = self.clock()
        now_ms = round(now.timestamp() * 1000)
        # The limit counts strangers only. What is signed is let through to the check whatever its address has done.
        if fault := head_fault(signed, self.target, now_ms):
            return self._refuse(request, signed, fault)
        if (request.content_length or 0) > MOST_BODY_BYTES:
            return self._too_large(request)
        try:
            body = await self._body(request)
        except web.HTTPRequestEntityTooLarge:
            return self._too_large(request)
        except TimeoutError:
            return self._refuse(request, signed, "body_slow", status=408)
        except (web.RequestPayloadError, HttpProcessingError):
            return self._refuse(request, signed, "body_broken", status=400)
        verdict = verify(signed, body, self.target, now_ms)
        if not verdict.genuine:
            return self._refuse(request, signed, verdict.reason)
        return await self._take_in(body, now)

    async def _body(self, request: web.Request) -> bytes:
        """The body. Raises TimeoutError, also where it is the slowest of too many: HubSpot's own take milliseconds."""
        async with asyncio.timeout(BODY_LIMIT_S) as limit:
            self._reading[id(limit)] = limit
            if len(self._reading) > MOST_BODIES_AT_ONCE:
                self._reading.pop(next(iter(self._reading))).reschedule(0.0)
            try:
                return await request.read()
            finally:
                self._reading.pop(id(limit), None)

    async def _take_in(self, body: bytes, now: datetime) -> web.Response:
        try:
            delivery = read_delivery(body, self.wanted, now)
        except NotADelivery as exc:
            self.figures.deliveries_refused_unreadable += 1
            self._say("delivery_unreadable", reason=exc.code)
            return _answer(400, _WORDS[400])
        try:
            stored = await self._save(delivery.items)
        except (StoreUnavailable, TimeoutError) as exc:
            self.figures.deliveries_not_stored += 1
            self._say("delivery_not_stored", reason=type(exc).__name__)
            return _answer(503, _WORDS[503])
        self._count(delivery, stored)
        return _answer(200, _WORDS[200])

    async def _save(self, items: Sequence[NewItem]) -> int:
        """How many were new. Raises StoreUnavailable, TimeoutError."""
        if not items:
            return 0
        saving = asyncio.ensure_future(self.inbox.save(items))
        done, _ = await asyncio.wait({saving}, timeout=SAVE_LIMIT_S)
        if not done:
            # Not waited for: a store that hangs may hang on being told to stop, too. Should it come through after
            # all, the next try finds it under its unique key.
            saving.add_done_callback(_look_away)
            saving.cancel()
            raise TimeoutError
        return saving.result()

    def _count(self, delivery: Delivery, stored: int) -> None:
        self.figures.deliveries_accepted += 1
        self.figures.events_stored += stored
        self.figures.events_known += len(delivery.items) - stored
        self.figures.events_ignored += delivery.ignored
        self.figures.events_unreadable += len(delivery.faults)
        for code, count in Counter(delivery.faults).items():
            self._say("event_unreadable", reason=code, count=count)

    def _refuse(self, request: web.Request, signed: Signed, reason: str, *, status: int = 401) -> web.Response:
        if limited := self._over_limit(request):
            return limited
        self.figures.deliveries_refused_unsigned += 1
        self._say("delivery_refused", reason=reason, url=shown_url(signed, self.target))
        return _answer(status, _WORDS[status], close=True)

    def _too_large(self, request: web.Request) -> web.Response:
        if limited := self._over_limit(request):
            return limited
        self.figures.deliveries_refused_too_large += 1
        self._say("delivery_refused", reason="too_large")
        return _answer(413, _WORDS[413], close=True)

    def _over_limit(self, request: web.Request) -> web.Response | None:
        wait_s = self._strangers.take(self.client_of(request), self.monotonic())
        if not wait_s:
            return None
        self.figures.deliveries_refused_too_many += 1
        self._say("delivery_refused", reason="too_many")
        answer = _answer(429, _WORDS[429], close=True)
        answer.headers["Retry-After"] = str(math.ceil(wait_s))
        return answer

    def _say(self, event: str, *, reason: str, count: int = 1, url: str = "") -> None:
        """A warning, at a bounded rate per event and reason; `count` holds those left unsaid before it."""
        key = f"{event} {reason}"
        self._unsaid[key] += count
        if not self._lines.take(key, self.monotonic()):
            log.warning(event, reason=reason, count=self._unsaid.pop(key), **({"url": url} if url else {}))


def _signed(request: web.Request) -> Signed:
    headers = request.headers
    return Signed(
        method=request.method,
        # As it came over the wire: every other property of the request has been through a URL library.
        query=request.raw_path.partition("?")[2],
        v3=headers.get("X-HubSpot-Signature-v3"),
        timestamp=headers.get("X-HubSpot-Request-Timestamp"),
        plain=headers.get("X-HubSpot-Signature"),
        plain_version=headers.get("X-HubSpot-Signature-Version"),
    )


def _answer(status: int, words: str, *, close: bool = False) -> web.Response:
    """`close`: the connection goes with the answer, and what is left of the body with it."""
    response = web.Response(status=status, text=words + "\n")
    if close:
        response.force_close()
    return response


def _look_away(saving: "asyncio.Future[int]") -> None:
    """What became of it nobody asks any more."""
    if not saving.cancelled():
        saving.exception()
