"""The hook and those who mean it no good: limits, slow and broken requests, what an answer gives away."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.edges.hook_served import EVENT, Served, served, signed
from triage.web.hook.app import WEBHOOK_PATH
from triage.web.hook.deliveries import MOST_BODY_BYTES, STRANGERS


@pytest.fixture
async def hook() -> AsyncIterator[Served]:
    async with served() as found:
        yield found


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


async def test_bodies_too_large_count_against_the_same_limit(hook: Served) -> None:
    body = b" " * (MOST_BODY_BYTES + 1)
    answers = [await hook.post(body, signed(body)) for _ in range(STRANGERS.burst + 1)]
    assert answers == [413] * STRANGERS.burst + [429]


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


async def test_the_log_of_an_attack_is_short_and_counts_what_it_leaves_out(hook: Served) -> None:
    for _ in range(300):
        await hook.post(b"[]")
    assert len(hook.logged) <= 25
    hook.monotonic_s += 3600
    await hook.post(b"[]")
    hook.monotonic_s += 3600
    for _ in range(STRANGERS.burst + 1):
        await hook.post(b"[]")
    assert sum(line["count"] for line in hook.logged) >= 300
    assert len(hook.logged) <= 40


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


async def test_a_client_that_leaves_in_the_middle_of_his_body_is_no_error(hook: Served) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in signed(b"[]").items())
    async with hook.connected() as (_, writer):
        writer.write(f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 5000\r\n\r\n[".encode())
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.1)
    assert [line["event"] for line in hook.logged if line["event"] == "request_failed"] == []
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
