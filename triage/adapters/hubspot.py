"""HubSpot as the desk needs it: reading conversations, posting into them, and what the DPO may do to a contact.

Shapes after HubSpot's Conversations API; those that only practice has shown are named in docs/hubspot.md.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TypeVar

from triage.adapters.hubspot_http import HubSpotHttp, HubSpotSettings
from triage.adapters.hubspot_paths import path_of, record_path
from triage.domain.chat import ChatContact, ChatMessage, ChatPlace, ChatThread
from triage.errors import ChatRefused, ChatUnclear
from triage.parsing import hubspot_objects as objects

_MESSAGES_A_PAGE, _THREADS_A_PAGE, _MOST_PAGES = 100, 500, 20
_CONTACT_PROPERTIES = ("email", "firstname", "lastname")
_VISITOR = "V-"

Read = TypeVar("Read")


class HubSpot:
    """Fulfils Conversations and CustomerRecords. `clock` gives seconds that only move forward."""

    def __init__(self, settings: HubSpotSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._http = HubSpotHttp(settings, clock)

    @property
    def breaker_open(self) -> bool:
        """True while HubSpot is left in peace because it failed several times in a row."""
        return self._http.breaker_open

    async def message(self, thread_id: str, message_id: str) -> ChatMessage | None:
        """See Conversations.message."""
        found = await self._get("message", objects.read_message, thread=thread_id, message=message_id)
        if found is None or not found.truncated:
            return found
        whole = await self._get("original", objects.read_original, thread=thread_id, message=message_id)
        return found if whole is None else replace(found, text=whole, truncated=False)

    async def thread(self, thread_id: str) -> ChatThread | None:
        """See Conversations.thread."""
        return await self._get("thread", objects.read_thread, thread=thread_id)

    async def recent(self, thread_id: str, limit: int) -> tuple[ChatMessage, ...]:
        """See Conversations.recent. Short pages carry a cursor too, so pages are read until there is none."""
        found: list[ChatMessage] = []
        query = {"limit": str(min(limit, _MESSAGES_A_PAGE)), "sort": "-createdAt"}
        for _ in range(_MOST_PAGES):
            page = await self._get("messages", objects.read_messages, query, thread=thread_id)
            if page is None:
                break
            found += page[0]
            if not page[1] or len(found) >= limit:
                break
            query["after"] = page[1]
        return tuple(found[:limit])

    async def contact(self, contact_id: str) -> ChatContact | None:
        """See Conversations.contact."""
        query = {"properties": ",".join(_CONTACT_PROPERTIES)}
        return await self._get("contact", objects.read_contact, query, contact=contact_id.removeprefix(_VISITOR))

    async def actor_name(self, actor_id: str) -> str | None:
        """See Conversations.actor_name."""
        return await self._get("actor", objects.read_actor_name, actor=actor_id)

    async def post(self, place: ChatPlace, text: str, *, internal: bool) -> str:
        """See Conversations.post. An answer 201 that says FAILED is not delivered: ChatRefused."""
        path = self._path("messages", thread=place.thread_id)
        if path is None:
            raise ChatRefused("the letter names no thread")
        body = _comment(text) if internal else _reply(place, text, self._settings.sender_actor)
        answer = await self._http.post(path, body)
        try:
            message_id, failed = objects.read_posted(answer)
        except objects.ObjectUnreadable:
            raise ChatUnclear("HubSpot took the post without saying under which id") from None
        if failed:
            raise ChatRefused("HubSpot took the post and could not deliver it")
        return message_id

    async def find_contact(self, address: str) -> ChatContact | None:
        """See CustomerRecords.find_contact."""
        search = {
            "filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": address}]}],
            "properties": list(_CONTACT_PROPERTIES),
            "limit": 1,
        }
        answer = await self._http.ask(path_of(self._settings.version, "contact_search"), search)
        return None if answer is None else _read(objects.read_found, answer)

    async def unsubscribe(self, address: str) -> None:
        """See CustomerRecords.unsubscribe. Setting it twice sets it once."""
        path = self._path("unsubscribe_all", address=address)
        if path is None or await self._http.ask(path, None, channel="EMAIL") is None:
            raise ChatRefused("HubSpot cannot unsubscribe this address: it answered that there is no such thing")

    async def threads_of(self, contact_id: str) -> tuple[ChatThread, ...]:
        """See CustomerRecords.threads_of. Raises ChatRefused where there are more than can be listed: never a part."""
        found: list[ChatThread] = []
        for status in ("OPEN", "CLOSED"):  # with a contact's id the API demands one
            found += await self._threads_in(contact_id.removeprefix(_VISITOR), status)
        return tuple(found)

    def contact_url(self, contact_id: str) -> str:
        """See CustomerRecords.contact_url."""
        contact = contact_id.removeprefix(_VISITOR)
        return self._settings.app_url.rstrip("/") + record_path(self._settings.portal_id, contact)

    async def close(self) -> None:
        """See Conversations.close."""
        await self._http.close()

    async def _threads_in(self, contact_id: str, status: str) -> list[ChatThread]:
        query = {"associatedContactId": contact_id, "threadStatus": status, "limit": str(_THREADS_A_PAGE)}
        found: list[ChatThread] = []
        for _ in range(_MOST_PAGES):
            page = await self._get("threads", objects.read_threads, query)
            if page is None:
                return found
            found += page[0]
            if not page[1]:
                return found
            query["after"] = page[1]
        raise ChatRefused(f"the contact has over {len(found)} threads: export them in HubSpot itself")

    async def _get(
        self, name: str, read: Callable[[object], Read], query: dict[str, str] | None = None, **ids: str
    ) -> Read | None:
        """What is there, read; None for what is not there, an id that can be none included."""
        path = self._path(name, **ids)
        answer = None if path is None else await self._http.get(path, **(query or {}))
        return None if answer is None else _read(read, answer)

    def _path(self, name: str, **ids: str) -> str | None:
        try:
            return path_of(self._settings.version, name, **ids)
        except ValueError:
            return None


def _read(read: Callable[[object], Read], answer: object) -> Read:
    try:
        return read(answer)
    except objects.ObjectUnreadable as fault:
        raise ChatRefused(str(fault)) from None


def _reply(place: ChatPlace, text: str, sender_actor: str) -> dict[str, object]:
    """A message the visitor sees. Without a word on who he is HubSpot finds him by the thread."""
    deliveries = [{"type": place.delivery_type, "value": place.delivery_value}] if place.delivery_value else []
    recipient = {"actorId": place.recipient_actor, "recipientField": "TO", "deliveryIdentifiers": deliveries}
    if not place.recipient_actor:
        del recipient["actorId"]
    return {
        "type": "MESSAGE",
        "text": text,
        "richText": rich(text),
        "senderActorId": sender_actor,
        "channelId": place.channel_id,
        "channelAccountId": place.channel_account_id,
        "recipients": [recipient] if place.recipient_actor or deliveries else [],
        "attachments": [],
    }


def _comment(text: str) -> dict[str, object]:
    """A note only the team sees."""
    return {"type": "COMMENT", "text": text, "richText": rich(text), "attachments": []}


def rich(text: str) -> str:
    """Plain text as HTML: a paragraph a block, every sign escaped."""
    blocks = (block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n"))
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block.strip())
