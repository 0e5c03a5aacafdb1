"""Hand-written stand-ins for the outside world. The store is never faked: a SQLite file is quick enough."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.factories import NOW
from triage.domain.plan import Analysis
from triage.errors import MailboxUnreachable, TriageError
from triage.ports import Item, Letter, Mail, MailKey, MailListing
from triage.service.analysis import Analyst


@dataclass
class Clock:
    """Time that passes only when told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


@dataclass
class RealClock(Clock):
    """Time as it is."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FakeMailbox:
    """A folder in memory. `trouble` is raised by the next call; `hidden` mails are listed but do not come, and at a
    `broken` one the line breaks, after those before it came.
    """

    account: str = "fake/INBOX"
    validity: int = 1
    mails: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    trouble: list[TriageError] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)
    next_uid: int = 1

    def receive(self, raw: bytes, received_at: datetime = NOW) -> int:
        """A mail arrives."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.mails[uid] = (raw, received_at)
        return uid

    def renumber(self) -> None:
        """As after a restored backup: the same mails under a new UIDVALIDITY."""
        self.validity += 1

    async def list_above(self, uid: int) -> MailListing:
        self._maybe_fail()
        return MailListing(validity=self.validity, keys=tuple(self._key(n) for n in sorted(self.mails) if n > uid))

    async def list_recent(self, days: int) -> MailListing:
        return await self.list_above(0)

    async def fetch(self, keys: Sequence[MailKey]) -> AsyncIterator[Mail]:
        for key in keys:
            self._maybe_fail()
            if key.uid in self.broken:
                continue
            if key.uid in self.mails and key.uid not in self.hidden:
                raw, received_at = self.mails[key.uid]
                self.fetched.append(key.uid)
                yield Mail(key=key, raw=raw, received_at=received_at, size_bytes=len(raw))

        if self.broken & {key.uid for key in keys}:
            raise MailboxUnreachable("a mail would not come")

    async def wait(self, timeout_s: float) -> None:
        return

    async def close(self) -> None:
        return

    def _key(self, uid: int) -> MailKey:
        return MailKey(text=f"imap:{self.account}:{self.validity}:{uid}", uid=uid)

    def _maybe_fail(self) -> None:
        if self.trouble:
            raise self.trouble.pop(0)


@dataclass
class InProcessAnalyser:
    """Reads in this process; `trouble` by item key in place of an answer."""

    analyst: Analyst
    trouble: dict[str, list[Exception]] = field(default_factory=dict)

    async def analyse(self, item: Item) -> Analysis:
        if self.trouble.get(item.key):
            raise self.trouble[item.key].pop(0)
        return self.analyst.analyse(item.raw, item.received_at, item.size_bytes, item.channel)


@dataclass
class FakeRelay:
    """Takes letters, or answers with the next of `trouble`."""

    sent: list[Letter] = field(default_factory=list)
    trouble: list[TriageError] = field(default_factory=list)

    async def send(self, letter: Letter) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.sent.append(letter)

    async def close(self) -> None:
        return
