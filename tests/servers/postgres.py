"""A real PostgreSQL in a folder of its own: one free loopback port, no password, gone when it is stopped.

initdb and postgres refuse to run as root, so root hands them over to the user `postgres` that Debian's package makes.
"""

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_BINARIES = "/usr/lib/postgresql/*/bin"
_START_LIMIT_S = 30.0
_STOP_LIMIT_S = 15.0
_MISSING = "PostgreSQL is missing: install Debian's package postgresql (looked for initdb in PATH and {places})"


class Postgres:
    """A server in `folder`, which must be reachable for other users. Start it, draw databases, stop it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bin = _find_binaries()
        self._process: subprocess.Popen[bytes] | None = None
        self._names = itertools.count(1)
        self.port = 0

    def start(self) -> None:
        """Initialise on the first call, run, and return once the server answers. Raises RuntimeError otherwise."""
        cluster = self._folder / "cluster"
        if not cluster.exists():
            self._init(cluster)
        self.port = self.port or _free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._folder),
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "60",
            "shared_buffers": "16MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (self._folder / "postgres.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [*_as_other_user(), str(self._bin / "postgres"), "-D", str(cluster), *options],
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        self._await_answer()

    def stop(self) -> None:
        """Stop at once; connections are cut."""
        if self._process is None:
            return
        # runuser passes no signal on; the server writes down its own process id.
        pid_file = self._folder / "cluster" / "postmaster.pid"
        if pid_file.exists():
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
        self._process.wait(_STOP_LIMIT_S)
        self._process = None

    def create_database(self) -> str:
        """A fresh, empty database. Returns its URL for SQLAlchemy."""
        name = f"triage_{next(self._names)}"
        self._run("createdb", "-h", str(self._folder), "-p", str(self.port), "-U", "postgres", "-T", "template0", name)
        return self.url(name)

    def url(self, name: str) -> str:
        """The URL of the database `name`, existing or not."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{name}"

    def _init(self, cluster: Path) -> None:
        cluster.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
            shutil.chown(cluster, "postgres")
        options = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run("initdb", "-D", str(cluster), *options)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_other_user(), str(self._bin / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._folder, timeout=60, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")

    def _await_answer(self) -> None:
        assert self._process is not None
        give_up_at = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < give_up_at and self._process.poll() is None:
            asked = [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
            if subprocess.run(asked, check=False, timeout=10).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'postgres.log').read_text()[-2000:]}")


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server in a temporary folder of its own, gone at the end.

    Not below pytest's folder: the server may run as another user, and every start of pytest shuts that folder again.
    """
    with tempfile.TemporaryDirectory(prefix="triage-postgres-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Postgres(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _find_binaries() -> Path:
    found = sorted(Path("/").glob(f"{_BINARIES[1:]}/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise RuntimeError(_MISSING.format(places=_BINARIES))
    return found[-1].parent if found else Path(on_path or "").resolve().parent


def _as_other_user() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
