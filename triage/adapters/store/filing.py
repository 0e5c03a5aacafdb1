"""Filing: enquiry, cases, participants, clock events, letter, limits, journal of one item, in one transaction."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import outbox
from triage.adapters.store.addresses import address_hash, domain_of, mailbox_hash
from triage.adapters.store.alarms import raise_alarm
from triage.adapters.store.as_json import attachments_json, classification_json, gate_json, passages_json
from triage.adapters.store.engine import insert_into
from triage.adapters.store.history import history_of
from triage.adapters.store.items import finish_item
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.schema import (
    bounce,
    case_file,
    clock_event,
    enquiry,
    letter,
    participant,
    reference_counter,
    send_limit,
    suppression,
)
from triage.domain.plan import Analysis, History, PlannedCase
from triage.domain.reference import make_reference
from triage.domain.vocabulary import Kind, Lane
from triage.errors import StoreUnavailable
from triage.ports import Filing, Item

OPEN = "open"
MARKETING = "marketing"
# A colleague's mail, a form's or another Reply-To, a failed DMARC check: the sender is perhaps not who asks.
_OTHERS_MAIL = frozenset({2, 18, 19})
_EVENTS = {
    "enquiry": "enquiry_received",
    "follow_up": "follow_up_joined",
    "returned_letter": "letter_returned",
    "duplicate": "duplicate_linked",
}
_LANES = tuple(Lane)
# A report may return any number of Message-IDs; history looks up as many.
_IDS_LOOKED_UP = 200

# Built once: on the way of every mail, building a statement costs more than running it.
_NEW_ENQUIRY = enquiry.insert().returning(enquiry.c.id)
_NEW_LETTER = letter.insert().returning(letter.c.id)
_NEW_CASES = case_file.insert()
_NEW_LIMIT = send_limit.insert()


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
        """See Filer.next_reference. The counter's row is the queue on PostgreSQL as well."""
        drawn = await self._connection.execute(_draw(self._connection.dialect.name), {"year": year, "number": 1})
        return make_reference(year, drawn.scalar_one())

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

    async def file(self, filing: Filing) -> None:
        """See Filer.file."""
        await finish_item(self._connection, filing.item.id, filing.now)
        thread = _thread_of(filing)
        enquiry_id = await self._write_enquiry(filing, thread)
        self._happenings.append(_received(filing, thread, enquiry_id))
        if filing.plan.outcome in ("enquiry", "follow_up"):
            await self._write_participant(filing, thread)
            await self._write_cases(filing, thread, enquiry_id)
            await self._write_suppression(filing, thread)
            await self._write_letter(filing, thread, enquiry_id)
        if filing.plan.outcome == "follow_up":
            await self._raise_lane(filing, thread)
        if filing.plan.outcome == "returned_letter":
            await self._write_return(filing, thread)
        for code in filing.alarms:
            await raise_alarm(self._connection, code, None, filing.now)

    async def _write_enquiry(self, filing: Filing, thread: str) -> int:
        read, plan = filing.analysis.enquiry, filing.plan
        linked = plan.outcome == "duplicate"
        sender = read.sender
        row = {
            "item_id": filing.item.id,
            "outcome": plan.outcome,
            "reference": filing.reference if plan.outcome == "enquiry" else None,
            "thread": thread,
            "channel": read.channel.value,
            "controller": filing.controller,
            "received_at": read.received_at or filing.item.received_at,
            "sender_name": sender.name if sender else "",
            "sender_address": sender.address if sender else "",
            "sender_hash": address_hash(self._secret, sender.address) if sender else None,
            "subject": read.subject,
            "full_text": "" if linked else read.full_text,
            "passages": [] if linked else passages_json(read),
            "message_id": read.message_id,
            "references": list(read.references),
            "content_sha256": read.content_sha256,
            "attachments": attachments_json(read),
            "forward_of": read.forward_of,
            "readable": read.readable,
            "defects": list(read.defects),
            "lane": plan.lane.value if plan.lane else None,
            "gate": gate_json(plan.gate),
            "classification": classification_json(plan.classification),
            "trace": list(plan.trace),
            "not_acknowledged": plan.not_acknowledged,
            "suggests": plan.suggests,
            "no_letter_because": plan.no_letter_because,
            "filed_at": filing.now,
        }
        enquiry_id: int = (await self._connection.execute(_NEW_ENQUIRY, row)).scalar_one()
        return enquiry_id

    async def _write_participant(self, filing: Filing, thread: str) -> None:
        sender = filing.analysis.enquiry.sender
        if sender is None:
            return
        row = {
            "thread": thread,
            "address_hash": address_hash(self._secret, sender.address),
            "since_at": filing.now,
        }
        await self._connection.execute(_take_part(self._connection.dialect.name), row)

    async def _write_suppression(self, filing: Filing, thread: str) -> None:
        """A sure opt-out is on the do-not-contact list at once: it only benefits the person (UK GDPR Art 21(3))."""
        sender, reading = filing.analysis.enquiry.sender, filing.plan.classification
        asked = any(case.kind is Kind.OPT_OUT for case in filing.plan.cases)
        if sender is None or reading is None or not asked or Kind.OPT_OUT not in reading.sure_kinds:
            return
        if (
            filing.analysis.enquiry.forward_of
            or reading.flags
            or _OTHERS_MAIL & {hit.row for hit in filing.plan.gate.hits}
        ):
            return  # perhaps somebody else's wish: a person says whose address it is
        row = {
            "address_hash": address_hash(self._secret, sender.address),
            "scope": MARKETING,
            "channel": filing.analysis.enquiry.channel.value,
            "thread": thread,
            "since_at": filing.now,
        }
        await self._connection.execute(_do_not_contact(self._connection.dialect.name), row)
        self._happenings.append(Happening(chain=thread, at=filing.now, event="do_not_contact_recorded"))

    async def _write_cases(self, filing: Filing, thread: str, enquiry_id: int) -> None:
        plan = filing.plan
        if not plan.cases:
            return
        first = 1
        if plan.outcome == "follow_up":
            query = select(func.max(case_file.c.number)).where(case_file.c.thread == thread)
            first = ((await self._connection.execute(query)).scalar_one() or 0) + 1
        numbered = list(enumerate(plan.cases, start=first))
        common = {
            "enquiry_id": enquiry_id,
            "thread": thread,
            "state": OPEN,
            "lane": (plan.lane or Lane.NEW).value,
            "version": 1,
            "opened_at": filing.now,
        }
        rows = [{**common, "number": number, **_row_of_case(case)} for number, case in numbered]
        await self._connection.execute(_NEW_CASES, rows)
        event = {"thread": thread, "event": "received", "recorded_at": filing.now}
        for number, case in numbered:
            self._clock_events.append({**event, "number": number, "event_on": case.dates.received_on})
            self._happenings.append(_opened(f"{thread}/{number}", case, enquiry_id, filing.now))

    async def _write_letter(self, filing: Filing, thread: str, enquiry_id: int) -> None:
        planned = filing.plan.letter
        if planned is None:
            return
        read = filing.analysis.enquiry
        if filing.letter_text is None or filing.message_id is None or read.sender is None:
            raise ValueError("a planned letter needs its text, its Message-ID and a recipient")
        answered = (read.message_id,) if read.message_id else ()
        purpose = planned.facts.purpose.value
        row = {
            "enquiry_id": enquiry_id,
            "reference": thread,
            "purpose": purpose,
            "serial": filing.serial,
            "state": outbox.DRAFT if planned.needs_approval else outbox.QUEUED,
            "recipient": read.sender.address,
            "message_id": filing.message_id,
            "in_reply_to": read.message_id,
            "references": list(dict.fromkeys((*read.references, *answered))),
            "subject": filing.letter_text.subject,
            "body": filing.letter_text.body,
            "why": planned.why,
            "attempts": 0,
            "code": "",
            "created_at": filing.now,
        }
        letter_id = (await self._connection.execute(_NEW_LETTER, row)).scalar_one()
        if not planned.needs_approval:
            # Counted when it is queued, before anything is sent: a limit must hold for letters still in the outbox.
            limit = {
                "letter_id": letter_id,
                "sender_hash": mailbox_hash(self._secret, read.sender.address),
                "domain": domain_of(read.sender.address),
                "at": filing.now,
            }
            await self._connection.execute(_NEW_LIMIT, limit)
        event = "letter_drafted" if planned.needs_approval else "letter_queued"
        self._note(thread, event, {"letter": letter_id, "purpose": purpose}, filing.now)

    async def _raise_lane(self, filing: Filing, thread: str) -> None:
        """A new message brings the thread's open cases forward, never back."""
        if filing.plan.lane is None:
            return
        later = [lane.value for lane in _LANES[_LANES.index(filing.plan.lane) + 1 :]]
        open_cases = (case_file.c.thread == thread, case_file.c.state == OPEN, case_file.c.lane.in_(later))
        moved = {"lane": filing.plan.lane.value, "version": case_file.c.version + 1}
        await self._connection.execute(update(case_file).where(*open_cases).values(moved))

    async def _write_return(self, filing: Filing, thread: str) -> None:
        """A letter of ours came back. One returned for good is an alarm; an automatic reply is only noted.

        Only the letter whose own Message-ID was returned counts as not delivered: anybody can make up a report.
        """
        if not filing.plan.bounce_is_permanent:
            return
        await raise_alarm(self._connection, "ack_not_delivered", thread, filing.now)
        ids = filing.analysis.facts.returned_ids[-_IDS_LOOKED_UP:]
        query = select(letter).where(letter.c.reference == thread, letter.c.message_id.in_(ids))
        for returned in (await self._connection.execute(query.order_by(letter.c.id))).all():
            await self._mark_undelivered(filing, thread, returned)

    async def _mark_undelivered(self, filing: Filing, thread: str, returned: Row[tuple[object, ...]]) -> None:
        if filing.plan.address_is_dead:
            recipient = mailbox_hash(self._secret, returned.recipient)
            row = {"address_hash": recipient, "letter_id": returned.id, "at": filing.now}
            await self._connection.execute(bounce.insert(), row)
        mark = update(letter).where(letter.c.id == returned.id)
        await self._connection.execute(mark.values(undelivered_at=filing.now))
        owner = update(enquiry).where(enquiry.c.id == returned.enquiry_id)
        await self._connection.execute(owner.values(not_acknowledged=True))
        self._note(thread, "letter_not_delivered", {"letter": returned.id}, filing.now)

    def _note(self, chain: str, event: str, facts: Mapping[str, object], at: datetime) -> None:
        self._happenings.append(Happening(chain=chain, at=at, event=event, facts=facts))


