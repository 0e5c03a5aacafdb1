"""Letters to the SMTP relay, over one kept connection.

What an error means depends on one moment only: whether the text of the letter had begun to flow. Before it, nothing
can have been delivered and another try is safe. After it, only a clear answer of the relay tells; silence or a lost
line there is DeliveryUnclear, and such a letter is never sent again (RFC 5321 section 4.1.1.4, RFC 1047).
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from triage.adapters.outgoing import wire_form
from triage.errors import DeliveryDeferred, DeliveryRefused, DeliveryUnclear, SettingsWrong, TriageError
from triage.parsing.compose import wire_address
from triage.ports import Letter

# RFC 4954 section 6: these 5xx speak of signing in, not of the letter. The settings get mended, the letter waits.
_SIGN_IN_CODES = frozenset({530, 534, 535, 538})
_CLOSING, _START_INPUT = 421, 354
_FAREWELL_S = 1.0
_LEADING_DOT = re.compile(rb"(?m)^\.")
_ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpSettings:
    """The relay and how to reach it. `ca_file`: trust this authority in place of the system's.

    `timeout_s` limits every single step; `verdict_timeout_s` the wait for the answer to the whole letter, longer
    because giving up there leaves it unclear (RFC 5321 section 4.5.3.2.6 would wait ten minutes).
    A kept connection that rested longer than `keep_s` is not used again.
    """

    host: str
    port: int
    sender_address: str
    sender_name: str = ""
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | Path | None = None
    timeout_s: float = 30.0
    verdict_timeout_s: float = 120.0
    keep_s: float = 60.0


class SmtpSender:
    """Hands letters to the relay, one at a time. Raises SettingsWrong at once where a letter would travel bare."""

    def __init__(self, settings: SmtpSettings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        if settings.tls == "none" and not _is_loopback(settings.host):
            raise SettingsWrong(["TRIAGE_SMTP_TLS: none is allowed only towards this machine itself (127.0.0.1)"])
        self._settings = settings
        self._clock = clock
        self._tls = _tls_context(settings.ca_file)
        self._one_at_a_time = asyncio.Lock()
        self._client: SMTP | None = None
        self._last_used = 0.0

    async def send(self, letter: Letter) -> None:
        """Return once the relay has taken the letter over.

        Raises DeliveryDeferred, DeliveryRefused or DeliveryUnclear; the connection is thrown away after each.
        """
        raw = wire_form(letter, self._settings.sender_address, self._settings.sender_name, self._clock())
        recipient = wire_address(letter.recipient)
        async with self._one_at_a_time:
            try:
                client = await self._start_mail(recipient)
                await _name_recipient(client, recipient)
                await self._hand_over(client, raw)
            except BaseException:
                self._throw_away()
                raise
            self._last_used = asyncio.get_running_loop().time()

    async def probe(self) -> str:
        """For `triage doctor`: connect, secure, sign in, leave; one line on what was found. Raises DeliveryDeferred."""
        client = await self._connect()
        cipher = client.get_transport_info("cipher")
        await _quit(client)
        found = f"{self._settings.host}:{self._settings.port} answers, {cipher[1] if cipher else 'without TLS'}"
        return f"{found}, signed in" if self._settings.user else f"{found}, no sign-in configured"

    async def close(self) -> None:
        """Take leave of the relay, quietly."""
        async with self._one_at_a_time:
            client, self._client = self._client, None
            if client is not None:
                await _quit(client)

    async def _start_mail(self, recipient: str) -> SMTP:
        """MAIL FROM, on the kept connection if that still lives, else once more on a fresh one."""
        client = self._kept()
        if client is not None:
            try:
                await self._mail_from(client, recipient)
            except _Stale:
                self._throw_away()
            else:
                return client
        self._client = client = await self._connect()
        try:
            await self._mail_from(client, recipient)
        except _Stale as stale:
            raise DeliveryDeferred(str(stale)) from stale
        return client

    def _kept(self) -> SMTP | None:
        rested_s = asyncio.get_running_loop().time() - self._last_used
        if self._client is None or not self._client.is_connected or rested_s > self._settings.keep_s:
            self._throw_away()
        return self._client

    async def _mail_from(self, client: SMTP, recipient: str) -> None:
        options = [] if recipient.isascii() else ["SMTPUTF8"]
        if options and not client.supports_extension("smtputf8"):
            raise DeliveryRefused("the relay does not take addresses with letters outside ASCII")
        try:
            await client.mail(self._settings.sender_address, options=options)
        except SMTPResponseException as answer:
            if answer.code == _CLOSING:
                raise _Stale(f"the relay is closing down ({_codes(answer.code, answer.message)})") from answer
            raise _verdict("the sender", answer.code, answer.message) from answer
        except (SMTPException, OSError) as trouble:
            raise _Stale(_in_words(trouble)) from trouble

    async def _hand_over(self, client: SMTP, raw: bytes) -> None:
        protocol = client.protocol
        try:
            answer = await client.execute_command(b"DATA")
            if answer.code != _START_INPUT or protocol is None:
                raise _verdict("to start", answer.code, answer.message)
            # Not client.data(): it cannot tell a line lost before the text from one lost after it.
            protocol.write(_LEADING_DOT.sub(b"..", raw) + b".\r\n")
        except (SMTPException, OSError) as trouble:
            raise DeliveryDeferred(f"{_in_words(trouble)} before the letter was handed over") from trouble
        try:
            verdict = await protocol.read_response(timeout=self._settings.verdict_timeout_s)
        except (SMTPException, OSError) as trouble:
            raise DeliveryUnclear(f"{_in_words(trouble)} after the letter was handed over") from trouble
        if 200 <= verdict.code < 300:
            return
        if 400 <= verdict.code < 600:
            raise _verdict("the letter", verdict.code, verdict.message)
        raise DeliveryUnclear(f"the relay answered the letter with {_codes(verdict.code, verdict.message)}")

    async def _connect(self) -> SMTP:
        settings = self._settings
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=settings.password or None,
            # The desk's own domain: the machine's name concerns nobody, and finding it may ask a name server.
            local_hostname=settings.sender_address.rpartition("@")[2],
            timeout=settings.timeout_s,
            use_tls=settings.tls == "implicit",
            start_tls=settings.tls == "starttls",
            tls_context=None if settings.tls == "none" else self._tls,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except SMTPAuthenticationError as answer:
            client.close()
            codes = _codes(answer.code, answer.message)
            raise DeliveryDeferred(f"the relay refused user name or password ({codes})") from answer
        except SMTPResponseException as answer:
            client.close()
            raise DeliveryDeferred(f"the relay turned us away ({_codes(answer.code, answer.message)})") from answer
        except (SMTPException, OSError) as trouble:
            client.close()
            raise DeliveryDeferred(_in_words(trouble)) from trouble
        except BaseException:
            client.close()
            raise
        return client

    def _throw_away(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


class _Stale(Exception):
    """The line failed before the relay said anything about this letter."""


async def _name_recipient(client: SMTP, recipient: str) -> None:
    try:
        await client.rcpt(recipient, encoding="ascii" if recipient.isascii() else "utf-8")
    except SMTPResponseException as answer:
        raise _verdict("the recipient", answer.code, answer.message) from answer
    except (SMTPException, OSError) as trouble:
        raise DeliveryDeferred(_in_words(trouble)) from trouble


async def _quit(client: SMTP) -> None:
    with suppress(SMTPException, OSError):
        await client.quit(timeout=_FAREWELL_S)
    client.close()


def _verdict(what: str, code: int, message: str) -> TriageError:
    """A relay's no before or after the letter. Anything that is no clear 5xx about the letter may be tried again."""
    said = f"the relay refused {what} ({_codes(code, message)})"
    if 500 <= code < 600 and code not in _SIGN_IN_CODES:
        return DeliveryRefused(said)
    return DeliveryDeferred(said)


def _codes(code: int, message: str) -> str:
    """The reply's numbers alone: its words may repeat an address, and this line is logged."""
    enhanced = _ENHANCED_CODE.match(message)
    return f"{code} {enhanced.group()}" if enhanced else str(code)


def _in_words(trouble: Exception) -> str:
    cause: BaseException | None = trouble
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the relay's certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "no secure connection to the relay could be made"
        cause = cause.__cause__
    if isinstance(trouble, SMTPTimeoutError | TimeoutError):
        return "the relay did not answer in time"
    if isinstance(trouble, SMTPServerDisconnected):
        return "the relay closed the connection"
    if isinstance(trouble, SMTPResponseException):
        return f"the relay answered what makes no sense here ({_codes(trouble.code, trouble.message)})"
    if isinstance(trouble, OSError):
        return "the relay cannot be reached"
    return f"the relay does not offer what is needed: {trouble}"


def _tls_context(ca_file: str | Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as fault:
        raise SettingsWrong([f"the SMTP relay's CA file cannot be read: {ca_file}"]) from fault


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
