"""The chat's first story: an event names a message, the message is fetched, and a visitor's line of it is kept.

Whatever goes wrong, the event stays: put off while the other side is away, in quarantine where a person must look.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.chat import ChatLine, ChatMessage, OurHand
from triage.domain.chat_filter import judge_message
from triage.domain.policy import ChatPolicy
from triage.errors import AnalysisFailed, ChatNotLetIn, ChatRefused, ChatUnavailable, ClaimLost, StoreUnavailable
from triage.logs import get_logger
from triage.parsing.chat_event import NEW_MESSAGE, ChatEvent, read_event
from triage.ports import Item
from triage.ports_chat import Conversations
from triage.service.chat_link import ChatLink, DeskStore
from triage.service.chat_privacy import forget, is_privacy_event
from triage.service.rounds import Wakes, together

log = get_logger()

_BATCH = 20
_AT_ONCE = 5
# A message may be read a moment after it was announced; what is not there after some six minutes is gone.
_LOOK_AGAIN_AFTER = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60, 300))
_RETRY_AFTER = (timedelta(seconds=5), timedelta(seconds=60))
# For what fails alone: an hour of tries lies behind it.
_LAST_TRIES_AFTER = (timedelta(minutes=5), timedelta(minutes=15))
# Announced with the event already: not worth a call.
_NEVER_A_VISITOR = {"COMMENT": "comment", "WELCOME_MESSAGE": "welcome"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatEvents:
    """Works through chat events. `hand` is how we know our own posts."""

    store: DeskStore
    conversations: Conversations
    link: ChatLink
    hand: OurHand
    policy: ChatPolicy
    worker: str
    clock: Callable[[], datetime]
    wakes: Wakes = field(default_factory=Wakes)
    # Claimed, but not yet dealt with because the store could not be written: they must not wait for their lease.
    _in_hand: dict[int, Item] = field(default_factory=dict)

    async def work_once(self) -> int:
        """Claim a batch and deal with it; how many there were, 0 when nothing waits. Raises StoreUnavailable."""
        if not self._in_hand:
            for item in await self.store.claim_events(self.worker, _BATCH, self.clock()):
                self._in_hand[item.id] = item
        batch = [(item, _read(item)) for item in self._in_hand.values()]
        messages = [pair for pair in batch if not is_privacy_event(pair[1])]
        # Forgetting comes last, so that no line of this batch is kept after its thread was to be forgotten.
        privacy = [pair for pair in batch if is_privacy_event(pair[1])]
        await self._all_of(messages, _AT_ONCE)
        await self._all_of(privacy, 1)
        return len(batch)

    async def _all_of(self, events: "Sequence[tuple[Item, ChatEvent | AnalysisFailed]]", at_once: int) -> None:
        room = asyncio.Semaphore(at_once)

        async def one(item: Item, event: ChatEvent | AnalysisFailed) -> None:
            async with room:
                await self._deal_with(item, event)
                self._in_hand.pop(item.id)

        await together(one(*pair) for pair in events)

    async def _deal_with(self, item: Item, event: ChatEvent | AnalysisFailed) -> None:
        try:
            if isinstance(event, AnalysisFailed):
                await self._quarantine(item, event.code)
            elif is_privacy_event(event):
                await forget(self.store, item, event, self.clock())
            else:
                await self._hear(item, event)
        except (ChatUnavailable, ChatNotLetIn) as exc:
            await self._wait(item, await self.link.bad(exc))
        except ChatRefused:  # this one request is wrong, whatever we do
            await self._fail(item, "chat_refused", _RETRY_AFTER)
        except ClaimLost:
            log.warning("claim_lost", item_id=item.id)
        except StoreUnavailable:
            raise
        except Exception as exc:  # one event's fault must not stop the others; it ends in quarantine
            log.error("chat_event_broke", item_id=item.id, exception_type=type(exc).__name__)
            await self._fail(item, "event_broke", _RETRY_AFTER)

    async def _hear(self, item: Item, event: ChatEvent) -> None:
        if event.kind != NEW_MESSAGE or event.message_type in _NEVER_A_VISITOR:
            await self._pass(item, _NEVER_A_VISITOR.get(event.message_type, "no_work"))
            return
        if self.hand.portal_id and event.portal_id != self.hand.portal_id:
            # Our token opens one portal: what another calls by the same ids is somebody else's.
            await self._pass(item, "other_portal")
            return
        posts = await self.store.own_posts(event.portal_id, event.object_id)
        if event.message_id in posts:
            await self._pass(item, "ours")
            return
        message = await self.conversations.message(event.object_id, event.message_id)
        await self.link.good()
        if message is None:
            await self._missing(item, event)
            return
        heard = judge_message(message, self.hand, posts)
        if heard.heard:
            await self._keep(item, event, message)
        else:
            await self._pass(item, heard.code)

    async def _keep(self, item: Item, event: ChatEvent, message: ChatMessage) -> None:
        now = self.clock()
        line = ChatLine(
            message_id=event.message_id, sent_at=message.sent_at, text=message.text, attachments=message.attachments
        )
        due_at = now + timedelta(seconds=self.policy.debounce_s)
        latest_at = now + timedelta(seconds=self.policy.longest_burst_s)
        await self.store.keep_line(item, event.portal_id, event.object_id, line, due_at, latest_at, now)
        log.info("chat_line_kept", item_id=item.id)
        self.wakes.due_in(self.policy.debounce_s, self.policy.longest_burst_s)

    async def _missing(self, item: Item, event: ChatEvent) -> None:
        """Not there yet, gone with its thread, or taken out of a thread that stands: then a person should know."""
        if item.attempts < len(_LOOK_AGAIN_AFTER):
            await self._fail(item, "message_not_there", _LOOK_AGAIN_AFTER)
        elif await self.conversations.thread(event.object_id) is None:
            await self._pass(item, "gone")
        else:
            await self._quarantine(item, "message_not_there")

    async def _wait(self, item: Item, retry_at: datetime) -> None:
        """HubSpot is away or in trouble, which is no fault of the message; unless it is the only one that fails."""
        if self.link.fails_alone(item.received_at):
            await self._fail(item, "chat_unavailable", _LAST_TRIES_AFTER)
        else:
            await self.store.put_off(item, retry_at)

    async def _pass(self, item: Item, code: str) -> None:
        await self.store.pass_event(item, code, self.clock())
        log.info("chat_event_passed", item_id=item.id, code=code)

    async def _quarantine(self, item: Item, code: str) -> None:
        await self._fail(item, code, ())

    async def _fail(self, item: Item, code: str, waits: Sequence[timedelta]) -> None:
        now = self.clock()
        retry_at = now + waits[item.attempts] if item.attempts < len(waits) else None
        await self.store.fail_item(item, code, retry_at, now)
        log.warning("chat_event_failed", item_id=item.id, code=code, attempt=item.attempts + 1)


def _read(item: Item) -> ChatEvent | AnalysisFailed:
    try:
        return read_event(item.raw)
    except AnalysisFailed as exc:
        return exc
