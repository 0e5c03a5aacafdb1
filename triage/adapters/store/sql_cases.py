"""The life of cases, in the store: one method, one transaction. What happens in each lies beside it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from triage.adapters.store import case_changes, case_files, journal, notices
from triage.adapters.store.case_changes import Worded
from triage.adapters.store.engine import Database
from triage.adapters.store.notices import NoticeQueue
from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile
from triage.domain.digest import DatedHead
from triage.domain.notices import Notice
from triage.domain.urgent_notices import FlaggedMessage


class CaseHalf:
    """See ports_cases.CaseStore."""

    _database: Database
    _secret: bytes
    _letter_lease: timedelta

    @property
    def notice_queue(self) -> NoticeQueue:
        """The mails to staff, for an outbox of their own."""
        return NoticeQueue(self._database, self._letter_lease)

    async def case_of(self, reference: str) -> CaseFile | None:
        """See CaseStore.case_of."""
        async with self._database.read() as connection:
            return await case_files.case_of(connection, self._secret, reference)

    async def cases_of(self, thread: str) -> tuple[CaseFile, ...]:
        """See CaseStore.cases_of."""
        async with self._database.read() as connection:
            return await case_files.cases_of(connection, self._secret, thread)

    async def open_cases(self) -> tuple[CaseFile, ...]:
        """See CaseStore.open_cases."""
        async with self._database.read() as connection:
            return await case_files.open_cases(connection, self._secret)

    async def change_case(
        self,
        case: CaseFile,
        change: CaseChange,
        letters: Sequence[Worded] = (),
        mail_domain: str = "",
        *,
        by: str,
        now: datetime,
    ) -> bool:
        """See CaseStore.change_case."""
        async with self._database.write(queued=True) as connection:
            return await case_changes.change_case(
                connection, self._secret, case, change, letters, mail_domain, by=by, now=now
            )

    async def mark_read(
        self, thread: str, *, by: str, now: datetime, up_to: int | None = None
    ) -> tuple[int, ...] | None:
        """See CaseStore.mark_read."""
        async with self._database.write(queued=True) as connection:
            return await case_changes.mark_read(connection, self._secret, thread, by=by, now=now, up_to=up_to)

    async def put_notices(self, new: Sequence[Notice], now: datetime) -> int:
        """See CaseStore.put_notices."""
        async with self._database.write() as connection:
            return await notices.put_notices(connection, self._secret, new, now)

    async def staff_not_reached(self) -> tuple[str, ...]:
        """See CaseStore.staff_not_reached."""
        async with self._database.read() as connection:
            return await notices.staff_not_reached(connection)

    async def opt_outs_of(self, address: str) -> tuple[CaseFile, ...]:
        """See CaseStore.opt_outs_of."""
        async with self._database.read() as connection:
            return await case_files.opt_outs_of(connection, self._secret, address)

    async def complaints(
        self, first_on: date | None = None, last_on: date | None = None
    ) -> tuple[tuple[CaseFile, tuple[str, ...]], ...]:
        """See CaseStore.complaints."""
        async with self._database.read() as connection:
            return await case_files.complaints(connection, self._secret, first_on, last_on)

    async def flagged_messages(self) -> tuple[FlaggedMessage, ...]:
        """See CaseStore.flagged_messages."""
        async with self._database.read() as connection:
            return await case_files.flagged_messages(connection)

    async def threads_about_the_dpo(self) -> frozenset[str]:
        """See CaseStore.threads_about_the_dpo."""
        async with self._database.read() as connection:
            return await case_files.threads_about_the_dpo(connection)

    async def urgent_cases(self) -> tuple[CaseFile, ...]:
        """See CaseStore.urgent_cases."""
        async with self._database.read() as connection:
            return await case_files.urgent_cases(connection, self._secret)

    async def journal_heads(self) -> tuple[DatedHead, ...]:
        """See CaseStore.journal_heads."""
        async with self._database.read() as connection:
            return await journal.heads(connection)
