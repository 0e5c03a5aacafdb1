"""What the console needs from the store and from a password hasher, as protocols. See ports.py for the rest."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from triage.domain.accounts import Account, Began, Session
from triage.domain.approval import Approval
from triage.domain.journal import ChainFault
from triage.domain.letter import LetterText
from triage.domain.letter_desk import DeskLetter, LettersAsked, LettersPage
from triage.domain.merging import Mergeable, Merging
from triage.domain.person import NumberSeen
from triage.domain.queue import QueueAsked, QueueCounts, QueuePage
from triage.domain.relabelling import Labelled
from triage.domain.releasing import HeldBack, Released
from triage.domain.report import ReportAsked, ReportCounts
from triage.domain.splitting import SplitMessage, Splitting
from triage.domain.vocabulary import UserRole


class Hasher(Protocol):
    """Slow hashes of passwords. Both calls may take a good part of a second."""

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        ...

    async def matches(self, kept: str, password: str) -> bool:
        """Whether it is the password of that hash; takes as long where `kept` is ""."""
        ...


class Provider(Protocol):
    """The company's identity provider. Raises SignInFailed."""

    async def begin(self, now: datetime) -> Began:
        """Where the browser goes to sign in."""
        ...

    async def finish(self, code: str, nonce: str, verifier: str, now: datetime) -> tuple[str, str]:
        """Issuer and subject of who came back."""
        ...


class AccountStore(Protocol):
    """Accounts and sessions. Every method is one transaction; `now` is aware UTC. Raises StoreUnavailable."""

    async def add_account(self, name: str, role: UserRole, password_hash: str, now: datetime) -> bool:
        """A new account; False where the name is taken (upper and lower case are one)."""
        ...

    async def set_password(self, name: str, password_hash: str, now: datetime) -> bool:
        """A new password for an account, whose sessions end. False where there is none of that name."""
        ...

    async def disable_account(self, name: str, now: datetime) -> bool:
        """Nobody signs in by it any more; its sessions end."""
        ...

    async def accounts(self) -> tuple[tuple[Account, datetime | None], ...]:
        """Every account, by name, with the moment it was disabled."""
        ...

    async def account_by_name(self, name: str) -> tuple[Account, str] | None:
        """An account that may sign in, and its password's hash ("" for one of an identity provider)."""
        ...

    async def account_by_subject(self, issuer: str, subject: str) -> Account | None:
        """The account an identity provider's person has."""
        ...

    async def link_subject(self, name: str, issuer: str, subject: str) -> bool:
        """Let an identity provider's person sign in by an account. False where there is none, or it is linked."""
        ...

    async def open_session(self, token_hash: str, account: Account, now: datetime) -> None:
        """Keep a session, and forget those that ended."""
        ...

    async def session_of(self, token_hash: str) -> Session | None:
        """The session of a token's hash, whether it still holds or not."""
        ...

    async def session_seen(self, token_hash: str, now: datetime) -> None:
        """The session was used."""
        ...

    async def end_session(self, token_hash: str) -> None:
        """Sign out here."""
        ...

    async def end_sessions_of(self, account_id: int) -> int:
        """Sign out everywhere. How many sessions there were."""
        ...


class QueueStore(Protocol):
    """The queue, a page at a time. Raises StoreUnavailable."""

    async def queue_page(self, asked: QueueAsked, today: date, soon: date) -> QueuePage:
        """Rows of a lane with their filters, soonest first. `soon`: the last day that counts as due soon."""
        ...

    async def queue_counts(self, today: date, soon: date) -> QueueCounts:
        """How many rows each lane has."""
        ...

    async def assign(self, reference: str, to: str, *, by: str, now: datetime, was: str | None = None) -> bool:
        """Give a case to an account, "" for nobody. False where there is no such case, or another than `was` has it by
        now (None: whoever has it)."""
        ...

    async def newest_to_look_at(self, *, automatic: bool) -> int | None:
        """The message filed last of what waits for the daily look, of what machines sent (`automatic`) or people;
        None where nothing waits. What is listed after asking holds all that was filed until then."""
        ...

    async def clear_look_up_to(self, newest: int, *, automatic: bool, by: str, now: datetime) -> tuple[str, ...]:
        """Agree that all of a list filed up to the message `newest` ask for nothing; which those were."""
        ...

    async def pulses(self) -> Mapping[str, datetime]:
        """When each part of the desk last showed that it works, by name."""
        ...


