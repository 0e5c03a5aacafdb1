"""What the desk already knows about an enquiry (History) and what it will do with it (Plan)."""

from dataclasses import dataclass
from datetime import date, datetime

from triage.domain.classification import Classification
from triage.domain.clock import ClockDates
from triage.domain.enquiry import Enquiry
from triage.domain.gate import GateVerdict
from triage.domain.letter import LetterFacts
from triage.domain.mail_facts import MailFacts
from triage.domain.taking_back import TakenBack
from triage.domain.told import ChatFacts, EntryFacts, FormFacts
from triage.domain.vocabulary import CaseState, Kind, Lane


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysis:
    """All that can be said of an item without the store. `classification` is None where the gate forbids reading.

    Exactly one of `chat`, `form` and `entry` is given where the item is no mail; then `facts` is empty.
    """

    enquiry: Enquiry
    facts: MailFacts
    classification: Classification | None
    chat: ChatFacts | None = None
    form: FormFacts | None = None
    entry: EntryFacts | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadCase:
    """A case of the thread a message joins, as far as a reply bears on it. One set aside is left out.

    `controller` is the name of the company it is against, `rules_in_doubt` that of another whose law may count.
    `thread`: its own, where it is not the one joined.
    """

    number: int
    kind: Kind
    state: CaseState
    received_on: date
    statutory_due: date | None = None
    closed_on: date | None = None
    controller: str = ""
    rules_in_doubt: str = ""
    thread: str = ""

    @property
    def reference(self) -> str:
        """The case's reference, where its thread is known."""
        return f"{self.thread}/{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """The case thread a message seems to belong to, and what ties it there.

    `tie`: "our_message_id", "known_message_id", "reference" or "chat_thread" (the same HubSpot thread). Only a
    participant's message joins by itself; whoever types in a chat thread is its participant.
    `cannot_reach`: its cases wait in that state for the person to come back. `cases`: all of them, by number.
    """

    reference: str
    tie: str
    sender_is_participant: bool
    open_kinds: tuple[Kind, ...] = ()
    case_count: int = 0
    cannot_reach: bool = False
    cases: tuple[ThreadCase, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SentCounts:
    """Letters sent by machine to this sender, this domain, and to all, in the windows of row 21.

    `breaker_open`: the limit over all senders was reached, and no person has cleared its alarm since.
    """

    sender_hour: int = 0
    sender_day: int = 0
    sender_30_days: int = 0
    domain_day: int = 0
    global_10_minutes: int = 0
    breaker_open: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What the store knows that bears on this enquiry. The default is an empty store.

    `duplicate_of`: reference of an enquiry with the same Message-ID and the same content.
    `same_id_other_content`: reference of one with the same Message-ID but other content.
    `backlog`: it was there at the very first look, after a UIDVALIDITY reset, or over 72 hours old (row 16).
    `before_start`: received before TRIAGE_START_ON.
    `same_person`: reference of an open thread of another channel in which this address was given: a suggestion only.
    `handed_over`: in this chat a person has been asked for, or has taken over: no automatic reply any more.
    `hand_over_said`: the one line about that has been said there, or waits to be.
    `thread_replies_hour`: visible replies sent by machine into this chat thread within an hour.
    `reference_taken`: the reference the form gave already belongs to another enquiry.
    `opted_out_before`: an earlier opt-out of this sender (a case, or a line of the do-not-contact list) stands, and the
    working days in which marketing was to stop are over. Whoever has to ask again was not heard.
    `own_cases`: cases of the same sender, open or closed lately, in whatever thread, for a mail that joins none;
    `passed_on_cases`: those of whoever wrote what a mail passes on.
    """

    duplicate_of: str | None = None
    same_id_other_content: str | None = None
    thread: Thread | None = None
    hard_bounced: bool = False
    backlog: bool = False
    before_start: bool = False
    sent: SentCounts = SentCounts()
    same_person: str | None = None
    handed_over: bool = False
    hand_over_said: bool = False
    thread_replies_hour: int = 0
    reference_taken: bool = False
    opted_out_before: bool = False
    own_cases: tuple[ThreadCase, ...] = ()
    passed_on_cases: tuple[ThreadCase, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedCase:
    """A case to open: one right (or one complaint) with its dates and the next step a person owes.

    `controller` is the name of the company it is against, "" for the enquiry's own. `about`: this complaint is about
    the case of that number in the same thread; `about_elsewhere`: about the case of that reference in another thread.
    `rules_in_doubt`: the name of another company whose law may be the one that counts; until a person says which, each
    date is the earlier of the two (regime=EU?).
    """

    kind: Kind
    dates: ClockDates
    next_step: str
    next_step_on: date
    controller: str = ""
    about: int | None = None
    about_elsewhere: str = ""
    rules_in_doubt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLetter:
    """A letter to send, or with `needs_approval` to lay before a person. `why` says what it rests on."""

    facts: LetterFacts
    needs_approval: bool
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedNote:
    """A short post into a chat thread beside the letter, worded from rules/chat/PURPOSE.txt.

    `purpose`: "team_note" (an internal comment, never shown to the visitor) or "hand_over" (a visible line: a person
    has been asked for). `kinds` and `unsure_kinds` are what the team is told; `due_on` the earliest date of
    those that are sure; `perhaps_due_on`, where none is, of the others. `wants_person`: a person has been asked for.
    `where_unknown`: nobody knows yet where the marketing goes that is not wanted any more.
    """

    purpose: str
    why: str
    kinds: tuple[Kind, ...] = ()
    unsure_kinds: tuple[Kind, ...] = ()
    due_on: date | None = None
    visible_reply: bool = False
    where_unknown: bool = False
    perhaps_due_on: date | None = None
    wants_person: bool = False

    @property
    def internal(self) -> bool:
        """True for what only the team sees."""
        return self.purpose == "team_note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The one answer of `decide`. Exactly one of: duplicate, returned letter, follow-up, new enquiry, passed over.

    `outcome`: "enquiry", "follow_up", "returned_letter", "duplicate" or "passed_over" (chat that asks for nothing:
    ids and score are kept, the text is dropped). `joins` is the reference of the thread it
    joins (follow_up, returned_letter, duplicate); `suggests` one it perhaps belongs to.
    `bounce_is_permanent`: our letter, or our mail to staff, did not arrive and will not. `address_is_dead`: nor would
    another (row 14).
    `adopts`: the reference a form gave. `hands_over`: automatic replies in this chat end here. `reopens`: cases that
    could not be reached are open again. `reopens_closed`: numbers of closed cases of the thread that are open again for
    a person, with the clock event "reopened" on that local day. `next_step`: what a reply makes the next thing to do,
    and when, on the thread's open and reopened cases whose own next step is later. `still_unhappy`: a reply does not
    accept an answer.
    `takes_back`: open cases of the thread, by number, whose wish a reply takes back or makes wait;
    `takes_back_elsewhere`: those of other threads, by reference, where a fresh mail of the same person does.
    `no_letter_because` is never empty when `letter` is None. `trace` tells the story in words for the DPO.
    """

    outcome: str
    lane: Lane | None
    gate: GateVerdict
    classification: Classification | None
    cases: tuple[PlannedCase, ...] = ()
    letter: PlannedLetter | None = None
    no_letter_because: str = ""
    joins: str | None = None
    suggests: str | None = None
    not_acknowledged: bool = False
    bounce_is_permanent: bool = False
    address_is_dead: bool = False
    trace: tuple[str, ...] = ()
    decided_at: datetime | None = None
    notes: tuple[PlannedNote, ...] = ()
    adopts: str | None = None
    hands_over: bool = False
    reopens: bool = False
    reopens_closed: tuple[tuple[int, date], ...] = ()
    next_step: tuple[str, date] | None = None
    still_unhappy: bool = False
    takes_back: tuple[tuple[int, TakenBack], ...] = ()
    takes_back_elsewhere: tuple[tuple[str, TakenBack], ...] = ()
