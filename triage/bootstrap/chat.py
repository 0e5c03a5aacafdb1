"""Wires the chat's stories, where a token is set."""

from triage.adapters.channel_sender import ChannelSender
from triage.adapters.hubspot import HubSpot
from triage.bootstrap.clock import utc_now
from triage.bootstrap.hubspot import our_hand
from triage.config import Settings
from triage.domain.policy import Policy
from triage.service.chat import Chat
from triage.service.chat_bursts import ChatBursts
from triage.service.chat_events import ChatEvents
from triage.service.chat_link import ChatLink, DeskStore
from triage.service.rounds import Wakes
from triage.service.settle import Settle


def build_chat(
    settings: Settings,
    policy: Policy,
    store: DeskStore,
    hubspot: HubSpot,
    sender: ChannelSender,
    worker: str,
    wakes: Wakes,
) -> Chat:
    """The chat of the worker named `worker`; its loops and the worker's wake each other by `wakes`."""
    hand = our_hand(settings)
    link = ChatLink(store=store, clock=utc_now, breaker_open=lambda: hubspot.breaker_open)
    events = ChatEvents(
        store=store,
        conversations=hubspot,
        link=link,
        hand=hand,
        policy=policy.chat,
        worker=worker,
        clock=utc_now,
        wakes=wakes,
    )
    bursts = ChatBursts(
        store=store,
        conversations=hubspot,
        link=link,
        hand=hand,
        policy=policy.chat,
        clock=utc_now,
        wakes=wakes,
    )
    settle = Settle(store=store, sender=sender, worker=worker, clock=utc_now, wakes=wakes)
    return Chat(events=events, bursts=bursts, settle=settle, link=link)
