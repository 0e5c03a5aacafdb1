"""A store with a hundred thousand cases, filled past the desk: most long closed, three thousand open.

What the console reads is as filing leaves it. Not so the journal's hashes: they are made up, and no chain is whole.
"""

import json
import random
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice
from typing import Any

import asyncpg
from sqlalchemy import Table
from sqlalchemy.engine import make_url

from triage.adapters.store import schema
from triage.adapters.store.addresses import address_hash
from triage.domain.reference import make_reference

CASES = 100_000
SHARE_OPEN = 0.03
# Of the threads: two cases, a follow-up nobody read, an address a colleague passed on, a chat with a known contact.
_EVERY_TWO, _EVERY_UNREAD, _EVERY_PASSED_ON, _EVERY_CHAT = 11, 20, 50, 20
# Of people, who write more than once in their lives.
_THREADS_A_PERSON = 1.5
_LONG_THREAD = 50
_TEXTS = 500
_A_BATCH = 5_000
_DAY = timedelta(days=1)
_DIGEST = "0f" * 32

_KINDS = ("access", "deletion", "opt_out", "correction", "complaint", "other_right")
_WEIGHTS = (30, 30, 20, 8, 8, 4)
_OUTCOMES = {"access": "provided", "deletion": "erased"}
_WORDS = re.findall(
    r"\w+",
    "please could you send me a copy of everything you hold about me and tell me where it came from who has seen it "
    "how long it is kept and why your shop wrote to my old address in the spring although my account was closed by "
    "telephone with a colleague of yours in the autumn before whose name was not given to me at that time thank you",
)
_RARE = ("saxophone", "greenhouse", "lighthouse", "marmalade")
_GATE = '{"answer":"ack","reasons":[]}'
_TRACE = [
    "Received (London time).",
    "One month from the day of receipt (Art 12(3); ICO, time limits).",
    "An extension must be announced, with reasons, by then (Art 12(3); DPO decides).",
    "Acknowledge at once, at the latest two working days on (our own rule, not the law).",
]
_TRACE_KEPT = json.dumps(_TRACE)
_BODY = (
    "Hello,\n\nYour message has reached us. This reply is automatic; a person in our team\nwill read what you wrote.\n"
    "\n"
    "Your reference is {reference}.\n\nWhat happens next\nWe will look for what we hold about you, check that it is "
    "yours, and send it.\nIf we need to ask you something we will write.\n\nLarkfield Systems Ltd\n"
)
_RAW = (
    b"Return-Path: <somebody@people.example>\r\nAuthentication-Results: mx.larkfield.example; spf=pass; dkim=pass; "
    b"dmarc=pass\r\nMessage-ID: <%d@people.example>\r\nSubject: My data\r\n\r\nSee the text.\r\n"
)


