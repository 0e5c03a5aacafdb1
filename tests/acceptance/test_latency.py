"""An acknowledgement is out within seconds of the mail's delivery. A loose guard: `make bench` measures."""

import random
import statistics
import subprocess
import sys

import pytest

from bench.latency import GOAL_S, acknowledged_after_s, asking_mails
from tests.acceptance.running import RunningWorker

MAILS = 8
# Far above the goal, so that a busy machine does not fail it; a lost wake-up waits for the poll and does.
SLACK = 5


@pytest.mark.alone
@pytest.mark.timeout(300)
async def test_a_mail_is_acknowledged_in_about_the_time_the_server_takes_to_tell(desk: RunningWorker) -> None:
    desk.extra["TRIAGE_POLL_SECONDS"] = "60"
    await desk.start()
    await desk.ready()
    seconds = await acknowledged_after_s(desk, asking_mails(MAILS), random.Random(7))
    assert statistics.median(seconds) < GOAL_S * SLACK
    assert await desk.stop() == 0


def test_the_worker_itself_carries_no_spacy() -> None:
    # Only the processes that read need it: loading it twice costs every start two seconds and 150 MB.
    code = "import sys, triage.bootstrap.worker; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
