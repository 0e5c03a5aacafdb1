"""The webhooks of the stand-in: events gathered into deliveries, signed as HubSpot signs, sent again where refused.

Signature v3: base64 HMAC-SHA256 under the client secret of method + URL + body + time in milliseconds; v1, sent beside
it: SHA-256 in hex of client secret + body (HubSpot, "Validating requests").
"""

import asyncio
import hashlib
import hmac
import json
import random
import re
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from triage.demo.hubspot.world import Json

_IN_FLIGHT = 10
_MOST_EVENTS = 100
_TIMEOUT_S = 5.0
_DECODED = {"3A": ":", "2F": "/", "3F": "?", "40": "@", "21": "!", "24": "$"}
_DECODED |= {"27": "'", "28": "(", "29": ")", "2A": "*", "2C": ",", "3B": ";"}
_ENCODED = re.compile("%(" + "|".join(_DECODED) + ")", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One request made to the hook. `status` is 0 where it could not be reached or took over five seconds."""

    status: int
    seconds: float
    events: tuple[Json, ...]

    @property
    def accepted(self) -> bool:
        """Anything but a 2xx makes HubSpot try again."""
        return 200 <= self.status < 300


def signature_v3(secret: str, method: str, url: str, body: bytes, timestamp: str) -> str:
    """The signature of a request; the twelve encoded characters HubSpot names are decoded in `url` first."""
    decoded = _ENCODED.sub(lambda match: _DECODED[match[1].upper()], url)
    source = f"{method}{decoded}".encode() + body + timestamp.encode()
    return b64encode(hmac.new(secret.encode(), source, hashlib.sha256).digest()).decode()


@dataclass(kw_only=True)
class Deliveries:
    """Sends events to `hook_url`. `public_url` is the address that is signed, where a proxy stands between.

    `duplicates`: how often more each event comes, with counted-up attempt numbers. `shuffle`: in any order. `batch`:
    at most so many events a delivery (1-100). `held`: gather instead of sending. `waits_s`: before each further try.
    """

    secret: str
    clock: Callable[[], datetime]
    seed: int = 0
    hook_url: str | None = None
    public_url: str | None = None
    duplicates: int = 0
    shuffle: bool = False
    batch: int = _MOST_EVENTS
    held: bool = False
    waits_s: Sequence[float] = (0.05, 0.2)
    made: list[Delivery] = field(default_factory=list)
    waiting: list[Json] = field(default_factory=list)
    undelivered: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - shuffles, keeps no secret
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(_IN_FLIGHT)

    def headers(self, body: bytes, *, url: str | None = None) -> dict[str, str]:
        """The headers of a delivery of `body` made now."""
        timestamp = str(int(self.clock().timestamp() * 1000))
        target = url or self.public_url or self.hook_url or ""
        return {
            "Content-Type": "application/json",
            "X-HubSpot-Signature-v3": signature_v3(self.secret, "POST", target, body, timestamp),
            "X-HubSpot-Request-Timestamp": timestamp,
            "X-HubSpot-Signature": hashlib.sha256(self.secret.encode() + body).hexdigest(),
            "X-HubSpot-Signature-Version": "v1",
        }

    async def send(self, events: Sequence[Json]) -> None:
        """Deliver events, or keep them while held. What is not accepted after all tries is in `undelivered`."""
        if self.hook_url is None:
            return
        if self.held:
            self.waiting.extend(events)
            return
        copies = [{**event, "attemptNumber": copy} for event in events for copy in range(1 + self.duplicates)]
        if self.shuffle:
            self.rng.shuffle(copies)
        batches = [copies[at : at + self.batch] for at in range(0, len(copies), self.batch)]
        await asyncio.gather(*(self._deliver(batch) for batch in batches))

    async def release(self) -> None:
        """Send what was held, and hold no more."""
        self.held, events, self.waiting = False, self.waiting, []
        await self.send(events)

    async def redeliver(self) -> None:
        """HubSpot's later tries: everything the hook has not accepted yet, once more."""
        events, self.undelivered = self.undelivered, []
        batches = [events[at : at + self.batch] for at in range(0, len(events), self.batch)]
        await asyncio.gather(*(self._deliver(batch) for batch in batches))

    async def close(self) -> None:
        """Let go of the hook."""
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, events: list[Json]) -> None:
        for wait_s in (0.0, *self.waits_s):
            await asyncio.sleep(wait_s)
            async with self._slots:
                delivery = await self._try(events)
            self.made.append(delivery)
            if delivery.accepted:
                return
            events = [{**event, "attemptNumber": _attempt(event) + 1} for event in events]
        self.undelivered.extend(events)

    async def _try(self, events: list[Json]) -> Delivery:
        body = json.dumps(events, separators=(",", ":")).encode()
        started, status = time.monotonic(), 0
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))
        try:
            async with self._session.post(
                str(self.hook_url), data=body, headers=self.headers(body), allow_redirects=False
            ) as response:
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            pass
        return Delivery(status=status, seconds=time.monotonic() - started, events=tuple(events))


def _attempt(event: Json) -> int:
    number = event.get("attemptNumber")
    return number if isinstance(number, int) else 0
