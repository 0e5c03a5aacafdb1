"""`triage case list|show REF`: the queue, and one enquiry or case with everything known of it."""

import argparse
import sys
from dataclasses import asdict

from triage.cli.case_page import case_page
from triage.cli.output import print_json, print_table, with_store
from triage.cli.settings_file import add_config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list` and `show REF`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in (("list", "every case, soonest next step first"), ("show", "one enquiry or case")):
        action = actions.add_parser(name, help=text)
        add_config(action)
        action.add_argument("--json", action="store_true", help="print JSON")
        if name == "show":
            action.add_argument("reference", help="DP-2026-00042-K7 or DP-2026-00042-K7/1")


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 no such reference."""
    if arguments.action == "show":
        return _show(arguments)
    cases = with_store(arguments.config, lambda store: store.list_cases())
    if arguments.json:
        print_json([asdict(case) for case in cases])
        return 0
    rows = [
        (
            case.reference,
            case.kind,
            case.lane,
            case.sender,
            case.received_on,
            case.statutory_due or "-",
            f"{case.next_step} ({case.next_step_on})",
            "NOT ACKNOWLEDGED" if case.not_acknowledged else case.letter or "-",
        )
        for case in cases
    ]
    columns = ("case", "kind", "lane", "from", "received", "due", "next step", "acknowledgement")
    print_table(f"{len(rows)} cases", columns, rows)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    reference = arguments.reference.upper()
    found = with_store(arguments.config, lambda store: store.show_case(reference))
    if found is None:
        print(f"there is no enquiry or case {reference}", file=sys.stderr)
        return 1
    if arguments.json:
        print_json(found)
    else:
        print(case_page(found))
    return 0
