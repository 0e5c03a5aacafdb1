"""A conversation from the visitor's first line to the reply in it, through what may go wrong on the way."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.service.conftest import Clock, WiredDesk, wired
from tests.service.fake_chat import HAND, THREAD, deliver, events, forgotten, make_thread
from triage.domain.chat import ChatContact, ChatMessage
from triage.domain.records import ChatRoom
from triage.errors import ChatNotLetIn, ChatRefused, ChatUnavailable, TriageError
from triage.ports import NewItem
from triage.service.analysis import Analyst

ASKS = "Please delete all the personal data you hold about me. My email is ana@customer.example"
DEBOUNCE = timedelta(seconds=20)


async def alarms_of(desk: WiredDesk) -> list[str]:
    return [alarm.code for alarm in await desk.store.alarms()]


async def says(desk: WiredDesk, text: str, **changes: object) -> ChatMessage:
    """A line is said and its event comes in."""
    message = desk.conversations.say(text, **changes)  # type: ignore[arg-type]
    await deliver(desk.store, *events(message, at=desk.clock()))
    return message


async def kinds_of(desk: WiredDesk) -> list[tuple[str, ...]]:
    return [row.kinds for row in await desk.store.list_enquiries()]


async def test_a_sure_request_is_acknowledged_in_its_thread_and_the_team_is_told(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    await desk.answer()
    (case,) = await desk.store.list_cases()
    reference = case.reference.partition("/")[0]
    assert case.kind == "deletion"
    assert [reference in reply for reply in desk.conversations.replies] == [True]
    assert [reference in note for note in desk.conversations.notes] == [True]
    assert desk.relay.sent == []
    assert await desk.store.unacknowledged() == ()


async def test_a_request_typed_over_three_lines_is_one_enquiry(desk: WiredDesk) -> None:
    for line in ("hi there", "please delete all the personal data", "you hold about me"):
        await says(desk, line)
        await desk.hear()
        desk.clock.advance(DEBOUNCE / 2)
    await desk.answer()
    assert await kinds_of(desk) == [("deletion",)]
    assert len(desk.conversations.replies) == 1


async def test_who_types_without_a_pause_is_heard_when_the_longest_burst_is_over(desk: WiredDesk) -> None:
    started_at = desk.clock()
    while desk.clock() - started_at < timedelta(seconds=desk.chat.bursts.policy.longest_burst_s):
        assert await desk.chat.bursts.work_once() == 0
        await says(desk, ASKS)
        await desk.hear()
        desk.clock.advance(DEBOUNCE / 2)
    assert await desk.chat.bursts.work_once() == 1


async def test_a_line_that_comes_while_its_burst_is_handed_in_waits_for_the_next(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await says(desk, ASKS)
    await desk.hear()
    thread = type(desk.conversations).thread

    async def meanwhile(self: object, thread_id: str) -> object:
        monkeypatch.undo()
        await says(desk, "and send me a copy of all the data you hold about me")
        await desk.hear()
        return await thread(self, thread_id)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.conversations), "thread", meanwhile)
    await desk.answer()
    assert await kinds_of(desk) == [("deletion",)]
    await desk.answer()
    assert sorted(case.kind for case in await desk.store.list_cases()) == ["access", "deletion"]
    assert len({case.reference.partition("/")[0] for case in await desk.store.list_cases()}) == 1


async def test_our_own_posts_come_back_and_are_never_heard(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    await desk.answer()
    calls = len(desk.conversations.calls)
    posts = tuple(desk.conversations.posts)
    assert len(posts) == 2
    await deliver(desk.store, *events(*posts, at=desk.clock()))
    await desk.hear()
    await desk.answer()
    assert len(await desk.store.list_enquiries()) == 1
    assert len(desk.conversations.posts) == 2
    assert len(desk.conversations.calls) == calls, "known posts need no call"


async def test_an_echo_that_comes_before_its_post_is_recorded_is_known_by_its_hand(desk: WiredDesk) -> None:
    await says(desk, "hello", sender_actor=HAND.sender_actor, created_by=HAND.sender_actor, app_id=HAND.app_id)
    await desk.hear()
    await desk.answer()
    assert await desk.store.list_enquiries() == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "COMMENT", "direction": ""},
        {"kind": "WELCOME_MESSAGE", "direction": ""},
    ],
)
async def test_a_comment_or_welcome_is_passed_without_a_call(desk: WiredDesk, changes: dict[str, object]) -> None:
    await says(desk, ASKS, **changes)
    await desk.hear()
    assert desk.conversations.calls == []
    assert (await desk.store.health(desk.clock())).items_waiting == 0


async def test_an_event_of_another_portal_is_passed_without_a_call(desk: WiredDesk) -> None:
    message = desk.conversations.say(ASKS)
    await deliver(desk.store, *events(message, at=desk.clock(), portalId=99))
    await desk.hear()
    await desk.answer()
    assert desk.conversations.calls == []
    assert await desk.store.list_enquiries() == ()
    assert (await desk.store.health(desk.clock())).items_waiting == 0


async def test_the_same_event_three_times_is_one_line_and_one_reply(desk: WiredDesk) -> None:
    message = desk.conversations.say(ASKS)
    for attempt in range(3):
        new = await deliver(desk.store, *events(message, at=desk.clock(), attemptNumber=attempt))
        assert new == (1 if attempt == 0 else 0)
    await desk.hear()
    await desk.answer()
    assert len(desk.conversations.replies) == 1


async def test_small_talk_opens_nothing_and_its_text_is_dropped(desk: WiredDesk) -> None:
    await says(desk, "Hello, what does the basic plan cost per month?")
    await desk.hear()
    await desk.answer()
    assert await desk.store.list_cases() == ()
    assert desk.conversations.posts == []
    desk.clock.advance(timedelta(hours=desk.chat.bursts.policy.keep_text_hours, minutes=5))
    await desk.watch.look()
    assert await desk.store.drop_text(desk.clock()) == 0, "the watch has dropped it"


async def test_an_api_that_is_down_loses_nothing_and_counts_nothing(desk: WiredDesk) -> None:
    desk.conversations.away = ChatUnavailable("down", retry_after_s=10)
    await says(desk, ASKS)
    for _ in range(30):
        await desk.hear()
        desk.clock.advance(timedelta(seconds=11))
    desk.conversations.away = None
    await desk.hear()
    await desk.answer()
    assert len(desk.conversations.replies) == 1
    assert await desk.store.list_quarantine() == ()


async def test_an_api_that_goes_down_before_the_burst_is_handed_in_delays_it(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.conversations.away = ChatUnavailable("down", retry_after_s=10)
    await desk.answer()
    assert desk.conversations.posts == []
    desk.conversations.away = None
    await desk.answer()
    assert len(desk.conversations.replies) == 1


async def test_an_api_away_for_a_quarter_of_an_hour_is_an_alarm_until_it_answers(desk: WiredDesk) -> None:
    desk.conversations.away = ChatUnavailable("down", retry_after_s=10)
    await says(desk, ASKS)
    await desk.hear()
    await desk.watch.look()
    assert await alarms_of(desk) == []
    desk.clock.advance(timedelta(minutes=16))
    await desk.watch.look()
    assert await alarms_of(desk) == ["hubspot_unreachable"]
    desk.conversations.away = None
    await desk.hear()
    await desk.watch.look()
    assert await alarms_of(desk) == []


async def test_an_open_breaker_is_an_alarm_at_once(desk: WiredDesk) -> None:
    desk.conversations.breaker_open = True
    await desk.watch.look()
    assert await alarms_of(desk) == ["hubspot_unreachable"]


async def test_a_revoked_token_raises_the_alarm_and_loses_nothing(desk: WiredDesk) -> None:
    desk.conversations.away = ChatNotLetIn("token revoked")
    await says(desk, ASKS)
    for _ in range(10):
        await desk.hear()
        desk.clock.advance(timedelta(minutes=5))
    assert await alarms_of(desk) == ["hubspot_refused"]
    assert len(desk.conversations.calls) == 10, "asked every five minutes"
    desk.conversations.away = None
    await desk.hear()
    assert await alarms_of(desk) == []
    await desk.answer()
    assert len(desk.conversations.replies) == 1


async def test_posting_that_is_refused_while_reading_works_is_an_alarm_of_its_own_until_a_post_is_taken(
    desk: WiredDesk,
) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.clock.advance(timedelta(seconds=21))
    await desk.chat.bursts.work_once()
    await desk.intake.work_once()
    desk.conversations.away = ChatNotLetIn("HubSpot answered 403: the token lacks a scope")
    while await desk.outbox.send_next():
        pass
    desk.conversations.away = None
    await desk.hear()
    await desk.watch.look()
    assert await alarms_of(desk) == ["hubspot_post_refused"]
    assert desk.conversations.replies == []
    desk.clock.advance(timedelta(seconds=31))
    while await desk.outbox.send_next():
        pass
    assert len(desk.conversations.replies) == 1
    assert await alarms_of(desk) == []


async def test_a_post_hubspot_is_too_busy_for_is_no_refusal(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.clock.advance(timedelta(seconds=21))
    await desk.chat.bursts.work_once()
    await desk.intake.work_once()
    desk.conversations.away = ChatUnavailable("HubSpot answered 429", 10.0)
    while await desk.outbox.send_next():
        pass
    assert await alarms_of(desk) == []


async def test_a_message_that_is_refused_alone_lies_in_quarantine_and_holds_nobody_up(desk: WiredDesk) -> None:
    refused = await says(desk, ASKS)
    for _ in range(3):
        desk.conversations.trouble = [ChatRefused("bad request")]
        await desk.hear()
        desk.clock.advance(timedelta(minutes=5))
    await says(desk, ASKS, thread_id="222")
    await desk.hear()
    await desk.answer()
    assert [row.code for row in await desk.store.list_quarantine()] == ["chat_refused"]
    assert refused.id in (await desk.store.list_quarantine())[0].key
    assert len(desk.conversations.replies) == 1


class _Poisoned:
    """HubSpot is in trouble over one thread, for ever, and well otherwise."""

    def __init__(self, desk: WiredDesk, monkeypatch: pytest.MonkeyPatch, call: str, trouble: TriageError) -> None:
        self._desk = desk
        real = getattr(type(desk.conversations), call)

        async def sick(conversations: object, thread_id: str, *rest: object) -> object:
            if thread_id == THREAD:
                raise trouble
            return await real(conversations, thread_id, *rest)

        monkeypatch.setattr(type(desk.conversations), call, sick)

    async def pass_time(self, minutes: int) -> None:
        """Somebody else says something every five minutes."""
        for _ in range(minutes // 5):
            self._desk.clock.advance(timedelta(minutes=5))
            await says(self._desk, "how much is it?", thread_id="222")
            await self._desk.hear()
            await self._desk.chat.bursts.work_once()


TROUBLES = [ChatUnavailable("502", retry_after_s=10), ChatNotLetIn("403 on this thread alone")]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_message_in_trouble_for_an_hour_while_others_come_through_ends_where_a_person_sees_it(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch, trouble: TriageError
) -> None:
    await says(desk, ASKS)
    poisoned = _Poisoned(desk, monkeypatch, "message", trouble)
    await poisoned.pass_time(60)
    assert await desk.store.list_quarantine() == ()
    await poisoned.pass_time(60)
    assert [(row.code, row.attempts) for row in await desk.store.list_quarantine()] == [("chat_unavailable", 3)]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_burst_in_trouble_for_an_hour_while_others_come_through_is_an_alarm_and_stays(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch, trouble: TriageError
) -> None:
    await says(desk, ASKS)
    poisoned = _Poisoned(desk, monkeypatch, "thread", trouble)
    await poisoned.pass_time(60)
    assert "chat_stuck" not in await alarms_of(desk)
    await poisoned.pass_time(60)
    assert "chat_stuck" in await alarms_of(desk)
    monkeypatch.undo()
    desk.clock.advance(timedelta(minutes=15))
    await desk.answer()
    assert len(desk.conversations.replies) == 1
    assert "chat_stuck" not in await alarms_of(desk)


@pytest.mark.parametrize("silent_with_agent", [True, False])
@pytest.mark.parametrize("call", ["recent", "contact"])
async def test_a_burst_whose_thread_or_contact_cannot_be_read_three_times_is_handed_in_and_says_nothing(
    tmp_path: Path, analyst: Analyst, monkeypatch: pytest.MonkeyPatch, call: str, silent_with_agent: bool
) -> None:
    async def refused(*_: object) -> object:
        raise ChatRefused("HubSpot's message has no createdAt that can be read")

    rules = replace(analyst.policy.chat, silent_with_agent=silent_with_agent)
    async with wired(tmp_path, analyst, Clock(), rules) as desk:
        monkeypatch.setattr(type(desk.conversations), call, refused)
        await says(desk, ASKS)
        await desk.hear()
        for _ in range(3):
            assert await desk.store.list_cases() == ()
            desk.clock.advance(timedelta(minutes=15))
            await desk.answer()
        assert await alarms_of(desk) == ["chat_stuck"]
        desk.clock.advance(timedelta(minutes=15))
        await desk.answer()
        assert [case.kind for case in await desk.store.list_cases()] == ["deletion"]
        assert desk.conversations.replies == []
        assert "chat_stuck" not in await alarms_of(desk)


async def test_hours_of_everybodys_trouble_are_held_against_no_message(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await says(desk, "how much is it?", thread_id="222")
    await desk.hear()
    desk.conversations.away = ChatUnavailable("down", retry_after_s=600)
    await says(desk, ASKS)
    for _ in range(18):
        await desk.hear()
        desk.clock.advance(timedelta(minutes=10))
    desk.conversations.away = None
    poisoned = _Poisoned(desk, monkeypatch, "message", ChatUnavailable("not yet", retry_after_s=10))
    await poisoned.pass_time(50)
    monkeypatch.undo()
    assert await desk.store.list_quarantine() == ()
    desk.clock.advance(timedelta(minutes=1))
    await desk.hear()
    await desk.answer()
    assert len(desk.conversations.replies) == 1


async def test_a_fault_of_ours_on_one_event_holds_nobody_up_and_ends_in_quarantine(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = await says(desk, "boo")
    message = type(desk.conversations).message

    async def breaks(self: object, thread_id: str, message_id: str) -> object:
        if message_id == bad.id:
            raise KeyError("a bug")
        return await message(self, thread_id, message_id)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.conversations), "message", breaks)
    await says(desk, ASKS, thread_id="222")
    await desk.hear()
    await desk.answer()
    assert len(desk.conversations.replies) == 1
    for _ in range(3):
        desk.clock.advance(timedelta(minutes=2))
        await desk.hear()
    assert [(row.code, row.attempts) for row in await desk.store.list_quarantine()] == [("event_broke", 3)]


async def test_a_message_that_is_not_there_yet_is_asked_for_again(desk: WiredDesk) -> None:
    message = await says(desk, ASKS)
    desk.conversations.hidden = {message.id}
    await desk.hear()
    desk.clock.advance(timedelta(seconds=3))
    await desk.hear()
    desk.conversations.hidden = set()
    desk.clock.advance(timedelta(seconds=6))
    await desk.hear()
    await desk.answer()
    assert len(desk.conversations.replies) == 1


async def wait_out_the_missing(desk: WiredDesk) -> None:
    for seconds in (0, 2, 5, 15, 60, 300):
        desk.clock.advance(timedelta(seconds=seconds))
        await desk.hear()


async def test_a_message_gone_with_its_thread_is_passed(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    desk.conversations.delete_thread()
    await wait_out_the_missing(desk)
    assert desk.conversations.calls == ["message"] * 6 + ["thread"]
    assert (await desk.store.health(desk.clock())).items_waiting == 0
    assert await desk.store.list_quarantine() == ()


async def test_a_message_missing_from_a_thread_that_stands_is_for_a_person(desk: WiredDesk) -> None:
    message = await says(desk, ASKS)
    desk.conversations.hidden = {message.id}
    await wait_out_the_missing(desk)
    (lying,) = await desk.store.list_quarantine()
    assert lying.code == "message_not_there"
    desk.conversations.hidden = set()
    assert await desk.store.retry_quarantined(lying.id, desk.clock())
    await desk.hear()
    await desk.answer()
    assert len(desk.conversations.replies) == 1


async def test_an_event_that_cannot_be_read_lies_in_quarantine(desk: WiredDesk) -> None:
    (item,) = events(desk.conversations.say(ASKS), at=desk.clock())
    await deliver(desk.store, replace(item, raw=b"not json"))
    await desk.hear()
    assert [row.code for row in await desk.store.list_quarantine()] == ["event_unreadable"]


async def test_a_request_whose_thread_is_deleted_before_its_burst_is_looked_for_twice_and_is_a_silent_case(
    desk: WiredDesk,
) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.conversations.delete_thread()
    await desk.answer()
    assert await desk.store.list_cases() == (), "it may be missing for a moment only"
    await desk.answer()
    desk.clock.advance(timedelta(hours=1))
    await desk.answer()
    assert desk.conversations.calls.count("thread") == 2
    (case,) = await desk.store.list_cases()
    assert (case.kind, case.not_acknowledged, case.sender) == ("deletion", True, "ana@customer.example")
    assert desk.conversations.replies == []
    assert await desk.store.list_quarantine() == ()


async def test_small_talk_whose_thread_is_deleted_is_passed_over_like_any(desk: WiredDesk) -> None:
    await says(desk, "Hello, what does the basic plan cost per month?")
    await desk.hear()
    desk.conversations.delete_thread()
    await desk.answer()
    await desk.answer()
    assert await desk.store.count_passed_over() == 1
    assert await desk.store.list_enquiries() == ()


async def test_who_writes_again_before_his_known_thread_is_deleted_is_still_known_to_the_crm(desk: WiredDesk) -> None:
    desk.conversations.contacts["70110"] = ChatContact(id="70110", name="Bo", address="bo@customer.example")
    await says(desk, "Hello, what does the basic plan cost per month?")
    await desk.hear()
    await desk.answer()
    await says(desk, "Please delete all the personal data you hold about me.")
    await desk.hear()
    desk.conversations.delete_thread()
    await desk.answer()
    await desk.answer()
    assert [case.sender for case in await desk.store.list_cases()] == ["bo@customer.example"]


async def test_a_thread_that_is_missing_for_a_moment_is_answered_all_the_same(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    threads, desk.conversations.threads = desk.conversations.threads, {}
    await desk.answer()
    desk.conversations.threads = threads
    await desk.answer()
    assert len(desk.conversations.replies) == 1


@pytest.mark.parametrize(
    ("kind", "object_id"), [("conversation.privacyDeletion", THREAD), ("contact.privacyDeletion", "70110")]
)
async def test_a_thread_forgotten_before_its_burst_leaves_nothing(desk: WiredDesk, kind: str, object_id: str) -> None:
    await says(desk, "what does it cost?")
    await desk.hear()
    await desk.answer()
    await says(desk, ASKS)
    await desk.hear()
    await deliver(desk.store, *forgotten(kind, object_id, desk.clock()))
    await desk.hear()
    desk.conversations.delete_thread()
    await desk.answer()
    desk.clock.advance(timedelta(hours=1))
    await desk.answer()
    assert await desk.store.list_cases() == ()
    assert desk.conversations.posts == []


async def test_a_privacy_event_that_overtakes_the_message_leaves_nothing(desk: WiredDesk) -> None:
    message = desk.conversations.say(ASKS)
    desk.clock.advance(timedelta(seconds=1))
    await deliver(desk.store, *forgotten("conversation.privacyDeletion", THREAD, desk.clock()))
    await deliver(desk.store, *events(message, at=desk.clock()))
    await desk.hear()
    desk.conversations.delete_thread()
    await wait_out_the_missing(desk)
    await desk.answer()
    assert await desk.store.list_cases() == ()
    assert (await desk.store.health(desk.clock())).items_waiting == 0


async def test_a_complaint_cannot_be_wiped_from_the_crm(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    await desk.answer()
    await deliver(desk.store, *forgotten("conversation.privacyDeletion", THREAD, desk.clock()))
    await desk.hear()
    assert len(await desk.store.list_cases()) == 1
    assert await desk.store.verify_journal() == ()


async def test_a_colleague_who_joins_between_line_and_burst_means_silence(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.conversations.say("Hi, I am Sam", direction="OUTGOING", sender_actor="A-77", created_by="A-77")
    await desk.answer()
    assert desk.conversations.replies == []
    assert len(desk.conversations.notes) == 1
    assert len(await desk.store.list_cases()) == 1


async def test_who_asks_for_a_person_gets_no_automatic_reply_any_more(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    await desk.answer()
    before = len(desk.conversations.replies)
    await says(desk, "can I talk to a real person please")
    await desk.hear()
    await desk.answer()
    handed_over = len(desk.conversations.replies)
    assert handed_over - before == 1, "one line says that a person has been asked"
    await says(desk, "and send me a copy of all the data you hold about me")
    await desk.hear()
    await desk.answer()
    assert len(desk.conversations.replies) == handed_over


async def test_a_contact_the_crm_does_not_know_is_no_fault_and_one_it_knows_is_named(desk: WiredDesk) -> None:
    await says(desk, "Please delete all the personal data you hold about me.")
    await desk.hear()
    await desk.answer()
    desk.conversations.threads["222"] = make_thread("222", contact_id="70111")
    desk.conversations.contacts["70111"] = ChatContact(id="70111", name="Bo", address="bo@customer.example")
    await says(desk, "Please delete all the personal data you hold about me.", thread_id="222")
    await desk.hear()
    await desk.answer()
    senders = [row.sender for row in await desk.store.list_enquiries()]
    assert ["bo@customer.example" in sender for sender in senders] == [False, True]


async def test_the_crm_is_asked_once_a_round_for_each_contact(desk: WiredDesk) -> None:
    for thread_id in ("1", "2", "3"):
        await says(desk, ASKS, thread_id=thread_id)
    await desk.hear()
    desk.clock.advance(DEBOUNCE * 2)
    assert await desk.chat.bursts.work_once() == 3
    assert desk.conversations.calls.count("contact") == 1


async def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.conversations.lost = True
    desk.conversations.hidden = {f"m{THREAD}x{number}" for number in (1, 2)}
    await desk.answer()
    desk.conversations.lost = False
    assert len(desk.conversations.posts) == 2
    desk.conversations.hidden = set()
    assert await desk.chat.settle.work_once() == 2
    while await desk.outbox.send_next():
        pass
    assert len(desk.conversations.posts) == 2
    assert await alarms_of(desk) == []
    assert await desk.store.unacknowledged() == ()


async def test_a_post_that_never_arrived_is_posted_again_once_two_looks_have_missed_it(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.clock.advance(DEBOUNCE * 2)
    await desk.chat.bursts.work_once()
    await desk.intake.work_once()
    assert await desk.store.claim_letter("test", desk.clock()) is not None
    await desk.store.release_claims("test", desk.clock())  # the worker died before it posted, and began anew
    waits: list[float] = []

    async def wait(seconds: float) -> bool:
        waits.append(seconds)
        return True

    assert await desk.chat.settle.work_once(wait) == 1
    assert len(waits) == 1
    while await desk.outbox.send_next():
        pass
    assert len(desk.conversations.replies) == 1
    assert len(desk.conversations.notes) == 1
    assert await alarms_of(desk) == []


async def test_a_stop_between_the_two_looks_sends_nothing_again(desk: WiredDesk) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.clock.advance(DEBOUNCE * 2)
    await desk.chat.bursts.work_once()
    await desk.intake.work_once()
    assert await desk.store.claim_letter("test", desk.clock()) is not None
    await desk.store.release_claims("test", desk.clock())

    async def stopped(_seconds: float) -> bool:
        return False

    assert await desk.chat.settle.work_once(stopped) == 0
    while await desk.outbox.send_next():
        pass
    assert len(desk.conversations.posts) == 1, "only the letter that was never claimed"


async def test_a_burst_that_cannot_be_put_together_is_kept_and_a_person_is_told(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await says(desk, ASKS)
    await desk.hear()
    hand_in = type(desk.store).hand_in

    async def breaks(_self: object, *_args: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(type(desk.store), "hand_in", breaks)
    for _ in range(3):
        await desk.answer()
        desk.clock.advance(timedelta(minutes=5))
    assert await alarms_of(desk) == ["chat_stuck"]
    monkeypatch.setattr(type(desk.store), "hand_in", hand_in)
    desk.clock.advance(timedelta(minutes=15))
    await desk.answer()
    assert len(desk.conversations.replies) == 1
    assert await alarms_of(desk) == []


async def test_the_clock_counts_from_the_first_line_and_never_from_the_future(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[NewItem] = []

    async def note(_self: object, _room: ChatRoom, item: NewItem, *_rest: object) -> None:
        handed.append(item)

    monkeypatch.setattr(type(desk.store), "hand_in", note)
    sent_at = desk.clock() - timedelta(hours=3)
    await says(desk, ASKS, sent_at=sent_at)
    await says(desk, ASKS, thread_id="222", sent_at=desk.clock() + timedelta(hours=5))
    await desk.hear()
    desk.clock.advance(DEBOUNCE * 2)
    await desk.chat.bursts.work_once()
    assert sorted(item.received_at for item in handed) == [sent_at, desk.clock()]


async def test_a_broken_note_is_left_out_and_the_letter_goes(desk: WiredDesk) -> None:
    intake = replace(desk.intake, chat_book=type(desk.intake.chat_book)({"team_note.txt": "{{ nonsense }}"}))
    await says(desk, ASKS)
    await desk.hear()
    desk.clock.advance(DEBOUNCE * 2)
    await desk.chat.bursts.work_once()
    await intake.work_once()
    while await desk.outbox.send_next():
        pass
    assert (len(desk.conversations.replies), desk.conversations.notes) == (1, [])


async def test_a_broken_chat_letter_leaves_it_to_a_person_and_the_team_is_not_told_otherwise(desk: WiredDesk) -> None:
    intake = replace(desk.intake, book=type(desk.intake.book)({"subject.txt": "x"}))
    await says(desk, ASKS)
    await desk.hear()
    desk.clock.advance(DEBOUNCE * 2)
    await desk.chat.bursts.work_once()
    await intake.work_once()
    while await desk.outbox.send_next():
        pass
    assert desk.conversations.replies == []
    (case,) = await desk.store.list_cases()
    assert case.not_acknowledged


async def test_who_left_no_way_to_answer_cannot_be_reached_after_ten_working_days_and_is_back_with_a_word(
    desk: WiredDesk,
) -> None:
    words = "Please delete all the personal data you hold about me."
    await says(desk, words)
    await desk.hear()
    desk.conversations.say("Hi, I am Sam", direction="OUTGOING", sender_actor="A-77", created_by="A-77")
    await desk.answer()
    (before,) = await desk.store.list_cases()
    assert (before.state, before.not_acknowledged) == ("open", True)
    for days, state in ((14, "open"), (1, "cannot_reach")):
        desk.clock.advance(timedelta(days=days))
        await desk.watch.look()
        assert [case.state for case in await desk.store.list_cases()] == [state]
    assert "not_acknowledged" not in [alarm.code for alarm in await desk.store.alarms()]
    await says(desk, "I am back, you can reach me at ana@customer.example")
    await desk.hear()
    await desk.answer()
    assert [case.state for case in await desk.store.list_cases()] == ["open"]


async def test_a_reply_that_could_not_be_posted_for_a_day_is_left_to_a_person_and_the_note_still_goes(
    desk: WiredDesk,
) -> None:
    await says(desk, ASKS)
    await desk.hear()
    desk.clock.advance(DEBOUNCE * 2)
    await desk.chat.bursts.work_once()
    await desk.intake.work_once()
    desk.conversations.away = ChatUnavailable("down", retry_after_s=10)
    for _ in range(26):
        while await desk.outbox.send_next():
            pass
        desk.clock.advance(timedelta(hours=1, minutes=1))
    desk.conversations.away = None
    while await desk.outbox.send_next():
        pass
    assert (desk.conversations.replies, len(desk.conversations.notes)) == ([], 1)
    assert await alarms_of(desk) == ["letter_refused"]
    assert [reference for reference, _ in await desk.store.unacknowledged()] != []
