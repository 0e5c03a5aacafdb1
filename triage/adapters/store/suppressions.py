"""The do-not-contact list: keyed hash, scope, channel, thread and day, and nothing that could be read.

It keeps the least that keeps us from writing again (UK GDPR Art 21(3); ICO, direct marketing guidance). Addresses are
compared as mailboxes: a +tag or Gmail's dots bring nobody back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.addresses import address_hash, mailbox_hash, number_hash
from triage.adapters.store.filing import MAILBOX, hashes_of, write_suppression
from triage.adapters.store.journal import Happening, append
from triage.adapters.store.privacy import CHAIN
from triage.adapters.store.reach import note_act
from triage.adapters.store.schema import suppression
from triage.domain.clock import month_of
from triage.domain.do_not_contact import CALLS, MARKETING, ContactPoint
from triage.domain.records import SuppressionCount
from triage.domain.vocabulary import Channel, Nation


async def suppress(
    connection: AsyncConnection,
    secret: bytes,
    point: ContactPoint,
    channel: Channel,
    reference: str | None,
    *,
    by: str,
    now: datetime,
) -> bool | None:
    """See SuppressionStore.suppress. In a queued transaction."""
    hashes = _hashes(secret, point)
    facts = {"address": hashes[point.scope], "scope": point.scope, "channel": channel.value}
    event = "do_not_contact_recorded"
    if reference is None:
        await append(connection, secret, [Happening(chain=CHAIN, at=now, event=event, facts={**facts, "by": by})])
    elif not await note_act(connection, secret, reference, event, facts, by=by, now=now):
        return None
    standing = select(suppression.c.id).where(_is_line(point.scope, hashes[point.scope]))
    there = (await connection.execute(standing)).first() is not None
    thread = None if reference is None else reference.strip().upper().partition("/")[0]
    await write_suppression(connection, hashes, channel=channel.value, thread=thread, since_at=now)
    return not there


async def suppressed(connection: AsyncConnection, secret: bytes, points: Sequence[ContactPoint]) -> tuple[bool, ...]:
    """See SuppressionStore.suppressed. The whole list is read at once: a campaign has a hundred thousand lines."""
    lines = {
        (row.scope, row.address_hash)
        for row in await connection.execute(select(suppression.c.scope, suppression.c.address_hash))
    }
    return tuple(not lines.isdisjoint(_matching(secret, point)) for point in points)


async def lift(
    connection: AsyncConnection, secret: bytes, point: ContactPoint, why: str, *, by: str, now: datetime
) -> bool:
    """See SuppressionStore.lift_suppression. In a queued transaction."""
    matching = or_(*(_is_line(scope, hashed) for scope, hashed in _matching(secret, point)))
    gone = (await connection.execute(delete(suppression).where(matching).returning(suppression.c.thread))).all()
    facts = {"address": _hashes(secret, point)[point.scope], "scope": point.scope, "by": by}
    chains = dict.fromkeys(row.thread or CHAIN for row in gone)
    happenings = [
        Happening(chain=chain, at=now, event="do_not_contact_lifted", facts=facts, text=why) for chain in chains
    ]
    if happenings:
        await append(connection, secret, happenings)
    return bool(gone)


async def suppression_counts(connection: AsyncConnection, nation: Nation) -> tuple[SuppressionCount, ...]:
    """See SuppressionStore.suppression_counts."""
    columns = (suppression.c.since_at, suppression.c.scope, suppression.c.channel)
    rows = await connection.execute(select(*columns).where(suppression.c.scope != MAILBOX))
    counted = Counter((month_of(row.since_at, nation), row.scope, row.channel) for row in rows)
    return tuple(
        SuppressionCount(month=month, scope=scope, channel=channel, lines=lines)
        for (month, scope, channel), lines in sorted(counted.items())
    )


def _hashes(secret: bytes, point: ContactPoint) -> Mapping[str, str]:
    """Under which scopes and hashes a point is written down."""
    return {CALLS: number_hash(secret, point.value)} if point.scope == CALLS else hashes_of(secret, point.value)


def _matching(secret: bytes, point: ContactPoint) -> tuple[tuple[str, str], ...]:
    """The lines that speak of a point: its own, and those of its mailbox however that was written."""
    if point.scope == CALLS:
        return ((CALLS, number_hash(secret, point.value)),)
    mailbox = mailbox_hash(secret, point.value)
    return ((MARKETING, address_hash(secret, point.value)), (MARKETING, mailbox), (MAILBOX, mailbox))


def _is_line(scope: str, hashed: str) -> ColumnElement[bool]:
    return and_(suppression.c.scope == scope, suppression.c.address_hash == hashed)
