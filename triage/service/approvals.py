"""Approved letters leave after half a minute; until then nothing has happened, and they can be called back."""

from dataclasses import dataclass
from typing import Protocol

from triage.domain.approval import CALL_BACK_FOR, Approval
from triage.errors import NotDone, RulesWrong
from triage.logs import get_logger
from triage.ports import LetterQueue
from triage.ports_console import ApprovalStore
from triage.service.casework import Casework, LetterShelf, approve_letter

log = get_logger()

# Raised on the thread: the person who approved has gone on to something else.
REFUSED_ALARM = "approval_refused"


async def ask_approval(
    work: Casework, store: ApprovalStore, letter_id: int, *, by: str, to: str = "", note: str = "", seen: str = ""
) -> Approval:
    """Let a draft leave soon. Raises NotDone where it is no draft, is to leave already, or does not say any more what
    `seen` marks (letter_desk.text_mark; "" for whatever it says).

    Whether the rules let it leave is asked when it does: a message may come in meanwhile.
    """
    now = work.clock()
    asked = Approval(letter_id=letter_id, reference="", by=by, due_at=now + CALL_BACK_FOR, recipient=to, note=note)
    if not await store.ask_approval(asked, now=now, seen=seen):
        raise NotDone(f"letter {letter_id} is no draft any more, was changed, or is about to leave already: look again")
    return asked


async def call_back(work: Casework, store: ApprovalStore, letter_id: int, *, by: str) -> None:
    """It shall not leave. Raises NotDone where it has."""
    if not await store.call_back(letter_id, by=by, now=work.clock()):
        raise NotDone(f"letter {letter_id} has left already, or was called back before")


class LeavingStore(ApprovalStore, LetterShelf, LetterQueue, Protocol):
    """The store, as far as letters leave by it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """Lets letters leave whose half minute is over."""

    work: Casework
    store: LeavingStore

    async def look(self) -> int:
        """How many left. One that the rules refuse by now stays a draft, with an alarm on its thread; killed between
        taking and approving, it stays a draft too."""
        left, now = 0, self.work.clock()
        if not any(one.due_at <= now for one in await self.store.approvals()):
            return 0
        while (due := await self.store.take_approval(now)) is not None:
            try:
                await approve_letter(self.work, self.store, due.letter_id, by=due.by, to=due.recipient, note=due.note)
                left += 1
            except (NotDone, RulesWrong) as exc:
                log.warning("approval_refused", reference=due.reference, exception_type=type(exc).__name__)
                await self.store.raise_alarm(REFUSED_ALARM, due.reference, now)
        return left
