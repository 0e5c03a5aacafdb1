"""What the console asks of the store: one method, one transaction. What happens in each lies beside it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from triage.adapters.store import (
    accounts,
    approvals,
    desk_letters,
    drafts,
    held,
    leads,
    look,
    merges,
    numbers,
    originals,
    pulses,
    queue,
    splits,
)
from triage.adapters.store.engine import Database
from triage.domain.accounts import Account, Session
from triage.domain.approval import Approval
from triage.domain.journal import ChainFault
from triage.domain.letter import LetterText
from triage.domain.letter_desk import DeskLetter, LettersAsked, LettersPage
from triage.domain.merging import Mergeable, Merging
from triage.domain.person import NumberSeen
from triage.domain.queue import QueueAsked, QueueCounts, QueuePage
from triage.domain.relabelling import Labelled
from triage.domain.releasing import HeldBack, Released
from triage.domain.splitting import SplitMessage, Splitting
from triage.domain.vocabulary import UserRole


class ConsoleHalf:
    """See ports_console."""

    _database: Database
    _secret: bytes

    async def add_account(self, name: str, role: UserRole, password_hash: str, now: datetime) -> bool:
        """See AccountStore.add_account."""
        async with self._database.write() as connection:
            return await accounts.add_account(connection, name, role, password_hash, now)

    async def set_password(self, name: str, password_hash: str, now: datetime) -> bool:  # noqa: ARG002
        """See AccountStore.set_password."""
        async with self._database.write() as connection:
            return await accounts.set_password(connection, name, password_hash)

    async def disable_account(self, name: str, now: datetime) -> bool:
        """See AccountStore.disable_account."""
        async with self._database.write() as connection:
            return await accounts.disable_account(connection, name, now)

    async def accounts(self) -> tuple[tuple[Account, datetime | None], ...]:
        """See AccountStore.accounts."""
        async with self._database.read() as connection:
            return await accounts.accounts(connection)

    async def account_by_name(self, name: str) -> tuple[Account, str] | None:
        """See AccountStore.account_by_name."""
        async with self._database.read() as connection:
            return await accounts.account_by_name(connection, name)

    async def account_by_subject(self, issuer: str, subject: str) -> Account | None:
        """See AccountStore.account_by_subject."""
        async with self._database.read() as connection:
            return await accounts.account_by_subject(connection, issuer, subject)

    async def link_subject(self, name: str, issuer: str, subject: str) -> bool:
        """See AccountStore.link_subject."""
        async with self._database.write() as connection:
            return await accounts.link_subject(connection, name, issuer, subject)

    async def open_session(self, token_hash: str, account: Account, now: datetime) -> None:
        """See AccountStore.open_session."""
        async with self._database.write() as connection:
            await accounts.open_session(connection, token_hash, account, now)

    async def session_of(self, token_hash: str) -> Session | None:
        """See AccountStore.session_of."""
        async with self._database.read() as connection:
            return await accounts.session_of(connection, token_hash)

    async def session_seen(self, token_hash: str, now: datetime) -> None:
        """See AccountStore.session_seen."""
        async with self._database.write() as connection:
            await accounts.session_seen(connection, token_hash, now)

    async def end_session(self, token_hash: str) -> None:
        """See AccountStore.end_session."""
        async with self._database.write() as connection:
            await accounts.end_session(connection, token_hash)

    async def end_sessions_of(self, account_id: int) -> int:
        """See AccountStore.end_sessions_of."""
        async with self._database.write() as connection:
            return await accounts.end_sessions_of(connection, account_id)

    async def queue_page(self, asked: QueueAsked, today: date, soon: date) -> QueuePage:
        """See QueueStore.queue_page."""
        async with self._database.read() as connection:
            return await queue.queue_page(connection, asked, today, soon)

    async def queue_counts(self, today: date, soon: date) -> QueueCounts:
        """See QueueStore.queue_counts."""
        async with self._database.read() as connection:
            return await queue.queue_counts(connection, today, soon)

    async def assign(self, reference: str, to: str, *, by: str, now: datetime, was: str | None = None) -> bool:
        """See QueueStore.assign."""
        async with self._database.write(queued=True) as connection:
            return await queue.assign(connection, self._secret, reference, to, by=by, now=now, was=was)

    async def newest_to_look_at(self, *, automatic: bool) -> int | None:
        """See QueueStore.newest_to_look_at."""
        async with self._database.read() as connection:
            return await look.newest_to_look_at(connection, automatic=automatic)

    async def clear_look_up_to(self, newest: int, *, automatic: bool, by: str, now: datetime) -> tuple[str, ...]:
        """See QueueStore.clear_look_up_to."""
        async with self._database.write(queued=True) as connection:
            return await look.clear_look_up_to(connection, self._secret, newest, automatic=automatic, by=by, now=now)

    async def number_seen(self, number: str) -> tuple[NumberSeen, ...]:
        """See PeopleStore.number_seen."""
        async with self._database.read() as connection:
            return await numbers.seen_in(connection, number)

    async def ask_approval(self, approval: Approval, *, now: datetime, seen: str = "") -> bool:
        """See ApprovalStore.ask_approval."""
        async with self._database.write(queued=True) as connection:
            return await approvals.ask_approval(connection, approval, now, seen)

    async def call_back(self, letter_id: int, *, by: str, now: datetime) -> bool:
        """See ApprovalStore.call_back."""
        async with self._database.write(queued=True) as connection:
            return await approvals.call_back(connection, self._secret, letter_id, by, now)

    async def approvals(self) -> tuple[Approval, ...]:
        """See ApprovalStore.approvals."""
        async with self._database.read() as connection:
            return await approvals.approvals(connection)

    async def take_approval(self, now: datetime) -> Approval | None:
        """See ApprovalStore.take_approval."""
        async with self._database.write(queued=True) as connection:
            return await approvals.take_approval(connection, now)

    async def pulses(self) -> Mapping[str, datetime]:
        """See QueueStore.pulses."""
        async with self._database.read() as connection:
            return await pulses.pulses(connection)

    async def beat(self, names: Sequence[str], now: datetime) -> None:
        """See QueueStore.beat."""
        async with self._database.write() as connection:
            await pulses.beat(connection, names, now)

    async def letters_page(self, asked: LettersAsked) -> LettersPage:
        """See LetterDeskStore.letters_page."""
        async with self._database.read() as connection:
            return await desk_letters.letters_page(connection, asked)

    async def desk_letter(self, letter_id: int) -> DeskLetter | None:
        """See LetterDeskStore.desk_letter."""
        async with self._database.read() as connection:
            return await desk_letters.desk_letter(connection, letter_id)

    async def edit_draft(self, letter_id: int, text: LetterText, seen: str, *, by: str, now: datetime) -> bool:
        """See LetterDeskStore.edit_draft."""
        async with self._database.write(queued=True) as connection:
            return await drafts.edit_draft(connection, self._secret, letter_id, text, seen, by=by, now=now)

    async def held_back(self, reference: str) -> HeldBack | None:
        """See LetterDeskStore.held_back."""
        async with self._database.read() as connection:
            return await held.held_back(connection, reference)

    async def all_held_back(self, rows: int) -> tuple[HeldBack, ...]:
        """See LetterDeskStore.all_held_back."""
        async with self._database.read() as connection:
            return await held.all_held_back(connection, rows)

    async def lay_acknowledgement(
        self, held: HeldBack, released: Released, text: LetterText, mail_domain: str, *, by: str, now: datetime
    ) -> int | None:
        """See LetterDeskStore.lay_acknowledgement."""
        async with self._database.write(queued=True) as connection:
            return await drafts.lay_acknowledgement(
                connection, self._secret, held, released, text, mail_domain, by=by, now=now
            )

    async def original(self, thread: str, enquiry_id: int) -> bytes | None:
        """See OriginalStore.original."""
        async with self._database.read() as connection:
            return await originals.original(connection, thread, enquiry_id)

    async def heads_of_originals(self, thread: str, most_bytes: int) -> Mapping[int, bytes]:
        """See OriginalStore.heads_of_originals."""
        async with self._database.read() as connection:
            return await originals.heads(connection, thread, most_bytes)

    async def chain_faults(self, reference: str) -> tuple[ChainFault, ...]:
        """See OriginalStore.chain_faults."""
        async with self._database.read() as connection:
            return await originals.chain_faults(connection, self._secret, reference)

    async def leads_to(self, reference: str) -> str | None:
        """See ThreadStore.leads_to."""
        async with self._database.read() as connection:
            return await leads.leads_to(connection, reference)

    async def mergeable(self, thread: str) -> Mergeable | None:
        """See ThreadStore.mergeable."""
        async with self._database.read() as connection:
            return await merges.mergeable(connection, self._secret, thread)

    async def merge(self, change: Merging, versions: tuple[int, int], why: str, *, by: str, now: datetime) -> bool:
        """See ThreadStore.merge."""
        async with self._database.write(queued=True) as connection:
            return await merges.merge(connection, self._secret, change, versions, why, by=by, now=now)

    async def split_message(self, thread: str, enquiry_id: int) -> SplitMessage | None:
        """See ThreadStore.split_message."""
        async with self._database.read() as connection:
            return await splits.split_message(connection, thread, enquiry_id)

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
        """See ThreadStore.split."""
        async with self._database.write(queued=True) as connection:
            return await splits.split(connection, self._secret, known, message, change, year, by=by, now=now)
