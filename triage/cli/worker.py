"""`triage worker`: the worker alone, as mailbox_worker.py."""

import argparse
import asyncio
from pathlib import Path

from triage.cli.settings_file import add_config as add_arguments
from triage.config import Settings, find_rules_dir, read_settings
from triage.errors import SettingsWrong
from triage.logs import set_up, unforeseen_logged

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace, *, process: str = "worker") -> int:
    """Work until SIGTERM or Ctrl-C."""
    from triage.bootstrap.worker import run_worker

    set_up()
    with unforeseen_logged(process):
        asyncio.run(run_worker(_settings(arguments.config), process=process))
    return 0


def _settings(config: Path | None) -> Settings:
    """The settings. Raises SettingsWrong with what is wrong in them and, as one start should tell all, in the rules."""
    from triage.bootstrap.rules import load_all

    read = read_settings(config)
    if faults := read.faults + read.lacking:
        try:
            load_all(find_rules_dir(read.settings.rules_dir)).prove_letters()
        except SettingsWrong as exc:
            faults += exc.faults
        raise SettingsWrong(list(dict.fromkeys(faults)))
    return read.settings
