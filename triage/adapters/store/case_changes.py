"""One act on one case, written whole: row, clock events, dates, letters, checklist, linked cases, journal."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.addresses import address_hash, domain_of, mailbox_hash
from triage.adapters.store.engine import insert_into
from triage.adapters.store.filing_rows import DESK, dates_row, opened, row_of_case, rows_of_tasks
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.outbox import DISCARDED, DRAFT, QUEUED, REFUSED, UNCLEAR, record_handed_over
from triage.adapters.store.schema import case_file, case_task, clock_event, enquiry, letter, participant, send_limit
from triage.domain.case_change import CaseChange, DraftedLetter
from triage.domain.case_file import CaseFile
from triage.domain.letter import LetterText, first_named
from triage.domain.plan import PlannedCase
from triage.domain.reference import make_message_id
from triage.domain.vocabulary import CaseState, Channel

# A letter in words beside the facts it was worded from.
Worded = tuple[DraftedLetter, LetterText]


async def change_case(
    connection: AsyncConnection,
    secret: bytes,
    case: CaseFile,
    change: CaseChange,
    letters: Sequence[Worded],
    mail_domain: str,
    *,
    by: str,
    now: datetime,
) -> bool:
    """See CaseStore.change_case. In a queued transaction."""
    if not await _drafts_wait(connection, case, change):
        return False
    here = update(case_file).where(case_file.c.thread == case.thread, case_file.c.number == case.number)
    moved = await connection.execute(
        here.where(case_file.c.version == case.version).values(_values(case, change, by, now))
    )
    if moved.rowcount != 1:
        return False
    await _write_events(connection, case, change, now)
    happenings = [_happening(case, change, by, now)]
    happenings += await _settle(connection, secret, case, change, by, now)
    happenings += await _discard(connection, case, change.discards, by, now)
    happenings += await _draft(connection, secret, case, letters, mail_domain, now)
    await _write_tasks(connection, case, change)
    happenings += await _open(connection, case, change.opens, now)
    await append(connection, secret, happenings)
    return True


def _values(case: CaseFile, change: CaseChange, by: str, now: datetime) -> dict[str, object]:
    """The columns the change sets. What a person does shows that somebody has opened the case."""
    told: dict[str, object | None] = {
        "state": change.state and change.state.value,
        "outcome": change.outcome and change.outcome.value,
        "lane": change.lane and change.lane.value,
        "unresolved": None if change.unresolved is None else list(change.unresolved),
        "next_news_on": change.next_news_on,
        "snoozed_until": change.snoozed_until,
        "legal_hold": change.legal_hold,
        "erasure_blocked": change.erasure_blocked,
        "delivery": None if change.delivery is None else dict(change.delivery),
        "supplements": None if change.supplements is None else dict(change.supplements),
        "controller": change.controller,
        "rules_in_doubt": "" if change.settles_rules else None,
        "looked_at": None if by == DESK else now,
    }
    values: dict[str, object] = {name: value for name, value in told.items() if value is not None}
    values["version"] = case_file.c.version + 1
    if change.contacted_on is not None:
        values["contacts"] = [day.isoformat() for day in (*case.contacts, change.contacted_on)]
    if change.next_step is not None:
        values["next_step"], values["next_step_on"] = change.next_step
    if change.dates is not None:
        values |= dates_row(change.dates)
    if change.next_step is not None or change.dates is not None:
        due_on = case.dates.due_on if change.dates is None else change.dates.due_on
        values["queue_on"] = due_on or (case.next_step_on if change.next_step is None else change.next_step[1])
    if change.state is CaseState.CLOSED:
        values["closed_at"] = now
    elif change.state is CaseState.OPEN:
        values |= {"closed_at": None, "outcome": None}
    return values


async def _write_events(connection: AsyncConnection, case: CaseFile, change: CaseChange, now: datetime) -> None:
    here = (clock_event.c.thread == case.thread, clock_event.c.number == case.number)
    if change.undoes:
        brought = clock_event.c.letter_id.in_(change.undoes)
        await connection.execute(update(clock_event).where(*here, brought).values(undone=True))
    rows = [
        {
            "thread": case.thread,
            "number": case.number,
            "event": event.name.value,
            "event_on": event.on,
            "recorded_at": now,
            "overridden": event.overridden,
            "letter_id": event.letter_id,
        }
        for event in change.events
    ]
    if rows:
        await connection.execute(clock_event.insert(), rows)


def _happening(case: CaseFile, change: CaseChange, by: str, now: datetime) -> Happening:
    facts: dict[str, object] = {**change.facts, "by": by}
    if change.events:
        facts["events"] = [f"{event.name.value} {event.on.isoformat()}" for event in change.events]
    if change.dates is not None:
        due = change.dates.statutory_due
        facts["statutory_due"] = due.isoformat() if due else None
    text = "\n".join(part for part in (change.note, *(change.dates.trace if change.dates else ())) if part)
    return Happening(chain=case.reference, at=now, event=change.event, facts=facts, text=text or None)


async def _drafts_wait(connection: AsyncConnection, case: CaseFile, change: CaseChange) -> bool:
    """Whether what is to be sent or handed over is still there: another person may have been quicker."""
    wanted = [one for one in (change.approves, change.hands_over) if one is not None]
    lost = letter.c.state.in_((REFUSED, UNCLEAR)) | letter.c.undelivered_at.is_not(None)
    waits = (letter.c.state == DRAFT) | (lost & (letter.c.id == change.hands_over))
    still = select(letter.c.id).where(letter.c.id.in_(wanted), waits, letter.c.reference == case.thread)
    return len((await connection.execute(still)).all()) == len(wanted)


async def _settle(
    connection: AsyncConnection, secret: bytes, case: CaseFile, change: CaseChange, by: str, now: datetime
) -> list[Happening]:
    """A draft goes into the outbox, or was handed over by a person. An address chosen for it takes part from now on."""
    happenings = []
    if change.approves is not None:
        by_mail: dict[str, object] = {"recipient": change.to, "channel": Channel.EMAIL.value, "place": None}
        chosen = by_mail if change.to else {}
        await connection.execute(update(letter).where(letter.c.id == change.approves).values(state=QUEUED, **chosen))
        facts: dict[str, object] = {"letter": change.approves, "by": by, "address_chosen": bool(change.to)}
        happenings.append(Happening(chain=case.thread, at=now, event="letter_approved", facts=facts))
    if change.to:
        takes_part = {"thread": case.thread, "address_hash": address_hash(secret, change.to), "since_at": now}
        insert = insert_into(connection.dialect.name, participant).on_conflict_do_nothing()
        await connection.execute(insert, takes_part)
    if change.hands_over is not None:
        await record_handed_over(connection, change.hands_over, case.thread, now)
        handed: dict[str, object] = {"letter": change.hands_over, "by": by}
        happenings.append(Happening(chain=case.thread, at=now, event="letter_handed_over", facts=handed))
    return happenings


async def _discard(
    connection: AsyncConnection, case: CaseFile, ids: Sequence[int], by: str, now: datetime
) -> list[Happening]:
    """Drafts, and what was approved and has not left: it would say what is not true any more."""
    not_gone = letter.c.state.in_((DRAFT, QUEUED))
    waiting = update(letter).where(letter.c.id.in_(ids), not_gone, letter.c.reference == case.thread)
    gone = (await connection.execute(waiting.values(state=DISCARDED).returning(letter.c.id))).scalars().all()
    facts = [{"letter": letter_id, "by": by} for letter_id in gone]
    return [Happening(chain=case.thread, at=now, event="letter_discarded", facts=one) for one in facts]


async def _draft(
    connection: AsyncConnection,
    secret: bytes,
    case: CaseFile,
    letters: Sequence[Worded],
    mail_domain: str,
    now: datetime,
) -> list[Happening]:
    happenings = []
    for drafted, text in letters:
        row = await _letter_row(connection, secret, case, drafted, text, mail_domain, now)
        letter_id = (await connection.execute(letter.insert().values(row).returning(letter.c.id))).scalar_one()
        if drafted.sends_itself and row["recipient"]:
            counted = {"sender_hash": mailbox_hash(secret, case.recipient), "domain": domain_of(case.recipient)}
            await connection.execute(send_limit.insert(), {"letter_id": letter_id, "at": now, **counted})
        facts = {"letter": letter_id, "purpose": row["purpose"], "case": case.number}
        event = "letter_queued" if row["state"] == QUEUED else "letter_drafted"
        happenings.append(Happening(chain=case.thread, at=now, event=event, facts=facts))
    return happenings


async def _letter_row(
    connection: AsyncConnection,
    secret: bytes,
    case: CaseFile,
    drafted: DraftedLetter,
    text: LetterText,
    mail_domain: str,
    now: datetime,
) -> dict[str, object]:
    """It answers the newest message of the thread. Only what has somewhere to go can go by itself."""
    purpose = drafted.facts.purpose.value
    serials = select(func.max(letter.c.serial)).where(letter.c.reference == case.thread, letter.c.purpose == purpose)
    serial = ((await connection.execute(serials)).scalar_one() or 0) + 1
    newest = (
        select(enquiry.c.id, enquiry.c.message_id, enquiry.c["references"], enquiry.c.place)
        .where(enquiry.c.thread == case.thread, enquiry.c.outcome.in_(("enquiry", "follow_up")))
        .order_by(enquiry.c.received_at.desc(), enquiry.c.id.desc())
    )
    answered = (await connection.execute(newest.limit(1))).one()
    in_chat = case.channel is Channel.CHAT and answered.place is not None
    goes = drafted.sends_itself and bool(in_chat or case.recipient)
    ids = () if in_chat or not answered.message_id else (*answered.references, answered.message_id)
    return {
        "enquiry_id": answered.id,
        "reference": case.thread,
        "number": case.number,
        "purpose": purpose,
        "serial": serial,
        "state": QUEUED if goes else DRAFT,
        "recipient": "" if in_chat else case.recipient,
        "message_id": make_message_id(secret, case.thread, purpose, serial, mail_domain),
        "in_reply_to": None if in_chat else answered.message_id,
        "references": list(dict.fromkeys(ids)),
        "subject": text.subject,
        "body": text.body,
        "why": drafted.why,
        "attempts": 0,
        "code": "",
        "created_at": now,
        "channel": Channel.CHAT.value if in_chat else Channel.EMAIL.value,
        "place": answered.place if in_chat else None,
        "promised_on": drafted.promised_on,
        "first_named_on": first_named(drafted.facts),
        "outcome": drafted.facts.outcome.value if drafted.facts.outcome else None,
    }


async def _write_tasks(connection: AsyncConnection, case: CaseFile, change: CaseChange) -> None:
    rows = rows_of_tasks(case.thread, case.number, change.tasks)
    if rows:
        await connection.execute(case_task.insert(), rows)
    here = update(case_task).where(case_task.c.thread == case.thread, case_task.c.number == case.number)
    for tick in change.ticks:
        done = {"done_on": tick.done_on, "done_by": tick.by if tick.done_on else "", "note": tick.note}
        await connection.execute(here.where(case_task.c.id == tick.task_id).values(done))


async def _open(
    connection: AsyncConnection, case: CaseFile, opens: Sequence[PlannedCase], now: datetime
) -> list[Happening]:
    """Cases about this one, opened by the message that opened it. Cases are never deleted: the last number counts."""
    if not opens:
        return []
    of_thread = case_file.c.thread == case.thread
    last = (await connection.execute(select(func.max(case_file.c.number)).where(of_thread))).scalar_one()
    here = select(case_file.c.enquiry_id, case_file.c.controller).where(of_thread, case_file.c.number == case.number)
    owner = (await connection.execute(here)).one()
    happenings = []
    for number, planned in enumerate(opens, start=last + 1):
        row: Mapping[str, object] = {
            "enquiry_id": owner.enquiry_id,
            "thread": case.thread,
            "number": number,
            "state": CaseState.OPEN.value,
            "lane": case.lane.value,
            "version": 1,
            "opened_at": now,
            "controller": owner.controller,
            "about": case.reference,
            **row_of_case(planned),
        }
        await connection.execute(case_file.insert(), row)
        received = {"thread": case.thread, "number": number, "event": "received", "recorded_at": now}
        await connection.execute(clock_event.insert(), {**received, "event_on": planned.dates.received_on})
        happenings.append(opened(f"{case.thread}/{number}", planned, owner.enquiry_id, now))
    return happenings


async def mark_read(
    connection: AsyncConnection, secret: bytes, thread: str, *, by: str, now: datetime, up_to: int | None
) -> tuple[int, ...] | None:
    """See CaseStore.mark_read. Ids grow as messages are filed, so what came after the person looked stays unread."""
    of_thread = enquiry.c.thread == thread
    shown = true() if up_to is None else enquiry.c.id == up_to
    if (await connection.execute(select(enquiry.c.id).where(of_thread, shown).limit(1))).first() is None:
        return None
    read = true() if up_to is None else enquiry.c.id <= up_to
    messages = update(enquiry).where(of_thread, read, enquiry.c.read_at.is_(None))
    ids = (await connection.execute(messages.values(read_at=now).returning(enquiry.c.id))).scalars().all()
    await connection.execute(update(case_file).where(case_file.c.thread == thread).values(looked_at=now))
    if ids:
        facts: dict[str, object] = {"enquiries": sorted(ids), "by": by}
        await append(connection, secret, [Happening(chain=thread, at=now, event="messages_read", facts=facts)])
    return tuple(sorted(ids))
