"""Dates of open cases by today's rules: which move, why, and what becomes of the next step."""

from dataclasses import replace
from datetime import date

from tests.factories import CONTROLLER
from tests.unit.case_lives import POLICY, SCOTTISH, after, noon, opened
from triage.domain.recompute import Move, moves, recomputed
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, Nation

RECEIVED = date(2026, 11, 23)  # due on Wednesday 23 December
HOLIDAY = replace(POLICY, extra_bank_holidays=(date(2026, 12, 23),))
CLOSED_OFFICE = replace(POLICY, office_closures=(date(2026, 12, 21),))


def test_where_nothing_has_changed_nothing_moves() -> None:
    case = after(opened(RECEIVED), CaseEventName.EXTENDED, date(2026, 12, 1))
    assert moves([case], POLICY) == ()
    assert recomputed(case, POLICY) is None


def test_a_holiday_proclaimed_moves_what_ends_on_it_and_says_why() -> None:
    case = opened(RECEIVED)
    due = "Wednesday 23 December 2026 is a public holiday (added by our policy): it moves to the next working day, "
    due += "Thursday 24 December 2026 (ICO, time limits)."
    notice = "Wednesday 23 December 2026 is a public holiday (added by our policy). An extension must be announced, "
    notice += "with reasons, by Tuesday 22 December 2026 (Art 12(3); DPO decides)."
    assert moves([case], HOLIDAY) == tuple(
        Move(reference=case.reference, name=name, before=date(2026, 12, 23), after=date(2026, 12, day), why=why)
        for name, day, why in (
            ("statutory_due", 24, due),
            ("safe_due", 24, due),
            ("shadow_due", 24, due),
            ("extension_notice_by", 22, notice),
        )
    )


def test_a_closed_office_moves_our_own_target_alone() -> None:
    (move,) = moves([opened(RECEIVED)], CLOSED_OFFICE)
    assert (move.name, move.before, move.after) == ("internal_target", date(2026, 12, 21), date(2026, 12, 18))
    assert move.why == (
        "Monday 21 December 2026 is a day our office is closed. Our own target is Friday 18 December 2026."
    )


def test_a_controller_moved_to_another_nation_goes_by_its_holidays() -> None:
    case = opened(date(2027, 7, 30))
    moved = replace(POLICY, controllers=(replace(CONTROLLER, nation=Nation.SCOTLAND), SCOTTISH))
    due = next(move for move in moves([case], moved) if move.name == "statutory_due")
    assert (due.before, due.after) == (date(2027, 8, 31), date(2027, 8, 30))
    assert due.why == (
        "Due by the end of Monday 30 August 2027. It was: Monday 30 August 2027 is a public holiday (Late Summer Bank "
        "Holiday): it moves to the next working day, Tuesday 31 August 2027 (ICO, time limits)."
    )


def test_a_date_that_is_no_more_says_what_it_waits_for() -> None:
    waiting = after(opened(RECEIVED), CaseEventName.IDENTITY_ASKED, date(2026, 11, 24))
    stale = replace(waiting, dates=opened(RECEIVED).dates)
    due = next(move for move in moves([stale], POLICY) if move.name == "statutory_due")
    assert (due.before, due.after) == (date(2026, 12, 23), None)
    assert due.why.startswith("Time has not started: identity asked for and not yet here (Art 12A). It was: One month")
    change = recomputed(stale, POLICY)
    assert change is not None
    assert change.facts["statutory_due"] == ["2026-12-23", None]
    assert change.dates == waiting.dates


def test_a_date_that_is_new_says_where_it_comes_from() -> None:
    case = opened(RECEIVED)
    stale = replace(case, dates=replace(case.dates, safe_due=None))
    (move,) = moves([stale], POLICY)
    assert (move.before, move.after) == (None, date(2026, 12, 23))
    assert move.why == "the stored date does not follow from what is recorded"


def test_a_case_that_is_over_keeps_the_dates_it_ended_with() -> None:
    over = replace(opened(RECEIVED), state=CaseState.CLOSED, closed_at=noon(date(2026, 12, 1)))
    assert moves([over], HOLIDAY) == ()
    assert recomputed(over, HOLIDAY) is None
    assert moves([replace(opened(RECEIVED), state=CaseState.CANNOT_REACH)], HOLIDAY) != ()


def test_a_next_step_comes_forward_with_its_date_and_never_goes_back() -> None:
    opt_out = opened(date(2026, 12, 4), Kind.OPT_OUT)  # to be done on Monday 7 December
    assert opt_out.next_step_on == opt_out.dates.internal_target == date(2026, 12, 7)
    later = recomputed(opt_out, replace(POLICY, office_closures=(date(2026, 12, 7),)))
    assert later is not None
    assert later.dates is not None
    assert (later.dates.internal_target, later.next_step) == (date(2026, 12, 8), None)
    closed_then = opened(date(2026, 12, 4), Kind.OPT_OUT, policy=replace(POLICY, office_closures=(date(2026, 12, 7),)))
    earlier = recomputed(closed_then, POLICY)
    assert earlier is not None
    assert earlier.next_step == (closed_then.next_step, date(2026, 12, 7))


def test_the_change_tells_every_move_to_the_journal() -> None:
    change = recomputed(opened(RECEIVED), CLOSED_OFFICE)
    assert change is not None
    assert (change.event, change.facts) == ("recomputed", {"internal_target": ["2026-12-21", "2026-12-18"]})