@dataclass(kw_only=True)
class Known:
    """What a visit to the filled store asks for."""

    small: str = ""
    long: str = ""
    address: str = ""
    word: str = _RARE[0]
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(kw_only=True)
class Filling:
    """Makes the rows, thread by thread."""

    secret: bytes
    today: date
    cases: int = CASES
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    known: Known = field(default_factory=Known)
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    _ids: dict[str, int] = field(default_factory=dict)
    _texts: list[str] = field(init=False)

    def __post_init__(self) -> None:
        """Texts to draw from."""
        self._texts = [" ".join(self.dice.choices(_WORDS, k=70)) for _ in range(_TEXTS)]

    def threads(self) -> Iterator[None]:
        """File every thread, oldest first; rows pile up in `rows` until somebody takes them."""
        made, number = 0, 0
        while made < self.cases:
            number += 1
            made += self._thread(number, is_open=made >= self.cases * (1 - SHARE_OPEN), done=made / self.cases)
            yield
        for without in range(number + 1, number + 1 + self.cases // 5):
            self._without_case(without, waits=without % 40 == 0)
            yield

    def _thread(self, number: int, *, is_open: bool, done: float) -> int:
        """One thread with all that belongs to it; how many cases it has."""
        dice = self.dice
        # Three years of closed ones; the open ones came within six weeks, so that some are late.
        age = dice.randint(0, 42) if is_open else 43 + int((1 - done) * 1050)
        received = self._moment(age)
        thread = make_reference(received.year, number)
        kinds = list(dict.fromkeys(dice.choices(_KINDS, _WEIGHTS, k=2 if number % _EVERY_TWO == 0 else 1)))
        is_long = is_open and not self.known.long
        replies = _LONG_THREAD - 1 if is_long else dice.choice((0, 0, 1, 2))
        address = f"person.{dice.randint(1, int(self.cases / _THREADS_A_PERSON))}@people.example"
        lane = dice.choices(("new", "needs_person", "urgent"), (80, 18, 2))[0] if is_open else "new"
        first = self._message(thread, number, received, address, kinds, lane=lane)
        for reply in range(replies):
            unread = is_open and number % _EVERY_UNREAD == 0 and reply == replies - 1
            at = received + timedelta(hours=reply + 1)
            self._message(thread, number, at, address, kinds, lane="new_message", follows=True, unread=unread)
        self._letters(thread, first, address, received, is_open=is_open)
        self._journal(thread, received, ("enquiry_received", "letter_queued", "letter_sent"))
        for at, kind in enumerate(kinds, start=1):
            self._case(thread, at, first, kind, received, lane=lane, is_open=is_open)
        if is_long:
            self.known.long, self.known.address = f"{thread}/1", address
        elif is_open and not replies and len(kinds) == 1:
            self.known.small = f"{thread}/1"
        return len(kinds)

    def _without_case(self, number: int, *, waits: bool) -> None:
        """What asked for nothing: looked at and cleared on its day, or still waiting for today's look."""
        received = self._moment(0 if waits else self.dice.randint(1, 1000))
        thread = make_reference(received.year, number)
        lane = self.dice.choice(("not_requests", "automatic_mail"))
        cleared = None if waits else received + _DAY
        self._message(
            thread, number, received, f"news.{number}@people.example", [], lane=lane, cleared_at=cleared, waits=waits
        )
        self._journal(thread, received, ("enquiry_received",))

    def _message(  # noqa: PLR0913
        self,
        thread: str,
        number: int,
        at: datetime,
        address: str,
        kinds: Sequence[str],
        *,
        lane: str,
        follows: bool = False,
        unread: bool = False,
        cleared_at: datetime | None = None,
        waits: bool = False,
    ) -> int:
        own_id, is_chat = self._next("enquiry"), number % _EVERY_CHAT == 0
        text = self.dice.choice(self._texts) + (f" {_RARE[number % len(_RARE)]}" if number % 1999 == 0 else "")
        self._add(
            "item",
            id=own_id,
            key=f"mail:{own_id}",
            channel="email",
            raw=_RAW % own_id,
            sha256=f"{own_id:064x}",
            size_bytes=200,
            received_at=at,
            state="done",
            analysed_at=at,
        )
        self._add(
            "enquiry",
            id=own_id,
            item_id=own_id,
            outcome="follow_up" if follows else "enquiry",
            reference=None if follows else thread,
            thread=thread,
            channel="chat" if is_chat else "email",
            controller="Larkfield Systems Ltd",
            received_at=at,
            sender_name=f"Person {address.partition('@')[0].rpartition('.')[2]}",
            sender_address=address,
            sender_hash=address_hash(self.secret, address),
            subject="About my data",
            full_text=text,
            passages=f'[["own",0,{len(text)}]]',
            message_id=f"<{own_id}@people.example>",
            content_sha256=f"{own_id:064x}",
            forward_of=f"asked.{number}@people.example" if number % _EVERY_PASSED_ON == 0 else None,
            readable=True,
            lane=lane,
            gate=_GATE,
            classification=_reading(tuple(kinds)),
            trace=_TRACE_KEPT,
            filed_at=at,
            contact_id=str(number) if is_chat else "",
            read_at=None if unread else at,
            cleared_at=cleared_at,
            waits=waits,
        )
        return own_id

    def _case(
        self, thread: str, number: int, enquiry_id: int, kind: str, received: datetime, *, lane: str, is_open: bool
    ) -> None:
        received_on = received.date()
        due_on = None if is_open and self.dice.random() < 0.05 else received_on + 30 * _DAY
        state = "open" if is_open else self.dice.choices(("closed", "set_aside"), (97, 3))[0]
        closed_at = None if is_open else received + 20 * _DAY
        self._add(
            "case_file",
            id=self._next("case_file"),
            enquiry_id=enquiry_id,
            thread=thread,
            number=number,
            kind=kind,
            state=state,
            lane="complaints" if kind == "complaint" and lane == "new" else lane,
            version=1 if is_open else 4,
            received_on=received_on,
            starts_on=received_on,
            statutory_due=None if kind == "complaint" else due_on,
            safe_due=None if kind == "complaint" else due_on,
            internal_target=received_on + 14 * _DAY,
            acknowledge_by=received_on + 30 * _DAY if kind == "complaint" else None,
            acknowledge_target=received_on + 2 * _DAY,
            due_on=due_on,
            queue_on=due_on or received_on + 14 * _DAY,
            trace=_TRACE_KEPT,
            next_step="check kind and identity, then start the search" if is_open else "",
            next_step_on=received_on + 2 * _DAY,
            opened_at=received,
            closed_at=closed_at,
            controller="Larkfield Systems Ltd",
            outcome=_OUTCOMES.get(kind) if state == "closed" else None,
            looked_at=received + _DAY if self.dice.random() < 0.6 else None,
            assignee=self.dice.choice(("", "dana", "devi")),
        )
        event = {"thread": thread, "number": number, "recorded_at": received}
        self._add("clock_event", id=self._next("clock_event"), event="received", event_on=received_on, **event)
        for system in ("shop", "newsletter") if is_open else ():
            task = {"system": system, "what": "search", "owner": "Shop team", "due_on": due_on}
            self._add("case_task", id=self._next("case_task"), thread=thread, number=number, **task)
        done = () if is_open else ("letter_approved", "case_closed")
        self._journal(f"{thread}/{number}", received, ("case_opened", *done))

    def _letters(self, thread: str, enquiry_id: int, address: str, at: datetime, *, is_open: bool) -> None:
        self._letter(thread, enquiry_id, "acknowledgement", address, at, "sent")
        if not is_open:
            self._letter(thread, enquiry_id, "outcome", address, at + 20 * _DAY, "sent")
        elif self.dice.random() < 0.1:
            self._letter(thread, enquiry_id, "progress", address, at, "draft")

    def _letter(self, thread: str, enquiry_id: int, purpose: str, address: str, at: datetime, state: str) -> None:
        own_id = self._next("letter")
        self._add(
            "letter",
            id=own_id,
            enquiry_id=enquiry_id,
            reference=thread,
            purpose=purpose,
            serial=1,
            state=state,
            recipient=address,
            message_id=f"<{own_id}.ours@larkfield.example>",
            subject=f"We have your message - reference {thread}",
            body=_BODY.format(reference=thread),
            why="the kinds are sure and nothing speaks against answering",
            attempts=1,
            created_at=at,
            sent_at=at if state == "sent" else None,
            number=None if purpose == "acknowledgement" else 1,
            promised_on=at.date() + 30 * _DAY if state == "sent" else None,
        )

    def _journal(self, chain: str, at: datetime, events: Sequence[str]) -> None:
        digest = _DIGEST
        for sequence, event in enumerate(events, start=1):
            said = {"event": event, "facts": '{"by":"desk"}', "previous_hash": digest, "hash": digest}
            self._add("journal", chain=chain, sequence=sequence, at=at, **said)
        self._add("journal_head", chain=chain, sequence=len(events), hash=digest, seal=digest)

    def _moment(self, age: int) -> datetime:
        """Some time of the day so many days ago, and never still to come."""
        return datetime.combine(self.today - age * _DAY, time(0, self.dice.randint(0, 59)), UTC) - timedelta(hours=1)

    def _next(self, table: str) -> int:
        self._ids[table] = self._ids.get(table, 0) + 1
        return self._ids[table]

    def _add(self, table: str, **row: object) -> None:
        self.rows.setdefault(table, []).append(row)


@cache
def _reading(kinds: tuple[str, ...]) -> str:
    """A classification as it is kept."""
    reason = {"witness": "rule", "source": "asks-for-a-copy", "why": "asks for what is held", "start": 0, "end": 6}
    reading = {
        "kinds": list(kinds),
        "sure_kinds": list(kinds),
        "scores": {kind: 0.98 if kind in kinds else 0.001 for kind in _KINDS},
        "needs_person": False,
        "request_score": 0.99 if kinds else 0.01,
        "reasons": [{"kind": kind, **reason, "text": "please"} for kind in kinds for _ in range(2)],
        "other_rights": [],
        "flags": [],
        "language": "en",
    }
    return json.dumps(reading)


# What every column bears that no row above names, by table.
_PLAIN: dict[str, dict[str, object]] = {
    "item": {"backlog": False, "attempts": 0, "code": "", "is_event": False},
    "enquiry": {
        **dict.fromkeys(("references", "attachments", "defects"), "[]"),
        **{"not_acknowledged": False, "no_letter_because": "", "way_to_answer": True},
        **{"contact_id": "", "version": 1, "still_unhappy": False},
    },
    "case_file": {"legal_hold": False, "rules_in_doubt": "", "erasure_blocked": False},
    "clock_event": {"overridden": False, "undone": False},
    "letter": {"references": "[]", "code": "", "channel": "email", "internal": False},
    "case_task": {"done_by": "", "note": ""},
    "journal": {},
    "journal_head": {},
}
# Rows others point to come first.
_ORDER = ("item", "enquiry", "case_file", "clock_event", "letter", "case_task", "journal", "journal_head")


async def fill(url: str, secret: bytes, today: date, cases: int = CASES) -> Known:
    """Fill an empty, migrated store. What is there to ask for."""
    filling = Filling(secret=secret, today=today, cases=cases)
    if make_url(url).get_backend_name() == "sqlite":
        _into_sqlite(str(make_url(url).database), filling)
    else:
        await _into_postgres(url, filling)
    return filling.known


def _batches(filling: Filling) -> Iterator[tuple[Table, list[str], list[tuple[object, ...]]]]:
    threads = filling.threads()
    while sum(1 for _ in islice(threads, _A_BATCH)):
        for name in _ORDER:
            table = schema.metadata.tables[name]
            columns = [column.name for column in table.columns]
            rows = [{**_PLAIN[name], **row} for row in filling.rows.pop(name, ())]
            filling.known.rows[name] = filling.known.rows.get(name, 0) + len(rows)
            yield table, columns, [tuple(map(row.get, columns)) for row in rows]


def _into_sqlite(path: str, filling: Filling) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("synchronous=OFF", "cache_size=-262144", "foreign_keys=OFF"):
            database.execute(f"PRAGMA {pragma}")
        for table, columns, rows in _batches(filling):
            quoted, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
            database.execute("BEGIN")
            database.executemany(f'INSERT INTO "{table.name}" ({quoted}) VALUES ({marks})', map(_as_text, rows))
            database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _as_text(row: Iterable[object]) -> tuple[object, ...]:
    """As columns.Instant keeps a moment, and SQLAlchemy a day."""
    return tuple(_TEXT_OF[type(value)](value) if type(value) in _TEXT_OF else value for value in row)


@cache
def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


_TEXT_OF: dict[type, Callable[[Any], str]] = {datetime: _instant, date: date.isoformat}


async def _into_postgres(url: str, filling: Filling) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for table, columns, rows in _batches(filling):
            await connection.copy_records_to_table(table.name, records=rows, columns=columns)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
