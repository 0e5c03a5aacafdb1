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

    `stuck`: mails the mailbox lists but does not hand over; they are gaps, and a person must be told.
    `more`: old mail is still to be fetched, so the next look need not wait.
    """

    saved: int
    validity_reset: bool
    stuck: int = 0
    more: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    source: MailSource
    store: Store
    now: datetime
    give_up: bool


async def poll_once(
    source: MailSource, store: Store, now: datetime, *, reconcile: bool, give_up: bool = False
) -> PollResult:
    """Look once: new mail first, with `reconcile` also mail missed in the last 30 days, then a portion of the gaps.

    With `give_up` (after several failed looks) a mail that will not come while the mailbox itself answers becomes a
    gap, so that it cannot hold up the others. Raises MailboxUnreachable, MailboxRefused, StoreUnavailable; what is
    stored by then stays stored.
    """
    look = _Look(source=source, store=store, now=now, give_up=give_up)
    position = await store.mailbox_position(source.account)
    listing = await source.list_above(0 if position is None else position.last_uid)
    reset = position is not None and position.validity != listing.validity
    if position is None or reset:
        position, saved, stuck = await _first_look(look, listing, reset=reset), 0, frozenset[str]()
    else:
        saved, stuck = await _fetch(look, await _fresh(store, listing.keys), position, moves=True)
        position = replace(position, last_uid=max((position.last_uid, *(key.uid for key in listing.keys))))
    if reconcile:
        recent = await source.list_recent(RECONCILE_DAYS)
        missed = await _fresh(store, recent.keys if recent.validity == position.validity else ())
        # The position stays: a mail listed here may have come after one that the listing above has not seen.
        more, also_stuck = await _fetch(look, missed, position)
        saved, stuck = saved + more, stuck | also_stuck
    # A portion only: a first look at a large mailbox must hold up neither new mail nor a stop.
    gaps = await store.gaps_due(source.account, now, _GAPS_PER_ROUND)
    more, also_stuck = await _fetch(look, gaps, None)
    return PollResult(
        saved=saved + more,
        validity_reset=reset,
        stuck=len(stuck | also_stuck),
        more=len(gaps) == _GAPS_PER_ROUND,
    )


async def _first_look(look: _Look, listing: MailListing, *, reset: bool) -> MailboxPosition:
    """Note all that is there as a gap to be fetched: a crash in the middle cannot make old mail look new."""
    if reset:
        listing = await look.source.list_above(0)
    last = max((key.uid for key in listing.keys), default=0)
    position = MailboxPosition(account=look.source.account, validity=listing.validity, last_uid=last)
    await look.store.start_mailbox(position, await _unknown(look.store, listing.keys))
    return position


async def _unknown(store: Store, keys: Sequence[MailKey]) -> tuple[MailKey, ...]:
    if not keys:
        return ()
    unknown = await store.unknown_keys([key.text for key in keys])
    return tuple(sorted((key for key in keys if key.text in unknown), key=lambda key: key.uid))


async def _fresh(store: Store, keys: Sequence[MailKey]) -> tuple[MailKey, ...]:
    """Those nobody has stored. What stands as a gap is not fresh, however it is found again: it is old mail."""
    unknown = await _unknown(store, keys)
    gaps = await store.known_gaps([key.text for key in unknown])
    return tuple(key for key in unknown if key.text not in gaps)


async def _fetch(
    look: _Look, keys: Sequence[MailKey], position: MailboxPosition | None, *, moves: bool = False
) -> tuple[int, frozenset[str]]:
    """Fetch and commit in batches. Returns how many were new, and the keys of those that would not come.

    `position` None: the keys are gaps already, so all that comes is old mail, for a person and not for a machine
    (row 16), and the position is not their business. `moves`: the position follows what was fetched.
    """
    saved, stuck = 0, frozenset[str]()
    for start in range(0, len(keys), _BATCH_MAILS):
        wanted = keys[start : start + _BATCH_MAILS]
        new, batch = await _bring(look, wanted, backlog=position is None)
        if position is not None and moves:
            position = replace(position, last_uid=max(position.last_uid, *(key.uid for key in wanted)))
        arrived = {item.key for item in batch}
        missing = await _unknown(look.store, [key for key in wanted if key.text not in arrived])
        saved += new + await look.store.save_items(batch, None if missing else position)
        if len(missing) > 1 and (look.give_up or position is None):
            saved += await _one_by_one(look, missing, backlog=position is None)
            missing = await _unknown(look.store, missing)
            if not missing:
                await look.store.save_items((), position)
        if missing:
            stuck |= await _note_missing(look, missing, position)
    return saved, stuck


async def _one_by_one(look: _Look, keys: Sequence[MailKey], *, backlog: bool) -> int:
    """Fetch each alone, so that one the server cannot hand over does not keep the others. Returns how many were new.

    Asking the mailbox first raises where it is the mailbox that is away and not a mail.
    """
    await look.source.list_above(max(0, keys[0].uid - 1))
    saved = 0
    for key in keys:
        new, batch = await _bring(look, [key], backlog=backlog)
        saved += new + await look.store.save_items(batch, None)
    return saved


async def _bring(look: _Look, wanted: Sequence[MailKey], *, backlog: bool) -> tuple[int, list[NewItem]]:
    """Fetch: how many were stored on the way, as they were many bytes, and the rest, to be stored by the caller."""
    saved = 0
    batch: list[NewItem] = []
    try:
        async for mail in look.source.fetch(wanted):
            batch.append(_item(mail, look.now, backlog=backlog))
            if sum(len(item.raw) for item in batch) > _BATCH_BYTES:
                saved += await look.store.save_items(batch, None)
                batch = []
    except MailboxUnreachable:
        if not (look.give_up or backlog):
            await look.store.save_items(batch, None)
            raise
    return saved, batch


async def _note_missing(look: _Look, missing: Sequence[MailKey], position: MailboxPosition | None) -> frozenset[str]:
    """Tell what will not come, a gap from now on, from what somebody moved away meanwhile. Returns the former's keys.

    Asking the mailbox raises where it is the mailbox that is away and not a mail.
    """
    listing = await look.source.list_above(max(0, missing[0].uid - 1))
    present = {key.text for key in listing.keys}
    stuck = [key for key in missing if key.text in present]
    if position is None:
        await look.store.drop_gaps([key.text for key in missing if key.text not in present])
    else:
        await look.store.save_items((), position, stuck)
    return frozenset(key.text for key in stuck)


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
