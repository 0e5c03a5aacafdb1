"""Tending: what the desk does for its cases by itself, every few minutes: watch, remind, forget, and mail to staff."""

from dataclasses import dataclass

from triage.service.case_watch import CaseWatch
from triage.service.outbox import Outbox
from triage.service.reminding import Reminding
from triage.service.retaining import Retaining

# A case is given one act a look; none of ours leads to more than a few.
_LOOKS_IN_A_ROW = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Tending:
    """Each part is safe to run again after a restart, and beside another worker. `notices` sends the mails to staff."""

    watch: CaseWatch
    reminding: Reminding
    retaining: Retaining
    notices: Outbox

    async def look(self) -> None:
        """Look after everything once. Raises StoreUnavailable."""
        for _ in range(_LOOKS_IN_A_ROW):
            if not await self.watch.look():
                break
        await self.reminding.look()
        await self.retaining.look()
