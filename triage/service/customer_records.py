"""What the DPO does to a customer's record outside: each a deliberate act of a named person, written down beforehand.

Deleting is none of them: HubSpot's permanent delete cannot be undone and blocks an unknown address for good, so a
person does it there, with the record before their eyes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.domain.chat import ChatContact, ChatThread
from triage.errors import ChatRefused, ChatUnavailable, TriageError
from triage.ports_chat import CustomerRecords


class ActsStore(Protocol):
    """The part of the store that an act is written down in. Raises StoreUnavailable."""

    async def note_act(self, reference: str, event: str, facts: Mapping[str, object], by: str, now: datetime) -> bool:
        """Write what a person did into the reference's journal; False if there is no such reference."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsubscribing:
    """An address to be taken off all marketing mail, for the enquiry `reference`, by the person `by`.

    `mark` stands for the address in the journal: a keyed hash, never the address itself.
    """

    reference: str
    address: str
    mark: str
    by: str


async def find_contact(records: CustomerRecords, address: str) -> tuple[ChatContact, str] | None:
    """The contact with this address and where its record is; None if there is none. Raises as CustomerRecords does."""
    contact = await records.find_contact(address)
    return None if contact is None else (contact, records.contact_url(contact.id))


async def threads_of(records: CustomerRecords, contact_id: str) -> tuple[ChatThread, ...]:
    """Every conversation of a contact, for an access request. Raises as CustomerRecords does."""
    return await records.threads_of(contact_id)


async def unsubscribe(
    records: CustomerRecords, store: ActsStore, asked: Unsubscribing, clock: Callable[[], datetime]
) -> None:
    """No marketing mail to the address any more. The intention is written down first, then what came of it.

    Raises TriageError for a reference nobody knows (nothing was done), ChatUnavailable or ChatRefused (written down
    too; asking again is safe) and StoreUnavailable.
    """
    facts = {"at": "hubspot", "address": asked.mark, "scope": "all"}
    if not await store.note_act(asked.reference, "unsubscribe_asked", facts, by=asked.by, now=clock()):
        raise TriageError(f"there is no enquiry or case {asked.reference}; nothing was done")
    try:
        await records.unsubscribe(asked.address)
    except (ChatUnavailable, ChatRefused) as trouble:
        failed = {**facts, "code": "refused" if isinstance(trouble, ChatRefused) else "unavailable"}
        await store.note_act(asked.reference, "unsubscribe_failed", failed, by=asked.by, now=clock())
        raise
    await store.note_act(asked.reference, "unsubscribed", facts, by=asked.by, now=clock())
