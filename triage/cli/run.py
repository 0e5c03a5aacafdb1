"""`triage run`: worker, hook and console in one process. They end together; health is the worker's page."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from triage.cli.settings_file import add_config as add_arguments
from triage.cli.worker import refuse_faults
from triage.config import Settings, read_settings
from triage.logs import set_up, unforeseen_logged

__all__ = ["add_arguments", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Work and serve until SIGTERM or Ctrl-C."""
    from triage.bootstrap.worker import run_worker

    set_up()
    with unforeseen_logged("run"):
        read = read_settings(arguments.config)
        lacking = [*read.lacking, *read.lacking_for_hook, *read.settings.missing_for_console()]
        refuse_faults(read, list(dict.fromkeys(lacking)))
        asyncio.run(run_worker(read.settings, process="run", beside=_pages(read.settings)))
    return 0


@asynccontextmanager
async def _pages(settings: Settings) -> AsyncIterator[None]:
    """Hook and console, each on an address of its own."""
    from triage.bootstrap.console import open_console
    from triage.bootstrap.hook import open_hook

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_hook(settings))
        await stack.enter_async_context(open_console(settings))
        yield
