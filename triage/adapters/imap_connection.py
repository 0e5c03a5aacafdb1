"""One guarded IMAP connection: read-only, one command at a time, a limit of time and size round each.

After any MailboxUnreachable or MailboxRefused the connection is broken for good: its owner makes a new one. Their
messages never hold what was sent or received.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from aioimaplib.aioimaplib import AUTH, SELECTED, Abort, AioImapException, Command, Response

from triage.adapters.imap_answers import (
    OddName,
    UnreadableAnswer,
    quoted,
    quoted_folder,
    read_uids,
    read_uidvalidity,
    response_code,
    uid_set,
)
from triage.adapters.imap_protocol import ANSWER_BYTES, GuardedFetch, GuardedProtocol
from triage.errors import MailboxRefused, MailboxUnreachable

Lines = Sequence[bytes | bytearray]
Answer = TypeVar("Answer")

_SLOWEST_LINE_BYTES_PER_S = 256 * 1024
_LOGOUT_LIMIT_S = 2.0
_CLOSE_LIMIT_S = 1.0
# Refusals that pass by themselves (RFC 5530 section 3): no reason to wake a person.
_PASSING = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA", "CORRUPTION"})
_WRONG_PASSWORD = frozenset({"", "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED"})


class MailboxHangs(MailboxUnreachable):
    """The mailbox did not answer in time. Asking it something smaller would cost the same wait again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where to connect, and how long to wait for each answer. `tls` None is plain text, for loopback only."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    timeout_s: float


