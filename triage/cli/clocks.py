"""`triage clocks recompute`: dates of open cases by today's rules and holidays; what moves, and why."""

import argparse
import getpass
import sys
from datetime import UTC, date, datetime

from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.service.recompute import Recomputed, recompute


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`recompute`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    text = "work out the dates of every open case anew, after holidays, closures, targets or rules have changed"
    action = actions.add_parser("recompute", help=text, description=text)
    add_config(action)
    action.add_argument("--dry-run", action="store_true", help="only list what would move, and why")
    action.add_argument("--json", action="store_true", help="print one JSON object")
    action.epilog = (
        "Run it after a change to extra_bank_holidays, office_closures, targets or a controller's nation or regime in "
        "policy.toml, and after an update. Dates only follow what is recorded; nothing is sent, and what a letter has "
        "promised stays promised. Exit codes: 0 done; 1 somebody wrote to a case meanwhile: run it again."
    )


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 a case changed meanwhile and still has its old dates."""
    from triage.config import rules_dir
    from triage.parsing.rules import load_policy

    policy, by, now = load_policy(rules_dir(arguments.config)), getpass.getuser(), datetime.now(UTC)
    found = with_store(
        arguments.config, lambda store: recompute(store, policy, by=by, now=now, dry_run=arguments.dry_run)
    )
    if arguments.json:
        print_json(_as_json(found, dry_run=arguments.dry_run))
    else:
        rows = [(move.reference, move.name, _day(move.before), _day(move.after), move.why) for move in found.moves]
        print_table(_title(found, dry_run=arguments.dry_run), ("case", "date", "from", "to", "why"), rows)
    for reference in found.changed_meanwhile:
        print(f"{reference}: changed meanwhile and keeps its old dates; run this again", file=sys.stderr)
    return 1 if found.changed_meanwhile else 0


def _title(found: Recomputed, *, dry_run: bool) -> str:
    cases = len({move.reference for move in found.moves})
    did = "would move" if dry_run else "moved"
    return f"dates that {did}: {len(found.moves)}, in {cases} of the open cases" if cases else f"no date {did}"


def _day(day: date | None) -> str:
    return "-" if day is None else day.isoformat()


def _as_json(found: Recomputed, *, dry_run: bool) -> dict[str, object]:
    moves = [
        {"reference": move.reference, "date": move.name, "from": move.before, "to": move.after, "why": move.why}
        for move in found.moves
    ]
    return {"dry_run": dry_run, "moves": moves, "changed_meanwhile": list(found.changed_meanwhile)}
