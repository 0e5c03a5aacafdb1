"""A stored chat event read: which thread and message (or contact) it speaks of. It holds ids only.

Ids come as numbers or as text, keys we do not know are passed over (HubSpot webhooks, conversation events).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from triage.errors import AnalysisFailed
from triage.parsing.hubspot_ids import message_id, number_id

NEW_MESSAGE = "conversation.newMessage"
THREAD_FORGOTTEN = "conversation.privacyDeletion"
CONTACT_FORGOTTEN = "contact.privacyDeletion"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatEvent:
    """`object_id` is a thread's id, for a contact's deletion the contact's; `message_id` is "" where there is none."""

    kind: str
    portal_id: str
    object_id: str
    message_id: str
    message_type: str


def read_event(raw: bytes) -> ChatEvent:
    """The event. Raises AnalysisFailed("event_unreadable")."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError) as exc:
        raise _unreadable("it is no JSON") from exc
    if not isinstance(told, dict):
        raise _unreadable("it is no object")
    kind = told.get("subscriptionType") or told.get("eventType")
    message_type = told.get("messageType")
    if not isinstance(kind, str):
        raise _unreadable("it has no type")
    return ChatEvent(
        kind=kind,
        portal_id=_id(told, "portalId", number_id),
        object_id=_id(told, "objectId", number_id),
        message_id=_id(told, "messageId", message_id) if kind == NEW_MESSAGE else "",
        message_type=message_type if isinstance(message_type, str) else "",
    )


def _id(told: dict[str, object], name: str, read: Callable[[object], str]) -> str:
    found = read(told.get(name))
    if not found:
        raise _unreadable(f"{name} is no id")
    return found


def _unreadable(why: str) -> AnalysisFailed:
    return AnalysisFailed("event_unreadable", f"not a chat event: {why}")
