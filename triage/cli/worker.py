"""`triage worker`: the worker alone, as mailbox_worker.py."""

import argparse
import asyncio

from triage.cli.settings_file import add_config as add_arguments
from triage.config import load_settings
from triage.logs import set_up

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace, *, process: str = "worker") -> int:
    """Work until SIGTERM or Ctrl-C."""
    from triage.bootstrap.worker import run_worker

    set_up()
    asyncio.run(run_worker(load_settings(arguments.config, for_worker=True), process=process))
    return 0
