"""`triage demo`: the desk at work on sample mails, in a temporary folder, with no server and nothing sent."""

import argparse
import asyncio
import json
import shlex
import sys
import tempfile
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress

from triage.cli.output import print_table
from triage.config import Settings
from triage.logs import set_up
from triage.ports import EnquiryRow


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--once` and `--port`, as they stay when there is a console to keep open."""
    parser.add_argument("--once", action="store_true", help="exit after the table")
    parser.add_argument("--port", type=int, default=8080, metavar="N", help="the console's port, once there is one")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in this new folder and keep it")


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 a mail was lost or the journal does not hold, 2 the folder to keep cannot be made."""
    set_up(quiet=True)
    if arguments.keep is not None:
        try:
            arguments.keep.mkdir(parents=True)
        except OSError as exc:
            print(f"{arguments.keep}: {exc.strerror}; name a new folder", file=sys.stderr)
            return 2
        return _keep(arguments.keep.resolve())
    with tempfile.TemporaryDirectory(prefix="triage-demo-") as folder:
        return _run(Path(folder))


def _keep(folder: Path) -> int:
    """Leave settings there too, so that the other commands can look at what became of the mails."""
    from triage.demo.show import demo_settings

    code = _run(folder)
    config = folder / "triage.toml"
    config.write_text(as_toml(demo_settings(folder)), encoding="utf-8")
    print(f"\nlook further: triage case list --config {shlex.quote(str(config))}")
    return code


def as_toml(settings: Settings) -> str:
    """What differs from the defaults, as a settings file; what JSON escapes, TOML reads alike."""
    said = settings.model_dump(exclude_defaults=True)
    texts = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in said.items()
    }
    return "".join(f"{name} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in texts.items())


def _run(folder: Path) -> int:
    from triage.demo.samples import sample_mails
    from triage.demo.show import play

    expected = len(sample_mails())
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        bar = progress.add_task("working through the samples", total=expected + 3)
        outcome = asyncio.run(play(folder, lambda _name: progress.advance(bar)))
    columns = ("reference", "subject", "gate", "kinds", "lane", "what went out", "due", "why")
    print_table(f"{len(outcome.rows)} mails came in", columns, [_told(row) for row in outcome.rows])
    print(f"\nletters captured: {outcome.letters}; in quarantine: {outcome.quarantined}")
    for code, reference in outcome.alarms:
        print(f"alarm: {code} {reference}".rstrip())
    print(f"journal: {'every chain is whole' if outcome.journal_whole else 'BROKEN'}")
    whole = outcome.journal_whole and len(outcome.rows) + outcome.quarantined >= expected
    return 0 if whole else 1


def _told(row: EnquiryRow) -> tuple[str, ...]:
    where = row.lane or row.outcome
    why = row.trace[-1].removeprefix("letter: ") if row.trace else ""
    kinds, due = ", ".join(row.kinds) or "-", row.due_on or "-"
    return (row.thread or "-", row.subject or "(none)", row.gate, kinds, where, row.letter or "-", due, why)
