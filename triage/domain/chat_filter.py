"""Which message of a chat thread is a visitor's own, and whether a colleague is in the thread already.

Our own posts come back as new messages: whoever answers all of them talks to himself for ever. So what is heard is
named, and everything else passes by with a code. Never by client type: a visitor's chat shows SYSTEM and HUBSPOT
alike. Sources: HubSpot's Conversations API (types, directions, actors) and docs/chat.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from triage.domain.chat import ChatMessage, ChatThread, OurHand

LIVE_CHAT = frozenset({"1000"})

_NO_MESSAGE = {"COMMENT": "comment", "WELCOME_MESSAGE": "welcome"}
_PASSED_SENDERS = {"A-": "agent", "B-": "bot", "L-": "bot", "S-": "system", "I-": "app"}
# Without a sender the author tells: these are never a visitor. An app may bring in what a visitor typed elsewhere.
_NO_VISITOR_AUTHORS = ("A-", "B-", "L-", "S-")


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """Whether a message is a visitor's own words, and the code why ("visitor", or what it is instead)."""

    heard: bool
    code: str


def judge_message(
    message: ChatMessage, hand: OurHand, own_posts: frozenset[str], channels: frozenset[str] = LIVE_CHAT
) -> Heard:
    """Judge one message. `own_posts`: HubSpot ids of what we posted; `channels`: ids of the channels listened to.

    Codes: visitor, ours, comment, welcome, system, outgoing, other_channel, agent, bot, app, no_visitor.
    """
    code = _passed_by(message, hand, own_posts, channels)
    return Heard(heard=not code, code=code or "visitor")


def is_ours(message: ChatMessage, hand: OurHand) -> bool:
    """Whether we posted it: by app, by author or by sender. Which of these an echo bears is nowhere promised."""
    marks = {message.sender_actor, message.created_by, message.delivery_value}
    ours = {hand.sender_actor, f"I-{hand.app_id}" if hand.app_id else ""} - {""}
    return bool(marks & ours) or (message.app_id == hand.app_id != "")


def agent_present(thread: ChatThread, recent: Iterable[ChatMessage], hand: OurHand) -> bool:
    """True where the thread has been given to a colleague, or a colleague wrote one of its `recent` messages."""
    if _is_agent(thread.assigned_to) and thread.assigned_to != hand.sender_actor:
        return True
    return colleague_wrote(recent, hand)


def colleague_wrote(recent: Iterable[ChatMessage], hand: OurHand, since: datetime | None = None) -> bool:
    """Whether a colleague wrote to the visitor in one of these messages, sent at `since` (aware UTC) or later."""
    later = (message for message in recent if since is None or message.sent_at >= since)
    return any(_is_agents(message) and not is_ours(message, hand) for message in later)


def _passed_by(message: ChatMessage, hand: OurHand, own_posts: frozenset[str], channels: frozenset[str]) -> str:
    if message.id in own_posts or is_ours(message, hand):
        return "ours"
    if message.kind != "MESSAGE":
        return _NO_MESSAGE.get(message.kind, "system")
    if message.direction != "INCOMING":
        return "outgoing"
    if message.channel_id not in channels:
        return "other_channel"
    return _not_a_visitor(message)


def _not_a_visitor(message: ChatMessage) -> str:
    """A sender `V-…`; or none but a delivery identifier, and no author who is somebody else."""
    if message.sender_actor.startswith("V-"):
        return ""
    if message.sender_actor:
        return _PASSED_SENDERS.get(message.sender_actor[:2], "no_visitor")
    if message.created_by.startswith(_NO_VISITOR_AUTHORS):
        return _PASSED_SENDERS[message.created_by[:2]]
    return "" if message.delivery_value else "no_visitor"


def _is_agents(message: ChatMessage) -> bool:
    author = message.sender_actor or message.created_by
    return message.kind == "MESSAGE" and message.direction == "OUTGOING" and _is_agent(author)


def _is_agent(actor: str) -> bool:
    return actor.startswith("A-")
