"""The hook over real HTTP on loopback: what it answers to HubSpot, to strangers, and while it cannot store."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from triage.domain.records import NewItem
from triage.errors import StoreUnavailable
from triage.parsing.hubspot_events import Wanted
from triage.parsing.hubspot_signature import Target, v1_signature, v3_signature
from triage.web.client_address import party_finder
from triage.web.hook.app import WEBHOOK_PATH, hook_app
from triage.web.hook.deliveries import MOST_BODY_BYTES, STRANGERS
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
) -> AsyncIterator[Served]:
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
    runner = await serve_public(app, "127.0.0.1", 0, head_limit_s=head_limit_s)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as client:
        hook = Served(inbox, figures, runner.addresses[0][1], client)
        try:
            yield hook
        finally:
            await runner.cleanup()


@pytest.fixture
async def hook() -> AsyncIterator[Served]:
    async with served() as found:
        yield found


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[dict[str, Any]]]:
    """What would be logged, field by field."""
    with structlog.testing.capture_logs() as lines:
        yield lines  # type: ignore[misc]


# What is HubSpot's


async def test_a_delivery_is_answered_200_and_stored(hook: Served) -> None:
    assert await hook.deliver([EVENT]) == 200
    (item,) = hook.inbox.kept.values()
    assert json.loads(item.raw) == EVENT
    assert (item.is_event, item.received_at) == (True, NOW)
    assert (hook.figures.deliveries_accepted, hook.figures.events_stored) == (1, 1)


async def test_a_hundred_events_are_stored_by_one_save(hook: Served) -> None:
    began = time.monotonic()
    assert await hook.deliver([EVENT | {"messageId": f"m{number}"} for number in range(100)]) == 200
    assert time.monotonic() - began < 1.0
    assert (len(hook.inbox.kept), hook.inbox.saves) == (100, 1)


async def test_the_answer_waits_for_the_commit() -> None:
    async with served(inbox=FakeInbox(slow_s=0.3)) as hook:
        answer = asyncio.ensure_future(hook.deliver([EVENT]))
        await asyncio.sleep(0.15)
        assert not answer.done()
        assert await answer == 200
        assert len(hook.inbox.kept) == 1


async def test_the_same_delivery_three_times_is_stored_once_and_answered_200_each_time(hook: Served) -> None:
    for attempt in range(3):
        assert await hook.deliver([EVENT | {"attemptNumber": attempt}]) == 200
    assert len(hook.inbox.kept) == 1
    assert (hook.figures.events_stored, hook.figures.events_known) == (1, 2)


async def test_one_bad_event_loses_none_of_the_others(hook: Served, logged: list[dict[str, Any]]) -> None:
    events = [EVENT | {"messageId": f"m{number}"} for number in range(100)]
    events[37] = EVENT | {"objectId": "somebody@customer.example"}
    assert await hook.deliver(events) == 200
    assert len(hook.inbox.kept) == 99
    assert hook.figures.events_unreadable == 1
    (line,) = logged
    assert (line["event"], line["reason"], line["count"]) == ("event_unreadable", "bad_object_id", 1)
    assert "somebody" not in str(logged)


@pytest.mark.parametrize(
    "event",
    [
        EVENT | {"portalId": 1},
        EVENT | {"appId": 1},
        EVENT | {"subscriptionType": "conversation.creation"},
        EVENT | {"subscriptionType": "something.of.tomorrow"},
    ],
)
async def test_what_the_desk_does_not_work_on_is_answered_200_and_not_stored(event: object, hook: Served) -> None:
    assert await hook.deliver([event]) == 200
    assert (hook.inbox.saves, hook.figures.events_ignored) == (0, 1)


async def test_a_single_object_and_an_empty_array_are_deliveries(hook: Served) -> None:
    assert await hook.deliver(EVENT) == 200
    assert await hook.deliver([]) == 200
    assert len(hook.inbox.kept) == 1


async def test_a_query_is_signed_as_it_came_over_the_wire(hook: Served) -> None:
    body, query = json.dumps([EVENT]).encode(), "tenant=acme%3Aeu%2f1&tag=%28a%29&s=%20b&%C3%A9"
    for url in (f"{PUBLIC_URL}?tenant=acme:eu/1&tag=(a)&s=%20b&%C3%A9", f"{PUBLIC_URL}?{query}"):
        head = [f"{name}: {value}" for name, value in signed(body, url=url).items()]
        lines = [f"POST {WEBHOOK_PATH}?{query} HTTP/1.1", "Host: inner", "Connection: close", *head]
        request = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
        assert (await hook.raw(request)).startswith(b"HTTP/1.1 200 ")


# What is not


@pytest.mark.parametrize(
    ("signing", "reason"),
    [
        ({"secret": b"another"}, "signature_wrong"),
        ({"url": "http://127.0.0.1:8081/hubspot/webhook"}, "signature_wrong"),
        ({"url": f"{PUBLIC_URL}/"}, "signature_wrong"),
        ({"stamp_ms": NOW_MS - 300_001}, "timestamp_old"),
        ({"stamp_ms": NOW_MS + 300_001}, "timestamp_ahead"),
        ({"stamp_ms": NOW_MS // 1000}, "timestamp_malformed"),
    ],
)
async def test_a_signature_that_does_not_hold_is_401_and_the_log_says_why_and_for_which_url(
    signing: dict[str, Any], reason: str, hook: Served, logged: list[dict[str, Any]]
) -> None:
    assert await hook.deliver([EVENT], **signing) == 401
    assert hook.inbox.saves == 0
    (line,) = logged
    assert (line["event"], line["reason"], line["url"]) == ("delivery_refused", reason, PUBLIC_URL)
    assert SECRET.decode() not in str(logged)
    assert hook.figures.deliveries_refused_unsigned == 1


async def test_no_signature_no_timestamp_and_a_body_written_anew_are_401(hook: Served) -> None:
    body = json.dumps([EVENT]).encode()
    anew = json.dumps([EVENT], separators=(",", ":")).encode()
    stampless = {name: value for name, value in signed(body).items() if "Timestamp" not in name}
    wrong_name = stampless | {"X-HubSpot-Signature-Timestamp": str(NOW_MS)}
    assert await hook.post(body) == 401
    assert await hook.post(body, stampless) == 401
    assert await hook.post(body, wrong_name) == 401
    assert await hook.post(anew, signed(body)) == 401
    assert await hook.post(body, {"X-HubSpot-Signature": v1_signature(SECRET, body)}) == 401
    assert hook.inbox.saves == 0


async def test_v1_is_taken_where_it_was_asked_for_and_never_beside_a_wrong_v3() -> None:
    async with served(target=Target(secret=SECRET, public_url=PUBLIC_URL, allow_v1=True)) as hook:
        body = json.dumps([EVENT]).encode()
        v1 = {"X-HubSpot-Signature": v1_signature(SECRET, body), "X-HubSpot-Signature-Version": "v1"}
        assert await hook.post(body, v1) == 200
        assert await hook.post(body, signed(b"other") | v1) == 401


@pytest.mark.parametrize("body", [b"", b"{", b"<xml/>", b"7", b"[" * 100_000, b"\xff"])
async def test_signed_but_no_json_is_400(body: bytes, hook: Served, logged: list[dict[str, Any]]) -> None:
    assert await hook.post(body, signed(body)) == 400
    assert [line["event"] for line in logged] == ["delivery_unreadable"]
    assert hook.figures.deliveries_refused_unreadable == 1


async def test_a_body_over_the_limit_is_413_however_its_length_is_told(hook: Served) -> None:
    body = b"[" + b" " * MOST_BODY_BYTES + b"]"

    async def in_chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    assert await hook.post(body, signed(body)) == 413
    assert await hook.post(in_chunks(), signed(body)) == 413
    within = b"[" + b" " * (MOST_BODY_BYTES - 2) + b"]"
    assert await hook.post(within, signed(within)) == 200
    assert hook.figures.deliveries_refused_too_large == 2


async def test_a_body_that_claims_to_be_packed_is_taken_as_the_bytes_it_is(hook: Served) -> None:
    body = json.dumps([EVENT]).encode()
    assert await hook.post(body, signed(body) | {"Content-Encoding": "gzip"}) == 200


async def test_without_a_secret_there_is_no_such_route() -> None:
    async with served(target=None) as hook:
        assert await hook.deliver([EVENT]) == 404
        assert await hook.post(b"[]") == 404
        assert hook.inbox.saves == 0


async def test_nothing_is_ever_a_redirect(hook: Served) -> None:
    body = b"[]"
    for path in (f"{WEBHOOK_PATH}/", f"/{WEBHOOK_PATH}", "/hubspot", "/", f"{WEBHOOK_PATH}/../webhook/"):
        assert await hook.post(body, signed(body), path) == 404
    async with hook.client.get(f"http://127.0.0.1:{hook.port}{WEBHOOK_PATH}", allow_redirects=False) as response:
        assert response.status == 405


# While it cannot store


async def test_a_store_that_is_away_is_503_and_the_next_try_is_stored(
    hook: Served, logged: list[dict[str, Any]]
) -> None:
    hook.inbox.away = True
    assert await hook.deliver([EVENT]) == 503
    assert [(line["event"], line["reason"]) for line in logged] == [("delivery_not_stored", "StoreUnavailable")]
    hook.inbox.away = False
    assert await hook.deliver([EVENT]) == 200
    assert (len(hook.inbox.kept), hook.figures.deliveries_not_stored) == (1, 1)


async def test_a_store_that_hangs_is_503_before_hubspot_gives_up_and_nothing_is_left_behind() -> None:
    async with served(inbox=FakeInbox(hangs=True)) as hook:
        began = time.monotonic()
        assert await asyncio.gather(*(hook.deliver([EVENT]) for _ in range(10))) == [503] * 10
        assert 3.5 < time.monotonic() - began < 5.0
        await asyncio.sleep(0)
        assert hook.inbox.cancelled == 10


async def test_a_bug_is_500_and_the_log_quotes_nothing(
    hook: Served, logged: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_items: Sequence[NewItem]) -> int:
        raise KeyError("ana@customer.example")

    monkeypatch.setattr(hook.inbox, "save", broken)
    assert await hook.deliver([EVENT]) == 500
    (line,) = logged
    assert (line["event"], line["exception_type"]) == ("request_failed", "KeyError")
    assert "ana@" not in str(logged)


# Limits


async def test_strangers_are_limited_and_hubspot_at_the_same_address_is_not(hook: Served) -> None:
    answers = [await hook.post(b"[]") for _ in range(STRANGERS.burst + 5)]
    assert answers == [401] * STRANGERS.burst + [429] * 5
    assert await hook.deliver([EVENT], secret=b"another") == 429
    for number in range(30):
        assert await hook.deliver([EVENT | {"messageId": f"m{number}"}]) == 200
    hook.monotonic_s += STRANGERS.refill_s
    assert await hook.post(b"[]") == 401
    assert await hook.post(b"[]") == 429
    assert hook.figures.deliveries_refused_too_many == 7


async def test_a_stranger_over_the_limit_is_answered_before_his_body_is_read(hook: Served) -> None:
    for _ in range(STRANGERS.burst):
        await hook.post(b"[]")
    head = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".encode()
    async with hook.connected() as (reader, writer):
        writer.write(head)  # and not one byte of the body
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 1.0)
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert b"Retry-After: 6\r\n" in answer
    assert b"Connection: close\r\n" in answer


async def test_behind_a_trusted_proxy_each_client_has_a_limit_of_its_own() -> None:
    async with served(trusted=("127.0.0.1/32",)) as hook:
        one, other = {"X-Forwarded-For": "192.0.2.1, 203.0.113.1"}, {"X-Forwarded-For": "192.0.2.1, 203.0.113.2"}
        assert [await hook.post(b"", one) for _ in range(STRANGERS.burst + 1)][-1] == 429
        assert await hook.post(b"", other) == 401


async def test_a_stranger_cannot_write_himself_another_address(hook: Served) -> None:
    answers = [await hook.post(b"", {"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(STRANGERS.burst + 1)]
    assert answers[-1] == 429


async def test_the_log_of_an_attack_is_short_and_counts_what_it_leaves_out(
    hook: Served, logged: list[dict[str, Any]]
) -> None:
    for _ in range(300):
        await hook.post(b"[]")
    assert len(logged) <= 25
    hook.monotonic_s += 3600
    await hook.post(b"[]")
    hook.monotonic_s += 3600
    for _ in range(STRANGERS.burst + 1):
        await hook.post(b"[]")
    assert sum(line["count"] for line in logged) >= 300
    assert len(logged) <= 40


# The wire


async def test_a_head_that_never_ends_and_a_connection_that_says_nothing_are_let_go() -> None:
    async with served(head_limit_s=0.3) as hook:
        began = time.monotonic()
        for sent in (b"", b"POST /hubspot/webhook HTTP/1.1\r\nHost: x\r\nX-Slow: "):
            assert await hook.raw(sent) == b""
        assert time.monotonic() - began < 3


async def test_a_body_that_never_ends_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.web.hook.deliveries.BODY_LIMIT_S", 0.2)
    async with served() as hook:
        head = "".join(f"{name}: {value}\r\n" for name, value in signed(b"[]").items())
        sent = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 5000\r\n\r\n[".encode()
        assert (await hook.raw(sent)).startswith(b"HTTP/1.1 408 ")


async def test_a_client_that_leaves_in_the_middle_of_his_body_is_no_error(
    hook: Served, logged: list[dict[str, Any]]
) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in signed(b"[]").items())
    async with hook.connected() as (_, writer):
        writer.write(f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 5000\r\n\r\n[".encode())
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.1)
    assert [line["event"] for line in logged if line["event"] == "request_failed"] == []
    assert await hook.deliver([EVENT]) == 200


@pytest.mark.parametrize("first", ["", "1\r\n[\r\n"])
async def test_a_broken_chunk_is_refused_in_bounded_time(
    first: str, hook: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.web.hook.deliveries.BODY_LIMIT_S", 0.5)  # one of aiohttp's two parsers waits for more
    head = "".join(f"{name}: {value}\r\n" for name, value in signed(b"[]").items())
    sent = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\n{head}Transfer-Encoding: chunked\r\n\r\n{first}".encode()
    async with hook.connected() as (reader, writer):
        writer.write(sent)
        await asyncio.sleep(0.1)
        writer.write(b"zz\r\n")
        answer = await asyncio.wait_for(reader.read(), 5.0)
    assert answer.split()[1] in (b"400", b"408")
    assert await hook.deliver([EVENT]) == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /hubspot/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(500)) + b"\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
async def test_no_answer_says_what_it_was_made_with(sent: bytes, hook: Served) -> None:
    answer = (await hook.raw(sent)).lower()
    assert answer.startswith(b"http/1.")
    for word in (b"aiohttp", b"python", b"traceback"):
        assert word not in answer
    if b" 404 " in answer or b" 401 " in answer:
        assert b"x-content-type-options: nosniff" in answer


# What it is made of


def test_the_process_the_internet_reaches_imports_no_reader_no_client_and_no_store() -> None:
    root = Path(__file__).parents[2]
    script = (
        "import importlib, pkgutil, sys, triage.bootstrap.hook, triage.web\n"
        "for found in pkgutil.walk_packages(triage.web.__path__, 'triage.web.'):\n"
        "    if not found.name.startswith('triage.web.console'):\n"
        "        importlib.import_module(found.name)\n"
        "from triage.adapters import inbox\n"
        "print('triage.web.hook.app' in sys.modules)\n"
        "banned = ('spacy', 'triage.language', 'triage.adapters.hubspot', 'triage.adapters.store', 'sqlalchemy',\n"
        "          'aioimaplib', 'aiosmtplib')\n"
        "print(*sorted(n for n in sys.modules if n in banned or n.startswith(tuple(b + '.' for b in banned))))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, timeout=60, check=False)
    assert done.stdout.decode().split() == ["True"], done.stderr.decode()
