"""Letters as a person works with them: the shelves they stand on, and one letter with all that bears on it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from triage.domain.approval import Approval

LETTERS_A_PAGE = 25


class Shelf(StrEnum):
    """Where a letter stands on the list, the most pressing first."""

    WAITING = "waiting"
    LEAVING = "leaving"
    LOST = "lost"
    RECENT = "recent"


@dataclass(frozen=True, kw_only=True, slots=True)
class LettersAsked:
    """A page of a shelf, behind the letter of number `after` (0: from its beginning)."""

    shelf: Shelf
    after: int = 0
    rows: int = LETTERS_A_PAGE


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskLetter:
    """A letter with what a person needs to judge it. `reference` is its thread's, `number` the case it is about (None:
    the whole message), `kind` that case's.

    `channel` is the way it goes, `in_chat` into a conversation; `code` says more of its state. `subject`, `body` are
    what the reader gets, `about` the subject and `sender` the name of the message it answers. `approval` stands while
    it can still be called back.
    """

    id: int
    enquiry_id: int
    reference: str
    number: int | None
    kind: str
    purpose: str
    state: str
    code: str
    recipient: str
    in_chat: bool
    internal: bool
    subject: str
    body: str
    why: str
    created_at: datetime
    sent_at: datetime | None
    undelivered_at: datetime | None
    promised_on: date | None
    outcome: str
    controller: str
    received_at: datetime
    sender: str
    about: str
    approval: Approval | None = None

    @property
    def case_reference(self) -> str:
        """Where its case is found: with its number, where it is about one."""
        return self.reference if self.number is None else f"{self.reference}/{self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it may be changed: it waits for a person, and nobody has approved it."""
        return self.state == "draft" and self.approval is None

    @property
    def goes(self) -> str:
        """Which way it goes: "chat", "mail", or "print" where nobody knows an address to write to."""
        if self.in_chat:
            return "chat"
        return "mail" if self.recipient else "print"

    @property
    def mark(self) -> str:
        """Tells this text from any other; see text_mark."""
        return text_mark(self.subject, self.body)


@dataclass(frozen=True, kw_only=True, slots=True)
class LettersPage:
    """Letters, and whether more stand behind them."""

    rows: tuple[DeskLetter, ...]
    more: bool


LetterShelves = Mapping[Shelf, LettersPage]


def text_mark(subject: str, body: str) -> str:
    """A short hash of a letter's text: who changes or approves a draft says by it which text they saw."""
    return hashlib.sha256(f"{subject}\0{body}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