def _thread_of(filing: Filing) -> str:
    if filing.plan.outcome not in _EVENTS:
        raise ValueError(f"no such outcome: {filing.plan.outcome!r}")
    if filing.plan.outcome == "enquiry":
        return filing.reference
    if filing.plan.joins is None:
        raise ValueError(f"a {filing.plan.outcome} needs the thread it joins")
    return filing.plan.joins


def _received(filing: Filing, thread: str, enquiry_id: int) -> Happening:
    plan = filing.plan
    facts = {
        "enquiry": enquiry_id,
        "item": filing.item.id,
        "channel": filing.analysis.enquiry.channel.value,
        "gate": plan.gate.answer.value,
        "rows": [hit.row for hit in plan.gate.hits],
        "lane": plan.lane.value if plan.lane else None,
        "kinds": [case.kind.value for case in plan.cases],
        "permanent": plan.bounce_is_permanent,
    }
    text = "\n".join(plan.trace)
    return Happening(chain=thread, at=filing.now, event=_EVENTS[plan.outcome], facts=facts, text=text)


def _opened(chain: str, case: PlannedCase, enquiry_id: int, at: datetime) -> Happening:
    due = case.dates.statutory_due
    facts = {
        "enquiry": enquiry_id,
        "kind": case.kind.value,
        "received_on": case.dates.received_on.isoformat(),
        "statutory_due": due.isoformat() if due else None,
        "next_step_on": case.next_step_on.isoformat(),
    }
    return Happening(chain=chain, at=at, event="case_opened", facts=facts, text="\n".join(case.dates.trace))


def _row_of_case(case: PlannedCase) -> dict[str, object]:
    dates = case.dates
    return {
        "kind": case.kind.value,
        "received_on": dates.received_on,
        "starts_on": dates.starts_on,
        "statutory_due": dates.statutory_due,
        "safe_due": dates.safe_due,
        "shadow_due": dates.shadow_due,
        "internal_target": dates.internal_target,
        "acknowledge_by": dates.acknowledge_by,
        "acknowledge_target": dates.acknowledge_target,
        "extension_notice_by": dates.extension_notice_by,
        "trace": list(dates.trace),
        "next_step": case.next_step,
        "next_step_on": case.next_step_on,
    }
