"""What is counted for reports, in the store: one method, one transaction. What happens in it lies in reports.py."""

from triage.adapters.store import reports
from triage.adapters.store.engine import Database
from triage.domain.report import ReportAsked, ReportCounts


class ReportHalf:
    """See ports_console.ReportStore."""

    _database: Database

    async def report_counts(self, asked: ReportAsked) -> ReportCounts:
        """See ReportStore.report_counts."""
        async with self._database.read() as connection:
            return await reports.report_counts(connection, asked)
