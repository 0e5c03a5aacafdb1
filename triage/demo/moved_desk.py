"""A small desk that lives in days gone by: two letter boxes and a clock of its own, which the demo moves.

All that acts in it is the real thing: the reading, the look after the cases, both outboxes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.adapters.capture import CaptureSender
from triage.adapters.store import open_store
from triage.adapters.store.sql_store import SqlStore
from triage.bootstrap.cases import build_tending
from triage.bootstrap.worker import sender_name
from triage.config import Settings
from triage.domain.vocabulary import Channel
from triage.ports import NewItem
from triage.service.intake import Intake
from triage.service.outbox import Outbox
from triage.service.tending import Tending

# Behind half past eight, so that a working day's look has the morning's digest too.
_LOOKS_AT = time(9, 0)
_ZONE = ZoneInfo("Europe/London")


@dataclass(kw_only=True, slots=True)
class MovedClock:
    """Stands still until it is moved. `now` is aware UTC."""

    now: datetime

    def __call__(self) -> datetime:
        """What every part of the desk asks."""
        return self.now

    def move_to(self, day: date) -> None:
        """Nine in the morning of a day, where the invented company is."""
        self.now = datetime.combine(day, _LOOKS_AT, _ZONE).astimezone(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedDesk:
    """`letters` and `staff_mails` are the Maildirs in which mail to the person and mail to staff are captured."""

    clock: MovedClock
    store: SqlStore
    intake: Intake
    outbox: Outbox
    tending: Tending
    letters: Path
    staff_mails: Path

    async def take_in(self, raw: bytes) -> None:
        """A mail comes in now, is read and answered as any other."""
        digest = sha256(raw).hexdigest()
        item = NewItem(
            key=f"mail:{digest}",
            channel=Channel.EMAIL,
            raw=raw,
            sha256=digest,
            size_bytes=len(raw),
            received_at=self.clock(),
        )
        await self.store.save_items([item], None)
        while await self.intake.work_once():
            pass
        await self.send()

    async def send(self) -> None:
        """Capture what waits, to the person and to staff."""
        for outbox in (self.outbox, self.tending.notices):
            while await outbox.send_next():
                pass


def last_day(now: datetime) -> date:
    """The last day on which it may look without claiming to be of the future."""
    there = now.astimezone(_ZONE)
    return there.date() if there.time() >= _LOOKS_AT else there.date() - timedelta(days=1)


def captured(maildir: Path) -> dict[str, EmailMessage]:
    """The mails of a capture folder by file name."""
    files = sorted((maildir / "new").glob("*"))
    return {file.name: message_from_bytes(file.read_bytes(), policy=policy.default) for file in files}


@asynccontextmanager
async def open_moved_desk(settings: Settings, like: Intake) -> AsyncIterator[MovedDesk]:
    """A desk that reads with what `like` reads with. Mail to staff lies beside the folder of letters."""
    clock = MovedClock(now=like.clock())
    letters = settings.capture_dir
    staff_mails = letters.with_name("staff-mails")
    name = sender_name(like.policy)
    mail, to_staff = (CaptureSender(box, settings.mailbox_address, name, clock) for box in (letters, staff_mails))
    store = await open_store(settings.database_url, secret=settings.secret, migrate=True)
    try:
        yield MovedDesk(
            clock=clock,
            store=store,
            intake=replace(like, store=store, clock=clock),
            outbox=Outbox(store=store, sender=mail, worker=like.worker, clock=clock),
            tending=build_tending(settings, like.policy, store, like.book, to_staff, like.worker, clock),
            letters=letters,
            staff_mails=staff_mails,
        )
    finally:
        await store.close()
