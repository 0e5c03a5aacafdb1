"""`triage rules check`: policy, gate, patterns and letters prove themselves."""

import argparse
import sys
from pathlib import Path

from triage.config import rules_dir
from triage.errors import RulesWrong


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`check`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("check", help="every rule against its own examples, every letter against the linter")


def run(_arguments: argparse.Namespace) -> int:
    """0 all well, 1 a rule fails; every fault on a line of its own."""
    faults = check_all(rules_dir())
    print(*faults or ["all rules hold"], sep="\n", file=sys.stderr if faults else sys.stdout)
    return 1 if faults else 0


def check_all(folder: Path) -> list[str]:
    """Every fault of a rules folder."""
    from triage.language.check import check_rules
    from triage.parsing.gate_table import load_gate_table
    from triage.parsing.letter_lint import lint
    from triage.parsing.rules import load_letter_sources, load_policy

    faults: list[str] = []
    try:
        load_gate_table(folder)
    except RulesWrong as exc:
        faults += exc.faults
    try:
        policy = load_policy(folder)
    except RulesWrong as exc:
        return faults + exc.faults
    try:
        faults += check_rules(folder, policy)
    except RulesWrong as exc:
        faults += exc.faults
    try:
        faults += lint(load_letter_sources(folder), policy)
    except RulesWrong as exc:
        faults += exc.faults
    return faults
