"""`triage worker`: the worker alone, as mailbox_worker.py."""

import argparse
import asyncio

from triage.cli.settings_file import add_config as add_arguments
from triage.config import SettingsRead, find_rules_dir, read_settings
from triage.errors import SettingsWrong
from triage.logs import set_up, unforeseen_logged

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C."""
    from triage.bootstrap.worker import run_worker

    set_up()
    with unforeseen_logged("worker"):
        read = read_settings(arguments.config)
        refuse_faults(read, read.lacking)
        asyncio.run(run_worker(read.settings))
    return 0


def refuse_faults(read: SettingsRead, lacking: list[str]) -> None:
    """Raises SettingsWrong with what is wrong in the settings and, as one start should tell all, in the rules."""
    from triage.bootstrap.rules import load_all

    if faults := read.faults + lacking:
        try:
            load_all(find_rules_dir(read.settings.rules_dir)).prove_letters()
        except SettingsWrong as exc:
            faults += exc.faults
        raise SettingsWrong(list(dict.fromkeys(faults)))
