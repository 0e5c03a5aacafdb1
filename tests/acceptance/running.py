"""A desk as its operator runs it: the worker as a process of its own, against a real Dovecot and a real relay."""

import asyncio
import os
import shutil
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer

ROOT = Path(__file__).parents[2]
DESK_ADDRESS = "dataprotection@larkfield.example"
SECRET = "a-secret-for-acceptance-tests"


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def generous_rules(folder: Path) -> Path:
    """The shipped rules with row 21's limits raised, so that they cannot be what keeps letters from going out."""
    rules = folder / "rules"
    shutil.copytree(ROOT / "rules", rules)
    policy = rules / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    for name in ("sender_per_hour", "sender_per_day", "sender_per_30_days", "domain_per_day", "global_per_10_minutes"):
        before, _, after = text.partition(f"{name} = ")
        text = f"{before}{name} = 100000{after[len(after.split()[0]) :]}"
    policy.write_text(text, encoding="utf-8")
    return rules


@dataclass
class RunningWorker:
    """`mailbox_worker.py` as a process; start it, kill it, stop it, ask its health."""

    folder: Path
    dovecot: Dovecot
    relay: SmtpServer
    user: str
    ca_file: Path
    relay_ca_file: Path
    rules: Path
    extra: dict[str, str] = field(default_factory=dict)
    admin_port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def database(self) -> Path:
        """Where its SQLite file lies."""
        return self.folder / "triage.db"

    def environment(self) -> dict[str, str]:
        """Everything it is told."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")},
            "TRIAGE_DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "TRIAGE_RULES_DIR": str(self.rules),
            "TRIAGE_IMAP_HOST": "localhost",
            "TRIAGE_IMAP_PORT": str(self.dovecot.tls_port),
            "TRIAGE_IMAP_USER": self.user,
            "TRIAGE_IMAP_PASSWORD": self.dovecot.password,
            "TRIAGE_IMAP_CA_FILE": str(self.ca_file),
            "TRIAGE_POLL_SECONDS": "5",
            "TRIAGE_SMTP_HOST": "127.0.0.1",
            "TRIAGE_SMTP_PORT": str(self.relay.port),
            "TRIAGE_SMTP_CA_FILE": str(self.relay_ca_file),
            "TRIAGE_MAILBOX_ADDRESS": DESK_ADDRESS,
            "TRIAGE_SEND": "live",
            "TRIAGE_SECRET_KEY": SECRET,
            "TRIAGE_ADMIN_LISTEN": f"127.0.0.1:{self.admin_port}",
            **self.extra,
        }

    async def start(self) -> None:
        """Start it and return at once."""
        with (self.folder / "worker.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "mailbox_worker.py"),
                cwd=self.folder,
                env=self.environment(),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
            )

    async def ready(self, limit_s: float = 60.0) -> None:
        """Return once it has had a good look at the inbox."""
        url = f"http://127.0.0.1:{self.admin_port}/readyz"
        async with asyncio.timeout(limit_s), aiohttp.ClientSession() as session:
            while True:
                assert self.process is not None
                assert self.process.returncode is None, self.logged()
                try:
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self, limit_s: float = 30.0) -> int:
        """SIGTERM; returns its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(limit_s):
            return await self.process.wait()

    def logged(self) -> str:
        """What it said on stderr."""
        return (self.folder / "worker.log").read_text(encoding="utf-8", errors="replace")
