"""The statutory clock, kind by kind: every worked date the rules were agreed on, and what each kind does not have."""

import re
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.factories import make_dates
from tests.unit.worked_dates import WORKED, pause
from triage.domain.clock import ClockDates, ClockFacts, compute, local_date, month_of
from triage.domain.policy import Targets
from triage.domain.vocabulary import Kind, Nation, Regime

TARGETS = Targets(
    answer_days=28,
    correction_working_days=10,
    opt_out_working_days=1,
    opt_out_alarm_working_days=2,
    complaint_news_days=14,
    acknowledge_alarm_working_days=1,
)
EXTENDABLE = (Kind.ACCESS, Kind.CORRECTION, Kind.DELETION, Kind.OTHER_RIGHT)
DOCS = Path(__file__).parents[2] / "docs"


def dates_of(
    kind: Kind,
    received: datetime | date,
    *,
    holidays: set[date] | None = None,
    closures: set[date] | None = None,
    **more,
) -> ClockDates:
    return compute(ClockFacts(kind=kind, received=received, **more), TARGETS, holidays or set(), closures or set())


@pytest.mark.parametrize(("number", "facts", "expected"), WORKED, ids=[f"row {number}" for number, _, _ in WORKED])
def test_every_worked_date_comes_out(number: int, facts: dict, expected: dict[str, str]) -> None:
    found = compute(ClockFacts(**facts), TARGETS, (), ())
    assert {name: str(getattr(found, name)) for name in expected} == expected


def test_the_docs_show_the_same_worked_dates() -> None:
    rows = re.findall(r"^\| (\d+) \|.*$", (DOCS / "clock.md").read_text(encoding="utf-8"), re.MULTILINE)
    lines = (DOCS / "clock.md").read_text(encoding="utf-8").splitlines()
    assert [int(row) for row in rows] == sorted({number for number, _, _ in WORKED})
    for number, _, expected in WORKED:
        line = next(line for line in lines if line.startswith(f"| {number} |"))
        for day in expected.values():
            assert day in line


@pytest.mark.parametrize(
    ("received", "due"),
    [(date(2024, 11, 25), date(2024, 12, 27)), (date(2025, 3, 31), date(2025, 4, 30))],
)
def test_the_regulators_own_examples_come_out(received: date, due: date) -> None:
    assert dates_of(Kind.ACCESS, received).statutory_due == due


@pytest.mark.parametrize(
    ("moment", "nation", "expected"),
    [
        (datetime(2026, 7, 14, 23, 30, tzinfo=UTC), Nation.ENGLAND, date(2026, 7, 15)),
        (datetime(2026, 7, 14, 22, 59, tzinfo=UTC), Nation.SCOTLAND, date(2026, 7, 14)),
        (datetime(2026, 12, 14, 23, 30, tzinfo=UTC), Nation.ENGLAND, date(2026, 12, 14)),
        (datetime(2026, 12, 14, 23, 30, tzinfo=UTC), Nation.BULGARIA, date(2026, 12, 15)),
        # The clocks go forward on 29 March 2026 at 01:00Z and back on 25 October 2026 at 01:00Z.
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), Nation.WALES, date(2026, 3, 28)),
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), Nation.WALES, date(2026, 3, 30)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), Nation.NORTHERN_IRELAND, date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), Nation.NORTHERN_IRELAND, date(2026, 10, 25)),
        (datetime(2026, 7, 15, 9, 0, tzinfo=timezone(timedelta(hours=14))), Nation.ENGLAND, date(2026, 7, 14)),
        (date(2026, 7, 14), Nation.BULGARIA, date(2026, 7, 14)),
    ],
)
def test_the_day_of_receipt_is_the_day_on_the_controllers_wall(
    moment: datetime | date, nation: Nation, expected: date
) -> None:
    assert local_date(moment, nation) == expected
    assert month_of(moment, nation) == f"{expected:%Y-%m}"


