"""`triage journal verify`: recompute every chain of the journal."""

import argparse
from dataclasses import asdict

from triage.cli.output import print_json, with_store
from triage.cli.settings_file import add_config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`verify`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="recompute every chain")
    add_config(verify)
    verify.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 every chain is whole, 1 one is broken."""
    faults = with_store(arguments.config, lambda store: store.verify_journal())
    if arguments.json:
        print_json([asdict(fault) for fault in faults])
    elif not faults:
        print("every chain is whole")
    else:
        for fault in faults:
            print(f"{fault.chain} row {fault.sequence}: {fault.fault}")
    return 1 if faults else 0
