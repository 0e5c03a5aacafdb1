"""The desk's own look at every open case: checklists laid, complaints escalated, news laid ready, staff told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile
from triage.domain.checklist import after_tick, has_done_letter, lay
from triage.domain.clock import local_date
from triage.domain.escalation import escalate, nudge, status_letter
from triage.domain.lost_letters import set_right
from triage.domain.notices import Notice
from triage.domain.policy import Policy
from triage.domain.renewing import renew
from triage.domain.staff_notice import staff_escalation
from triage.domain.stage_letters import controller_of
from triage.domain.unresolved import Trigger, fired
from triage.errors import NotDone, RulesWrong
from triage.logs import get_logger
from triage.service.casework import Casework
from triage.service.chat_link import DeskStore
from triage.service.opt_outs_watch import watch_opt_outs

log = get_logger()

DESK = "desk"
# None of ours leads to more than a few.
_MOST_ACTS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseWatch:
    """Looks at every open case. What it decides is a pure function of the case and the day, and each act is written
    with a version check: two workers, or a restart in the middle, do nothing twice."""

    store: DeskStore
    work: Casework
    policy: Policy
    clock: Callable[[], datetime]

    async def look(self) -> tuple[CaseFile, ...]:
        """Look at everything once; every open case as the look left it. Raises StoreUnavailable."""
        left = [await self._look_at(case) for case in await self.store.open_cases()]
        cases = tuple(case for case in left if case.is_open)
        await watch_opt_outs(self.store, cases, self.policy, self.clock())
        return cases

    async def _look_at(self, case: CaseFile) -> CaseFile:
        """Act after act, each on the case as the one before left it."""
        for _ in range(_MOST_ACTS):
            if not case.is_open or not await self._act_on(case):
                break
            case = await self.store.case_of(case.reference) or case
        return case

    async def _act_on(self, case: CaseFile) -> bool:
        """Do the first thing that is to be done; False where there is none, or somebody else was quicker.

        Staff are told before the trigger stands on the case: a worker that dies in between finds it anew, and tells
        nobody twice, since the notice has its key.
        """
        now = self.clock()
        for change, new in self._acts(case, now):
            if new:
                await self._tell_staff(case, new, now)
            if await self._write(case, change):
                return True
        return False

    async def _write(self, case: CaseFile, change: CaseChange) -> bool:
        try:
            return await self.work.write(case, change, by=DESK)
        except (NotDone, RulesWrong):
            # The letter has to wait for its text; that the case is unresolved does not.
            log.error("letter_not_worded", reference=case.reference)
            bare = replace(change, letters=())
            return change.unresolved is not None and await self.work.write(case, bare, by=DESK)

    def _acts(self, case: CaseFile, now: datetime) -> Iterator[tuple[CaseChange, tuple[Trigger, ...]]]:
        today = local_date(now, controller_of(case, self.policy).nation)
        moved = set_right(case, self.policy, now)
        if moved is not None:
            yield moved, ()
        new = fired(case, self.policy, today)
        if new:
            yield escalate(case, new, self.policy, now), new
        laid = lay(case, self.policy, today)
        stopped = None if has_done_letter(case) else after_tick(case, self.policy, now)
        news = (renew(case, self.policy, now), status_letter(case, self.policy, now), nudge(case, self.policy, today))
        for change in (laid, stopped, *news):
            if change is not None:
                yield change, ()

    async def _tell_staff(self, case: CaseFile, new: tuple[Trigger, ...], now: datetime) -> None:
        """The staff's notice goes by itself, once for each trigger of the case."""
        today = local_date(now, controller_of(case, self.policy).nation)
        codes = "+".join(one.code.value for one in new)
        notices = [
            Notice(
                key=f"unresolved:{case.reference}:{codes}:{new[0].since_on.isoformat()}:{told.recipient.address.lower()}",
                purpose="unresolved",
                reference=case.reference,
                to=told.recipient.address,
                subject=told.subject,
                body=told.body,
                why="; ".join(one.why for one in new),
            )
            for told in staff_escalation(case, new, self.policy, today)
        ]
        await self.store.put_notices(notices, now)
