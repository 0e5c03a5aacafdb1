"""A delivery of HubSpot's, read: JSON bytes whose signature held -> the items to store.

An array of events (documented: up to 100; more are taken too, the body limit bounds them) or a single event. One that
cannot be read is counted and named by a code, and the others are kept: HubSpot would send a refused delivery ten times
over and then drop all of it. The first few such are stored as they came: the worker cannot read them either, so that
they end in quarantine, before a person.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.domain.records import NewItem
from triage.domain.vocabulary import Channel
from triage.parsing.hubspot_ids import message_id, number_id

NEW_MESSAGE = "conversation.newMessage"
WORKED_ON = frozenset({NEW_MESSAGE, "conversation.privacyDeletion", "contact.privacyDeletion"})

# What cannot be read has no key to be known again by: ten tries of one delivery must not fill the quarantine.
MOST_UNREADABLE_KEPT = 5
# No number of HubSpot's is longer; Python refuses to read one of more than 4300 digits at all.
_LONGEST_NUMBER = 40


class NotADelivery(ValueError):
    """The whole body is unreadable. `code` is one word for the log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Whose events we work on; "" is anyone's."""

    portal_id: str = ""
    app_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What a body holds: items to store, how many events are none of ours, and a code for each unreadable one.

    A few of the unreadable ones are among the items, under `hubspot:unreadable:` and a hash of their bytes.
    """

    items: tuple[NewItem, ...]
    ignored: int
    faults: tuple[str, ...]


def read_delivery(body: bytes, wanted: Wanted, received_at: datetime) -> Delivery:
    """The events of a delivery. Raises NotADelivery: `not_json`, `too_deep` or `not_events`."""
    try:
        return _sorted_out(_parsed(body), wanted, received_at)
    except RecursionError:
        raise NotADelivery("too_deep") from None


def _sorted_out(events: object, wanted: Wanted, received_at: datetime) -> Delivery:
    if isinstance(events, Mapping):
        events = [events]
    if not isinstance(events, list):
        raise NotADelivery("not_events")
    items: list[NewItem] = []
    faults: list[str] = []
    ignored = 0
    for event in events:
        found = _read_event(event, wanted, received_at)
        if isinstance(found, NewItem):
            items.append(found)
        elif found is None:
            ignored += 1
        else:
            faults.append(found)
            if len(faults) <= MOST_UNREADABLE_KEPT:
                items.append(_item(event, "", received_at))
    return Delivery(items=tuple(items), ignored=ignored, faults=tuple(faults))


def _parsed(body: bytes) -> object:
    try:
        # UTF-8 and nothing else (RFC 8259 section 8.1): left to itself Python would guess.
        return json.loads(body.decode("utf-8"), parse_int=_whole, parse_float=_real, parse_constant=_no_number)
    except ValueError:
        raise NotADelivery("not_json") from None


def _read_event(event: object, wanted: Wanted, received_at: datetime) -> NewItem | str | None:
    """The item an event becomes; a code if it cannot be read; None if it is none of ours."""
    if not isinstance(event, dict):
        return "not_an_object"
    kind = event.get("subscriptionType") or event.get("eventType")
    if not isinstance(kind, str):
        return "no_type"
    if kind not in WORKED_ON:
        return None
    portal = number_id(event.get("portalId"))
    if not portal:
        return "bad_portal_id"
    if not _is_wanted(event, portal, wanted):
        return None
    subject = number_id(event.get("objectId"))
    if not subject:
        return "bad_object_id"
    key = _key(event, kind, portal, subject)
    if not key.startswith("hubspot:"):
        return key
    return _item(event, key, received_at)


def _item(event: object, key: str, received_at: datetime) -> NewItem:
    raw = json.dumps(event, separators=(",", ":"), allow_nan=False).encode("ascii")
    sha256 = hashlib.sha256(raw).hexdigest()
    return NewItem(
        key=key or f"hubspot:unreadable:{sha256}",
        channel=Channel.CHAT,
        raw=raw,
        sha256=sha256,
        size_bytes=len(raw),
        received_at=received_at,
        is_event=True,
    )


def _is_wanted(event: Mapping[str, object], portal: str, wanted: Wanted) -> bool:
    if wanted.portal_id and portal != wanted.portal_id.lstrip("0"):
        return False
    app = event.get("appId")
    return app is None or not wanted.app_id or number_id(app) == wanted.app_id.lstrip("0")


def _key(event: Mapping[str, object], kind: str, portal: str, subject: str) -> str:
    """The unique key, or a code.

    Never the event's id alone (it is documented as not unique), and without the attempt: a second try is the same.
    """
    if kind == NEW_MESSAGE and event.get("messageId") is not None:
        message = message_id(event["messageId"])
        return f"hubspot:{portal}:{subject}:{message}" if message else "bad_message_id"
    occurred, number = number_id(event.get("occurredAt")), number_id(event.get("eventId"))
    if kind == NEW_MESSAGE and not (occurred or number):
        return "no_message_id"  # every message of the thread would have this key, and only the first be kept
    return f"hubspot:{portal}:{kind}:{subject}:{occurred}:{number}"


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_NUMBER else text


def _real(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else text


def _no_number(_name: str) -> None:
    """NaN and Infinity are no JSON, and no reason to lose the events beside them."""
