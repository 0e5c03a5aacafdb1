"""The HubSpot client over real HTTP: every answer and every trouble ends in one value or one error."""

import asyncio
import gzip
import json
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from tests.servers.certificates import make_certificates
from tests.servers.scripted_hubspot import (
    TOKEN,
    Reply,
    ScriptedHubSpot,
    chat_message,
    drops,
    hangs,
    our_message,
    says,
    says_raw,
    scripted_hubspot,
)
from triage.adapters.hubspot import HubSpot, rich
from triage.adapters.hubspot_http import HubSpotSettings
from triage.adapters.hubspot_paths import PATHS, path_of
from triage.demo.hubspot import HubSpotStandIn
from triage.domain.chat import ChatContact, ChatPlace
from triage.errors import ChatNotLetIn, ChatRefused, ChatUnavailable, ChatUnclear, SettingsWrong, TriageError

THREADS = "/conversations/v3/conversations/threads"
PLACE = ChatPlace(
    portal_id="44556677",
    thread_id="8123456789",
    channel_id="1000",
    channel_account_id="250001",
    recipient_actor="V-70110",
    delivery_type="CHANNEL_SPECIFIC_OPAQUE_ID",
    delivery_value="c0ffee00",
)


@dataclass
class Clock:
    """Seconds that move when told to."""

    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Line:
    """A client, the HubSpot it speaks with, and the clock of its waits."""

    hubspot: ScriptedHubSpot
    client: HubSpot
    clock: Clock

    async def ask(self) -> object:
        """Any read."""
        return await self.client.thread("8123456789")

    async def post(self) -> str:
        """Any post."""
        return await self.client.post(PLACE, "We have your message.", internal=False)


