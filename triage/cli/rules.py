"""`triage rules check`: policy, gate, patterns, letters and chat notes prove themselves."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from triage.cli.settings_file import add_config
from triage.config import rules_dir
from triage.errors import RulesWrong

Part = TypeVar("Part")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`check`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    text = "every rule against its own examples, every letter against the linter"
    check = actions.add_parser("check", help=text, description=text)
    add_config(check)
    check.epilog = (
        "Proves the whole rules folder: policy, gate, patterns, letters, chat notes and form, and your own patterns "
        "and examples in local/. Changes nothing. Exit codes: 0 all rules hold; 1 a fault, each on a line with its "
        "file and rule."
    )


def run(arguments: argparse.Namespace) -> int:
    """0 all well, 1 a rule fails; every fault on a line of its own."""
    folder = rules_dir(arguments.config)
    print(f"checking {folder.resolve()}", flush=True)
    faults = check_all(folder, datetime.now(UTC))
    print(*faults or ["all rules hold"], sep="\n", file=sys.stderr if faults else sys.stdout)
    return 1 if faults else 0


def check_all(folder: Path, now: datetime) -> list[str]:
    """Every fault of a rules folder at `now` (aware)."""
    from triage.bootstrap.rules import letter_faults
    from triage.domain.clock import local_date
    from triage.domain.links import not_yet
    from triage.language.check import check_rules
    from triage.language.corpus import local_examples
    from triage.language.rules_file import load_rules, missing_words
    from triage.parsing import chatbook
    from triage.parsing.form_words import faults_for, load_form_words
    from triage.parsing.gate_table import load_gate_table
    from triage.parsing.rules import load_chat_sources, load_letter_sources, load_policy

    faults: list[str] = []

    def attempt(load: Callable[[Path], Part]) -> Part | None:
        try:
            return load(folder)
        except RulesWrong as exc:
            faults.extend(exc.faults)
            return None

    attempt(load_gate_table)
    policy, book = attempt(load_policy), attempt(load_rules)
    if policy is not None:
        faults += not_yet(policy, local_date(now, policy.main_controller.nation))
    if book is not None:
        faults += missing_words(book.rules)
        faults += check_rules(folder, policy) if policy is not None else []
    attempt(local_examples)
    words = attempt(load_form_words)
    if words is not None and policy is not None:
        faults += faults_for(words, policy)
    letters = attempt(load_letter_sources)
    if letters is not None:
        faults += letter_faults(letters, policy)
    chat = attempt(load_chat_sources)
    faults += chatbook.faults(chat) if chat is not None else []
    return faults
