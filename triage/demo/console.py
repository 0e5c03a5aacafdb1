"""The demo's console: on the demo's own store, with one account whose password is made anew each time."""

import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from triage.adapters.passwords import Argon2Hasher
from triage.bootstrap.console import open_console
from triage.demo.desk import LOOPBACK, demo_settings
from triage.domain.vocabulary import UserRole
from triage.errors import SettingsWrong
from triage.service.signing_in import add_user
from triage.web.console.context import CONSOLE

_NAME = "dpo"
_PASSWORD_PARTS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Where the console is, and who may come in."""

    url: str
    name: str
    password: str


def refuse_taken(port: int) -> None:
    """Raises SettingsWrong where somebody listens there: said before the samples are worked through, not after."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as exc:
            fault = f"port {port}: the console cannot listen there ({exc.strerror}); name another with --port N"
            raise SettingsWrong([fault]) from None


@asynccontextmanager
async def open_demo_console(folder: Path, port: int) -> AsyncIterator[Door]:
    """The console over the store in a demo's folder. Raises SettingsWrong."""
    listen = f"{LOOPBACK}:{port}"
    async with open_console(demo_settings(folder).model_copy(update={"console_listen": listen})) as app:
        console = app[CONSOLE]
        password = "-".join(secrets.token_hex(2) for _ in range(_PASSWORD_PARTS))
        await add_user(console.store, Argon2Hasher(), _NAME, UserRole.DPO, password, console.clock())
        yield Door(url=f"http://{listen}/", name=_NAME, password=password)
