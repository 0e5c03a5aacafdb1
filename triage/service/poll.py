"""The inbox story: list, fetch what is unknown, store it raw. Nothing is parsed here.

A mail counts as seen only once its bytes are committed. The store is the truth; the mailbox's own flags are not,
for people read the same box.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.domain.vocabulary import Channel
from triage.errors import MailboxUnreachable
from triage.ports import Mail, MailboxPosition, MailKey, MailListing, MailSource, NewItem, Store

# A mail this old when first seen was not sent to be acknowledged now (row 16 of the gate).
BACKLOG_AGE = timedelta(hours=72)
RECONCILE_DAYS = 30
_BATCH_MAILS = 20
_BATCH_BYTES = 10 * 1024 * 1024
_GAPS_PER_ROUND = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class PollResult:
    """What one look brought. `validity_reset`: the server renumbered its mails, so all were looked at anew.

    `stuck`: mails the mailbox lists but does not hand over; they are gaps now, and a person must be told.
    """

    saved: int
    validity_reset: bool
    stuck: int = 0


async def poll_once(
    source: MailSource, store: Store, now: datetime, *, reconcile: bool, give_up: bool = False
) -> PollResult:
    """Look once, and store every mail not yet stored. With `reconcile` also those missed in the last 30 days.

    With `give_up` (after several failed looks) a mail that will not come while the mailbox itself answers becomes a
    gap, so that it cannot hold up the others. Raises MailboxUnreachable, MailboxRefused, StoreUnavailable; what is
    stored by then stays stored.
    """
    position = await store.mailbox_position(source.account)
    listing = await source.list_above(0 if position is None else position.last_uid)
    reset = position is not None and position.validity != listing.validity
    if position is None or reset:
        position = await _first_look(source, store, listing, reset=reset)
        fresh: Sequence[MailKey] = ()
    else:
        fresh = listing.keys
    saved, stuck = await _fetch(
        source, store, position, await _unknown(store, fresh), now, backlog=False, give_up=give_up
    )
    if fresh:
        position = replace(position, last_uid=max(position.last_uid, *(key.uid for key in fresh)))
    if reconcile:
        recent = await source.list_recent(RECONCILE_DAYS)
        missed = await _unknown(store, recent.keys if recent.validity == position.validity else ())
        more, also_stuck = await _fetch(source, store, position, missed, now, backlog=False, give_up=give_up)
        saved, stuck = saved + more, stuck + also_stuck
    saved += await _fill_gaps(source, store, position, now)
    return PollResult(saved=saved, validity_reset=reset, stuck=stuck)


async def _first_look(source: MailSource, store: Store, listing: MailListing, *, reset: bool) -> MailboxPosition:
    """Note all that is there as a gap to be fetched: a crash in the middle cannot make old mail look new."""
    if reset:
        listing = await source.list_above(0)
    last = max((key.uid for key in listing.keys), default=0)
    position = MailboxPosition(account=source.account, validity=listing.validity, last_uid=last)
    await store.save_items((), position, await _unknown(store, listing.keys))
    return position


async def _fill_gaps(source: MailSource, store: Store, position: MailboxPosition, now: datetime) -> int:
    """Try for mails that did not come before. What is held back this long is for a person (row 16), not a machine."""
    saved = 0
    while gaps := await store.gaps_due(source.account, now, _GAPS_PER_ROUND):
        saved += (await _fetch(source, store, position, gaps, now, backlog=True, give_up=True))[0]
        missing = await _unknown(store, gaps)
        if missing:
            present = {key.text for key in (await source.list_above(0)).keys}
            await store.drop_gaps([key.text for key in missing if key.text not in present])
    return saved


async def _unknown(store: Store, keys: Sequence[MailKey]) -> tuple[MailKey, ...]:
    if not keys:
        return ()
    unknown = await store.unknown_keys([key.text for key in keys])
    return tuple(sorted((key for key in keys if key.text in unknown), key=lambda key: key.uid))


async def _fetch(
    source: MailSource,
    store: Store,
    position: MailboxPosition,
    keys: Sequence[MailKey],
    now: datetime,
    *,
    backlog: bool,
    give_up: bool,
) -> tuple[int, int]:
    """Fetch and commit in batches. Returns how many were new, and how many would not come and are gaps now."""
    saved = stuck = 0
    for start in range(0, len(keys), _BATCH_MAILS):
        wanted = keys[start : start + _BATCH_MAILS]
        batch: list[NewItem] = []
        try:
            async for mail in source.fetch(wanted):
                batch.append(_item(mail, now, backlog=backlog))
                if sum(len(item.raw) for item in batch) > _BATCH_BYTES:
                    saved += await store.save_items(batch, None)
                    batch = []
        except MailboxUnreachable:
            saved += await store.save_items(batch, None)
            if not give_up:
                raise
            await source.list_above(position.last_uid)  # raises where it is the mailbox that is away, not a mail
        arrived = {item.key for item in batch}
        last = max(position.last_uid, *(key.uid for key in wanted))
        position = replace(position, last_uid=last)
        known = await store.unknown_keys([key.text for key in wanted if key.text not in arrived])
        gaps = tuple(key for key in wanted if key.text in known)
        saved += await store.save_items(batch, position, gaps)
        stuck += len(gaps)
    return saved, stuck


def _item(mail: Mail, now: datetime, *, backlog: bool) -> NewItem:
    return NewItem(
        key=mail.key.text,
        channel=Channel.EMAIL,
        raw=mail.raw,
        sha256=hashlib.sha256(mail.raw).hexdigest(),
        size_bytes=mail.size_bytes,
        received_at=mail.received_at,
        backlog=backlog or now - mail.received_at > BACKLOG_AGE,
    )
