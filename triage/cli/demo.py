"""`triage demo`: the desk at work on sample mails, in a temporary folder, with no server and nothing sent."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from triage.cli.output import print_table
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
        return _run(arguments.keep.resolve())
    with tempfile.TemporaryDirectory(prefix="triage-demo-") as folder:
        return _run(Path(folder))


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
