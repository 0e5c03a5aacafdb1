"""`triage alarm list|clear`: what a person must see, and the word that it is dealt with."""

import argparse
import sys
from datetime import UTC, datetime

from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config
from triage.service.review import clear_alarm


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list` and `clear CODE [REF]`. The codes are in docs/alarms.md."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="what stands, oldest first")
    add_config(listing)
    listing.add_argument("--json", action="store_true", help="print JSON")
    clearing = actions.add_parser("clear", help="say that one is dealt with; seen again, it is raised again")
    add_config(clearing)
    clearing.add_argument("code", metavar="CODE", help="its code in the list")
    clearing.add_argument("reference", nargs="?", type=_reference, metavar="REF", help="its reference, if it has one")


def _reference(text: str) -> str:
    return text.strip().upper()


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 no such alarm stands."""
    return {"list": _list, "clear": _clear}[arguments.action](arguments)


def _list(arguments: argparse.Namespace) -> int:
    alarms = with_store(arguments.config, lambda store: store.alarms())
    if arguments.json:
        print_json([{"code": a.code, "reference": a.reference, "raised_at": a.raised_at} for a in alarms])
        return 0
    rows = [(alarm.code, alarm.reference or "", alarm.raised_at.isoformat()) for alarm in alarms]
    title = f"{len(rows)} alarm stands" if len(rows) == 1 else f"{len(rows)} alarms stand"
    print_table(title, ("code", "reference", "since"), rows)
    return 0


def _clear(arguments: argparse.Namespace) -> int:
    code, reference = arguments.code, arguments.reference
    alarm = f"alarm {code} stands" + (f" for {reference}" if reference else "")
    if not with_store(arguments.config, lambda store: clear_alarm(store, code, reference, datetime.now(UTC))):
        print(f"no {alarm}", file=sys.stderr)
        return 1
    print(f"no {alarm} any more")
    return 0
