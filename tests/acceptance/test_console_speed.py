"""The console's pages stay quick over a full store. A loose guard: `make bench` measures, over many more cases."""

import statistics
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.console import GOAL_MS, SLOW, taken_s
from bench.many_cases import fill
from tests.acceptance.running import SECRET
from triage.adapters.store import open_store

CASES, VISITS = 5_000, 5
# Far above the goal, so that a busy machine does not fail it; a page that reads all there is does not hold it.
SLACK = 5


@pytest.mark.alone
@pytest.mark.timeout(600)
async def test_queue_and_case_pages_are_quick_over_thousands_of_cases(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'triage.db'}"
    store = await open_store(url, secret=SECRET.encode(), migrate=True)
    await store.close()
    known = await fill(url, SECRET.encode(), datetime.now(UTC).date(), CASES)
    assert known.rows["case_file"] >= CASES
    taken = await taken_s(url, known, VISITS)
    slow = {name: statistics.median(seconds) for name, seconds in taken.items() if name not in SLOW}
    assert {name: s for name, s in slow.items() if s * 1000 > GOAL_MS * SLACK} == {}
