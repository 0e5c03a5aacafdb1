"""`triage run`: worker and hook in one process. The hook has nothing but health yet, which the worker's page serves."""

import argparse

from triage.cli import worker
from triage.cli.settings_file import add_config as add_arguments

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C."""
    return worker.run(arguments, process="run")
