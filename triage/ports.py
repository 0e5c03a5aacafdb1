"""What the services need from outside, as protocols. Adapters fulfil them; bootstrap chooses which."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.domain.journal import ChainFault as ChainFault  # noqa: PLC0414 - re-exported
from triage.domain.letter import LetterText
from triage.domain.plan import Analysis, History, Plan
from triage.domain.vocabulary import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class MailKey:
    """Where a mail lies: `text` is unique over all sources and for all time, `uid` orders it within its folder."""

    text: str
    uid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MailListing:
    """What a folder holds above a UID, at one look. `validity` is UIDVALIDITY (1 where there is none)."""

    validity: int
    keys: tuple[MailKey, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A mail as fetched. `raw` is whole unless `size_bytes` exceeds its length (oversized: only its head)."""

    key: MailKey
    raw: bytes
    received_at: datetime
    size_bytes: int


class MailSource(Protocol):
    """A mailbox that is read and never written. Every call ends within its own time limit.

    Raises MailboxUnreachable (try again later) or MailboxRefused (wrong password, no such folder).
    After either the source has thrown its connection away; the next call opens a new one.
    """

    @property
    def account(self) -> str:
        """Names account and folder in the store, without a password."""
        ...

    async def list_above(self, uid: int) -> MailListing:
        """Every mail with a UID above `uid`; 0 lists all."""
        ...

    async def list_recent(self, days: int) -> MailListing:
        """Every mail that came in the last `days` days, seen before or not."""
        ...

    def fetch(self, keys: Sequence[MailKey]) -> AsyncIterator[Mail]:
        """The mails of `keys`. One that has vanished is left out, not an error."""
        ...

    async def wait(self, timeout_s: float) -> None:
        """Return when news may have come, or after `timeout_s`. Only a wake-up: the listing is the truth."""
        ...

    async def close(self) -> None:
        """Let go of the connection, quietly."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxPosition:
    """How far an account's folder has been read: every mail up to `last_uid` is stored or a gap."""

    account: str
    validity: int
    last_uid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NewItem:
    """What arrived, raw, before anyone looked inside. `key` is unique: saving it twice saves it once.

    `backlog`: see History. `size_bytes` exceeds len(raw) when only the head was fetched.
    """

    key: str
    channel: Channel
    raw: bytes
    sha256: str
    size_bytes: int
    received_at: datetime
    backlog: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A stored item that someone has claimed. `attempts` counts the failures so far."""

    id: int
    key: str
    channel: Channel
    raw: bytes
    size_bytes: int
    received_at: datetime
    backlog: bool
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """A decided item on its way into the store: the plan, and the letter already worded (None without one).

    `reference` is the one drawn for a new enquiry; whatever joins a thread is filed under `plan.joins` instead.
    `serial` is the one inside `message_id`. `controller` is the name of the company the enquiry is for.
    """

    item: Item
    analysis: Analysis
    plan: Plan
    reference: str
    letter_text: LetterText | None
    message_id: str | None
    now: datetime
    serial: int = 1
    controller: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter claimed for sending: at most one recipient, its own stable Message-ID, the thread it answers."""

    id: int
    reference: str
    purpose: str
    recipient: str
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    text: LetterText
    attempts: int


class Analyser(Protocol):
    """Reads one item in a guarded worker process. Raises AnalysisFailed: broken, too slow or too big."""

    async def analyse(self, item: Item) -> Analysis:
        """The item read and classified."""
        ...


class Sender(Protocol):
    """Hands a letter over. Raises DeliveryRefused, DeliveryDeferred or DeliveryUnclear."""

    async def send(self, letter: Letter) -> None:
        """Return once the other side has taken responsibility for the letter."""
        ...

    async def close(self) -> None:
        """Let go of any kept connection."""
        ...


class Filer(Protocol):
    """One open transaction in which items are decided and filed. See Store.filing."""

    async def history(self, item: Item, analysis: Analysis, now: datetime) -> History:
        """What the store knows that bears on this item."""
        ...

    async def next_reference(self, year: int) -> str:
        """Draw the year's next reference. Given back if the transaction fails."""
        ...

    async def next_serial(self, reference: str, purpose: str) -> int:
        """The serial of the next letter of that purpose on a thread: 1, or one more than the last."""
        ...

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A part of the transaction that can fail alone: on an exception only what was written in it is undone."""
        ...

    async def file(self, filing: Filing) -> None:
        """Write enquiry, cases, participants, clock events, letter, limits, journal; mark the item done.

        Raises ClaimLost when the item is done already: its lease ran out and another worker filed it.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """Something a person must see. `code` is one of docs/alarms.md; `reference` names enquiry or case, if any."""

    code: str
    reference: str | None
    raised_at: datetime
    cleared_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """A case as a list shows it."""

    reference: str
    kind: str
    state: str
    lane: str
    sender: str
    controller: str
    received_on: str
    statutory_due: str | None
    safe_due: str | None
    next_step: str
    next_step_on: str
    letter: str | None
    not_acknowledged: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EnquiryRow:
    """A message and what became of it. `thread` is the reference it opened or joined; `due_on` the earliest date."""

    thread: str | None
    outcome: str
    subject: str
    gate: str
    kinds: tuple[str, ...]
    lane: str | None
    letter: str | None
    due_on: str | None
    trace: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRow:
    """A letter as a person sees it; `why` is what it rests on."""

    id: int
    reference: str
    purpose: str
    state: str
    recipient: str
    subject: str
    body: str
    why: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineRow:
    """An item that could not be read, kept raw. `attempts` counts the tries, `code` says what broke."""

    id: int
    key: str
    received_at: datetime
    size_bytes: int
    attempts: int
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """The store's answer to "is the desk able to work": counts, and ages in seconds (None: nothing there).

    `letters_10_minutes`: letters a machine queued in the last ten minutes, against the limit over all senders.
    """

    items_waiting: int
    oldest_item_age_s: float | None
    letters_waiting: int
    oldest_letter_age_s: float | None
    quarantined: int
    alarms: int
    letters_10_minutes: int = 0


