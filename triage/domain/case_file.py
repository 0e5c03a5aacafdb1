"""A case as decisions see it: everything the store knows that bears on its dates, its letters and its end."""

from dataclasses import dataclass
from datetime import date, datetime

from triage.domain.clock_values import ClockDates
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Flag, Kind, Lane, LetterPurpose, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseEvent:
    """Something that happened to the case. `on` is the local day it happened, `recorded_at` when the desk was told.

    `overridden`: the rules refused it and the DPO recorded it all the same; the note lies in the journal. `letter_id`:
    the letter that brought it about, None where a person told of it.
    """

    name: CaseEventName
    on: date
    recorded_at: datetime
    overridden: bool = False
    letter_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLetter:
    """A letter of the case's thread. `number` is the case it is about, None for one about the whole message.

    `state` is the outbox's; `promised_on` the latest day it promises something for, `first_named_on` the first day it
    names; `returned`: it came back; `outcome`: how it says the case ended. `recipient`: the address it goes to, ""
    where none is known; `in_chat`: it goes into a chat instead.
    """

    id: int
    number: int | None
    purpose: LetterPurpose
    state: str
    created_at: datetime
    sent_at: datetime | None
    promised_on: date | None = None
    first_named_on: date | None = None
    returned: bool = False
    outcome: Outcome | None = None
    recipient: str = ""
    in_chat: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseMessage:
    """A message of the case's thread, from the person unless it is a returned letter. `read_at`: a person read it.

    `kinds` and `flags` are what was read in it; `still_unhappy`: it does not accept an answer of ours.
    """

    enquiry_id: int
    received_at: datetime
    channel: Channel
    kinds: tuple[Kind, ...]
    flags: tuple[Flag, ...]
    read_at: datetime | None
    still_unhappy: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseTask:
    """One line of the case's checklist: what `owner` does in `system`, done on a day or not yet.

    `note`: what was said as it was ticked, or why it stays open.
    """

    id: int
    system: str
    what: str
    owner: str
    due_on: date | None
    done_on: date | None
    done_by: str = ""
    note: str = ""

    @property
    def is_owed(self) -> bool:
        """Whether it is still to be done: neither ticked nor left open for a reason."""
        return self.done_on is None and not self.note.strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedCase:
    """Another case of the same thread or the same person. `about`: this case is a complaint about that one.

    `same_thread`: both rights stood in one message or conversation; else only the person is the same. `complains_of`:
    the reference of the case that one is itself a complaint about.
    """

    reference: str
    kind: Kind
    state: CaseState
    received_on: date
    statutory_due: date | None
    closed_on: date | None
    same_thread: bool
    about: bool = False
    outcome: Outcome | None = None
    complains_of: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFile:
    """One case, whole. `version` is the case's own; `reference` is `thread`/`number`.

    `received_at`: first receipt of what opened it (aware UTC). `recipient`: the address letters go to, "" where there
    is none that may be written to. `looked_at`: when a person last opened the case in the desk. `legal_hold`: nothing
    of it may be removed. `snoozed_until`: reminders rest until that day. `unresolved`: codes of triggers that stand.
    `next_news_on`: the next day a letter promised news for. `delivered`: the delivery record of an access answer is
    there; `supplied`: its Art 15 points and search record are. `erasure_blocked`: a wish to delete was taken back.
    `contacts`: days on which somebody was in touch otherwise than by a letter of the desk (a call), as recorded.
    `rules_in_doubt`: the name of another company whose law may be the one that counts, "" where there is no question:
    until a person says which, each date is the earlier of the two. `undone`: events that count no more, as the letter
    that brought them about did not arrive.
    """

    reference: str
    thread: str
    number: int
    kind: Kind
    state: CaseState
    lane: Lane
    version: int
    controller: str
    channel: Channel
    received_at: datetime
    opened_at: datetime
    dates: ClockDates
    next_step: str
    next_step_on: date
    events: tuple[CaseEvent, ...] = ()
    letters: tuple[CaseLetter, ...] = ()
    messages: tuple[CaseMessage, ...] = ()
    tasks: tuple[CaseTask, ...] = ()
    links: tuple[LinkedCase, ...] = ()
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    recipient: str = ""
    not_acknowledged: bool = False
    looked_at: datetime | None = None
    legal_hold: bool = False
    snoozed_until: date | None = None
    unresolved: tuple[str, ...] = ()
    next_news_on: date | None = None
    delivered: bool = False
    supplied: bool = False
    erasure_blocked: bool = False
    flags: tuple[Flag, ...] = ()
    contacts: tuple[date, ...] = ()
    undone: tuple[CaseEvent, ...] = ()
    rules_in_doubt: str = ""

    @property
    def is_open(self) -> bool:
        """Whether anything is still owed."""
        return self.state in (CaseState.OPEN, CaseState.CANNOT_REACH)

    @property
    def unread(self) -> tuple[CaseMessage, ...]:
        """Messages of the thread that no person has read yet."""
        return tuple(message for message in self.messages if message.read_at is None)