def test_half_past_midnight_in_british_summer_gets_the_later_month() -> None:
    dates = dates_of(Kind.ACCESS, datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    assert (dates.received_on, dates.statutory_due) == (date(2027, 7, 1), date(2027, 8, 2))


def test_a_request_has_neither_a_statutory_acknowledgement_nor_a_pause_it_did_not_ask_for() -> None:
    dates = dates_of(Kind.ACCESS, date(2026, 11, 27))
    assert dates.acknowledge_by is None
    assert dates.acknowledge_target == date(2026, 12, 1)
    assert dates.starts_on == dates.received_on
    assert dates.statutory_due == dates.safe_due == dates.shadow_due


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (Kind.ACCESS, date(2026, 12, 29)),
        (Kind.DELETION, date(2026, 12, 29)),
        (Kind.OTHER_RIGHT, date(2026, 12, 29)),
        (Kind.CORRECTION, date(2026, 12, 15)),
        (Kind.OPT_OUT, date(2026, 12, 2)),
        (Kind.COMPLAINT, date(2026, 12, 31)),
    ],
)
def test_each_kind_has_its_own_target(kind: Kind, target: date) -> None:
    assert dates_of(kind, date(2026, 12, 1)).internal_target == target


def test_a_target_on_a_closed_day_rolls_back() -> None:
    assert dates_of(Kind.ACCESS, date(2026, 11, 28)).internal_target == date(2026, 12, 24)


def test_an_office_closure_moves_targets_and_nothing_the_law_sets() -> None:
    received = date(2026, 11, 23)
    closed = {date(2026, 12, day) for day in (21, 22, 23)} | {date(2026, 11, 24)}
    usual, shut = dates_of(Kind.ACCESS, received), dates_of(Kind.ACCESS, received, closures=closed)
    assert shut.internal_target == date(2026, 12, 18)
    assert shut.acknowledge_target == date(2026, 11, 26)
    for name in ("statutory_due", "safe_due", "shadow_due", "extension_notice_by"):
        assert getattr(shut, name) == getattr(usual, name)


def test_an_office_closure_leaves_the_complaint_acknowledgement_date_alone() -> None:
    closed = {date(2026, 12, 24), date(2026, 12, 29)}
    dates = dates_of(Kind.COMPLAINT, date(2026, 11, 26), closures=closed)
    assert (dates.acknowledge_by, dates.acknowledge_target) == (date(2026, 12, 29), date(2026, 12, 23))


def test_an_extra_holiday_moves_every_date() -> None:
    dates = dates_of(Kind.ACCESS, date(2026, 11, 23), holidays={date(2026, 12, 23), date(2026, 12, 21)})
    assert dates.statutory_due == date(2026, 12, 24)
    assert dates.extension_notice_by == date(2026, 12, 22)
    assert dates.internal_target == date(2026, 12, 18)


def test_a_target_never_lies_behind_the_date_the_law_sets() -> None:
    shut_for_five_weeks = {date(2026, 12, 1) + timedelta(days=days) for days in range(35)}
    dates = dates_of(Kind.CORRECTION, date(2026, 12, 1), closures=shut_for_five_weeks)
    assert dates.internal_target == dates.safe_due == date(2027, 1, 4)


@pytest.mark.parametrize("kind", EXTENDABLE)
def test_every_right_but_the_opt_out_says_by_when_an_extension_must_be_announced(kind: Kind) -> None:
    # The month ends on Christmas Day; the notice must not slip behind it.
    assert dates_of(kind, date(2026, 11, 25)).extension_notice_by == date(2026, 12, 24)
    assert dates_of(kind, date(2026, 11, 25), extended=True).extension_notice_by == date(2026, 12, 24)


