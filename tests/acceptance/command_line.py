"""The commands as their users run them: a process of its own, its exit code and what it printed."""

import asyncio
import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tests.acceptance.running import ROOT
from triage.__main__ import main

LIMIT_S = 180.0


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours without any TRIAGE_ setting but `settings`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    return {**plain, "PYTHONPATH": str(ROOT), **(settings or {})}


def run_python(
    *words: str | Path,
    cwd: Path,
    settings: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    environ: Mapping[str, str] | None = None,
) -> Ended:
    """`python words…`, within LIMIT_S."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd,
        env={**(environ or environment()), **(settings or {})},
        input=stdin,
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def triage(*words: str | Path, cwd: Path, settings: Mapping[str, str] | None = None, stdin: bytes = b"") -> Ended:
    """`triage words…`."""
    return run_python("-m", "triage", *words, cwd=cwd, settings=settings, stdin=stdin)


def triage_inside(*words: str | Path, settings: Mapping[str, str] | None = None) -> Ended:
    """`triage words…` in this process, for the many variants of one command: it starts without its imports."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment(settings), clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main([str(word) for word in words])
    return Ended(code, out.getvalue(), err.getvalue())


async def triage_beside(*words: str | Path, cwd: Path, settings: Mapping[str, str] | None = None) -> Ended:
    """The same while the servers of this test's loop go on answering."""
    return await asyncio.to_thread(triage, *words, cwd=cwd, settings=settings)


async def inside_beside(*words: str | Path, settings: Mapping[str, str] | None = None) -> Ended:
    """`triage_inside`, likewise."""
    return await asyncio.to_thread(triage_inside, *words, settings=settings)
