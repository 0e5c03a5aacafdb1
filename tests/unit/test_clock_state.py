"""The state of a clock, and its drawing in the docs."""

import re
from datetime import date
from pathlib import Path

import pytest

from triage.domain.clock import ClockFacts, Pause, compute
from triage.domain.clock_state import TRANSITIONS, ClockState, state_of
from triage.domain.policy import Targets
from triage.domain.vocabulary import Kind, Regime

TARGETS = Targets(
    answer_days=28,
    correction_working_days=10,
    opt_out_working_days=1,
    opt_out_alarm_working_days=2,
    complaint_news_days=14,
    acknowledge_alarm_working_days=1,
)
RECEIVED, DUE = date(2026, 11, 23), date(2026, 12, 23)
DRAWING = Path(__file__).parents[2] / "docs" / "clock.md"


def state(today: date, answered_on: date | None = None, **more) -> ClockState:
    facts = ClockFacts(**{"kind": Kind.ACCESS, "received": RECEIVED, **more})
    return state_of(facts, compute(facts, TARGETS, (), ()), today, answered_on)


def test_the_drawing_and_the_table_are_the_same_machine() -> None:
    arrows = re.findall(r"^ *(\w+) --> (\w+)", DRAWING.read_text(encoding="utf-8"), re.MULTILINE)
    assert {(ClockState(before), ClockState(after)) for before, after in arrows} == TRANSITIONS


def test_a_clock_runs_to_the_end_of_its_last_day() -> None:
    assert state(DUE) is ClockState.RUNNING
    assert state(date(2026, 12, 24)) is ClockState.MISSED


def test_an_answer_on_the_last_day_is_in_time_and_one_the_day_after_is_not() -> None:
    assert state(date(2027, 1, 31), DUE) is ClockState.MET
    assert state(date(2027, 1, 31), date(2026, 12, 24)) is ClockState.MISSED


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"identity_asked_on": RECEIVED}, ClockState.WAITING_START),
        ({"pauses": (Pause(asked_on=RECEIVED, answered_on=None),)}, ClockState.PAUSED),
        ({"extended": True}, ClockState.EXTENDED),
    ],
)
def test_what_happened_to_a_request_shows_in_its_state(more: dict, expected: ClockState) -> None:
    assert state(date(2026, 12, 1), **more) is expected


def test_a_question_put_on_the_last_day_rolled_over_a_holiday_can_come_too_late() -> None:
    asked, answered = date(2027, 3, 30), date(2027, 4, 6)
    during = state(answered, received=date(2027, 2, 27), pauses=(Pause(asked_on=asked, answered_on=None),))
    after = state(answered, received=date(2027, 2, 27), pauses=(Pause(asked_on=asked, answered_on=answered),))
    assert (during, after) == (ClockState.PAUSED, ClockState.MISSED)


def test_a_complaint_misses_its_acknowledgement_only_where_the_law_sets_a_date() -> None:
    late = date(2027, 6, 1)
    assert state(late, kind=Kind.COMPLAINT) is ClockState.MISSED
    assert state(late, kind=Kind.COMPLAINT, regime=Regime.EU) is ClockState.RUNNING
