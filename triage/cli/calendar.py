"""`triage calendar`: the dates of open cases as an iCalendar file. No personal data is in it."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from triage.cli.output import with_store
from triage.cli.settings_file import add_config
from triage.config import rules_dir
from triage.parsing.calendar_feed import feed
from triage.parsing.rules import load_policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--out FILE`."""
    add_config(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it there (default: print it)")


def run(arguments: argparse.Namespace) -> int:
    """0 written, 2 the file cannot be written."""
    policy = load_policy(rules_dir(arguments.config))
    cases = with_store(arguments.config, lambda store: store.open_cases())
    written = feed(cases, policy, datetime.now(UTC)).encode()
    if arguments.out is None:
        sys.stdout.buffer.write(written)
        return 0
    try:
        arguments.out.write_bytes(written)
    except OSError as exc:
        print(f"{arguments.out}: cannot be written: {exc.strerror}", file=sys.stderr)
        return 2
    return 0
