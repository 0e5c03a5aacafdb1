"""Deliveries, read: what is stored under which key, what is left alone, and what no body can do."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.records import NewItem
from triage.domain.vocabulary import Channel
from triage.errors import AnalysisFailed
from triage.parsing.chat_event import read_event
from triage.parsing.hubspot_events import MOST_UNREADABLE_KEPT, Delivery, NotADelivery, Wanted, read_delivery

AT = datetime(2026, 9, 21, 14, 13, 21, tzinfo=UTC)
OURS = Wanted(portal_id="44556677", app_id="7654321")
EVENT: dict[str, Any] = {
    "eventId": 900100200,
    "subscriptionId": 3100001,
    "portalId": 44556677,
    "appId": 7654321,
    "occurredAt": 1790000000123,
    "subscriptionType": "conversation.newMessage",
    "attemptNumber": 0,
    "objectId": 8123456789,
    "messageId": "5f0c1d2e3a4b4c5d8e9f001122334455",
    "messageType": "MESSAGE",
    "changeFlag": "NEW_MESSAGE",
}
KEY = "hubspot:44556677:8123456789:5f0c1d2e3a4b4c5d8e9f001122334455"
ABSENT = object()


def event(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (EVENT | changes).items() if value is not ABSENT}


def read(events: object, wanted: Wanted = OURS) -> Delivery:
    return read_delivery(json.dumps(events).encode(), wanted, AT)


def keys(delivery: Delivery) -> list[str]:
    return [item.key for item in delivery.items]


def test_a_new_message_becomes_an_event_item_under_its_portal_thread_and_message() -> None:
    (item,) = read([EVENT]).items
    assert item == NewItem(
        key=KEY,
        channel=Channel.CHAT,
        raw=json.dumps(EVENT, separators=(",", ":")).encode(),
        sha256=item.sha256,
        size_bytes=len(item.raw),
        received_at=AT,
        is_event=True,
    )
    assert len(item.sha256) == 64


def test_a_single_object_is_a_delivery_of_one() -> None:
    assert read(EVENT) == read([EVENT])


@pytest.mark.parametrize(
    "same",
    [
        {"attemptNumber": 3, "eventId": 1, "occurredAt": 1790000009999},
        {"objectId": "8123456789", "portalId": "44556677", "appId": "7654321"},
        {"objectId": "08123456789"},
        {"objectId": 8123456789.0, "portalId": 44556677.0, "appId": 7654321.0},
        {"objectId": " 8123456789\n", "messageId": f" {EVENT['messageId']} "},
        {"messageType": ABSENT},
        {"subscriptionType": ABSENT, "eventType": "conversation.newMessage"},
        {"subscriptionType": None, "eventType": "conversation.newMessage"},
        {"eventId": ABSENT, "occurredAt": ABSENT, "appId": ABSENT},
        {"eventId": True, "occurredAt": {"a": 1}},
    ],
)
def test_the_same_message_has_the_same_key_however_it_is_told(same: dict[str, Any]) -> None:
    assert keys(read([event(**same)])) == [KEY]


def test_unknown_keys_are_kept_as_they_came() -> None:
    extra = event(messageDirection="INCOMING", nested={"a": [1, 2.5, None, True]}, name="Zoë 🙂 \ud83d")
    (item,) = read([extra]).items
    assert json.loads(item.raw) == extra
    assert b": " not in item.raw
    assert b", " not in item.raw


@pytest.mark.parametrize(
    "message",
    ["5f0c1d2e-3a4b-4c5d-8e9f-001122334455", 12345, 12.0, "a" * 512, "CAE=ab/cd+==", "a.b", "a:b", "../crm", "Zoë"],
)
def test_message_ids_come_in_several_spellings(message: object) -> None:
    spelt = "12" if message == 12.0 else message
    (item,) = read([event(messageId=message, objectId="08123456789")]).items
    assert item.key == f"hubspot:44556677:8123456789:{spelt}"
    told = read_event(item.raw)
    assert f"hubspot:{told.portal_id}:{told.object_id}:{told.message_id}" == item.key


@pytest.mark.parametrize("kind", ["conversation.privacyDeletion", "contact.privacyDeletion"])
def test_a_deletion_is_kept_under_what_when_and_which(kind: str) -> None:
    deletion = event(subscriptionType=kind, messageId=ABSENT)
    expected = f"hubspot:44556677:{kind}:8123456789:1790000000123:900100200"
    assert keys(read([deletion])) == [expected]
    assert keys(read([event(subscriptionType=kind, attemptNumber=2)])) == [
        expected
    ]  # a message's id is none of its own
    bare = event(subscriptionType=kind, occurredAt=ABSENT, eventId=ABSENT)
    assert keys(read([bare])) == [f"hubspot:44556677:{kind}:8123456789::"]


def test_a_new_message_without_its_id_is_told_apart_by_time_and_event() -> None:
    two = [event(messageId=ABSENT), event(messageId=None, eventId=900100201)]
    prefix = "hubspot:44556677:conversation.newMessage:8123456789:1790000000123"
    assert keys(read(two)) == [f"{prefix}:900100200", f"{prefix}:900100201"]


@pytest.mark.parametrize(
    "other",
    [
        {"subscriptionType": "conversation.creation"},
        {"subscriptionType": "conversation.propertyChange", "propertyName": "status", "propertyValue": "CLOSED"},
        {"subscriptionType": "contact.deletion"},
        {"subscriptionType": "", "eventType": "something.new"},
        {"subscriptionType": "x" * 10_000},
        {"portalId": 1},
        {"appId": 1},
        {"appId": "another"},
        {"subscriptionType": "conversation.creation", "portalId": None, "objectId": []},
    ],
)
def test_what_is_none_of_ours_is_left_alone(other: dict[str, Any]) -> None:
    assert read([event(**other)]) == Delivery(items=(), ignored=1, faults=())


def test_where_nothing_is_said_every_portal_and_app_is_ours() -> None:
    delivery = read([EVENT, event(portalId=1, appId=2)], Wanted())
    assert keys(delivery) == [KEY, KEY.replace("44556677", "1")]
    assert keys(read([EVENT], Wanted(portal_id="044556677", app_id="07654321"))) == [KEY]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (None, "not_an_object"),
        ("conversation.newMessage", "not_an_object"),
        ([EVENT], "not_an_object"),
        ({}, "no_type"),
        (event(subscriptionType=7), "no_type"),
        (event(subscriptionType=ABSENT), "no_type"),
        (event(portalId=ABSENT), "bad_portal_id"),
        (event(portalId=True), "bad_portal_id"),
        (event(objectId=True), "bad_object_id"),
        (event(objectId=ABSENT), "bad_object_id"),
        (event(objectId=-5), "bad_object_id"),
        (event(objectId=0), "bad_object_id"),
        (event(objectId=10**30), "bad_object_id"),
        (event(objectId="81234\n56789"), "bad_object_id"),
        (event(objectId=1.5), "bad_object_id"),
        (event(objectId=2.0**60), "bad_object_id"),
        (event(objectId="٣"), "bad_object_id"),
        (event(objectId={"id": 1}), "bad_object_id"),
        (event(messageId=""), "bad_message_id"),
        (event(messageId=False), "bad_message_id"),
        (event(messageId="a" * 513), "bad_message_id"),
        (event(messageId=".."), "bad_message_id"),
        (event(messageId="a\0b"), "bad_message_id"),
        (event(messageId="\ud800"), "bad_message_id"),
        (event(messageId=["a"]), "bad_message_id"),
        (event(messageId=None, occurredAt=None, eventId=None), "no_message_id"),
    ],
)
def test_one_bad_event_is_named_kept_for_a_person_and_the_others_beside_it(bad: object, code: str) -> None:
    others = [event(messageId=f"m{number}") for number in range(99)]
    delivery = read([*others[:40], bad, *others[40:]])
    assert delivery.faults == (code,)
    assert len(delivery.items) == 100
    assert delivery.ignored == 0
    kept = delivery.items[40]
    assert kept.key == f"hubspot:unreadable:{kept.sha256}"
    assert kept.is_event
    assert json.loads(kept.raw) == bad
    with pytest.raises(AnalysisFailed):  # so that the worker puts it before a person
        read_event(kept.raw)


def test_of_many_unreadable_events_a_few_are_kept_and_all_are_counted() -> None:
    delivery = read([*({"no": number} for number in range(80)), EVENT])
    assert len(delivery.faults) == 80
    assert len(delivery.items) == MOST_UNREADABLE_KEPT + 1
    assert keys(delivery)[-1] == KEY


def test_more_than_the_documented_hundred_are_not_thrown_away() -> None:
    assert len(read([event(messageId=f"m{number}") for number in range(250)]).items) == 250


def test_an_empty_array_holds_nothing() -> None:
    assert read([]) == Delivery(items=(), ignored=0, faults=())


# Bodies that are none


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"portalId=1&objectId=2", "not_json"),
        (b"\xff\xfe[]", "not_json"),
        ("[]".encode("utf-16"), "not_json"),
        (b'["\xe9"]', "not_json"),
        (b"[1,]", "not_json"),
        (b"null", "not_events"),
        (b"7", "not_events"),
        (b'"conversation.newMessage"', "not_events"),
        (b"true", "not_events"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 50_000, "too_deep"),
    ],
)
def test_what_is_no_json_or_no_events_is_refused_as_a_whole(body: bytes, code: str) -> None:
    with pytest.raises(NotADelivery) as caught:
        read_delivery(body, OURS, AT)
    assert caught.value.code == code


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", "9" * 5000, "-" + "9" * 5000, "0.1e-9999"])
def test_a_number_out_of_this_world_harms_no_event(value: str) -> None:
    body = json.dumps([EVENT, event(messageId="m2")]).replace('"NEW_MESSAGE"', value).encode()
    delivery = read_delivery(body, OURS, AT)
    assert len(delivery.items) == 2
    for item in delivery.items:
        json.loads(item.raw, parse_constant=pytest.fail)


def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    body = json.dumps([EVENT]).replace('"objectId": 8123456789', '"objectId": true, "objectId": 5').encode()
    assert keys(read_delivery(body, OURS, AT)) == [KEY.replace("8123456789", "5")]


def test_an_event_nested_to_any_depth_is_kept_or_named() -> None:
    seen = set()
    for depth in (1, 100, *range(800, 1100), 5000):
        body = json.dumps(EVENT).replace('"NEW_MESSAGE"', "[" * depth + "]" * depth).encode()
        try:
            delivery = read_delivery(body, OURS, AT)
        except NotADelivery as exc:
            seen.add(exc.code)
        else:
            seen.add(delivery.faults[0] if delivery.faults else keys(delivery)[0])
    assert seen == {KEY, "too_deep"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(changes=st.dictionaries(st.sampled_from(sorted(EVENT)), VALUES, max_size=4))
def test_whatever_stands_in_an_event_it_is_counted_once_and_its_neighbour_kept(changes: dict[str, Any]) -> None:
    delivery = read([EVENT | changes, EVENT])
    readable = [key for key in keys(delivery) if not key.startswith("hubspot:unreadable:")]
    assert len(readable) + delivery.ignored + len(delivery.faults) == 2
    assert KEY in keys(delivery)
    for item in delivery.items:
        assert item.key.isprintable()
        assert len(item.key) < 700
        assert item.raw.isascii()


@given(body=st.binary(max_size=200))
def test_no_body_makes_it_fail_in_any_other_way(body: bytes) -> None:
    with suppress(NotADelivery):
        assert not read_delivery(body, OURS, AT).items
