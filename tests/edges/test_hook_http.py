"""The hook over real HTTP on loopback: what it answers to HubSpot, to strangers, and while it cannot store."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from tests.edges.hook_served import EVENT, NOW, NOW_MS, PUBLIC_URL, SECRET, FakeInbox, Served, served, signed
from triage.domain.records import NewItem
from triage.parsing.hubspot_signature import Target, v1_signature
from triage.web.hook.app import WEBHOOK_PATH
from triage.web.hook.deliveries import MOST_BODY_BYTES


@pytest.fixture
async def hook() -> AsyncIterator[Served]:
    async with served() as found:
        yield found


# What is HubSpot's


async def test_a_delivery_is_answered_200_and_stored(hook: Served) -> None:
    assert await hook.deliver([EVENT]) == 200
    (item,) = hook.inbox.kept.values()
    assert json.loads(item.raw) == EVENT
    assert (item.is_event, item.received_at) == (True, NOW)
    assert (hook.figures.deliveries_accepted, hook.figures.events_stored) == (1, 1)


@pytest.mark.alone
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


async def test_one_bad_event_loses_none_of_the_others(hook: Served) -> None:
    events = [EVENT | {"messageId": f"m{number}"} for number in range(100)]
    events[37] = EVENT | {"objectId": "somebody@customer.example"}
    assert await hook.deliver(events) == 200
    assert len(hook.inbox.kept) == 100
    assert [key.rpartition(":")[0] for key in hook.inbox.kept].count("hubspot:unreadable") == 1
    assert hook.figures.events_unreadable == 1
    (line,) = hook.logged
    assert (line["event"], line["reason"], line["count"]) == ("event_unreadable", "bad_object_id", 1)
    assert "somebody" not in str(hook.logged)


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
    signing: dict[str, Any], reason: str, hook: Served
) -> None:
    assert await hook.deliver([EVENT], **signing) == 401
    assert hook.inbox.saves == 0
    (line,) = hook.logged
    assert (line["event"], line["reason"], line["url"]) == ("delivery_refused", reason, PUBLIC_URL)
    assert SECRET.decode() not in str(hook.logged)
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
async def test_signed_but_no_json_is_400(body: bytes, hook: Served) -> None:
    assert await hook.post(body, signed(body)) == 400
    assert [line["event"] for line in hook.logged] == ["delivery_unreadable"]
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


async def test_a_store_that_is_away_is_503_and_the_next_try_is_stored(hook: Served) -> None:
    hook.inbox.away = True
    assert await hook.deliver([EVENT]) == 503
    assert [(line["event"], line["reason"]) for line in hook.logged] == [("delivery_not_stored", "StoreUnavailable")]
    hook.inbox.away = False
    assert await hook.deliver([EVENT]) == 200
    assert (len(hook.inbox.kept), hook.figures.deliveries_not_stored) == (1, 1)


@pytest.mark.alone
async def test_a_store_that_hangs_is_503_before_hubspot_gives_up_and_nothing_is_left_behind() -> None:
    async with served(inbox=FakeInbox(hangs=True)) as hook:
        began = time.monotonic()
        assert await asyncio.gather(*(hook.deliver([EVENT]) for _ in range(10))) == [503] * 10
        assert 3.5 < time.monotonic() - began < 5.0
        await asyncio.sleep(0)
        assert hook.inbox.cancelled == 10


async def test_a_bug_is_500_and_the_log_quotes_nothing(hook: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_items: Sequence[NewItem]) -> int:
        raise KeyError("ana@customer.example")

    monkeypatch.setattr(hook.inbox, "save", broken)
    assert await hook.deliver([EVENT]) == 500
    (line,) = hook.logged
    assert (line["event"], line["exception_type"]) == ("request_failed", "KeyError")
    assert "ana@" not in str(hook.logged)
