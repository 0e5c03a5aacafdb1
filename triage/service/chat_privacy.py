"""Forgetting on HubSpot's word: a thread or a contact was deleted there for good, so we forget too.

What opened no case is purged at once. A case file stays under its own retention: nobody can wipe a complaint about
himself from the CRM.
"""

from datetime import datetime
from typing import TypeGuard

from triage.errors import AnalysisFailed
from triage.logs import get_logger
from triage.parsing.chat_event import CONTACT_FORGOTTEN, THREAD_FORGOTTEN, ChatEvent
from triage.ports import Item
from triage.ports_chat import ChatStore

log = get_logger()


def is_privacy_event(event: ChatEvent | AnalysisFailed) -> TypeGuard[ChatEvent]:
    """True for an event that tells of a deletion for good."""
    return isinstance(event, ChatEvent) and event.kind in (THREAD_FORGOTTEN, CONTACT_FORGOTTEN)


async def forget(store: ChatStore, item: Item, event: ChatEvent, now: datetime) -> None:
    """Forget the event's thread, or every thread of its contact, and finish the event, together."""
    purge = store.forget_thread if event.kind == THREAD_FORGOTTEN else store.forget_contact
    done = await purge(event.portal_id, event.object_id, item, now)
    log.info("chat_forgotten", item_id=item.id, lines=done.lines, enquiries=done.enquiries, kept=len(done.kept))
