"""Sure opt-outs carried out at HubSpot by themselves, where the policy says so (unsubscribe_automatically).

What is to be done is read off the journal each time: a sure opt-out was recorded, and no unsubscribing since. So
nothing is forgotten by a crash, and doing it twice does it once. Only what came by mail: an address typed in a chat may
be anybody's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from triage.domain.records import CaseRow
from triage.domain.vocabulary import Channel, Kind
from triage.errors import ChatNotLetIn, ChatRefused, ChatUnavailable
from triage.logs import get_logger
from triage.ports_chat import CustomerRecords
from triage.service.chat_link import DeskStore
from triage.service.customer_records import Unsubscribing, unsubscribe

log = get_logger()

FAILED_ALARM = "unsubscribe_failed"
_BY = "the desk itself"
# Every try is written into the journal: an outage must not fill it.
_TRY_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsubscribes:
    """`mark_of` gives the keyed hash that stands for an address in the journal."""

    store: DeskStore
    records: CustomerRecords
    mark_of: Callable[[str], str]
    clock: Callable[[], datetime]
    # Cases that need no further look, and those whose next try is put off.
    _settled: set[str] = field(default_factory=set)
    _not_before: dict[str, datetime] = field(default_factory=dict)

    async def work_once(self) -> int:
        """Carry out what stands open; how many were unsubscribed. Raises StoreUnavailable."""
        done = 0
        for case in await self.store.list_cases():
            waits = self._not_before.get(case.reference, self.clock()) > self.clock()
            if case.kind == Kind.OPT_OUT and case.reference not in self._settled and not waits:
                done += await self._carry_out(case)
        return done

    async def _carry_out(self, case: CaseRow) -> bool:
        reference = case.reference.partition("/")[0]
        if case.channel != Channel.EMAIL or not await self._stands_open(reference):
            self._settled.add(case.reference)
            return False
        asked = Unsubscribing(reference=reference, address=case.sender, mark=self.mark_of(case.sender), by=_BY)
        try:
            await unsubscribe(self.records, self.store, asked, self.clock)
        except (ChatUnavailable, ChatNotLetIn):
            self._not_before[case.reference] = self.clock() + _TRY_AGAIN_AFTER
            return False
        except ChatRefused:
            await self.store.raise_alarm(FAILED_ALARM, reference, self.clock())
            log.error("unsubscribe_refused", reference=reference)
            self._settled.add(case.reference)
            return False
        self._settled.add(case.reference)
        log.info("unsubscribed", reference=reference)
        return True

    async def _stands_open(self, reference: str) -> bool:
        """Whether a sure opt-out was recorded and nobody, machine or person, has seen to it since."""
        shown = await self.store.show_case(reference)
        entries = cast("Sequence[Mapping[str, object]]", shown["journal"] if shown else ())
        events = {entry["event"] for entry in entries}
        return "do_not_contact_recorded" in events and "unsubscribed" not in events
