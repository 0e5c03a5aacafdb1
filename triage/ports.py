"""What the services need from outside, as protocols. Adapters fulfil them; bootstrap chooses which.

The values they speak of are in triage/domain/records.py and can be had from here too.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile
from triage.domain.journal import ChainFault
from triage.domain.plan import Analysis, History
from triage.domain.records import (
    Alarm,
    CaseRow,
    CorrectionCount,
    EnquiryRow,
    Filing,
    Health,
    Item,
    Letter,
    LetterRow,
    LookRow,
    Mail,
    MailboxPosition,
    MailKey,
    MailListing,
    NewItem,
    QuarantineRow,
    ReadingRow,
)
from triage.domain.relabelling import Labelled, Relabelling
from triage.domain.vocabulary import Nation

__all__ = [
    "Alarm",
    "Analyser",
    "CaseRow",
    "ChainFault",
    "CorrectionCount",
    "EnquiryRow",
    "Filer",
    "Filing",
    "Health",
    "Item",
    "Labelled",
    "Letter",
    "LetterQueue",
    "LetterRow",
    "LookRow",
    "Mail",
    "MailKey",
    "MailListing",
    "MailSource",
    "MailboxPosition",
    "NewItem",
    "QuarantineRow",
    "ReadingRow",
    "Relabelling",
    "Sender",
    "Store",
]


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

    async def case_of(self, reference: str) -> CaseFile | None:
        """A case as it stands within the transaction; None if there is none."""
        ...

    async def change_case(self, case: CaseFile, change: CaseChange, now: datetime) -> bool:
        """Write what the desk itself does to a case, without letters; False where it is not at that version."""
        ...

    async def file(self, filing: Filing) -> int | None:
        """Write enquiry, cases, participants, clock events, letter, limits, journal; mark the item done.

        The enquiry's id; None for what was passed over.

        Raises ClaimLost when the item is done already: its lease ran out and another worker filed it.
        """
        ...


class LetterQueue(Protocol):
    """Letters that wait to be sent, and the alarms of those that cannot be. Raises StoreUnavailable."""

    async def claim_letter(self, worker: str, now: datetime) -> Letter | None:
        """Claim the next due letter: from here on it counts as perhaps sent."""
        ...

    async def record_sent(self, letter: Letter, now: datetime) -> None:
        """The relay took it. Clears the thread's alarms of letters that no letter gives cause for any more."""
        ...

    async def record_deferred(self, letter: Letter, code: str, retry_at: datetime, now: datetime) -> None:
        """Not handed over; back into the outbox until `retry_at`, also where the claim was thought stranded meanwhile.

        Nothing happens where the letter has been claimed anew since, or was recorded as unclear for another reason.
        """
        ...

    async def record_undelivered(self, letter: Letter, state: str, code: str, now: datetime) -> None:
        """`state` "refused" or "unclear": never tried again by itself; an alarm on its reference."""
        ...

    async def raise_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """Raise an alarm once; True if it was not standing already."""
        ...

    async def clear_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """The cause is gone, or a person says so. True if it was standing."""
        ...


class Store(LetterQueue, Protocol):
    """The desk's memory. Every method is one transaction; `now` is aware UTC. Raises StoreUnavailable."""

    async def save_items(
        self, items: Sequence[NewItem], position: MailboxPosition | None, gaps: Sequence[MailKey] = ()
    ) -> int:
        """Store items under their unique keys and move the position, together. Returns how many were new."""
        ...

    async def start_mailbox(self, position: MailboxPosition, gaps: Sequence[MailKey]) -> None:
        """At the first look at an account, or after its mails were renumbered: everything that is there becomes a
        gap, the position stands behind it, and gaps of before are forgotten, together."""
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

    async def known_gaps(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of `keys` that stand as gaps."""
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

    async def release_claims(self, worker: str | None, now: datetime) -> int:
        """At start-up: items claimed by `worker` (None: by anyone) are received again; its letters, which may
        have been handed over, become unclear. Returns how many rows moved."""
        ...

    async def strand_stale_letters(self, now: datetime) -> int:
        """Letters whose claim is older than its lease become unclear, with an alarm: their worker is gone."""
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

    async def filed_under(self, key: str) -> str | None:
        """The thread's reference the item of this key was filed under; None while it was not, or there is no item."""
        ...

    async def list_letters(self) -> tuple[LetterRow, ...]:
        """Every letter, drafts first."""
        ...

    async def show_letter(self, letter_id: int) -> LetterRow | None:
        """One letter, None if there is none of that number."""
        ...

    async def discard_draft(self, letter_id: int, *, by: str, now: datetime) -> bool:
        """Throw a draft away, with `by` (an account name) in the journal; False if it is no draft."""
        ...

    async def queue_draft(self, letter_id: int, *, by: str, now: datetime) -> bool:
        """Let a draft leave that is about no case, with `by` in the journal; False if it is no draft."""
        ...

    async def mark_acknowledged(self, reference: str, *, by: str, now: datetime) -> bool:
        """The thread's messages need no acknowledgement any more, `by` an account's word; False if none needed one."""
        ...

    async def note_act(self, reference: str, event: str, facts: Mapping[str, object], by: str, now: datetime) -> bool:
        """Write what a person did into the journal of an enquiry or case: `event` a past-tense code, `facts` ids and
        codes, `by` an account's name. False if there is no such enquiry or case."""
        ...

    async def labelled(self, reference: str) -> Labelled | None:
        """How a thread is labelled now, by its own reference (no case number); None if there is none."""
        ...

    async def relabel(
        self, known: Labelled, change: Relabelling, month: str, *, by: str, now: datetime
    ) -> tuple[int, ...] | None:
        """Write a relabelling: cases opened and set aside, letters discarded, journal, and the counter of `month`.

        Returns the numbers of the cases opened; None, and nothing is written, where the thread is not at
        `known.version` any more or a letter to be discarded has left meanwhile.
        """
        ...

    async def to_look_at(self) -> tuple[LookRow, ...]:
        """Messages read as no request that no person has cleared: what people sent, then what machines sent; oldest
        first in each."""
        ...

    async def clear_look(self, references: Sequence[str], *, by: str, now: datetime) -> tuple[str, ...]:
        """A person has looked at these and agrees. Returns those that do not wait for a look; then none is cleared."""
        ...

    async def clear_look_before(self, before: datetime, *, automatic: bool, by: str, now: datetime) -> tuple[str, ...]:
        """The same for all that was filed before a moment, of machines (`automatic`) or of people; what that was."""
        ...

    async def readings(self, nation: Nation) -> tuple[ReadingRow, ...]:
        """What the reader made of every message it read, as figures, by the months of that nation's calendar."""
        ...

    async def corrections(self) -> tuple[CorrectionCount, ...]:
        """How often which kind was read in the place of which, by month."""
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

    async def beat(self, names: Sequence[str], now: datetime) -> None:
        """These parts of the desk work, for the processes that are not that part."""
        ...

    async def health(self, now: datetime) -> Health:
        """Counts and ages for the health page."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
