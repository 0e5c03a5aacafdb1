"""The stand-in for HubSpot: strict, signed, troublesome to order, and an echo of what is posted."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from triage.demo.hubspot import (
    EVERYWHERE,
    HubSpotStandIn,
    answers,
    drops,
    garbles,
    hangs,
    lands_then,
    signature_v3,
)
from triage.parsing.hubspot_events import WORKED_ON

AT = datetime(2026, 9, 21, 14, 13, 21, 500_000, tzinfo=UTC)
V3, DATED = "/conversations/v3/conversations", "/conversations/conversations/2026-09"
COMMENT = {"type": "COMMENT", "text": "for the team"}


def message_body(**changes):
    return {
        "type": "MESSAGE",
        "text": "Thank you.",
        "richText": "<p>Thank you.</p>",
        "senderActorId": "A-5150",
        "channelId": "1000",
        "channelAccountId": "250001",
        "attachments": [],
        "recipients": [
            {
                "actorId": "V-1",
                "recipientField": "TO",
                "deliveryIdentifiers": [{"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "c0ffee"}],
            }
        ],
        **changes,
    }


class Hook:
    """A listener that keeps what comes and answers as told; the last answer is repeated."""

    def __init__(self):
        self.answers, self.got = [200], []

    async def take(self, request):
        self.got.append((await request.read(), dict(request.headers)))
        return web.Response(status=self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    @property
    def events(self):
        return [event for body, _ in self.got for event in json.loads(body)]


@pytest.fixture
async def hook():
    hook, app = Hook(), web.Application()
    app.router.add_post("/hubspot/webhook", hook.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hubspot/webhook"
    yield hook
    await runner.cleanup()


@pytest.fixture
async def hub(hook):
    async with HubSpotStandIn(hook_url=hook.url, clock=lambda: AT) as hub:
        hub.webhooks.waits_s = (0.0, 0.0)
        yield hub


@pytest.fixture
async def api(hub):
    headers = {"Authorization": f"Bearer {hub.token}"}
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(hub.url, headers=headers, timeout=timeout) as session:
        yield session


async def get(api, path, **query):
    async with api.get(path, params=query) as response:
        return response.status, await response.json()


async def post(api, path, body):
    async with api.post(path, json=body) as response:
        return response.status, await response.json()


async def test_the_signature_is_the_one_hubspots_own_samples_show():
    vendor = signature_v3(
        "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
        "POST",
        "https://www.example.com/webhook_uri",
        b"{'example_field':'example_value'}",
        "1693657560000",
    )
    assert vendor == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="


async def test_a_visitors_line_sends_one_signed_event_that_holds_no_text(hub, hook):
    hub.webhooks.public_url = "https://privacy.example.org/hubspot/webhook?t=a%2fb%20c"
    message = await hub.visitor_says(hub.open_thread(), "delete my data")
    ((body, headers),) = hook.got
    source = b"POSThttps://privacy.example.org/hubspot/webhook?t=a/b%20c" + body + b"1790000001500"
    expected = base64.b64encode(hmac.new(hub.client_secret.encode(), source, hashlib.sha256).digest()).decode()
    assert headers["X-HubSpot-Request-Timestamp"] == "1790000001500"
    assert headers["X-HubSpot-Signature-v3"] == expected
    assert headers["X-HubSpot-Signature"] == hashlib.sha256(hub.client_secret.encode() + body).hexdigest()
    (event,) = hook.events
    assert b"delete" not in body
    assert event["messageId"] == message
    assert (event["subscriptionType"], event["portalId"]) == ("conversation.newMessage", 44556677)
    assert (event["appId"], event["attemptNumber"], event["messageType"]) == (7654321, 0, "MESSAGE")


@pytest.mark.parametrize("base", [V3, DATED])
async def test_thread_message_list_and_actor_are_found_under_both_versions(hub, api, base):
    contact = hub.add_contact("jo@post.example", "Jo", "Reader")
    thread = hub.open_thread(contact)
    first = await hub.visitor_says(thread, "hello")
    second = await hub.visitor_says(thread, "delete my data")
    status, told = await get(api, f"{base}/threads/{thread}")
    assert status == 200
    assert (told["id"], told["status"], told["associatedContactId"]) == (thread, "OPEN", contact)
    status, message = await get(api, f"{base}/threads/{thread}/messages/{second}")
    assert status == 200
    assert (message["text"], message["direction"], message["type"]) == ("delete my data", "INCOMING", "MESSAGE")
    assert message["senders"][0]["actorId"] == message["createdBy"] == f"V-{contact}"
    newest = (await get(api, f"{base}/threads/{thread}/messages", limit="10"))[1]["results"]
    oldest = (await get(api, f"{base}/threads/{thread}/messages", sort="createdAt"))[1]["results"]
    assert [one["id"] for one in newest] == [second, first] == [one["id"] for one in oldest][::-1]
    assert (await get(api, f"{base}/actors/A-5150"))[1]["name"] == "Data protection (automatic)"


@pytest.mark.parametrize("base", ["/crm/v3/objects/contacts", "/crm/objects/2026-09/contacts"])
async def test_contacts_are_read_and_found_by_address(hub, api, base):
    contact = hub.add_contact("jo@post.example", "Jo", "Reader")
    status, told = await get(api, f"{base}/{contact}", properties="email,firstname,lastname")
    assert (status, told["properties"]["email"]) == (200, "jo@post.example")
    search = {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": "JO@post.example"}]}]}
    assert [one["id"] for one in (await post(api, f"{base}/search", search))[1]["results"]] == [contact]
    assert (await get(api, f"{base}/1"))[0] == 404


@pytest.mark.parametrize("version", ["v4", "2026-09"])
async def test_unsubscribing_is_remembered(hub, api, version):
    path = f"/communication-preferences/{version}/statuses/jo%40post.example/unsubscribe-all"
    async with api.post(path, params={"channel": "EMAIL"}) as response:
        assert response.status == 200
    async with api.post(path) as response:
        assert response.status == 400
    assert hub.unsubscribed == ["jo@post.example"]


async def test_a_contacts_threads_are_listed_by_status_and_in_pages(hub, api):
    contact = hub.add_contact()
    threads = [hub.open_thread(contact) for _ in range(3)]
    hub.open_thread()
    hub.change_thread(threads[0], status="CLOSED")
    hub.api.page_size = 1
    query = {"associatedContactId": contact, "threadStatus": "OPEN", "limit": "500"}
    page = (await get(api, f"{V3}/threads", **query))[1]
    assert [one["id"] for one in page["results"]] == [threads[1]]
    page = (await get(api, f"{V3}/threads", **query, after=page["paging"]["next"]["after"]))[1]
    assert [one["id"] for one in page["results"]] == [threads[2]]
    assert "paging" not in page
    assert (await get(api, f"{V3}/threads", associatedContactId=contact))[0] == 400


async def test_a_reply_is_answered_201_read_back_and_echoed_as_an_event(hub, hook, api):
    thread = hub.open_thread()
    status, told = await post(api, f"{V3}/threads/{thread}/messages", message_body())
    await hub.settled()
    assert status == 201
    assert (told["direction"], told["status"], told["createdBy"]) == ("OUTGOING", {"statusType": "SENT"}, "I-7654321")
    assert told["client"] == {"clientType": "INTEGRATION", "integrationAppId": 7654321}
    assert hub.replies(thread) == ["Thank you."]
    assert hub.comments(thread) == []
    assert [event["messageId"] for event in hook.events] == [told["id"]]


async def test_a_comment_has_no_direction_and_is_no_reply(hub, hook, api):
    thread = hub.open_thread()
    status, told = await post(api, f"{DATED}/threads/{thread}/messages", COMMENT)
    await hub.settled()
    assert status == 201
    assert "direction" not in told
    assert (hub.replies(thread), hub.comments(thread)) == ([], ["for the team"])
    assert hook.events[0]["messageType"] == "COMMENT"


@pytest.mark.parametrize(
    "changes",
    [
        {"mood": "sunny"},
        {"text": None},
        {"senderActorId": "V-1"},
        {"senderActorId": "A-1"},
        {"type": "WELCOME_MESSAGE"},
        {"recipients": {}},
        {"recipients": ["V-1"]},
        {"recipients": [{"actorId": "V-1"}]},
        {"recipients": [{"actorId": "A-5150", "deliveryIdentifiers": []}]},
        {"recipients": [{"recipientField": "AT", "deliveryIdentifiers": []}]},
        {"recipients": [{"deliveryIdentifiers": [{"type": "PIGEON", "value": "x"}]}]},
    ],
)
async def test_a_post_that_is_not_exactly_right_is_a_400_and_posts_nothing(hub, api, changes):
    thread = hub.open_thread()
    status, told = await post(api, f"{V3}/threads/{thread}/messages", message_body(**changes))
    assert (status, told["category"], told["status"]) == (400, "VALIDATION_ERROR", "error")
    assert told["message"] == told["errors"][0]["message"]
    assert hub.posts(thread) == []


@pytest.mark.parametrize("key", sorted(message_body()))
async def test_every_key_of_a_reply_but_the_rich_text_must_be_there(hub, api, key):
    thread = hub.open_thread()
    body = message_body()
    del body[key]
    status, _ = await post(api, f"{V3}/threads/{thread}/messages", body)
    assert status == (201 if key == "richText" else 400)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/threads/{thread}?mood=sunny", 400),
        ("/threads/{thread}/messages?limit=0", 400),
        ("/threads/{thread}/messages?sort=name", 400),
        ("/threads/{thread}/messages?after=x", 400),
        ("/threads/abc", 400),
        ("/threads/999", 404),
        ("/threads/{thread}/messages/none", 404),
        ("/actors/A-0", 404),
        ("/nowhere", 404),
    ],
)
async def test_a_wrong_question_gets_an_error_in_hubspots_shape(hub, api, path, status):
    found, told = await get(api, V3 + path.format(thread=hub.open_thread()))
    assert found == status
    assert set(told) == {"status", "message", "correlationId", "category", "errors"}


async def test_without_the_right_token_everything_is_401(hub, api):
    thread = hub.open_thread()
    async with api.get(f"{V3}/threads/{thread}", headers={"Authorization": "Bearer other"}) as response:
        assert response.status == 401
    hub.revoke_token()
    assert (await get(api, f"{V3}/threads/{thread}"))[0] == 401
    assert (await post(api, f"{V3}/threads/{thread}/messages", COMMENT))[0] == 401
    hub.restore_token()
    assert (await get(api, f"{V3}/threads/{thread}"))[0] == 200
    assert hub.posts(thread) == []


async def test_scripted_statuses_come_in_turn_and_end(hub, api):
    thread = hub.open_thread()
    path = f"{V3}/threads/{thread}"
    hub.trouble("thread", answers(429, policy="TEN_SECONDLY_ROLLING"), answers(429, retry_after="3"), answers(502))
    async with api.get(path) as response:
        assert response.status == 429
        assert "Retry-After" not in response.headers
        assert response.headers["X-HubSpot-RateLimit-Remaining"] == "0"
        assert (await response.json())["policyName"] == "TEN_SECONDLY_ROLLING"
    async with api.get(path) as response:
        assert response.headers["Retry-After"] == "3"
    assert [(await get(api, path))[0] for _ in range(2)] == [502, 200]
    assert [call.status for call in hub.calls if call.route == "thread"] == [429, 429, 502, 200]


async def test_endless_trouble_lasts_until_all_is_calm(hub, api):
    path = f"{V3}/threads/{hub.open_thread()}"
    hub.trouble(EVERYWHERE, answers(500), times=None)
    hub.trouble("thread", answers(404), times=2)
    assert [(await get(api, path))[0] for _ in range(4)] == [404, 404, 500, 500]
    hub.calm("thread")
    assert (await get(api, path))[0] == 500
    hub.calm()
    assert (await get(api, path))[0] == 200


@pytest.mark.parametrize("trouble", [drops(), garbles(), answers(502), hangs()])
async def test_an_answer_can_get_lost_before_or_after_the_post_has_landed(hub, api, trouble):
    thread = hub.open_thread()
    hub.trouble("post", trouble, lands_then(trouble))
    for _ in range(2):
        try:
            timeout = aiohttp.ClientTimeout(total=0.3)
            async with api.post(f"{V3}/threads/{thread}/messages", json=COMMENT, timeout=timeout) as response:
                assert response.status in (200, 502)
        except (aiohttp.ClientError, TimeoutError):
            assert trouble.act in ("drop", "hang")
        assert len(hub.comments(thread)) == _
    await hub.settled()


async def test_rate_limits_are_told_everywhere_but_on_search(hub, api):
    hub.api.remaining = 3
    async with api.get(f"{V3}/actors/A-5150") as response:
        assert response.headers["X-HubSpot-RateLimit-Remaining"] == "3"
    async with api.post("/crm/v3/objects/contacts/search", json={}) as response:
        assert response.status == 400
        assert "X-HubSpot-RateLimit-Remaining" not in response.headers


async def test_a_message_can_become_visible_late_and_be_cut(hub, api):
    thread = hub.open_thread()
    late = await hub.visitor_says(thread, "late", hidden_for=2)
    path = f"{V3}/threads/{thread}/messages"
    assert (await get(api, path))[1]["results"] == []
    assert [(await get(api, f"{path}/{late}"))[0] for _ in range(3)] == [404, 404, 200]
    cut = await hub.visitor_says(thread, "the whole story", cut_to="the", attachments=("FILE",))
    message = (await get(api, f"{path}/{cut}"))[1]
    assert (message["text"], message["truncationStatus"], len(message["attachments"])) == ("the", "TRUNCATED", 1)
    assert (await get(api, f"{path}/{cut}/original-content"))[1]["text"] == "the whole story"


async def test_others_speak_as_agents_bots_and_systems(hub, hook, api):
    thread = hub.open_thread()
    said = await hub.agent_says(thread, "hello, Sam here")
    message = (await get(api, f"{V3}/threads/{thread}/messages/{said}"))[1]
    assert (message["direction"], message["createdBy"]) == ("OUTGOING", "A-900")
    await hub.other_says(thread, "", actor="S-hubspot", kind="ASSIGNMENT")
    await hub.other_says(thread, "How can we help?", actor="B-1", kind="WELCOME_MESSAGE")
    assert [event["messageType"] for event in hook.events] == ["MESSAGE", "WELCOME_MESSAGE"]
    hub.add_actor("A-900", "Sam Porter", "sam@larkfield.example")
    async with api.post(f"{V3}/actors/batch/read", json={"inputs": ["A-900", "A-0"]}) as response:
        assert (response.status, [one["name"] for one in (await response.json())["results"]]) == (207, ["Sam Porter"])


async def test_held_events_come_duplicated_shuffled_and_in_batches(hub, hook):
    hub.webhooks.held, hub.webhooks.duplicates, hub.webhooks.shuffle, hub.webhooks.batch = True, 2, True, 100
    thread = hub.open_thread()
    said = [await hub.visitor_says(thread, f"line {number}") for number in range(50)]
    assert hook.got == []
    await hub.webhooks.release()
    assert sorted(len(json.loads(body)) for body, _ in hook.got) == [50, 100]
    ids = [event["messageId"] for event in hook.events]
    assert sorted(ids) == sorted(said * 3)
    assert ids != sorted(ids, key=said.index)
    assert {event["attemptNumber"] for event in hook.events} == {0, 1, 2}


async def test_a_refused_delivery_is_tried_again_with_a_higher_number(hub, hook):
    hook.answers = [503, 500, 200]
    await hub.visitor_says(hub.open_thread(), "hello")
    assert [delivery.status for delivery in hub.webhooks.made] == [503, 500, 200]
    assert [event["attemptNumber"] for event in hook.events] == [0, 1, 2]
    assert hub.webhooks.undelivered == []


async def test_what_is_never_accepted_waits_for_a_later_try(hub, hook):
    reachable, hub.webhooks.hook_url = hub.webhooks.hook_url, "http://127.0.0.1:1/hubspot/webhook"
    await hub.visitor_says(hub.open_thread(), "hello")
    assert [delivery.status for delivery in hub.webhooks.made] == [0, 0, 0]
    assert len(hub.webhooks.undelivered) == 1
    hub.webhooks.hook_url = reachable
    await hub.webhooks.redeliver()
    assert hook.events[0]["attemptNumber"] == 3
    assert hub.webhooks.undelivered == []


async def test_deleting_for_good_takes_things_away_and_says_so(hub, hook, api):
    contact = hub.add_contact("jo@post.example")
    thread, lost = hub.open_thread(contact), hub.open_thread(contact)
    await hub.delete_contact_for_good(contact)
    await hub.delete_thread_for_good(thread)
    hub.lose_thread(lost)
    assert (await get(api, f"/crm/v3/objects/contacts/{contact}"))[0] == 404
    assert [(await get(api, f"{V3}/threads/{one}"))[0] for one in (thread, lost)] == [404, 404]
    assert [(event["subscriptionType"], str(event["objectId"])) for event in hook.events] == [
        ("contact.deletion", contact),
        ("contact.privacyDeletion", contact),
        ("conversation.privacyDeletion", thread),
    ]


async def test_the_api_can_be_down_while_webhooks_go_on(hub, hook, api):
    thread = hub.open_thread()
    await hub.down()
    with pytest.raises(aiohttp.ClientError):
        await get(api, f"{V3}/threads/{thread}")
    await hub.visitor_says(thread, "hello")
    assert len(hook.events) == 1
    await hub.up()
    assert (await get(api, f"{V3}/threads/{thread}"))[0] == 200


async def test_leaving_ends_hanging_calls_at_once(hook):
    async with HubSpotStandIn() as hub:
        hub.trouble("actor", hangs())
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {hub.token}"}) as session:
            call = asyncio.create_task(session.get(f"{hub.url}{V3}/actors/A-5150"))
            await asyncio.sleep(0.1)
            async with asyncio.timeout(3):
                await hub.down()
                with pytest.raises(aiohttp.ClientError):
                    await call


def test_the_sample_app_subscribes_to_exactly_what_the_hook_works_on():
    app = Path(__file__).parents[2] / "deploy" / "hubspot" / "src" / "app"
    config = json.loads((app / "webhooks" / "webhooks-hsmeta.json").read_text())["config"]
    assert {event["subscriptionType"] for event in config["subscriptions"]["hubEvents"]} == WORKED_ON
    assert all(event["active"] for event in config["subscriptions"]["hubEvents"])
    assert config["settings"]["maxConcurrentRequests"] > 5
    assert urlsplit(config["settings"]["targetUrl"]).path == "/hubspot/webhook"
    scopes = json.loads((app / "app-hsmeta.json").read_text())["config"]["auth"]["requiredScopes"]
    assert not [scope for scope in scopes if "contacts.write" in scope]
