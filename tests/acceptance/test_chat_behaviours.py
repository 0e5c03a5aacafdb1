"""What section 14 G of the facts about HubSpot wants proven, against the running hook and worker, on both engines."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.acceptance.chat_running import (
    ACCESS,
    DELETION,
    ChatDesk,
    chat_desk,
    postgres_settings,
    sqlite_settings,
)
from tests.acceptance.watching import until
from tests.servers.postgres import Postgres, running_postgres
from triage.demo.hubspot.world import Hand, Json

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

NO_VISITORS = (
    ("A-900", "COMMENT", "OUTGOING", "comment"),
    ("S-hubspot", "WELCOME_MESSAGE", "OUTGOING", "welcome"),
    ("S-hubspot", "ASSIGNMENT", "OUTGOING", "system"),
    ("S-hubspot", "THREAD_STATUS_CHANGE", "OUTGOING", "system"),
    ("V-70001", "MESSAGE", "OUTGOING", "outgoing"),
    ("A-900", "MESSAGE", "OUTGOING", "outgoing"),
    ("A-900", "MESSAGE", "INCOMING", "agent"),
    ("A-5150", "MESSAGE", "INCOMING", "ours"),
    ("B-7", "MESSAGE", "INCOMING", "bot"),
    ("L-7", "MESSAGE", "INCOMING", "bot"),
    ("I-99", "MESSAGE", "INCOMING", "app"),
    ("I-7654321", "MESSAGE", "INCOMING", "ours"),
    ("S-hubspot", "MESSAGE", "INCOMING", "system"),
)
SMALL_TALK = "which colours does the oak table come in"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One server for all."""
    with running_postgres() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ChatDesk]:
    """One running desk for all; each test has conversations of its own."""
    folder: Path = tmp_path_factory.mktemp("desk")
    if request.param == "postgresql":
        database = await postgres_settings(request.getfixturevalue("postgres"))
    else:
        database = sqlite_settings(folder)
    async with chat_desk(folder, database) as desk:
        await desk.start()
        yield desk
        async with desk.store() as store:
            assert await store.verify_journal() == ()


async def kept_texts(desk: ChatDesk, thread: str) -> set[object]:
    """What is kept of what was typed in a thread."""
    return {text for (text,) in await desk.record.rows(f"SELECT text FROM chat_line WHERE thread_id = '{thread}'")}


async def passed_codes(desk: ChatDesk, thread: str) -> set[str]:
    """Why events of a thread were passed by."""
    rows = await desk.record.rows(f"SELECT code FROM item WHERE key LIKE 'hubspot:%:{thread}:%' AND code <> ''")
    return {str(code) for (code,) in rows}


async def test_the_same_event_three_times_and_again_later_is_one_case_and_one_reply(desk: ChatDesk) -> None:
    hubspot, webhooks = desk.hubspot, desk.hubspot.webhooks
    thread = desk.thread()
    webhooks.duplicates, webhooks.batch = 2, 1
    try:
        await hubspot.visitor_says(thread, DELETION)
        await desk.posts(thread, replies=1, comments=1)
        message = hubspot.world.messages[thread][0]
        await webhooks.send([hubspot.event_of(thread, message)])
        await webhooks.send([{**hubspot.event_of(thread, message), "attemptNumber": 1, "eventId": 1}])
    finally:
        webhooks.duplicates, webhooks.batch = 0, 100
    await desk.posts(thread, replies=1, comments=1)
    assert await desk.cases(thread) == [("deletion", "open")]
    assert [outcome for outcome, *_ in await desk.enquiries(thread)] == ["enquiry"]


