"""Sure opt-outs carried out at HubSpot by themselves, where the policy says so (unsubscribe_automatically).

What is to be done is asked of the store each time: a sure opt-out was recorded, and no unsubscribing since. So nothing
is forgotten by a crash, and doing it twice does it once. Only what came by mail: an address typed in a chat may be
anybody's. The intention is written down once and then what came of it: an outage must not fill the journal.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.policy import Policy
from triage.domain.records import OptOut
from triage.errors import ChatNotLetIn, ChatRefused, ChatUnavailable
from triage.logs import get_logger
from triage.ports_chat import CustomerRecords
from triage.service.chat_link import ChatLink, DeskStore
from triage.service.hubspot_ticks import tick_at_hubspot

log = get_logger()

FAILED_ALARM = "unsubscribe_failed"
_BY = "the desk itself"
_TRY_AGAIN_AFTER = timedelta(hours=1)
# A person is owed an end of the marketing: an outage of an afternoon is worth a look.
_ALARM_AFTER = timedelta(hours=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsubscribes:
    """`mark_of` gives the keyed hash that stands for an address in the journal."""

    store: DeskStore
    records: CustomerRecords
    link: ChatLink
    mark_of: Callable[[str], str]
    clock: Callable[[], datetime]
    policy: Policy
    # By reference, those whose next try is put off.
    _not_before: dict[str, datetime] = field(default_factory=dict)

    async def work_once(self) -> int:
        """Carry out what stands open; how many were unsubscribed. Raises StoreUnavailable."""
        done = 0
        for opt_out in await self.store.opt_outs_to_carry_out(_BY):
            if self._not_before.get(opt_out.reference, self.clock()) <= self.clock():
                done += await self._carry_out(opt_out)
        return done

    async def _carry_out(self, opt_out: OptOut) -> bool:
        if opt_out.asked_at is None:
            await self._note(opt_out, "unsubscribe_asked")
        try:
            await self.records.unsubscribe(opt_out.address)
        except ChatNotLetIn as exc:
            await self.link.bad(exc)
            await self._put_off(opt_out, "not_let_in", alarm=True)
            return False
        except ChatUnavailable:
            long_ago = self.clock() - (opt_out.asked_at or self.clock()) >= _ALARM_AFTER
            await self._put_off(opt_out, "unavailable", alarm=long_ago)
            return False
        except ChatRefused:  # this one request is wrong: no second try mends it
            await self._note(opt_out, "unsubscribe_failed", code="refused")
            await self._tell(opt_out, "refused")
            return False
        # Before it is written down as done: a worker that dies in between does both anew, and neither twice.
        await tick_at_hubspot(self.store, opt_out.reference, opt_out.address, self.policy, by=_BY, clock=self.clock)
        await self._note(opt_out, "unsubscribed")
        await self.link.good()
        await self.store.clear_alarm(FAILED_ALARM, opt_out.reference, self.clock())
        self._not_before.pop(opt_out.reference, None)
        log.info("unsubscribed", reference=opt_out.reference)
        return True

    async def _put_off(self, opt_out: OptOut, code: str, *, alarm: bool) -> None:
        self._not_before[opt_out.reference] = self.clock() + _TRY_AGAIN_AFTER
        log.warning("unsubscribe_put_off", reference=opt_out.reference, code=code)
        if alarm:
            await self._tell(opt_out, code)

    async def _tell(self, opt_out: OptOut, code: str) -> None:
        if await self.store.raise_alarm(FAILED_ALARM, opt_out.reference, self.clock()):
            log.error("unsubscribe_failed", reference=opt_out.reference, code=code)

    async def _note(self, opt_out: OptOut, event: str, **more: str) -> None:
        facts = {"at": "hubspot", "address": self.mark_of(opt_out.address), "scope": "all", **more}
        await self.store.note_act(opt_out.reference, event, facts, by=_BY, now=self.clock())
