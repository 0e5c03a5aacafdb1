"""Only a visitor is heard: nothing of ours in any shape, no colleague, no robot, no note."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.chat import ChatMessage, ChatThread, OurHand
from triage.domain.chat_filter import agent_present, judge_message

HAND = OurHand(app_id="7654321", sender_actor="A-5150", portal_id="44556677")
AT = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
LINE = ChatMessage(
    id="5f0c1d2e3a4b4c5d8e9f001122334455",
    thread_id="8123456789",
    kind="MESSAGE",
    direction="INCOMING",
    sent_at=AT,
    text="Please delete everything you hold about me",
    sender_actor="V-70110",
    created_by="V-70110",
    client_type="SYSTEM",
    app_id="",
    channel_id="1000",
    channel_account_id="250001",
    delivery_type="CHANNEL_SPECIFIC_OPAQUE_ID",
    delivery_value="c0ffee00c0ffee00c0ffee00c0ffee00",
)
THREAD = ChatThread(
    id="8123456789",
    open=True,
    archived=False,
    spam=False,
    contact_id="70110",
    assigned_to="",
    channel_id="1000",
    channel_account_id="250001",
)
# The answer to our POST as it comes back.
ECHO = replace(
    LINE, id="echo", direction="OUTGOING", sender_actor="A-5150", created_by="I-7654321",
    client_type="INTEGRATION", app_id="7654321", text="Automatic reply",
)  # fmt: skip


def code_of(message: ChatMessage, own_posts: frozenset[str] = frozenset()) -> str:
    heard = judge_message(message, HAND, own_posts)
    assert heard.heard == (heard.code == "visitor")
    return heard.code


@pytest.mark.parametrize("client_type", ["SYSTEM", "HUBSPOT", "INTEGRATION", "UNKNOWN", ""])
def test_a_visitor_is_heard_whatever_the_client_type(client_type: str) -> None:
    assert code_of(replace(LINE, client_type=client_type)) == "visitor"


@pytest.mark.parametrize("author", ["", "V-70110", "I-999"])
def test_a_visitor_without_an_actor_is_heard_by_his_delivery_identifier(author: str) -> None:
    assert code_of(replace(LINE, sender_actor="", created_by=author)) == "visitor"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "COMMENT", "direction": ""}, "comment"),
        ({"kind": "WELCOME_MESSAGE", "direction": ""}, "welcome"),
        ({"kind": "ASSIGNMENT"}, "system"),
        ({"kind": "THREAD_STATUS_CHANGE"}, "system"),
        ({"kind": "SOMETHING_NEW"}, "system"),
        ({"direction": "OUTGOING"}, "outgoing"),
        ({"direction": ""}, "outgoing"),
        ({"channel_id": "1002"}, "other_channel"),
        ({"channel_id": ""}, "other_channel"),
        ({"sender_actor": "A-77"}, "agent"),
        ({"sender_actor": "B-1"}, "bot"),
        ({"sender_actor": "L-1"}, "bot"),
        ({"sender_actor": "S-hubspot"}, "system"),
        ({"sender_actor": "I-999"}, "app"),
        ({"sender_actor": "E-ana@customer.example"}, "no_visitor"),
        ({"sender_actor": "", "delivery_value": ""}, "no_visitor"),
        ({"sender_actor": "", "created_by": "A-77"}, "agent"),
        ({"sender_actor": "", "created_by": "S-hubspot"}, "system"),
        ({"sender_actor": "A-5150"}, "ours"),
        ({"created_by": "A-5150"}, "ours"),
        ({"created_by": "I-7654321"}, "ours"),
        ({"app_id": "7654321"}, "ours"),
        ({"sender_actor": "", "delivery_value": "A-5150"}, "ours"),
    ],
)
def test_everything_else_passes_by_with_a_code(changes: dict[str, str], code: str) -> None:
    assert code_of(replace(LINE, **changes)) == code  # type: ignore[arg-type]


def test_what_we_posted_is_ours_even_where_it_looks_like_a_visitors() -> None:
    assert code_of(LINE, frozenset({LINE.id})) == "ours"


def test_another_channel_is_heard_where_it_is_asked_for() -> None:
    assert judge_message(replace(LINE, channel_id="1007"), HAND, frozenset(), frozenset({"1000", "1007"})).heard


def test_a_hand_without_an_app_knows_its_posts_by_the_sender_and_no_visitor_is_taken_for_ours() -> None:
    bare = OurHand(app_id="", sender_actor="A-5150")
    assert judge_message(LINE, bare, frozenset()).heard
    assert not judge_message(ECHO, bare, frozenset()).heard
    assert judge_message(LINE, OurHand(app_id="", sender_actor=""), frozenset()).heard


@given(
    kind=st.sampled_from(["MESSAGE", "COMMENT", "WELCOME_MESSAGE", "ASSIGNMENT"]),
    direction=st.sampled_from(["INCOMING", "OUTGOING", ""]),
    client_type=st.sampled_from(["INTEGRATION", "HUBSPOT", "SYSTEM", "UNKNOWN"]),
    channel=st.sampled_from(["1000", "1002"]),
    sender=st.sampled_from(["A-5150", "I-7654321", "V-70110", ""]),
    author=st.sampled_from(["A-5150", "I-7654321", "V-70110", ""]),
    app=st.sampled_from(["7654321", ""]),
    remembered=st.booleans(),
)
def test_nothing_we_sent_is_ever_heard_in_whatever_shape_it_comes_back(
    kind: str, direction: str, client_type: str, channel: str, sender: str, author: str, app: str, remembered: bool
) -> None:
    echo = replace(
        ECHO,
        kind=kind,
        direction=direction,
        client_type=client_type,
        channel_id=channel,
        sender_actor=sender,
        created_by=author,
        app_id=app,
    )
    # It bears at least one of our marks, or we remember its id: that is all HubSpot can leave us.
    marked = bool({sender, author} & {"A-5150", "I-7654321"}) or app == "7654321"
    own_posts = frozenset({echo.id}) if remembered or not marked else frozenset()
    assert code_of(echo, own_posts) == "ours"


def test_a_thread_given_to_a_colleague_has_one_in_it() -> None:
    assert agent_present(replace(THREAD, assigned_to="A-77"), (), HAND)
    assert not agent_present(replace(THREAD, assigned_to="A-5150"), (), HAND)
    assert not agent_present(replace(THREAD, assigned_to="L-3"), (), HAND)
    assert not agent_present(THREAD, (LINE, ECHO), HAND)


@pytest.mark.parametrize(
    ("changes", "present"),
    [
        ({}, True),
        ({"sender_actor": "", "created_by": "A-77"}, True),
        ({"kind": "COMMENT", "direction": ""}, False),
        ({"kind": "WELCOME_MESSAGE"}, False),
        ({"sender_actor": "B-1"}, False),
        ({"app_id": "7654321"}, False),
    ],
)
def test_a_colleague_who_wrote_to_the_visitor_is_in_the_thread(changes: dict[str, str], present: bool) -> None:
    colleague = replace(LINE, direction="OUTGOING", sender_actor="A-77", created_by="A-77", delivery_value="")
    assert agent_present(THREAD, (LINE, replace(colleague, **changes)), HAND) is present  # type: ignore[arg-type]
