"""Mails to the company's own staff: put once for each occasion, sent by an outbox like any letter."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from triage.adapters.store.addresses import domain_of
from triage.adapters.store.alarms import clear_alarm, raise_alarm
from triage.adapters.store.engine import Database, insert_into
from triage.adapters.store.outbox import FREE, QUEUED, REFUSED, SENDING, SENT, STRANDED, UNCLEAR
from triage.adapters.store.schema import notice
from triage.domain.letter import LetterText
from triage.domain.notices import Notice
from triage.ports import Letter

NOT_SENT_ALARM = "notice_not_sent"
# The code of one that the relay took and somebody's mail server sent back.
RETURNED = "returned"
_KEYS_A_QUERY = 1000


async def put_notices(connection: AsyncConnection, secret: bytes, notices: Sequence[Notice], now: datetime) -> int:
    """See CaseStore.put_notices."""
    insert = insert_into(connection.dialect.name, notice).on_conflict_do_nothing().returning(notice.c.id)
    new, known = 0, await _known(connection, [one.key for one in notices])
    for one in notices:
        if one.key in known:
            continue
        row = {
            "key": one.key,
            "purpose": one.purpose,
            "reference": one.reference,
            "recipient": one.to,
            "subject": one.subject,
            "body": one.body,
            "message_id": _message_id(secret, one),
            "state": QUEUED,
            "attempts": 0,
            "code": "",
            "created_at": now,
        }
        new += (await connection.execute(insert, row)).first() is not None
    return new


async def _known(connection: AsyncConnection, keys: Sequence[str]) -> frozenset[str]:
    """Keys that are there. Nearly all are at most looks; the insert itself settles a race for the others."""
    found: set[str] = set()
    for start in range(0, len(keys), _KEYS_A_QUERY):
        wanted = keys[start : start + _KEYS_A_QUERY]
        found |= set((await connection.execute(select(notice.c.key).where(notice.c.key.in_(wanted)))).scalars())
    return frozenset(found)


def _message_id(secret: bytes, one: Notice) -> str:
    """Always the same for the same occasion; it names no enquiry, so that nothing that comes back joins one."""
    tag = hmac.new(secret, b"notice\0" + one.key.encode(), hashlib.sha256).hexdigest()[:40]
    return f"<notice.{tag}@{domain_of(one.to)}>"


class NoticeQueue:
    """The notices as an outbox takes them: see ports.LetterQueue. One in sending past its `lease` is stranded."""

    def __init__(self, database: Database, lease: timedelta) -> None:
        self._database = database
        self._lease = lease

    async def claim_letter(self, worker: str, now: datetime) -> Letter | None:
        """See LetterQueue.claim_letter."""
        async with self._database.write() as connection:
            await _strand(connection, now - self._lease, now)
            due = or_(notice.c.retry_at.is_(None), notice.c.retry_at <= now)
            query = select(notice).where(notice.c.state == QUEUED, due).order_by(notice.c.id).limit(1)
            row = (await connection.execute(query.with_for_update(skip_locked=True))).one_or_none()
            if row is None:
                return None
            claimed = {"state": SENDING, "claimed_by": worker, "claimed_at": now}
            await connection.execute(update(notice).where(notice.c.id == row.id).values(claimed))
            return _letter(row)

    async def record_sent(self, letter: Letter, now: datetime) -> None:
        """See LetterQueue.record_sent."""
        async with self._database.write() as connection:
            values = {"state": SENT, "sent_at": now, "attempts": letter.attempts + 1, "code": "", "retry_at": None}
            await _move(connection, letter.id, values, (SENDING, UNCLEAR))

    async def record_deferred(self, letter: Letter, code: str, retry_at: datetime, now: datetime) -> None:  # noqa: ARG002
        """See LetterQueue.record_deferred."""
        async with self._database.write() as connection:
            values = {"state": QUEUED, "attempts": letter.attempts + 1, "code": code, "retry_at": retry_at}
            await _move(connection, letter.id, values, (SENDING,))

    async def record_undelivered(self, letter: Letter, state: str, code: str, now: datetime) -> None:
        """See LetterQueue.record_undelivered. Nobody was told, nor will be by itself: that is an alarm."""
        async with self._database.write() as connection:
            values = {"state": state, "attempts": letter.attempts + 1, "code": code, "retry_at": None}
            if await _move(connection, letter.id, values, (SENDING, UNCLEAR)):
                await raise_alarm(connection, NOT_SENT_ALARM, letter.reference, now)

    async def raise_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """See LetterQueue.raise_alarm."""
        async with self._database.write() as connection:
            return await raise_alarm(connection, code, reference, now)

    async def clear_alarm(self, code: str, reference: str | None, now: datetime) -> bool:
        """See LetterQueue.clear_alarm."""
        async with self._database.write() as connection:
            return await clear_alarm(connection, code, reference, now)


async def _strand(connection: AsyncConnection, claimed_before: datetime, now: datetime) -> None:
    """Its worker died in the middle: it may have gone, and is not sent again."""
    stale = update(notice).where(notice.c.state == SENDING, notice.c.claimed_at < claimed_before)
    values = {**FREE, "state": UNCLEAR, "code": STRANDED}
    await _alarm(connection, stale.values(values).returning(notice.c.reference), now)


async def write_return(connection: AsyncConnection, message_ids: Sequence[str], now: datetime) -> None:
    """Mails to staff that came back for good: who was to be told was not. Their Message-IDs cannot be guessed."""
    back = update(notice).where(notice.c.message_id.in_(message_ids), notice.c.state.in_((SENT, UNCLEAR)))
    await _alarm(connection, back.values(state=REFUSED, code=RETURNED).returning(notice.c.reference), now)


async def _alarm(connection: AsyncConnection, lost: ReturningUpdate[Any], now: datetime) -> None:
    for reference in sorted(set((await connection.execute(lost)).scalars())):
        await raise_alarm(connection, NOT_SENT_ALARM, reference, now)


async def staff_not_reached(connection: AsyncConnection) -> tuple[str, ...]:
    """See CaseStore.staff_not_reached."""
    settled = select(notice.c.recipient, notice.c.state).where(notice.c.state.in_((SENT, REFUSED)))
    last = {row.recipient: row.state for row in await connection.execute(settled.order_by(notice.c.id))}
    return tuple(sorted(address for address, state in last.items() if state == REFUSED))


async def _move(
    connection: AsyncConnection, notice_id: int, values: Mapping[str, object], before: Sequence[str]
) -> bool:
    moved = update(notice).where(notice.c.id == notice_id, notice.c.state.in_(before)).values({**FREE, **values})
    return (await connection.execute(moved)).rowcount == 1


def _letter(row: Row[tuple[object, ...]]) -> Letter:
    return Letter(
        id=row.id,
        reference=row.reference,
        purpose=row.purpose,
        recipient=row.recipient,
        message_id=row.message_id,
        in_reply_to=None,
        references=(),
        text=LetterText(subject=row.subject, body=row.body),
        attempts=row.attempts,
        created_at=row.created_at,
    )
