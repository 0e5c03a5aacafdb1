"""A second enquiry taken out of one message: the message is there twice from then on, once in each thread.

What arrived is copied too, so that each thread is whole and is kept for as long as its own cases need it.
"""

from datetime import datetime

from sqlalchemy import func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.filing import draw_reference
from triage.adapters.store.filing_rows import opened, row_of_case
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.labels import labelled, relabel
from triage.adapters.store.reach import OPEN
from triage.adapters.store.schema import case_file, clock_event, enquiry, item, participant
from triage.domain.relabelling import Labelled
from triage.domain.splitting import SplitMessage, Splitting
from triage.domain.vocabulary import Flag

_TOLD = ("enquiry", "follow_up")


async def split_message(connection: AsyncConnection, thread: str, enquiry_id: int) -> SplitMessage | None:
    """See ThreadStore.split_message."""
    told = (enquiry.c.thread == thread, enquiry.c.id == enquiry_id, enquiry.c.outcome.in_(_TOLD))
    query = select(enquiry).where(*told, enquiry.c.removed_at.is_(None))
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return SplitMessage(
        enquiry_id=row.id,
        received_at=row.received_at,
        filed_at=row.filed_at,
        controller=row.controller,
        flags=tuple(Flag(flag) for flag in (row.classification or {}).get("flags", ())),
    )


async def split(
    connection: AsyncConnection,
    secret: bytes,
    known: Labelled,
    message: SplitMessage,
    change: Splitting,
    year: int,
    *,
    by: str,
    now: datetime,
) -> str | None:
    """See ThreadStore.split. In a queued transaction: nobody else files or changes cases until it has ended."""
    now_known = await labelled(connection, known.reference)
    if now_known is None or now_known.version != known.version:
        return None
    if change.first is not None:
        # No month: nothing is counted (splitting.py).
        done = await relabel(connection, secret, known, change.first, "", by=by, now=now)
        if done is None:
            return None
    reference = await draw_reference(connection, year)
    copy_id = await _copy(connection, message, change, reference, now)
    happenings = await _open(connection, change, reference, copy_id, now)
    facts: dict[str, object] = {"by": by, "from": known.reference, "into": reference, "message": message.enquiry_id}
    facts["kinds"] = [kind.value for kind in change.kinds]
    began = Happening(chain=reference, at=now, event="split_off", facts={**facts, "enquiry": copy_id})
    ended = Happening(chain=known.reference, at=now, event="split", facts=facts)
    await append(connection, secret, [ended, began, *happenings])
    return reference


async def _copy(
    connection: AsyncConnection, message: SplitMessage, change: Splitting, reference: str, now: datetime
) -> int:
    """The message once more, as an enquiry of its own that a person has read and spoken about."""
    own = enquiry.c.id == message.enquiry_id
    item_id = (await connection.execute(select(enquiry.c.item_id).where(own))).scalar_one()
    same = {"key": literal(f"split:{reference}")}
    columns = [column for column in item.c if column.name != "id"]
    values = [same.get(column.name, column) for column in columns]
    copied = insert(item).from_select([column.name for column in columns], select(*values).where(item.c.id == item_id))
    await connection.execute(copied)
    copy = select(item.c.id).where(item.c.key == f"split:{reference}")
    said: dict[str, object] = {
        "item_id": (await connection.execute(copy)).scalar_one(),
        "outcome": "enquiry",
        "reference": reference,
        "thread": reference,
        "lane": change.lane.value,
        "not_acknowledged": True,
        "no_letter_because": "split off by a person: it is acknowledged by hand",
        "rights_said": [right.value for right in change.rights],
        "version": 1,
        "filed_at": now,
        "cleared_at": now,
        "waits": False,
        "read_at": now,
        "still_unhappy": False,
        "came_under": None,
        "suggests": None,
    }
    row = (await connection.execute(select(enquiry).where(own))).one()._mapping
    kept = {name: row[name] for name in row if name not in ("id", *said)}
    new_id: int = (await connection.execute(enquiry.insert().returning(enquiry.c.id), {**kept, **said})).scalar_one()
    await _take_part(connection, row["thread"], row["sender_hash"], reference, now)
    return new_id


async def _take_part(
    connection: AsyncConnection, thread: str, sender_hash: str | None, reference: str, now: datetime
) -> None:
    """Who took part in the thread by this message takes part in the new one."""
    part = (participant.c.thread == thread, participant.c.address_hash == (sender_hash or ""))
    if (await connection.execute(select(func.count()).select_from(participant).where(*part))).scalar_one():
        row = {"thread": reference, "address_hash": sender_hash, "since_at": now}
        await connection.execute(insert_into(connection.dialect.name, participant).on_conflict_do_nothing(), row)


async def _open(
    connection: AsyncConnection, change: Splitting, reference: str, enquiry_id: int, now: datetime
) -> list[Happening]:
    happenings = []
    for number, planned in enumerate(change.opens, start=1):
        row: dict[str, object] = {
            "enquiry_id": enquiry_id,
            "thread": reference,
            "number": number,
            "state": OPEN,
            "lane": change.lane.value,
            "version": 1,
            "opened_at": now,
            "controller": planned.controller,
            **row_of_case(planned),
        }
        await connection.execute(case_file.insert(), row)
        received = {"thread": reference, "number": number, "event": "received", "recorded_at": now}
        await connection.execute(clock_event.insert(), {**received, "event_on": planned.dates.received_on})
        happenings.append(opened(f"{reference}/{number}", planned, enquiry_id, now))
    return happenings