class ImapConnection:
    """A signed-in connection that looks at one folder. Every method raises MailboxUnreachable or MailboxRefused."""

    def __init__(self, server: Server, protocol: GuardedProtocol, folder: str) -> None:
        self._server = server
        self._protocol = protocol
        self._folder = folder
        self.validity = 0

    @classmethod
    async def open(cls, server: Server, user: str, password: str, folder: str) -> "ImapConnection":
        """Connect, wait for the greeting, sign in and open the folder, each within the server's time limit."""
        try:
            credentials = quoted(user), quoted(password)
        except OddName as odd:
            raise MailboxRefused(f"user name or password of the mailbox cannot be used: {odd}") from None
        if not user.isascii():
            raise MailboxRefused("the user name of the mailbox cannot be used: it is not ASCII")
        try:
            quoted_folder(folder)
        except OddName as odd:
            raise MailboxRefused(f"the folder name (TRIAGE_IMAP_FOLDER) cannot be used: {odd}") from None
        connection = cls(server, await _connect(server), folder)
        try:
            await connection._sign_in(*credentials)
            await connection.examine()
        except BaseException:
            await connection.let_go()
            raise
        return connection

    @property
    def usable(self) -> bool:
        """Whether another command may be sent."""
        return not self._protocol.fault

    @property
    def can_idle(self) -> bool:
        """Whether the server tells of news by itself (RFC 2177)."""
        return "IDLE" in self._protocol.capabilities

    @property
    def has_news(self) -> bool:
        """Whether the server has spoken of mails since `forget_news`."""
        return self._protocol.news.is_set()

    def forget_news(self) -> None:
        """Call before listing: what is told from now on may be newer than the list."""
        self._protocol.news.clear()

    async def examine(self) -> None:
        """Open the folder read-only and learn its UIDVALIDITY. EXAMINE can change no flag, not even \\Recent."""
        # Once open, a folder that is refused was replaced under us; a new connection tells whether it is gone.
        was_open = self._protocol.state == SELECTED
        response = await self._command("EXAMINE", quoted_folder(self._folder))
        if response.result != "OK":
            await self.let_go()
            code = response_code(response.lines)
            if response.result != "NO" or code in _PASSING or was_open:
                raise MailboxUnreachable(f"the mailbox could not open its folder ({code or response.result})")
            raise MailboxRefused(f"the mailbox has no folder {self._folder!r} for this user (TRIAGE_IMAP_FOLDER)")
        self._protocol.state = SELECTED
        self.validity = await self._read(read_uidvalidity, response.lines)

    async def search(self, *criteria: str) -> tuple[int, ...]:
        """UIDs that meet the criteria, rising. No CHARSET: Microsoft and Yahoo refuse it."""
        response = await self._command("SEARCH", *criteria, prefix="UID")
        await self._check(response, "SEARCH")
        return await self._read(read_uids, response.lines)

    async def fetch(
        self, uids: Sequence[int], what: str, reader: Callable[[Lines], Answer], *, expected_bytes: int = 0
    ) -> Answer:
        """UID FETCH, its answer lines read by `reader`. The limits on time and size grow with `expected_bytes`."""
        command = GuardedFetch(self._protocol.new_tag(), uid_set(uids), what, prefix="UID", loop=self._protocol.loop)
        response = await self._run(command, expected_bytes)
        await self._check(response, "FETCH")
        return await self._read(reader, response.lines)

    async def idle(self, timeout_s: float) -> None:
        """Return when the server speaks of mails or after `timeout_s`; DONE is sent and drained either way."""
        protocol, limit_s = self._protocol, self._server.timeout_s
        protocol.news_or_fault.clear()
        protocol.allow(ANSWER_BYTES)
        task = asyncio.ensure_future(protocol.execute(Command("IDLE", protocol.new_tag(), loop=protocol.loop)))
        try:
            await self._within(limit_s, "IDLE", lambda: _first_of(task, protocol.wait_for_idle_response()))
            if not task.done():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(timeout_s):
                        await protocol.news_or_fault.wait()
                if not protocol.fault:
                    protocol.idle_done()
            await self._check(await self._within(limit_s, "DONE", lambda: task), "IDLE")
        except BaseException:
            self._protocol.break_off("was let go")
            raise
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def logout(self) -> None:
        """Say goodbye if the server listens, then let go. Never raises for what the server does."""
        if self.usable:
            with contextlib.suppress(MailboxUnreachable, TimeoutError):
                async with asyncio.timeout(_LOGOUT_LIMIT_S):
                    await self._command("LOGOUT")
        await self.let_go()

    async def let_go(self) -> None:
        """Close the line at once, without a word, and see it closed. Safe to call twice."""
        self._protocol.break_off("was let go")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_LIMIT_S):
                await self._protocol.closed.wait()

    async def _sign_in(self, quoted_user: str, quoted_password: str) -> None:
        await self._within(self._server.timeout_s, "a connection", lambda: self._protocol.greeted)
        response = await self._command("LOGIN", quoted_user, quoted_password)
        if response.result != "OK":
            code = response_code(response.lines)
            if response.result != "NO" or code in _PASSING:
                raise MailboxUnreachable(f"the mailbox could not sign us in ({code or response.result})")
            if code in _WRONG_PASSWORD:
                raise MailboxRefused("the mailbox refused user name or password")
            raise MailboxRefused(f"the mailbox refused the sign-in ({code})")
        self._protocol.state = AUTH
        # Asked anew: what a server can do often grows with the sign-in.
        response = await self._command("CAPABILITY")
        await self._check(response, "CAPABILITY")
        self._protocol.capabilities = {
            word.decode("ascii", "replace").upper() for line in response.lines[:-1] for word in bytes(line).split()
        }

    async def _command(self, name: str, *args: str, prefix: str | None = None) -> Response:
        command = Command(name, self._protocol.new_tag(), *args, prefix=prefix, loop=self._protocol.loop)
        return await self._run(command, 0)

    async def _run(self, command: Command, expected_bytes: int) -> Response:
        self._protocol.allow(expected_bytes + ANSWER_BYTES)
        limit_s = self._server.timeout_s + expected_bytes / _SLOWEST_LINE_BYTES_PER_S
        return await self._within(limit_s, command.name, lambda: self._protocol.execute(command))

    async def _within(self, limit_s: float, name: str, start: Callable[[], Awaitable[Any]]) -> Any:
        """Await a step within its limit; after anything but success the connection is thrown away."""
        try:
            if self._protocol.fault:
                raise Abort(self._protocol.fault)
            async with asyncio.timeout(limit_s):
                return await start()
        except TimeoutError:
            self._protocol.break_off("did not answer in time")
            await self.let_go()
            raise MailboxHangs(f"the mailbox did not answer {name} within {limit_s:.3g} s") from None
        except (AioImapException, OSError, ValueError):
            # The library's own words may hold the command line, and with it the password: never passed on.
            reason = self._protocol.fault or "answered nonsense"
            self._protocol.break_off(reason)
            await self.let_go()
            raise MailboxUnreachable(f"the mailbox {reason}") from None
        except BaseException:
            self._protocol.break_off("was let go")
            raise

    async def _check(self, response: Response, name: str) -> None:
        if response.result != "OK":
            await self.let_go()
            code = response_code(response.lines) or response.result
            raise MailboxUnreachable(f"the mailbox answered {name} with {code}")

    async def _read(self, reader: Callable[[Lines], Answer], lines: Lines) -> Answer:
        try:
            return reader(lines)
        except UnreadableAnswer as exc:
            await self.let_go()
            raise MailboxUnreachable(f"the mailbox {exc}") from None


async def _first_of(task: "asyncio.Future[Any]", other: Awaitable[Any]) -> None:
    """Return when either is done, without ending `task`."""
    second = asyncio.ensure_future(other)
    try:
        await asyncio.wait({task, second}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        second.cancel()


async def _connect(server: Server) -> GuardedProtocol:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(server.timeout_s):
            _, protocol = await loop.create_connection(
                lambda: GuardedProtocol(loop), server.host, server.port, ssl=server.tls
            )
            return protocol
    except TimeoutError:
        raise MailboxHangs(f"the mailbox did not answer a connection within {server.timeout_s:.3g} s") from None
    except ssl.SSLCertVerificationError as exc:
        raise MailboxUnreachable(f"the mailbox's certificate is not trusted: {exc.verify_message}") from None
    except ssl.SSLError:
        raise MailboxUnreachable("the mailbox does not speak TLS on this port") from None
    except socket.gaierror:
        raise MailboxUnreachable("the mailbox's host name (TRIAGE_IMAP_HOST) is not known") from None
    except ConnectionRefusedError:
        raise MailboxUnreachable("the mailbox refused the connection") from None
    except (OSError, ValueError):
        raise MailboxUnreachable("the mailbox could not be reached over the network") from None