def test_an_opt_out_has_an_outer_limit_and_no_extension() -> None:
    dates = dates_of(Kind.OPT_OUT, date(2026, 11, 25))
    assert dates.extension_notice_by is None
    assert dates.statutory_due == date(2026, 12, 29)
    assert any("marketing stops at once" in line for line in dates.trace)


def test_a_complaint_has_no_month_and_no_extension() -> None:
    dates = dates_of(Kind.COMPLAINT, date(2026, 11, 26))
    absent = {field.name for field in fields(dates) if getattr(dates, field.name) is None}
    assert absent == {"statutory_due", "safe_due", "shadow_due", "extension_notice_by"}


def test_a_complaint_under_eu_law_has_no_statutory_acknowledgement() -> None:
    dates = dates_of(Kind.COMPLAINT, date(2026, 11, 26), regime=Regime.EU, nation=Nation.BULGARIA)
    assert dates.acknowledge_by is None
    assert dates.acknowledge_target == date(2026, 12, 23)  # 24 December is a holiday in Bulgaria
    assert any("no s.164A duty" in line for line in dates.trace)


def test_nothing_asked_for_moves_the_dates_of_a_complaint() -> None:
    asked = dates_of(Kind.COMPLAINT, date(2026, 11, 26), identity_asked_on=date(2026, 11, 27))
    assert asked.acknowledge_by == dates_of(Kind.COMPLAINT, date(2026, 11, 26)).acknowledge_by
    assert any("count from receipt" in line for line in asked.trace)


def test_a_complaint_from_before_the_duty_says_that_the_date_is_our_own() -> None:
    before, after = (dates_of(Kind.COMPLAINT, date(2026, 6, day)) for day in (18, 19))
    assert before.acknowledge_by == date(2026, 7, 20)
    assert any("our own rule" in line and "19 June 2026" in line for line in before.trace)
    assert not any("19 June 2026 on" in line for line in after.trace)


def test_a_request_from_before_the_new_article_is_left_to_the_dpo_to_check() -> None:
    assert any("have the DPO check" in line for line in dates_of(Kind.ACCESS, date(2026, 2, 4)).trace)
    assert not any("have the DPO check" in line for line in dates_of(Kind.ACCESS, date(2026, 2, 5)).trace)


def test_eu_law_with_bulgarian_holidays_rolls_over_them() -> None:
    dates = dates_of(Kind.ACCESS, date(2027, 2, 3), nation=Nation.BULGARIA, regime=Regime.EU)
    assert dates.statutory_due == date(2027, 3, 4)
    assert any("Liberation Day" in line and "Reg 1182/71" in line for line in dates.trace)


def test_eu_law_lets_time_run_from_receipt_whatever_was_asked_for() -> None:
    dates = dates_of(
        Kind.ACCESS,
        date(2026, 12, 7),
        regime=Regime.EU,
        identity_asked_on=date(2026, 12, 8),
        fee_asked_on=date(2026, 12, 8),
        fee_paid_on=date(2026, 12, 20),
        pauses=pause(date(2026, 12, 9), None),
    )
    assert dates.starts_on == date(2026, 12, 7)
    assert dates.statutory_due == dates.safe_due == dates.shadow_due == date(2027, 1, 7)
    assert any("runs from receipt" in line for line in dates.trace)


def test_the_trace_tells_each_step_in_plain_words() -> None:
    dates = dates_of(Kind.ACCESS, datetime(2026, 11, 22, 8, tzinfo=UTC))
    assert dates.trace == (
        "Received Sunday 22 November 2026 (London time); a non-working day counts.",
        "One month from Sunday 22 November 2026 ends on Tuesday 22 December 2026 (Art 12(3); ICO, time limits).",
        "Due by the end of Tuesday 22 December 2026.",
        "An extension must be announced, with reasons, by Tuesday 22 December 2026 (Art 12(3); DPO decides).",
        "Our own target is Friday 18 December 2026.",
        "Acknowledge at once, at the latest on Tuesday 24 November 2026 (our own rule, not the law).",
    )


