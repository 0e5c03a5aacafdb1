"""A stored chat event read: which thread and message (or contact) it speaks of. It holds ids only.

Ids come as numbers or as text, keys we do not know are passed over (HubSpot webhooks, conversation events).
"""

import json
import re
from dataclasses import dataclass

from triage.errors import AnalysisFailed

NEW_MESSAGE = "conversation.newMessage"
THREAD_FORGOTTEN = "conversation.privacyDeletion"
CONTACT_FORGOTTEN = "contact.privacyDeletion"
# What an id may look like: it becomes part of a path.
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


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
    kind = told.get("subscriptionType", told.get("eventType"))
    message_type = told.get("messageType")
    if not isinstance(kind, str):
        raise _unreadable("it has no type")
    return ChatEvent(
        kind=kind,
        portal_id=_id(told, "portalId"),
        object_id=_id(told, "objectId"),
        message_id=_id(told, "messageId") if kind == NEW_MESSAGE else "",
        message_type=message_type if isinstance(message_type, str) else "",
    )


def _id(told: dict[str, object], name: str) -> str:
    value = told.get(name)
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not _ID.fullmatch(text):
        raise _unreadable(f"{name} is no id")
    return text


def _unreadable(why: str) -> AnalysisFailed:
    return AnalysisFailed("event_unreadable", f"not a chat event: {why}")
