"""HubSpot's JSON -> what the desk knows of a chat. Pure, and tolerant: of all the API may leave out only an id, a type
and a time cannot be done without (HubSpot's Conversations API, objects thread, message and actor; CRM contacts).
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from triage.domain.chat import ChatContact, ChatMessage, ChatThread
from triage.parsing.html import html_to_text

CHAT_MESSAGE = "MESSAGE"
_WHOLE = ("", "NOT_TRUNCATED")
_UNREAD = ChatMessage(
    id="",
    thread_id="",
    kind=CHAT_MESSAGE,
    direction="OUTGOING",
    sent_at=datetime.max.replace(tzinfo=UTC),
    text="",
    sender_actor="A-",
    created_by="",
    client_type="",
    app_id="",
    channel_id="",
    channel_account_id="",
)


class ObjectUnreadable(ValueError):
    """An object lacks what nothing can be done without. The message names object and field, and quotes nothing."""


def read_message(payload: object) -> ChatMessage:
    """A message of any type. Raises ObjectUnreadable without id, type or time."""
    message = _mapping(payload)
    client, sender = _mapping(message.get("client")), _first(message.get("senders"))
    delivery = _mapping(sender.get("deliveryIdentifier")) or _first(sender.get("deliveryIdentifiers"))
    return ChatMessage(
        id=_needed("message", "id", _text(message.get("id"))),
        thread_id=_text(message.get("conversationsThreadId")),
        kind=_needed("message", "type", _text(message.get("type"))),
        direction=_text(message.get("direction")),
        sent_at=_time(message.get("createdAt")),
        text=_words(message),
        sender_actor=_text(sender.get("actorId")),
        created_by=_text(message.get("createdBy")),
        client_type=_text(client.get("clientType")),
        app_id=_text(client.get("integrationAppId")),
        channel_id=_text(message.get("channelId")),
        channel_account_id=_text(message.get("channelAccountId")),
        delivery_type=_text(delivery.get("type")),
        delivery_value=_text(delivery.get("value")),
        sender_name=_text(sender.get("name")).strip(),
        attachments=tuple(_text(_mapping(one).get("type")) or "UNKNOWN" for one in _list(message.get("attachments"))),
        truncated=_text(message.get("truncationStatus")) not in _WHOLE,
        status=_text(_mapping(message.get("status")).get("statusType")),
    )


def read_messages(payload: object) -> tuple[tuple[ChatMessage, ...], str]:
    """A page of messages and the cursor of the next ("" where this is the last).

    What is no chat message (an assignment, a change of state) and cannot be read is left out. In place of a chat
    message that cannot be read stands one without id and words, as if a colleague had written it just now: who wrote
    it is not known, and the desk is rather silent than in a colleague's way.
    """
    page = []
    for one in _results(payload):
        try:
            page.append(read_message(one))
        except ObjectUnreadable:
            if _mapping(one).get("type") == CHAT_MESSAGE:
                page.append(_UNREAD)
    return tuple(page), _cursor(payload)


def read_original(payload: object) -> str:
    """The whole text of a message that was cut."""
    return _words(_mapping(payload))


def read_thread(payload: object) -> ChatThread:
    """A thread. Raises ObjectUnreadable without id. One of no known status counts as open: nobody is overlooked."""
    thread = _mapping(payload)
    return ChatThread(
        id=_needed("thread", "id", _text(thread.get("id"))),
        open=_text(thread.get("status")).upper() != "CLOSED",
        archived=thread.get("archived") is True,
        spam=thread.get("spam") is True,
        contact_id=_text(thread.get("associatedContactId")),
        assigned_to=_text(thread.get("assignedTo")),
        channel_id=_text(thread.get("originalChannelId")),
        channel_account_id=_text(thread.get("originalChannelAccountId")),
    )


def read_threads(payload: object) -> tuple[tuple[ChatThread, ...], str]:
    """A page of threads and the cursor of the next, "" where this is the last. Raises ObjectUnreadable."""
    return tuple(read_thread(one) for one in _results(payload)), _cursor(payload)


def read_contact(payload: object) -> ChatContact:
    """A CRM contact. Raises ObjectUnreadable without id."""
    contact = _mapping(payload)
    properties = _mapping(contact.get("properties"))
    names = (_text(properties.get(name)).strip() for name in ("firstname", "lastname"))
    return ChatContact(
        id=_needed("contact", "id", _text(contact.get("id"))),
        name=" ".join(name for name in names if name),
        address=_text(properties.get("email")).strip(),
    )


def read_found(payload: object) -> ChatContact | None:
    """The first contact of a search, None where there is none. Raises ObjectUnreadable."""
    results = _results(payload)
    return read_contact(results[0]) if results else None


def read_actor_name(payload: object) -> str:
    """The name of an actor, "" where it bears none."""
    return _text(_mapping(payload).get("name")).strip()


def read_posted(payload: object) -> tuple[str, bool]:
    """Of the answer to a post: the new message's id, and whether it says that delivery failed.

    Raises ObjectUnreadable without id.
    """
    message = _mapping(payload)
    status = _text(_mapping(message.get("status")).get("statusType"))
    return _needed("message", "id", _text(message.get("id"))), status.upper() == "FAILED"


def _words(message: Mapping[str, object]) -> str:
    """The plain text; the rich one only where there is no plain one (an emoji, a picture's caption)."""
    text = _text(message.get("text"))
    if text.strip():
        return text
    rich = _text(message.get("richText"))
    return html_to_text(rich)[0] if rich.strip() else text


def _text(value: object) -> str:
    """Text, or a number as text (ids come as both); "" for everything else.

    NUL and halves of surrogate pairs go: JSON can spell them, a database cannot hold them.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


def _time(value: object) -> datetime:
    """ISO 8601, without an offset taken for UTC; or milliseconds since 1970, as webhooks have them."""
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC)
        at = datetime.fromisoformat(_text(value))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise ObjectUnreadable("HubSpot's message has no createdAt that can be read") from None


def _needed(what: str, name: str, value: str) -> str:
    if not value:
        raise ObjectUnreadable(f"HubSpot's {what} has no {name}")
    return value


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _first(value: object) -> Mapping[str, object]:
    entries = _list(value)
    return _mapping(entries[0]) if entries else {}


def _results(payload: object) -> list[object]:
    return _list(_mapping(payload).get("results"))


def _cursor(payload: object) -> str:
    return _text(_mapping(_mapping(_mapping(payload).get("paging")).get("next")).get("after"))
