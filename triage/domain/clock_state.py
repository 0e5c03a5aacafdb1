"""The state of a clock, read off its dates. docs/clock.md draws the same machine; a test holds the two together."""

from datetime import date
from enum import StrEnum

from triage.domain.clock_values import ClockDates, ClockFacts
from triage.domain.vocabulary import Kind


class ClockState(StrEnum):
    """Where a clock stands on a day."""

    WAITING_START = "waiting_start"
    RUNNING = "running"
    PAUSED = "paused"
    EXTENDED = "extended"
    MET = "met"
    MISSED = "missed"


TRANSITIONS = frozenset(
    {
        (ClockState.WAITING_START, ClockState.RUNNING),
        (ClockState.WAITING_START, ClockState.PAUSED),
        (ClockState.WAITING_START, ClockState.EXTENDED),
        (ClockState.WAITING_START, ClockState.MET),
        (ClockState.RUNNING, ClockState.WAITING_START),
        (ClockState.RUNNING, ClockState.PAUSED),
        (ClockState.RUNNING, ClockState.EXTENDED),
        (ClockState.RUNNING, ClockState.MET),
        (ClockState.RUNNING, ClockState.MISSED),
        (ClockState.PAUSED, ClockState.RUNNING),
        (ClockState.PAUSED, ClockState.WAITING_START),
        (ClockState.PAUSED, ClockState.EXTENDED),
        (ClockState.PAUSED, ClockState.MET),
        (ClockState.PAUSED, ClockState.MISSED),  # asked on the very last, rolled day: nothing was left to save
        (ClockState.EXTENDED, ClockState.WAITING_START),
        (ClockState.EXTENDED, ClockState.PAUSED),
        (ClockState.EXTENDED, ClockState.MET),
        (ClockState.EXTENDED, ClockState.MISSED),
    }
)


def state_of(facts: ClockFacts, dates: ClockDates, today: date, answered_on: date | None = None) -> ClockState:
    """Where the clock of `facts`, with its computed `dates`, stands at the end of `today` (local).

    `answered_on`: the day of the answer, or for a complaint of its acknowledgement; None while it is owed. A late
    answer leaves the clock missed. An EU complaint has no statutory date and cannot miss it.
    """
    due_on = dates.acknowledge_by if facts.kind is Kind.COMPLAINT else dates.statutory_due
    if due_on is not None and (answered_on or today) > due_on:
        return ClockState.MISSED
    if answered_on is not None:
        return ClockState.MET
    if dates.starts_on is None:
        return ClockState.WAITING_START
    if due_on is None and facts.kind is not Kind.COMPLAINT:
        return ClockState.PAUSED
    return ClockState.EXTENDED if facts.extended else ClockState.RUNNING