def settings(url: str, **changes: object) -> HubSpotSettings:
    values: dict[str, object] = {
        **{"token": TOKEN, "portal_id": "44556677", "sender_actor": "A-5150", "api_url": url},
        "timeout_s": 0.3,
    }
    return HubSpotSettings(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with scripted_hubspot() as hubspot:
        clock = Clock()
        client = HubSpot(settings(hubspot.url), clock)
        yield Line(hubspot, client, clock)
        await client.close()


THREAD = {"id": "8123456789", "status": "OPEN", "associatedContactId": "70110"}


async def test_every_read_goes_to_its_path_with_the_token(line: Line) -> None:
    line.hubspot.answers(
        says(body=chat_message()),
        says(body=THREAD),
        says(body={"id": "70110", "properties": {"email": "vera@visitor.example", "firstname": "Vera"}}),
        says(body={"id": "A-5150", "name": "Data protection (automatic)"}),
    )
    message = await line.client.message("8123456789", "5f0c")
    assert message is not None
    assert message.sent_at == datetime(2026, 11, 23, 9, 13, 20, 100000, UTC)
    thread = await line.client.thread("8123456789")
    assert thread is not None
    assert thread.open
    assert await line.client.contact("V-70110") == ChatContact(id="70110", name="Vera", address="vera@visitor.example")
    assert await line.client.actor_name("A-5150") == "Data protection (automatic)"
    assert [asked.path for asked in line.hubspot.asked] == [
        f"{THREADS}/8123456789/messages/5f0c",
        f"{THREADS}/8123456789",
        "/crm/v3/objects/contacts/70110",
        "/conversations/v3/conversations/actors/A-5150",
    ]
    assert line.hubspot.asked[2].query == {"properties": "email,firstname,lastname"}
    assert {asked.headers["Authorization"] for asked in line.hubspot.asked} == {f"Bearer {TOKEN}"}


async def test_the_dated_version_has_paths_of_its_own() -> None:
    async with scripted_hubspot() as hubspot:
        client = HubSpot(settings(hubspot.url, version="2026-09"))
        hubspot.answers(says(body=THREAD), says(body={"id": "1"}))
        await client.thread("1")
        await client.contact("1")
        await client.close()
    assert [asked.path for asked in hubspot.asked] == [
        "/conversations/conversations/2026-09/threads/1",
        "/crm/objects/2026-09/contacts/1",
    ]
    assert PATHS["v3"].keys() == PATHS["2026-09"].keys()


async def test_what_is_not_there_is_none_and_an_id_that_leads_elsewhere_is_never_asked_for(line: Line) -> None:
    line.hubspot.answers(*[says(404, {"category": "OBJECT_NOT_FOUND"})] * 5)
    assert await line.client.message("1", "2") is None
    assert await line.client.thread("1") is None
    assert await line.client.contact("1") is None
    assert await line.client.actor_name("A-1") is None
    assert await line.client.recent("1", 20) == ()
    for nowhere in ("", ".", ".."):
        assert await line.client.thread(nowhere) is None
    assert len(line.hubspot.asked) == 5
    assert path_of("v3", "thread", thread="../../x?y#z") == f"{THREADS}/..%2F..%2Fx%3Fy%23z"


async def test_another_servers_not_found_makes_nothing_count_as_deleted(line: Line) -> None:
    line.hubspot.answers(*[says_raw(404, b"<html>no such page</html>")] * 2, says(404))
    with pytest.raises(ChatUnavailable, match="HUBSPOT_API_URL"):
        await line.ask()
    with pytest.raises(ChatUnavailable, match="HUBSPOT_API_URL"):
        await line.post()
    assert await line.ask() is None


async def test_a_cut_message_is_fetched_whole(line: Line) -> None:
    line.hubspot.answers(
        says(body=chat_message(text="Please del", truncationStatus="TRUNCATED")),
        says(body={"text": "Please delete it all", "richText": ""}),
    )
    message = await line.client.message("8", "5f0c")
    assert message is not None
    assert (message.text, message.truncated) == ("Please delete it all", False)
    assert line.hubspot.asked[1].path == f"{THREADS}/8/messages/5f0c/original-content"


async def test_a_cut_message_whose_whole_is_gone_says_so(line: Line) -> None:
    line.hubspot.answers(says(body=chat_message(text="Please del", truncationStatus="TRUNCATED")), says(404))
    message = await line.client.message("8", "5f0c")
    assert message is not None
    assert (message.text, message.truncated) == ("Please del", True)


async def test_the_newest_messages_are_read_over_short_pages_and_no_further_than_asked(line: Line) -> None:
    def page(first: int, after: str) -> Reply:
        results = [chat_message(id=f"m{number}") for number in (first, first + 1)]
        return says(body={"results": results, "paging": {"next": {"after": after}}})

    line.hubspot.answers(page(0, "a"), page(2, "b"), page(4, "c"))
    found = await line.client.recent("8", 5)
    assert [message.id for message in found] == ["m0", "m1", "m2", "m3", "m4"]
    assert [asked.query.get("after") for asked in line.hubspot.asked] == [None, "a", "b"]
    assert {(asked.query["sort"], asked.query["limit"]) for asked in line.hubspot.asked} == {("-createdAt", "5")}


async def test_a_cursor_without_end_is_not_followed_for_ever(line: Line) -> None:
    line.hubspot.answers(*[says(body={"results": [], "paging": {"next": {"after": "again"}}})] * 50)
    assert await line.client.recent("8", 5) == ()
    assert len(line.hubspot.asked) == 20


async def test_a_reply_goes_to_the_visitor_from_our_user(line: Line) -> None:
    line.hubspot.answers(says(201, our_message("Hello <you>", id="posted")))
    assert await line.client.post(PLACE, "Hello <you>\n& thanks\n\nBye", internal=False) == "posted"
    asked = line.hubspot.asked[0]
    assert (asked.method, asked.path) == ("POST", f"{THREADS}/8123456789/messages")
    assert asked.body == {
        "type": "MESSAGE",
        "text": "Hello <you>\n& thanks\n\nBye",
        "richText": "<p>Hello &lt;you&gt;<br>&amp; thanks</p><p>Bye</p>",
        "senderActorId": "A-5150",
        "channelId": "1000",
        "channelAccountId": "250001",
        "attachments": [],
        "recipients": [
            {
                "actorId": "V-70110",
                "recipientField": "TO",
                "deliveryIdentifiers": [{"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "c0ffee00"}],
            }
        ],
    }


async def test_a_reply_to_nobody_known_names_no_recipient(line: Line) -> None:
    line.hubspot.answers(says(201, our_message("Hello")))
    place = ChatPlace(portal_id="4", thread_id="8", channel_id="1000", channel_account_id="2")
    await line.client.post(place, "Hello", internal=False)
    assert line.hubspot.asked[0].body["recipients"] == []


async def test_a_visitor_without_an_actor_is_named_by_his_delivery_alone(line: Line) -> None:
    line.hubspot.answers(says(201, our_message("Hello")))
    await line.client.post(replace(PLACE, recipient_actor=""), "Hello", internal=False)
    (recipient,) = line.hubspot.asked[0].body["recipients"]
    assert recipient == {
        "recipientField": "TO",
        "deliveryIdentifiers": [{"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "c0ffee00"}],
    }


async def test_a_letter_that_names_no_thread_is_refused_unposted(line: Line) -> None:
    with pytest.raises(ChatRefused, match="no thread"):
        await line.client.post(replace(PLACE, thread_id=""), "Hello", internal=False)
    assert line.hubspot.asked == []


async def test_a_comment_names_neither_sender_nor_recipient(line: Line) -> None:
    line.hubspot.answers(says(201, our_message("Note", type="COMMENT", direction=None)))
    await line.client.post(PLACE, "Note", internal=True)
    assert line.hubspot.asked[0].body == {
        "type": "COMMENT",
        "text": "Note",
        "richText": "<p>Note</p>",
        "attachments": [],
    }


def test_rich_text_has_no_empty_paragraphs() -> None:
    assert rich("a\r\n\r\n\r\n\r\nb\n") == "<p>a</p><p>b</p>"


async def test_201_that_says_failed_is_not_delivered(line: Line) -> None:
    line.hubspot.answers(says(201, our_message("Hello", status={"statusType": "FAILED"})))
    with pytest.raises(ChatRefused, match="could not deliver"):
        await line.post()


@pytest.mark.parametrize("answer", [says_raw(201, b"<html>"), says_raw(201, b""), says(201, {"status": {}})])
async def test_a_post_taken_without_an_id_is_unclear(line: Line, answer: Reply) -> None:
    line.hubspot.answers(answer)
    with pytest.raises(ChatUnclear):
        await line.post()


WAITS = [
    (429, {"policyName": "TEN_SECONDLY_ROLLING"}, {}, 10.0),
    (429, {"policyName": "SECONDLY"}, {}, 1.0),
    (429, {"policyName": "DAILY"}, {}, 3600.0),
    (429, {}, {}, 10.0),
    (429, None, {}, 10.0),
    (429, {"policyName": "SECONDLY"}, {"Retry-After": "7"}, 7.0),
    (429, {"policyName": "SECONDLY"}, {"Retry-After": "99999999"}, 3600.0),
    (429, {"policyName": "SECONDLY"}, {"Retry-After": "0"}, 1.0),
    (429, {"policyName": "SECONDLY"}, {"Retry-After": "Mon, 23 Nov 2026 09:00:00 GMT"}, 1.0),
    (423, {}, {}, 2.0),
    (423, {}, {"Retry-After": "9"}, 9.0),
    (477, {}, {"Retry-After": "20"}, 20.0),
    (477, {}, {}, 10.0),
    *((status, {}, {}, 5.0) for status in (408, 500, 502, 503, 504, 521, 523, 524)),
    (503, {}, {"Retry-After": "30"}, 30.0),
]


@pytest.mark.parametrize(("status", "body", "headers", "wait_s"), WAITS)
async def test_a_plea_to_wait_is_told_with_its_length(
    line: Line, status: int, body: object, headers: dict[str, str], wait_s: float
) -> None:
    line.hubspot.answers(says(status, body, headers))
    with pytest.raises(ChatUnavailable, match=str(status)) as caught:
        await line.ask()
    assert caught.value.retry_after_s == wait_s


async def test_429_without_retry_after_keeps_every_call_back_for_ten_seconds_then_one_succeeds(line: Line) -> None:
    line.hubspot.answers(says(429, {"policyName": "TEN_SECONDLY_ROLLING"}), says(201, our_message("Hello")))
    with pytest.raises(ChatUnavailable):
        await line.post()
    line.clock.now_s += 9.5
    with pytest.raises(ChatUnavailable) as caught:
        await line.post()
    assert caught.value.retry_after_s == pytest.approx(0.5)
    assert len(line.hubspot.asked) == 1
    line.clock.now_s += 0.5
    await line.post()
    assert len(line.hubspot.asked) == 2


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Max": "100", "Remaining": "5", "Interval-Milliseconds": "10000"}, 10.0),
        ({"Max": "190", "Remaining": "0", "Interval-Milliseconds": "2500"}, 2.5),
        ({"Remaining": "3"}, 10.0),
        ({"Max": "100", "Remaining": "3", "Interval-Milliseconds": "86400000"}, 60.0),
        ({"Max": "100", "Remaining": "6", "Interval-Milliseconds": "10000"}, 0.0),
        ({"Max": "10", "Remaining": "1"}, 0.0),
        ({"Remaining": "none"}, 0.0),
        ({}, 0.0),
    ],
)
async def test_the_last_calls_of_an_interval_are_not_used_up(
    line: Line, headers: dict[str, str], wait_s: float
) -> None:
    named = {f"X-HubSpot-RateLimit-{name}": value for name, value in headers.items()}
    line.hubspot.answers(says(body=THREAD, headers=named), says(body=THREAD))
    await line.ask()
    if wait_s:
        with pytest.raises(ChatUnavailable, match="limit") as caught:
            await line.ask()
        assert caught.value.retry_after_s == pytest.approx(wait_s)
        line.clock.now_s += wait_s
    await line.ask()


@pytest.mark.parametrize(("status", "words"), [(401, "expired or revoked"), (403, "lacks a scope")])
async def test_a_token_not_taken_is_told_as_such(line: Line, status: int, words: str) -> None:
    line.hubspot.answers(says(status, {"category": "EXPIRED_AUTHENTICATION"}), says(status))
    with pytest.raises(ChatNotLetIn, match=words):
        await line.ask()
    with pytest.raises(ChatNotLetIn, match=words):
        await line.post()


async def test_a_refused_post_says_why_in_codes_and_nothing_of_the_message(line: Line) -> None:
    body = {
        "status": "error",
        "message": "Ana Example <ana@customer.example> cannot receive",
        "category": "VALIDATION_ERROR",
        "subCategory": "to ana@customer.example",
        "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf",
        "errors": [
            {"message": "ana@customer.example", "subCategory": "ConversationsApiError.UNSUPPORTED_ACTOR_TYPE"},
            "?",
        ],
    }
    line.hubspot.answers(says(400, body))
    with pytest.raises(ChatRefused) as caught:
        await line.post()
    assert str(caught.value) == (
        "HubSpot answered 400 (VALIDATION_ERROR, ConversationsApiError.UNSUPPORTED_ACTOR_TYPE, "
        "correlation aeb5f871-7f07-4993-9211-075dc63e7cbf)"
    )
    assert not isinstance(caught.value, ChatNotLetIn)


async def test_a_post_into_a_thread_that_is_gone_is_refused(line: Line) -> None:
    line.hubspot.answers(says(404))
    with pytest.raises(ChatRefused, match="gone"):
        await line.post()


async def test_no_redirect_is_followed_with_the_token(line: Line) -> None:
    async with scripted_hubspot() as stranger:
        away = {"Location": f"{stranger.url}/elsewhere"}
        line.hubspot.answers(*(says(status, None, away) for status in (301, 302, 307, 308)), says(307, None, away))
        for _ in range(4):
            with pytest.raises(ChatRefused, match="redirect"):
                await line.ask()
        with pytest.raises(ChatRefused, match="redirect"):
            await line.post()
        assert stranger.asked == []


@pytest.mark.parametrize("trouble", [hangs, drops])
async def test_a_lost_line_leaves_a_read_to_be_tried_again_and_a_post_unclear(line: Line, trouble: Reply) -> None:
    line.hubspot.answers(*[trouble] * 3)
    with pytest.raises(ChatUnavailable):
        await line.ask()
    with pytest.raises(ChatUnclear, match="handed over"):
        await line.post()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521, 523, 524])
async def test_a_server_in_trouble_leaves_a_post_unclear(line: Line, status: int) -> None:
    line.hubspot.answers(says(status))
    with pytest.raises(ChatUnclear):
        await line.post()


async def test_an_answer_that_never_ends_is_cut_off_in_time(line: Line) -> None:
    async def drips(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    line.hubspot.answers(drips)
    async with asyncio.timeout(2):
        with pytest.raises(ChatUnavailable, match="in time"):
            await line.ask()


async def test_a_flood_is_not_swallowed_however_small_it_was_packed(line: Line) -> None:
    async def floods(request: web.Request) -> web.StreamResponse:
        raw = json.dumps({**THREAD, "padding": " " * 40_000_000}).encode()
        return web.Response(body=gzip.compress(raw, 1), headers={"Content-Encoding": "gzip"})

    line.client = HubSpot(settings(line.hubspot.url, timeout_s=10.0))
    line.hubspot.answers(floods)
    with pytest.raises(ChatUnavailable, match="too large"):
        await line.ask()
    await line.client.close()


@pytest.mark.parametrize("raw", [b"<html>Sign in to the guest network</html>", b"\xff\xfe", b"[" * 200_000])
async def test_what_speaks_no_json_is_not_hubspot(line: Line, raw: bytes) -> None:
    line.hubspot.answers(says_raw(200, raw))
    with pytest.raises(ChatUnavailable, match="JSON"):
        await line.ask()


async def test_an_object_without_what_is_needed_is_refused_with_one_line(line: Line) -> None:
    line.hubspot.answers(says(body={"status": "OPEN"}))
    with pytest.raises(ChatRefused, match="thread has no id"):
        await line.ask()


async def test_where_no_connection_can_be_made_nothing_was_posted() -> None:
    async with scripted_hubspot() as gone:
        url = gone.url
    client = HubSpot(settings(url))
    with pytest.raises(ChatUnavailable, match="cannot be reached"):
        await client.post(PLACE, "Hello", internal=False)
    await client.close()


async def test_failures_in_a_row_leave_hubspot_in_peace_until_one_call_succeeds(line: Line) -> None:
    line.hubspot.answers(*[says(503)] * 5)
    for _ in range(5):
        assert not line.client.breaker_open
        with pytest.raises(ChatUnavailable):
            await line.ask()
    assert line.client.breaker_open
    with pytest.raises(ChatUnavailable, match="in a row") as caught:
        await line.post()
    assert caught.value.retry_after_s == pytest.approx(30.0)
    assert len(line.hubspot.asked) == 5
    line.clock.now_s += 30.0
    line.hubspot.answers(hangs, says(body=THREAD))
    on_trial = asyncio.create_task(line.ask())
    await asyncio.sleep(0.1)
    with pytest.raises(ChatUnavailable, match="in a row"):
        await line.ask()
    with pytest.raises(ChatUnavailable, match="in time"):
        await on_trial
    line.clock.now_s += 60.0
    await line.ask()
    assert not line.client.breaker_open


async def test_a_call_given_up_by_its_caller_keeps_nobody_out(line: Line) -> None:
    line.hubspot.answers(*[says(503)] * 5)
    for _ in range(5):
        with pytest.raises(ChatUnavailable):
            await line.ask()
    line.clock.now_s += 30.0
    line.hubspot.answers(hangs, says(body=THREAD))
    given_up = asyncio.create_task(line.ask())
    await asyncio.sleep(0.05)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await line.ask()


async def test_an_answer_that_is_no_is_no_failure_of_hubspot(line: Line) -> None:
    line.hubspot.answers(*[says(400)] * 6)
    for _ in range(6):
        with pytest.raises(ChatRefused):
            await line.ask()
    assert not line.client.breaker_open


async def test_contacts_are_found_by_address_and_the_address_stands_in_no_url(line: Line) -> None:
    line.hubspot.answers(
        says(body={"total": 1, "results": [{"id": "70110", "properties": {"email": "vera@visitor.example"}}]}),
        says(body={"total": 0, "results": []}),
    )
    assert await line.client.find_contact("vera@visitor.example") == ChatContact(
        id="70110", name="", address="vera@visitor.example"
    )
    assert await line.client.find_contact("nobody@visitor.example") is None
    asked = line.hubspot.asked[0]
    assert (asked.method, asked.path, asked.query) == ("POST", "/crm/v3/objects/contacts/search", {})
    assert asked.body["filterGroups"] == [
        {"filters": [{"propertyName": "email", "operator": "EQ", "value": "vera@visitor.example"}]}
    ]


@pytest.mark.parametrize("answer", [says(200, {"status": "ok"}), says(204)])
async def test_unsubscribing_covers_all_mail(line: Line, answer: Reply) -> None:
    line.hubspot.answers(answer)
    await line.client.unsubscribe("vera+news@visitor.example")
    asked = line.hubspot.asked[0]
    assert asked.path.replace("%40", "@").replace("%2B", "+") == (
        "/communication-preferences/v4/statuses/vera+news@visitor.example/unsubscribe-all"
    )
    assert (asked.method, asked.query) == ("POST", {"channel": "EMAIL"})


async def test_unsubscribing_what_hubspot_does_not_know_is_refused(line: Line) -> None:
    line.hubspot.answers(says(404))
    with pytest.raises(ChatRefused):
        await line.client.unsubscribe("vera@visitor.example")


async def test_an_unsubscribing_that_failed_may_be_tried_again(line: Line) -> None:
    line.hubspot.answers(says(502))
    with pytest.raises(ChatUnavailable):
        await line.client.unsubscribe("vera@visitor.example")


async def test_open_and_closed_threads_are_listed_to_the_last_page(line: Line) -> None:
    line.hubspot.answers(
        says(body={"results": [THREAD], "paging": {"next": {"after": "p2"}}}),
        says(body={"results": [{**THREAD, "id": "2"}]}),
        says(body={"results": [{"id": "3", "status": "CLOSED"}]}),
    )
    threads = await line.client.threads_of("70110")
    assert [(thread.id, thread.open) for thread in threads] == [("8123456789", True), ("2", True), ("3", False)]
    assert [(asked.query["threadStatus"], asked.query.get("after")) for asked in line.hubspot.asked] == [
        ("OPEN", None),
        ("OPEN", "p2"),
        ("CLOSED", None),
    ]
    assert line.hubspot.asked[0].query["associatedContactId"] == "70110"


async def test_too_many_threads_are_never_listed_in_part(line: Line) -> None:
    line.hubspot.answers(*[says(body={"results": [THREAD], "paging": {"next": {"after": "more"}}})] * 20)
    with pytest.raises(ChatRefused, match="export"):
        await line.client.threads_of("70110")


def test_the_record_is_found_in_hubspots_own_pages() -> None:
    client = HubSpot(settings("https://api.hubapi.com", app_url="https://app-eu1.hubspot.com/"))
    assert client.contact_url("V-70110") == "https://app-eu1.hubspot.com/contacts/44556677/record/0-1/70110"


@pytest.mark.parametrize("url", ["http://api.hubapi.com", "http://192.0.2.7:8080", "http://localhost.evil.example"])
def test_the_token_never_travels_bare(url: str) -> None:
    with pytest.raises(SettingsWrong, match="HUBSPOT_API_URL") as caught:
        HubSpot(settings(url))
    assert TOKEN not in str(caught.value)


TROUBLES: list[Callable[[], Reply]] = [
    lambda: says(401, {"message": f"bad token {TOKEN}", "category": "INVALID_AUTHENTICATION"}),
    lambda: says(400, {"message": TOKEN}),
    lambda: says(302, None, {"Location": f"https://elsewhere.example/{TOKEN}"}),
    lambda: says(503),
    lambda: says_raw(200, b"<html>"),
    lambda: hangs,
    lambda: drops,
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_neither_token_nor_address_is_in_an_error_or_a_log(
    line: Line, trouble: Callable[[], Reply], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    line.hubspot.answers(trouble(), trouble())
    with pytest.raises(TriageError) as caught:
        await line.client.unsubscribe("vera@visitor.example")
    told = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {settings('http://127.0.0.1')!r}"
    for hidden in (TOKEN, "visitor.example", "elsewhere.example"):
        assert hidden not in told
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert TOKEN not in "".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")


# Against the strict stand-in: what we send has the documented shape in both versions.


@pytest.mark.parametrize("version", ["v3", "2026-09"])
async def test_a_strict_hubspot_takes_everything_we_ask(version: str) -> None:
    async with HubSpotStandIn() as hub:
        client = HubSpot(settings(hub.url, token=hub.token, version=version, timeout_s=5.0))
        contact = hub.add_contact("vera@visitor.example", "Vera", "Visitor")
        thread = hub.open_thread(contact)
        said = await hub.visitor_says(thread, "Delete all of it, please", cut_to="Delete all", notify=False)
        message = await client.message(thread, said)
        assert message is not None
        assert message.text == "Delete all of it, please"
        place = ChatPlace(
            portal_id=hub.portal_id,
            thread_id=thread,
            channel_id=message.channel_id,
            channel_account_id=message.channel_account_id,
            recipient_actor=message.sender_actor,
            delivery_type=message.delivery_type,
            delivery_value=message.delivery_value,
        )
        posted = await client.post(place, "We have your message.", internal=False)
        noted = await client.post(place, "DP-2026-00042-K7: deletion", internal=True)
        hub.api.page_size = 2
        assert [one.id for one in await client.recent(thread, 200)] == [noted, posted, said]
        assert await client.contact(contact) == await client.find_contact("vera@visitor.example")
        assert [one.id for one in await client.threads_of(contact)] == [thread]
        assert await client.actor_name(hub.sender_actor) == "Data protection (automatic)"
        await client.unsubscribe("vera@visitor.example")
        assert (hub.unsubscribed, hub.replies(thread)) == (["vera@visitor.example"], ["We have your message."])
        assert {call.status for call in hub.calls} <= {200, 201}
        await client.close()


async def test_a_certificate_nobody_vouches_for_is_told_as_such(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.cert_file, certificates.key_file)
    async with scripted_hubspot(context) as hubspot:
        client = HubSpot(settings(hubspot.url, timeout_s=5.0))
        with pytest.raises(ChatUnavailable, match="certificate"):
            await client.post(PLACE, "Hello", internal=False)
        await client.close()
        await asyncio.sleep(0.01)  # asyncio closes the socket of a failed TLS handshake one turn later
    assert hubspot.asked == []
