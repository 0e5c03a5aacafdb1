"""HubSpot's JSON read: everything optional may be missing, what nothing can be done without is named."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.scripted_hubspot import chat_message
from triage.domain.chat import ChatContact, ChatMessage, ChatThread, OurHand
from triage.domain.chat_filter import colleague_wrote
from triage.parsing import hubspot_objects as objects
from triage.parsing.hubspot_objects import ObjectUnreadable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "createdAt", "text", "richText", "senders", "client", "results", "paging", "next"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


def test_a_visitors_message_is_read_whole() -> None:
    assert objects.read_message(chat_message()) == ChatMessage(
        id="5f0c1d2e3a4b4c5d8e9f001122334455",
        thread_id="8123456789",
        kind="MESSAGE",
        direction="INCOMING",
        sent_at=datetime(2026, 11, 23, 9, 13, 20, 100000, UTC),
        text="Please delete everything you hold about me",
        sender_actor="V-70110",
        created_by="V-70110",
        client_type="SYSTEM",
        app_id="",
        channel_id="1000",
        channel_account_id="250001",
        delivery_type="CHANNEL_SPECIFIC_OPAQUE_ID",
        delivery_value="c0ffee00",
        status="RECEIVED",
    )


def test_a_comment_of_an_app_needs_no_direction_and_its_ids_may_be_numbers() -> None:
    message = objects.read_message(
        {
            "type": "COMMENT",
            "id": 17,
            "createdAt": "2026-11-23T10:13:20+01:00",
            "client": {"clientType": "INTEGRATION", "integrationAppId": 7654321},
        }
    )
    assert (message.id, message.direction, message.app_id) == ("17", "", "7654321")
    assert message.sent_at == datetime(2026, 11, 23, 9, 13, 20, tzinfo=UTC)
    assert (message.sender_actor, message.text, message.thread_id, message.truncated) == ("", "", "", False)


@pytest.mark.parametrize("broken", [None, [], "?", {}, [None], ["?"], [{}], [{"deliveryIdentifier": "?"}]])
def test_senders_of_any_shape_are_no_sender(broken: object) -> None:
    message = objects.read_message({**chat_message(), "senders": broken})
    assert (message.sender_actor, message.delivery_type, message.delivery_value) == ("", "", "")


def test_a_list_of_delivery_identifiers_is_taken_too() -> None:
    sender = {"name": " Vera Visitor ", "deliveryIdentifiers": [{"type": "HS_EMAIL_ADDRESS", "value": "v@x.example"}]}
    message = objects.read_message(chat_message(senders=[sender]))
    assert (message.sender_name, message.delivery_value) == ("Vera Visitor", "v@x.example")


def test_rich_text_is_read_only_where_there_is_no_plain_one() -> None:
    rich = "<p>Bitte <b>l&ouml;schen</b></p><script>alert(1)</script>"
    assert objects.read_message(chat_message(text="", richText=rich)).text == "Bitte löschen"
    assert objects.read_message(chat_message(text="  \n", richText=rich)).text == "Bitte löschen"
    assert objects.read_message(chat_message(text="plain", richText=rich)).text == "plain"
    assert objects.read_message(chat_message(text="", richText=None)).text == ""


def test_what_no_database_can_hold_is_taken_out() -> None:
    assert objects.read_message(chat_message(text="a\x00b\ud800c")).text == "ab?c"


@pytest.mark.parametrize(
    ("status", "cut"),
    [(None, False), ("NOT_TRUNCATED", False), ("TRUNCATED", True), ("TRUNCATED_TO_MOST_RECENT_REPLY", True)],
)
def test_a_cut_text_is_known_as_one(status: str | None, cut: bool) -> None:
    assert objects.read_message(chat_message(truncationStatus=status)).truncated is cut


def test_attachments_are_named_by_their_type() -> None:
    hanging = [{"type": "FILE", "url": "https://files.example/1"}, {"type": "LOCATION"}, {}, "?"]
    assert objects.read_message(chat_message(attachments=hanging)).attachments == (
        "FILE",
        "LOCATION",
        "UNKNOWN",
        "UNKNOWN",
    )


@pytest.mark.parametrize("at", ["2026-11-23T09:13:20", 1795425200000])
def test_a_time_without_offset_or_in_milliseconds_is_utc(at: object) -> None:
    assert objects.read_message(chat_message(createdAt=at)).sent_at == datetime(2026, 11, 23, 9, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("id", None), ("id", ""), ("id", True), ("type", None), ("createdAt", None), ("createdAt", "soon")),
        *(("createdAt", 10**30), ("createdAt", "0001-01-01T00:00:00+14:00")),
    ],
)
def test_without_id_type_or_time_a_message_is_unreadable_and_the_error_says_which(key: str, value: object) -> None:
    with pytest.raises(ObjectUnreadable, match=key):
        objects.read_message({**chat_message(), key: value})


def test_a_page_of_messages_leaves_out_unreadable_events_but_no_unreadable_message() -> None:
    event = {"type": "THREAD_STATUS_CHANGE", "newStatus": "CLOSED"}
    page, cursor = objects.read_messages(
        {"results": [chat_message(), event, None], "paging": {"next": {"after": "MTA=", "link": "?"}}}
    )
    assert ([message.kind for message in page], cursor) == (["MESSAGE"], "MTA=")


@pytest.mark.parametrize("broken", [{"createdAt": None}, {"createdAt": "soon"}, {"id": None}])
def test_a_message_of_a_page_that_cannot_be_read_counts_as_a_colleagues_and_hides_no_other(
    broken: dict[str, object],
) -> None:
    page, _ = objects.read_messages({"results": [chat_message(text="our words", **broken), chat_message(id="m2")]})
    unread, read = page
    assert (unread.id, unread.text, read.id) == ("", "", "m2")
    assert colleague_wrote(page, OurHand(app_id="1", sender_actor="A-5150"), datetime.now(UTC))
    assert not colleague_wrote(page[1:], OurHand(app_id="1", sender_actor="A-5150"))


@pytest.mark.parametrize("payload", [None, [], {}, {"results": None}, {"results": [], "paging": {"next": None}}])
def test_an_empty_page_of_any_shape_is_the_last(payload: object) -> None:
    assert objects.read_messages(payload) == ((), "")
    assert objects.read_threads(payload) == ((), "")
    assert objects.read_found(payload) is None


def test_a_thread_is_read_with_what_it_has() -> None:
    full = {
        **{"id": 8123456789, "status": "CLOSED", "inboxId": "9001", "associatedContactId": 70110, "spam": True},
        **{"originalChannelId": "1000", "originalChannelAccountId": "250001", "archived": True, "assignedTo": "A-77"},
    }
    assert objects.read_thread(full) == ChatThread(
        id="8123456789",
        open=False,
        archived=True,
        spam=True,
        contact_id="70110",
        assigned_to="A-77",
        channel_id="1000",
        channel_account_id="250001",
    )
    bare = objects.read_thread({"id": "1"})
    assert (bare.open, bare.archived, bare.spam, bare.contact_id, bare.assigned_to) == (True, False, False, "", "")
    with pytest.raises(ObjectUnreadable, match="thread has no id"):
        objects.read_thread({"status": "OPEN"})


def test_a_contact_is_read_with_what_it_has() -> None:
    properties = {"email": "vera@visitor.example", "firstname": " Vera ", "lastname": None}
    assert objects.read_contact({"id": "70110", "properties": properties}) == ChatContact(
        id="70110", name="Vera", address="vera@visitor.example"
    )
    assert objects.read_found({"results": [{"id": 7}]}) == ChatContact(id="7", name="", address="")
    with pytest.raises(ObjectUnreadable, match="contact has no id"):
        objects.read_contact({"properties": properties})


def test_an_actor_may_have_no_name() -> None:
    assert objects.read_actor_name({"id": "A-5150", "name": "Data protection (automatic)"}) == (
        "Data protection (automatic)"
    )
    assert objects.read_actor_name({"id": "A-5150"}) == ""


@pytest.mark.parametrize(
    ("status", "failed"), [({"statusType": "FAILED"}, True), ({"statusType": "SENT"}, False), (None, False)]
)
def test_the_answer_to_a_post_says_whether_it_was_delivered(status: object, failed: bool) -> None:
    assert objects.read_posted({"id": "m1", "status": status}) == ("m1", failed)


def test_an_answer_to_a_post_without_id_is_unreadable() -> None:
    with pytest.raises(ObjectUnreadable, match="message has no id"):
        objects.read_posted({"status": {"statusType": "SENT"}})


def test_the_original_content_is_its_text() -> None:
    assert objects.read_original({"text": "whole", "richText": "<p>whole</p>"}) == "whole"


@given(JSON)
def test_no_json_of_any_shape_breaks_the_reader(payload: object) -> None:
    for read in (objects.read_message, objects.read_messages, objects.read_thread, objects.read_threads):
        with suppress(ObjectUnreadable):
            read(payload)
