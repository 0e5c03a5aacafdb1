"""`triage alarm`: a person sees what stands and says what is dealt with."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.factories import NOW, SECRET
from triage.__main__ import main
from triage.adapters.store import open_store
from triage.ports import Alarm, Store

REFERENCE = "DP-2026-00001-J7"


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Store], Awaitable[object]]], object]:
    """Does something with the store the command will open; two alarms stand in it."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", url)
    monkeypatch.setenv("TRIAGE_SECRET_KEY", SECRET.decode())

    async def opened(what: Callable[[Store], Awaitable[object]]) -> object:
        store = await open_store(url, secret=SECRET, migrate=True)
        try:
            return await what(store)
        finally:
            await store.close()

    async def raise_two(store: Store) -> None:
        await store.raise_alarm("sending_limit", None, NOW)
        await store.raise_alarm("letter_refused", REFERENCE, NOW)

    asyncio.run(opened(raise_two))
    return lambda what: asyncio.run(opened(what))


def standing(use: Callable[[Callable[[Store], Awaitable[object]]], object]) -> list[str]:
    async def look(store: Store) -> tuple[Alarm, ...]:
        return await store.alarms()

    alarms = use(look)
    assert isinstance(alarms, tuple)
    return [alarm.code for alarm in alarms]


def test_alarms_are_listed_for_eyes_and_for_scripts(
    use: Callable[[Callable[[Store], Awaitable[object]]], object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["alarm", "list"]) == 0
    shown = capsys.readouterr().out
    assert "2 alarms stand" in shown
    assert REFERENCE in shown
    assert main(["alarm", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"code": "sending_limit", "reference": None, "raised_at": NOW.isoformat()},
        {"code": "letter_refused", "reference": REFERENCE, "raised_at": NOW.isoformat()},
    ]
    assert standing(use) == ["sending_limit", "letter_refused"]


def test_an_alarm_is_cleared_by_its_code_and_reference(
    use: Callable[[Callable[[Store], Awaitable[object]]], object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["alarm", "clear", "sending_limit"]) == 0
    assert standing(use) == ["letter_refused"]
    assert main(["alarm", "clear", "letter_refused"]) == 1
    assert capsys.readouterr().err == "no alarm letter_refused stands\n"
    assert main(["alarm", "clear", "letter_refused", REFERENCE.lower()]) == 0
    assert standing(use) == []
    assert main(["alarm", "clear", "letter_refused", REFERENCE]) == 1
    assert capsys.readouterr().err == f"no alarm letter_refused stands for {REFERENCE}\n"
