"""What a colleague typed in by hand: an item like any other, which the worker reads, dates and files."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Protocol

from triage.domain.told import Entry
from triage.domain.vocabulary import Channel
from triage.parsing.told import entry_bytes
from triage.ports import MailboxPosition, NewItem

# UK GDPR began with 2021; what is older is a slip of the pen.
_FIRST_DAY = date(2021, 1, 1)
# Noon in UTC is that day wherever a controller of ours is established.
_NOON = time_of_day(12, tzinfo=UTC)
_LOOK_EVERY_S = 0.2


class EntryStore(Protocol):
    """The part of the store an entry is handed to. Raises StoreUnavailable."""

    async def save_items(self, items: Sequence[NewItem], position: MailboxPosition | None) -> int:
        """Keep what is new; how many were."""
        ...

    async def filed_under(self, key: str) -> str | None:
        """The reference an item was filed under, None while it is not."""
        ...


def check_day(day: date, today: date) -> None:
    """Raises ValueError for a day on which nothing can have come."""
    if day > today:
        raise ValueError(f"{day} has not come yet")
    if day < _FIRST_DAY:
        raise ValueError(f"{day} lies before {_FIRST_DAY}")


def item_of(channel: Channel, entry: Entry, key: str, now: datetime) -> NewItem:
    """The entry as an item. One handed in twice under one `key` is kept once."""
    raw = entry_bytes(entry)
    return NewItem(
        key=f"entry:{key}",
        channel=channel,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        received_at=min(datetime.combine(entry.received_on, _NOON), now),
    )


async def hand_in(store: EntryStore, item: NewItem, wait_s: float) -> tuple[bool, str | None]:
    """Whether it is new, and the reference it was filed under, for which a worker gets `wait_s` seconds."""
    is_new = await store.save_items([item], None) == 1
    until_s = time.monotonic() + wait_s
    while True:
        reference = await store.filed_under(item.key)
        if reference is not None or time.monotonic() >= until_s:
            return is_new, reference
        await asyncio.sleep(_LOOK_EVERY_S)
