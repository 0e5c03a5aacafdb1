"""What an evidence pack is made of, as values; and how its files are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from triage.domain.journal import ChainHead, JournalText, SealedEntry
from triage.domain.vocabulary import Nation

REMOVED = "(removed by retention)"


@dataclass(frozen=True, kw_only=True, slots=True)
class PackMessage:
    """A message of a thread. `raw` is what arrived, b"" once it is removed; `removed_at`: when retention took whose it
    was. `gate` and `reading` are the verdicts in the words of `triage inspect` and `triage classify`. `noted_by`: the
    colleague who typed it in, "" where it came by itself or that is removed."""

    reference: str
    outcome: str
    channel: str
    received_at: datetime
    filed_at: datetime
    sender_name: str
    sender_address: str
    subject: str
    text: str
    attachments: tuple[str, ...]
    message_id: str
    raw: bytes
    lane: str
    gate: Mapping[str, object]
    reading: Mapping[str, object] | None
    trace: tuple[str, ...]
    no_letter_because: str
    read_at: datetime | None = None
    cleared_at: datetime | None = None
    removed_at: datetime | None = None
    noted_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackLetter:
    """A letter or note of ours. `id`: its number in the journal. `sent_at`: when relay or chat took it, or a person
    noted that they handed it over. `posted_id` is the chat's own id of it; `undelivered_at`: it came back for good."""

    reference: str
    purpose: str
    serial: int
    channel: str
    state: str
    code: str
    recipient: str
    subject: str
    body: str
    why: str
    message_id: str
    posted_id: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    undelivered_at: datetime | None
    promised_on: date | None
    internal: bool
    id: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PackEvent:
    """Something that moved a case's dates. `undone`: its letter did not arrive, so it moves them no more."""

    event: str
    event_on: date
    recorded_at: datetime
    overridden: bool
    undone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PackTask:
    """A line of a case's checklist."""

    system: str
    what: str
    owner: str
    due_on: date | None
    done_on: date | None
    done_by: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PackCase:
    """A case. `dates` by name, in the order of the clock; `delivery` and `supplements` as the DPO recorded them."""

    reference: str
    kind: str
    state: str
    outcome: str
    controller: str
    opened_at: datetime
    closed_at: datetime | None
    legal_hold: bool
    dates: Mapping[str, date | None]
    trace: tuple[str, ...]
    events: tuple[PackEvent, ...] = ()
    tasks: tuple[PackTask, ...] = ()
    delivery: Mapping[str, object] | None = None
    supplements: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PackEntry:
    """An entry of the journal as sealed, with its free text where it still exists."""

    sealed: SealedEntry
    text: JournalText | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Everything of one enquiry or case. `reference` is what was asked for: `DP-…` or `DP-…/1`; `nation` whose clock
    its pages tell the time by: that of the company it was asked of."""

    reference: str
    messages: tuple[PackMessage, ...]
    letters: tuple[PackLetter, ...]
    cases: tuple[PackCase, ...]
    entries: tuple[PackEntry, ...]
    heads: tuple[ChainHead, ...]
    nation: Nation = Nation.ENGLAND


def message_stem(number: int) -> str:
    """Where the `number`th message lies, without suffix."""
    return f"thread/{number:03d}"


def raw_suffix(message: PackMessage) -> str:
    """A mail opens in a mail program; the rest is what the channel handed over."""
    return ".eml" if message.channel == "email" else ".raw"


def letter_name(number: int) -> str:
    """Where the `number`th letter lies."""
    return f"letters/{number:03d}.txt"


def moment(at: datetime) -> str:
    """A moment as the journal seals it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
