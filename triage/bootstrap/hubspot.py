"""HubSpot from settings: the client, whose hand we write with, and the sender of what is for the chat."""

from collections.abc import Awaitable, Callable

from triage.adapters.chat_capture import CaptureChatSender
from triage.adapters.chat_sender import ChatSender
from triage.adapters.hubspot import HubSpot
from triage.adapters.hubspot_http import HubSpotSettings
from triage.bootstrap.clock import utc_now
from triage.config import Settings
from triage.domain.chat import OurHand
from triage.domain.policy import Policy
from triage.domain.records import Letter
from triage.ports_chat import Conversations


def hubspot_settings(settings: Settings) -> HubSpotSettings:
    """What the HubSpot adapter needs."""
    return HubSpotSettings(
        token=settings.hubspot_token.get_secret_value(),
        portal_id=settings.hubspot_portal_id,
        sender_actor=settings.hubspot_sender_actor_id,
        api_url=settings.hubspot_api_url,
        app_url=settings.hubspot_app_url,
        version=settings.hubspot_api_version,
    )


def build_hubspot(settings: Settings) -> HubSpot | None:
    """The client, not connected yet; None where no token is set. Raises SettingsWrong."""
    return HubSpot(hubspot_settings(settings)) if settings.hubspot_token.get_secret_value() else None


def our_hand(settings: Settings) -> OurHand:
    """How we know our own messages."""
    return OurHand(
        app_id=settings.hubspot_app_id,
        sender_actor=settings.hubspot_sender_actor_id,
        portal_id=settings.hubspot_portal_id,
    )


def build_chat_sender(
    settings: Settings,
    policy: Policy,
    conversations: Conversations | None,
    record: Callable[[Letter, str], Awaitable[None]],
) -> ChatSender | CaptureChatSender | None:
    """Into the chat only where letters are sent at all; None where they are and the chat is not set up."""
    if settings.send == "capture":
        return CaptureChatSender(settings.capture_dir / "chat")
    if conversations is None:
        return None
    silent = policy.chat.silent_with_agent
    return ChatSender(conversations, our_hand(settings), record, silent_with_agent=silent, clock=utc_now)
