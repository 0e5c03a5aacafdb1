"""`triage export REF`: the evidence pack of an enquiry or case, one zip that opens without this program."""

import argparse
import hashlib
import sys
from dataclasses import replace
from pathlib import Path

from triage.adapters.evidence_zip import write_zip
from triage.cli.output import with_store
from triage.cli.settings_file import add_config
from triage.config import rules_dir
from triage.domain.evidence import files_of
from triage.domain.evidence_values import Evidence
from triage.domain.policy import Policy
from triage.domain.vocabulary import Nation
from triage.errors import NotDone
from triage.parsing.rules import load_policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The reference, and where to."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="DP-2026-00042-K7, or one of its cases: DP-2026-00042-K7/1")
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR|FILE.zip", help="default: a file of its name, here"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 written, 1 there is no such case or the file cannot be written."""
    found = with_store(arguments.config, lambda store: store.evidence(arguments.reference))
    if found is None:
        print(f"there is no enquiry or case {arguments.reference.strip().upper()}", file=sys.stderr)
        return 1
    found = replace(found, nation=_nation(found, load_policy(rules_dir(arguments.config))))
    target: Path = arguments.out
    if target.is_dir():
        target /= f"{found.reference.replace('/', '-')}.zip"
    try:
        content = write_zip(target, files_of(found))
    except NotDone as exc:
        print(exc, file=sys.stderr)
        return 1
    print(f"wrote {target}\nsha256 {hashlib.sha256(content).hexdigest()}")
    return 0


def _nation(found: Evidence, policy: Policy) -> Nation:
    """Where the company is that it was asked of, for the pages' clock; the main one's where there is no case."""
    asked = [one.controller for one in found.cases]
    of_it = [one for one in policy.controllers if one.name in asked]
    return (of_it or [policy.main_controller])[0].nation
