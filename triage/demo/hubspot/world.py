"""What the stand-in remembers: threads, messages, contacts and actors, in the shapes HubSpot's API gives them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

Json = dict[str, object]
_FIRST_THREAD, _FIRST_CONTACT = 8123456789, 70110


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """Who writes: `actor` is `V-…`, `A-…`, …; `client` HUBSPOT, INTEGRATION or SYSTEM."""

    actor: str
    client: str
    direction: str
    name: str = ""


@dataclass(kw_only=True)
class World:
    """All state. Nothing outlives the process."""

    app_id: str
    clock: Callable[[], datetime]
    seed: int = 0
    threads: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, list[Json]] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, Json] = field(default_factory=dict)
    actors: dict[str, Json] = field(default_factory=dict)
    unsubscribed: list[str] = field(default_factory=list)
    posted: dict[str, list[Json]] = field(default_factory=dict)
    _count: int = 0

    def now(self) -> str:
        """The clock's time as the API writes it."""
        return self.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _next(self) -> int:
        self._count += 1
        return self._count

    def new_contact_id(self) -> str:
        """An id nobody has; a visitor's id until a contact is added under it."""
        return str(_FIRST_CONTACT + 10_000 * self.seed + self._next())

    def add_contact(self, contact_id: str, address: str, first: str, last: str) -> None:
        """A CRM contact."""
        self.contacts[contact_id] = {
            "id": contact_id,
            "properties": {"email": address or None, "firstname": first or None, "lastname": last or None},
            "createdAt": self.now(),
            "updatedAt": self.now(),
            "archived": False,
        }

    def add_actor(self, actor_id: str, kind: str, name: str, address: str = "") -> None:
        """An actor; `kind` is AGENT, BOT, LLM, SYSTEM, …"""
        told: Json = {"type": kind, "id": actor_id, "name": name}
        self.actors[actor_id] = {**told, "email": address} if address else told

    def open_thread(self, contact_id: str, channel_id: str, account_id: str) -> str:
        """A new thread of a contact or mere visitor."""
        thread_id = str(_FIRST_THREAD + 1_000_000 * self.seed + self._next())
        self.threads[thread_id] = {
            "id": thread_id,
            "status": "OPEN",
            "inboxId": "9001",
            "createdAt": self.now(),
            "originalChannelId": channel_id,
            "originalChannelAccountId": account_id,
            "associatedContactId": contact_id,
            "spam": False,
            "archived": False,
        }
        self.messages[thread_id] = []
        return thread_id

    def add_message(self, thread_id: str, kind: str, hand: Hand, text: str, rich: str = "") -> Json:
        """A message of a thread, appended."""
        thread = self.threads[thread_id]
        message_id = hashlib.sha256(f"{self.seed}:{self._next()}".encode()).hexdigest()[:32]
        sender: Json = {"actorId": hand.actor, **({"name": hand.name} if hand.name else {})}
        if hand.actor.startswith("V-"):
            sender["deliveryIdentifier"] = self.delivery_of(thread_id)
        message: Json = {
            "type": kind,
            "id": message_id,
            "conversationsThreadId": thread_id,
            "createdAt": self.now(),
            "createdBy": f"I-{self.app_id}" if hand.client == "INTEGRATION" else hand.actor,
            "client": self._client(hand.client),
            "senders": [sender],
            "recipients": [],
            "archived": False,
            "text": text,
            "richText": rich or f"<div>{escape(text)}</div>",
            "attachments": [],
        }
        if kind == "MESSAGE":
            message |= {
                "truncationStatus": "NOT_TRUNCATED",
                "status": {"statusType": "RECEIVED" if hand.direction == "INCOMING" else "SENT"},
                "direction": hand.direction,
                "channelId": thread["originalChannelId"],
                "channelAccountId": thread["originalChannelAccountId"],
            }
        self.messages[thread_id].append(message)
        return message

    def delivery_of(self, thread_id: str) -> Json:
        """The delivery identifier of a thread's visitor."""
        contact = self.threads[thread_id]["associatedContactId"]
        value = hashlib.sha256(f"visitor {contact}".encode()).hexdigest()[:32]
        return {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": value}

    def _client(self, client: str) -> Json:
        own: Json = {"integrationAppId": int(self.app_id)} if client == "INTEGRATION" else {}
        return {"clientType": client, **own}

    def is_visible(self, message: Json) -> bool:
        """Whether the API shows a message yet."""
        return self.hidden.get(str(message["id"]), 0) == 0

    def look_up(self, thread_id: str, message_id: str) -> Json | None:
        """A message as its own route shows it: each look at a hidden one brings it nearer."""
        for message in self.messages.get(thread_id, ()):
            if message["id"] == message_id:
                if self.is_visible(message):
                    return message
                self.hidden[message_id] -= 1
        return None

    def forget_thread(self, thread_id: str) -> None:
        """A thread and its messages are gone."""
        self.threads.pop(thread_id, None)
        self.messages.pop(thread_id, None)
