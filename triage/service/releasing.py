"""An acknowledgement that was held back leaves on a person's word, with the half minute to call it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from triage.domain.approval import Approval
from triage.domain.case_change import Refused
from triage.domain.letter import LetterText
from triage.domain.releasing import HeldBack, Released, release
from triage.errors import NotDone
from triage.ports_console import ApprovalStore, LetterDeskStore
from triage.service.approvals import ask_approval
from triage.service.casework import Casework


class HeldStore(ApprovalStore, LetterDeskStore, Protocol):
    """The store, as far as acknowledgements held back go."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Releasing:
    """Sends what was held back."""

    work: Casework
    store: HeldStore

    async def would_send(self, held: HeldBack, *, to: str = "") -> tuple[Released, LetterText] | Refused:
        """The letter that would go, in words; or why none. Raises RulesWrong where its template is broken."""
        cases = await self.work.store.cases_of(held.reference)
        decided = release(held, cases, self.work.policy, self.work.clock(), to=to)
        return decided if isinstance(decided, Refused) else (decided, self.work.book.word(decided.facts))

    async def send(self, reference: str, *, by: str, to: str = "") -> Approval:
        """Lay the acknowledgement of an enquiry ready and let it leave. Raises NotDone, RulesWrong."""
        held = await self._held(reference)
        decided = await self.would_send(held, to=to)
        if isinstance(decided, Refused):
            raise NotDone("\n".join(decided.reasons))
        return await self._lay(held, *decided, by=by)

    async def send_many(self, references: Sequence[str], *, by: str) -> int:
        """The same for several, where nothing but age or volume held them; how many leave. Raises NotDone, and none
        leaves, where that is not true of one of them."""
        ready: list[tuple[HeldBack, Released, LetterText]] = []
        reasons: list[str] = []
        for reference in dict.fromkeys(references):
            held = await self._held(reference)
            decided = await self.would_send(held)
            if isinstance(decided, Refused):
                reasons += [f"{reference}: {reason}" for reason in decided.reasons]
            elif not held.only_age_or_volume:
                reasons.append(f"{reference} was not held for its age or for volume alone: look at it by itself")
            else:
                ready.append((held, *decided))
        if reasons:
            raise NotDone("\n".join([*reasons, "nothing was sent"]))
        for held, released, text in ready:
            await self._lay(held, released, text, by=by)
        return len(ready)

    async def _held(self, reference: str) -> HeldBack:
        thread = reference.strip().upper().partition("/")[0]
        held = await self.store.held_back(thread)
        if held is None:
            raise NotDone(f"there is no enquiry {thread}")
        return held

    async def _lay(self, held: HeldBack, released: Released, text: LetterText, *, by: str) -> Approval:
        work, now = self.work, self.work.clock()
        letter_id = await self.store.lay_acknowledgement(held, released, text, work.mail_domain, by=by, now=now)
        if letter_id is None:
            raise NotDone(f"{held.reference} has been acknowledged meanwhile, or a letter to it is there: look again")
        return await ask_approval(work, self.store, letter_id, by=by)
