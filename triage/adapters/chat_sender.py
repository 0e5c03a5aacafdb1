"""Replies and team notes into the chat, at most once each: where in doubt the thread is read before anything is posted.

HubSpot's API has no idempotency key. A post whose answer never came is looked for in its thread, and only one that
is not there is posted again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.domain.chat import ChatMessage, ChatPlace, OurHand
from triage.domain.chat_filter import agent_present, colleague_wrote, is_ours
from triage.domain.records import Letter
from triage.errors import (
    ChatNotLetIn,
    ChatRefused,
    ChatUnavailable,
    ChatUnclear,
    DeliveryDeferred,
    DeliveryNotLetIn,
    DeliveryRefused,
    DeliveryUnclear,
    StoreUnavailable,
)
from triage.logs import get_logger
from triage.ports_chat import Conversations

log = get_logger()

# A message may become visible a moment after it was taken.
LOOK_AFTER_S = (0.0, 1.0, 3.0)
_MESSAGES_LOOKED_AT = 200
# HubSpot's clock and ours need not agree to the second.
_CLOCKS_DIFFER_BY = timedelta(minutes=2)
# Older than this a reply is no answer at once any more: meanwhile a colleague may have taken the chat.
_LATE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """What a look at the thread showed: our letter, if it is there, and whether a colleague wrote since it was made.

    `unread`: a message could not be read, so that nobody knows whether it is the letter.
    """

    letter: ChatMessage | None
    colleague: bool
    unread: bool = False


class ChatSender:
    """Fulfils Sender and SettlingSender for chat. `looks_s`: the waits before each look at the thread.

    `record` is told the HubSpot id of every letter that is there (ChatStore.record_post). `silent_with_agent`: a
    reply that is tried again or late is not posted any more where a colleague has written meanwhile or was given the
    chat. Into a chat that was closed meanwhile no late reply is posted in any case; the team's notes always are.
    """

    def __init__(
        self,
        conversations: Conversations,
        hand: OurHand,
        record: Callable[[Letter, str], Awaitable[None]],
        looks_s: Sequence[float] = LOOK_AFTER_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        silent_with_agent: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._conversations = conversations
        self._hand = hand
        self._record = record
        self._looks_s = looks_s
        self._sleep = sleep
        self._silent_with_agent = silent_with_agent
        self._clock = clock

    async def send(self, letter: Letter) -> None:
        """Return once the letter is in its thread.

        Raises DeliveryDeferred, where we may not post at all DeliveryNotLetIn, DeliveryRefused, DeliveryUnclear.
        """
        place = _place_of(letter)
        if letter.attempts > 0 or self._is_late(letter):
            if await self._was_sent_before(letter, place):
                return
            if not letter.internal:
                await self._refuse_where_others_have_it(place)
        try:
            message_id = await self._conversations.post(place, letter.text.body, internal=letter.internal)
        except ChatUnclear as doubt:
            if not await self._settled(letter, place):
                raise DeliveryUnclear(str(doubt)) from doubt
        except ChatNotLetIn as trouble:
            raise DeliveryNotLetIn(str(trouble)) from trouble
        except ChatUnavailable as trouble:
            raise DeliveryDeferred(str(trouble)) from trouble
        except ChatRefused as answer:
            raise DeliveryRefused(str(answer)) from answer
        else:
            await self._note(letter, message_id)

    async def has_arrived(self, letter: Letter) -> bool | None:
        """See SettlingSender.has_arrived. One that HubSpot could not deliver has not arrived."""
        if letter.place is None:
            return None
        seen = await self._look(letter, letter.place, self._looks_s)
        found = seen.letter
        if seen.unread:
            return None
        if found is None or _has_failed(found):
            return False
        await self._note(letter, found.id)
        return True

    async def close(self) -> None:
        """Let go of every connection."""
        await self._conversations.close()

    async def _was_sent_before(self, letter: Letter, place: ChatPlace) -> bool:
        """Whether it is in the thread already. Raises DeliveryRefused where a colleague has spoken instead."""
        keeps_silent = self._silent_with_agent and not letter.internal
        if not letter.attempts and not keeps_silent:
            return False
        # Nothing of a first try can be in the thread yet: nobody waits for it to show.
        seen = await self._look(letter, place, self._looks_s if letter.attempts else (0.0,))
        if await self._is_there(letter, seen):
            return True
        if keeps_silent and seen.colleague:
            raise DeliveryRefused("a colleague has written in the chat since: a person says whether it is wanted")
        if letter.attempts and seen.unread:
            raise DeliveryDeferred("a message of the thread cannot be read: it may be this letter")
        return False

    async def _refuse_where_others_have_it(self, place: ChatPlace) -> None:
        """Raises DeliveryRefused where the chat was closed or given to a colleague since, DeliveryDeferred where
        nobody can say. One that is gone refuses the post itself."""
        try:
            thread = await self._conversations.thread(place.thread_id)
        except (ChatUnavailable, ChatRefused) as trouble:
            raise DeliveryDeferred(str(trouble)) from trouble
        if thread is None:
            return
        if not thread.open or thread.archived or thread.spam:
            raise DeliveryRefused("the conversation was closed, archived or marked as spam since: a person decides")
        if self._silent_with_agent and agent_present(thread, (), self._hand):
            raise DeliveryRefused("the conversation was given to a colleague since: a person says whether it is wanted")

    async def _settled(self, letter: Letter, place: ChatPlace) -> bool:
        """After an unclear post: whether it is there. Where nobody can look now, nobody knows."""
        try:
            return await self._is_there(letter, await self._look(letter, place, self._looks_s))
        except DeliveryDeferred:
            return False

    async def _is_there(self, letter: Letter, seen: _Seen) -> bool:
        """Whether an earlier post arrived. Raises DeliveryRefused where HubSpot failed at it."""
        found = seen.letter
        if found is None:
            return False
        if _has_failed(found):
            raise DeliveryRefused("HubSpot took the post and could not deliver it")
        await self._note(letter, found.id)
        return True

    async def _look(self, letter: Letter, place: ChatPlace, looks_s: Sequence[float]) -> _Seen:
        """Look for our message in the thread. Raises DeliveryDeferred while the thread cannot be read."""
        since = letter.created_at - _CLOCKS_DIFFER_BY if letter.created_at else None
        colleague, listed = False, tuple[ChatMessage, ...]()
        for wait_s in looks_s:
            if wait_s > 0:
                await self._sleep(wait_s)
            try:
                listed = await self._conversations.recent(place.thread_id, _MESSAGES_LOOKED_AT)
            except (ChatUnavailable, ChatRefused) as trouble:
                raise DeliveryDeferred(str(trouble)) from trouble
            colleague = colleague_wrote(listed, self._hand, since)
            found = [message for message in listed if is_this_letter(message, letter, self._hand)]
            if found:
                ours = next((message for message in found if not _has_failed(message)), found[0])
                return _Seen(letter=ours, colleague=colleague)
        return _Seen(letter=None, colleague=colleague, unread=any(not message.id for message in listed))

    def _is_late(self, letter: Letter) -> bool:
        return letter.created_at is not None and self._clock() - letter.created_at > _LATE_AFTER

    async def _note(self, letter: Letter, message_id: str) -> None:
        try:
            await self._record(letter, message_id)
        except StoreUnavailable:
            # The letter is out, and that must be recorded whatever becomes of this: the id only spares a look later.
            log.warning("post_id_not_recorded", letter_id=letter.id, reference=letter.reference)


def is_this_letter(message: ChatMessage, letter: Letter, hand: OurHand) -> bool:
    """Whether a message in the thread is this letter: written by us, with its words, not before it was."""
    if message.kind != ("COMMENT" if letter.internal else "MESSAGE") or message.direction == "INCOMING":
        return False
    if letter.created_at is not None and message.sent_at < letter.created_at - _CLOCKS_DIFFER_BY:
        return False
    there, ours = " ".join(message.text.split()), " ".join(letter.text.body.split())
    return is_ours(message, hand) and (there == ours or (message.truncated and bool(there) and ours.startswith(there)))


def _has_failed(message: ChatMessage) -> bool:
    return message.status.upper() == "FAILED"


def _place_of(letter: Letter) -> ChatPlace:
    if letter.place is None:
        raise DeliveryRefused("the letter names no thread to be posted into")
    return letter.place
