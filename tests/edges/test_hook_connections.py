"""The hook and those who open more connections than they need."""

import asyncio
import resource
from contextlib import AsyncExitStack
from unittest.mock import Mock

import pytest

from tests.edges.hook_served import EVENT, Served, served, signed
from triage.web.hook.app import WEBHOOK_PATH
from triage.web.hook.connections import MOST_CONNECTIONS, Connections, room_for_connections

MOST = 10
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def is_open(ends: Ends) -> bool:
    try:
        return await asyncio.wait_for(ends[0].read(1), 0.05) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


async def idle(hook: Served, stack: AsyncExitStack, count: int) -> list[Ends]:
    found = [await stack.enter_async_context(hook.connected()) for _ in range(count)]
    await asyncio.sleep(0.05)
    return found


async def test_idle_connections_make_room_for_a_delivery_the_oldest_first() -> None:
    async with served(most_connections=MOST) as hook, AsyncExitStack() as stack:
        strangers = await idle(hook, stack, 3 * MOST)
        assert [await is_open(one) for one in strangers] == [False] * (2 * MOST) + [True] * MOST
        assert await hook.deliver([EVENT]) == 200
        assert [await is_open(one) for one in strangers[-MOST:]] == [False] + [True] * (MOST - 1)
        assert [line["code"] for line in hook.logged if line["event"] == "connections_over_limit"] == ["all"] * 3


async def test_a_connection_that_was_used_counts_from_its_last_use() -> None:
    async with served(most_connections=MOST) as hook, AsyncExitStack() as stack:
        await idle(hook, stack, MOST - 1)
        used = await stack.enter_async_context(hook.connected())
        await idle(hook, stack, 2)
        used[1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await used[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 404")
        await used[0].read(1000)
        await idle(hook, stack, MOST - 1)
        assert await is_open(used)
        await idle(hook, stack, 1)
        assert not await is_open(used)


async def test_where_all_are_in_the_middle_of_a_request_the_longest_so_goes() -> None:
    async with served(most_connections=MOST) as hook, AsyncExitStack() as stack:
        strangers = await idle(hook, stack, MOST)
        for _, writer in strangers:
            writer.write(half_a_body())
        await asyncio.sleep(0.2)
        assert await hook.deliver([EVENT]) == 200
        assert [await is_open(one) for one in strangers] == [False] + [True] * (MOST - 1)


async def test_of_many_slow_bodies_the_slowest_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.web.hook.deliveries.MOST_BODIES_AT_ONCE", 3)
    async with served() as hook, AsyncExitStack() as stack:
        strangers = await idle(hook, stack, 4)
        for _, writer in strangers:
            writer.write(half_a_body())
            await asyncio.sleep(0.05)
        answer = await asyncio.wait_for(strangers[0][0].read(), 3.0)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert await hook.deliver([EVENT]) == 200
        assert (await asyncio.wait_for(strangers[1][0].read(), 3.0)).startswith(b"HTTP/1.1 408 ")
        assert await is_open(strangers[3])


async def test_who_says_nothing_is_let_go_and_who_has_asked_may_idle() -> None:
    async with served(head_limit_s=0.3) as hook, AsyncExitStack() as stack:
        silent, used = await idle(hook, stack, 2)
        used[1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await used[0].readuntil(b"\r\n\r\n")
        await used[0].read(1000)
        await asyncio.sleep(0.5)
        assert not await is_open(silent)
        assert await is_open(used)


@pytest.mark.parametrize(
    ("peer", "kept"),
    [
        (lambda n: ("203.0.113.9", n), 3),
        (lambda n: (f"2001:db8::{n}", n, 0, 0), 3),
        (lambda n: ("::ffff:203.0.113.9", n, 0, 0), 3),
        (lambda n: (f"2001:db8:0:{n}::1", n, 0, 0), 8),
        (lambda n: ("127.0.0.1", n), 8),
        (lambda n: ("10.1.2.3", n), 8),  # a proxy
        (lambda n: None, 8),
    ],
)
async def test_one_party_has_few_connections_and_a_proxy_speaks_for_many(peer: object, kept: int) -> None:
    connections = Connections(most=100, most_of_one=3, head_limit_s=5.0, proxies=("10.0.0.0/8",))
    transports = [Mock(**{"get_extra_info.return_value": peer(n)}) for n in range(1, 9)]  # type: ignore[operator]
    for transport in transports:
        connections.add(transport, transport)
    assert len(connections) == kept
    assert [one.abort.called for one in transports] == [True] * (8 - kept) + [False] * kept


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "room"),
    [
        (1024, 524_288, (4096, 524_288), MOST_CONNECTIONS),
        (256, 256, None, 128),
        (256, 512, (512, 512), 256),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, MOST_CONNECTIONS),
    ],
)
def test_the_limit_of_open_files_is_raised_and_half_of_it_left_free(
    soft: int, hard: int, raised: tuple[int, int] | None, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Mock()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", asked)
    assert room_for_connections() == room
    assert [call.args[1] for call in asked.call_args_list] == ([raised] if raised else [])


def half_a_body() -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in signed(b"[]").items())
    return f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 5000\r\n\r\n[".encode()
