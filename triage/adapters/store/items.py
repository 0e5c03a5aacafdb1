"""Items: stored raw under a unique key, claimed, failed. Each function runs inside a transaction of its caller."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.schema import item, mailbox_gap, mailbox_position
from triage.domain.vocabulary import Channel
from triage.errors import ClaimLost
from triage.ports import Item, MailboxPosition, MailKey, NewItem

RECEIVED, CLAIMED, DONE, QUARANTINED = "received", "claimed", "done", "quarantined"

# Built once: on the way of every mail, building a statement costs more than running it.
_FINISH = (
    update(item)
    .where(item.c.id == bindparam("item_id"), item.c.state.in_((RECEIVED, CLAIMED)))
    .values(state=DONE, analysed_at=bindparam("now"), claimed_by=None, claimed_at=None, retry_at=None)
)

_FIRST_GAP_WAIT = timedelta(minutes=1)
_LONGEST_GAP_WAIT = timedelta(hours=1)
# SQLite takes 32,766 values a statement, PostgreSQL 32,767.
_KEYS_A_QUERY = 10_000


async def save_items(
    connection: AsyncConnection, items: Sequence[NewItem], position: MailboxPosition | None, gaps: Sequence[MailKey]
) -> int:
    """See Store.save_items. A saved item closes its gap."""
    if gaps and position is None:
        raise ValueError("a gap needs the position of its account")
    new = 0
    if items:
        rows = [_row_of(one) for one in items]
        insert = insert_into(connection.dialect.name, item).on_conflict_do_nothing(index_elements=["key"])
        new = len((await connection.execute(insert.returning(item.c.id), rows)).all())
        await drop_gaps(connection, [one.key for one in items])
    if position is not None:
        await _move(connection, position, gaps)
    return new


def _row_of(new: NewItem) -> dict[str, object]:
    return {
        "key": new.key,
        "channel": new.channel.value,
        "raw": new.raw,
        "sha256": new.sha256,
        "size_bytes": new.size_bytes,
        "received_at": new.received_at,
        "backlog": new.backlog,
        "is_event": new.is_event,
        "state": RECEIVED,
        "attempts": 0,
        "code": "",
    }


async def _move(connection: AsyncConnection, position: MailboxPosition, gaps: Sequence[MailKey]) -> None:
    moved = {"validity": position.validity, "last_uid": position.last_uid}
    insert = insert_into(connection.dialect.name, mailbox_position).values(account=position.account, **moved)
    await connection.execute(insert.on_conflict_do_update(index_elements=["account"], set_=moved))
    if gaps:
        rows = [{"key": gap.text, "account": position.account, "uid": gap.uid, "tries": 0} for gap in gaps]
        await connection.execute(insert_into(connection.dialect.name, mailbox_gap).on_conflict_do_nothing(), rows)


async def start_mailbox(connection: AsyncConnection, position: MailboxPosition, gaps: Sequence[MailKey]) -> None:
    """See Store.start_mailbox. Gaps of a former numbering can never be fetched again."""
    await connection.execute(delete(mailbox_gap).where(mailbox_gap.c.account == position.account))
    await _move(connection, position, gaps)


async def drop_gaps(connection: AsyncConnection, keys: Sequence[str]) -> int:
    """Stop trying for these mails. Returns how many gaps there were."""
    dropped = 0
    for start in range(0, len(keys), _KEYS_A_QUERY):
        chunk = keys[start : start + _KEYS_A_QUERY]
        dropped += (await connection.execute(delete(mailbox_gap).where(mailbox_gap.c.key.in_(chunk)))).rowcount
    return dropped


async def known_gaps(connection: AsyncConnection, keys: Sequence[str]) -> frozenset[str]:
    """See Store.known_gaps."""
    known: set[str] = set()
    for start in range(0, len(keys), _KEYS_A_QUERY):
        query = select(mailbox_gap.c.key).where(mailbox_gap.c.key.in_(keys[start : start + _KEYS_A_QUERY]))
        known.update((await connection.execute(query)).scalars())
    return frozenset(known)


async def count_gaps(connection: AsyncConnection) -> int:
    """How many mails are listed and not yet fetched, in whatever mailbox."""
    return (await connection.execute(select(func.count()).select_from(mailbox_gap))).scalar_one()


async def gaps_due(connection: AsyncConnection, account: str, now: datetime, limit: int) -> tuple[MailKey, ...]:
    """Hand out the gaps whose try is due, and put their next try off: a minute, then twice as long, up to an hour."""
    due = or_(mailbox_gap.c.next_try_at.is_(None), mailbox_gap.c.next_try_at <= now)
    query = select(mailbox_gap).where(mailbox_gap.c.account == account, due).order_by(mailbox_gap.c.uid).limit(limit)
    rows = (await connection.execute(query.with_for_update(skip_locked=True))).all()
    for row in rows:
        wait = min(_FIRST_GAP_WAIT * 2 ** min(row.tries, 10), _LONGEST_GAP_WAIT)
        put_off = update(mailbox_gap).where(mailbox_gap.c.key == row.key)
        await connection.execute(put_off.values(tries=row.tries + 1, next_try_at=now + wait))
    return tuple(MailKey(text=row.key, uid=row.uid) for row in rows)


async def mailbox_position_of(connection: AsyncConnection, account: str) -> MailboxPosition | None:
    """See Store.mailbox_position."""
    query = select(mailbox_position).where(mailbox_position.c.account == account)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return MailboxPosition(account=row.account, validity=row.validity, last_uid=row.last_uid)


async def known_keys(connection: AsyncConnection, keys: Sequence[str]) -> frozenset[str]:
    """Those of `keys` some item has."""
    known: set[str] = set()
    for start in range(0, len(keys), _KEYS_A_QUERY):
        query = select(item.c.key).where(item.c.key.in_(keys[start : start + _KEYS_A_QUERY]))
        known.update((await connection.execute(query)).scalars())
    return frozenset(known)


async def known_hashes(connection: AsyncConnection, hashes: Sequence[str]) -> frozenset[str]:
    """See Store.known_hashes."""
    known: set[str] = set()
    for start in range(0, len(hashes), _KEYS_A_QUERY):
        query = select(item.c.sha256).where(item.c.sha256.in_(hashes[start : start + _KEYS_A_QUERY]))
        known.update((await connection.execute(query)).scalars())
    return frozenset(known)


async def claim_items(
    connection: AsyncConnection, worker: str, limit: int, now: datetime, lease: timedelta, *, events: bool = False
) -> tuple[Item, ...]:
    """Claim up to `limit` items, first those whose worker let its lease run out, then received ones, oldest first.

    With `events` chat events only, which hold ids and nothing to read; without, everything else.
    """
    order = (item.c.received_at, item.c.id)
    wanted = item.c.is_event if events else ~item.c.is_event
    stale = select(item).where(item.c.state == CLAIMED, wanted, item.c.claimed_at < now - lease)
    ready = or_(item.c.retry_at.is_(None), item.c.retry_at <= now)
    fresh = select(item).where(item.c.state == RECEIVED, wanted, ready)
    rows: list[Row[tuple[object, ...]]] = []
    for query in (stale, fresh):
        if len(rows) < limit:
            claimable = query.order_by(*order).limit(limit - len(rows)).with_for_update(skip_locked=True)
            rows.extend((await connection.execute(claimable)).all())
    if rows:
        claim = update(item).where(item.c.id.in_([row.id for row in rows]))
        await connection.execute(claim.values(state=CLAIMED, claimed_by=worker, claimed_at=now))
    return tuple(_item_of(row) for row in rows)


def _item_of(row: Row[tuple[object, ...]]) -> Item:
    return Item(
        id=row.id,
        key=row.key,
        channel=Channel(row.channel),
        raw=row.raw,
        size_bytes=row.size_bytes,
        received_at=row.received_at,
        backlog=row.backlog,
        attempts=row.attempts,
        is_event=row.is_event,
    )


async def finish_item(connection: AsyncConnection, item_id: int, now: datetime) -> None:
    """Mark an item done. Raises ClaimLost when it is done or quarantined already: another worker took it over."""
    if (await connection.execute(_FINISH, {"item_id": item_id, "now": now})).rowcount != 1:
        raise ClaimLost(f"item {item_id} was worked through by someone else")


async def end_event(connection: AsyncConnection, event: Item, code: str, now: datetime) -> None:
    """Mark a chat event done. One that is done already, or lies in quarantine meanwhile, stays as it is."""
    await connection.execute(_FINISH.values(code=code), {"item_id": event.id, "now": now})


async def pass_event(connection: AsyncConnection, event: Item, code: str, now: datetime) -> None:
    """See ChatStore.pass_event."""
    await end_event(connection, event, code, now)
    await blank_items(connection, [event.id])


async def blank_items(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Forget what these items said, and the hash that could be tried against a guess. Their keys stay."""
    for start in range(0, len(ids), _KEYS_A_QUERY):
        chosen = item.c.id.in_(ids[start : start + _KEYS_A_QUERY])
        await connection.execute(update(item).where(chosen, item.c.state == DONE).values(raw=b"", sha256=""))


