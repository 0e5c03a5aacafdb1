"""A conversation on the website as the desk sees it: messages, who wrote them, and what tells a visitor from the rest.

Rules of who is answered: HubSpot's Conversations API (message types, directions, actors) and docs/chat.md.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatPlace:
    """Where a reply goes: copied from the message being answered, never guessed (a wrong account answers 201 too).

    `recipient_actor` is the visitor's (`V-…`); the delivery pair is the visitor's delivery identifier, "" if none.
    """

    portal_id: str
    thread_id: str
    channel_id: str
    channel_account_id: str
    recipient_actor: str = ""
    delivery_type: str = ""
    delivery_value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatMessage:
    """One message of a thread as the API gave it. `kind` is its type: MESSAGE, COMMENT, WELCOME_MESSAGE, …

    `direction` is INCOMING, OUTGOING or "" (comments have none). `app_id` is the client's integrationAppId, "" if
    none. `attachments` names the types of what hangs on it. `truncated`: its text is not whole.
    """

    id: str
    thread_id: str
    kind: str
    direction: str
    sent_at: datetime
    text: str
    sender_actor: str
    created_by: str
    client_type: str
    app_id: str
    channel_id: str
    channel_account_id: str
    delivery_type: str = ""
    delivery_value: str = ""
    sender_name: str = ""
    attachments: tuple[str, ...] = ()
    truncated: bool = False
    status: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatThread:
    """A thread as the API gave it. `assigned_to` is an actor id or ""; `contact_id` may be no CRM contact at all."""

    id: str
    open: bool
    archived: bool
    spam: bool
    contact_id: str
    assigned_to: str
    channel_id: str
    channel_account_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatContact:
    """What the CRM says of a visitor. The address is self-typed and proves nothing."""

    id: str
    name: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatLine:
    """A visitor's line, kept until it is decided. `attachments` as in ChatMessage."""

    message_id: str
    sent_at: datetime
    text: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Burst:
    """What a visitor typed in one go: the lines no one has decided on yet, after the recent ones (for context).

    `agent_present`: a colleague writes in the thread or has been given it. `closed`: closed, archived or spam.
    """

    place: ChatPlace
    contact_id: str
    sender_name: str
    sender_address: str
    lines: tuple[ChatLine, ...]
    earlier: tuple[ChatLine, ...] = ()
    agent_present: bool = False
    closed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OurHand:
    """How we know our own messages: the app that posts, the user it posts as (`A-…`)."""

    app_id: str
    sender_actor: str
    portal_id: str = ""
