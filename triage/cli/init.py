"""`triage init DIR`: a folder to edit: the default rules and a commented triage.toml. Overwrites nothing.

A rules folder that holds nothing but `local`, the DPO's own examples and patterns, is filled up around it.
"""

import argparse
import json
import secrets
import shutil
import sys
from pathlib import Path

from triage.config import find_rules_dir

LOCAL = "local"

_TEMPLATE = """\
# Settings of the privacy desk. Every line can also be set in the environment as TRIAGE_NAME, which wins;
# a secret also as TRIAGE_NAME_FILE, the path of a file that holds it. docs/settings.md explains each one.
# Try them with: triage doctor

rules_dir = {rules}
database_url = {database}

# The desk's own address, and others that reach the same inbox.
mailbox_address = "dataprotection@larkfield.example"
mailbox_aliases = []

# The inbox to read. It is never written to: nothing is marked, moved or deleted.
# imap_host = "imap.example.com"
# imap_user = "dataprotection@larkfield.example"
# imap_password: set TRIAGE_IMAP_PASSWORD or TRIAGE_IMAP_PASSWORD_FILE
# maildir = "/var/mail/dataprotection"       # in place of imap_host

# capture: letters go to a Maildir folder and to nobody else. live: they are sent through the relay below.
send = "capture"
capture_dir = {captured}
# smtp_host = "smtp.example.com"
# smtp_user = "dataprotection@larkfield.example"
# smtp_password: set TRIAGE_SMTP_PASSWORD or TRIAGE_SMTP_PASSWORD_FILE

# Chat, once there is an app at HubSpot: what it signs with, where it delivers, what the worker answers with.
# hubspot_public_url = "https://privacy.larkfield.example/hubspot/webhook"   # exactly as it is set at HubSpot
# hubspot_portal_id = "1234567"
# hubspot_app_id = "7654321"
# hubspot_sender_actor_id = "A-12345"       # a user of its own: "Data protection (automatic)"
# hubspot_client_secret: set TRIAGE_HUBSPOT_CLIENT_SECRET or TRIAGE_HUBSPOT_CLIENT_SECRET_FILE
# hubspot_token: set TRIAGE_HUBSPOT_TOKEN or TRIAGE_HUBSPOT_TOKEN_FILE, for the worker alone

# Webhook and enquiry form are served here, behind a proxy with TLS; its address, so that its word on visitors counts.
# hook_listen = "127.0.0.1:8081"
# trusted_proxies = ["127.0.0.1"]

# Mail received before this day opens no case and gets no letter.
# start_on = 2026-12-01

# Encrypts what people write where it is stored. `triage key new` makes a key: keep a copy of it apart.
# storage_key: set TRIAGE_STORAGE_KEY or TRIAGE_STORAGE_KEY_FILE, for worker, hook and console alike

# Signs our Message-IDs and salts hashes. Keep it: with another one, replies to old letters are not recognised.
secret_key = "{secret}"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder."""
    parser.add_argument("folder", type=Path, metavar="DIR")


def run(arguments: argparse.Namespace) -> int:
    """0 done, 2 something is in the way."""
    folder: Path = arguments.folder.resolve()
    rules, settings = folder / "rules", folder / "triage.toml"
    in_the_way = [str(path) for path in (rules, settings) if path.exists() and not _holds_only_local(path)]
    if in_the_way:
        print(*(f"{path}: is already there, nothing was changed" for path in in_the_way), sep="\n", file=sys.stderr)
        return 2
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(find_rules_dir(), rules, ignore=_all_but_ours, dirs_exist_ok=True)
        text = _TEMPLATE.format(
            rules=_quoted(rules),
            database=_quoted(f"sqlite+aiosqlite:///{folder / 'triage.db'}"),
            captured=_quoted(folder / "captured"),
            secret=secrets.token_urlsafe(32),
        )
        settings.touch(mode=0o600)  # it holds a secret
        settings.write_text(text, encoding="utf-8")
    except OSError as exc:
        print(f"{exc.filename}: {exc.strerror}", file=sys.stderr)
        return 2
    print(f"wrote {rules} and {settings}\nnext: edit both, then try them with: triage doctor --config {settings}")
    return 0


def _holds_only_local(path: Path) -> bool:
    return path.is_dir() and [inner.name for inner in path.iterdir()] == [LOCAL]


def _all_but_ours(folder: str, names: list[str]) -> list[str]:
    """What not to copy: one company's own examples and patterns are not another's."""
    return [LOCAL] if Path(folder) == find_rules_dir() and LOCAL in names else []


def _quoted(value: object) -> str:
    """A TOML string; what JSON escapes, TOML reads alike."""
    return json.dumps(str(value), ensure_ascii=False)
