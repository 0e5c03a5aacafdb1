"""Wires the chat's stories, where a token is set."""

from functools import partial

from triage.adapters.channel_sender import ChannelSender
from triage.adapters.hubspot import HubSpot
from triage.adapters.store.addresses import address_hash
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
from triage.service.unsubscribes import Unsubscribes


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
    return Chat(
        events=events,
        bursts=bursts,
        settle=settle,
        link=link,
        unsubscribes=_unsubscribes(settings, policy, store, hubspot, link),
    )


def _unsubscribes(
    settings: Settings, policy: Policy, store: DeskStore, hubspot: HubSpot, link: ChatLink
) -> Unsubscribes | None:
    """Only where the policy says so, and nothing is changed outside while letters are captured."""
    if not policy.chat.unsubscribe_automatically or settings.send != "live":
        return None
    mark_of = partial(address_hash, settings.secret)
    return Unsubscribes(store=store, records=hubspot, link=link, mark_of=mark_of, clock=utc_now, policy=policy)