async def test_any_order_any_mixture_and_strangers_events_end_in_200_and_only_ours_are_worked_on(
    desk: ChatDesk,
) -> None:
    hubspot, webhooks = desk.hubspot, desk.hubspot.webhooks
    threads = [desk.thread(address=f"shuffled{number}@customer.example") for number in range(4)]
    before, items = len(webhooks.made), await desk.record.count("item")
    events: list[Json] = []
    for thread in threads:
        for line in ("hello", ACCESS):
            message_id = await hubspot.visitor_says(thread, line, notify=False)
            events.append(hubspot.event_of(thread, hubspot.world.messages[thread][-1]))
            assert events[-1]["messageId"] == message_id
        others = ("conversation.creation", "conversation.deletion", "something.of.tomorrow")
        events += [hubspot.event(kind, thread) for kind in others]
        change = {"propertyName": "status", "propertyValue": "OPEN"}
        events.append(hubspot.event("conversation.propertyChange", thread, **change))
        events += [{**events[-5], "portalId": 1}, {**events[-5], "appId": 1}]
    events[0] = {**events[0], "objectId": str(events[0]["objectId"]), "unknown": {"key": [1]}}
    del events[1]["messageType"]
    webhooks.shuffle, webhooks.batch = True, 7
    try:
        await webhooks.send(events)
    finally:
        webhooks.shuffle, webhooks.batch = False, 100
    await until(lambda: all(hubspot.comments(thread) for thread in threads))
    await desk.quiet()
    for thread in threads:
        assert (len(hubspot.replies(thread)), len(hubspot.comments(thread))) == (1, 1)
        assert await desk.cases(thread) == [("access", "open")]
    assert {made.status for made in webhooks.made[before:]} == {200}
    # Eight messages, four bursts, and the echoes of eight posts.
    assert await desk.record.count("item") - items == 8 + 4 + 8


