"""The demo's story: an inbox, the worker on it, and a table of what became of each mail."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from triage.bootstrap.worker import open_worker
from triage.config import Settings
from triage.demo.samples import answers, sample_mails
from triage.ports import EnquiryRow
from triage.service.worker import Worker

DEMO_ADDRESS = "dataprotection@larkfield.example"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the demo has to tell: one row per mail, the folder of letters, whether the journal holds."""

    rows: tuple[EnquiryRow, ...]
    quarantined: int
    alarms: tuple[tuple[str, str], ...]
    letters: int
    journal_whole: bool


def demo_settings(folder: Path) -> Settings:
    """Everything in one folder: no server, and letters go to a folder only."""
    return Settings.model_validate(
        {
            "database_url": f"sqlite+aiosqlite:///{folder / 'triage.db'}",
            "maildir": folder / "inbox",
            "capture_dir": folder / "letters",
            "mailbox_address": DEMO_ADDRESS,
            "secret_key": "only-for-the-demo-and-nothing-else",
        }
    )


async def play(folder: Path, progress: Callable[[str], None]) -> Outcome:
    """Work through the samples, then through what comes back to our own letters."""
    settings = demo_settings(folder)
    for name in ("new", "cur", "tmp"):
        (folder / "inbox" / name).mkdir(parents=True)
    async with open_worker(settings) as worker:
        await worker.drain()  # the first look at the empty inbox: what comes now is new mail
        await _deliver(folder, sample_mails(), worker, progress)
        await _deliver(folder, answers(_captured(folder)), worker, progress)
        rows = await worker.store.list_enquiries()
        quarantine = await worker.store.list_quarantine()
        alarms = await worker.store.alarms()
        faults = await worker.store.verify_journal()
    return Outcome(
        rows=rows,
        quarantined=len(quarantine),
        alarms=tuple((alarm.code, alarm.reference or "") for alarm in alarms),
        letters=len(_captured(folder)),
        journal_whole=not faults,
    )


async def _deliver(
    folder: Path, mails: list[tuple[str, bytes]], worker: Worker, progress: Callable[[str], None]
) -> None:
    for number, (name, raw) in enumerate(mails):
        target = folder / "inbox" / "new" / f"{int(time.time())}.{number:03d}_{name}.demo"
        target.write_bytes(raw)
        progress(name)
        await worker.drain()


def _captured(folder: Path) -> list[bytes]:
    """The letters so far, oldest first."""
    files = sorted((folder / "letters" / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
    return [file.read_bytes() for file in files]
