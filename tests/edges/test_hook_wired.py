"""The hook wired from settings: its own file, its readiness, what it warns of, what it is made of."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog
from pydantic import SecretStr

from tests.acceptance.running import free_port
from tests.acceptance.watching import until
from tests.edges.hook_served import EVENT, PUBLIC_URL, SECRET, signed
from triage.adapters.inbox_source import open_inbox_source
from triage.bootstrap.hook import Hook, open_hook, run_hook
from triage.config import Settings
from triage.errors import SettingsWrong
from triage.web.health import _HELP
from triage.web.hook.app import WEBHOOK_PATH
from triage.web.hook.figures import Figures


def test_the_process_the_internet_reaches_imports_no_reader_no_client_and_no_store() -> None:
    root = Path(__file__).parents[2]
    script = (
        "import importlib, pkgutil, sys, triage.bootstrap.hook, triage.web\n"
        "for found in pkgutil.walk_packages(triage.web.__path__, 'triage.web.'):\n"
        "    if not found.name.startswith('triage.web.console'):\n"
        "        importlib.import_module(found.name)\n"
        "from triage.adapters import inbox\n"
        "print('triage.web.hook.app' in sys.modules)\n"
        "banned = ('spacy', 'triage.language', 'triage.adapters.hubspot', 'triage.adapters.store', 'sqlalchemy',\n"
        "          'aioimaplib', 'aiosmtplib')\n"
        "print(*sorted(n for n in sys.modules if n in banned or n.startswith(tuple(b + '.' for b in banned))))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, timeout=60, check=False)
    assert done.stdout.decode().split() == ["True"], done.stderr.decode()


@dataclass
class Probed:
    """An inbox that is asked whether it is ready, and may never say."""

    answer: bool | None

    async def ready(self) -> bool:
        if self.answer is None:
            await asyncio.Event().wait()
        return bool(self.answer)


@pytest.mark.parametrize(("answer", "ready"), [(True, True), (False, False), (None, False)])
async def test_ready_means_that_something_could_be_stored_now_and_is_said_in_time(
    answer: bool | None, ready: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.bootstrap.hook._READY_LIMIT_S", 0.1)
    state = await Hook(inbox=Probed(answer), figures=Figures()).state()  # type: ignore[arg-type]
    assert (state.ready, state.problems) == (ready, () if ready else ("nothing can be stored",))
    assert set(state.figures) <= set(_HELP)


def wired(folder: Path, **more: Any) -> Settings:
    values = {
        "database_url": f"sqlite+aiosqlite:///{folder / 'desk.db'}",
        "hook_listen": f"127.0.0.1:{free_port()}",
        "hubspot_client_secret": SecretStr(SECRET.decode()),
        "hubspot_public_url": PUBLIC_URL,
        "hubspot_portal_id": "44556677",
        "hubspot_app_id": "7654321",
        **more,
    }
    return Settings(**values)


async def test_what_is_delivered_lies_in_the_hooks_own_file_for_the_worker(tmp_path: Path) -> None:
    settings = wired(tmp_path)
    url = f"http://{settings.hook_listen}"
    body = json.dumps([EVENT, EVENT | {"portalId": 1}]).encode()
    async with open_hook(settings) as hook, aiohttp.ClientSession() as client:
        headers = signed(body, stamp_ms=int(time.time() * 1000))
        async with client.post(f"{url}{WEBHOOK_PATH}", data=body, headers=headers) as response:
            assert response.status == 200
        async with client.get(f"{url}/enquire") as response:
            assert response.status == 200
        source = open_inbox_source(settings.inbox_url)
        assert source is not None
        ((_, item),) = await source.items_above(0, 10)
        assert json.loads(item.raw) == EVENT
        await source.close()
        assert (hook.figures.events_stored, hook.figures.events_ignored) == (1, 1)
    assert not (tmp_path / "desk.db").exists()


async def test_without_a_client_secret_the_form_is_served_alone(tmp_path: Path) -> None:
    settings = wired(tmp_path, hubspot_client_secret=SecretStr(""), hubspot_public_url="")
    async with open_hook(settings), aiohttp.ClientSession() as client:
        async with client.post(f"http://{settings.hook_listen}{WEBHOOK_PATH}", data=b"[]") as response:
            assert response.status == 404
        async with client.get(f"http://{settings.hook_listen}/enquire") as response:
            assert response.status == 200


async def test_a_start_that_allows_v1_warns(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logged:
        async with open_hook(wired(tmp_path, hubspot_signature_versions=("v3", "v1"))):
            assert [line["log_level"] for line in logged if line["event"] == "signature_v1_allowed"] == ["warning"]
        async with open_hook(wired(tmp_path)):
            pass
    assert [line["event"] for line in logged].count("signature_v1_allowed") == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (PUBLIC_URL, []),
        (f"{PUBLIC_URL}/", ["ends with a slash"]),
        (f"{PUBLIC_URL}?desk=1", ["has a query"]),
        ("https://privacy.larkfield.example/", ["serves /hubspot/webhook alone"]),
        ("https://privacy.larkfield.example", ["serves /hubspot/webhook alone"]),
        ("https://x.example/other/?a=1", ["has a query", "ends with a slash", "serves /hubspot/webhook alone"]),
    ],
)
async def test_a_start_warns_of_a_target_url_that_signatures_often_fail_with(
    url: str, words: list[str], tmp_path: Path
) -> None:
    with structlog.testing.capture_logs() as logged:
        async with open_hook(wired(tmp_path, hubspot_public_url=url)):
            pass
    reasons = [line["reason"] for line in logged if line["event"] == "public_url_doubtful"]
    assert len(reasons) == len(words)
    assert [word for word, reason in zip(words, reasons, strict=True) if word not in reason] == []


async def test_a_hook_that_could_check_no_signature_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="TRIAGE_HUBSPOT_CLIENT_SECRET"):
        async with open_hook(wired(tmp_path, hubspot_client_secret=SecretStr(""))):
            pytest.fail("it started")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("unset", ["hubspot_portal_id", "hubspot_app_id"])
async def test_a_hook_that_would_take_anyones_events_does_not_start(unset: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match=f"TRIAGE_{unset.upper()}"):
        async with open_hook(wired(tmp_path, **{unset: ""})):
            pytest.fail("it started")


@pytest.mark.parametrize("own", [True, False])
async def test_a_file_in_a_folder_that_is_not_there_is_named_by_its_setting(own: bool, tmp_path: Path) -> None:
    name = "hook_database_url" if own else "database_url"
    settings = wired(tmp_path, **{name: f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'x.db'}"})
    with pytest.raises(SettingsWrong) as wrong:
        async with open_hook(settings):
            pytest.fail("it started")
    assert wrong.value.faults == [f"TRIAGE_{name.upper()}: there is no folder {tmp_path / 'nowhere'}"]


@pytest.mark.parametrize("token", ["", "pat-token"])
async def test_a_hook_that_is_given_the_workers_token_says_that_it_should_not_be(token: str, tmp_path: Path) -> None:
    settings = wired(tmp_path, hubspot_token=SecretStr(token), admin_listen=f"127.0.0.1:{free_port()}")
    with structlog.testing.capture_logs() as logged:
        running = asyncio.create_task(run_hook(settings))
        async with asyncio.timeout(5), aiohttp.ClientSession() as client:
            await until(lambda: [line for line in logged if line["event"] == "process_started"])
            async with client.get(f"http://{settings.admin_listen}/readyz") as response:
                assert response.status == 200
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, 10)
    events = [line["event"] for line in logged]
    assert ("token_not_needed" in events) == bool(token)
    assert events[-1] == "process_stopped"
    assert "pat-token" not in str(logged)