async def test_a_single_event_that_is_no_array_is_heard(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread(address="single@customer.example")
    await hubspot.visitor_says(thread, ACCESS, notify=False)
    body = json.dumps(hubspot.event_of(thread, hubspot.world.messages[thread][0])).encode()
    url = f"{desk.hook_url}/hubspot/webhook"
    headers = hubspot.webhooks.headers(body)
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 200
    await desk.posts(thread, replies=1, comments=1)


async def test_whoever_is_no_visitor_gets_no_reply_and_nothing_is_kept(desk: ChatDesk) -> None:
    hubspot = desk.hubspot
    threads = {}
    for actor, kind, direction, code in NO_VISITORS:
        thread = desk.thread(address="nobody@customer.example")
        hand = Hand(actor=actor, client="INTEGRATION" if actor == "I-7654321" else "SYSTEM", direction=direction)
        message = hubspot.world.add_message(thread, kind, hand, DELETION)
        await hubspot.webhooks.send([hubspot.event_of(thread, message)])
        threads[thread] = code
    await desk.quiet()
    assert {thread: await passed_codes(desk, thread) for thread in threads} == {
        thread: {code} for thread, code in threads.items()
    }
    for thread in threads:
        assert hubspot.posts(thread) == []
        assert await kept_texts(desk, thread) == set()
        assert await desk.enquiries(thread) == []


async def test_an_echo_of_each_post_of_ours_is_not_heard(desk: ChatDesk) -> None:
    thread = desk.thread(address="echo@customer.example")
    await desk.hubspot.visitor_says(thread, DELETION)
    await desk.posts(thread, replies=1, comments=1)
    lines = await desk.record.count(f"chat_line WHERE thread_id = '{thread}'")
    echoes = await desk.record.count(f"item WHERE key LIKE 'hubspot:%:{thread}:%'")
    assert (lines, echoes) == (1, 3)


async def test_a_visitor_the_crm_does_not_know_is_a_case_of_somebody_unidentified(desk: ChatDesk) -> None:
    thread = desk.hubspot.open_thread()
    await desk.hubspot.visitor_says(thread, ACCESS)
    await desk.posts(thread, replies=1, comments=1)
    ((_, reference, *_),) = await desk.enquiries(thread)
    async with desk.store() as store:
        shown = await store.show_case(f"{reference}/1")
    assert shown is not None
    rows = await desk.record.rows(
        f"SELECT sender_name, sender_address, way_to_answer FROM enquiry WHERE reference = '{reference}'"
    )
    assert [(name, address, bool(way)) for name, address, way in rows] == [("", "", False)]


async def test_a_conversation_deleted_for_good_is_forgotten_here_and_a_case_stays(desk: ChatDesk) -> None:
    hubspot = desk.hubspot
    small, asked = desk.thread(address="small@customer.example"), desk.thread(address="asked@customer.example")
    await hubspot.visitor_says(small, SMALL_TALK)
    await hubspot.visitor_says(asked, SMALL_TALK)
    await desk.quiet()
    await hubspot.visitor_says(asked, DELETION)
    await desk.posts(asked, replies=1, comments=1)
    assert await kept_texts(desk, small) == {SMALL_TALK}
    for thread in (small, asked):
        await hubspot.delete_thread_for_good(thread)
    await forgotten(desk, small, asked)


async def test_a_contact_deleted_for_good_is_forgotten_in_each_conversation_and_a_case_stays(desk: ChatDesk) -> None:
    hubspot = desk.hubspot
    contact = hubspot.add_contact("gone@customer.example", "Gone", "Forgood")
    small, asked = hubspot.open_thread(contact), hubspot.open_thread(contact)
    for thread in (small, asked):
        await hubspot.visitor_says(thread, SMALL_TALK)
    await desk.quiet()
    await hubspot.visitor_says(asked, DELETION)
    await desk.posts(asked, replies=1, comments=1)
    hubspot.webhooks.shuffle = True
    await hubspot.delete_contact_for_good(contact)
    hubspot.webhooks.shuffle = False
    await forgotten(desk, small, asked)


async def forgotten(desk: ChatDesk, small: str, asked: str) -> None:
    """Nothing typed is left of `small`; of `asked` what opened the case is, the rest not, and the DPO is told."""

    async def purged() -> bool:
        return await kept_texts(desk, small) == {None}

    await until(purged, limit_s=15)
    await desk.quiet()
    assert await kept_texts(desk, asked) == {None, DELETION}
    assert await desk.cases(asked) == [("deletion", "open")]
    ((_, reference, *_),) = await desk.enquiries(asked)
    raised = await desk.record.rows("SELECT reference FROM alarm WHERE code = 'privacy_deletion'")
    assert (reference,) in raised
    rows = await desk.record.rows(f"SELECT raw FROM item WHERE key LIKE 'burst:%:{small}:%' AND length(raw) > 2")
    assert [raw for (raw,) in rows if SMALL_TALK.encode() in bytes(raw)] == []
    asked_raw = await desk.record.rows(f"SELECT raw FROM item WHERE key LIKE 'burst:%:{asked}:%'")
    assert sum(SMALL_TALK.encode() in bytes(raw) for (raw,) in asked_raw) <= 1  # as context of the case's own burst


async def test_a_crash_between_200_and_the_work_loses_nothing(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread(address="crash@customer.example")
    await desk.worker.kill()
    await desk.let_claims_age()
    await hubspot.visitor_says(thread, DELETION)
    assert hubspot.webhooks.made[-1].status == 200
    assert hubspot.webhooks.made[-1].seconds < 1.0
    await desk.hook.kill()
    await desk.start()
    await desk.posts(thread, replies=1, comments=1)
    assert await desk.cases(thread) == [("deletion", "open")]


@pytest.mark.alone
async def test_a_hundred_events_with_the_api_down_are_answered_within_a_second_and_worked_on_later(
    desk: ChatDesk,
) -> None:
    hubspot, webhooks = desk.hubspot, desk.hubspot.webhooks
    threads = [desk.thread(address=f"hundred{number}@customer.example") for number in range(10)]
    await hubspot.down()
    webhooks.held = True
    for thread in threads:
        for line in [*(f"{SMALL_TALK} {number}" for number in range(9)), DELETION]:
            await hubspot.visitor_says(thread, line)
    assert len(webhooks.waiting) == 100
    await webhooks.release()
    (delivery,) = [made for made in webhooks.made if len(made.events) == 100]
    assert delivery.status == 200
    assert delivery.seconds < 1.0, delivery.seconds
    await until(lambda: "chat_unavailable" in desk.worker.logged())
    assert [reply for thread in threads for reply in hubspot.posts(thread)] == []
    await hubspot.up()
    # A new worker does not wait as long as one that has found HubSpot away five times in a row.
    await desk.worker.restart()
    await desk.retry_now()
    await until(lambda: all(hubspot.comments(thread) for thread in threads), limit_s=60)
    await desk.quiet()
    for thread in threads:
        assert len(hubspot.comments(thread)) == 1
        assert len(hubspot.replies(thread)) <= 1  # beside so much small talk the reader may not be sure
        assert await desk.cases(thread) == [("deletion", "open")]
