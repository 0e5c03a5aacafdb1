"""What the stories about a case's life need from the store, as protocols. See ports.py for the rest."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from triage.domain.case_change import CaseChange, DraftedLetter
from triage.domain.case_file import CaseFile
from triage.domain.digest import DatedHead
from triage.domain.letter import LetterText
from triage.domain.notices import Notice
from triage.domain.urgent_notices import FlaggedMessage


class CaseStore(Protocol):
    """Cases, whole. Every method is one transaction; `now` is aware UTC. Raises StoreUnavailable."""

    async def case_of(self, reference: str) -> CaseFile | None:
        """The case of a reference with its number (`DP-…/1`); None if there is none."""
        ...

    async def cases_of(self, thread: str) -> tuple[CaseFile, ...]:
        """Every case of an enquiry's thread, in the order they were opened."""
        ...

    async def open_cases(self) -> tuple[CaseFile, ...]:
        """Every case something is still owed for, in the order they were opened."""
        ...

    async def change_case(
        self,
        case: CaseFile,
        change: CaseChange,
        letters: Sequence[tuple[DraftedLetter, LetterText]] = (),
        mail_domain: str = "",
        *,
        by: str,
        now: datetime,
    ) -> bool:
        """Write all of `change`, its letters in words; False, and nothing is written, where the case is not at
        `case.version` any more. `by` is an account's name, "desk" where no person acted. `mail_domain` stands in the
        letters' Message-IDs."""
        ...

    async def mark_read(
        self, thread: str, *, by: str, now: datetime, up_to: int | None = None
    ) -> tuple[int, ...] | None:
        """A person has read the messages of the thread up to the one of the id `up_to`; None means all that are there.

        The ids of those that were unread until now; None if there is no such thread, or no such message in it.
        """
        ...

    async def put_notices(self, notices: Sequence[Notice], now: datetime) -> int:
        """Queue mails to staff, each for its occasion once and for all. How many were new."""
        ...

    async def staff_not_reached(self) -> tuple[str, ...]:
        """Addresses to which the last mail to staff was refused, or came back."""
        ...

    async def opt_outs_of(self, address: str) -> tuple[CaseFile, ...]:
        """Open opt-outs of the person with this address, as far as the desk knows whose they are."""
        ...

    async def complaints(
        self, first_on: date | None = None, last_on: date | None = None
    ) -> tuple[tuple[CaseFile, tuple[str, ...]], ...]:
        """Every complaint received from `first_on` to `last_on` (inclusive; None: no bound), open or closed, without
        its links, with the codes of the triggers that ever stood on it."""
        ...

    async def flagged_messages(self) -> tuple[FlaggedMessage, ...]:
        """Unread messages that bear an urgent flag, of threads without an open case."""
        ...

    async def threads_about_the_dpo(self) -> frozenset[str]:
        """Threads with a complaint about the DPO, open or closed, that nobody set aside."""
        ...

    async def urgent_cases(self) -> tuple[CaseFile, ...]:
        """Open cases of threads with an unread message that bears an urgent flag."""
        ...

    async def journal_heads(self) -> tuple[DatedHead, ...]:
        """Where every chain of the journal ends now, by chain."""
        ...
