"""What a case's dates would be if something happened to it: asked before a decision, and kept nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.clock_faults import kind_faults, year_fault
from triage.domain.clock_refusals import PAIRS
from triage.domain.clock_values import ClockDates
from triage.domain.policy import Policy
from triage.domain.vocabulary import CaseEventName

# The dates a decision turns on, in the order they are shown.
SHOWN = ("starts_on", "statutory_due", "safe_due", "internal_target", "extension_notice_by", "shadow_due")
_CLARIFICATION = (CaseEventName.CLARIFICATION_ASKED, CaseEventName.CLARIFICATION_RECEIVED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Supposed:
    """What would follow. `dates` None where it cannot be so: then `faults` say why, by event, "" for the whole."""

    dates: ClockDates | None = None
    faults: Mapping[CaseEventName | str, str] = field(default_factory=dict)


def suppose(
    case: CaseFile, happened: Mapping[CaseEventName, date], policy: Policy, now: datetime, *, extended: bool = False
) -> Supposed:
    """The dates of `case` if, beside all that did happen, `happened` did too, on days past or to come.

    `extended`: the person was told in time that it takes longer. What a kind does not have is a fault, not a guess.
    """
    faults: dict[CaseEventName | str, str] = {
        name: fault for name, on in happened.items() if (fault := _fault(case, name, on, happened))
    }
    paused = any(name in _CLARIFICATION for name in happened)
    if wrong := kind_faults(case.kind, paused=paused, extended=extended):
        faults[""] = "; ".join(wrong)
    if faults:
        return Supposed(faults=faults)
    told = dict(happened)
    if extended:
        told[CaseEventName.EXTENDED] = case.dates.received_on
    events = tuple(CaseEvent(name=name, on=on, recorded_at=now) for name, on in told.items())
    return Supposed(dates=dates_of(replace(case, events=(*case.events, *events)), policy))


def _fault(case: CaseFile, name: CaseEventName, on: date, happened: Mapping[CaseEventName, date]) -> str:
    if wrong := year_fault(on):
        return wrong
    if on < case.dates.received_on:
        return f"{on} lies before receipt on {case.dates.received_on}"
    asked = next((first for first, second in PAIRS if second is name), None)
    if asked is None:
        return ""
    asked_on = happened.get(asked) or max((one.on for one in case.events if one.name is asked), default=None)
    if asked_on is None:
        return f"say the day it was asked for too ({asked.value.replace('_', ' ')})"
    return f"{on} lies before it was asked for on {asked_on}" if on < asked_on else ""
