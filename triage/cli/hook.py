"""`triage hook`: the hook alone, as chat_webhook.py."""

import argparse
import asyncio

from triage.bootstrap.hook import run_hook
from triage.cli.settings_file import add_config as add_arguments
from triage.config import load_settings
from triage.logs import set_up, unforeseen_logged

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    set_up()
    with unforeseen_logged("hook"):
        asyncio.run(run_hook(load_settings(arguments.config)))
    return 0
