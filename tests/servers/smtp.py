"""A real SMTP relay on a free loopback port: aiosmtpd with TLS, which records what it took and misbehaves on order."""

import asyncio
import ssl
from collections import defaultdict, deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Step = Literal["CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "TEXT", "DOT", "QUIT"]

# What a step may do in place of its duty; any other string is sent as the reply.
HANG = "hang"
DROP = "drop"
# At DOT: the relay takes the letter, and the line breaks before it could say so.
TAKE_AND_DROP = "take and drop"
TAKE_AND_HANG = "take and hang"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A letter this relay took responsibility for."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    tls: bool
    user: str | None


class SmtpServer:
    """`async with SmtpServer(...) as relay:` - `relay.port`, `relay.taken`, `relay.will(step, act, ...)`."""

    def __init__(
        self,
        tls: Literal["starttls", "implicit", "none"] = "starttls",
        *,
        login: tuple[str, str] | None = None,
        utf8: bool = False,
        authority: trustme.CA | None = None,
        certified_for: str = "127.0.0.1",
    ) -> None:
        self.authority = authority or trustme.CA()
        self.taken: list[Taken] = []
        self.connections = 0
        self.port = 0
        self.helo_names: list[str] = []
        self.login = login
        self.utf8 = utf8
        self.tls = tls
        self.acts: dict[str, deque[str]] = defaultdict(deque)
        self.sessions: list[_Session] = []
        self._certificate = self.authority.issue_cert(certified_for)
        self._server: asyncio.Server | None = None

    def will(self, step: Step, *acts: str) -> None:
        """The next times it comes to `step`, do these acts, one each; after them it behaves again."""
        self.acts[step].extend(acts)

    def write_ca(self, path: Path) -> Path:
        """The authority's certificate as a file for the client."""
        self.authority.cert_pem.write_to_path(str(path))
        return path

    def drop_all(self) -> None:
        """Break every open line, as a relay does that restarts."""
        for session in self.sessions:
            session.drop()
        self.sessions.clear()

    async def __aenter__(self) -> Self:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(context)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            partial(_Session, self, context if self.tls == "starttls" else None),
            "127.0.0.1",
            self.port,
            ssl=context if self.tls == "implicit" else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.drop_all()
        await asyncio.sleep(0)
        await self._server.wait_closed()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        act = self.acts["DOT"].popleft() if self.acts["DOT"] else ""
        if act in ("", TAKE_AND_DROP, TAKE_AND_HANG):
            assert isinstance(envelope.content, bytes)
            taken = Taken(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.content,
                tls=session.ssl is not None or self.tls == "implicit",
                user=session.auth_data.decode() if session.authenticated else None,
            )
            self.taken.append(taken)
        assert isinstance(server, _Session)
        return "250 2.0.0 taken" if act == "" else await server.misbehave(act)

    def check_login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: LoginPassword
    ) -> AuthResult:
        """aiosmtpd's authenticator."""
        right = self.login == (auth_data.login.decode(), auth_data.password.decode())
        return AuthResult(success=right, auth_data=auth_data.login, handled=False)


class _Session(SMTP):
    def __init__(self, relay: SmtpServer, context: ssl.SSLContext | None) -> None:
        super().__init__(
            relay,
            hostname="relay.test",
            tls_context=context,
            enable_SMTPUTF8=relay.utf8,
            authenticator=relay.check_login if relay.login else None,
            # With implicit TLS aiosmtpd does not know that the line is secure.
            auth_required=relay.login is not None and context is not None,
            auth_require_tls=context is not None,
            auth_exclude_mechanism=None if relay.login else ("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )
        self._relay = relay
        self._greeted = False
        relay.connections += 1
        relay.sessions.append(self)

    def drop(self) -> None:
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.Transport):
            transport.abort()

    async def misbehave(self, act: str) -> str:
        if act in (HANG, TAKE_AND_HANG):
            await asyncio.Event().wait()
        if act in (DROP, TAKE_AND_DROP):
            self.drop()
            # The line is gone; aiosmtpd cancels this coroutine.
            await asyncio.Event().wait()
        return act

    async def push(self, status: str | bytes) -> None:
        if not self._greeted:
            self._greeted = True
            if self._relay.acts["CONNECT"]:
                status = await self.misbehave(self._relay.acts["CONNECT"].popleft())
        await super().push(status)

    async def _acted(self, step: Step) -> bool:
        if not self._relay.acts[step]:
            return False
        reply = await self.misbehave(self._relay.acts[step].popleft())
        await self.push(reply)
        if reply.startswith("421") and self.transport is not None:
            self.transport.close()
        return True

    async def smtp_EHLO(self, hostname: str) -> None:
        self._relay.helo_names.append(hostname)
        if not await self._acted("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self._acted("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._acted("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._acted("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._acted("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self._acted("DATA"):
            return
        if self._relay.acts["TEXT"]:
            await self.push("354 go on")
            await self._acted("TEXT")
            return
        await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        if not await self._acted("QUIT"):
            await super().smtp_QUIT(arg)
