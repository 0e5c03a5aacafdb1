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


class UnknownReference(TriageError):
    """There is no such enquiry or case; nothing was done."""


class ActsStore(Protocol):
    """The part of the store that an act is written down in. Raises StoreUnavailable."""

    async def show_case(self, reference: str) -> dict[str, object] | None:
        """The enquiry or case, None if there is none."""
        ...

    async def note_act(self, reference: str, event: str, facts: Mapping[str, object], by: str, now: datetime) -> bool:
        """Write what a person did into the reference's journal; False if there is no such reference."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """For which enquiry or case, and who does it: an account's name."""

    reference: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """An address. `mark` stands for it in the journal: a keyed hash, never the address itself."""

    address: str
    mark: str


async def check_reference(store: ActsStore, reference: str) -> None:
    """Raises UnknownReference before anybody is asked to confirm anything."""
    if await store.show_case(reference) is None:
        raise _unknown(reference)


async def find_contact(
    records: CustomerRecords, store: ActsStore, asked: Marked, act: Act, clock: Callable[[], datetime]
) -> tuple[ChatContact, str] | None:
    """The contact with this address and where its record is; None if there is none.

    Raises UnknownReference, StoreUnavailable, and as CustomerRecords does.
    """
    await _note(store, act, "contact_looked_up", {"at": "hubspot", "address": asked.mark}, clock)
    contact = await records.find_contact(asked.address)
    return None if contact is None else (contact, records.contact_url(contact.id))


async def threads_of(
    records: CustomerRecords, store: ActsStore, contact_id: str, act: Act, clock: Callable[[], datetime]
) -> tuple[ChatThread, ...]:
    """Every conversation of a contact, for an access request. Raises as find_contact does."""
    await _note(store, act, "threads_listed", {"at": "hubspot", "contact": contact_id}, clock)
    return await records.threads_of(contact_id)


async def unsubscribe(
    records: CustomerRecords, store: ActsStore, asked: Marked, act: Act, clock: Callable[[], datetime]
) -> None:
    """No marketing mail to the address any more. The intention is written down first, then what came of it.

    Raises UnknownReference, ChatUnavailable or ChatRefused (written down too; asking again is safe), StoreUnavailable.
    """
    facts = {"at": "hubspot", "address": asked.mark, "scope": "all"}
    await _note(store, act, "unsubscribe_asked", facts, clock)
    try:
        await records.unsubscribe(asked.address)
    except (ChatUnavailable, ChatRefused) as trouble:
        failed = {**facts, "code": "refused" if isinstance(trouble, ChatRefused) else "unavailable"}
        await _note(store, act, "unsubscribe_failed", failed, clock)
        raise
    await _note(store, act, "unsubscribed", facts, clock)


async def _note(
    store: ActsStore, act: Act, event: str, facts: Mapping[str, object], clock: Callable[[], datetime]
) -> None:
    if not await store.note_act(act.reference, event, facts, by=act.by, now=clock()):
        raise _unknown(act.reference)


def _unknown(reference: str) -> UnknownReference:
    return UnknownReference(f"there is no enquiry or case {reference}; nothing was done")
