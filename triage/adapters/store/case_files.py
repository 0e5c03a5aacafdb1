"""Case files read whole, one or all open ones: a handful of queries, however many cases. Values out."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, cast, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.addresses import address_hash
from triage.adapters.store.filing_rows import OTHERS_MAIL
from triage.adapters.store.leads import leads_to
from triage.adapters.store.outbox import NOTES
from triage.adapters.store.persons import TELLING, Acquainted, acquaintances, acquaintances_of, persons_of, threads_with
from triage.adapters.store.reach import UNANSWERED
from triage.adapters.store.schema import case_file, case_task, clock_event, enquiry, journal, letter
from triage.domain.case_file import CaseEvent, CaseFile, CaseLetter, CaseMessage, CaseTask, LinkedCase
from triage.domain.clock_values import ClockDates
from triage.domain.urgent_notices import URGENT, FlaggedMessage
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Flag, Kind, Lane, LetterPurpose, Outcome

_AnyRow = Row[tuple[Any, ...]]
_Case = tuple[str, int]
# PostgreSQL takes 32,767 parameters in one statement, SQLite as many.
_AT_A_TIME = 1000
_BUILT_IN_ONE_GO = 100
# Of so many threads who is known as whom is asked for them alone, of more once for all there are.
_FEW = 50
# Who writes a thousand times must not make every case of theirs a thousand times as dear: open ones are listed first.
_MOST_LINKS = 50

_OPENER = (
    enquiry.c.channel,
    enquiry.c.controller.label("enquiry_controller"),
    enquiry.c.received_at,
    enquiry.c.sender_address,
    enquiry.c.forward_of,
    enquiry.c.gate,
)
_OF_A_PERSON = ("enquiry", "follow_up")


async def case_of(connection: AsyncConnection, secret: bytes, reference: str) -> CaseFile | None:
    """See CaseStore.case_of."""
    asked = reference.strip().upper()
    thread, _, number = (await leads_to(connection, asked) or asked).partition("/")
    if not number.isascii() or not number.isdigit():
        return None
    found = await _cases(connection, secret, (case_file.c.thread == thread) & (case_file.c.number == int(number)))
    return found[0] if found else None


async def cases_of(connection: AsyncConnection, secret: bytes, thread: str) -> tuple[CaseFile, ...]:
    """See CaseStore.cases_of."""
    return await _cases(connection, secret, case_file.c.thread == thread.strip().upper())


async def open_cases(connection: AsyncConnection, secret: bytes) -> tuple[CaseFile, ...]:
    """See CaseStore.open_cases."""
    return await _cases(connection, secret, case_file.c.state.in_(UNANSWERED))


async def opt_outs_of(connection: AsyncConnection, secret: bytes, address: str) -> tuple[CaseFile, ...]:
    """See CaseStore.opt_outs_of."""
    person = address_hash(secret, address)
    threads = sorted(await threads_with(connection, secret, {person}))
    told = _by_thread(await _of_threads(connection, _telling(), threads))
    theirs = [thread for thread in threads if person in persons_of(secret, told[thread], {})]
    is_open = case_file.c.state.in_(UNANSWERED) & (case_file.c.kind == Kind.OPT_OUT.value)
    return await _cases(connection, secret, is_open & case_file.c.thread.in_(theirs))


async def complaints(
    connection: AsyncConnection, secret: bytes, first_on: date | None, last_on: date | None
) -> tuple[tuple[CaseFile, tuple[str, ...]], ...]:
    """See CaseStore.complaints."""
    asked = (case_file.c.kind == Kind.COMPLAINT.value) & (case_file.c.state != CaseState.SET_ASIDE.value)
    if first_on is not None:
        asked &= case_file.c.received_on >= first_on
    if last_on is not None:
        asked &= case_file.c.received_on <= last_on
    cases = await _cases(connection, secret, asked, linked=False)
    fired = select(journal.c.chain, journal.c.facts).where(journal.c.event == "complaint_unresolved")
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for row in await connection.execute(fired.order_by(journal.c.chain, journal.c.sequence)):
        codes[row.chain] += json.loads(row.facts)["triggers"]
    return tuple((case, tuple(dict.fromkeys(codes[case.reference]))) for case in cases)


async def flagged_messages(connection: AsyncConnection) -> tuple[FlaggedMessage, ...]:
    """See CaseStore.flagged_messages."""
    has_case = exists().where(case_file.c.thread == enquiry.c.thread, case_file.c.state.in_(UNANSWERED))
    query = _messages().where(enquiry.c.read_at.is_(None), enquiry.c.classification.is_not(None), ~has_case)
    told = [(row.thread, _message(row)) for row in await connection.execute(query)]
    return tuple(FlaggedMessage(thread=thread, message=one) for thread, one in told if URGENT.keys() & set(one.flags))


async def threads_about_the_dpo(connection: AsyncConnection) -> frozenset[str]:
    """See CaseStore.threads_about_the_dpo."""
    query = (
        select(enquiry.c.thread, enquiry.c.classification["flags"].label("flags"))
        .join(case_file, case_file.c.thread == enquiry.c.thread)
        .where(case_file.c.kind == Kind.COMPLAINT.value, case_file.c.state != CaseState.SET_ASIDE.value)
        .where(enquiry.c.outcome.in_(_OF_A_PERSON), enquiry.c.classification.is_not(None))
    )
    rows = await connection.execute(query)
    return frozenset(row.thread for row in rows if Flag.ABOUT_THE_DPO.value in (row.flags or ()))


async def urgent_cases(connection: AsyncConnection, secret: bytes) -> tuple[CaseFile, ...]:
    """See CaseStore.urgent_cases. Asked every minute, so the flags are looked for where they are kept."""
    said = cast(enquiry.c.classification, Text)
    bears = or_(*(said.contains(f'"{flag.value}"', autoescape=True) for flag in URGENT))
    threads = select(enquiry.c.thread).where(enquiry.c.read_at.is_(None), enquiry.c.outcome.in_(_OF_A_PERSON), bears)
    return await _cases(connection, secret, case_file.c.state.in_(UNANSWERED) & case_file.c.thread.in_(threads))


async def _cases(
    connection: AsyncConnection, secret: bytes, which: ColumnElement[bool], *, linked: bool = True
) -> tuple[CaseFile, ...]:
    """Without their links where they are only counted: who wrote what else is the dearest question."""
    query = select(case_file, *_OPENER).join(enquiry, enquiry.c.id == case_file.c.enquiry_id).where(which)
    rows = (await connection.execute(query.order_by(case_file.c.id))).all()
    threads = list(dict.fromkeys(row.thread for row in rows))
    messages = _by_thread(await _of_threads(connection, _messages(), threads))
    letters = _by_thread(await _of_threads(connection, _letters(), threads))
    events = _by_case(await _of_threads(connection, select(clock_event).order_by(clock_event.c.id), threads))
    tasks = _by_case(await _of_threads(connection, select(case_task).order_by(case_task.c.id), threads))
    told = {thread: messages[thread] for thread in threads}
    persons = await _persons(connection, secret, told) if linked else {}
    others = await _others(connection, secret, persons) if linked else {}
    files: list[CaseFile] = []
    for row in rows:
        if len(files) % _BUILT_IN_ONE_GO == 0:
            await asyncio.sleep(0)  # thousands of cases take seconds, in which mail must come in and go out
        case = (row.thread, row.number)
        keys = (row.thread, *sorted(persons.get(row.thread, ())))
        links = [other for key in keys for other in others.get(key, ())]
        files.append(_case_file(row, messages[row.thread], letters[row.thread], events[case], tasks[case], links))
    return tuple(files)


async def _persons(
    connection: AsyncConnection, secret: bytes, told: Mapping[str, Sequence[_AnyRow]]
) -> dict[str, frozenset[str]]:
    """Who each thread is about."""
    acquainted = await _acquainted(connection, secret, told)
    return {thread: persons_of(secret, rows, acquainted) for thread, rows in told.items()}


def _messages() -> Select[Any]:
    """What people wrote. A returned letter or a second copy is no message of theirs."""
    columns = (enquiry.c.id, enquiry.c.thread, enquiry.c.received_at, enquiry.c.channel, enquiry.c.read_at)
    told = (enquiry.c.classification, enquiry.c.not_acknowledged, enquiry.c.still_unhappy)
    query = select(*columns, *told, *TELLING).where(enquiry.c.outcome.in_(_OF_A_PERSON))
    return query.order_by(enquiry.c.received_at, enquiry.c.id)


def _telling() -> Select[Any]:
    """Of the same messages what says who they are about."""
    return select(enquiry.c.thread, *TELLING).where(enquiry.c.outcome.in_(_OF_A_PERSON))


def _letters() -> Select[Any]:
    columns = (letter.c.id, letter.c.reference.label("thread"), letter.c.number, letter.c.purpose, letter.c.state)
    times = (
        letter.c.created_at,
        letter.c.sent_at,
        letter.c.promised_on,
        letter.c.first_named_on,
        letter.c.undelivered_at,
        letter.c.outcome,
    )
    ways = (letter.c.recipient, letter.c.channel)
    return select(*columns, *times, *ways).where(letter.c.purpose.not_in(NOTES)).order_by(letter.c.id)


async def _of_threads(connection: AsyncConnection, query: Select[Any], threads: Sequence[str]) -> list[_AnyRow]:
    """The rows of those threads, whatever table they stem from: each query has a column of that name."""
    column = next(one for one in query.selected_columns if one.key == "thread")
    found: list[_AnyRow] = []
    for start in range(0, len(threads), _AT_A_TIME):
        wanted = list(threads[start : start + _AT_A_TIME])
        found += (await connection.execute(query.where(column.in_(wanted)))).all()
    return found


def _by_thread(rows: Iterable[_AnyRow]) -> defaultdict[str, list[_AnyRow]]:
    sorted_out: defaultdict[str, list[_AnyRow]] = defaultdict(list)
    for row in rows:
        sorted_out[row.thread].append(row)
    return sorted_out


def _by_case(rows: Iterable[_AnyRow]) -> defaultdict[_Case, list[_AnyRow]]:
    sorted_out: defaultdict[_Case, list[_AnyRow]] = defaultdict(list)
    for row in rows:
        sorted_out[row.thread, row.number].append(row)
    return sorted_out


async def _acquainted(connection: AsyncConnection, secret: bytes, told: Mapping[str, Sequence[_AnyRow]]) -> Acquainted:
    """Who is known as whom, for the threads whose messages these are."""
    if len(told) > _FEW:
        return await acquaintances(connection)
    persons = frozenset[str]().union(*(persons_of(secret, rows, {}) for rows in told.values()))
    return await acquaintances_of(connection, persons)


async def _others(
    connection: AsyncConnection, secret: bytes, persons: Mapping[str, frozenset[str]]
) -> dict[str, list[_AnyRow]]:
    """Cases by thread and by who they are about: what a case may be linked to. `persons` by thread."""
    theirs = await threads_with(connection, secret, frozenset().union(*persons.values()))
    strange = sorted(theirs - persons.keys())
    told = _by_thread(await _of_threads(connection, _telling(), strange))
    acquainted = await _acquainted(connection, secret, told)
    about = {**persons, **{thread: persons_of(secret, told[thread], acquainted) for thread in strange}}
    found: dict[str, list[_AnyRow]] = defaultdict(list)
    for row in await _of_threads(connection, select(case_file).order_by(case_file.c.id), list(about)):
        for key in {row.thread, *about[row.thread]}:
            found[key].append(row)
    return {key: sorted(rows, key=_open_first)[:_MOST_LINKS] for key, rows in found.items()}


def _open_first(row: _AnyRow) -> tuple[bool, bool, int]:
    """An open access case is what other cases of the person have to know of (DPA 2018 s.173); then the newest."""
    return row.state not in UNANSWERED, row.kind != Kind.ACCESS.value, -row.id


def _case_file(
    row: _AnyRow,
    messages: Sequence[_AnyRow],
    letters: Sequence[_AnyRow],
    events: Sequence[_AnyRow],
    tasks: Sequence[_AnyRow],
    linked: Sequence[_AnyRow],
) -> CaseFile:
    said = [_message(one) for one in messages]
    return CaseFile(
        reference=f"{row.thread}/{row.number}",
        thread=row.thread,
        number=row.number,
        kind=Kind(row.kind),
        state=CaseState(row.state),
        lane=Lane(row.lane),
        version=row.version,
        controller=row.controller or row.enquiry_controller,
        channel=Channel(row.channel),
        received_at=row.received_at,
        opened_at=row.opened_at,
        dates=dates_of(row),
        next_step=row.next_step,
        next_step_on=row.next_step_on,
        events=tuple(_event(one) for one in events if not one.undone),
        undone=tuple(_event(one) for one in events if one.undone),
        letters=tuple(_letter(one) for one in letters),
        messages=tuple(said),
        tasks=tuple(_task(one) for one in tasks),
        links=tuple(_links(row, linked)),
        outcome=Outcome(row.outcome) if row.outcome else None,
        closed_at=row.closed_at,
        recipient=recipient_of(row),
        not_acknowledged=any(one.not_acknowledged for one in messages),
        looked_at=row.looked_at,
        legal_hold=row.legal_hold,
        snoozed_until=row.snoozed_until,
        unresolved=tuple(row.unresolved or ()),
        next_news_on=row.next_news_on,
        contacts=tuple(date.fromisoformat(day) for day in row.contacts or ()),
        delivered=row.delivery is not None,
        supplied=row.supplements is not None,
        erasure_blocked=row.erasure_blocked,
        rules_in_doubt=row.rules_in_doubt,
        flags=tuple(dict.fromkeys(flag for one in said for flag in one.flags)),
    )


def recipient_of(row: _AnyRow) -> str:
    """Whom letters go to without anybody choosing: who wrote the mail. A colleague who passed it on, an address typed
    into a form or a chat, a sender nobody vouches for: there a person chooses a checked one."""
    rows = {reason["row"] for reason in (row.gate or {}).get("reasons", ())}
    if row.channel != Channel.EMAIL.value or row.forward_of or OTHERS_MAIL & rows:
        return ""
    return str(row.sender_address)


def dates_of(row: _AnyRow) -> ClockDates:
    """The dates a case row keeps."""
    return ClockDates(
        kind=Kind(row.kind),
        received_on=row.received_on,
        starts_on=row.starts_on,
        statutory_due=row.statutory_due,
        safe_due=row.safe_due,
        shadow_due=row.shadow_due,
        internal_target=row.internal_target,
        acknowledge_by=row.acknowledge_by,
        acknowledge_target=row.acknowledge_target,
        extension_notice_by=row.extension_notice_by,
        trace=tuple(row.trace),
    )


def _event(row: _AnyRow) -> CaseEvent:
    return CaseEvent(
        name=CaseEventName(row.event),
        on=row.event_on,
        recorded_at=row.recorded_at,
        overridden=row.overridden,
        letter_id=row.letter_id,
    )


def _message(row: _AnyRow) -> CaseMessage:
    kept = row.classification or {}
    return CaseMessage(
        enquiry_id=row.id,
        received_at=row.received_at,
        channel=Channel(row.channel),
        kinds=tuple(Kind(kind) for kind in kept.get("kinds", ())),
        flags=tuple(Flag(flag) for flag in kept.get("flags", ())),
        read_at=row.read_at,
        still_unhappy=row.still_unhappy,
    )


def _letter(row: _AnyRow) -> CaseLetter:
    return CaseLetter(
        id=row.id,
        number=row.number,
        purpose=LetterPurpose(row.purpose),
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        promised_on=row.promised_on,
        first_named_on=row.first_named_on,
        outcome=Outcome(row.outcome) if row.outcome else None,
        returned=row.undelivered_at is not None,
        recipient=row.recipient,
        in_chat=row.channel == Channel.CHAT.value,
    )


def _task(row: _AnyRow) -> CaseTask:
    return CaseTask(
        id=row.id,
        system=row.system,
        what=row.what,
        owner=row.owner,
        due_on=row.due_on,
        done_on=row.done_on,
        done_by=row.done_by,
        note=row.note,
    )


def _links(row: _AnyRow, linked: Sequence[_AnyRow]) -> Iterable[LinkedCase]:
    """The thread's other cases, then those of the same person. One set aside was never asked for."""
    seen = {(row.thread, row.number)}
    for other in linked:
        if (other.thread, other.number) in seen or other.state == CaseState.SET_ASIDE.value:
            continue
        seen.add((other.thread, other.number))
        reference = f"{other.thread}/{other.number}"
        yield LinkedCase(
            reference=reference,
            kind=Kind(other.kind),
            state=CaseState(other.state),
            received_on=other.received_on,
            statutory_due=other.statutory_due,
            closed_on=_day(other),
            same_thread=other.thread == row.thread,
            about=row.about == reference,
            complains_of=other.about or "",
            outcome=Outcome(other.outcome) if other.outcome else None,
        )


def _day(row: _AnyRow) -> date | None:
    return row.closed_at.date() if row.closed_at is not None else None
