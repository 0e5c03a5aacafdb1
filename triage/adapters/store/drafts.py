"""A draft changed by a person, and an acknowledgement that was held back laid ready. Each in one transaction."""

from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.journal import Happening, append
from triage.adapters.store.outbox import DISCARDED, DRAFT, REFUSED
from triage.adapters.store.reach import OPEN
from triage.adapters.store.schema import approval, case_file, enquiry, letter
from triage.domain.letter import LetterText, dates_said
from triage.domain.letter_desk import text_mark
from triage.domain.may_act import NO_ANSWER
from triage.domain.reference import make_message_id
from triage.domain.releasing import HeldBack, Released
from triage.domain.vocabulary import Channel

_FIRST = tuple(purpose.value for purpose in NO_ANSWER)


async def edit_draft(
    connection: AsyncConnection, secret: bytes, letter_id: int, text: LetterText, seen: str, *, by: str, now: datetime
) -> bool:
    """See LetterDeskStore.edit_draft. In a queued transaction."""
    waits = ~exists().where(approval.c.letter_id == letter.c.id)
    here = select(letter.c.reference, letter.c.subject, letter.c.body).where(letter.c.id == letter_id, waits)
    row = (await connection.execute(here.where(letter.c.state == DRAFT).with_for_update())).one_or_none()
    if row is None or text_mark(row.subject, row.body) != seen:
        return False
    draft = update(letter).where(letter.c.id == letter_id, letter.c.state == DRAFT)
    await connection.execute(draft.values(subject=text.subject, body=text.body))
    facts: dict[str, object] = {"letter": letter_id, "by": by}
    await append(connection, secret, [Happening(chain=row.reference, at=now, event="letter_edited", facts=facts)])
    return True


async def lay_acknowledgement(
    connection: AsyncConnection,
    secret: bytes,
    held: HeldBack,
    released: Released,
    text: LetterText,
    mail_domain: str,
    *,
    by: str,
    now: datetime,
) -> int | None:
    """See LetterDeskStore.lay_acknowledgement. In a queued transaction."""
    owner = select(enquiry).where(enquiry.c.id == held.enquiry_id, enquiry.c.not_acknowledged).with_for_update()
    message = (await connection.execute(owner)).one_or_none()
    there = select(letter.c.id).where(
        letter.c.enquiry_id == held.enquiry_id,
        letter.c.purpose.in_(_FIRST),
        letter.c.state.not_in((DISCARDED, REFUSED)),
    )
    if message is None or (await connection.execute(there)).first() is not None:
        return None
    purpose = released.facts.purpose.value
    serials = select(func.max(letter.c.serial)).where(letter.c.reference == held.reference, letter.c.purpose == purpose)
    serial = ((await connection.execute(serials)).scalar_one() or 0) + 1
    answered = (message.message_id,) if message.message_id else ()
    row = {
        "enquiry_id": held.enquiry_id,
        "reference": held.reference,
        "purpose": purpose,
        "serial": serial,
        "state": DRAFT,
        "recipient": released.recipient,
        "message_id": make_message_id(secret, held.reference, purpose, serial, mail_domain),
        "in_reply_to": message.message_id,
        "references": list(dict.fromkeys((*message.references, *answered))),
        "subject": text.subject,
        "body": text.body,
        "why": released.why,
        "attempts": 0,
        "code": "",
        "created_at": now,
        "channel": Channel.EMAIL.value,
        "place": None,
        "promised_on": max((day for _, day in dates_said(released.facts)), default=None),
    }
    letter_id: int = (await connection.execute(letter.insert().values(row).returning(letter.c.id))).scalar_one()
    await _next_steps(connection, held, released)
    facts: dict[str, object] = {"letter": letter_id, "purpose": purpose, "by": by}
    await append(connection, secret, [Happening(chain=held.reference, at=now, event="letter_drafted", facts=facts)])
    return letter_id


async def _next_steps(connection: AsyncConnection, held: HeldBack, released: Released) -> None:
    """What the letter promises is somebody's next step from now on."""
    for number, planned in released.steps:
        values = {
            "next_step": planned.next_step,
            "next_step_on": planned.next_step_on,
            "queue_on": planned.dates.due_on or planned.next_step_on,
            "version": case_file.c.version + 1,
        }
        mine = update(case_file).where(case_file.c.thread == held.reference, case_file.c.number == number)
        await connection.execute(mine.where(case_file.c.state == OPEN).values(values))
