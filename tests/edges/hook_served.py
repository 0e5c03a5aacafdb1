"""A hook served on loopback with an inbox in memory, and a client that signs as HubSpot does."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog

from triage.domain.records import NewItem
from triage.errors import StoreUnavailable
from triage.parsing.hubspot_events import Wanted
from triage.parsing.hubspot_signature import Target, v3_signature
from triage.web.client_address import party_finder
from triage.web.hook.app import WEBHOOK_PATH, hook_app
from triage.web.hook.figures import Figures
from triage.web.hook.serving import serve_public

SECRET = b"11112222-3333-4444-5555-666677778888"
PUBLIC_URL = "https://privacy.larkfield.example/hubspot/webhook"
TARGET = Target(secret=SECRET, public_url=PUBLIC_URL)
NOW = datetime(2026, 9, 21, 14, 13, 21, 500_000, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
EVENT: dict[str, Any] = {
    "eventId": 900100200,
    "portalId": 44556677,
    "appId": 7654321,
    "occurredAt": 1790000000123,
    "subscriptionType": "conversation.newMessage",
    "attemptNumber": 0,
    "objectId": 8123456789,
    "messageId": "5f0c1d2e3a4b4c5d8e9f001122334455",
    "messageType": "MESSAGE",
}


@dataclass
class FakeInbox:
    """Keeps items by key. `away` refuses, `hangs` never ends, `slow_s` takes its time."""

    kept: dict[str, NewItem] = field(default_factory=dict)
    away: bool = False
    hangs: bool = False
    slow_s: float = 0.0
    saves: int = 0
    cancelled: int = 0

    async def save(self, items: Sequence[NewItem]) -> int:
        self.saves += 1
        if self.away:
            raise StoreUnavailable("the disk is full")
        try:
            await (asyncio.Event().wait() if self.hangs else asyncio.sleep(self.slow_s))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        new = {item.key: item for item in items if item.key not in self.kept}
        self.kept |= new
        return len(new)


@dataclass
class Served:
    """A hook that is being served, and a client of it."""

    inbox: FakeInbox
    figures: Figures
    port: int
    client: aiohttp.ClientSession
    logged: list[Any] = field(default_factory=list)
    monotonic_s: float = 1000.0

    async def post(
        self, body: bytes | AsyncIterator[bytes], headers: dict[str, str] | None = None, path: str = WEBHOOK_PATH
    ) -> int:
        """The status answered."""
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.client.post(url, data=body, headers=headers, allow_redirects=False) as response:
            await response.read()
            return response.status

    async def deliver(self, events: object, **signing: Any) -> int:
        """Signed as HubSpot does."""
        body = json.dumps(events).encode()
        return await self.post(body, signed(body, **signing))

    async def raw(self, sent: bytes, *, limit_s: float = 5.0) -> bytes:
        """What comes back on a bare connection until the hook closes it."""
        async with self.connected() as (reader, writer):
            writer.write(sent)
            return await asyncio.wait_for(reader.read(), limit_s)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A bare connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def signed(
    body: bytes, *, stamp_ms: int = NOW_MS, url: str = PUBLIC_URL, secret: bytes = SECRET, **more: str
) -> dict[str, str]:
    """The headers HubSpot would send with `body`."""
    stamp = str(stamp_ms)
    right = v3_signature(secret, "POST", url, body, stamp)
    return {"X-HubSpot-Signature-v3": right, "X-HubSpot-Request-Timestamp": stamp, **more}


@asynccontextmanager
async def served(
    *,
    inbox: FakeInbox | None = None,
    target: Target | None = TARGET,
    trusted: tuple[str, ...] = (),
    head_limit_s: float = 30.0,
    most_connections: int | None = None,
) -> AsyncIterator[Served]:
    """A hook on loopback, its clock at NOW; what it logs meanwhile is in `logged`."""
    inbox, figures = inbox or FakeInbox(), Figures()
    app = hook_app(
        inbox=inbox,  # type: ignore[arg-type]
        target=target,
        wanted=Wanted(portal_id="44556677", app_id="7654321"),
        clock=lambda: NOW,
        client_of=party_finder(trusted),
        figures=figures,
        monotonic=lambda: hook.monotonic_s,
    )
    runner = await serve_public(app, "127.0.0.1", 0, head_limit_s=head_limit_s, most_connections=most_connections)
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as client:
        hook = Served(inbox, figures, runner.addresses[0][1], client)
        try:
            with structlog.testing.capture_logs() as logged:
                hook.logged = logged
                yield hook
        finally:
            await runner.cleanup()
