"""What holds of a case's dates whatever is told of it, in whatever order."""

import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import CONTROLLER
from tests.unit.case_lives import BULGARIAN, POLICY, SCOTTISH, TARGETS, noon, opened
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import dates_of, facts_of, record
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.clock import compute
from triage.domain.clock_refusals import PAIRS
from triage.domain.clock_state import TRANSITIONS, state_of
from triage.domain.policy import Controller
from triage.domain.vocabulary import CaseEventName, CaseState, Kind
from triage.domain.workdays import add_months

CONTROLLERS = (CONTROLLER, BULGARIAN, SCOTTISH)
MOVING = (*(name for pair in PAIRS for name in pair), CaseEventName.EXTENDED)
Telling = tuple[CaseEventName, int, bool]


@st.composite
def cases(draw: st.DrawFn) -> CaseFile:
    received = draw(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
    return opened(received, draw(st.sampled_from(Kind)), draw(st.sampled_from(CONTROLLERS)))


tellings = st.lists(
    st.tuples(st.sampled_from(CaseEventName), st.integers(-3, 120), st.booleans()), min_size=1, max_size=12
)


def lived(case: CaseFile, story: list[Telling]) -> tuple[CaseFile, list[CaseChange | Refused]]:
    """The case after all that could be recorded, told one a day from the fourth month on."""
    answers = []
    for number, (name, day, overridden) in enumerate(story):
        now = noon(case.dates.received_on + timedelta(days=130 + number))
        on = case.dates.received_on + timedelta(days=day)
        answer = record(case, name, on, POLICY, now, note="It was so.", overridden=overridden)
        answers.append(answer)
        if isinstance(answer, CaseChange):
            assert answer.dates is not None
            case = replace(case, events=(*case.events, *answer.events), dates=answer.dates)
    return case, answers


@given(cases(), tellings)
def test_a_month_from_the_start_is_the_least_whatever_happens(case: CaseFile, story: list[Telling]) -> None:
    after, answers = lived(case, story)
    for answer in answers:
        assert isinstance(answer, CaseChange) or all(answer.reasons)
    dates = after.dates
    assert (dates.received_on, dates.acknowledge_by) == (case.dates.received_on, case.dates.acknowledge_by)
    if dates.statutory_due is not None:
        assert dates.starts_on is not None
        assert dates.safe_due is not None
        extended = any(event.name is CaseEventName.EXTENDED for event in after.events)
        assert add_months(dates.starts_on, 3 if extended else 1) <= dates.safe_due <= dates.statutory_due
        assert dates.starts_on >= dates.received_on


@given(cases(), tellings)
def test_what_is_recorded_is_what_the_dates_follow_from(case: CaseFile, story: list[Telling]) -> None:
    after, _ = lived(case, story)
    assert dates_of(after, POLICY) == after.dates


@given(cases(), tellings)
def test_a_step_told_is_never_due_before_tomorrow(case: CaseFile, story: list[Telling]) -> None:
    _, answers = lived(case, story)
    for number, answer in enumerate(answers):
        if isinstance(answer, CaseChange) and answer.next_step is not None:
            assert answer.next_step[1] > case.dates.received_on + timedelta(days=130 + number)


@given(cases(), tellings, st.randoms())
def test_the_order_of_the_rows_is_no_matter(case: CaseFile, story: list[Telling], chance) -> None:
    after, _ = lived(case, story)
    shuffled = list(after.events)
    chance.shuffle(shuffled)
    assert dates_of(replace(after, events=tuple(shuffled)), POLICY) == after.dates


@given(cases(), st.lists(st.tuples(st.sampled_from(CaseEventName), st.integers(0, 400)), max_size=15))
def test_any_events_at_all_can_be_folded(case: CaseFile, events: list[tuple[CaseEventName, int]]) -> None:
    rows = [
        CaseEvent(name=name, on=case.dates.received_on + timedelta(days=day), recorded_at=case.opened_at)
        for name, day in events
    ]
    facts = facts_of(replace(case, events=(*case.events, *rows)), CONTROLLER)
    assert compute(facts, TARGETS, (), ()).received_on == case.dates.received_on


@given(cases(), tellings)
def test_a_closed_case_takes_nothing_but_its_reopening(case: CaseFile, story: list[Telling]) -> None:
    closed = replace(case, state=CaseState.CLOSED, closed_at=noon(case.dates.received_on))
    for name, day, overridden in story:
        on = case.dates.received_on + timedelta(days=day)
        answer = record(
            closed,
            name,
            on,
            POLICY,
            noon(case.dates.received_on + timedelta(days=130)),
            note="x",
            overridden=overridden,
        )
        assert isinstance(answer, Refused) or name is CaseEventName.REOPENED


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.sampled_from(CONTROLLERS),
    st.dictionaries(st.integers(0, 110), st.sampled_from(MOVING), min_size=4, max_size=12),
)
def test_a_life_told_day_by_day_only_takes_the_ways_that_are_drawn(
    received: date, controller: Controller, story: dict[int, CaseEventName]
) -> None:
    case = opened(received, Kind.ACCESS, controller)
    states = []
    for day in range(130):
        today = case.dates.received_on + timedelta(days=day)
        if day in story:
            answer = record(case, story[day], today, POLICY, noon(today))
            if isinstance(answer, CaseChange):
                assert answer.dates is not None
                case = replace(case, events=(*case.events, *answer.events), dates=answer.dates)
        states.append(state_of(facts_of(case, controller), case.dates, today))
    taken = {(before, after) for before, after in itertools.pairwise(states) if before is not after}
    assert taken <= TRANSITIONS


@pytest.fixture
def process_zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


@settings(max_examples=25, deadline=None)
@given(cases(), tellings)
def _check_zones(case: CaseFile, story: list[Telling]) -> None:
    answers = []
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Europe/Sofia"):
        os.environ["TZ"] = zone
        time.tzset()
        answers.append(lived(case, story))
    assert all(answer == answers[0] for answer in answers)


def test_a_case_has_the_same_life_in_any_time_zone_of_the_process(process_zone: None) -> None:
    _check_zones()