class Store(Protocol):
    """The desk's memory. Every method is one transaction; `now` is aware UTC. Raises StoreUnavailable."""

    async def save_items(
        self, items: Sequence[NewItem], position: MailboxPosition | None, gaps: Sequence[MailKey] = ()
    ) -> int:
        """Store items under their unique keys and move the position, together. Returns how many were new."""
        ...

    async def unknown_keys(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of `keys` no item has."""
        ...

    async def known_hashes(self, hashes: Sequence[str]) -> frozenset[str]:
        """Those of `hashes` (sha256 of raw) some item has."""
        ...

    async def mailbox_position(self, account: str) -> MailboxPosition | None:
        """How far the account was read; None at the very first look."""
        ...

    async def gaps_due(self, account: str, now: datetime, limit: int) -> tuple[MailKey, ...]:
        """Mails listed but not yet fetched whose next try is due. Handing one out puts its next try off; saving the
        mail closes the gap."""
        ...

    async def drop_gaps(self, keys: Sequence[str]) -> int:
        """Stop trying for mails that have vanished from the mailbox. Returns how many gaps there were."""
        ...

    async def claim_items(self, worker: str, limit: int, now: datetime) -> tuple[Item, ...]:
        """Claim received items for `worker`, oldest first; a claim older than its lease may be taken over."""
        ...

    async def fail_item(self, item: Item, code: str, retry_at: datetime | None, now: datetime) -> None:
        """Count a failure: try again at `retry_at`, or with None put the item into quarantine."""
        ...

    def filing(self) -> AbstractAsyncContextManager[Filer]:
        """One transaction in which items are decided and filed; rolled back whole on an exception.

        Filings run one after the other, in whatever process. Inside, call the Filer only, never the Store.
        """
        ...

    async def claim_letter(self, worker: str, now: datetime) -> Letter | None:
        """Claim the next due letter: from here on it counts as perhaps sent."""
        ...

    async def record_sent(self, letter: Letter, now: datetime) -> None:
        """The relay took it."""
        ...

    async def record_deferred(self, letter: Letter, code: str, retry_at: datetime, now: datetime) -> None:
        """Not handed over; back into the outbox until `retry_at`."""
        ...

    async def record_undelivered(self, letter: Letter, state: str, code: str, now: datetime) -> None:
        """`state` "refused" or "unclear": never tried again by itself; an alarm on its reference."""
        ...

    async def release_claims(self, worker: str | None, now: datetime) -> int:
        """At start-up: items claimed by `worker` (None: by anyone) are received again; its letters, which may
        have been handed over, become unclear. Returns how many rows moved."""
        ...

    async def strand_stale_letters(self, now: datetime) -> int:
        """Letters whose claim is older than its lease become unclear, with an alarm: their worker is gone."""
        ...

    async def raise_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """Raise an alarm once; True if it was not standing already."""
        ...

    async def clear_alarm(self, code: str, reference: str | None, now: datetime) -> None:
        """The cause is gone."""
        ...

    async def alarms(self) -> tuple[Alarm, ...]:
        """Standing alarms, oldest first."""
        ...

    async def unacknowledged(self) -> tuple[tuple[str, datetime], ...]:
        """Reference and receipt of every enquiry that is due an acknowledgement and has none."""
        ...

    async def list_cases(self) -> tuple[CaseRow, ...]:
        """Every case, soonest next step first."""
        ...

    async def list_enquiries(self) -> tuple[EnquiryRow, ...]:
        """Every message in the order it was filed, with what became of it."""
        ...

    async def show_case(self, reference: str) -> dict[str, object] | None:
        """An enquiry (`DP-…`) or one of its cases (`DP-…/1`) with thread, letters, clock, reasons and journal."""
        ...

    async def list_letters(self) -> tuple[LetterRow, ...]:
        """Every letter, drafts first."""
        ...

    async def show_letter(self, letter_id: int) -> LetterRow | None:
        """One letter, None if there is none of that number."""
        ...

    async def settle_draft(self, letter_id: int, *, approved: bool, by: str, now: datetime) -> bool:
        """Queue a draft or discard it, with `by` (an account name) in the journal; False if it is no draft."""
        ...

    async def list_quarantine(self) -> tuple[QuarantineRow, ...]:
        """Items that could not be read, oldest first."""
        ...

    async def quarantined_raw(self, item_id: int) -> bytes | None:
        """The raw bytes of a quarantined item, None if there is none of that id."""
        ...

    async def retry_quarantined(self, item_id: int, now: datetime) -> bool:
        """Put a quarantined item back to received with a clean count; False if there is none of that id."""
        ...

    async def verify_journal(self) -> tuple[ChainFault, ...]:
        """Recompute every chain; nothing returned means nothing was changed, removed or reordered."""
        ...

    async def health(self, now: datetime) -> Health:
        """Counts and ages for the health page."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
