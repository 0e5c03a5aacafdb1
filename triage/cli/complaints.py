"""`triage complaints register`: how many complaints there were, and what became of them. Names nobody."""

import argparse
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime

from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.cli.terminal import harmless
from triage.domain.clock import local_date
from triage.domain.register import COLUMNS, Period, RegisterLine, register, row_of
from triage.domain.spreadsheet import as_csv, counts_in_words

_COLUMNS = ("period", "company", "received", "acknowledged", "late", "owed", "open", "days", "unresolved", "outcomes")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`register` with the days, the periods and the form of the answer."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    action = actions.add_parser("register", help="counts for each period and company, ready for a statutory return")
    add_config(action)
    action.add_argument("--from", dest="first_on", type=_day, metavar="DATE", help="received on this day or later")
    action.add_argument("--to", dest="last_on", type=_day, metavar="DATE", help="received on this day or earlier")
    action.add_argument(
        "--by", type=Period, choices=list(Period), default=Period.MONTH, help="month (default), quarter or year"
    )
    form = action.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print CSV with a heading, for a spreadsheet")


def run(arguments: argparse.Namespace) -> int:
    """0 done, 2 where the last day lies before the first."""
    if arguments.first_on and arguments.last_on and arguments.last_on < arguments.first_on:
        print("--to: lies before --from", file=sys.stderr)
        return 2
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    policy = load_policy(rules_dir(arguments.config))
    found = with_store(arguments.config, lambda store: store.complaints(arguments.first_on, arguments.last_on))
    rows = tuple(row_of(case, fired, policy) for case, fired in found)
    today = local_date(datetime.now(UTC), policy.main_controller.nation)
    lines = register(rows, arguments.by, today)
    if arguments.json:
        print_json([asdict(line) for line in lines])
    elif arguments.csv:
        print(harmless(as_csv(COLUMNS, map(asdict, lines))), end="")
    else:
        total = sum(line.received for line in lines)
        title = "1 complaint" if total == 1 else f"{total} complaints"
        print_table(title, _COLUMNS, [_told(line) for line in lines])
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-23") from None


def _told(line: RegisterLine) -> tuple[str, ...]:
    counts = (line.received, line.in_time, line.late, line.owed, line.open)
    days = "" if line.days_to_outcome is None else f"{line.days_to_outcome:g}"
    return (line.period, line.controller, *map(str, counts), days, str(line.unresolved), counts_in_words(line.outcomes))
