"""Settings: `triage.toml`, overridden by `TRIAGE_…` in the environment; a secret also from the file named in `…_FILE`.

Every fault is found before anything starts, and all are said at once.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from triage.errors import SettingsWrong
from triage.settings_sources import PREFIX, gather
from triage.storage_key import read_keys

# A key that can be guessed would let a stranger forge our Message-IDs.
SHORTEST_SECRET = 16
SECRETS = (
    *("imap_password", "smtp_password", "secret_key", "database_url", "hook_database_url"),
    *("hubspot_client_secret", "hubspot_token", "form_key", "oidc_client_secret", "storage_key"),
)
# RFC 5322 section 3.4.1 without quoted names and comments: what stands in every From and To we compare it with.
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def listen_address(value: str) -> tuple[str, int]:
    """`host:port` taken apart. Raises ValueError."""
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise ValueError("must be host:port")
    return host.strip("[]"), int(port)


def plain_address(value: str) -> str:
    """One mail address and nothing else. Raises ValueError: with a name beside it no mail would be to us."""
    if not _ADDRESS.fullmatch(value):
        raise ValueError("must be one plain mail address, without a name or angle brackets")
    return value


def _checked(value: str) -> str:
    listen_address(value)
    return value


def _known_database(value: str) -> str:
    if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("must begin with sqlite+aiosqlite:/// and a file, or with postgresql+asyncpg://")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError("must be a whole web address, beginning with https://")
    return value


def _network(value: str) -> str:
    ipaddress.ip_network(value, strict=False)  # its own words name the fault
    return value


def _digits(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,19}", value):
        raise ValueError("must be a number as HubSpot shows it, digits only, such as 44556677")
    return value


def _actor(value: str) -> str:
    if not re.fullmatch(r"A-[0-9]{1,19}", value):
        raise ValueError("must be A- and the user's number, such as A-5150")
    return value


def _signature_versions(value: object) -> object:
    versions = _between_commas(value)
    if isinstance(versions, (tuple, list)) and not set(map(str, versions)) <= {"v3", "v1"}:
        raise ValueError("must be v3, or v3,v1 to take old signatures too; v2 is not for webhooks of an app")
    return versions


def _storage_key(value: SecretStr) -> SecretStr:
    read_keys(value.get_secret_value())
    return value


def _as_text(value: object) -> object:
    """Ids are digits, and a settings file may say them as a number."""
    return str(value) if isinstance(value, int) else value


def _between_commas(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Port = Annotated[int, Field(ge=1, le=65535)]
Listen = Annotated[str, AfterValidator(_checked)]
Address = Annotated[str, AfterValidator(plain_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Network = Annotated[str, AfterValidator(_network)]
Digits = Annotated[str, BeforeValidator(_as_text), AfterValidator(_digits)]
SignatureVersion = Literal["v3", "v1"]


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

    mailbox_address: Address | Literal[""] = ""
    mailbox_aliases: Annotated[tuple[Address, ...], BeforeValidator(_between_commas)] = ()
    start_on: date | None = None
    send: Literal["capture", "live"] = "capture"
    capture_dir: Path = Path("captured")

    hubspot_client_secret: SecretStr = SecretStr("")
    hubspot_token: SecretStr = SecretStr("")
    hubspot_sender_actor_id: Annotated[str, AfterValidator(_actor)] | Literal[""] = ""
    hubspot_app_id: Digits | Literal[""] = ""
    hubspot_portal_id: Digits | Literal[""] = ""
    hubspot_api_url: WebAddress = "https://api.hubapi.com"
    hubspot_app_url: WebAddress = "https://app.hubspot.com"
    hubspot_public_url: WebAddress | Literal[""] = ""
    hubspot_api_version: Literal["v3", "2026-09"] = "v3"
    hubspot_signature_versions: Annotated[tuple[SignatureVersion, ...], BeforeValidator(_signature_versions)] = ("v3",)

    hook_database_url: Annotated[str, AfterValidator(_known_database)] | None = None
    form_key: SecretStr = SecretStr("")
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_between_commas)] = ()
    hook_listen: Listen = "127.0.0.1:8081"
    console_listen: Listen = "127.0.0.1:8080"
    console_url: WebAddress | Literal[""] = ""
    oidc_issuer: WebAddress | Literal[""] = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    admin_listen: Listen | None = None
    secret_key: SecretStr = SecretStr("")
    storage_key: Annotated[SecretStr, AfterValidator(_storage_key)] = SecretStr("")

    @property
    def secret(self) -> bytes:
        """The key of our Message-IDs and hashes."""
        return self.secret_key.get_secret_value().encode()

    @property
    def storage_keys(self) -> tuple[bytes, ...]:
        """What encrypts stored texts, the key to write with first; none where they lie in plain."""
        return read_keys(self.storage_key.get_secret_value())

    @property
    def inbox_url(self) -> str:
        """Where the hook stores: a SQLite file of its own beside the store's, or the store's PostgreSQL."""
        if self.hook_database_url is not None:
            return self.hook_database_url
        if not self.database_url.startswith("sqlite"):
            return self.database_url
        stem, _, ending = self.database_url.rpartition(".")
        return f"{stem}-hook.{ending}" if stem and "/" not in ending else f"{self.database_url}-hook"

    def contradictions(self) -> list[str]:
        """Settings that cannot both be meant, one line each."""
        faults = [
            f"{PREFIX}{name.upper()}_TLS: none is allowed towards this machine only"
            for name in ("imap", "smtp")
            if getattr(self, f"{name}_tls") == "none" and not _is_loopback(getattr(self, f"{name}_host"))
        ]
        if self.imap_host and self.maildir:
            faults.append(f"{PREFIX}MAILDIR: set either this or {PREFIX}IMAP_HOST, not both")
        if not is_safe_for_a_token(self.hubspot_api_url):
            faults.append(f"{PREFIX}HUBSPOT_API_URL: http is allowed towards this machine only; the token would show")
        if not re.fullmatch(r"[\x21-\x7e]*", self.hubspot_token.get_secret_value()):
            faults.append(f"{PREFIX}HUBSPOT_TOKEN: a token has no blanks and no letters outside ASCII; copy it anew")
        return faults

    def missing_for_hook(self) -> list[str]:
        """What the hook cannot do without, one line each. Without any word of HubSpot it serves the form alone.

        Without the ids any portal's events would count as ours: so they are asked for with the client secret.
        """
        secret = bool(self.hubspot_client_secret.get_secret_value())
        faults = []
        if self.hubspot_public_url and not secret:
            faults.append(f"{PREFIX}HUBSPOT_CLIENT_SECRET: without it nobody can tell HubSpot from a stranger")
        if secret and not self.hubspot_public_url:
            faults.append(f"{PREFIX}HUBSPOT_PUBLIC_URL: the target URL as set at HubSpot is part of every signature")
        if secret:
            faults += self._missing_ids("hubspot_app_id", "hubspot_portal_id")
        if secret and "v3" not in self.hubspot_signature_versions:
            faults.append(f"{PREFIX}HUBSPOT_SIGNATURE_VERSIONS: v3 must be among them")
        if self.form_key.get_secret_value() and len(self.form_key.get_secret_value()) < SHORTEST_SECRET:
            faults.append(f"{PREFIX}FORM_KEY: at least {SHORTEST_SECRET} characters are needed")
        return faults

    def missing_for_chat(self) -> list[str]:
        """What the worker lacks to work on chats, one line each; nothing where chat is not set up at all."""
        if not self.hubspot_token.get_secret_value():
            if self.hubspot_client_secret.get_secret_value():
                return [f"{PREFIX}HUBSPOT_TOKEN: chat events come in, and without it nobody can read them"]
            return []
        return self._missing_ids("hubspot_sender_actor_id", "hubspot_app_id", "hubspot_portal_id")

    def _missing_ids(self, *names: str) -> list[str]:
        """The same words for worker and hook, so that a start of both says each once."""
        return [
            f"{PREFIX}{name.upper()}: the chat needs it, to know whose events and messages are ours"
            for name in names
            if not getattr(self, name)
        ]

    def missing_for_store(self) -> list[str]:
        """What nobody can open the store without, one line each."""
        if len(self.secret) < SHORTEST_SECRET:
            return [f"{PREFIX}SECRET_KEY: at least {SHORTEST_SECRET} characters are needed"]
        return []

    def missing_for_console(self) -> list[str]:
        """What the console cannot do without, one line each."""
        faults = self.missing_for_store()
        if not self.mailbox_address:
            faults.append(f"{PREFIX}MAILBOX_ADDRESS: the desk's own address is needed, it stands in every letter")
        return faults + self.missing_for_provider()

    def missing_for_provider(self) -> list[str]:
        """What the way in by an identity provider lacks, one line each; nothing where none is configured."""
        faults = []
        if self.oidc_issuer and not (self.oidc_client_id and self.console_url):
            faults.append(f"{PREFIX}OIDC_CLIENT_ID and {PREFIX}CONSOLE_URL: the identity provider needs both")
        if self.oidc_issuer and not is_safe_for_a_token(self.oidc_issuer):
            faults.append(f"{PREFIX}OIDC_ISSUER: http is allowed towards this machine only")
        return faults

    def missing_for_worker(self) -> list[str]:
        """What the worker cannot do without, one line each."""
        faults = []
        if not self.imap_host and not self.maildir:
            faults.append(f"{PREFIX}IMAP_HOST or {PREFIX}MAILDIR: no mailbox to read is set")
        if self.imap_host and not (self.imap_user and self.imap_password.get_secret_value()):
            faults.append(f"{PREFIX}IMAP_USER and {PREFIX}IMAP_PASSWORD: needed to sign in to the mailbox")
        if not self.mailbox_address:
            faults.append(f"{PREFIX}MAILBOX_ADDRESS: the desk's own address is needed")
        if self.send == "live" and not self.smtp_host:
            faults.append(f"{PREFIX}SMTP_HOST: needed while {PREFIX}SEND is live")
        faults += self.missing_for_store() + self.missing_for_chat()
        if self.rules_dir is not None and not self.rules_dir.is_dir():
            faults.append(f"{PREFIX}RULES_DIR: there is no such folder")
        for name in ("imap_ca_file", "smtp_ca_file"):
            path: Path | None = getattr(self, name)
            if path is not None and not path.is_file():
                faults.append(f"{PREFIX}{name.upper()}: there is no such file")
        return faults


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsRead:
    """Settings as far as they can be read, what is wrong with them, and what worker and hook lack beside that."""

    settings: Settings
    faults: list[str]
    lacking: list[str]
    lacking_for_hook: list[str]


def read_settings(config: Path | None = None, environ: Mapping[str, str] | None = None) -> SettingsRead:
    """Settings from `config` (default: ./triage.toml if there is one) and the environment, with every fault.

    A setting that is wrong stands at its default, so that what is left still has its say.
    """
    found = gather(config, os.environ if environ is None else environ, tuple(Settings.model_fields), SECRETS)
    faults = list(found.faults)
    wrong: set[str] = set()
    try:
        settings = Settings.model_validate(found.values)
    except ValidationError as exc:
        wrong = {str(error["loc"][0]) for error in exc.errors()}
        faults.extend(_in_words(exc, found.named))
        settings = Settings.model_validate({key: value for key, value in found.values.items() if key not in wrong})

    def unsaid(lines: list[str]) -> list[str]:
        return [line for line in lines if not any(PREFIX + name.upper() in line for name in wrong)]

    faults += unsaid(settings.contradictions())
    return SettingsRead(
        settings=settings,
        faults=faults,
        lacking=unsaid(settings.missing_for_worker()),
        lacking_for_hook=unsaid(settings.missing_for_hook()),
    )


def load_settings(
    config: Path | None = None, environ: Mapping[str, str] | None = None, *, for_worker: bool = False
) -> Settings:
    """Settings that hold. Raises SettingsWrong with one line per fault, all faults at once; with `for_worker` also
    what it lacks."""
    read = read_settings(config, environ)
    faults = read.faults + (read.lacking if for_worker else [])
    if faults:
        raise SettingsWrong(faults)
    return read.settings


def _in_words(exc: ValidationError, named: Mapping[str, str]) -> list[str]:
    lines = [
        f"{named[str(error['loc'][0])]}: "
        f"{error['msg'].removeprefix('Value error, ').replace('Input should be', 'must be')}"
        for error in exc.errors(include_url=False, include_input=False)
        if error["loc"][-1] != "literal['']"  # the other half of "an address or nothing"
    ]
    return list(dict.fromkeys(lines))


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


def rules_dir(config: Path | None = None) -> Path:
    """The rules folder of the settings, for commands that need no other. Raises SettingsWrong."""
    return find_rules_dir(load_settings(config).rules_dir)


def is_safe_for_a_token(address: str) -> bool:
    """Whether a secret may travel to a web address: https, or no further than this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "?")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")
