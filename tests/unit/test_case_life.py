"""The life of a case as a table, its drawing in the docs, reopening, and what a step's day may be."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.factories import make_dates
from tests.unit.case_files import NOW, POLICY, TODAY, UNREAD, done, make_case_file, refusals
from triage.domain.case_life import TRANSITIONS, CaseAct, after, reopen, step_by, unread
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, Lane, Outcome

PAGE = (Path(__file__).parents[2] / "docs" / "states.md").read_text(encoding="utf-8")
CLOSED = make_case_file(state=CaseState.CLOSED, outcome=Outcome.PROVIDED, closed_at=NOW)


def test_the_drawing_and_the_table_are_the_same_machine() -> None:
    drawing = PAGE.split("(`case_file.state`)", 1)[1].split("```mermaid", 1)[1].split("```", 1)[0]
    arrows = re.findall(r"^ +(\S+) --> (\w+) : (\w+)$", drawing, re.MULTILINE)
    drawn = {(None if a == "[*]" else CaseState(a), CaseAct(act), CaseState(b)) for a, b, act in arrows}
    assert drawn == TRANSITIONS


def test_every_act_leads_one_way_and_what_is_set_aside_stays_so() -> None:
    assert len({(before, act) for before, act, _ in TRANSITIONS}) == len(TRANSITIONS)
    assert all(after(CaseState.SET_ASIDE, act) is None for act in CaseAct)
    assert {act for _, act, _ in TRANSITIONS} == set(CaseAct)


def test_a_closed_case_is_open_again_with_a_next_step_and_an_event() -> None:
    change = done(reopen(CLOSED, POLICY, NOW, "They say a file is missing."))
    assert change.state is CaseState.OPEN
    assert (change.event, change.note) == ("reopened", "They say a file is missing.")
    assert [(event.name, event.on) for event in change.events] == [(CaseEventName.REOPENED, TODAY)]
    assert change.next_step == ("see what is still owed, and do it", date(2026, 12, 15))
    assert change.facts == {"by": "person", "enquiry": None, "outcome_before": "provided"}
    assert change.lane is None
    assert change.dates is None


@pytest.mark.parametrize(
    ("case", "lane"),
    [
        (CLOSED, Lane.NEW_MESSAGE),
        (replace(CLOSED, kind=Kind.COMPLAINT), Lane.COMPLAINTS),
        (replace(CLOSED, lane=Lane.URGENT), Lane.URGENT),
    ],
)
def test_a_reply_that_reopens_a_case_lays_it_where_it_is_seen(case, lane) -> None:
    change = done(reopen(case, POLICY, NOW, "a reply", enquiry_id=8))
    assert change.lane is lane
    assert change.facts["enquiry"] == 8
    assert change.next_step is not None
    assert change.next_step[0] == "read the reply and answer it"


def test_reopening_ends_a_rest_from_reminders() -> None:
    resting = replace(CLOSED, snoozed_until=TODAY + timedelta(days=5))
    assert done(reopen(resting, POLICY, NOW, "a reply")).snoozed_until == TODAY
    assert done(reopen(CLOSED, POLICY, NOW, "a reply")).snoozed_until is None


def test_an_open_case_is_not_reopened_and_nothing_is_without_a_reason() -> None:
    assert refusals(reopen(make_case_file(), POLICY, NOW, " ")).splitlines() == [
        "only a closed case can be reopened",
        "say why the case is reopened",
    ]


def test_a_case_without_a_recorded_outcome_can_be_reopened() -> None:
    assert done(reopen(replace(CLOSED, outcome=None), POLICY, NOW, "why")).facts["outcome_before"] is None


@pytest.mark.parametrize(
    ("safe_due", "shadow_due", "step_on"),
    [
        (date(2026, 12, 22), None, date(2026, 12, 15)),  # the next working day
        (date(2026, 12, 14), None, date(2026, 12, 14)),  # due today
        (date(2026, 12, 1), None, date(2026, 12, 14)),  # overdue: today, not yesterday
        (None, date(2026, 12, 14), date(2026, 12, 14)),  # time stands: the shadow date
        (None, None, date(2026, 12, 15)),
    ],
)
def test_a_step_is_for_the_next_working_day_or_the_day_it_is_due(safe_due, shadow_due, step_on) -> None:
    case = make_case_file(dates=make_dates(safe_due=safe_due, shadow_due=shadow_due))
    assert step_by(case, POLICY, NOW) == step_on


def test_unread_messages_are_counted() -> None:
    assert unread(make_case_file()) == []
    assert unread(make_case_file(messages=(UNREAD,))) == ["a message on the case is unread: read it first"]
    assert unread(make_case_file(messages=(UNREAD, UNREAD)))[0].startswith("2 messages on the case are unread")


@pytest.mark.parametrize("state", list(CaseState))
def test_only_an_open_case_can_be_closed(state) -> None:
    assert make_case_file(state=state).is_open == (after(state, CaseAct.CLOSE) is CaseState.CLOSED)
