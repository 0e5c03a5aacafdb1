"""`triage key new`: a key with which stored texts are encrypted."""

import argparse
import sys

from triage.storage_key import make_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`new`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("new", help="print a new key for TRIAGE_STORAGE_KEY; it is written down nowhere else")


def run(_arguments: argparse.Namespace) -> int:
    """0: the key alone on stdout, so that it can go straight into a file."""
    print(make_key())
    print(
        "Set it as TRIAGE_STORAGE_KEY (or TRIAGE_STORAGE_KEY_FILE) for worker, hook and console alike.\n"
        "Keep a copy apart from the database and its backups: without the key nobody can read what it encrypted.",
        file=sys.stderr,
    )
    return 0
