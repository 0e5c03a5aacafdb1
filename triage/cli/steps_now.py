"""The next step of open cases as reminders and calendar tell it, for what `triage case` prints. The store has that of
the last act, which goes stale: a draft comes to wait, a day passes.
"""

from collections.abc import Iterable
from datetime import datetime

from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.next_step import next_step
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of


def steps_now(cases: Iterable[CaseFile], policy: Policy, now: datetime) -> dict[str, dict[str, str]]:
    """`next_step` and `next_step_on` of each open case by its reference, at `now` (aware)."""
    return {case.reference: _step(case, policy, now) for case in cases if case.is_open}


def _step(case: CaseFile, policy: Policy, now: datetime) -> dict[str, str]:
    what, by = next_step(case, policy, local_date(now, controller_of(case, policy).nation))
    return {"next_step": what, "next_step_on": by.isoformat()}
