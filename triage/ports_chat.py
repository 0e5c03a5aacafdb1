"""What the chat and form stories need from outside, as protocols. See ports.py for the rest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.chat import ChatContact, ChatLine, ChatMessage, ChatPlace, ChatThread
from triage.domain.records import ChatRoom, Forgotten, Item, Letter, NewItem, OptOut, Unreachable


class Conversations(Protocol):
    """The chat's API. Every call ends within its own time limit.

    Raises ChatUnavailable (again after its `retry_after_s`) or ChatRefused (a person has to mend it). What is not
    there (404) is None, never an error.
    """

    async def message(self, thread_id: str, message_id: str) -> ChatMessage | None:
        """One message, its text whole: where it was cut, the original content is fetched."""
        ...

    async def thread(self, thread_id: str) -> ChatThread | None:
        """A thread's state."""
        ...

    async def recent(self, thread_id: str, limit: int) -> tuple[ChatMessage, ...]:
        """The newest messages of a thread, newest first; none where the thread is gone."""
        ...

    async def contact(self, contact_id: str) -> ChatContact | None:
        """The CRM contact; None for a visitor the CRM does not know."""
        ...

    async def actor_name(self, actor_id: str) -> str | None:
        """The name an actor bears, None if there is no such actor."""
        ...

    async def post(self, place: ChatPlace, text: str, *, internal: bool) -> str:
        """Post a reply, or with `internal` a comment for the team; the new message's id.

        Also raises ChatUnclear: it was handed over and nobody knows whether it arrived.
        """
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class CustomerRecords(Protocol):
    """What the DPO may do at HubSpot, each a deliberate act. Raises as Conversations does."""

    async def find_contact(self, address: str) -> ChatContact | None:
        """The contact with this mail address."""
        ...

    async def unsubscribe(self, address: str) -> None:
        """No marketing mail of any kind to this address any more."""
        ...

    async def threads_of(self, contact_id: str) -> tuple[ChatThread, ...]:
        """Every thread of a contact, open and closed: what an access request asks for."""
        ...

    def contact_url(self, contact_id: str) -> str:
        """Where a person finds the contact's record (and HubSpot's own irreversible deletion)."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class SettlingSender(Protocol):
    """A sender whose channel can be asked afterwards."""

    async def has_arrived(self, letter: Letter) -> bool | None:
        """Whether the letter is there; None where this channel cannot say. Raises DeliveryDeferred."""
        ...


class Inbox(Protocol):
    """The hook's own memory: received items only. Raises StoreUnavailable."""

    async def save(self, items: Sequence[NewItem]) -> int:
        """Store items under their unique keys, committed on return. How many were new."""
        ...

    async def save_form(self, key: str, raw_of: "FormRaw", received_at: datetime, spend: str | None) -> "SavedForm":
        """Store a form's post and draw its reference, in one transaction.

        `raw_of(reference, spent_before)` gives the bytes once the reference is known. `spend` is the challenge the
        post was made with, None without one; `spent_before` is true where another post has used it.
        """
        ...

    async def ready(self) -> bool:
        """Whether something could be stored now."""
        ...

    async def close(self) -> None:
        """Finish what is begun and let go of the file or connections."""
        ...


class FormRaw(Protocol):
    """Makes a form item's bytes."""

    def __call__(self, reference: str, *, spent_before: bool) -> bytes:
        """The bytes to store."""
        ...


class SavedForm(Protocol):
    """What became of a form's post. `known`: the same post came before; then `reference` is None where this inbox
    may not read what it has."""

    @property
    def reference(self) -> str | None:
        """The reference to show."""
        ...

    @property
    def known(self) -> bool:
        """Whether it was there already."""
        ...


class InboxSource(Protocol):
    """The other end of a hook's inbox that is a file of its own: read by the worker, never written."""

    async def identity(self) -> int | None:
        """A number the file was given when it was made; None while there is no file."""
        ...

    async def items_above(self, position: int, limit: int) -> tuple[tuple[int, NewItem | None], ...]:
        """Items with their positions, oldest first; None in the place of one that cannot be read."""
        ...

    async def mark_drained(self, identity: int, position: int) -> None:
        """Tell the hook that everything up to `position` is safe elsewhere and may be deleted."""
        ...

    async def close(self) -> None:
        """Let go of the file."""
        ...


