"""Tending: what the desk does for its cases by itself, every few minutes: watch, remind, forget, and mail to staff."""

from dataclasses import dataclass

from triage.service.approvals import Leaving
from triage.service.case_watch import CaseWatch
from triage.service.outbox import Outbox
from triage.service.reminding import Reminding
from triage.service.retaining import Retaining


@dataclass(frozen=True, kw_only=True, slots=True)
class Tending:
    """Each part is safe to run again after a restart, and beside another worker. `notices` sends the mails to staff."""

    watch: CaseWatch
    reminding: Reminding
    retaining: Retaining
    notices: Outbox
    leaving: Leaving

    async def look(self) -> None:
        """Look after everything once. Raises StoreUnavailable.

        Reading all open cases is the dearest part of a look: it is done once, and what the watch leaves is reminded of.
        """
        await self.reminding.look(await self.watch.look())
        await self.retaining.look()
