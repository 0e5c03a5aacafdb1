"""Bad input by chat, from end to end behind a proxy: a documented answer, a visible state, nothing lost or repeated."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.acceptance.chat_running import ACCESS, DELETION, ChatDesk, chat_desk, sqlite_settings
from tests.acceptance.watching import until
from triage.demo.hubspot import answers, hangs, lands_then, signature_v3

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

PUBLIC_URL = "https://privacy.larkfield.example/hubspot/webhook"
NOT_SIGNED_FOR_US: tuple[tuple[dict[str, object], str], ...] = (
    ({"secret": "another-secret-than-the-app-has"}, "signature_wrong"),
    ({"age_ms": 301_000}, "timestamp_old"),
    ({"age_ms": -302_000}, "timestamp_ahead"),
    ({"url": "http://127.0.0.1:8081/hubspot/webhook"}, "signature_wrong"),
    ({"url": PUBLIC_URL + "/"}, "signature_wrong"),
)
LONG = " ".join(["I have had your oak table for a year and it is a fine table."] * 1000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ChatDesk]:
    """One running desk for all: HubSpot signs the proxy's address, and the hook is called at its own."""
    folder: Path = tmp_path_factory.mktemp("desk")
    extra = {"TRIAGE_HUBSPOT_PUBLIC_URL": PUBLIC_URL}
    async with chat_desk(folder, sqlite_settings(folder), extra=extra) as desk:
        desk.hubspot.webhooks.public_url = PUBLIC_URL
        await desk.start()
        yield desk
        async with desk.store() as store:
            assert await store.verify_journal() == ()


# What the hook is sent


