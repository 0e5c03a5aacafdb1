"""`triage console`: the DPO's pages alone. Mail is read and letters are sent by the worker."""

import argparse
import asyncio

from triage.cli.settings_file import add_config as add_arguments
from triage.config import read_settings
from triage.errors import SettingsWrong
from triage.logs import set_up, unforeseen_logged

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    from triage.bootstrap.console import run_console

    set_up()
    with unforeseen_logged("console"):
        read = read_settings(arguments.config)
        if faults := read.faults + read.settings.missing_for_console():
            raise SettingsWrong(faults)
        asyncio.run(run_console(read.settings))
    return 0
