"""The desk the demo plays on: the real worker and the real hook in one folder, and a stand-in for HubSpot.

Mail comes from a folder and letters go to one; the chat is real HTTP on loopback, webhooks and replies both.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from triage.bootstrap.hook import open_hook
from triage.bootstrap.signals import stop_on_signals
from triage.bootstrap.worker import build_sender, open_worker
from triage.config import Settings, find_rules_dir
from triage.demo.hubspot import HubSpotStandIn
from triage.parsing.rules import load_policy
from triage.ports import EnquiryRow
from triage.service.worker import Worker

DEMO_ADDRESS = "dataprotection@larkfield.example"
COLLEAGUE = "A-900"
LOOPBACK = "127.0.0.1"
_LOOK_EVERY_S = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoDesk:
    """Everything that runs. `url` is the hook's own address."""

    folder: Path
    worker: Worker
    hubspot: HubSpotStandIn
    url: str

    @property
    def form_url(self) -> str:
        """Where the enquiry form is."""
        return f"{self.url}/enquire"

    def letters(self) -> list[bytes]:
        """The mails captured so far, oldest first."""
        files = sorted((self.folder / "letters" / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return [file.read_bytes() for file in files]

    async def serve(self, tell: Callable[[EnquiryRow], None]) -> None:
        """Work on what comes in until SIGTERM or Ctrl-C, and tell of each enquiry."""
        stop_on_signals(self.worker.stop)
        known = len(await self.worker.store.list_enquiries())
        async with asyncio.TaskGroup() as group:
            group.create_task(self.worker.run())
            while not self.worker.stop.is_set():
                rows = await self.worker.store.list_enquiries()
                for row in rows[known:]:
                    tell(row)
                known = len(rows)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.worker.stop.wait(), _LOOK_EVERY_S)


def demo_settings(folder: Path) -> Settings:
    """Everything in one folder: no server, and letters go to a folder only. With these others look at it later."""
    return Settings.model_validate(
        {
            "database_url": f"sqlite+aiosqlite:///{folder / 'triage.db'}",
            "maildir": folder / "inbox",
            "capture_dir": folder / "letters",
            "mailbox_address": DEMO_ADDRESS,
            "secret_key": "only-for-the-demo-and-nothing-else",
        }
    )


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncIterator[DemoDesk]:
    """A desk in an empty folder, with nobody's mail in its inbox yet."""
    for name in ("new", "cur", "tmp"):
        (folder / "inbox" / name).mkdir(parents=True)
    port = _free_port()
    url = f"http://{LOOPBACK}:{port}"
    async with AsyncExitStack() as stack:
        hubspot = await stack.enter_async_context(HubSpotStandIn(hook_url=f"{url}/hubspot/webhook"))
        hubspot.add_actor(COLLEAGUE, "Mira Hollis", "mira.hollis@larkfield.example")
        plain = demo_settings(folder)
        mail = build_sender(plain, load_policy(find_rules_dir()))
        settings = _with_chat(plain, hubspot, port)
        worker = await stack.enter_async_context(open_worker(settings, mail=mail))
        await stack.enter_async_context(open_hook(settings))
        yield DemoDesk(folder=folder, worker=worker, hubspot=hubspot, url=url)


def _with_chat(settings: Settings, hubspot: HubSpotStandIn, port: int) -> Settings:
    """Live towards the stand-in, and towards nothing else."""
    return settings.model_copy(
        update={
            "send": "live",
            "hook_listen": f"{LOOPBACK}:{port}",
            "hubspot_client_secret": SecretStr(hubspot.client_secret),
            "hubspot_token": SecretStr(hubspot.token),
            "hubspot_sender_actor_id": hubspot.sender_actor,
            "hubspot_app_id": hubspot.app_id,
            "hubspot_portal_id": hubspot.portal_id,
            "hubspot_api_url": hubspot.url,
            "hubspot_public_url": hubspot.webhooks.hook_url,
        }
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
