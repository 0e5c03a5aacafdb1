"""Stored chat events, read: ids of any shape HubSpot has sent, and nothing that is none."""

import json

import pytest

from triage.errors import AnalysisFailed
from triage.parsing.chat_event import ChatEvent, read_event

EVENT = {
    "subscriptionType": "conversation.newMessage",
    "portalId": 44556677,
    "objectId": 8123456789,
    "messageId": "5f0c1d2e3a4b4c5d8e9f001122334455",
    "messageType": "MESSAGE",
    "changeFlag": "NEW_MESSAGE",
}


def read(**changes: object) -> ChatEvent:
    told = {key: value for key, value in (EVENT | changes).items() if value is not None}
    return read_event(json.dumps(told).encode())


def test_a_new_message_names_its_thread_and_message() -> None:
    assert read() == ChatEvent(
        kind="conversation.newMessage",
        portal_id="44556677",
        object_id="8123456789",
        message_id="5f0c1d2e3a4b4c5d8e9f001122334455",
        message_type="MESSAGE",
    )


def test_ids_as_text_and_the_documented_name_of_the_type_are_the_same_event() -> None:
    other = read(objectId="8123456789", portalId="44556677", subscriptionType=None, eventType="conversation.newMessage")
    assert other == read()


@pytest.mark.parametrize("message_type", [None, 7])
def test_a_missing_message_type_is_no_fault(message_type: object) -> None:
    assert read(messageType=message_type).message_type == ""


def test_a_privacy_event_needs_no_message() -> None:
    assert read(subscriptionType="contact.privacyDeletion", messageId=None).message_id == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b"{}",
        json.dumps({**EVENT, "subscriptionType": 5}).encode(),
        json.dumps({**EVENT, "messageId": ""}).encode(),
        json.dumps({**EVENT, "messageId": ".."}).encode(),
        json.dumps({**EVENT, "objectId": True}).encode(),
        json.dumps({**EVENT, "portalId": None}).encode(),
        json.dumps({**EVENT, "objectId": 1.5}).encode(),
    ],
)
def test_what_names_nothing_that_could_be_fetched_is_unreadable(raw: bytes) -> None:
    with pytest.raises(AnalysisFailed) as caught:
        read_event(raw)
    assert caught.value.code == "event_unreadable"
