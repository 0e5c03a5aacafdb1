"""What must hold of every clock, whatever happens to it."""

import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.domain.clock import ClockFacts, Pause, compute
from triage.domain.clock_state import TRANSITIONS, ClockState, state_of
from triage.domain.policy import Targets
from triage.domain.vocabulary import Kind, Nation, Regime
from triage.domain.workdays import WorkCalendar, add_months

TARGETS = Targets(
    answer_days=28,
    correction_working_days=10,
    opt_out_working_days=1,
    opt_out_alarm_working_days=2,
    complaint_news_days=14,
    acknowledge_alarm_working_days=1,
)
EXTENDABLE = (Kind.ACCESS, Kind.CORRECTION, Kind.DELETION, Kind.OTHER_RIGHT)
DATE_NAMES = (
    *("received_on", "starts_on", "statutory_due", "safe_due", "shadow_due", "internal_target"),
    *("acknowledge_by", "acknowledge_target", "extension_notice_by"),
)
RECEIPT_DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@st.composite
def access_requests(draw: st.DrawFn) -> ClockFacts:
    received = draw(RECEIPT_DAYS)

    def after(day: date, most: int) -> date:
        return day + timedelta(days=draw(st.integers(0, most)))

    identity_asked = after(received, 20) if draw(st.booleans()) else None
    spans = [
        Pause(asked_on=(asked := after(received, 90)), answered_on=after(asked, 40))
        for _ in range(draw(st.integers(0, 3)))
    ]
    return ClockFacts(
        kind=Kind.ACCESS,
        received=received,
        nation=draw(st.sampled_from(Nation)),
        regime=draw(st.sampled_from(Regime)),
        identity_asked_on=identity_asked,
        identity_received_on=after(identity_asked, 40) if identity_asked else None,
        pauses=tuple(spans),
        extended=draw(st.booleans()),
    )


@given(access_requests())
def test_a_due_date_is_a_working_day_never_before_the_corresponding_date(facts: ClockFacts) -> None:
    dates = compute(facts, TARGETS, (), ())
    assert dates.starts_on is not None
    assert dates.statutory_due is not None
    assert dates.safe_due is not None
    assert add_months(dates.starts_on, 3 if facts.extended else 1) <= dates.safe_due <= dates.statutory_due
    assert dates.shadow_due is not None
    assert dates.shadow_due <= dates.safe_due
    calendar = WorkCalendar(nation=facts.nation)
    for day in (dates.statutory_due, dates.safe_due, dates.shadow_due, dates.extension_notice_by):
        assert day is not None
        assert calendar.is_working(day)
    assert dates.internal_target is not None
    assert dates.internal_target <= dates.safe_due


@given(access_requests())
def test_an_extension_never_brings_a_date_forward(facts: ClockFacts) -> None:
    parts = {name: getattr(facts, name) for name in ClockFacts.__dataclass_fields__ if name != "extended"}
    short, long = (compute(ClockFacts(**parts, extended=extended), TARGETS, (), ()) for extended in (False, True))
    assert short.statutory_due is not None
    assert long.statutory_due is not None
    assert long.statutory_due > short.statutory_due
    assert long.extension_notice_by == short.extension_notice_by
    assert short.extension_notice_by is not None
    assert short.extension_notice_by <= short.statutory_due


@given(access_requests())
def test_without_a_pause_an_extension_is_three_months_from_the_start_rolled_once(facts: ClockFacts) -> None:
    dates = compute(replace(facts, pauses=(), extended=True), TARGETS, (), ())
    assert dates.starts_on is not None
    assert (
        dates.statutory_due
        == dates.safe_due
        == WorkCalendar(nation=facts.nation).forward(add_months(dates.starts_on, 3))
    )


@given(access_requests(), st.integers(0, 20))
def test_the_count_with_both_end_days_is_never_the_shorter_one(facts: ClockFacts, longer: int) -> None:
    dates = compute(facts, TARGETS, (), ())
    assert dates.statutory_due is not None
    assert dates.safe_due is not None
    assert dates.statutory_due >= dates.safe_due
    # However long an answer takes, it never brings a date forward.
    waited = tuple(
        Pause(asked_on=pause.asked_on, answered_on=pause.answered_on + timedelta(days=longer))
        for pause in facts.pauses
        if pause.answered_on is not None
    )
    later = compute(replace(facts, pauses=waited), TARGETS, (), ())
    assert later.safe_due is not None
    assert later.safe_due >= dates.safe_due
    assert later.shadow_due == dates.shadow_due


@given(st.sampled_from(Kind), st.sampled_from(Nation), RECEIPT_DAYS, st.integers(1, 40), st.booleans())
def test_a_later_receipt_never_gives_an_earlier_date(
    kind: Kind, nation: Nation, received: date, later: int, extended: bool
) -> None:
    extended = extended and kind in EXTENDABLE
    first, second = (
        compute(ClockFacts(kind=kind, received=day, nation=nation, extended=extended), TARGETS, (), ())
        for day in (received, received + timedelta(days=later))
    )
    for name in DATE_NAMES:
        earlier, after = getattr(first, name), getattr(second, name)
        assert (earlier is None) == (after is None)
        assert earlier is None or earlier <= after


@pytest.fixture
def process_zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_the_process_may_stand_in_any_time_zone(process_zone: None) -> None:
    moments = [datetime(2026, 7, 14, 23, 30, tzinfo=UTC) + timedelta(hours=5 * step) for step in range(200)]
    answers = []
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Europe/London"):
        os.environ["TZ"] = zone
        time.tzset()
        answers.append([compute(ClockFacts(kind=Kind.ACCESS, received=moment), TARGETS, (), ()) for moment in moments])
    assert all(answer == answers[0] for answer in answers)


@st.composite
def lives(draw: st.DrawFn) -> list[ClockState]:
    """The state on each day of a request to which at most one thing happens a day, each while its time runs."""
    received = draw(RECEIPT_DAYS)
    marks = sorted(draw(st.lists(st.integers(1, 27), min_size=6, max_size=6, unique=True)))
    identity_asked, identity_in, asked, answered, extended, done = (received + timedelta(days=mark) for mark in marks)
    wants_identity, wants_pause, wants_extension, is_done = draw(st.tuples(*[st.booleans()] * 4))
    states = []
    for day in (received + timedelta(days=count) for count in range(140)):
        facts = ClockFacts(
            kind=Kind.ACCESS,
            received=received,
            identity_asked_on=identity_asked if wants_identity and day >= identity_asked else None,
            identity_received_on=identity_in if wants_identity and day >= identity_in else None,
            pauses=(Pause(asked_on=asked, answered_on=answered if day >= answered else None),)
            if wants_pause and day >= asked
            else (),
            extended=wants_extension and day >= extended,
        )
        answered_on = done if is_done and day >= done else None
        states.append(state_of(facts, compute(facts, TARGETS, (), ()), day, answered_on))
    return states


@settings(max_examples=60)
@given(lives())
def test_a_clock_only_takes_the_ways_that_are_drawn(states: list[ClockState]) -> None:
    taken = {(before, after) for before, after in itertools.pairwise(states) if before is not after}
    assert taken <= TRANSITIONS
    assert states[-1] in {ClockState.MET, ClockState.MISSED}