async def end_forgotten(connection: AsyncConnection, ids: Sequence[int], code: str, now: datetime) -> int:
    """End these items wherever they stand, and blank them. How many said something."""
    said = 0
    for start in range(0, len(ids), _KEYS_A_QUERY):
        chosen = item.c.id.in_(ids[start : start + _KEYS_A_QUERY])
        query = select(func.count()).select_from(item).where(chosen, item.c.raw != b"")
        said += (await connection.execute(query)).scalar_one()
        free = {"claimed_by": None, "claimed_at": None, "retry_at": None}
        ended = update(item).where(chosen, item.c.state != DONE)
        await connection.execute(ended.values(state=DONE, code=code, analysed_at=now, **free))
    await blank_items(connection, ids)
    return said


async def put_off(connection: AsyncConnection, event: Item, retry_at: datetime) -> None:
    """See ChatStore.put_off."""
    back = update(item).where(item.c.id == event.id, item.c.state.in_((RECEIVED, CLAIMED)))
    await connection.execute(back.values(state=RECEIVED, retry_at=retry_at, claimed_by=None, claimed_at=None))


async def fail_item(connection: AsyncConnection, failed: Item, code: str, retry_at: datetime | None) -> None:
    """See Store.fail_item. Nothing happens to an item that another worker has finished meanwhile."""
    values = {
        "state": QUARANTINED if retry_at is None else RECEIVED,
        "attempts": item.c.attempts + 1,
        "code": code,
        "retry_at": retry_at,
        "claimed_by": None,
        "claimed_at": None,
    }
    open_item = update(item).where(item.c.id == failed.id, item.c.state.in_((RECEIVED, CLAIMED)))
    await connection.execute(open_item.values(values))


async def release_items(connection: AsyncConnection, worker: str | None) -> int:
    """Make claimed items received again. Returns how many."""
    release = update(item).where(item.c.state == CLAIMED)
    if worker is not None:
        release = release.where(item.c.claimed_by == worker)
    return (await connection.execute(release.values(state=RECEIVED, claimed_by=None, claimed_at=None))).rowcount


async def retry_quarantined(connection: AsyncConnection, item_id: int) -> bool:
    """See Store.retry_quarantined."""
    back = update(item).where(item.c.id == item_id, item.c.state == QUARANTINED)
    values = {"state": RECEIVED, "attempts": 0, "code": "", "retry_at": None}
    return (await connection.execute(back.values(values))).rowcount == 1


async def waiting(connection: AsyncConnection) -> tuple[int, datetime | None, int]:
    """How many items wait or are in work, since when the oldest, and how many lie in quarantine."""
    query = select(func.count(), func.min(item.c.received_at)).where(item.c.state.in_((RECEIVED, CLAIMED)))
    count, oldest = (await connection.execute(query)).one()
    quarantined = select(func.count()).select_from(item).where(item.c.state == QUARANTINED)
    return count, oldest, (await connection.execute(quarantined)).scalar_one()
