"""A mailbox on an IMAP server as a MailSource: read, never written (facts: RFC 3501, RFC 2177).

Mails are found by UID under a UIDVALIDITY and fetched with PEEK from a folder opened by EXAMINE, so nothing about them
changes and \\Seen decides nothing: people read the same mailbox. When to come back after a failure is the caller's
choice: MailboxUnreachable says "later", MailboxRefused says "a person first".
"""

import asyncio
import ipaddress
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from triage.adapters.imap_answers import MailMark, portions, read_bodies, read_marks, search_date, uid_set
from triage.adapters.imap_connection import ImapConnection, MailboxHangs, Server
from triage.errors import MailboxRefused, MailboxUnreachable
from triage.ports import Mail, MailKey, MailListing

# aioimaplib loses its way in long answers; few UIDs a command also keep one bad mail from spoiling many.
MARKS_PER_COMMAND = 50
BODIES_PER_COMMAND = 20
BYTES_PER_COMMAND = 10 * 1024 * 1024
# Routers and servers forget a silent line after 10 to 30 minutes.
IDLE_SLICE_S = 540.0
_TROUBLES_BEFORE_REST = 3
_MOST_WITHHELD = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapSettings:
    """Where the mailbox is. Raises ValueError for plain text towards another machine.

    `account` is what the store calls the mailbox, by default user@host: keep it when the host is renamed, or every
    mail is new. `ca_file` adds a private CA in PEM. `timeout_s` limits every single answer. A mail above
    `oversized_bytes` is fetched up to `head_bytes` only.
    """

    host: str
    user: str
    password: str
    port: int = 993
    folder: str = "INBOX"
    tls: Literal["implicit", "none"] = "implicit"
    ca_file: str | None = None
    timeout_s: float = 30.0
    account: str = ""
    oversized_bytes: int = 25 * 1024 * 1024
    head_bytes: int = 1024 * 1024

    def __post_init__(self) -> None:
        if self.tls == "none" and not _is_loopback(self.host):
            raise ValueError("plain-text IMAP is allowed towards this machine only: set tls to implicit")

    def __repr__(self) -> str:
        return f"ImapSettings(port={self.port}, tls={self.tls!r})"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class ImapSource:
    """MailSource over IMAP. `clock` gives the time (aware UTC) for `list_recent`, and stands in for a broken
    INTERNALDATE: the moment of fetching is at most one poll late for new mail, and an invented early date would
    put a case overdue at birth.
    """

    def __init__(self, settings: ImapSettings, *, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._account = f"{settings.account or f'{settings.user}@{settings.host}'}/{settings.folder}"
        self._connection: ImapConnection | None = None
        self._server: Server | None = None
        self._one_at_a_time = asyncio.Lock()
        self._idle_troubles = 0

    @property
    def account(self) -> str:
        """Names account and folder in the store, without a password."""
        return self._account

    async def list_above(self, uid: int) -> MailListing:
        """Every mail with a UID above `uid`; 0 lists all."""
        async with self._one_at_a_time:
            connection = await self._fresh_look()
            connection.forget_news()
            uids = await connection.search("UID", f"{uid + 1}:*")
        # RFC 3501 section 6.4.8: `n:*` always holds the newest mail, even one below n.
        return self._listing(connection.validity, [found for found in uids if found > uid])

    async def list_recent(self, days: int) -> MailListing:
        """Every mail that came in the last `days` days, seen before or not."""
        # One day more: SINCE compares dates and disregards time and zone (RFC 3501 section 6.4.4).
        since = search_date(self._clock() - timedelta(days=days + 1))
        async with self._one_at_a_time:
            connection = await self._fresh_look()
            uids = await connection.search("SINCE", since)
        return self._listing(connection.validity, uids)

    async def fetch(self, keys: Sequence[MailKey]) -> AsyncIterator[Mail]:
        """The mails of `keys`, smallest UID first but oversized ones later. One that has vanished is left out.

        A mail that the server lists but does not hand over is passed over at first: the others come, and
        MailboxUnreachable is raised at the end, so that nobody takes it for vanished.
        """
        withheld = 0
        wanted = sorted(keys, key=lambda key: key.uid)
        for start in range(0, len(wanted), MARKS_PER_COMMAND):
            by_uid = {key.uid: key for key in wanted[start : start + MARKS_PER_COMMAND]}
            marks = await self._marks(by_uid)
            withheld += await self._withheld(by_uid.keys() - marks.keys(), by_uid)
            queue = deque(self._portions(marks))
            while queue:
                portion = queue.popleft()
                await self._ready()  # raises if the fault is the server's, not a mail's
                try:
                    bodies = await self._bodies(portion, marks, by_uid)
                except MailboxHangs:
                    raise
                except MailboxUnreachable:
                    # One mail that the server cannot read must not hide the others of its portion.
                    queue.extendleft((uid,) for uid in reversed(portion) if len(portion) > 1)
                    withheld += len(portion) == 1
                    if withheld > _MOST_WITHHELD:
                        raise
                    continue
                for uid, raw in bodies.items():
                    yield self._mail(by_uid[uid], raw, marks[uid])
                withheld += await self._withheld(set(portion) - bodies.keys(), by_uid)
        if withheld:
            raise MailboxUnreachable(f"the mailbox lists {withheld} mail(s) that it does not hand over")

    async def wait(self, timeout_s: float) -> None:
        """Return when the server speaks of new mail, when the line breaks, or after `timeout_s`. Never raises.

        Without a connection, without IDLE, or after repeated trouble with it, it merely sleeps: the poll is the truth.
        """
        connection = self._connection
        if connection is None or not connection.usable or not connection.can_idle:
            await asyncio.sleep(timeout_s)
        elif self._idle_troubles >= _TROUBLES_BEFORE_REST:
            self._idle_troubles -= 1
            await asyncio.sleep(timeout_s)
        else:
            await self._idle(connection, timeout_s)

    async def close(self) -> None:
        """Let go of the connection, quietly; a wait in progress returns."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if self._one_at_a_time.locked():
            await connection.let_go()
        else:
            await connection.logout()

    async def _idle(self, connection: ImapConnection, timeout_s: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        try:
            async with self._one_at_a_time:
                while not connection.has_news and (left_s := deadline - loop.time()) > 0:
                    await connection.idle(min(left_s, IDLE_SLICE_S))
            self._idle_troubles = 0
        except (MailboxUnreachable, MailboxRefused):
            self._idle_troubles += 1

    async def _looking(self) -> ImapConnection:
        """A connection that looks at the folder: the one there is, else a new one."""
        if self._connection is not None and self._connection.usable:
            return self._connection
        if self._server is None:
            self._server = self._describe_server()
        settings = self._settings
        self._connection = await ImapConnection.open(self._server, settings.user, settings.password, settings.folder)
        return self._connection

    async def _ready(self) -> None:
        async with self._one_at_a_time:
            await self._looking()

    async def _fresh_look(self) -> ImapConnection:
        """As `_looking`, with the folder opened anew: it may have been replaced, with another UIDVALIDITY."""
        kept = self._connection
        connection = await self._looking()
        if connection is kept:
            await connection.examine()
        return connection

    def _describe_server(self) -> Server:
        settings = self._settings
        tls = None
        if settings.tls == "implicit":
            try:
                tls = ssl.create_default_context()
                if settings.ca_file is not None:
                    tls.load_verify_locations(cafile=settings.ca_file)
            except OSError:  # ssl.SSLError is one
                raise MailboxRefused("the CA file of the mailbox cannot be read") from None
        return Server(host=settings.host, port=settings.port, tls=tls, timeout_s=settings.timeout_s)

    def _listing(self, validity: int, uids: Sequence[int]) -> MailListing:
        keys = tuple(MailKey(text=self._key_text(validity, uid), uid=uid) for uid in uids)
        return MailListing(validity=validity, keys=keys)

    def _key_text(self, validity: int, uid: int) -> str:
        return f"imap:{self._account}:{validity}:{uid}"

    def _present(self, connection: ImapConnection, uids: Sequence[int], by_uid: Mapping[int, MailKey]) -> list[int]:
        """Those UIDs whose keys were made under the folder's present UIDVALIDITY; under another one the same
        UID is another mail."""
        return [uid for uid in uids if by_uid[uid].text == self._key_text(connection.validity, uid)]

    async def _marks(self, by_uid: Mapping[int, MailKey]) -> dict[int, MailMark]:
        async with self._one_at_a_time:
            connection = await self._looking()
            uids = self._present(connection, sorted(by_uid), by_uid)
            if not uids:
                return {}
            marks = await connection.fetch(uids, "(UID RFC822.SIZE INTERNALDATE)", read_marks)
        return {uid: marks[uid] for uid in uids if uid in marks}

    def _portions(self, marks: Mapping[int, MailMark]) -> list[tuple[int, ...]]:
        most = self._settings.oversized_bytes
        whole = {uid: mark.size_bytes for uid, mark in marks.items() if mark.size_bytes <= most}
        heads = [(uid,) for uid, mark in marks.items() if mark.size_bytes > most]
        return portions(whole, most=BODIES_PER_COMMAND, most_bytes=BYTES_PER_COMMAND) + heads

    async def _bodies(
        self, uids: Sequence[int], marks: Mapping[int, MailMark], by_uid: Mapping[int, MailKey]
    ) -> dict[int, bytes]:
        settings = self._settings
        async with self._one_at_a_time:
            connection = await self._looking()
            present = self._present(connection, uids, by_uid)
            if not present:
                return {}
            what, expected_bytes = "(UID BODY.PEEK[])", sum(marks[uid].size_bytes for uid in present)
            if expected_bytes > max(settings.oversized_bytes, BYTES_PER_COMMAND):
                what, expected_bytes = f"(UID BODY.PEEK[]<0.{settings.head_bytes}>)", settings.head_bytes
            bodies = await connection.fetch(present, what, read_bodies, expected_bytes=expected_bytes)
        return {uid: bodies[uid] for uid in present if uid in bodies}

    async def _withheld(self, uids: "set[int]", by_uid: Mapping[int, MailKey]) -> int:
        """How many of the UIDs that came without an answer the server still lists: those have not vanished."""
        async with self._one_at_a_time:
            present = self._present(await self._looking(), sorted(uids), by_uid) if uids else []
            if not present:
                return 0
            connection = await self._looking()
            return len(uids.intersection(await connection.search("UID", uid_set(present))))

    def _mail(self, key: MailKey, raw: bytes, mark: MailMark) -> Mail:
        # Some servers count a size that is not the mail's: believed only for a mail that was not fetched whole.
        is_head = mark.size_bytes > self._settings.oversized_bytes and len(raw) >= self._settings.head_bytes
        return Mail(
            key=key,
            raw=raw,
            received_at=mark.received_at or self._clock(),
            size_bytes=mark.size_bytes if is_head else len(raw),
        )
