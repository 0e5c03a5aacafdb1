"""`triage doctor`: try every configured outside thing and say what is wrong and how to mend it."""

import argparse
import asyncio
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from triage.adapters.inbox_trial import try_inbox
from triage.adapters.smtp import SmtpSender
from triage.adapters.store import open_store
from triage.adapters.store.engine import connect_database, sqlite_file_is_missing
from triage.adapters.store.store_key import Encryption
from triage.bootstrap.console import build_provider
from triage.bootstrap.hook import missing_folder, public_url_doubts
from triage.bootstrap.hubspot import build_hubspot
from triage.bootstrap.worker import build_source, smtp_settings
from triage.cli.output import print_json
from triage.cli.rules import check_all
from triage.cli.settings_file import add_config
from triage.config import Settings, find_rules_dir, read_settings
from triage.domain.accounts import Account
from triage.errors import RulesWrong, SettingsWrong, SignInFailed, TriageError
from triage.parsing.rules import load_policy
from triage.ports import Alarm
from triage.service.alarm_words import mend_of
from triage.service.checkup import (
    Finding,
    account_findings,
    api_findings,
    chat_findings,
    console_findings,
    encryption_finding,
    policy_findings,
    probe,
    signature_findings,
    staff_findings,
)

# More would hide the other findings; `triage alarm list` names every one.
_ALARMS_NAMED = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--config` and `--json`."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 all well (warnings too), 1 an outside thing is wrong, 2 the settings are."""
    read = read_settings(arguments.config)
    of_provider = read.settings.missing_for_provider()
    faults = dict.fromkeys((*read.faults, *read.lacking, *read.lacking_for_hook, *of_provider))
    lacking = [Finding(verdict="wrong", what="settings", text=fault) for fault in faults]
    # Where settings are wrong, not only lacking, what would be tried is not what was meant; the rules stand alone.
    findings = lacking + (_rules(read.settings) if read.faults else asyncio.run(_examine(read.settings)))
    if arguments.json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{finding.verdict:5}  {finding.what}: {finding.text}")
    if lacking:
        return 2
    return 1 if any(finding.verdict == "wrong" for finding in findings) else 0


@dataclass(kw_only=True, slots=True)
class _Seen:
    """What the store says. `accounts`: who may sign in; None where it could not be read."""

    alarms: list[Alarm] = field(default_factory=list)
    not_reached: list[str] = field(default_factory=list)
    accounts: list[Account] | None = None
    encryption: list[Encryption] = field(default_factory=list)


async def _examine(settings: Settings) -> list[Finding]:
    findings = _rules(settings)
    if settings.secret:
        seen = _Seen()
        mend = "check TRIAGE_DATABASE_URL"
        findings += await probe("database", lambda: _database(settings, seen), mend)
        findings += [encryption_finding(one.keys, one.items_in_plain) for one in seen.encryption]
        findings += _alarms(seen.alarms) + _staff(settings, seen.not_reached)
        if seen.accounts is not None:
            findings += account_findings(seen.accounts, by_provider=bool(settings.oidc_issuer))
    if settings.imap_host or settings.maildir:
        mend = "check TRIAGE_MAILDIR" if settings.maildir else "check the TRIAGE_IMAP_… settings"
        findings += await probe("mailbox", lambda: _mailbox(settings), mend)
    if settings.smtp_host:
        findings += await probe("smtp", lambda: _smtp(settings), "check the TRIAGE_SMTP_… settings")
    findings += await _hubspot(settings)
    findings += signature_findings(settings.hubspot_signature_versions)
    findings += await _hook(settings)
    findings += await _console(settings)
    if settings.send == "capture":
        findings += await probe(
            "letters", lambda: _capture(settings), "set TRIAGE_CAPTURE_DIR to a folder we may write to"
        )
    return findings


def _rules(settings: Settings) -> list[Finding]:
    try:
        folder = find_rules_dir(settings.rules_dir)
        faults = check_all(folder, datetime.now(UTC))
    except SettingsWrong as exc:
        faults = exc.faults
    if faults:
        return [Finding(verdict="wrong", what="rules", text=fault) for fault in faults]
    well = Finding(verdict="ok", what="rules", text="every rule holds")
    policy = load_policy(folder)
    return [well, *policy_findings(policy, datetime.now(UTC).date())]


def _alarms(standing: list[Alarm]) -> list[Finding]:
    """One finding per code: where it stands, and what to do."""
    places: dict[str, list[str]] = {}
    for alarm in standing:
        places.setdefault(alarm.code, []).extend([alarm.reference] if alarm.reference else [])
    return [
        Finding(verdict="warn", what="alarm", text=f"{code}{_among(references)}: {mend_of(code)}")
        for code, references in places.items()
    ]


def _among(references: list[str]) -> str:
    more = len(references) - _ALARMS_NAMED
    named = ", ".join(references[:_ALARMS_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f" ({named})" if named else ""


def _staff(settings: Settings, not_reached: list[str]) -> list[Finding]:
    """Whom no mail reaches. A broken policy has been said of already."""
    try:
        return staff_findings(load_policy(find_rules_dir(settings.rules_dir)), not_reached) if not_reached else []
    except (RulesWrong, SettingsWrong):
        return []


async def _database(settings: Settings, seen: _Seen) -> str:
    database = connect_database(settings.database_url)
    if sqlite_file_is_missing(database):
        await asyncio.to_thread(_try_making, Path(database.url.database or ""))
        seen.accounts = []
        return "not there yet; the worker makes it at its first start"
    store = await open_store(
        settings.database_url, secret=settings.secret, storage_keys=settings.storage_keys, migrate=False
    )
    try:
        health = await store.health(datetime.now(UTC))
        seen.alarms.extend(await store.alarms())
        seen.not_reached.extend(await store.staff_not_reached())
        seen.accounts = [account for account, disabled_at in await store.accounts() if disabled_at is None]
        seen.encryption.append(await store.encryption())
    finally:
        await store.close()
    return (
        f"answers; {health.items_waiting} items and {health.letters_waiting} letters wait, {health.alarms} alarms stand"
    )


async def _mailbox(settings: Settings) -> str:
    try:
        source = build_source(settings)
    except ValueError as exc:
        raise SettingsWrong([str(exc)]) from None
    try:
        listing = await source.list_recent(1)
    finally:
        await source.close()
    return f"answers; {len(listing.keys)} mails within a day"


async def _smtp(settings: Settings) -> str:
    sender = SmtpSender(smtp_settings(settings, load_policy(find_rules_dir(settings.rules_dir))))
    try:
        return await sender.probe()
    finally:
        await sender.close()


async def _hubspot(settings: Settings) -> list[Finding]:
    hubspot = build_hubspot(settings)
    if hubspot is None or settings.missing_for_chat():  # what is missing has been said
        return []
    try:
        found = await chat_findings(hubspot, settings.hubspot_sender_actor_id)
    finally:
        await hubspot.close()
    return found + api_findings(settings.hubspot_api_version, datetime.now(UTC).date())


async def _hook(settings: Settings) -> list[Finding]:
    """Where it stores, and what HubSpot calls. The form's words are among the rules."""
    doubts = public_url_doubts(settings.hubspot_public_url) if settings.hubspot_public_url else []
    findings = [Finding(verdict="warn", what="hook", text=f"TRIAGE_HUBSPOT_PUBLIC_URL: {doubt}") for doubt in doubts]
    if faults := missing_folder(settings):
        # Beside the store's file, it has been said of that.
        faults = faults if settings.hook_database_url or not settings.secret else []
        return [Finding(verdict="wrong", what="hook", text=fault) for fault in faults] + findings
    name = "TRIAGE_HOOK_DATABASE_URL" if settings.hook_database_url else "TRIAGE_DATABASE_URL"
    return await probe("hook", lambda: try_inbox(settings.inbox_url), f"check {name}") + findings


async def _console(settings: Settings) -> list[Finding]:
    """Where people reach it, and who lets them in."""
    findings = console_findings(settings.console_url, settings.console_listen)
    provider = None if settings.missing_for_provider() else build_provider(settings)
    if provider is None:
        return findings
    try:
        return [*findings, Finding(verdict="ok", what="identity provider", text=await provider.check())]
    except SignInFailed as exc:
        return [*findings, Finding(verdict="wrong", what="identity provider", text=str(exc))]


async def _capture(settings: Settings) -> str:
    await asyncio.to_thread(_try_writing, settings.capture_dir.absolute())
    return "captured in a folder; nothing is sent while TRIAGE_SEND is capture"


def _try_making(database: Path) -> None:
    folder = database.absolute().parent
    if not folder.is_dir():  # unlike the capture folder it is not made by itself
        raise TriageError("its folder is not there")
    _try_writing(folder)


def _try_writing(folder: Path) -> None:
    """Write there and leave no trace. Raises TriageError."""
    made: list[Path] = []
    try:
        for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
            missing.mkdir()
            made.append(missing)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as exc:
        raise TriageError(f"cannot write to its folder ({exc.strerror})") from None
    finally:
        for path in reversed(made):
            path.rmdir()
