"""The hook answers as fast as promised. A loose guard, five times the goals: `make bench` measures."""

import pytest

from bench.hook import CONNECTIONS, GOAL_P99_MS, GOAL_SHARE, IN_FLIGHT, run, runs_of, serving

SLACK = 5


@pytest.mark.timeout(180)
async def test_checking_and_storing_costs_little_beside_a_commit_for_each_request() -> None:
    runs = await runs_of(CONNECTIONS, requests=600, passes=1)
    assert runs["hook"].a_second > runs["commit"].a_second * GOAL_SHARE / SLACK


@pytest.mark.timeout(120)
async def test_ten_deliveries_in_flight_are_answered_soon() -> None:
    async with serving("hook") as port:
        assert (await run(port, IN_FLIGHT, 600)).p99_ms < GOAL_P99_MS * SLACK
