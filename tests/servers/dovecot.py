"""A real Dovecot on free loopback ports, with its own configuration in a folder of its own.

Every user name is let in with PASSWORD and has a Maildir that comes into being at the first delivery or sign-in.
"""

import contextlib
import getpass
import grp
import imaplib
import itertools
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.servers.certificates import Certificates

PASSWORD = "correct-horse-battery"
_BINARY_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin"
_START_LIMIT_S = 15.0
_STOP_LIMIT_S = 10.0

_COMMON = """
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = triage-tests
log_path = {folder}/dovecot.log
listen = 127.0.0.1
ssl = yes
auth_failure_delay = 0
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
first_valid_uid = 1
first_valid_gid = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""

_CONFIG_2_3 = (
    """
protocols = imap
disable_plaintext_auth = no
auth_username_chars =
ssl_cert = <{cert_file}
ssl_key = <{key_file}
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
"""
    + _COMMON
)

# Written after the 2.4 manual; Debian 12 has 2.3, which is what the tests have run on.
_CONFIG_2_4 = (
    """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols {{
  imap = yes
}}
auth_allow_cleartext = yes
auth_username_chars =
ssl_server_cert_file = {cert_file}
ssl_server_key_file = {key_file}
mail_driver = maildir
mail_path = ~/Maildir
passdb static {{
  passdb_static_password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/mail/%{{user}}
  }}
}}
"""
    + _COMMON
)


def find_dovecot() -> str:
    """The path of the dovecot binary. Without it the test fails: a skipped mailbox test proves nothing."""
    found = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":" + _BINARY_FOLDERS)
    if found is None:
        raise AssertionError("Dovecot is missing: install the package dovecot-imapd")
    return found


class Dovecot:
    """Start it, deliver into it, look at it as another person would, break it."""

    password = PASSWORD

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        self.folder = folder
        self.certificates = certificates
        self.port, self.tls_port = _free_port(), _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._serial = itertools.count(1)
        self._owner = _mail_owner()
        self._configured = False

    def start(self) -> None:
        """Return once it greets. Raises AssertionError with its log if it does not within 15 s."""
        if not self._configured:
            self._configure()
        with (self.folder / "stderr.log").open("ab") as log:
            self._process = subprocess.Popen(
                [find_dovecot(), "-F", "-c", str(self.folder / "dovecot.conf")],
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_LIMIT_S
        while not self._greets():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.stop()
                raise AssertionError(f"Dovecot did not start:\n{self._logged()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it as an administrator would, with every session."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it and every session of it at once, without a goodbye."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start on the same ports, mails kept."""
        self.stop()
        self.start()

    def deliver(self, user: str, raw: bytes, folder: str = "INBOX", *, received_at: float | None = None) -> str:
        """Drop a mail into the user's Maildir, as a delivery agent does; returns its file name.

        `received_at` (seconds since the epoch) becomes INTERNALDATE.
        """
        maildir = self.maildir(user, folder)
        name = f"{time.time():.6f}.P{os.getpid()}Q{next(self._serial)}.host"
        draft = maildir / "tmp" / name
        draft.write_bytes(raw)
        if received_at is not None:
            os.utime(draft, (received_at, received_at))
        self._own(draft)
        draft.rename(maildir / "new" / name)
        return name

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """The folder's Maildir (Maildir++: a subfolder `X` lies in `.X`), made if there is none."""
        home = self.folder / "mail" / user
        root = home / "Maildir"
        maildir = root if folder == "INBOX" else root / f".{folder}"
        for path in (home, root, maildir, *(maildir / part for part in ("tmp", "new", "cur"))):
            if not path.exists():
                path.mkdir(mode=0o700)
                self._own(path)
        return maildir

    @contextlib.contextmanager
    def person(self, user: str, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Somebody else's mail program (imaplib, read and write) looking at the folder."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        try:
            client.login(f'"{user}"', PASSWORD)
            client.select(f'"{folder}"')
            yield client
        finally:
            client.logout()

    def reset_uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """Give the folder a new UIDVALIDITY, as after a restored backup; returns it. Sessions in it are cut off."""
        uid_list = self.maildir(user, folder) / "dovecot-uidlist"
        first, _, rest = uid_list.read_text().partition("\n")
        old = next(word for word in first.split() if word.startswith("V"))
        new = int(old[1:]) + 1
        for index in uid_list.parent.glob("dovecot.index*"):
            index.unlink()
        uid_list.write_text(f"{first.replace(old, f'V{new}')}\n{rest}")
        self._own(uid_list)
        return new

    def _configure(self) -> None:
        for path in (self.folder, self.folder / "mail"):
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o755)
        self._own(self.folder / "mail")
        version = subprocess.run([find_dovecot(), "--version"], capture_output=True, text=True, check=True, timeout=10)
        template = _CONFIG_2_3 if version.stdout.startswith("2.3") else _CONFIG_2_4
        is_root = os.geteuid() == 0
        me, my_group = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
        uid, gid = self._owner
        text = template.format(
            folder=self.folder,
            cert_file=self.certificates.cert_file,
            key_file=self.certificates.key_file,
            password=PASSWORD,
            uid=uid,
            gid=gid,
            port=self.port,
            tls_port=self.tls_port,
            internal_user="dovecot" if is_root else me,
            internal_group="dovecot" if is_root else my_group,
            login_user="dovenull" if is_root else me,
        )
        (self.folder / "dovecot.conf").write_text(text)
        self._configured = True

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, *self._owner)

    def _greets(self) -> bool:
        trust = ssl.create_default_context(cafile=str(self.certificates.ca_file))
        try:
            with (
                socket.create_connection(("127.0.0.1", self.tls_port), timeout=2) as line,
                trust.wrap_socket(line, server_hostname="localhost") as secured,
            ):
                return secured.recv(100).startswith(b"* OK")
        except OSError:
            return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_LIMIT_S)
        # Login processes outlive their master for seconds, holding clients' lines.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_STOP_LIMIT_S)
        self._process = None
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)

    def _logged(self) -> str:
        logs = (self.folder / name for name in ("stderr.log", "dovecot.log"))
        return "\n".join(log.read_text(errors="replace")[-3000:] for log in logs if log.exists())


def _mail_owner() -> tuple[int, int]:
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    account = pwd.getpwnam("mail")  # Dovecot refuses mail that belongs to root
    return account.pw_uid, account.pw_gid


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
