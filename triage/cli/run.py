"""`triage run`: worker and hook in one process. They end together; health is the worker's page."""

import argparse
import asyncio

from triage.cli.settings_file import add_config as add_arguments
from triage.cli.worker import refuse_faults
from triage.config import read_settings
from triage.logs import set_up, unforeseen_logged

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Work and serve until SIGTERM or Ctrl-C."""
    from triage.bootstrap.hook import open_hook
    from triage.bootstrap.worker import run_worker

    set_up()
    with unforeseen_logged("run"):
        read = read_settings(arguments.config)
        refuse_faults(read, read.lacking + read.lacking_for_hook)
        asyncio.run(run_worker(read.settings, process="run", beside=open_hook(read.settings)))
    return 0
