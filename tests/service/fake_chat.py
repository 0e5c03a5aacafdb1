"""HubSpot in memory: threads, what is said in them, what we post, and everything that can go wrong with a call."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.factories import NOW
from tests.service.fakes import Clock
from triage.domain.chat import ChatContact, ChatMessage, ChatPlace, ChatThread, OurHand
from triage.errors import ChatRefused, ChatUnclear, TriageError
from triage.parsing.hubspot_events import Wanted, read_delivery
from triage.ports import NewItem, Store

PORTAL, APP, THREAD, VISITOR = "44556677", "7654321", "8123456789", "V-70110"
HAND = OurHand(app_id=APP, sender_actor="A-5150", portal_id=PORTAL)


@dataclass
class FakeConversations:
    """`trouble` is raised by the next calls; `hidden` messages are not shown yet; `lost` answers: the post arrives,
    its answer does not."""

    clock: Clock
    threads: dict[str, ChatThread] = field(default_factory=dict)
    said: dict[str, list[ChatMessage]] = field(default_factory=dict)
    contacts: dict[str, ChatContact] = field(default_factory=dict)
    posts: list[ChatMessage] = field(default_factory=list)
    trouble: list[TriageError] = field(default_factory=list)
    away: TriageError | None = None
    hidden: set[str] = field(default_factory=set)
    lost: bool = False
    breaker_open: bool = False
    calls: list[str] = field(default_factory=list)

    def say(self, text: str, thread_id: str = THREAD, **changes: object) -> ChatMessage:
        """Somebody says something: the visitor, unless told otherwise. The thread begins with the first message."""
        self.threads.setdefault(thread_id, make_thread(thread_id))
        lines = self.said.setdefault(thread_id, [])
        shape = {"sent_at": self.clock(), **changes}
        message = make_message(f"m{thread_id}x{len(lines)}", thread_id, text, **shape)
        lines.append(message)
        return message

    def delete_thread(self, thread_id: str = THREAD) -> None:
        """Gone, with all that was said in it."""
        del self.threads[thread_id]
        del self.said[thread_id]

    async def message(self, thread_id: str, message_id: str) -> ChatMessage | None:
        self._call("message")
        found = [one for one in self.said.get(thread_id, []) if one.id == message_id and one.id not in self.hidden]
        return found[0] if found else None

    async def thread(self, thread_id: str) -> ChatThread | None:
        self._call("thread")
        return self.threads.get(thread_id)

    async def recent(self, thread_id: str, limit: int) -> tuple[ChatMessage, ...]:
        self._call("recent")
        shown = [one for one in self.said.get(thread_id, []) if one.id not in self.hidden]
        return tuple(reversed(shown))[:limit]

    async def contact(self, contact_id: str) -> ChatContact | None:
        self._call("contact")
        return self.contacts.get(contact_id)

    async def actor_name(self, actor_id: str) -> str | None:
        return None

    async def post(self, place: ChatPlace, text: str, *, internal: bool) -> str:
        self._call("post")
        if place.thread_id not in self.threads:
            raise ChatRefused("no such thread")
        ours = {"created_by": f"I-{APP}", "app_id": APP, "client_type": "INTEGRATION"}
        shape = {"kind": "COMMENT", "direction": ""} if internal else {"direction": "OUTGOING", "status": "SENT"}
        message = self.say(text, place.thread_id, sender_actor="A-5150", **shape, **ours)
        self.posts.append(message)
        if self.lost:
            raise ChatUnclear("no answer")
        return message.id

    async def close(self) -> None:
        return

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.trouble:
            raise self.trouble.pop(0)
        if self.away is not None:
            raise self.away

    @property
    def replies(self) -> list[str]:
        """What the visitor saw of us."""
        return [post.text for post in self.posts if post.kind == "MESSAGE"]

    @property
    def notes(self) -> list[str]:
        """What the team saw of us."""
        return [post.text for post in self.posts if post.kind == "COMMENT"]


def make_thread(thread_id: str = THREAD, **changes: object) -> ChatThread:
    """An open thread nobody was given."""
    thread = ChatThread(
        id=thread_id,
        open=True,
        archived=False,
        spam=False,
        contact_id=VISITOR.removeprefix("V-"),
        assigned_to="",
        channel_id="1000",
        channel_account_id="250001",
    )
    return replace(thread, **changes)  # type: ignore[arg-type]


def make_message(message_id: str, thread_id: str, text: str, **changes: object) -> ChatMessage:
    """A visitor's line."""
    message = ChatMessage(
        id=message_id,
        thread_id=thread_id,
        kind="MESSAGE",
        direction="INCOMING",
        sent_at=NOW,
        text=text,
        sender_actor=VISITOR,
        created_by=VISITOR,
        client_type="SYSTEM",
        app_id="",
        channel_id="1000",
        channel_account_id="250001",
        delivery_type="CHANNEL_SPECIFIC_OPAQUE_ID",
        delivery_value="c0ffee",
    )
    return replace(message, **changes)  # type: ignore[arg-type]


def events(*messages: ChatMessage, at: datetime, **changes: object) -> tuple[NewItem, ...]:
    """The items the hook makes of a delivery that announces these messages."""
    told = [
        {
            "eventId": number,
            "portalId": int(PORTAL),
            "appId": int(APP),
            "occurredAt": 1790000000000 + number,
            "subscriptionType": "conversation.newMessage",
            "objectId": int(message.thread_id),
            "messageId": message.id,
            "messageType": message.kind,
            **changes,
        }
        for number, message in enumerate(messages)
    ]
    return read_delivery(json.dumps(told).encode(), Wanted(), at).items


def forgotten(kind: str, object_id: str, at: datetime) -> tuple[NewItem, ...]:
    """The item of a privacy event."""
    told = {
        "eventId": 9,
        "portalId": int(PORTAL),
        "occurredAt": int((at - timedelta(seconds=1)).timestamp() * 1000),
        "subscriptionType": kind,
        "objectId": object_id,
    }
    return read_delivery(json.dumps(told).encode(), Wanted(), at).items


async def deliver(store: Store, *items: NewItem) -> int:
    """Into the store, as the drain does it; how many were new."""
    return await store.save_items(items, None)
