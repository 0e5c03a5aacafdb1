"""The servers of the edge tests, and a desk running against them."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.kept_demo import kept, played
from tests.acceptance.running import RunningWorker, generous_rules
from tests.edges.conftest import certificates, dovecot
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer

__all__ = ["certificates", "dovecot", "kept", "played"]

_users = itertools.count(1)


@pytest.fixture
async def desk(tmp_path: Path, dovecot: Dovecot, certificates: Certificates) -> AsyncIterator[RunningWorker]:
    """A worker, not started yet, with a mailbox of its own and a relay that takes what it is given."""
    async with SmtpServer() as relay:
        user = f"acceptance{next(_users)}"
        dovecot.maildir(user)
        worker = RunningWorker(
            folder=tmp_path,
            dovecot=dovecot,
            relay=relay,
            user=user,
            ca_file=certificates.ca_file,
            relay_ca_file=relay.write_ca(tmp_path / "relay-ca.pem"),
            rules=generous_rules(tmp_path),
        )
        yield worker
        if worker.process is not None and worker.process.returncode is None:
            await worker.kill()
