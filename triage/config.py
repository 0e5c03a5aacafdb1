"""Settings: `triage.toml`, overridden by `TRIAGE_…` in the environment; a secret also from the file named in `…_FILE`.

Every fault is found before anything starts, and all are said at once.
"""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from triage.errors import SettingsWrong

PREFIX = "TRIAGE_"
# A key that can be guessed would let a stranger forge our Message-IDs.
SHORTEST_SECRET = 16
SECRETS = ("imap_password", "smtp_password", "secret_key", "database_url")


def listen_address(value: str) -> tuple[str, int]:
    """`host:port` taken apart. Raises ValueError."""
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise ValueError("must be host:port")
    return host.strip("[]"), int(port)


def _checked(value: str) -> str:
    listen_address(value)
    return value


def _known_database(value: str) -> str:
    if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("must begin with sqlite+aiosqlite:/// and a file, or with postgresql+asyncpg://")
    return value


Port = Annotated[int, Field(ge=1, le=65535)]
Listen = Annotated[str, AfterValidator(_checked)]


class Settings(BaseModel):
    """What `triage.toml` and the environment may say. docs/settings.md explains each one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database_url: Annotated[str, AfterValidator(_known_database)] = "sqlite+aiosqlite:///triage.db"
    rules_dir: Path | None = None

    imap_host: str = ""
    imap_port: Port = 993
    imap_user: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_folder: str = "INBOX"
    imap_tls: Literal["implicit", "none"] = "implicit"
    imap_auth: Literal["password"] = "password"
    imap_ca_file: Path | None = None
    maildir: Path | None = None
    poll_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0

    smtp_host: str = ""
    smtp_port: Port = 587
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: Literal["starttls", "implicit", "none"] = "starttls"
    smtp_ca_file: Path | None = None

    mailbox_address: str = ""
    mailbox_aliases: tuple[str, ...] = ()
    start_on: date | None = None
    send: Literal["capture", "live"] = "capture"
    capture_dir: Path = Path("captured")

    hook_listen: Listen = "127.0.0.1:8081"
    console_listen: Listen = "127.0.0.1:8080"
    admin_listen: Listen | None = None
    secret_key: SecretStr = SecretStr("")

    @property
    def secret(self) -> bytes:
        """The key of our Message-IDs and hashes."""
        return self.secret_key.get_secret_value().encode()

    def contradictions(self) -> list[str]:
        """Settings that cannot both be meant, one line each."""
        faults = [
            f"{PREFIX}{name.upper()}_TLS: none is allowed towards this machine only"
            for name in ("imap", "smtp")
            if getattr(self, f"{name}_tls") == "none" and not _is_loopback(getattr(self, f"{name}_host"))
        ]
        if self.imap_host and self.maildir:
            faults.append(f"{PREFIX}MAILDIR: set either this or {PREFIX}IMAP_HOST, not both")
        return faults

    def missing_for_worker(self) -> list[str]:
        """What the worker cannot do without, one line each."""
        faults = []
        if not self.imap_host and not self.maildir:
            faults.append(f"{PREFIX}IMAP_HOST or {PREFIX}MAILDIR: no mailbox to read is set")
        if self.imap_host and not (self.imap_user and self.imap_password.get_secret_value()):
            faults.append(f"{PREFIX}IMAP_USER and {PREFIX}IMAP_PASSWORD: needed to sign in to the mailbox")
        if "@" not in self.mailbox_address:
            faults.append(f"{PREFIX}MAILBOX_ADDRESS: the desk's own address is needed")
        if self.send == "live" and not self.smtp_host:
            faults.append(f"{PREFIX}SMTP_HOST: needed while {PREFIX}SEND is live")
        if len(self.secret) < SHORTEST_SECRET:
            faults.append(f"{PREFIX}SECRET_KEY: at least {SHORTEST_SECRET} characters are needed")
        if self.rules_dir is not None and not self.rules_dir.is_dir():
            faults.append(f"{PREFIX}RULES_DIR: there is no such folder")
        for name in ("imap_ca_file", "smtp_ca_file"):
            path: Path | None = getattr(self, name)
            if path is not None and not path.is_file():
                faults.append(f"{PREFIX}{name.upper()}: there is no such file")
        return faults


def load_settings(
    config: Path | None = None, environ: Mapping[str, str] | None = None, *, for_worker: bool = False
) -> Settings:
    """Settings from `config` (default: ./triage.toml if there is one) and the environment.

    Raises SettingsWrong with one line per fault, all faults at once; with `for_worker` also what it lacks.
    """
    environ = os.environ if environ is None else environ
    faults: list[str] = []
    values: dict[str, object] = _from_file(config, faults)
    values.update(_from_environ(environ, faults))
    try:
        settings = Settings.model_validate(values)
    except ValidationError as exc:
        wrong = {str(error["loc"][0]) for error in exc.errors()}
        faults.extend(_in_words(exc))
        # What is left still has its say, so that one run names every fault.
        settings = Settings.model_validate({key: value for key, value in values.items() if key not in wrong})
    else:
        wrong = set()
    others = settings.contradictions() + (settings.missing_for_worker() if for_worker else [])
    faults.extend(line for line in others if not any(PREFIX + name.upper() in line for name in wrong))
    if faults:
        raise SettingsWrong(faults)
    return settings


def _in_words(exc: ValidationError) -> list[str]:
    return [
        f"{PREFIX}{str(error['loc'][0]).upper()}: {error['msg'].removeprefix('Value error, ')}"
        for error in exc.errors(include_url=False, include_input=False)
    ]


def find_rules_dir(configured: Path | None = None) -> Path:
    """The rules folder: the configured one, else a checkout's `rules/`, else the packaged copy.

    An editable install leaves a stale copy in site-packages, so the checkout comes first.
    """
    if configured is not None:
        if not configured.is_dir():
            raise SettingsWrong([f"{PREFIX}RULES_DIR: there is no such folder"])
        return configured
    package = Path(__file__).resolve().parent
    checkout = package.parent / "rules"
    return checkout if (checkout / "policy.toml").is_file() else package / "_rules"


def rules_dir() -> Path:
    """The rules folder for commands that need no other setting: `TRIAGE_RULES_DIR` or the default."""
    named = os.environ.get(f"{PREFIX}RULES_DIR")
    return find_rules_dir(Path(named) if named else None)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


def _from_file(config: Path | None, faults: list[str]) -> dict[str, object]:
    path = config or Path("triage.toml")
    if config is None and not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as exc:
        faults.append(f"{path.name}: not valid TOML: {exc}")
    except (OSError, UnicodeDecodeError) as exc:
        faults.append(f"{path.name}: cannot be read ({type(exc).__name__})")
    return {}


def _from_environ(environ: Mapping[str, str], faults: list[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name in Settings.model_fields:
        variable = PREFIX + name.upper()
        if variable in environ:
            text = environ[variable]
            values[name] = (
                tuple(part.strip() for part in text.split(",") if part.strip()) if name.endswith("_aliases") else text
            )
        if name in SECRETS and f"{variable}_FILE" in environ:
            if variable in environ:
                faults.append(f"{variable} and {variable}_FILE: set only one")
            try:
                values[name] = Path(environ[f"{variable}_FILE"]).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as exc:
                faults.append(f"{variable}_FILE: cannot be read ({type(exc).__name__})")
    return {name: value for name, value in values.items() if value != "" or name in SECRETS}
