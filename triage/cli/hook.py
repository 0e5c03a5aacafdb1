"""`triage hook`: the hook alone, as chat_webhook.py."""

import argparse
import asyncio

from triage.cli.settings_file import add_config as add_arguments
from triage.config import read_settings
from triage.errors import SettingsWrong
from triage.logs import set_up, unforeseen_logged

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    from triage.bootstrap.hook import run_hook

    set_up()
    with unforeseen_logged("hook"):
        read = read_settings(arguments.config)
        if faults := read.faults + read.lacking_for_hook:
            raise SettingsWrong(faults)
        asyncio.run(run_hook(read.settings))
    return 0
