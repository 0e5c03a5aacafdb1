"""aioimaplib at its protocol level, with overrides where its own parts hang, recurse or log what they carry.

Each was reproduced against a scripted server: it tells nobody of a lost line or a BYE, dies of recursion at about 1,000
lines in one chunk, counts brackets of all lines again at each line, lets its parser's errors escape into the event
loop, and formats every chunk (passwords, whole mails) for its log. Here whoever waits is always told.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any

from aioimaplib.aioimaplib import (
    CONNECTED,
    CRLF,
    NONAUTH,
    Abort,
    Command,
    FetchCommand,
    IMAP4ClientProtocol,
    IncompleteRead,
    literal_data_re,
)

# What is left of its log lines holds answers of the server.
logging.getLogger("aioimaplib.aioimaplib").disabled = True

# What a server may send beyond the mails asked for: a listing of a million mails has 11 MB.
ANSWER_BYTES = 16 * 1024 * 1024
_LONGEST_LINE_BYTES = 12 * 1024 * 1024


class GuardedFetch(FetchCommand):  # type: ignore[misc, unused-ignore]
    """FETCH that counts brackets as lines come in; the library joins and counts all of them again at each line."""

    def __init__(self, *args: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._open_brackets = 0

    def append_to_resp(self, line: bytes, result: str = "Pending") -> None:
        """Note a line; only text counts, a literal (bytearray) may hold any brackets."""
        super().append_to_resp(line, result)
        if isinstance(line, bytes):
            if self.FETCH_MESSAGE_DATA_RE.match(line):
                self._open_brackets = 0
            self._open_brackets += line.count(b"(") - line.count(b")")

    def wait_data(self) -> bool:
        """Whether the current answer goes on."""
        return self._open_brackets > 0 or bool(self.wait_literal_data())


class GuardedProtocol(IMAP4ClientProtocol):  # type: ignore[misc, unused-ignore]
    """aioimaplib's protocol with limits: a fault ends the line, every waiting command and the wait for news."""

    _NEWS = re.compile(rb"\* \d+ (?:EXISTS|RECENT)\b", re.IGNORECASE)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.fault = ""
        self.greeted: asyncio.Future[None] = loop.create_future()
        self.news = asyncio.Event()
        self.news_or_fault = asyncio.Event()
        self.closed = asyncio.Event()
        self._allowed_bytes = ANSWER_BYTES

    def allow(self, size_bytes: int) -> None:
        """How much the server may send until the next call."""
        self._allowed_bytes = size_bytes

    def break_off(self, reason: str) -> None:
        """Close the line and end every waiting command with Abort(reason). Only the first reason counts."""
        if self.fault:
            return
        self.fault = reason
        if self.transport is not None:
            self.transport.abort()
        self.incomplete_line, self.current_command = b"", None
        waiting = [*self.pending_async_commands.values(), self.pending_sync_command]
        for command in waiting:
            if command is not None:
                command._exception = Abort(reason)
                command._event.set()
        if not self.greeted.done():
            self.greeted.set_exception(Abort(reason))
            self.greeted.exception()  # marks it as looked at: perhaps nobody waits for it
        self.news_or_fault.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The other side hung up: the library tells nobody."""
        self.break_off("closed the connection")
        self.closed.set()

    def data_received(self, d: bytes) -> None:
        """As the library's, without formatting each chunk for the log, with limits, and deaf after a fault."""
        self._allowed_bytes -= len(d)
        if self.fault:
            return
        if self._allowed_bytes < 0 or len(self.incomplete_line) > _LONGEST_LINE_BYTES:
            self.break_off("sent far more than was asked for")
            return
        try:
            self._handle_responses(self.incomplete_line + d, self._handle_line, self.current_command)
            self.incomplete_line, self.current_command = b"", None
        except IncompleteRead as incomplete:
            self.incomplete_line, self.current_command = incomplete.data, incomplete.cmd
        except Exception:
            # Whatever a lying server makes the parser stumble over: the line is of no more use.
            self.break_off("answered nonsense")

    def send(self, line: str, scrub: str | None = None) -> None:  # noqa: ARG002
        """As the library's, without the log line."""
        self.transport.write(line.encode() + CRLF)

    def _handle_responses(
        self, data: bytes, line_handler: Callable[[bytes, Command], Command | None], current_cmd: Command = None
    ) -> None:
        """As the library's, as a loop: its recursion dies at about 1,000 lines in one chunk."""
        while data and not self.fault:
            if current_cmd is not None and current_cmd.wait_literal_data():
                data = current_cmd.append_literal_data(data)
                if current_cmd.wait_literal_data():
                    raise IncompleteRead(current_cmd)
            line, separator, tail = data.partition(CRLF)
            if not separator:
                raise IncompleteRead(current_cmd, data)
            command = line_handler(line, current_cmd)
            literal = literal_data_re.match(line)
            if literal:
                command = command or Command("NIL", "unused", loop=self.loop)
                command.begin_literal_data(int(literal["size"]))
            current_cmd = command if literal or (command is not None and command.wait_data()) else None
            data = tail
        if current_cmd is not None and current_cmd.wait_data():
            raise IncompleteRead(current_cmd)

    def _handle_line(self, line: bytes, current_cmd: Command) -> Command | None:
        if self.state == CONNECTED:
            self._greet(line)
            return None
        return super()._handle_line(line, current_cmd)

    def _greet(self, line: bytes) -> None:
        if line.upper().startswith(b"* OK") and not self.greeted.done():
            self.state = NONAUTH
            self.greeted.set_result(None)
        else:
            self.break_off("turned the connection away")

    def _untagged_response(self, line: bytes) -> Command | None:
        if line.upper().startswith(b"* BYE"):
            # Not before the rest of this chunk is read: it may hold the refusal that explains the goodbye.
            self.loop.call_soon(self.break_off, "closed the connection")
        if self._NEWS.match(line):
            self.news.set()
            self.news_or_fault.set()
        return super()._untagged_response(line)
