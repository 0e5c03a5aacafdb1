"""The queue a person works from: which rows each lane shows, in which order, and how their days read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from triage.domain.vocabulary import CaseState, Channel, Kind

# How many working days ahead a date counts as due soon.
SOON_WORKING_DAYS = 5
ROWS_A_PAGE = 50


class QueueLane(StrEnum):
    """The views of the start page, in the order they stand there. A row may stand in several."""

    URGENT = "urgent"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    NEEDS_PERSON = "needs_person"
    COMPLAINTS = "complaints"
    NEW_MESSAGE = "new_message"
    WAITING = "waiting"
    NEW = "new"
    NOT_REQUESTS = "not_requests"
    AUTOMATIC_MAIL = "automatic_mail"
    ALL = "all"


# What machines sent and what asks for nothing is cleared in one go; no case stands there.
LOOK_LANES = (QueueLane.NOT_REQUESTS, QueueLane.AUTOMATIC_MAIL)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueKey:
    """Where a page begins: behind this row. `queue_on` is the day it is sorted by, `id` its case or enquiry."""

    queue_on: date
    reference: str

    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.queue_on.isoformat()}~{self.reference}"


def key_of(text: str) -> QueueKey | None:
    """A key out of an address; None for anything that is none."""
    day, tilde, reference = text.partition("~")
    try:
        return QueueKey(queue_on=date.fromisoformat(day), reference=reference[:40]) if tilde else None
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueAsked:
    """A page of a lane, and what narrows it. None and "" narrow nothing; days are of receipt, both inside.

    `words` are looked for in senders, subjects and texts, `address_hash` finds a person, `thread` a reference.
    """

    lane: QueueLane = QueueLane.ALL
    kind: Kind | None = None
    channel: Channel | None = None
    controller: str = ""
    assignee: str | None = None
    state: CaseState | None = None
    received_from: date | None = None
    received_to: date | None = None
    words: str = ""
    address_hash: str = ""
    thread: str = ""
    after: QueueKey | None = None
    rows: int = ROWS_A_PAGE

    @property
    def searches(self) -> bool:
        """Whether somebody looks for something: then closed cases are found too."""
        return bool(self.words or self.address_hash or self.thread)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueRow:
    """A case, or a message that has none. `number` None: no case; `kind` "" then.

    `score` is how sure the reader was of the kind, None where a person said it; `due_on` what is owed, `target_on` the
    earlier day the desk aims for. `marks` are codes: alarms, unresolved triggers, flags.
    """

    reference: str
    thread: str
    number: int | None
    kind: str
    state: str
    lane: str
    version: int
    sender_name: str
    sender_address: str
    subject: str
    channel: str
    controller: str
    assignee: str
    received_on: date
    queue_on: date
    due_on: date | None
    target_on: date | None
    next_step: str
    next_step_on: date | None
    score: float | None
    unread: bool
    not_acknowledged: bool
    marks: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def key(self) -> QueueKey:
        """Where the page after this row begins."""
        return QueueKey(queue_on=self.queue_on, reference=self.reference)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePage:
    """Rows, and whether more come behind them."""

    rows: tuple[QueueRow, ...]
    more: bool


QueueCounts = Mapping[QueueLane, int]


def days_left(due: date | None, today: date) -> str:
    """The days to a date in words a glance takes in."""
    if due is None:
        return "waiting for them"
    days = (due - today).days
    if days < -1:
        return f"{-days} days overdue"
    return {-1: "1 day overdue", 0: "due today", 1: "1 day left"}.get(days, f"{days} days left")


def how_sure(score: float | None) -> str:
    """A score in words: what a person would say of it."""
    if score is None:
        return "said by a person"
    if score >= 0.9:
        return "sure"
    return "likely" if score >= 0.6 else "unsure"
