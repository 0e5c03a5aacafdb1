"""Filing: enquiry, cases, participants, clock events, letter, limits, journal of one item, in one transaction."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import case_files, notices
from triage.adapters.store.addresses import address_hash, mailbox_hash
from triage.adapters.store.alarms import raise_alarm
from triage.adapters.store.case_changes import change_case
from triage.adapters.store.engine import insert_into
from triage.adapters.store.filing_chat import PASSED_OVER, mark_thread, note_way_to_answer, pass_over
from triage.adapters.store.filing_letters import IDS_LOOKED_UP, hold_back, queue_letters, write_return
from triage.adapters.store.filing_rows import (
    DESK,
    EVENTS,
    OTHERS_MAIL,
    checklist_laid,
    opened,
    received,
    row_of_case,
    row_of_enquiry,
    rows_of_tasks,
    way_to_answer,
)
from triage.adapters.store.history import history_of
from triage.adapters.store.items import finish_item
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.reach import CLOSED, OPEN, reopen
from triage.adapters.store.schema import (
    case_file,
    case_task,
    clock_event,
    enquiry,
    letter,
    participant,
    reference_counter,
    suppression,
)
from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile
from triage.domain.do_not_contact import MARKETING
from triage.domain.plan import Analysis, History
from triage.domain.reference import make_reference
from triage.domain.vocabulary import Channel, Kind, Lane
from triage.errors import StoreUnavailable
from triage.ports import Filing, Item

# Beside an address with a +tag or Gmail's dots stands the mailbox it leads to: other spellings are no other person.
MAILBOX = "mailbox"
_LANES = tuple(Lane)

# Built once: on the way of every mail, building a statement costs more than running it.
_NEW_ENQUIRY = enquiry.insert().returning(enquiry.c.id)
_NEW_CASES = case_file.insert()
_NEW_TASKS = case_task.insert()
_TAKEN = select(enquiry.c.reference).where(enquiry.c.reference.in_(bindparam("wanted", expanding=True)))

# How many numbers in a row may be taken already: far more than any cause we know of leaves behind.
_LOOK_AHEAD, _LOOKS = 200, 100


@cache
def _draw(dialect: str) -> Executable:
    one_more = {"number": reference_counter.c.number + 1}
    insert = insert_into(dialect, reference_counter).on_conflict_do_update(index_elements=["year"], set_=one_more)
    return insert.returning(reference_counter.c.number)


@cache
def _take_part(dialect: str) -> Executable:
    return insert_into(dialect, participant).on_conflict_do_nothing()


@cache
def _do_not_contact(dialect: str) -> Executable:
    return insert_into(dialect, suppression).on_conflict_do_nothing()


async def write_suppression(connection: AsyncConnection, hashes: Mapping[str, str], **line: object) -> None:
    """Put keyed hashes, by their scope, on the do-not-contact list; what is there already stays as it is."""
    rows = [{"scope": scope, "address_hash": hashed, **line} for scope, hashed in hashes.items()]
    await connection.execute(_do_not_contact(connection.dialect.name), rows)


async def list_opt_out(
    connection: AsyncConnection, thread: str, hashes: Mapping[str, str], channel: str, now: datetime
) -> Happening:
    """Put an address, by its keyed hashes, on the do-not-contact list; once there it stays. For the journal."""
    await write_suppression(connection, hashes, channel=channel, thread=thread, since_at=now)
    return Happening(chain=thread, at=now, event="do_not_contact_recorded")


def hashes_of(secret: bytes, address: str) -> dict[str, str]:
    """Under which scopes and keyed hashes an address stands on the list."""
    written, mailbox = address_hash(secret, address), mailbox_hash(secret, address)
    return {MARKETING: written} if written == mailbox else {MARKETING: written, MAILBOX: mailbox}


async def draw_reference(connection: AsyncConnection, year: int) -> str:
    """A reference nobody has. The counter's row is the queue on PostgreSQL as well.

    A number somebody has already is stepped over: refused, it would be rolled back and drawn again for ever.
    """
    drawn = await connection.execute(_draw(connection.dialect.name), {"year": year, "number": 1})
    number: int = drawn.scalar_one()
    for width in (1, *(_LOOK_AHEAD,) * _LOOKS):
        wanted = [make_reference(year, one) for one in range(number, number + width)]
        taken = set((await connection.execute(_TAKEN, {"wanted": wanted})).scalars())
        free = next((ahead for ahead, reference in enumerate(wanted) if reference not in taken), None)
        if free is not None:
            if width > 1:
                counter = update(reference_counter).where(reference_counter.c.year == year)
                await connection.execute(counter.values(number=number + free))
            return wanted[free]
        number += width
    raise RuntimeError(f"no free reference of {year} up to number {number}")


class OpenFiling:
    """See ports.Filer. Lives as long as its transaction, whose opener calls `finish` last.

    What no history reads is kept back and written for the whole batch at once: clock events and the journal.
    """

    def __init__(
        self, connection: AsyncConnection, secret: bytes, faults: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._connection = connection
        self._faults = faults
        self._secret = secret
        self._clock_events: list[dict[str, object]] = []
        self._happenings: list[Happening] = []

    async def finish(self) -> None:
        """Write what was kept back."""
        if self._clock_events:
            await self._connection.execute(clock_event.insert(), self._clock_events)
        if self._happenings:
            await append(self._connection, self._secret, self._happenings)

    async def history(self, item: Item, analysis: Analysis, now: datetime) -> History:
        """See Filer.history."""
        return await history_of(self._connection, self._secret, item, analysis, now)

    async def next_reference(self, year: int) -> str:
        """See Filer.next_reference."""
        return await draw_reference(self._connection, year)

    async def next_serial(self, reference: str, purpose: str) -> int:
        """See Filer.next_serial."""
        query = select(func.max(letter.c.serial)).where(letter.c.reference == reference, letter.c.purpose == purpose)
        return ((await self._connection.execute(query)).scalar_one() or 0) + 1

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """See Filer.savepoint."""
        events, happenings = len(self._clock_events), len(self._happenings)
        unusable: StoreUnavailable | None = None
        try:
            # Twice: making and ending the savepoint are statements too, and fail like any other.
            with self._faults():
                async with self._connection.begin_nested():
                    try:
                        with self._faults():
                            yield
                    except StoreUnavailable as exc:
                        unusable = exc
                        raise
        except BaseException:
            del self._clock_events[events:], self._happenings[happenings:]
            if unusable is not None:
                # A full disk ends SQLite's whole transaction, the savepoint with it, and is no fault of the item:
                # whoever went on would file the next items outside of any transaction.
                raise unusable from None
            raise

    async def case_of(self, reference: str) -> CaseFile | None:
        """See Filer.case_of."""
        return await case_files.case_of(self._connection, self._secret, reference)

    async def change_case(self, case: CaseFile, change: CaseChange, now: datetime) -> bool:
        """See Filer.change_case."""
        return await change_case(self._connection, self._secret, case, change, (), "", by=DESK, now=now)

    async def file(self, filing: Filing) -> int | None:
        """See Filer.file."""
        await finish_item(self._connection, filing.item.id, filing.now)
        enquiry_id = None
        if filing.plan.outcome == PASSED_OVER:
            await pass_over(self._connection, filing)
        else:
            enquiry_id = await self._file_in_thread(filing, _thread_of(filing))
        for code in filing.alarms:
            await raise_alarm(self._connection, code, None, filing.now)
        return enquiry_id

    async def _file_in_thread(self, filing: Filing, thread: str) -> int:
        enquiry_id = await self._write_enquiry(filing, thread)
        self._happenings.append(received(filing, thread, enquiry_id))
        if filing.plan.outcome in ("enquiry", "follow_up"):
            await mark_thread(self._connection, filing, thread)
            await self._write_participant(filing, thread)
            if filing.plan.reopens:
                self._happenings.extend(await reopen(self._connection, thread, filing.now))
            await self._take_up(filing, thread)
            await self._write_cases(filing, thread, enquiry_id)
            await self._write_suppression(filing, thread)
            self._happenings.extend(await queue_letters(self._connection, self._secret, filing, thread, enquiry_id))
        if filing.plan.outcome == "follow_up":
            await self._raise_lane(filing, thread)
            if way_to_answer(filing.analysis):
                await note_way_to_answer(self._connection, thread)
        if filing.plan.bounce_is_permanent:
            ids = filing.analysis.facts.returned_ids[-IDS_LOOKED_UP:]
            await notices.write_return(self._connection, ids, filing.now)
        if filing.plan.outcome == "returned_letter":
            self._happenings.extend(await write_return(self._connection, self._secret, filing, thread))
        return enquiry_id

    async def _write_enquiry(self, filing: Filing, thread: str) -> int:
        row = row_of_enquiry(filing, thread, self._secret)
        enquiry_id: int = (await self._connection.execute(_NEW_ENQUIRY, row)).scalar_one()
        return enquiry_id

    async def _write_participant(self, filing: Filing, thread: str) -> None:
        """Who writes a mail takes part. An address typed into a chat or a form proves nothing."""
        read = filing.analysis.enquiry
        sender = read.sender
        if sender is None or read.channel is not Channel.EMAIL:
            return
        row = {
            "thread": thread,
            "address_hash": address_hash(self._secret, sender.address),
            "since_at": filing.now,
        }
        await self._connection.execute(_take_part(self._connection.dialect.name), row)

    async def _write_suppression(self, filing: Filing, thread: str) -> None:
        """A sure opt-out is on the do-not-contact list at once: it only benefits the person (UK GDPR Art 21(3))."""
        read, reading = filing.analysis.enquiry, filing.plan.classification
        sender = read.sender if read.channel is Channel.EMAIL else None
        asked = any(case.kind is Kind.OPT_OUT for case in filing.plan.cases)
        if sender is None or reading is None or not asked or Kind.OPT_OUT not in reading.sure_kinds:
            return
        if read.forward_of or reading.flags or OTHERS_MAIL & {hit.row for hit in filing.plan.gate.hits}:
            return  # perhaps somebody else's wish: a person says whose address it is
        channel, hashes = read.channel.value, hashes_of(self._secret, sender.address)
        self._happenings.append(await list_opt_out(self._connection, thread, hashes, channel, filing.now))

    async def _write_cases(self, filing: Filing, thread: str, enquiry_id: int) -> None:
        plan = filing.plan
        if not plan.cases:
            return
        first = 1
        if plan.outcome == "follow_up":
            query = select(func.max(case_file.c.number)).where(case_file.c.thread == thread)
            first = ((await self._connection.execute(query)).scalar_one() or 0) + 1
            opener = update(enquiry).where(enquiry.c.reference == thread, enquiry.c.waits)
            await self._connection.execute(opener.values(waits=False))
        numbered = list(enumerate(plan.cases, start=first))
        common = {
            "enquiry_id": enquiry_id,
            "thread": thread,
            "state": OPEN,
            "lane": (plan.lane or Lane.NEW).value,
            "version": 1,
            "opened_at": filing.now,
        }
        rows = [
            {
                **common,
                "number": number,
                "controller": case.controller or filing.controller,
                "about": case.about_elsewhere or (f"{thread}/{case.about}" if case.about is not None else None),
                **row_of_case(case),
            }
            for number, case in numbered
        ]
        await self._connection.execute(_NEW_CASES, rows)
        event = {"thread": thread, "event": "received", "recorded_at": filing.now, "overridden": False}
        for number, case in numbered:
            self._clock_events.append({**event, "number": number, "event_on": case.dates.received_on})
            self._happenings.append(opened(f"{thread}/{number}", case, enquiry_id, filing.now))
        await self._lay_checklists(filing, thread, first)

    async def _lay_checklists(self, filing: Filing, thread: str, first: int) -> None:
        """Every case has its list from the moment it is opened; what is added to the policy later the watch adds."""
        numbered = list(enumerate(filing.checklists, start=first))
        rows = [row for number, tasks in numbered for row in rows_of_tasks(thread, number, tasks)]
        if rows:
            await self._connection.execute(_NEW_TASKS, rows)
        laid = [(number, len(tasks)) for number, tasks in numbered if tasks]
        self._happenings += [checklist_laid(f"{thread}/{number}", count, filing.now) for number, count in laid]

    async def _take_up(self, filing: Filing, thread: str) -> None:
        """A reply opens closed cases again for a person, ends their rest, holds back answers that it may make wrong,
        and may bring the next step of open ones forward."""
        plan, of_thread = filing.plan, update(case_file).where(case_file.c.thread == thread)
        if plan.outcome == "follow_up":
            self._happenings.extend(await hold_back(self._connection, thread, filing.now))
            await self._connection.execute(of_thread.values(snoozed_until=None))
        version = case_file.c.version + 1
        if plan.reopens_closed:
            days = dict(plan.reopens_closed)
            closed = of_thread.where(case_file.c.number.in_(days), case_file.c.state == CLOSED)
            values = {"state": OPEN, "closed_at": None, "outcome": None, "version": version}
            turned = await self._connection.execute(closed.values(values).returning(case_file.c.number))
            for number in sorted(turned.scalars()):
                event = {"thread": thread, "event": "reopened", "recorded_at": filing.now, "number": number}
                self._clock_events.append({**event, "event_on": days[number], "overridden": False})
                facts = {"by": "reply"}
                chain = f"{thread}/{number}"
                self._happenings.append(Happening(chain=chain, at=filing.now, event="reopened", facts=facts))
        if plan.next_step is not None:
            step, by = plan.next_step
            later = of_thread.where(case_file.c.state == OPEN, case_file.c.next_step_on > by)
            queue_on = func.coalesce(case_file.c.due_on, by)
            sooner: dict[str, object] = {"next_step": step, "next_step_on": by, "queue_on": queue_on}
            await self._connection.execute(later.values({**sooner, "version": version}))

    async def _raise_lane(self, filing: Filing, thread: str) -> None:
        """A new message brings the thread's open cases forward, never back."""
        if filing.plan.lane is None:
            return
        later = [lane.value for lane in _LANES[_LANES.index(filing.plan.lane) + 1 :]]
        open_cases = (case_file.c.thread == thread, case_file.c.state == OPEN, case_file.c.lane.in_(later))
        moved = {"lane": filing.plan.lane.value, "version": case_file.c.version + 1}
        await self._connection.execute(update(case_file).where(*open_cases).values(moved))


def _thread_of(filing: Filing) -> str:
    if filing.plan.outcome not in EVENTS:
        raise ValueError(f"no such outcome: {filing.plan.outcome!r}")
    if filing.plan.outcome == "enquiry":
        return filing.plan.adopts or filing.reference
    if filing.plan.joins is None:
        raise ValueError(f"a {filing.plan.outcome} needs the thread it joins")
    return filing.plan.joins
