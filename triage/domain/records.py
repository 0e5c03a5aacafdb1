"""What passes between services and adapters: mails, items, letters, and the rows of lists. Values only."""

from dataclasses import dataclass
from datetime import datetime

from triage.domain.case_change import NewTask
from triage.domain.chat import ChatPlace
from triage.domain.letter import LetterText
from triage.domain.plan import Analysis, Plan
from triage.domain.vocabulary import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class MailKey:
    """Where a mail lies: `text` is unique over all sources and for all time, `uid` orders it within its folder."""

    text: str
    uid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MailListing:
    """What a folder holds above a UID, at one look. `validity` is UIDVALIDITY (1 where there is none)."""

    validity: int
    keys: tuple[MailKey, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A mail as fetched. `raw` is whole unless `size_bytes` exceeds its length (oversized: only its head)."""

    key: MailKey
    raw: bytes
    received_at: datetime
    size_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxPosition:
    """How far an account's folder has been read: every mail up to `last_uid` is stored or a gap."""

    account: str
    validity: int
    last_uid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NewItem:
    """What arrived, raw, before anyone looked inside. `key` is unique: saving it twice saves it once.

    `is_event`: a chat event, which holds ids only: the message is fetched before anything is read.
    `backlog`: see History. `size_bytes` exceeds len(raw) when only the head was fetched.
    """

    key: str
    channel: Channel
    raw: bytes
    sha256: str
    size_bytes: int
    received_at: datetime
    backlog: bool = False
    is_event: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A stored item that someone has claimed. `attempts` counts the failures so far."""

    id: int
    key: str
    channel: Channel
    raw: bytes
    size_bytes: int
    received_at: datetime
    backlog: bool
    attempts: int
    is_event: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteText:
    """A planned note in words, with the id it is posted under."""

    purpose: str
    internal: bool
    body: str
    why: str
    message_id: str
    serial: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """A decided item on its way into the store: the plan, and the letter already worded (None without one).

    `reference` is the one drawn for a new enquiry; whatever joins a thread is filed under `plan.joins` instead.
    `serial` is the one inside `message_id`. `controller` is the name of the company the enquiry is for.
    `alarms` are codes of alarms of the desk itself that this filing raises. `checklists`: the lines of each case of the
    plan, in its order.
    """

    item: Item
    analysis: Analysis
    plan: Plan
    reference: str
    letter_text: LetterText | None
    message_id: str | None
    now: datetime
    serial: int = 1
    controller: str = ""
    alarms: tuple[str, ...] = ()
    notes: tuple[NoteText, ...] = ()
    checklists: tuple[tuple[NewTask, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter claimed for sending: at most one recipient, its own stable Message-ID, the thread it answers.

    One for a chat has its `place` there and no recipient; `internal` is a comment only the team sees. `created_at`
    bounds the search for it where nobody knows whether it arrived.
    """

    id: int
    reference: str
    purpose: str
    recipient: str
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    text: LetterText
    attempts: int
    channel: Channel = Channel.EMAIL
    place: ChatPlace | None = None
    internal: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """Something a person must see. `code` is one of docs/alarms.md; `reference` names enquiry or case, if any."""

    code: str
    reference: str | None
    raised_at: datetime
    cleared_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """A case as a list shows it."""

    reference: str
    kind: str
    state: str
    lane: str
    sender: str
    controller: str
    received_on: str
    statutory_due: str | None
    safe_due: str | None
    next_step: str
    next_step_on: str
    letter: str | None
    not_acknowledged: bool
    acknowledge_by: str | None = None
    channel: str = "email"


@dataclass(frozen=True, kw_only=True, slots=True)
class EnquiryRow:
    """A message and what became of it. `thread` is the reference it opened or joined; `due_on` the earliest date.

    `letter` is what the person was sent; `notes` what was posted into a chat beside it, purpose and state each.
    `way_to_answer` is false where the person left none; `cleared` is true once a person has said what it asks.
    """

    thread: str | None
    outcome: str
    subject: str
    gate: str
    kinds: tuple[str, ...]
    lane: str | None
    letter: str | None
    due_on: str | None
    trace: tuple[str, ...]
    sender: str = ""
    received_on: str = ""
    not_acknowledged: bool = False
    channel: str = "email"
    notes: tuple[str, ...] = ()
    way_to_answer: bool = True
    cleared: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRow:
    """A letter as a person sees it; `why` is what it rests on. `internal`: a comment only the team sees.

    `place` is where a chat post goes, as "portal/thread"; "" for a mail.
    """

    id: int
    reference: str
    purpose: str
    state: str
    recipient: str
    subject: str
    body: str
    why: str
    created_at: datetime
    sent_at: datetime | None
    channel: str = "email"
    internal: bool = False
    place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineRow:
    """An item that could not be read, kept raw. `attempts` counts the tries, `code` says what broke."""

    id: int
    key: str
    received_at: datetime
    size_bytes: int
    attempts: int
    code: str
    channel: str = "email"
    is_event: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """The store's answer to "is the desk able to work": counts, and ages in seconds (None: nothing there).

    `gaps`: mails a mailbox listed that have not come yet. `to_look_at`: messages read as no request that wait for the
    daily look, the oldest of them for `oldest_look_age_s`; `automatic_to_look_at` those that machines sent,
    which are in neither figure.
    """

    items_waiting: int
    oldest_item_age_s: float | None
    letters_waiting: int
    oldest_letter_age_s: float | None
    quarantined: int
    alarms: int
    gaps: int = 0
    to_look_at: int = 0
    oldest_look_age_s: float | None = None
    automatic_to_look_at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatRoom:
    """A chat thread as the store knows it, claimed by who works on it. `line_ids`: lines nobody has decided on yet.

    `reference` is the enquiry it led to, "" while there is none.
    """

    portal_id: str
    thread_id: str
    contact_id: str
    reference: str
    handed_over: bool
    first_waiting_at: datetime
    line_ids: tuple[str, ...]
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """An enquiry by chat or form whose open cases nobody can answer: no way to reach the person was given."""

    reference: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OptOut:
    """A sure opt-out not carried out at HubSpot yet. `asked_at`: when that was first set about, None if never."""

    reference: str
    address: str
    asked_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionCount:
    """How many lines of the do-not-contact list were written in a month (2026-11), by scope and channel."""

    month: str
    scope: str
    channel: str
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What a privacy event led to: how much was purged, and which threads keep their case under own retention."""

    lines: int
    enquiries: int
    kept: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LookRow:
    """A message read as no request that no person has cleared yet. `words` are its first ones.

    `automatic`: it bears a machine's marks, so that the gate never answers it.
    """

    reference: str
    received_at: datetime
    filed_at: datetime
    channel: str
    sender: str
    subject: str
    words: str
    automatic: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingRow:
    """What the reader made of one message, as figures. `month` is that of its filing, as 2026-11.

    `declared`: somebody ticked or wrote down what is asked, so that the scores are not the reader's alone.
    """

    month: str
    kinds: tuple[str, ...]
    needs_person: bool
    request_score: float
    declared: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionCount:
    """How often in a month one kind was meant where another was read ("none" on either side), by witness at fault."""

    month: str
    kind_read: str
    kind_meant: str
    witness: str
    count: int