def test_the_trace_says_why_a_date_moved_and_why_a_month_ended_early() -> None:
    trace = " ".join(dates_of(Kind.ACCESS, date(2027, 1, 31)).trace)
    assert "as that month has no such day" in trace
    assert "Sunday 28 February 2027 is at the weekend: it moves to the next working day, Monday 1 March 2027" in trace


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"received": datetime(2026, 11, 23, 9)}, "received: 2026-11-23T09:00:00 has no time zone"),  # noqa: DTZ001
        ({"received": date(1969, 12, 31)}, "received: 1969-12-31 lies outside 1970 to 2098"),
        ({"received": date(2099, 1, 1)}, "received: 2099-01-01 lies outside 1970 to 2098"),
        ({"received": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))}, "is no day of any calendar here"),
        ({"identity_asked_on": date(2026, 11, 22)}, "identity asked: 2026-11-22 lies before receipt on 2026-11-23"),
        ({"authority_received_on": date(2026, 11, 25)}, "authority received: 2026-11-25, but no day it was asked for"),
        (
            {"fee_asked_on": date(2026, 11, 26), "fee_paid_on": date(2026, 11, 25)},
            "fee paid: 2026-11-25 lies before it was asked for on 2026-11-26",
        ),
        ({"fee_asked_on": date(2099, 11, 26)}, "fee asked: 2099-11-26 lies after 2098"),
        (
            {"pauses": pause(date(2026, 11, 22), date(2026, 11, 25))},
            "clarification asked: 2026-11-22 lies before receipt",
        ),
        (
            {"pauses": pause(date(2026, 11, 26), date(2026, 11, 25))},
            "clarification answered: 2026-11-25 lies before it was asked for on 2026-11-26",
        ),
        (
            {"kind": Kind.DELETION, "pauses": pause(date(2026, 11, 25), date(2026, 11, 26))},
            "pause: deletion has none; only an access clarification stops the clock",
        ),
        (
            {"kind": Kind.DELETION, "regime": Regime.EU, "pauses": pause(date(2026, 11, 25), None)},
            "pause: deletion has none",
        ),
        ({"kind": Kind.COMPLAINT, "extended": True}, "extended: complaint has no extension"),
        ({"kind": Kind.OPT_OUT, "extended": True}, "extended: opt_out has no extension"),
    ],
)
def test_what_cannot_be_true_is_refused_in_one_clear_line(facts: dict, line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)) as refused:
        compute(ClockFacts(**{"kind": Kind.ACCESS, "received": date(2026, 11, 23), **facts}), TARGETS, (), ())
    assert "\n" not in str(refused.value)


def test_all_faults_are_named_at_once() -> None:
    facts = ClockFacts(
        kind=Kind.OPT_OUT,
        received=date(2026, 11, 23),
        identity_asked_on=date(2026, 11, 1),
        pauses=pause(date(2026, 11, 25), date(2026, 11, 24)),
        extended=True,
    )
    with pytest.raises(ValueError) as refused:
        compute(facts, TARGETS, (), ())
    assert len(str(refused.value).splitlines()) == 4


@pytest.mark.parametrize(
    ("kind", "changes", "due_on"),
    [
        (Kind.ACCESS, {}, date(2026, 12, 22)),
        (Kind.ACCESS, {"safe_due": None, "statutory_due": None}, None),
        (Kind.OPT_OUT, {}, date(2026, 12, 21)),
        (Kind.OPT_OUT, {"internal_target": None}, date(2026, 12, 23)),
        (Kind.COMPLAINT, {"acknowledge_by": date(2026, 12, 24)}, date(2026, 12, 24)),
    ],
)
def test_the_one_day_shown_as_due_is_what_is_safe_to_keep_to(
    kind: Kind, changes: dict[str, object], due_on: date | None
) -> None:
    assert make_dates(kind=kind, **changes).due_on == due_on
