"""`triage demo`: the desk at work on sample mails and chats, in a temporary folder, with nothing sent to anybody."""

import argparse
import asyncio
import json
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress

from triage.config import Settings
from triage.logs import set_up

if TYPE_CHECKING:
    from triage.demo.desk import DemoDesk


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--once` and `--port`, as they stay when there is a console to keep open."""
    parser.add_argument("--once", action="store_true", help="exit after the table")
    parser.add_argument("--port", type=int, default=8080, metavar="N", help="the console's port, once there is one")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in this new folder and keep it")


def run(arguments: argparse.Namespace) -> int:
    """0 done, 1 something was lost or did not end as expected, or the journal does not hold, 2 the folder to keep
    cannot be made."""
    set_up(quiet=True)
    if arguments.keep is None:
        with tempfile.TemporaryDirectory(prefix="triage-demo-") as folder:
            return asyncio.run(_run(Path(folder), once=arguments.once, keep=False))
    try:
        arguments.keep.mkdir(parents=True)
    except OSError as exc:
        print(f"{arguments.keep}: {exc.strerror}; name a new folder", file=sys.stderr)
        return 2
    return asyncio.run(_run(arguments.keep.resolve(), once=arguments.once, keep=True))


def as_toml(settings: Settings) -> str:
    """What differs from the defaults, as a settings file; what JSON escapes, TOML reads alike."""
    said = settings.model_dump(exclude_defaults=True)
    texts = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in said.items()
    }
    return "".join(f"{name} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in texts.items())


async def _run(folder: Path, *, once: bool, keep: bool) -> int:
    """Play, show, and stay open unless `once`. Settings lie in the folder, for the other commands to look with."""
    from triage.cli.demo_page import print_page
    from triage.demo.desk import demo_settings, open_desk
    from triage.demo.show import SPED_UP, play, steps

    config, of_sped_up = folder / "triage.toml", folder / SPED_UP / "triage.toml"
    of_sped_up.parent.mkdir()
    for file in (config, of_sped_up):
        file.write_text(as_toml(demo_settings(file.parent)), encoding="utf-8")
    async with open_desk(folder) as desk:
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
            bar = progress.add_task("working through the samples", total=steps())
            outcome = await play(desk, config, lambda _name: progress.advance(bar))
        print_page(outcome, keep=keep)
        if keep:
            print(f"\nlook at the complaint: triage case list --config {shlex.quote(str(of_sped_up))}")
            print(f"look further: triage case list --config {shlex.quote(str(config))}", flush=True)
        if not once:
            await _stay_open(desk)
    return 0 if outcome.good else 1


async def _stay_open(desk: "DemoDesk") -> None:
    from triage.cli.demo_page import print_row

    print(f"\nThe enquiry form is open: {desk.form_url}", flush=True)
    print("What is sent there shows below. Ctrl-C ends the demo.", flush=True)
    await desk.serve(print_row)
