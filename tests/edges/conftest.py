"""The real servers that the edge tests share."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.dovecot import Dovecot
from triage.adapters.imap import ImapSettings, ImapSource

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_users = itertools.count(1)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A CA of our own and a server certificate for loopback."""
    return make_certificates(tmp_path_factory.mktemp("certificates"), "localhost")


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    """One Dovecot for all tests. A test that breaks it starts it again."""
    # Not below pytest's folders: they are private, Dovecot's processes run as users of their own, and the paths of
    # its sockets may have 108 characters at most.
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as folder:
        server = Dovecot(Path(folder), certificates)
        server.start()
        yield server
        server.stop()


@dataclass(frozen=True)
class Mailbox:
    """One user's mailbox on the Dovecot."""

    dovecot: Dovecot
    user: str
    sources: list[ImapSource] = field(default_factory=list)

    def deliver(self, text: str = "Hello", **options: float) -> None:
        """A mail of a few lines."""
        self.dovecot.deliver(self.user, f"Subject: {text}\r\n\r\n{text}\r\n".encode(), **options)

    def settings(self, **changes: object) -> ImapSettings:
        """How to reach it, over TLS."""
        options: dict[str, object] = {
            "host": "localhost",
            "port": self.dovecot.tls_port,
            "user": self.user,
            "password": self.dovecot.password,
            "ca_file": str(self.dovecot.certificates.ca_file),
            "timeout_s": 5.0,
        }
        return ImapSettings(**{**options, **changes})  # type: ignore[arg-type]

    def source(self, **changes: object) -> ImapSource:
        """The adapter, not connected yet; closed after the test."""
        self.sources.append(ImapSource(self.settings(**changes), clock=lambda: NOW))
        return self.sources[-1]


@pytest.fixture
async def mailbox(dovecot: Dovecot) -> AsyncIterator[Mailbox]:
    """A fresh user with an empty inbox."""
    box = Mailbox(dovecot, f"desk{next(_users)}")
    dovecot.maildir(box.user)
    yield box
    for source in box.sources:
        await source.close()
    await asyncio.sleep(0.01)  # asyncio closes the socket of a failed TLS handshake one turn later
