"""Chat letters over real HTTP: at most one copy of each in its thread, whatever becomes of line and process."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from tests.factories import NOW
from tests.servers.scripted_hubspot import (
    TOKEN,
    Reply,
    ScriptedHubSpot,
    drops,
    hangs,
    our_message,
    says,
    scripted_hubspot,
)
from triage.adapters.channel_sender import ChannelSender
from triage.adapters.chat_capture import CaptureChatSender
from triage.adapters.chat_sender import ChatSender
from triage.adapters.hubspot import HubSpot
from triage.adapters.hubspot_http import HubSpotSettings
from triage.demo.hubspot import HubSpotStandIn, answers, garbles, lands_then
from triage.demo.hubspot import drops as drops_all
from triage.domain.chat import ChatPlace, OurHand
from triage.domain.letter import LetterText
from triage.domain.records import Letter
from triage.domain.vocabulary import Channel
from triage.errors import DeliveryDeferred, DeliveryNotLetIn, DeliveryRefused, DeliveryUnclear, StoreUnavailable

BODY = "We have your message.\n\nYour reference is DP-2026-00042-K7."
PLACE = ChatPlace(
    portal_id="44556677",
    thread_id="8123456789",
    channel_id="1000",
    channel_account_id="250001",
    recipient_actor="V-70110",
    delivery_type="CHANNEL_SPECIFIC_OPAQUE_ID",
    delivery_value="c0ffee00",
)
SENT_AT = (NOW + timedelta(seconds=2)).isoformat()


def thread_is(**changes: object) -> Reply:
    """The conversation's state: open and nobody's, unless told otherwise."""
    return says(body={"id": PLACE.thread_id, "status": "OPEN", "archived": False, "spam": False, **changes})


def letter(**changes: object) -> Letter:
    values: dict[str, object] = {
        **{"id": 7, "reference": "DP-2026-00042-K7", "purpose": "acknowledgement", "recipient": ""},
        **{"message_id": "<dp-2026-00042-k7.acknowledgement.1.aa@larkfield.example>", "in_reply_to": None},
        **{"references": (), "text": LetterText(subject="", body=BODY), "attempts": 0},
        **{"channel": Channel.CHAT, "place": PLACE, "created_at": NOW},
    }
    return Letter(**(values | changes))  # type: ignore[arg-type]


@dataclass
class Post:
    """A sender, the HubSpot it writes to, and the thread there. `waited` and `noted` are what it was seen to do."""

    hubspot: ScriptedHubSpot
    sender: ChatSender
    messages: list[dict[str, object]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    noted: list[tuple[int, str]] = field(default_factory=list)
    now: datetime = NOW

    def lands(self, then: Reply | None = None, **changes: object) -> Reply:
        """The post arrives in the thread; answered with 201, or with `then`."""

        async def reply(request: web.Request) -> web.StreamResponse:
            body = self.hubspot.asked[-1].body
            ours = our_message(body["text"], type=body["type"], createdAt=SENT_AT, **changes)
            self.messages.insert(0, ours)
            return await (then or says(201, ours))(request)

        return reply

    def lists(self, *, nothing_yet: bool = False) -> Reply:
        """The thread as it is, or as it was before anything became visible."""

        async def reply(request: web.Request) -> web.StreamResponse:
            return await says(body={"results": [] if nothing_yet else self.messages})(request)

        return reply

    @property
    def posts(self) -> int:
        """How often something was posted."""
        return sum(asked.method == "POST" for asked in self.hubspot.asked)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with scripted_hubspot() as hubspot:
        client = HubSpot(
            HubSpotSettings(
                token=TOKEN, portal_id="44556677", sender_actor="A-5150", api_url=hubspot.url, timeout_s=0.3
            )
        )

        async def note(sent: Letter, message_id: str) -> None:
            made.noted.append((sent.id, message_id))

        async def wait(seconds: float) -> None:
            made.waited.append(seconds)

        hand = OurHand(app_id="7654321", sender_actor="A-5150", portal_id="44556677")
        looks_s = (0.0, 1.0, 3.0)
        sender = ChatSender(client, hand, note, looks_s=looks_s, sleep=wait, clock=lambda: made.now)
        made = Post(hubspot, sender)
        yield made
        await made.sender.close()


async def test_a_first_post_is_made_without_looking_and_its_id_is_kept(post: Post) -> None:
    post.hubspot.answers(post.lands(id="m1"))
    await post.sender.send(letter())
    assert (len(post.hubspot.asked), post.noted) == (1, [(7, "m1")])


async def test_a_team_note_is_a_comment(post: Post) -> None:
    post.hubspot.answers(post.lands(id="m1", direction=None))
    await post.sender.send(letter(internal=True))
    assert post.hubspot.asked[0].body["type"] == "COMMENT"


@pytest.mark.parametrize("loss", [drops, hangs, says(502), says(500), says(201)])
async def test_a_post_whose_answer_was_lost_but_which_landed_is_sent_and_not_posted_again(
    post: Post, loss: Reply
) -> None:
    post.hubspot.answers(post.lands(then=loss, id="m1"), post.lists())
    await post.sender.send(letter())
    assert (post.posts, post.noted) == (1, [(7, "m1")])


async def test_a_landed_post_that_shows_late_is_waited_for(post: Post) -> None:
    unseen = post.lists(nothing_yet=True)
    post.hubspot.answers(post.lands(then=drops, id="m1"), unseen, unseen, post.lists())
    await post.sender.send(letter())
    assert (post.posts, post.waited, post.noted) == (1, [1.0, 3.0], [(7, "m1")])


@pytest.mark.parametrize("loss", [drops, hangs, says(503)])
async def test_a_post_that_did_not_land_is_unclear_and_never_repeated_at_once(post: Post, loss: Reply) -> None:
    post.hubspot.answers(loss, *[post.lists()] * 3)
    with pytest.raises(DeliveryUnclear):
        await post.sender.send(letter())
    assert (post.posts, post.noted) == (1, [])


async def test_a_lost_post_is_unclear_where_the_thread_cannot_be_read_either(post: Post) -> None:
    post.hubspot.answers(post.lands(then=drops), says(503))
    with pytest.raises(DeliveryUnclear):
        await post.sender.send(letter())
    assert post.posts == 1


async def test_a_second_try_finds_what_the_first_left_there(post: Post) -> None:
    post.messages.append(our_message(BODY, id="m1", createdAt=SENT_AT))
    post.hubspot.answers(post.lists())
    await post.sender.send(letter(attempts=1))
    assert (post.posts, post.noted) == (0, [(7, "m1")])


async def test_a_second_try_posts_what_is_not_there(post: Post) -> None:
    post.hubspot.answers(*[post.lists()] * 3, thread_is(), post.lands(id="m2"))
    await post.sender.send(letter(attempts=1))
    assert (post.posts, post.noted) == (1, [(7, "m2")])


async def test_no_second_try_is_posted_while_the_thread_cannot_be_read(post: Post) -> None:
    post.hubspot.answers(says(503))
    with pytest.raises(DeliveryDeferred):
        await post.sender.send(letter(attempts=1))
    assert post.posts == 0


OTHERS = [
    our_message(BODY + " Or another.", createdAt=SENT_AT),
    our_message(BODY, createdAt=(NOW - timedelta(minutes=3)).isoformat()),
    our_message(BODY, createdAt=SENT_AT, type="COMMENT", direction=None),
    our_message(BODY, createdAt=SENT_AT, direction="INCOMING"),
    our_message(
        BODY, createdAt=SENT_AT, createdBy="A-77", client={"clientType": "HUBSPOT"}, senders=[{"actorId": "A-77"}]
    ),
]


@pytest.mark.parametrize("other", OTHERS)
async def test_another_message_is_not_taken_for_the_letter(post: Post, other: dict[str, object]) -> None:
    post.messages.append(other)
    post.hubspot.answers(*[post.lists()] * 3)
    assert await post.sender.has_arrived(letter()) is False
    assert post.noted == []


OURS = [
    our_message(BODY.replace("\n\n", " \n"), createdAt=SENT_AT),
    our_message(BODY, createdAt=SENT_AT, client=None, createdBy=None),
    our_message(BODY, createdAt=SENT_AT, client=None, senders=None),
    our_message(BODY, createdAt=SENT_AT, senders=None, createdBy=None),
    our_message(
        BODY,
        createdAt=SENT_AT,
        client=None,
        createdBy=None,
        senders=[{"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "A-5150"}}],
    ),
    our_message(BODY, createdAt=(NOW - timedelta(seconds=30)).isoformat()),
    our_message(BODY[:30], createdAt=SENT_AT, truncationStatus="TRUNCATED"),
]


@pytest.mark.parametrize("ours", OURS)
async def test_the_letter_is_known_by_any_sign_of_our_hand(post: Post, ours: dict[str, object]) -> None:
    post.messages.append({**ours, "id": "m1"})
    post.hubspot.answers(post.lists())
    assert await post.sender.has_arrived(letter()) is True
    assert post.noted == [(7, "m1")]


async def test_one_that_hubspot_could_not_deliver_is_refused_and_not_posted_again(post: Post) -> None:
    post.messages.append(our_message(BODY, createdAt=SENT_AT, status={"statusType": "FAILED"}))
    post.hubspot.answers(post.lists(), post.lists())
    assert await post.sender.has_arrived(letter()) is False
    with pytest.raises(DeliveryRefused):
        await post.sender.send(letter(attempts=1))
    assert (post.posts, post.noted) == (0, [])


async def test_a_delivered_copy_counts_beside_one_that_failed(post: Post) -> None:
    post.messages += [
        our_message(BODY, id="m2", createdAt=SENT_AT, status={"statusType": "FAILED"}),
        our_message(BODY, id="m1", createdAt=SENT_AT),
    ]
    post.hubspot.answers(post.lists())
    assert await post.sender.has_arrived(letter()) is True
    assert post.noted == [(7, "m1")]


async def test_asked_afterwards_it_says_so_where_nobody_can_look(post: Post) -> None:
    post.hubspot.answers(says(429), says(401))
    with pytest.raises(DeliveryDeferred):
        await post.sender.has_arrived(letter())
    assert await post.sender.has_arrived(letter(place=None, channel=Channel.EMAIL)) is None


async def test_where_a_message_cannot_be_read_nobody_says_that_the_letter_is_not_there(post: Post) -> None:
    post.messages.append(our_message(BODY, createdAt=None))
    post.hubspot.answers(*[post.lists()] * 6)
    assert await post.sender.has_arrived(letter()) is None
    with pytest.raises(DeliveryDeferred, match="cannot be read"):
        await post.sender.send(letter(attempts=1, internal=True))
    assert post.posts == 0


# A reply that comes late

MIRA: dict[str, object] = {
    **{"createdBy": "A-77", "client": {"clientType": "HUBSPOT"}, "senders": [{"actorId": "A-77"}]},
    **{"createdAt": SENT_AT, "direction": "OUTGOING"},
}


async def test_a_second_try_says_nothing_where_a_colleague_has_written_meanwhile(post: Post) -> None:
    post.messages.append(our_message("Hello, Mira here.", **MIRA))
    post.hubspot.answers(*[post.lists()] * 3)
    with pytest.raises(DeliveryRefused, match="a colleague has written in the chat since"):
        await post.sender.send(letter(attempts=1))
    assert post.posts == 0


async def test_a_late_first_try_looks_first_and_leaves_the_word_to_the_colleague(post: Post) -> None:
    post.now = NOW + timedelta(minutes=2, seconds=1)
    post.messages.append(our_message("Hello, Mira here.", **MIRA))
    post.hubspot.answers(post.lists())
    with pytest.raises(DeliveryRefused, match="a colleague"):
        await post.sender.send(letter())
    assert post.posts == 0


async def test_a_late_reply_where_nobody_else_wrote_is_posted(post: Post) -> None:
    post.now = NOW + timedelta(hours=3)
    before = {**MIRA, "createdAt": (NOW - timedelta(minutes=3)).isoformat()}
    post.messages.append(our_message("Hello, Mira here.", **before))
    post.hubspot.answers(post.lists(), thread_is(), post.lands(id="m1"))
    await post.sender.send(letter())
    assert (post.posts, post.noted, post.waited) == (1, [(7, "m1")], [])


async def test_what_had_landed_before_the_colleague_wrote_counts_as_sent(post: Post) -> None:
    post.messages += [our_message("Hello, Mira here.", **MIRA), our_message(BODY, id="m1", createdAt=SENT_AT)]
    post.hubspot.answers(post.lists())
    await post.sender.send(letter(attempts=1))
    assert (post.posts, post.noted) == (0, [(7, "m1")])


async def test_the_team_gets_its_note_beside_a_colleague(post: Post) -> None:
    post.messages.append(our_message("Hello, Mira here.", **MIRA))
    post.hubspot.answers(*[post.lists()] * 3, post.lands(id="m1"))
    await post.sender.send(letter(attempts=1, internal=True))
    assert post.posts == 1


async def test_a_policy_that_answers_beside_a_colleague_does_so_later_too(post: Post) -> None:
    post.sender._silent_with_agent = False
    post.now = NOW + timedelta(minutes=3)
    post.messages.append(our_message("Hello, Mira here.", **MIRA))
    with_mira = thread_is(assignedTo="A-77")
    post.hubspot.answers(with_mira, post.lands(id="m1"), *[post.lists()] * 3, with_mira, post.lands(id="m2"))
    await post.sender.send(letter())
    await post.sender.send(letter(attempts=1, text=LetterText(subject="", body="Other words.")))
    assert post.posts == 2


LEFT_TO_OTHERS = [
    ({"status": "CLOSED"}, "the conversation was closed"),
    ({"archived": True}, "the conversation was closed"),
    ({"spam": True}, "the conversation was closed"),
    ({"assignedTo": "A-77"}, "given to a colleague"),
]


@pytest.mark.parametrize("attempts", [0, 1])
@pytest.mark.parametrize(("state", "why"), LEFT_TO_OTHERS)
async def test_a_reply_that_comes_late_is_not_posted_where_the_conversation_is_others(
    post: Post, attempts: int, state: dict[str, object], why: str
) -> None:
    post.now = NOW + timedelta(minutes=3)
    looks = 3 if attempts else 1
    post.hubspot.answers(*[post.lists()] * looks, thread_is(**state), post.lands(id="m1"))
    with pytest.raises(DeliveryRefused, match=why):
        await post.sender.send(letter(attempts=attempts))
    assert post.posts == 0


@pytest.mark.parametrize("state", [{"status": "CLOSED", "spam": True}, {"assignedTo": "A-77"}])
async def test_the_team_gets_its_note_whatever_became_of_the_conversation(post: Post, state: dict[str, object]) -> None:
    post.now = NOW + timedelta(hours=3)
    post.hubspot.answers(*[post.lists()] * 3, post.lands(id="m1"), thread_is(**state))
    await post.sender.send(letter(attempts=1, internal=True))
    assert post.posts == 1


async def test_a_closed_conversation_is_left_alone_whatever_the_policy_says_of_colleagues(post: Post) -> None:
    post.sender._silent_with_agent = False
    post.now = NOW + timedelta(minutes=3)
    post.hubspot.answers(thread_is(status="CLOSED"))
    with pytest.raises(DeliveryRefused, match="closed"):
        await post.sender.send(letter())
    assert post.posts == 0


async def test_a_conversation_given_to_our_own_hand_is_answered_late(post: Post) -> None:
    post.now = NOW + timedelta(minutes=3)
    post.hubspot.answers(post.lists(), thread_is(assignedTo="A-5150"), post.lands(id="m1"))
    await post.sender.send(letter())
    assert post.posts == 1


async def test_a_late_reply_waits_while_nobody_can_say_how_the_conversation_stands(post: Post) -> None:
    post.now = NOW + timedelta(minutes=3)
    post.hubspot.answers(post.lists(), says(503))
    with pytest.raises(DeliveryDeferred):
        await post.sender.send(letter())
    assert post.posts == 0


async def test_a_conversation_that_is_gone_refuses_the_late_reply(post: Post) -> None:
    post.now = NOW + timedelta(minutes=3)
    post.hubspot.answers(post.lists(), says(404), says(404))
    with pytest.raises(DeliveryRefused):
        await post.sender.send(letter())


async def test_a_late_reply_waits_while_the_thread_cannot_be_read(post: Post) -> None:
    post.now = NOW + timedelta(minutes=3)
    post.hubspot.answers(says(503))
    with pytest.raises(DeliveryDeferred):
        await post.sender.send(letter())
    assert post.posts == 0


REFUSALS = [
    says(
        400,
        {"category": "VALIDATION_ERROR", "errors": [{"subCategory": "ConversationsApiError.UNSUPPORTED_ACTOR_TYPE"}]},
    ),
    says(404),
    says(201, our_message(BODY, status={"statusType": "FAILED"})),
]


@pytest.mark.parametrize("answer", REFUSALS)
async def test_a_clear_no_is_a_refusal(post: Post, answer: Reply) -> None:
    post.hubspot.answers(answer)
    with pytest.raises(DeliveryRefused):
        await post.sender.send(letter())
    assert post.noted == []


@pytest.mark.parametrize("answer", [says(429), says(423), says(401), says(403)])
async def test_what_may_be_mended_leaves_the_letter_waiting(post: Post, answer: Reply) -> None:
    post.hubspot.answers(answer)
    with pytest.raises(DeliveryDeferred):
        await post.sender.send(letter())


@pytest.mark.parametrize("answer", [says(401), says(403)])
async def test_that_hubspot_lets_us_post_nothing_is_told_apart_from_a_busy_one(post: Post, answer: Reply) -> None:
    post.hubspot.answers(answer, says(429))
    with pytest.raises(DeliveryNotLetIn):
        await post.sender.send(letter())
    with pytest.raises(DeliveryDeferred) as busy:
        await post.sender.send(letter())
    assert not isinstance(busy.value, DeliveryNotLetIn)


async def test_a_letter_without_a_place_is_refused_unposted(post: Post) -> None:
    with pytest.raises(DeliveryRefused):
        await post.sender.send(letter(place=None))
    assert post.hubspot.asked == []


async def test_a_store_that_cannot_take_the_id_makes_no_second_post(post: Post) -> None:
    async def cannot(sent: Letter, message_id: str) -> None:
        raise StoreUnavailable("locked")

    post.sender._record = cannot
    post.hubspot.answers(post.lands(id="m1"))
    await post.sender.send(letter())
    assert post.posts == 1


# Whatever goes wrong, in whatever order, against the strict stand-in.

POST_TROUBLES = [
    *(answers(503), answers(429, policy="SECONDLY"), answers(423), drops_all(), answers(401), garbles()),
    *(lands_then(answers(502)), lands_then(drops_all()), lands_then(answers(500)), lands_then(garbles())),
]
LIST_TROUBLES = [answers(500), answers(429, policy="SECONDLY"), drops_all(), garbles()]


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_goes_wrong_the_visitor_reads_the_letter_once(seed: int) -> None:
    chance = random.Random(seed)
    async with HubSpotStandIn(clock=lambda: NOW) as hub:
        thread = hub.open_thread(hub.add_contact("vera@visitor.example"))
        await hub.visitor_says(thread, "Please delete everything", notify=False)
        hub.trouble("post", *chance.sample(POST_TROUBLES, chance.randint(0, 5)))
        hub.trouble("messages", *chance.sample(LIST_TROUBLES, chance.randint(0, 4)))
        now_s = 0.0
        settings = HubSpotSettings(
            token=hub.token, portal_id=hub.portal_id, sender_actor=hub.sender_actor, api_url=hub.url, timeout_s=5.0
        )
        noted: list[str] = []

        async def note(sent: Letter, message_id: str) -> None:
            noted.append(message_id)

        hand = OurHand(app_id=hub.app_id, sender_actor=hub.sender_actor)
        sender = ChatSender(HubSpot(settings, lambda: now_s), hand, note, looks_s=(0.0,), clock=lambda: NOW)
        waiting = letter(place=replace(PLACE, thread_id=thread))
        for _ in range(40):
            now_s += 400.0  # past every wait
            if await sent_or_settled(sender, waiting):
                break
            waiting = replace(waiting, attempts=waiting.attempts + 1)
        await sender.close()
        assert hub.replies(thread) == [BODY]
        assert noted == [post["id"] for post in hub.posts(thread)]


async def sent_or_settled(sender: ChatSender, waiting: Letter) -> bool:
    """One try, and where it ended unclear a look afterwards, as the outbox makes them."""
    try:
        await sender.send(waiting)
    except DeliveryDeferred:
        return False
    except DeliveryUnclear:
        with suppress(DeliveryDeferred):
            return await sender.has_arrived(waiting) is True
        return False
    return True


# Captured


def captured_in(folder: Path) -> list[dict[str, object]]:
    return [json.loads(file.read_text()) for file in folder.iterdir()]


async def test_a_captured_post_is_written_once_however_often_it_is_sent(tmp_path: Path) -> None:
    capture = CaptureChatSender(tmp_path / "captured" / "chat")
    assert await capture.has_arrived(letter()) is False
    await capture.send(letter())
    (file,) = (tmp_path / "captured" / "chat").iterdir()
    written = file.read_text()
    await capture.send(letter(attempts=1, text=LetterText(subject="", body="other")))
    assert [file] == list((tmp_path / "captured" / "chat").iterdir())
    assert file.read_text() == written
    assert file.suffix == ".json"
    told = json.loads(written)
    assert (told["reference"], told["thread_id"], told["internal"], told["text"]) == (
        "DP-2026-00042-K7",
        "8123456789",
        False,
        BODY,
    )
    assert await capture.has_arrived(letter()) is True
    assert await capture.has_arrived(letter(place=None)) is None
    await capture.close()


async def test_letters_and_notes_of_one_reference_are_captured_each_in_a_file_of_its_own(tmp_path: Path) -> None:
    capture = CaptureChatSender(tmp_path)
    await capture.send(letter())
    await capture.send(letter(internal=True, message_id="<dp-2026-00042-k7.note.1.aa@larkfield.example>"))
    assert sorted(told["internal"] for told in captured_in(tmp_path)) == [False, True]


async def test_a_capture_folder_that_cannot_be_written_leaves_the_post_waiting(tmp_path: Path) -> None:
    (tmp_path / "chat").write_text("a file where a folder should be")
    with pytest.raises(DeliveryDeferred):
        await CaptureChatSender(tmp_path / "chat").send(letter())
    with pytest.raises(DeliveryRefused):
        await CaptureChatSender(tmp_path / "other").send(letter(place=None))


# By channel


@dataclass
class Noting:
    """A sender that only remembers."""

    sent: list[int] = field(default_factory=list)
    closed: int = 0
    fails_closing: bool = False

    async def send(self, letter: Letter) -> None:
        self.sent.append(letter.id)

    async def close(self) -> None:
        self.closed += 1
        if self.fails_closing:
            raise OSError("line")


async def test_each_letter_goes_to_the_sender_of_its_channel(tmp_path: Path) -> None:
    mail, chat = Noting(), Noting()
    sender = ChannelSender(mail, chat)
    mailed = replace(letter(), id=8, channel=Channel.EMAIL, place=None)
    await sender.send(letter())
    await sender.send(mailed)
    assert (chat.sent, mail.sent) == ([7], [8])
    assert await sender.has_arrived(mailed) is None
    assert await ChannelSender(mail, CaptureChatSender(tmp_path)).has_arrived(letter()) is False


async def test_without_a_chat_set_up_what_is_for_it_waits() -> None:
    sender = ChannelSender(Noting())
    with pytest.raises(DeliveryDeferred, match="TRIAGE_HUBSPOT"):
        await sender.send(letter())
    assert await sender.has_arrived(letter()) is None
    await sender.close()


async def test_both_senders_are_closed_even_where_one_fails_at_it() -> None:
    mail, chat = Noting(fails_closing=True), Noting()
    with pytest.raises(OSError, match="line"):
        await ChannelSender(mail, chat).close()
    assert (mail.closed, chat.closed) == (1, 1)
