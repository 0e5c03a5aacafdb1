"""Letters: claimed before they are handed over, recorded after. One that may have gone is never tried again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Update, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.alarms import clear_alarm, raise_alarm, standing_on
from triage.adapters.store.as_json import read_place
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.schema import case_file, enquiry, letter
from triage.domain.letter import SAY_NEWS, LetterText
from triage.domain.vocabulary import Channel
from triage.ports import Letter

DRAFT, QUEUED, SENDING, SENT = "draft", "queued", "sending", "sent"
REFUSED, UNCLEAR, DISCARDED = "refused", "unclear", "discarded"
# The code of a letter that is unclear only because its worker has not said what became of it.
STRANDED = "stranded"
# The code of a letter that a person handed over: printed and posted, or read out.
OUTSIDE = "outside"

# Built once: on the way of every letter, building a statement costs more than running it.
_NEXT_DUE = (
    select(letter)
    .where(letter.c.state == QUEUED, or_(letter.c.retry_at.is_(None), letter.c.retry_at <= bindparam("now")))
    .order_by(letter.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(letter)
    .where(letter.c.id == bindparam("letter_id"))
    .values(state=SENDING, claimed_by=bindparam("worker"), claimed_at=bindparam("now"))
)

# What stands beside a letter in a chat: it acknowledges nothing, and its loss leaves nobody unacknowledged.
NOTES = ("team_note", "hand_over")
TEAM_NOTE_FAILED = "team_note_failed"

# What ails a letter while an alarm on its thread stands.
_AILMENTS = {
    "letter_unclear": and_(letter.c.state == UNCLEAR, ~letter.c.internal),
    "letter_refused": and_(letter.c.state == REFUSED, ~letter.c.internal),
    "ack_not_delivered": letter.c.undelivered_at.is_not(None),
    TEAM_NOTE_FAILED: and_(letter.c.state.in_((REFUSED, UNCLEAR)), letter.c.internal),
}

# Which message a letter acknowledges: one about a case the message that opened it, not the newest one it answers.
_OPENER = select(case_file.c.enquiry_id).where(
    case_file.c.thread == letter.c.reference, case_file.c.number == letter.c.number
)
_OWNER = func.coalesce(_OPENER.correlate(letter).scalar_subquery(), letter.c.enquiry_id)

FREE: dict[str, None] = {"claimed_by": None, "claimed_at": None}


async def claim_letter(connection: AsyncConnection, worker: str, now: datetime) -> Letter | None:
    """See Store.claim_letter. The caller commits before it returns the letter to anyone."""
    row = (await connection.execute(_NEXT_DUE, {"now": now})).one_or_none()
    if row is None:
        return None
    await connection.execute(_CLAIM, {"letter_id": row.id, "worker": worker, "now": now})
    return letter_of(row)


def letter_of(row: Row[tuple[object, ...]]) -> Letter:
    """The row as a value."""
    return Letter(
        id=row.id,
        reference=row.reference,
        purpose=row.purpose,
        recipient=row.recipient,
        message_id=row.message_id,
        in_reply_to=row.in_reply_to,
        references=tuple(row.references),
        text=LetterText(subject=row.subject, body=row.body),
        attempts=row.attempts,
        channel=Channel(row.channel),
        place=read_place(row.place),
        internal=row.internal,
        created_at=row.created_at,
    )


def _acknowledges(sent: Letter) -> bool:
    return not sent.internal and sent.purpose not in NOTES


async def record_sent(connection: AsyncConnection, secret: bytes, sent: Letter, now: datetime) -> None:
    """See Store.record_sent. Holds also for a letter that was taken for unclear meanwhile: now we know."""
    values = {**FREE, "state": SENT, "sent_at": now, "attempts": sent.attempts + 1, "code": "", "retry_at": None}
    if await _move(connection, sent.id, letter.c.state.in_((SENDING, UNCLEAR)), values):
        if _acknowledges(sent):
            await _set_acknowledged(connection, sent.id)
        if sent.purpose in SAY_NEWS:
            await _keep_promise(connection, sent.id)
        await _clear_alarms(connection, sent.reference, now)
        await _note(connection, secret, [sent], "letter_sent", {}, now)


async def record_deferred(
    connection: AsyncConnection, secret: bytes, deferred: Letter, code: str, retry_at: datetime, now: datetime
) -> None:
    """See Store.record_deferred. Only who holds this very claim may put the letter back: a claim no try came after.

    A chat can be asked: a post that was looked for and is not there goes back too (docs/decisions/010).
    """
    held = and_(letter.c.state == SENDING, letter.c.attempts == deferred.attempts)
    stranded = and_(letter.c.state == UNCLEAR, letter.c.code == STRANDED, letter.c.attempts == deferred.attempts + 1)
    chat = letter.c.channel == Channel.CHAT.value
    looked_for = and_(chat, letter.c.state == UNCLEAR, letter.c.attempts == deferred.attempts)
    values = {**FREE, "state": QUEUED, "attempts": deferred.attempts + 1, "code": code, "retry_at": retry_at}
    if await _move(connection, deferred.id, or_(held, stranded, looked_for), values):
        await _clear_alarms(connection, deferred.reference, now)
        await _note(connection, secret, [deferred], "letter_deferred", {"code": code}, now)


async def record_undelivered(
    connection: AsyncConnection, secret: bytes, lost: Letter, state: str, code: str, now: datetime
) -> None:
    """See Store.record_undelivered. The enquiry counts as not acknowledged again, unless it was only a note."""
    if state not in (REFUSED, UNCLEAR):
        raise ValueError(f"a letter cannot end as {state!r}")
    values = {**FREE, "state": state, "attempts": lost.attempts + 1, "code": code, "retry_at": None}
    if await _move(connection, lost.id, letter.c.state.in_((SENDING, UNCLEAR)), values):
        if _acknowledges(lost):
            await _set_not_acknowledged(connection, lost.id)
        alarm_code = TEAM_NOTE_FAILED if lost.internal else f"letter_{state}"
        await raise_alarm(connection, alarm_code, lost.reference, now)
        await _note(connection, secret, [lost], f"letter_{state}", {"code": code}, now)


async def record_handed_over(connection: AsyncConnection, letter_id: int, reference: str, now: datetime) -> None:
    """A person handed it over outside the desk: it is sent, and ails no more. The caller writes the journal."""
    gone = {**FREE, "state": SENT, "sent_at": now, "code": OUTSIDE, "retry_at": None, "undelivered_at": None}
    await connection.execute(update(letter).where(letter.c.id == letter_id).values(gone))
    await _set_acknowledged(connection, letter_id)
    await _clear_alarms(connection, reference, now)


async def _move(
    connection: AsyncConnection, letter_id: int, before: ColumnElement[bool], values: Mapping[str, object]
) -> bool:
    moved = update(letter).where(letter.c.id == letter_id, before).values(values)
    return (await connection.execute(moved)).rowcount == 1


async def _clear_alarms(connection: AsyncConnection, reference: str, now: datetime) -> None:
    """Clear what no letter of the thread gives cause for any more.

    A letter ails until it is known to have gone, or until a later one to the same person has.
    """
    later = letter.alias()
    made_good = exists().where(
        later.c.reference == letter.c.reference,
        later.c.recipient == letter.c.recipient,
        later.c.internal == letter.c.internal,
        or_(later.c.purpose.not_in(NOTES), letter.c.purpose.in_(NOTES)),
        later.c.id > letter.c.id,
        later.c.state == SENT,
        later.c.undelivered_at.is_(None),
    )
    for code in await standing_on(connection, reference, tuple(_AILMENTS)):
        ailing = select(letter.c.id).where(letter.c.reference == reference, _AILMENTS[code], ~made_good).limit(1)
        if (await connection.execute(ailing)).first() is None:
            await clear_alarm(connection, code, reference, now)


async def _keep_promise(connection: AsyncConnection, letter_id: int) -> None:
    """The day by which it promises news is a date of its case from now on, unless it came back before."""
    found = select(letter).where(letter.c.id == letter_id, letter.c.undelivered_at.is_(None))
    row = (await connection.execute(found)).one_or_none()
    if row is not None and row.promised_on is not None:
        await connection.execute(_case_of(row).values(next_news_on=row.promised_on))


async def forget_promise(connection: AsyncConnection, lost: Row[tuple[object, ...]]) -> None:
    """A letter came back: nobody was promised what it says."""
    promised = _case_of(lost).where(case_file.c.next_news_on == lost.promised_on)
    await connection.execute(promised.values(next_news_on=None))


def _case_of(row: Row[tuple[object, ...]]) -> Update:
    return update(case_file).where(case_file.c.thread == row.reference, case_file.c.number == row.number)


async def _set_acknowledged(connection: AsyncConnection, letter_id: int) -> None:
    """Sent is acknowledged, unless its bounce was filed before the outbox could say that it was sent."""
    owner = select(_OWNER).where(letter.c.id == letter_id, letter.c.undelivered_at.is_(None))
    await connection.execute(
        update(enquiry).where(enquiry.c.id == owner.scalar_subquery()).values(not_acknowledged=False)
    )


async def _set_not_acknowledged(connection: AsyncConnection, letter_id: int) -> None:
    owner = select(_OWNER).where(letter.c.id == letter_id).scalar_subquery()
    await connection.execute(update(enquiry).where(enquiry.c.id == owner).values(not_acknowledged=True))


async def _note(
    connection: AsyncConnection,
    secret: bytes,
    letters: Sequence[Letter],
    event: str,
    facts: dict[str, object],
    now: datetime,
) -> None:
    happenings = [
        Happening(chain=one.reference, at=now, event=event, facts={"letter": one.id, "purpose": one.purpose, **facts})
        for one in letters
    ]
    await append(connection, secret, happenings)


async def strand_letters(
    connection: AsyncConnection, secret: bytes, worker: str | None, claimed_before: datetime | None, now: datetime
) -> int:
    """Letters in the middle of being sent become unclear: nobody can say whether the relay has them.

    `worker` None: anyone's. `claimed_before` None: however fresh the claim. Returns how many.
    """
    query = select(letter).where(letter.c.state == SENDING)
    if worker is not None:
        query = query.where(letter.c.claimed_by == worker)
    if claimed_before is not None:
        query = query.where(letter.c.claimed_at < claimed_before)
    stranded = [letter_of(row) for row in await connection.execute(query.with_for_update())]
    for one in stranded:
        await record_undelivered(connection, secret, one, UNCLEAR, STRANDED, now)
    return len(stranded)


async def waiting(connection: AsyncConnection) -> tuple[int, datetime | None]:
    """How many letters wait to be sent, and since when the oldest. Drafts wait for a person and do not count."""
    query = select(func.count(), func.min(letter.c.created_at)).where(letter.c.state.in_((QUEUED, SENDING)))
    count, oldest = (await connection.execute(query)).one()
    return count, oldest
