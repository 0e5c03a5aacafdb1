"""What every act of the case page is given: the form, and by whom and when it was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseFile
from triage.domain.policy import Policy
from triage.web.console.case_typed import Typed


@dataclass(frozen=True, kw_only=True, slots=True)
class Doing:
    """A form, and by whom and when it was sent."""

    typed: Typed
    policy: Policy
    now: datetime
    by: str


Decided = CaseChange | Refused | None
Decide = Callable[[CaseFile], Decided]
