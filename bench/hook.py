"""Signed deliveries into the hook, beside a handler that does nothing and one that commits each request by itself."""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from bench.figures import Figure, percentile
from bench.hook_server import APP_ID, KINDS, PORTAL_ID, PUBLIC_URL, SECRET, WEBHOOK_PATH

CONNECTIONS, IN_FLIGHT = 32, 10
REQUESTS, PASSES = 3000, 3
EVENTS, FULL_DELIVERIES = 100, 200
GOAL_SHARE, GOAL_P99_MS, GOAL_FULL_MS = 0.6, 100.0, 1000.0
_LONGEST_S = 60.0
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run over one server."""

    a_second: float
    p99_ms: float


def delivery(number: int, events: int = 1) -> bytes:
    """A whole HTTP request: so many new messages, signed now as HubSpot signs."""
    timestamp = str(int(time.time() * 1000))
    batch = [_event(number, part, int(timestamp)) for part in range(events)]
    body = json.dumps(batch, separators=(",", ":")).encode()
    signed = b"POST" + PUBLIC_URL.encode() + body + timestamp.encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), signed, hashlib.sha256)).decode()
    head = (
        f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: privacy.example.org\r\nContent-Type: application/json\r\n"
        f"X-HubSpot-Signature-v3: {signature}\r\nX-HubSpot-Request-Timestamp: {timestamp}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _event(number: int, part: int, occurred_at_ms: int) -> dict[str, object]:
    return {
        "eventId": number,
        "subscriptionId": 3100001,
        "portalId": int(PORTAL_ID),
        "appId": int(APP_ID),
        "occurredAt": occurred_at_ms,
        "subscriptionType": "conversation.newMessage",
        "attemptNumber": 0,
        "objectId": 8123456789,
        "messageId": f"{number:016x}{part:016x}",
        "messageType": "MESSAGE",
        "changeFlag": "NEW_MESSAGE",
    }


@asynccontextmanager
async def serving(kind: str) -> AsyncIterator[int]:
    """The port of a server in a process of its own."""
    with TemporaryDirectory(prefix="bench-") as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.hook_server", kind, folder), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_LONGEST_S):
                yield int(await process.stdout.readline())
        finally:
            process.terminate()
            await process.wait()


async def deliver(port: int, requests: Iterator[bytes], took_s: list[float]) -> None:
    """One after the other on one kept connection, until there are no more. Notes how long each answer took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"answered {head[:40]!r}")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        took_s.append(time.perf_counter() - begun)
    writer.close()


async def run(port: int, connections: int, requests: int, events: int = 1) -> Run:
    """So many deliveries over so many connections at once."""
    made = [delivery(next(_numbers), events) for _ in range(requests)]
    left, took_s = iter(made), list[float]()
    begun = time.perf_counter()
    await asyncio.gather(*(deliver(port, left, took_s) for _ in range(connections)))
    return Run(a_second=requests / (time.perf_counter() - begun), p99_ms=percentile(took_s, 99) * 1000)


async def runs_of(connections: int, requests: int, passes: int) -> dict[str, Run]:
    """The best of each, run in turn: what disturbs the machine only ever slows."""
    found: dict[str, list[Run]] = {kind: [] for kind in KINDS}
    for _ in range(passes):
        for kind, runs in found.items():
            async with serving(kind) as port:
                await run(port, connections, requests // 10)  # warm
                runs.append(await run(port, connections, requests))
    return {
        kind: Run(a_second=max(run.a_second for run in runs), p99_ms=min(run.p99_ms for run in runs))
        for kind, runs in found.items()
    }


async def measure() -> list[Figure]:
    """Requests a second and the slowest in a hundred."""
    many = await runs_of(CONNECTIONS, REQUESTS, PASSES)
    few = await runs_of(IN_FLIGHT, REQUESTS, PASSES)
    names = {"commit": "one commit a request", "bare": "bare aiohttp"}
    async with serving("hook") as port:
        full = await run(port, IN_FLIGHT, FULL_DELIVERIES, EVENTS)
    part = "hook, signed deliveries, the server in a process of its own"
    figures = [
        Figure(
            part=part,
            name=f"answered, {CONNECTIONS} connections",
            value=many["hook"].a_second,
            unit="/s",
            beside=many[kind].a_second,
            beside_name=name,
            goal=f">= {GOAL_SHARE:g} of it" if kind == "commit" else "",
        )
        for kind, name in names.items()
    ]
    for connections, runs in ((CONNECTIONS, many), (IN_FLIGHT, few)):
        figures += [
            Figure(
                part=part,
                name=f"p99, {connections} in flight",
                value=runs["hook"].p99_ms,
                unit="ms",
                beside=runs[kind].p99_ms,
                beside_name=name,
                goal=f"< {GOAL_P99_MS:g} ms" if connections == IN_FLIGHT else "",
            )
            for kind, name in names.items()
        ]
    name = f"p99 of deliveries of {EVENTS} events, {IN_FLIGHT} in flight"
    return [*figures, Figure(part=part, name=name, value=full.p99_ms, unit="ms", goal=f"< {GOAL_FULL_MS:g} ms")]
