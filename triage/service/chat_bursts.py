"""The chat's second story: when a visitor has paused, what he typed in one go becomes one item of the ordinary way."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from triage.domain.case_plan import receipt
from triage.domain.chat import Burst, ChatContact, ChatLine, ChatMessage, ChatPlace, ChatThread, OurHand
from triage.domain.chat_filter import agent_present
from triage.domain.policy import ChatPolicy
from triage.domain.records import ChatRoom
from triage.domain.vocabulary import Channel
from triage.errors import ChatNotLetIn, ChatRefused, ChatUnavailable, ClaimLost, StoreUnavailable
from triage.logs import get_logger
from triage.parsing.told import burst_bytes
from triage.ports import NewItem
from triage.ports_chat import Conversations
from triage.service.chat_link import ChatLink, DeskStore
from triage.service.rounds import Wakes, together

log = get_logger()

STUCK_ALARM = "chat_stuck"
_ROOMS = 10
_AT_ONCE = 4
# How far back a colleague's word in the thread is looked for.
_RECENT_MESSAGES = 50
_RETRY_AFTER = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
_STUCK_AFTER = 3

_T = TypeVar("_T")

# What the CRM said of a contact, for one round.
_Contacts = dict[str, asyncio.Task[ChatContact | None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatBursts:
    """Hands in the bursts that have ended."""

    store: DeskStore
    conversations: Conversations
    link: ChatLink
    hand: OurHand
    policy: ChatPolicy
    clock: Callable[[], datetime]
    wakes: Wakes = field(default_factory=Wakes)

    async def work_once(self, *, ahead: timedelta = timedelta(0)) -> int:
        """Claim the rooms that are due (or will be within `ahead`) and hand their lines in; how many there were.

        Raises StoreUnavailable.
        """
        rooms = await self.store.claim_rooms(self.clock() + ahead, _ROOMS)
        gate, contacts = asyncio.Semaphore(_AT_ONCE), _Contacts()

        async def one(room: ChatRoom) -> None:
            async with gate:
                await self._deal_with(room, contacts)

        await together(one(room) for room in rooms)
        return len(rooms)

    async def _deal_with(self, room: ChatRoom, contacts: _Contacts) -> None:
        try:
            await self._hand_in(room, contacts)
        except (ChatUnavailable, ChatNotLetIn) as exc:
            retry_at = await self.link.bad(exc)
            if self.link.fails_alone(room.first_waiting_at):
                await self._fail(room)
            else:
                await self.store.put_off_room(room, retry_at, failed=False)
        except ClaimLost:
            log.warning("claim_lost", stage="bursts")
        except StoreUnavailable:
            raise
        except Exception as exc:  # one room's fault must not stop the others; its lines stay, and a person is told
            log.error("chat_burst_broke", attempt=room.attempts + 1, exception_type=type(exc).__name__)
            await self._fail(room)

    async def _fail(self, room: ChatRoom) -> None:
        await self._later(room)
        if room.attempts + 1 >= _STUCK_AFTER:
            await self.store.raise_alarm(STUCK_ALARM, None, self.clock())

    async def _later(self, room: ChatRoom) -> None:
        retry_at = self.clock() + _RETRY_AFTER[min(room.attempts, len(_RETRY_AFTER) - 1)]
        await self.store.put_off_room(room, retry_at, failed=True)

    async def _hand_in(self, room: ChatRoom, contacts: _Contacts) -> None:
        now = self.clock()
        context = timedelta(minutes=self.policy.context_minutes)
        since = room.first_waiting_at - context
        waiting, earlier = await self.store.room_lines(room, self.policy.context_lines, since)
        # One that came after the claim waits for the next burst.
        lines = tuple(line for line in waiting if line.message_id in room.line_ids)
        if not lines:  # forgotten meanwhile
            await self._later(room)
            return
        thread = await self.conversations.thread(room.thread_id)
        if thread is None and room.attempts == 0:
            # What was just written to may be missing for a moment.
            await self._later(room)
            return
        if thread is None:
            burst = await self._without_thread(room, lines, earlier, contacts)
        else:
            burst = await self._burst(room, thread, lines, earlier, contacts)
        await self.link.good()
        await self.store.hand_in(room, _item(room, burst, now), burst.contact_id, now)
        log.info("chat_burst_handed_in", lines=len(lines), colleague=burst.agent_present, code="" if thread else "gone")
        if room.attempts >= _STUCK_AFTER:
            await self.store.clear_alarm(STUCK_ALARM, None, now)
        self.wakes.received.set()

    async def _without_thread(
        self, room: ChatRoom, lines: tuple[ChatLine, ...], earlier: tuple[ChatLine, ...], contacts: _Contacts
    ) -> Burst:
        """Who asked before the thread was deleted has asked: it is decided like any, and nothing visible is said.

        Only a deletion for privacy's sake forgets what was typed, see chat_privacy.
        """
        contact = await self._contact(room.contact_id, contacts)
        return Burst(
            place=ChatPlace(portal_id=room.portal_id, thread_id=room.thread_id, channel_id="", channel_account_id=""),
            contact_id=room.contact_id,
            sender_name=contact.name if contact else "",
            sender_address=contact.address if contact else "",
            lines=lines,
            earlier=earlier,
            closed=True,
        )

    async def _burst(
        self,
        room: ChatRoom,
        thread: ChatThread,
        lines: tuple[ChatLine, ...],
        earlier: tuple[ChatLine, ...],
        contacts: _Contacts,
    ) -> Burst:
        (recent, newest), heard = await self._or_without(room, self._heard(room, lines), ((), None))
        contact, known = await self._or_without(room, self._contact(thread.contact_id, contacts), None)
        unsure = not (heard and known)
        closed = not thread.open or thread.archived or thread.spam
        return Burst(
            place=_place(room, thread, newest),
            contact_id=thread.contact_id,
            sender_name=(contact.name if contact else "") or (newest.sender_name if newest else ""),
            sender_address=contact.address if contact else "",
            lines=lines,
            earlier=earlier,
            agent_present=unsure or agent_present(thread, recent, self.hand),
            # A policy that answers beside colleagues would answer here as well.
            closed=closed or (unsure and not self.policy.silent_with_agent),
        )

    async def _or_without(self, room: ChatRoom, answer: Awaitable[_T], without: _T) -> tuple[_T, bool]:
        """The answer, and whether there is one. What has failed three times is done without: a request would wait
        unread for ever. Nothing is said then, a person decides."""
        try:
            return await answer, True
        except (ChatRefused, ChatUnavailable) as exc:
            if room.attempts < _STUCK_AFTER:
                raise
            log.warning("chat_burst_incomplete", attempt=room.attempts + 1, reason=str(exc))
            return without, False

    async def _heard(
        self, room: ChatRoom, lines: Sequence[ChatLine]
    ) -> tuple[tuple[ChatMessage, ...], ChatMessage | None]:
        """The thread's last messages, and the newest line."""
        recent = await self.conversations.recent(room.thread_id, _RECENT_MESSAGES)
        return recent, await self._newest(room, lines, recent)

    async def _newest(
        self, room: ChatRoom, lines: Sequence[ChatLine], recent: Sequence[ChatMessage]
    ) -> ChatMessage | None:
        """The newest line as the API gives it now; None where it has been taken out of the thread since."""
        listed = {message.id: message for message in recent}
        last = lines[-1].message_id
        return listed.get(last) or await self.conversations.message(room.thread_id, last)

    async def _contact(self, contact_id: str, contacts: _Contacts) -> ChatContact | None:
        """Asked once a round. That the CRM does not know a visitor is normal: he is "visitor, unidentified"."""
        if not contact_id:
            return None
        if contact_id not in contacts:
            contacts[contact_id] = asyncio.ensure_future(self.conversations.contact(contact_id))
        return await contacts[contact_id]


def _place(room: ChatRoom, thread: ChatThread, newest: ChatMessage | None) -> ChatPlace:
    """Where the answer goes: copied from the message answered, as a guessed account answers 201 and reaches nobody."""
    if newest is None:
        return ChatPlace(
            portal_id=room.portal_id,
            thread_id=room.thread_id,
            channel_id=thread.channel_id,
            channel_account_id=thread.channel_account_id,
        )
    return ChatPlace(
        portal_id=room.portal_id,
        thread_id=room.thread_id,
        channel_id=newest.channel_id or thread.channel_id,
        channel_account_id=newest.channel_account_id or thread.channel_account_id,
        recipient_actor=newest.sender_actor,
        delivery_type=newest.delivery_type,
        delivery_value=newest.delivery_value,
    )


def _item(room: ChatRoom, burst: Burst, now: datetime) -> NewItem:
    """Received when its first line was sent, which is what the clock counts from; never later than now."""
    raw = burst_bytes(burst)
    return NewItem(
        key=f"burst:{room.portal_id}:{room.thread_id}:{burst.lines[-1].message_id}",
        channel=Channel.CHAT,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        received_at=min(receipt(burst.lines[0].sent_at, now), now),
    )
