"""Hook, worker and chat as they are wired, over real HTTP: from a visitor's typing to the reply in his window."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.acceptance.running import DESK_ADDRESS, ROOT, SECRET, free_port
from triage.bootstrap.hook import open_hook
from triage.bootstrap.worker import open_worker, worker_state
from triage.config import Settings
from triage.demo.hubspot import HubSpotStandIn
from triage.demo.hubspot.trouble import drops, lands_then
from triage.service.worker import Worker

DEBOUNCE_S = 1


def impatient_rules(folder: Path) -> Path:
    """The shipped rules, with visitors who pause for a second."""
    rules = folder / "rules"
    shutil.copytree(ROOT / "rules", rules)
    policy = rules / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    assert "debounce_s = 20" in text
    policy.write_text(text.replace("debounce_s = 20", f"debounce_s = {DEBOUNCE_S}"), encoding="utf-8")
    return rules


@dataclass
class Running:
    """HubSpot's stand-in, and a hook and a worker that run."""

    hubspot: HubSpotStandIn
    worker: Worker

    async def until(self, reached: Callable[[], bool], limit_s: float = 30.0) -> None:
        """Wait for something to come about."""
        async with asyncio.timeout(limit_s):
            while not reached():  # noqa: ASYNC110 - anything may be what is waited for
                await asyncio.sleep(0.02)

    async def nothing_waits(self) -> None:
        """Every event is worked through and no letter waits."""
        async with asyncio.timeout(30):
            while True:
                health = await self.worker.store.health(self.worker.clock())
                if health.items_waiting == health.letters_waiting == 0:
                    return
                await asyncio.sleep(0.05)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    port = free_port()
    (tmp_path / "mail" / "new").mkdir(parents=True)
    (tmp_path / "mail" / "cur").mkdir()
    hook_url = f"http://127.0.0.1:{port}/hubspot/webhook"
    async with AsyncExitStack() as stack:
        hubspot = await stack.enter_async_context(HubSpotStandIn(hook_url=hook_url))
        settings = Settings(
            database_url=f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}",
            rules_dir=impatient_rules(tmp_path),
            maildir=tmp_path / "mail",
            mailbox_address=DESK_ADDRESS,
            send="live",
            smtp_host="127.0.0.1",
            smtp_port=free_port(),
            secret_key=SecretStr(SECRET),
            hook_listen=f"127.0.0.1:{port}",
            hubspot_client_secret=SecretStr(hubspot.client_secret),
            hubspot_token=SecretStr(hubspot.token),
            hubspot_sender_actor_id=hubspot.sender_actor,
            hubspot_app_id=hubspot.app_id,
            hubspot_portal_id=hubspot.portal_id,
            hubspot_api_url=hubspot.url,
            hubspot_public_url=hook_url,
        )
        worker = await stack.enter_async_context(open_worker(settings))
        await stack.enter_async_context(open_hook(settings))
        task = asyncio.create_task(worker.run())
        try:
            yield Running(hubspot=hubspot, worker=worker)
        finally:
            worker.stop.set()
            await task


async def test_three_lines_are_one_reply_and_one_note_and_echoes_are_not_heard(running: Running) -> None:
    hubspot = running.hubspot
    thread = hubspot.open_thread(hubspot.add_contact("ana@customer.example", "Ana", "Example"))
    for line in ("hello", "please delete all the personal data", "you hold about me"):
        await hubspot.visitor_says(thread, line)
    await running.until(lambda: bool(hubspot.replies(thread)) and bool(hubspot.comments(thread)))
    await hubspot.settled()
    await running.nothing_waits()
    await asyncio.sleep(DEBOUNCE_S + 1)  # whatever an echo could lead to would be there by then
    assert (len(hubspot.replies(thread)), len(hubspot.comments(thread))) == (1, 1)
    (case,) = await running.worker.store.list_cases()
    assert (case.kind, case.letter) == ("deletion", "acknowledgement sent")
    reference = case.reference.partition("/")[0]
    assert reference in hubspot.replies(thread)[0]
    assert reference in hubspot.comments(thread)[0]
    assert await running.worker.store.alarms() == ()
    assert (await worker_state(running.worker)).figures["chat_breaker_open"] == 0.0


async def test_a_post_that_landed_without_an_answer_is_not_posted_again(running: Running) -> None:
    hubspot = running.hubspot
    thread = hubspot.open_thread()
    hubspot.trouble("post", lands_then(drops()), times=2)
    await hubspot.visitor_says(thread, "Please delete all the personal data you hold about me.")
    await running.until(lambda: bool(hubspot.replies(thread)) and bool(hubspot.comments(thread)))
    await running.nothing_waits()
    (case,) = await running.worker.store.list_cases()
    assert case.letter == "acknowledgement sent"
    assert (len(hubspot.replies(thread)), len(hubspot.comments(thread))) == (1, 1)
