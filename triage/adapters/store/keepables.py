"""Threads as retention judges them (domain/retention.py), read off their rows."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import chat_lines
from triage.adapters.store.items import DONE
from triage.adapters.store.outbox import DRAFT, QUEUED, SENDING, UNCLEAR
from triage.adapters.store.persons import TELLING, acquaintances, persons_of, threads_with
from triage.adapters.store.reach import SET_ASIDE, UNANSWERED
from triage.adapters.store.schema import case_file, chat_line, chat_room, enquiry, item, letter
from triage.domain.lanes import WAITING_LANES
from triage.domain.retention import Keepable, KeepableCase, Part
from triage.domain.vocabulary import Channel, Flag, Kind

_OF_A_PERSON = ("enquiry", "follow_up")
_CLAIM = {Flag.SOLICITOR.value, Flag.REGULATOR_OR_COURT.value}
# A chat post nobody knows the fate of may go back to the outbox; a mail never does (docs/states.md).
_MAY_GO_OUT = or_(
    letter.c.state.in_((DRAFT, QUEUED, SENDING)),
    and_(letter.c.state == UNCLEAR, letter.c.channel == Channel.CHAT.value),
)
SAYS_SOMETHING = or_(letter.c.body != "", letter.c.recipient != "")
_MESSAGES = (
    select(
        enquiry.c.thread,
        enquiry.c.outcome,
        enquiry.c.filed_at,
        *TELLING,
        enquiry.c.lane,
        enquiry.c.attachments,
        enquiry.c.classification["flags"].label("flags"),
        enquiry.c.cleared_at,
        enquiry.c.read_at,
        (func.length(item.c.raw) > 0).label("has_raw"),
        or_(enquiry.c.subject != "", enquiry.c.full_text != "").label("has_text"),
        (item.c.state != DONE).label("in_work"),
    )
    .join(item, item.c.id == enquiry.c.item_id)
    .where(enquiry.c.removed_at.is_(None))
    .order_by(enquiry.c.id)
)
_BY_THREAD = 500

_Rows = dict[str, list[Row[*tuple[Any, ...]]]]


async def keepables(
    connection: AsyncConnection, secret: bytes, threads: Sequence[str] | None = None
) -> tuple[Keepable, ...]:
    """Every thread of which something is still there, or of `threads` those, in the order they came."""
    if threads is None:
        return await _read(connection, secret, None)
    found: list[Keepable] = []
    for start in range(0, len(threads), _BY_THREAD):
        found.extend(await _read(connection, secret, threads[start : start + _BY_THREAD]))
    return tuple(found)


async def sharing_a_person(connection: AsyncConnection, secret: bytes, thread: str) -> tuple[Keepable, ...]:
    """A thread, and every other one that somebody of it wrote in, or whose mail was passed on there."""
    own = await keepables(connection, secret, [thread])
    persons = {person for row in own for person in row.persons}
    if not persons:
        return own
    threads = await threads_with(connection, secret, persons)
    return (*own, *await keepables(connection, secret, sorted(threads - {thread})))


async def _read(connection: AsyncConnection, secret: bytes, threads: Sequence[str] | None) -> tuple[Keepable, ...]:
    def of(column: Any) -> Any:
        return True if threads is None else column.in_(threads)

    messages = _grouped((await connection.execute(_MESSAGES.where(of(enquiry.c.thread)))).all(), "thread")
    cases = _grouped((await connection.execute(select(case_file).where(of(case_file.c.thread)))).all(), "thread")
    letters = select(letter.c.reference, _MAY_GO_OUT.label("in_work"), SAYS_SOMETHING.label("there"))
    posts = _grouped((await connection.execute(letters.where(of(letter.c.reference)))).all(), "reference")
    in_room = and_(chat_line.c.portal_id == chat_room.c.portal_id, chat_line.c.thread_id == chat_room.c.thread_id)
    lines = (
        select(chat_room.c.reference, chat_line.c.state, chat_line.c.text.is_not(None).label("there"))
        .join(chat_line, in_room)
        .where(chat_room.c.reference != "", of(chat_room.c.reference))
    )
    chats = _grouped((await connection.execute(lines)).all(), "reference")
    acquainted = await acquaintances(connection)
    return tuple(
        _keepable(persons_of(secret, its, acquainted), thread, its, cases[thread], posts[thread], chats[thread])
        for thread, its in messages.items()
    )


def _grouped(rows: Sequence[Row[*tuple[Any, ...]]], by: str) -> _Rows:
    found: _Rows = defaultdict(list)
    for row in rows:
        found[row._mapping[by]].append(row)
    return found


def _keepable(
    persons: frozenset[str],
    thread: str,
    messages: list[Row[*tuple[Any, ...]]],
    cases: list[Row[*tuple[Any, ...]]],
    letters: list[Row[*tuple[Any, ...]]],
    lines: list[Row[*tuple[Any, ...]]],
) -> Keepable:
    there = {
        Part.RAW: any(row.has_raw for row in messages),
        Part.TEXT: any(row.has_text for row in messages),
        Part.ATTACHMENTS: any(row.attachments for row in messages),
        Part.CHAT: any(row.there for row in lines),
        Part.LETTERS: any(row.there for row in letters),
        Part.FILE: True,
    }
    asked = any(row.state != SET_ASIDE for row in cases)
    written = [row for row in messages if row.outcome in _OF_A_PERSON]
    waiting_lines = (chat_lines.WAITING, chat_lines.HANDED_IN)
    return Keepable(
        thread=thread,
        parts=frozenset(part for part, is_there in there.items() if is_there),
        filed_at=max(row.filed_at for row in messages),
        persons=persons,
        cases=tuple(_case(row) for row in sorted(cases, key=lambda row: row.number)),
        waits=any(_waits(row, asked=asked) for row in written),
        cleared_at=max((row.cleared_at for row in written if row.cleared_at is not None), default=None),
        spam=bool(written) and all(Flag.SPAM.value in (row.flags or ()) for row in written),
        claim_likely=any(_CLAIM & set(row.flags or ()) for row in messages),
        in_work=any(row.in_work for row in (*messages, *letters)) or any(row.state in waiting_lines for row in lines),
    )


def _waits(row: Row[*tuple[Any, ...]], *, asked: bool) -> bool:
    """Whether a person has yet to look at a message: with a case they read it, without they say what it asks.

    Mail from before the desk began was never read and waits for nobody.
    """
    if row.cleared_at is not None or (asked and row.read_at is not None):
        return False
    return asked or row.flags is not None or row.lane in WAITING_LANES


def _case(row: Row[*tuple[Any, ...]]) -> KeepableCase:
    """A case that still has to be answered has no closing, whatever an earlier one left in the row."""
    return KeepableCase(
        number=row.number,
        kind=Kind(row.kind),
        asked=row.state != SET_ASIDE,
        closed_at=None if row.state in UNANSWERED else row.closed_at,
        legal_hold=row.legal_hold,
    )
