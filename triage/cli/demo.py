"""`triage demo`: the desk at work on sample mails and chats, in a temporary folder, with nothing sent to anybody.

Then its console stays open.
"""

import argparse
import asyncio
import json
import shlex
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress

from triage.config import Settings
from triage.logs import set_up

if TYPE_CHECKING:
    from triage.demo.console import Door
    from triage.demo.desk import DemoDesk


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--once`, `--port` and `--keep`."""
    parser.add_argument("--once", action="store_true", help="exit after the table")
    parser.add_argument("--port", type=_port, default=8080, metavar="N", help="the console's port (default: 8080)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in this new folder and keep it")


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 something was lost or did not end as expected, or the journal does not hold, 2 the folder to keep
    cannot be made or the console's port is taken."""
    from triage.demo.console import refuse_taken

    set_up(quiet=True)
    port = None if arguments.once else arguments.port
    if port is not None:
        refuse_taken(port)
    if arguments.keep is None:
        with tempfile.TemporaryDirectory(prefix="triage-demo-") as folder:
            return asyncio.run(_run(Path(folder), port, keep=False))
    try:
        arguments.keep.mkdir(parents=True)
    except OSError as exc:
        print(f"{arguments.keep}: {exc.strerror}; name a new folder", file=sys.stderr)
        return 2
    return asyncio.run(_run(arguments.keep.resolve(), port, keep=True))


def as_toml(settings: Settings) -> str:
    """What differs from the defaults, as a settings file; what JSON escapes, TOML reads alike."""
    said = settings.model_dump(exclude_defaults=True)
    texts = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in said.items()
    }
    return "".join(f"{name} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in texts.items())


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


async def _run(folder: Path, port: int | None, *, keep: bool) -> int:
    """Play, show, and stay open with the console on `port`; None: end. Settings lie in the folder, for the other
    commands to look with."""
    from triage.cli.demo_page import print_page
    from triage.demo.console import open_demo_console
    from triage.demo.desk import demo_settings, open_desk
    from triage.demo.show import play, steps

    config = folder / "triage.toml"
    config.write_text(as_toml(demo_settings(folder)), encoding="utf-8")
    async with open_desk(folder) as desk, AsyncExitStack() as stack:
        # Before anything is worked through, so that the port is still ours afterwards.
        door = None if port is None else await stack.enter_async_context(open_demo_console(folder, port))
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
            bar = progress.add_task("working through the samples", total=steps())
            outcome = await play(desk, config, lambda _name: progress.advance(bar))
        print_page(outcome, keep=keep)
        if keep:
            print(f"\nlook further: triage case list --config {shlex.quote(str(config))}", flush=True)
        if door is not None:
            await _stay_open(desk, door)
    return 0 if outcome.good else 1


async def _stay_open(desk: "DemoDesk", door: "Door") -> None:
    from triage.cli.demo_page import print_row

    print(f"\nThe console is open:      {door.url}")
    print(f"Sign in as:               {door.name}   password: {door.password}")
    print(f"The enquiry form is open: {desk.form_url}")
    print("Everything above is in the console; what is sent by the form shows below, and there. Ctrl-C ends the demo.")
    sys.stdout.flush()
    await desk.serve(print_row)