async def send(desk: ChatDesk, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
    """Status, words, and what the hook logged of it."""
    before = len(desk.hook.logged())
    url = f"{desk.hook_url}/hubspot/webhook"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        status, words = answer.status, await answer.text()
    await asyncio.sleep(0.1)
    return status, words, desk.hook.logged()[before:]


def signed(desk: ChatDesk, body: bytes, *, url: str = PUBLIC_URL, age_ms: int = 0, secret: str = "") -> dict[str, str]:
    """HubSpot's headers, or nearly."""
    stamp = str(int(time.time() * 1000) - age_ms)
    signature = signature_v3(secret or desk.hubspot.client_secret, "POST", url, body, stamp)
    return {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp}


async def request_of(desk: ChatDesk) -> tuple[str, bytes]:
    """A visitor's request that HubSpot has not told us of, and the body that would tell."""
    thread = desk.thread()
    await desk.hubspot.visitor_says(thread, DELETION, notify=False)
    event = desk.hubspot.event_of(thread, desk.hubspot.world.messages[thread][0])
    return thread, json.dumps([event]).encode()


async def test_what_hubspot_did_not_sign_for_us_is_401_the_log_names_the_url_and_a_right_try_is_heard(
    desk: ChatDesk,
) -> None:
    bodies: dict[str, bytes] = {}
    for changes, reason in NOT_SIGNED_FOR_US:
        thread, body = await request_of(desk)
        status, _, logged = await send(desk, body, signed(desk, body, **changes))  # type: ignore[arg-type]
        (line,) = [json.loads(line) for line in logged.splitlines()]
        told = (status, line["event"], line["reason"], line["url"])
        assert told == (401, "delivery_refused", reason, PUBLIC_URL)
        bodies[thread] = body
    await desk.quiet()
    assert [desk.hubspot.posts(thread) for thread in bodies] == [[]] * len(bodies)
    for body in bodies.values():
        assert (await send(desk, body, signed(desk, body)))[0] == 200
    await until(lambda: all(desk.hubspot.comments(thread) for thread in bodies))
    for thread in bodies:
        await desk.posts(thread, replies=1, comments=1)


async def test_no_signature_and_a_body_written_anew_are_401(desk: ChatDesk) -> None:
    thread, body = await request_of(desk)
    anew = json.dumps(json.loads(body), separators=(",", ":")).encode()
    assert anew != body
    assert (await send(desk, body, {}))[0] == 401
    status, words, logged = await send(desk, anew, signed(desk, body))
    assert (status, "signature_wrong" in logged) == (401, True)
    assert "secret" not in words
    await desk.posts(thread, replies=0, comments=0)


async def test_signed_but_no_json_is_400_and_too_large_is_413(desk: ChatDesk) -> None:
    for body, status in ((b"{", 400), (b"<xml/>", 400), (b"[" + b" " * 262_144 + b"]", 413)):
        assert (await send(desk, body, signed(desk, body)))[0] == status


async def test_one_bad_event_in_a_hundred_costs_itself_only(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    for number in range(98):
        await hubspot.visitor_says(thread, f"the table has {number} scratches", notify=False)
    await hubspot.visitor_says(thread, DELETION, notify=False)
    events = [hubspot.event_of(thread, message) for message in hubspot.world.messages[thread]]
    events.insert(37, {**events[0], "objectId": "quentin@customer.example"})
    body = json.dumps(events).encode()
    status, _, logged = await send(desk, body, signed(desk, body))
    assert status == 200
    assert "event_unreadable" in logged
    assert "quentin@" not in desk.hook.logged()
    await desk.posts(thread, replies=0, comments=1)  # one line in a hundred of that sort: a person makes sure
    assert await desk.cases(thread) == [("deletion", "open")]
    assert await desk.record.count(f"chat_line WHERE thread_id = '{thread}'") == 99

    async def before_a_person() -> bool:
        unread = "item WHERE key LIKE 'hubspot:unreadable:%' AND state = 'quarantined'"
        return await desk.record.count(unread) == 1

    await until(before_a_person)


# What visitors type


TYPED: dict[str, tuple[str, ...]] = {
    "nothing": ("",),
    "an attachment": ("",),
    "long": (f"{LONG} {DELETION}",),
    "long small talk": (LONG,),
    "HTML": (f"<p>{DELETION}</p><script>alert('quillfeather')</script>",),
    "emoji": ("\U0001f5d1\ufe0f Please delete all the personal data you hold about me \U0001f64f\U0001f3fd",),
    "broken characters": (f"{DELETION} \u202e\x00\ud83d",),
    "shouted": (DELETION.upper(),),
    "Bulgarian": ("Моля, изтрийте всички лични данни, които пазите за мен.",),
    "in pieces": ("hello there", "can you please delete all the personal data", "that you hold about me", "thank you"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def typed(desk: ChatDesk) -> dict[str, str]:
    """Conversations in which TYPED was typed, all at the same time, worked through."""
    threads = {name: desk.thread() for name in TYPED}

    async def type_in(name: str) -> None:
        attachments = ("FILE",) if name == "an attachment" else ()
        for line in TYPED[name]:
            await desk.hubspot.visitor_says(threads[name], line, attachments=attachments)
            await asyncio.sleep(0.3)

    await asyncio.gather(*(type_in(name) for name in TYPED))
    await desk.quiet()
    return threads


def seen(desk: ChatDesk, thread: str) -> tuple[int, int]:
    """How many replies and notes are in a conversation."""
    return len(desk.hubspot.replies(thread)), len(desk.hubspot.comments(thread))


async def test_an_empty_message_is_nobodys_work(desk: ChatDesk, typed: dict[str, str]) -> None:
    thread = typed["nothing"]
    assert (seen(desk, thread), await desk.enquiries(thread)) == ((0, 0), [])
    assert await desk.record.rows(f"SELECT state FROM chat_line WHERE thread_id = '{thread}'") == [("passed_over",)]


@pytest.mark.parametrize("name", ["an attachment", "Bulgarian"])
async def test_what_nobody_can_read_is_for_a_person_and_the_team_is_told(
    desk: ChatDesk, typed: dict[str, str], name: str
) -> None:
    ((outcome, _, lane, _),) = await desk.enquiries(typed[name])
    assert (outcome, lane) == ("enquiry", "needs_person")
    assert seen(desk, typed[name]) == (0, 1)


async def test_sixty_kilobytes_are_read_to_the_end(desk: ChatDesk, typed: dict[str, str]) -> None:
    assert len(LONG) > 60_000
    assert await desk.cases(typed["long"]) == [("deletion", "open")]
    assert seen(desk, typed["long"]) in ((1, 1), (0, 1))
    small_talk = typed["long small talk"]  # too much to be read closely to its end: a person looks
    assert seen(desk, small_talk) == (0, 1)
    assert [outcome for outcome, *_ in await desk.enquiries(small_talk)] == ["enquiry"]
    assert await desk.cases(small_talk) == []


@pytest.mark.parametrize("name", ["HTML", "emoji", "broken characters", "shouted"])
async def test_html_emoji_and_broken_characters_are_read_and_quoted_to_nobody(
    desk: ChatDesk, typed: dict[str, str], name: str
) -> None:
    assert await desk.cases(typed[name]) == [("deletion", "open")]
    assert seen(desk, typed[name]) == (1, 1)
    posted = json.dumps(desk.hubspot.posts(typed[name]))
    assert [found for found in ("<script>", "\\ud83d", "\\u0000") if found in posted] == []


async def test_a_visitor_who_types_in_pieces_asks_once(desk: ChatDesk, typed: dict[str, str]) -> None:
    thread = typed["in pieces"]
    assert [outcome for outcome, *_ in await desk.enquiries(thread)] == ["enquiry"]
    assert await desk.cases(thread) == [("deletion", "open")]
    assert seen(desk, thread) == (1, 1)


async def test_a_message_cut_by_hubspot_and_one_visible_late_are_read_all_the_same(desk: ChatDesk) -> None:
    cut, late = desk.thread(), desk.thread()
    await desk.hubspot.visitor_says(cut, f"I bought a table. {DELETION}", cut_to="I bought")
    await desk.hubspot.visitor_says(late, DELETION, hidden_for=1)
    for thread in (cut, late):
        await desk.posts(thread, replies=1, comments=1)


# What is gone, and who does not answer


async def test_a_thread_gone_before_its_message_is_read_ends_quietly(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    message_id = await hubspot.visitor_says(thread, DELETION, notify=False)
    event = hubspot.event_of(thread, hubspot.world.messages[thread][0])
    hubspot.lose_thread(thread)
    await hubspot.webhooks.send([event])

    async def gone() -> bool:
        await desk.retry_now()
        return await desk.record.rows(f"SELECT code FROM item WHERE key LIKE '%{message_id}'") == [("gone",)]

    await until(gone, limit_s=30)
    assert await desk.record.count(f"chat_line WHERE thread_id = '{thread}'") == 0


async def test_a_thread_gone_before_its_burst_is_read_leaves_a_case_and_says_nothing(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    await hubspot.visitor_says(thread, DELETION)
    held = f"chat_line WHERE thread_id = '{thread}'"

    async def is_held() -> bool:
        return await desk.record.count(held) == 1

    await until(is_held, limit_s=10)
    hubspot.lose_thread(thread)

    async def decided() -> bool:
        await desk.retry_now()
        return await desk.record.rows(f"SELECT state FROM {held}") == [("filed",)]

    await until(decided, limit_s=30)
    ((outcome, _, _, not_acknowledged),) = await desk.enquiries(thread)
    assert (outcome, bool(not_acknowledged), hubspot.posts(thread)) == ("enquiry", True, [])


def _heard(desk: ChatDesk, thread: str) -> bool:
    return any(call.route == "message" and thread in call.path for call in desk.hubspot.calls)


async def test_a_thread_gone_before_the_reply_leaves_a_case_to_acknowledge_by_hand_and_an_alarm(
    desk: ChatDesk,
) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    hubspot.trouble("post", answers(404), times=2)
    await hubspot.visitor_says(thread, DELETION)
    await desk.posts(thread, replies=0, comments=0)
    ((outcome, reference, _, not_acknowledged),) = await desk.enquiries(thread)
    assert (outcome, bool(not_acknowledged)) == ("enquiry", True)
    raised = await desk.record.rows(f"SELECT code FROM alarm WHERE reference = '{reference}' AND cleared_at IS NULL")
    assert {code for (code,) in raised} >= {"letter_refused"}


async def test_a_reply_that_landed_without_an_answer_in_time_is_not_posted_again(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    hubspot.trouble("post", lands_then(hangs()), times=2)
    await hubspot.visitor_says(thread, DELETION)
    await desk.posts(thread, replies=1, comments=1, limit_s=40)
    assert [not_acknowledged for *_, not_acknowledged in await desk.enquiries(thread)] in ([0], [False])


async def test_too_many_calls_without_retry_after_rest_ten_seconds_and_go_through_once(desk: ChatDesk) -> None:
    hubspot, first, second = desk.hubspot, desk.thread(), desk.thread()
    hubspot.trouble("post", answers(429, policy="TEN_SECONDLY_ROLLING"))
    await hubspot.visitor_says(first, DELETION)
    await until(lambda: any(call.status == 429 for call in hubspot.calls), limit_s=20)
    began = time.monotonic()
    await asyncio.sleep(0.2)  # the other sender may have been at its post already
    calls = len(hubspot.calls)
    await hubspot.visitor_says(second, ACCESS)
    await asyncio.sleep(9.5 - (time.monotonic() - began))
    assert len(hubspot.calls) == calls
    await until(lambda: len(hubspot.calls) > calls, limit_s=5)
    assert time.monotonic() - began >= 9.9
    await desk.retry_now()
    for thread in (first, second):
        await desk.posts(thread, replies=1, comments=1)


async def test_a_revoked_token_is_an_alarm_and_once_renewed_everything_is_worked_through(desk: ChatDesk) -> None:
    hubspot, answered = desk.hubspot, desk.thread()
    await hubspot.visitor_says(answered, DELETION)
    await desk.posts(answered, replies=1, comments=1)
    quarantined = await desk.record.count("item WHERE state = 'quarantined'")
    hubspot.revoke_token()
    threads = [desk.thread() for _ in range(5)]
    for thread in (answered, *threads):
        await hubspot.visitor_says(thread, ACCESS)
    assert [made.status for made in hubspot.webhooks.made[-6:]] == [200] * 6

    async def alarmed() -> bool:
        return "hubspot_refused" in await desk.alarms()

    await until(alarmed, limit_s=15)
    await asyncio.sleep(1.0)
    refused = len([call for call in hubspot.calls if call.status == 401])
    assert 1 <= refused <= 12
    assert await desk.record.count("item WHERE state = 'quarantined'") == quarantined
    hubspot.restore_token()
    await desk.retry_now()
    await until(lambda: all(hubspot.comments(thread) for thread in threads))
    await desk.quiet()
    for thread in threads:
        assert (len(hubspot.replies(thread)), len(hubspot.comments(thread))) == (1, 1)
        assert await desk.cases(thread) == [("access", "open")]
    await desk.posts(answered, replies=2, comments=2)
    assert await desk.cases(answered) == [("deletion", "open"), ("access", "open")]
    assert "hubspot_refused" not in await desk.alarms()
