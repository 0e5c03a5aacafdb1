"""The health page: its figures, each with words."""

from datetime import UTC, datetime
from types import SimpleNamespace

from aiohttp.test_utils import TestClient, TestServer

from triage.bootstrap.worker import worker_state
from triage.domain.records import Health
from triage.web.health import State, health_app


class _Store:
    async def health(self, _now: datetime) -> Health:
        return Health(
            items_waiting=3,
            oldest_item_age_s=12.5,
            letters_waiting=0,
            oldest_letter_age_s=None,
            quarantined=1,
            alarms=2,
        )


async def _state() -> State:
    return await worker_state(SimpleNamespace(store=_Store(), last_good_poll_at=datetime.now(UTC), chat=None))  # type: ignore[arg-type]


async def test_every_figure_has_words_of_its_own() -> None:
    async with TestClient(TestServer(health_app("worker", _state))) as client:
        lines = (await (await client.get("/metrics")).text()).splitlines()
    helps = {line.split()[2]: line.split(maxsplit=3)[3] for line in lines if line.startswith("# HELP ")}
    assert len(helps) >= 8
    assert [name for name, words in helps.items() if words == name.removeprefix("triage_").replace("_", " ")] == []
    assert 'triage_items_waiting{process="worker"} 3.0' in lines
    assert 'triage_ready{process="worker"} 1.0' in lines
