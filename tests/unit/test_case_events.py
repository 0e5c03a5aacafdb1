"""What happens to a case, folded into its dates, its trace and its next step."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import CONTROLLER
from tests.unit.case_lives import BULGARIAN, POLICY, SCOTTISH, after, noon, opened, told
from tests.unit.worked_dates import WORKED
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import dates_of, facts_of, tell_of
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.case_steps import TAKEN_BACK
from triage.domain.clock import ClockFacts, Pause
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, Nation

DOCS = Path(__file__).parents[2] / "docs" / "clock.md"
RECEIVED = date(2026, 12, 7)
NAMES = {
    "identity_asked_on": CaseEventName.IDENTITY_ASKED,
    "identity_received_on": CaseEventName.IDENTITY_RECEIVED,
}
CONTROLLERS = {Nation.ENGLAND: CONTROLLER, Nation.SCOTLAND: SCOTTISH}


def december(day: int) -> date:
    return date(2026, 12, day)


def facts(case: CaseFile) -> ClockFacts:
    return facts_of(case, next(one for one in POLICY.controllers if one.name == case.controller))


@pytest.mark.parametrize(("number", "row", "expected"), WORKED, ids=[f"row {number}" for number, _, _ in WORKED])
def test_every_worked_date_comes_out_of_a_case_to_which_it_happened(number: int, row: dict, expected: dict) -> None:
    case = opened(row["received"], row["kind"], CONTROLLERS[row.get("nation", Nation.ENGLAND)])
    for name, event in NAMES.items():
        if name in row:
            case = after(case, event, row[name])
    for pause in row.get("pauses", ()):
        case = after(case, CaseEventName.CLARIFICATION_ASKED, pause.asked_on)
        case = after(case, CaseEventName.CLARIFICATION_RECEIVED, pause.answered_on)
    if row.get("extended"):
        case = after(case, CaseEventName.EXTENDED, case.dates.received_on)
    assert {name: str(getattr(case.dates, name)) for name in expected} == expected


def test_a_case_to_which_nothing_has_happened_has_the_dates_it_was_opened_with() -> None:
    for kind in Kind:
        case = opened(datetime(2026, 7, 14, 23, 30, tzinfo=UTC), kind)
        assert dates_of(case, POLICY) == case.dates


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 14, 22, 59, tzinfo=UTC), date(2026, 7, 14)),  # 23:59 in British summer
        (datetime(2026, 7, 14, 23, 30, tzinfo=UTC), date(2026, 7, 15)),  # half past midnight
    ],
)
def test_a_case_of_a_summer_night_counts_from_the_london_day(moment: datetime, day: date) -> None:
    case = after(opened(moment), CaseEventName.EXTENDED, date(2026, 7, 20))
    assert case.dates.received_on == day
    assert case.dates.trace[0].endswith("(London time).")


def test_a_complaint_found_in_a_later_message_counts_from_that_one() -> None:
    found_on = december(20)
    complaint = opened(RECEIVED, Kind.COMPLAINT)
    event = CaseEvent(name=CaseEventName.RECEIVED, on=found_on, recorded_at=noon(found_on))
    assert dates_of(replace(complaint, events=(event,)), POLICY).acknowledge_target == date(2027, 1, 15)


def test_without_a_recorded_receipt_the_stored_day_counts() -> None:
    case = replace(opened(RECEIVED), events=())
    assert dates_of(case, POLICY) == case.dates


@pytest.mark.parametrize(
    ("asked", "received"),
    [
        (CaseEventName.IDENTITY_ASKED, CaseEventName.IDENTITY_RECEIVED),
        (CaseEventName.AUTHORITY_ASKED, CaseEventName.AUTHORITY_RECEIVED),
        (CaseEventName.FEE_ASKED, CaseEventName.FEE_PAID),
    ],
)
def test_what_is_asked_for_holds_the_start_back_until_it_is_here(asked: CaseEventName, received: CaseEventName) -> None:
    waiting = after(opened(RECEIVED), asked, december(8))
    assert (waiting.dates.starts_on, waiting.dates.statutory_due) == (None, None)
    assert waiting.dates.shadow_due == date(2027, 1, 7)
    here = after(waiting, received, december(21))
    assert (here.dates.starts_on, here.dates.statutory_due) == (december(21), date(2027, 1, 21))


def test_identity_asked_for_again_waits_again_and_the_latest_receipt_counts() -> None:
    case = after(opened(RECEIVED), CaseEventName.IDENTITY_ASKED, december(8))
    case = after(case, CaseEventName.IDENTITY_RECEIVED, december(10))
    again = after(case, CaseEventName.IDENTITY_ASKED, december(11))
    assert again.dates.starts_on is None
    here = after(again, CaseEventName.IDENTITY_RECEIVED, december(15))
    assert here.dates.starts_on == december(15)
    assert here.dates.shadow_due == date(2027, 1, 7)


def test_asked_and_answered_on_one_day_is_a_wait_of_no_time() -> None:
    case = after(opened(RECEIVED), CaseEventName.IDENTITY_ASKED, december(8))
    case = after(case, CaseEventName.IDENTITY_RECEIVED, december(8))
    assert case.dates.starts_on == december(8)


def test_events_count_by_the_day_they_happened_not_by_when_they_were_told() -> None:
    late = noon(december(20))
    case = after(opened(RECEIVED), CaseEventName.CLARIFICATION_ASKED, december(14), now=late)
    case = after(case, CaseEventName.IDENTITY_ASKED, december(8), now=late)
    case = after(case, CaseEventName.IDENTITY_RECEIVED, december(9), now=late)
    assert case.dates.starts_on == december(9)
    assert facts(case).pauses == (Pause(asked_on=december(14), answered_on=None),)


def test_stray_events_of_a_store_move_nothing() -> None:
    def event(name: CaseEventName, day: int) -> CaseEvent:
        return CaseEvent(name=name, on=december(day), recorded_at=noon(december(day)))

    case = opened(RECEIVED, Kind.COMPLAINT)
    stray = (
        event(CaseEventName.IDENTITY_RECEIVED, 8),
        event(CaseEventName.CLARIFICATION_ASKED, 9),
        event(CaseEventName.CLARIFICATION_ASKED, 10),
        event(CaseEventName.EXTENDED, 11),
    )
    assert dates_of(replace(case, events=(*case.events, *stray)), POLICY) == case.dates


def test_an_extension_is_three_months_from_the_start() -> None:
    case = after(opened(RECEIVED), CaseEventName.EXTENDED, december(30))
    assert case.dates.statutory_due == date(2027, 3, 8)
    assert (case.next_step, case.next_step_on) == ("answer within the extended time", date(2027, 3, 8))


def test_an_extension_while_something_is_awaited_leaves_the_waiting_the_next_step() -> None:
    waiting = after(opened(RECEIVED), CaseEventName.IDENTITY_ASKED, december(8))
    extended = after(waiting, CaseEventName.EXTENDED, december(9))
    assert (extended.next_step, extended.next_step_on) == (waiting.next_step, waiting.next_step_on)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (CaseEventName.RELABELLED, "Relabelled on Monday 14 December 2026: the dates still count from first receipt."),
        (
            CaseEventName.WITHDRAWN,
            "The person took it back on Monday 14 December 2026: the dates stand until a person closes the case.",
        ),
    ],
)
def test_what_moves_no_date_is_told_in_the_trace(name: CaseEventName, line: str) -> None:
    before = opened(RECEIVED)
    case = after(before, name, december(14))
    assert case.dates.trace == (*before.dates.trace, line)
    assert case.dates.statutory_due == before.dates.statutory_due


def test_a_closed_case_reopened_is_open_again_with_its_first_receipt() -> None:
    closed = replace(opened(RECEIVED), state=CaseState.CLOSED, closed_at=noon(december(20)))
    case = after(closed, CaseEventName.REOPENED, december(22))
    assert case.state is CaseState.OPEN
    assert case.dates.statutory_due == closed.dates.statutory_due
    assert case.dates.trace[-1].startswith("Reopened on Tuesday 22 December 2026")
    assert (case.next_step, case.next_step_on) == ("read what came and take the case up again", december(23))


def test_a_withdrawn_deletion_is_blocked_while_a_person_makes_up_their_mind() -> None:
    change = told(opened(RECEIVED, Kind.DELETION), CaseEventName.WITHDRAWN, december(8))
    assert isinstance(change, CaseChange)
    assert change.erasure_blocked is True
    assert change.state is None
    assert change.next_step == (TAKEN_BACK, december(9))
    other = told(opened(RECEIVED), CaseEventName.WITHDRAWN, december(8))
    assert isinstance(other, CaseChange)
    assert other.erasure_blocked is None


def test_the_change_names_the_event_and_keeps_the_note_beside_it() -> None:
    change = told(opened(RECEIVED), CaseEventName.IDENTITY_ASKED, december(8), note="  No match on file. ")
    assert isinstance(change, CaseChange)
    assert (change.event, change.facts, change.note) == ("identity_asked", {}, "No match on file.")
    assert [(one.name, one.on, one.overridden) for one in change.events] == [
        (CaseEventName.IDENTITY_ASKED, december(8), False)
    ]


def test_what_is_asked_for_is_chased_after_the_days_of_the_policy() -> None:
    case = after(opened(RECEIVED), CaseEventName.CLARIFICATION_ASKED, december(10))
    # 30 days later is Saturday 9 January.
    assert case.next_step == "wait for the answer to our question; chase if it has not come"
    assert case.next_step_on == date(2027, 1, 11)
    answered = after(case, CaseEventName.CLARIFICATION_RECEIVED, december(17))
    assert (answered.next_step, answered.next_step_on) == ("go on with the search", december(21))


def test_with_two_things_awaited_the_first_asked_sets_the_day() -> None:
    case = after(opened(RECEIVED), CaseEventName.AUTHORITY_ASKED, december(8))
    case = after(case, CaseEventName.FEE_ASKED, december(10))
    assert case.next_step == "wait for proof of authority and the fee; chase if it has not come"
    assert case.next_step_on == date(2027, 1, 7)
    case = after(case, CaseEventName.AUTHORITY_RECEIVED, december(11))
    assert case.next_step == "wait for the fee; chase if it has not come"


def test_a_chase_whose_day_is_past_is_for_the_next_working_day() -> None:
    told_late = noon(date(2027, 1, 22))
    case = after(opened(RECEIVED), CaseEventName.IDENTITY_ASKED, december(8), now=told_late)
    assert case.next_step_on == date(2027, 1, 25)


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (Kind.CORRECTION, "check what is wrong and correct it"),
        (Kind.DELETION, "check what can be erased"),
        (Kind.OTHER_RIGHT, "go on with the request"),
    ],
)
def test_once_all_is_here_the_work_of_the_kind_goes_on(kind: Kind, step: str) -> None:
    case = after(opened(RECEIVED, kind), CaseEventName.IDENTITY_ASKED, december(8))
    case = after(case, CaseEventName.IDENTITY_RECEIVED, december(9))
    assert (case.next_step, case.next_step_on) == (step, december(11))


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.OPT_OUT])
def test_neither_a_complaint_nor_an_opt_out_waits_for_what_was_asked_for(kind: Kind) -> None:
    before = opened(RECEIVED, kind)
    case = after(before, CaseEventName.IDENTITY_ASKED, december(8))
    assert (case.next_step, case.next_step_on) == (before.next_step, before.next_step_on)


def test_a_question_put_after_the_due_date_stops_nothing_and_the_work_goes_on() -> None:
    late = date(2027, 1, 8)
    case = after(opened(RECEIVED), CaseEventName.CLARIFICATION_ASKED, late, overridden=True, note="They changed it.")
    assert case.dates.statutory_due == date(2027, 1, 7)
    assert any("it stops nothing" in line for line in case.dates.trace)
    assert case.next_step == "go on, time runs; chase the answer to our question"
    assert case.next_step_on == date(2027, 1, 11)


def test_under_eu_law_nothing_asked_for_gives_credit_and_the_work_goes_on() -> None:
    before = opened(RECEIVED, controller=BULGARIAN)
    case = after(before, CaseEventName.IDENTITY_ASKED, december(8))
    case = after(case, CaseEventName.CLARIFICATION_ASKED, december(9))
    unmoved = [field.name for field in fields(case.dates) if field.name != "trace"]
    assert all(getattr(case.dates, name) == getattr(before.dates, name) for name in unmoved)
    assert any("gives credit" in line for line in case.dates.trace)
    assert case.next_step == "go on, time runs; chase proof of identity and the answer to our question"
    assert case.next_step_on == case.dates.internal_target


def test_the_docs_say_what_every_event_does() -> None:
    rows = [line.split("|")[1] for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert set(CaseEventName) <= {word.strip().strip("`") for row in rows for word in row.split(",")}


def test_an_extension_told_of_needs_a_note_of_how_the_person_was_told() -> None:
    case, day = opened(RECEIVED), RECEIVED + timedelta(days=7)
    refused = tell_of(case, CaseEventName.EXTENDED, day, POLICY, noon(day))
    assert isinstance(refused, Refused)
    assert "how the person was told" in refused.reasons[0]
    told_so = tell_of(case, CaseEventName.EXTENDED, day, POLICY, noon(day), note=" By post, with reasons. ")
    assert isinstance(told_so, CaseChange)
    assert told_so.note == "By post, with reasons."
    other = tell_of(case, CaseEventName.IDENTITY_ASKED, day, POLICY, noon(day))
    assert isinstance(other, CaseChange)


def test_what_is_told_too_late_is_recorded_with_why_and_how() -> None:
    case, day = opened(RECEIVED), RECEIVED + timedelta(days=60)
    assert isinstance(tell_of(case, CaseEventName.EXTENDED, day, POLICY, noon(day), note="By phone."), Refused)
    why = tell_of(case, CaseEventName.EXTENDED, day, POLICY, noon(day), note="By phone.", override="Agreed in time.")
    assert isinstance(why, CaseChange)
    assert (why.note, why.events[0].overridden) == ("Agreed in time.\nBy phone.", True)
