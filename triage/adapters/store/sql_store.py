"""The Store over SQLAlchemy: one method, one transaction. What happens in each lies in the modules beside this one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from triage.adapters.store import (
    alarms,
    chat_posts,
    chat_rooms,
    enquiries,
    items,
    journal,
    letters,
    outbox,
    reach,
    reading,
)
from triage.adapters.store.engine import Database
from triage.adapters.store.filing import OpenFiling
from triage.adapters.store.items import save_items
from triage.adapters.store.sql_cases import CaseHalf
from triage.adapters.store.sql_chat import ChatHalf
from triage.adapters.store.sql_console import ConsoleHalf
from triage.adapters.store.sql_keeping import KeepingHalf
from triage.adapters.store.sql_reports import ReportHalf
from triage.adapters.store.sql_review import ReviewHalf
from triage.adapters.store.sql_suppression import SuppressionHalf
from triage.adapters.store.store_key import Encryption, encryption_of
from triage.domain.journal import ChainFault
from triage.ports import (
    Alarm,
    CaseRow,
    EnquiryRow,
    Filer,
    Health,
    Item,
    Letter,
    LetterRow,
    MailboxPosition,
    MailKey,
    NewItem,
    QuarantineRow,
)


class SqlStore(ChatHalf, ReviewHalf, CaseHalf, SuppressionHalf, KeepingHalf, ConsoleHalf, ReportHalf):
    """See ports.Store; for the chat's half ports_chat, for the life of cases ports_cases, for who is not to be
    contacted ports_suppression, for what is kept ports_keeping.

    `secret` keys address hashes and the journal's end marks; a claim holds for its lease.
    """

    def __init__(self, database: Database, secret: bytes, lease: timedelta, letter_lease: timedelta) -> None:
        self._database = database
        self._secret = secret
        self._lease = lease
        self._letter_lease = letter_lease

    async def save_items(
        self, items: Sequence[NewItem], position: MailboxPosition | None, gaps: Sequence[MailKey] = ()
    ) -> int:
        """See Store.save_items."""
        async with self._database.write() as connection:
            return await save_items(connection, items, position, gaps)

    async def start_mailbox(self, position: MailboxPosition, gaps: Sequence[MailKey]) -> None:
        """See Store.start_mailbox."""
        async with self._database.write() as connection:
            await items.start_mailbox(connection, position, gaps)

    async def unknown_keys(self, keys: Sequence[str]) -> frozenset[str]:
        """See Store.unknown_keys."""
        async with self._database.read() as connection:
            return frozenset(keys) - await items.known_keys(connection, keys)

    async def known_hashes(self, hashes: Sequence[str]) -> frozenset[str]:
        """See Store.known_hashes."""
        async with self._database.read() as connection:
            return await items.known_hashes(connection, hashes)

    async def mailbox_position(self, account: str) -> MailboxPosition | None:
        """See Store.mailbox_position."""
        async with self._database.read() as connection:
            return await items.mailbox_position_of(connection, account)

    async def known_gaps(self, keys: Sequence[str]) -> frozenset[str]:
        """See Store.known_gaps."""
        async with self._database.read() as connection:
            return await items.known_gaps(connection, keys)

    async def gaps_due(self, account: str, now: datetime, limit: int) -> tuple[MailKey, ...]:
        """See Store.gaps_due."""
        async with self._database.write() as connection:
            return await items.gaps_due(connection, account, now, limit)

    async def drop_gaps(self, keys: Sequence[str]) -> int:
        """See Store.drop_gaps."""
        async with self._database.write() as connection:
            return await items.drop_gaps(connection, keys)

    async def claim_items(self, worker: str, limit: int, now: datetime) -> tuple[Item, ...]:
        """See Store.claim_items."""
        async with self._database.write() as connection:
            return await items.claim_items(connection, worker, limit, now, self._lease)

    async def fail_item(self, item: Item, code: str, retry_at: datetime | None, now: datetime) -> None:  # noqa: ARG002
        """See Store.fail_item."""
        async with self._database.write() as connection:
            await items.fail_item(connection, item, code, retry_at)

    @asynccontextmanager
    async def filing(self) -> AsyncIterator[Filer]:
        """See Store.filing."""
        async with self._database.write(queued=True) as connection:
            filer = OpenFiling(connection, self._secret, self._database.faults_in_one_line)
            yield filer
            await filer.finish()

    async def claim_letter(self, worker: str, now: datetime) -> Letter | None:
        """See Store.claim_letter."""
        async with self._database.write() as connection:
            return await outbox.claim_letter(connection, worker, now)

    async def record_sent(self, letter: Letter, now: datetime) -> None:
        """See Store.record_sent."""
        async with self._database.write(queued=True) as connection:
            await outbox.record_sent(connection, self._secret, letter, now)

    async def record_deferred(self, letter: Letter, code: str, retry_at: datetime, now: datetime) -> None:
        """See Store.record_deferred."""
        async with self._database.write(queued=True) as connection:
            await outbox.record_deferred(connection, self._secret, letter, code, retry_at, now)

    async def record_undelivered(self, letter: Letter, state: str, code: str, now: datetime) -> None:
        """See Store.record_undelivered."""
        async with self._database.write(queued=True) as connection:
            await outbox.record_undelivered(connection, self._secret, letter, state, code, now)

    async def release_claims(self, worker: str | None, now: datetime) -> int:
        """See Store.release_claims."""
        async with self._database.write(queued=True) as connection:
            released = await items.release_items(connection, worker)
            await chat_posts.release_posts(connection, worker)
            if worker is None:
                await chat_rooms.release_rooms(connection)
            return released + await outbox.strand_letters(connection, self._secret, worker, None, now)

    async def strand_stale_letters(self, now: datetime) -> int:
        """See Store.strand_stale_letters."""
        async with self._database.write(queued=True) as connection:
            return await outbox.strand_letters(connection, self._secret, None, now - self._letter_lease, now)

    async def raise_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """See Store.raise_alarm."""
        async with self._database.write() as connection:
            return await alarms.raise_alarm(connection, code, reference, now)

    async def clear_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """See Store.clear_alarm."""
        async with self._database.write() as connection:
            return await alarms.clear_alarm(connection, code, reference, now)

    async def alarms(self) -> tuple[Alarm, ...]:
        """See Store.alarms."""
        async with self._database.read() as connection:
            return await alarms.standing_alarms(connection)

    async def unacknowledged(self) -> tuple[tuple[str, datetime], ...]:
        """See Store.unacknowledged."""
        async with self._database.read() as connection:
            return await reading.unacknowledged(connection)

    async def list_cases(self) -> tuple[CaseRow, ...]:
        """See Store.list_cases."""
        async with self._database.read() as connection:
            return await reading.list_cases(connection)

    async def list_enquiries(self) -> tuple[EnquiryRow, ...]:
        """See Store.list_enquiries."""
        async with self._database.read() as connection:
            return await enquiries.list_enquiries(connection)

    async def show_case(self, reference: str) -> dict[str, object] | None:
        """See Store.show_case."""
        async with self._database.read() as connection:
            return await reading.show_case(connection, reference)

    async def filed_under(self, key: str) -> str | None:
        """See Store.filed_under."""
        async with self._database.read() as connection:
            return await reading.filed_under(connection, key)

    async def list_letters(self) -> tuple[LetterRow, ...]:
        """See Store.list_letters."""
        async with self._database.read() as connection:
            return await letters.list_letters(connection)

    async def show_letter(self, letter_id: int) -> LetterRow | None:
        """See Store.show_letter."""
        async with self._database.read() as connection:
            return await letters.show_letter(connection, letter_id)

    async def discard_draft(self, letter_id: int, *, by: str, now: datetime) -> bool:
        """See Store.discard_draft."""
        async with self._database.write(queued=True) as connection:
            return await letters.discard_draft(connection, self._secret, letter_id, by=by, now=now)

    async def queue_draft(self, letter_id: int, *, by: str, now: datetime) -> bool:
        """See Store.queue_draft."""
        async with self._database.write(queued=True) as connection:
            return await letters.queue_draft(connection, self._secret, letter_id, by=by, now=now)

    async def mark_acknowledged(self, reference: str, *, by: str, now: datetime) -> bool:
        """See Store.mark_acknowledged."""
        async with self._database.write(queued=True) as connection:
            return await enquiries.mark_acknowledged(connection, self._secret, reference, by=by, now=now)

    async def note_act(self, reference: str, event: str, facts: Mapping[str, object], by: str, now: datetime) -> bool:
        """See Store.note_act."""
        async with self._database.write(queued=True) as connection:
            return await reach.note_act(connection, self._secret, reference, event, facts, by=by, now=now)

    async def list_quarantine(self) -> tuple[QuarantineRow, ...]:
        """See Store.list_quarantine."""
        async with self._database.read() as connection:
            return await reading.list_quarantine(connection)

    async def quarantined_raw(self, item_id: int) -> bytes | None:
        """See Store.quarantined_raw."""
        async with self._database.read() as connection:
            return await reading.quarantined_raw(connection, item_id)

    async def retry_quarantined(self, item_id: int, now: datetime) -> bool:  # noqa: ARG002
        """See Store.retry_quarantined."""
        async with self._database.write() as connection:
            return await items.retry_quarantined(connection, item_id)

    async def verify_journal(self) -> tuple[ChainFault, ...]:
        """See Store.verify_journal."""
        async with self._database.read() as connection:
            return await journal.verify_all(connection, self._secret)

    async def health(self, now: datetime) -> Health:
        """See Store.health."""
        async with self._database.read() as connection:
            return await reading.health(connection, now)

    async def encryption(self) -> Encryption:
        """Whether what people wrote is encrypted here, and how far."""
        async with self._database.read() as connection:
            return await encryption_of(connection)

    async def close(self) -> None:
        """See Store.close."""
        await self._database.close()
