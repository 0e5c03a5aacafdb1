"""The set-up of the acceptance tests: a real Dovecot, a real relay, the worker as a process."""

import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.acceptance.running import RunningWorker, generous_rules
from tests.servers.certificates import make_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer


class TimedRelay(SmtpServer):
    """Notes when it took each letter."""

    def __init__(self) -> None:
        super().__init__()
        self.taken_at: list[float] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the letter and look at the clock."""
        reply = await super().handle_DATA(server, session, envelope)
        self.taken_at.append(time.monotonic())
        return reply


@asynccontextmanager
async def running_desk() -> AsyncIterator[tuple[RunningWorker, TimedRelay]]:
    """A worker that has had its first look at an empty inbox."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # noqa: ASYNC240 - before anything runs
        certificates = make_certificates(folder / "certificates", "localhost")
        (folder / "dovecot").mkdir()
        dovecot = Dovecot(folder / "dovecot", certificates)
        dovecot.start()
        try:
            async with TimedRelay() as relay:
                dovecot.maildir("bench")
                (folder / "desk").mkdir()
                worker = RunningWorker(
                    folder=folder / "desk",
                    dovecot=dovecot,
                    relay=relay,
                    user="bench",
                    ca_file=certificates.ca_file,
                    relay_ca_file=relay.write_ca(folder / "desk" / "relay-ca.pem"),
                    rules=generous_rules(folder / "desk"),
                )
                await worker.start()
                await worker.ready()
                try:
                    yield worker, relay
                finally:
                    await worker.stop()
        finally:
            dovecot.stop()
