"""A HubSpot that answers by script: each request takes the next answer, and everything asked is kept."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "pat-eu1-not-a-real-token"
Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class ScriptedHubSpot:
    """`script` is used up from the front; `url` is where it listens."""

    url: str
    script: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def answers(self, *replies: Reply) -> None:
        """What the next requests get."""
        self.script.extend(replies)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The next answer; a request nobody expected is a 418."""
        raw = await request.read()
        self.asked.append(
            Asked(
                request.method,
                request.raw_path.partition("?")[0],
                dict(request.query),
                dict(request.headers),
                json.loads(raw) if raw else None,
            )
        )
        return await self.script.pop(0)(request) if self.script else web.Response(status=418)


def says(status: int = 200, body: object = None, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer; without `body` an empty one."""

    async def reply(request: web.Request) -> web.StreamResponse:
        text = "" if body is None else json.dumps(body)
        return web.Response(status=status, text=text, headers=headers, content_type="application/json")

    return reply


def says_raw(status: int, raw: bytes) -> Reply:
    """Bytes as they are."""

    async def reply(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=raw)

    return reply


async def hangs(request: web.Request) -> web.StreamResponse:
    """No answer for longer than anyone waits."""
    await asyncio.sleep(30)
    return web.Response()


async def drops(request: web.Request) -> web.StreamResponse:
    """The line is cut once the request is in."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def scripted_hubspot(tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedHubSpot]:
    """Listening on loopback until the end of the block."""
    hubspot = ScriptedHubSpot(url="")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hubspot.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    host, port = runner.addresses[0][:2]
    hubspot.url = f"{'https' if tls else 'http'}://{host}:{port}"
    try:
        yield hubspot
    finally:
        await runner.cleanup()


def chat_message(**changes: object) -> dict[str, object]:
    """A visitor's message as the API gives it; None leaves a key out."""
    message: dict[str, object] = {
        "type": "MESSAGE",
        "id": "5f0c1d2e3a4b4c5d8e9f001122334455",
        "conversationsThreadId": "8123456789",
        "createdAt": "2026-11-23T09:13:20.100Z",
        "createdBy": "V-70110",
        "client": {"clientType": "SYSTEM"},
        "senders": [
            {"actorId": "V-70110", "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "c0ffee00"}}
        ],
        "recipients": [],
        "archived": False,
        "text": "Please delete everything you hold about me",
        "richText": "<div>Please delete everything you hold about me</div>",
        "attachments": [],
        "truncationStatus": "NOT_TRUNCATED",
        "status": {"statusType": "RECEIVED"},
        "direction": "INCOMING",
        "channelId": "1000",
        "channelAccountId": "250001",
    }
    return {key: value for key, value in {**message, **changes}.items() if value is not None}


def our_message(text: str, **changes: object) -> dict[str, object]:
    """A message of ours as the API gives it."""
    ours: dict[str, object] = {
        "id": "aa0c1d2e3a4b4c5d8e9f001122334455",
        "createdBy": "I-7654321",
        "client": {"clientType": "INTEGRATION", "integrationAppId": 7654321},
        "senders": [{"actorId": "A-5150"}],
        "text": text,
        "richText": None,
        "status": {"statusType": "SENT"},
        "direction": "OUTGOING",
    }
    return chat_message(**(ours | changes))