class PeopleStore(Protocol):
    """What is found by a telephone number; by an address see KeepingStore.person. Raises StoreUnavailable."""

    async def number_seen(self, number: str) -> tuple[NumberSeen, ...]:
        """Messages whose text has that number (in its plain form, +44…), however it is written there; newest first."""
        ...


class ApprovalStore(Protocol):
    """Letters that were approved and can still be called back. Raises StoreUnavailable."""

    async def ask_approval(self, approval: Approval, *, now: datetime, seen: str = "") -> bool:
        """Let a draft leave at `approval.due_at`. False where it is no draft, is to leave already, or its text is not
        the one `seen` marks (letter_desk.text_mark; "" for whatever it says)."""
        ...

    async def call_back(self, letter_id: int, *, by: str, now: datetime) -> bool:
        """It shall not leave: a draft as before. False where it has left, or was never to."""
        ...

    async def approvals(self) -> tuple[Approval, ...]:
        """What is to leave, soonest first."""
        ...

    async def take_approval(self, now: datetime) -> Approval | None:
        """Take one that is due out of the list: from here on it cannot be called back. None where none is."""
        ...


class LetterDeskStore(Protocol):
    """Letters as a person works with them. Every method is one transaction. Raises StoreUnavailable."""

    async def letters_page(self, asked: LettersAsked) -> LettersPage:
        """A page of a shelf: what waits the longest first, of what is over the newest."""
        ...

    async def desk_letter(self, letter_id: int) -> DeskLetter | None:
        """One letter with what bears on it, None if there is none of that number."""
        ...

    async def edit_draft(self, letter_id: int, text: LetterText, seen: str, *, by: str, now: datetime) -> bool:
        """Give a draft another text, `by` an account. False, and nothing is written, where it is no draft any more, is
        about to leave, or its text is not the one `seen` marks."""
        ...

    async def held_back(self, reference: str) -> HeldBack | None:
        """The enquiry of a thread, as the choice of its acknowledgement looks at it; None if there is none."""
        ...

    async def all_held_back(self, rows: int) -> tuple[HeldBack, ...]:
        """Mail that is due an acknowledgement and was written nothing, oldest first."""
        ...

    async def lay_acknowledgement(
        self, held: HeldBack, released: Released, text: LetterText, mail_domain: str, *, by: str, now: datetime
    ) -> int | None:
        """Lay the acknowledgement ready as a draft; its number. None where the enquiry is acknowledged, or a letter is
        there already."""
        ...


class ReportStore(Protocol):
    """Figures for reports, which name nobody. Raises StoreUnavailable."""

    async def report_counts(self, asked: ReportAsked) -> ReportCounts:
        """All that is counted for a period, in one look."""
        ...


class OriginalStore(Protocol):
    """What arrived, and whether the journal of a case is whole. Raises StoreUnavailable."""

    async def original(self, thread: str, enquiry_id: int) -> bytes | None:
        """The bytes of a message of the thread as they came, b"" once they are removed. None if there is no such
        message there."""
        ...

    async def heads_of_originals(self, thread: str, most_bytes: int) -> Mapping[int, bytes]:
        """The first bytes of every mail of the thread, by the number of its message."""
        ...

    async def chain_faults(self, reference: str) -> tuple[ChainFault, ...]:
        """What is wrong with the journal of an enquiry or case; empty: nothing was changed, removed or reordered."""
        ...


class ThreadStore(Protocol):
    """Threads that are put together or taken apart by a person. Every method is one transaction. Raises
    StoreUnavailable."""

    async def leads_to(self, reference: str) -> str | None:
        """Where the reference of a thread or case leads since it was merged; None where it was not."""
        ...

    async def mergeable(self, thread: str) -> Mergeable | None:
        """A thread as merging looks at it; None if there is none."""
        ...

    async def merge(self, change: Merging, versions: tuple[int, int], why: str, *, by: str, now: datetime) -> bool:
        """Make one thread of two. `versions`: of the one that ends and of the kept one, as they were seen. False, and
        nothing is written, where either has changed since."""
        ...

    async def split_message(self, thread: str, enquiry_id: int) -> SplitMessage | None:
        """A message of the thread that a person wrote and whose words are still kept; None if there is none."""
        ...

    async def split(
        self,
        known: Labelled,
        message: SplitMessage,
        change: Splitting,
        year: int,
        *,
        by: str,
        now: datetime,
    ) -> str | None:
        """Take a second enquiry out of a message; its reference, drawn in `year`. None, and nothing is written, where
        the thread is not at `known.version` any more."""
        ...