class ChatStore(Protocol):
    """The part of the store the chat story works on. Every method is one transaction; `now` is aware UTC."""

    async def claim_events(self, worker: str, limit: int, now: datetime) -> tuple[Item, ...]:
        """Claim received chat events, oldest first; a claim older than its lease may be taken over."""
        ...

    async def put_off(self, item: Item, retry_at: datetime) -> None:
        """Back to received until `retry_at`, without counting a failure: the other side is away."""
        ...

    async def pass_event(self, item: Item, code: str, now: datetime) -> None:
        """The event is dealt with, nothing of it is kept: `code` says why ("ours", "no_visitor", "gone")."""
        ...

    async def keep_line(
        self,
        item: Item,
        portal_id: str,
        thread_id: str,
        line: ChatLine,
        due_at: datetime,
        latest_at: datetime,
        now: datetime,
    ) -> None:
        """Keep a visitor's line and finish its event, together. The thread is due at `due_at`, where lines wait
        already at the earlier of `due_at` and `latest_at` of the first of them. A line known already is kept once; one
        from before its thread was forgotten is not kept again."""
        ...

    async def claim_rooms(self, now: datetime, limit: int) -> tuple[ChatRoom, ...]:
        """Claim threads whose burst has ended, oldest first; the claim holds for the item lease."""
        ...

    async def put_off_room(self, room: ChatRoom, retry_at: datetime, *, failed: bool) -> None:
        """Back until `retry_at`; `failed` counts an attempt."""
        ...

    async def room_lines(
        self, room: ChatRoom, earlier: int, since: datetime
    ) -> tuple[tuple[ChatLine, ...], tuple[ChatLine, ...]]:
        """The waiting lines the claim names, and up to `earlier` decided ones sent after `since`; both oldest first."""
        ...

    async def hand_in(self, room: ChatRoom, item: NewItem, contact_id: str, now: datetime) -> None:
        """Save the burst as an item and mark its lines decided, together. Lines that came meanwhile wait on.

        Nothing is saved where another worker handed one of the lines in meanwhile, or where one is from before its
        contact was erased: then what is left is due again.
        """
        ...

    async def drop_text(self, before: datetime) -> int:
        """Forget the text of lines stored before `before` that led to no enquiry. How many."""
        ...

    async def count_passed_over(self, since: datetime | None = None) -> int:
        """How many lines asked for nothing, of those stored at `since` or later.

        Ids and scores are all that is left of them.
        """
        ...

    async def own_posts(self, portal_id: str, thread_id: str) -> frozenset[str]:
        """HubSpot ids of what we posted into a thread."""
        ...

    async def record_post(self, letter: Letter, message_id: str) -> None:
        """Remember the HubSpot id of a letter of ours."""
        ...

    async def stranded_posts(self, worker: str, now: datetime, limit: int) -> tuple[Letter, ...]:
        """Chat letters whose worker died or whose answer never came: to be settled by looking.

        They are `worker`'s for the length of the item lease, and are given to it again until they are settled:
        by `Store.record_sent`, or where they are not there by `Store.record_deferred`.
        """
        ...

    async def forget_thread(self, portal_id: str, thread_id: str, item: Item, now: datetime) -> Forgotten:
        """conversation.privacyDeletion: purge what opened no case, note the event on what did; finish `item`."""
        ...

    async def forget_contact(self, portal_id: str, contact_id: str, item: Item, now: datetime) -> Forgotten:
        """contact.privacyDeletion: the same for every thread of the contact."""
        ...

    async def without_way_to_answer(self) -> tuple[Unreachable, ...]:
        """Enquiries with open cases whose person left no way to answer."""
        ...

    async def mark_cannot_reach(self, reference: str, now: datetime) -> bool:
        """Its open cases become `cannot_reach`; False if none was open."""
        ...

    async def opt_outs_to_carry_out(self, by: str) -> tuple[OptOut, ...]:
        """Sure opt-outs that came by mail and are on the do-not-contact list, not unsubscribed at HubSpot by anybody.

        Not those HubSpot has refused to `by`: they are a person's.
        """
        ...

    async def drop_challenges(self, before: datetime) -> int:
        """Forget challenges of the form spent before `before`: they have expired, and serve nobody twice. How many."""
        ...
