"""What a report says of its counts: rates, medians, shares, and plain words where nothing was."""

import math
import statistics
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.records import CorrectionCount
from triage.domain.register import ComplaintRow
from triage.domain.report import (
    Closed,
    Due,
    OnTime,
    Read,
    Received,
    ReportAsked,
    ReportCounts,
    Standing,
    lengths,
    on_time,
    per_cent,
)
from triage.domain.report_chart import Point, Shape, columns, scale_top
from triage.domain.report_figures import FIGURES, Figure, figures
from triage.domain.report_period import ReportPeriod
from triage.domain.vocabulary import Channel, Nation

ASKED = ReportAsked(
    period=ReportPeriod(first_on=date(2026, 10, 5), last_on=date(2026, 11, 30)),
    today=date(2026, 11, 23),
    nation=Nation.ENGLAND,
)


def received(month: str = "2026-11", kind: str = "access", **changes: object) -> Received:
    """Cases received, acknowledged the same day."""
    values: dict[str, object] = {"month": month, "kind": kind, "channel": "email", "acknowledged_after": 0, "count": 1}
    return Received(**(values | changes))  # type: ignore[arg-type]


def figure(name: str, **counts: object) -> Figure:
    """One figure of those counts."""
    return FIGURES[name](ReportCounts(**counts), ASKED)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40))
def test_median_and_ninth_tenth_are_those_of_the_days_one_by_one(days: list[int]) -> None:
    found = lengths((one, 1) for one in days)
    assert found.median == statistics.median(days)
    assert found.ninety == sorted(days)[math.ceil(len(days) * 9 / 10) - 1]
    assert found.count == len(days)


def test_what_has_no_length_is_counted_apart() -> None:
    found = lengths([(None, 3), (2, 1)])
    assert (found.count, found.median, found.unknown) == (1, 2, 3)
    assert lengths([(None, 3)]).median is None


def test_what_is_not_due_yet_counts_neither_way() -> None:
    due = [
        Due(month="2026-11", kind="access", standing=one, count=n) for one, n in zip(Standing, (3, 1, 7), strict=True)
    ]
    assert on_time(due) == OnTime(met=3, late=1, owed=7)
    assert on_time(due).rate == 0.75
    assert on_time([]).rate is None


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "–"), (0, "0%"), (0.001, "under 1%"), (0.126, "13%"), (0.999, "over 99%"), (1, "100%")],
)
def test_a_share_is_never_rounded_to_all_or_none(value: float | None, told: str) -> None:
    assert per_cent(value) == told


@pytest.mark.parametrize(("most", "top"), [(0, 2), (2, 2), (3, 4), (5, 5), (7, 10), (11, 20), (41, 50), (100, 100)])
def test_a_scale_ends_at_a_round_number(most: float, top: float) -> None:
    assert scale_top(most) == top


def test_a_chart_tells_who_does_not_see_it_what_it_shows() -> None:
    points = [
        Point(label="2026-10", values=(0,), told="0", mark="0"),
        Point(label="2026-11", values=(3,), told="3", mark="3"),
    ]
    assert columns("Access", points).spoken == "Access: 2026-11 3"
    assert columns("Access", points[:1]).spoken == "Access: nothing"


def test_of_nothing_every_figure_says_so_and_draws_nothing() -> None:
    for one in figures(ReportCounts(), ASKED):
        assert "in this period" in one.said, one
        assert one.said.startswith("No")
        assert (one.rows, one.charts) == ((), ())


def test_volumes_have_a_row_a_month_and_a_column_a_word_that_came_up() -> None:
    rows = (received("2026-10", "deletion", count=2, channel="chat"), received(count=3), received(count=1))
    kinds, channels = figure("kinds", received=rows), figure("channels", received=rows)
    assert kinds.said == "6 cases received."
    assert kinds.columns == ("month", "access", "deletion", "all")
    assert kinds.rows == (("2026-10", 0, 2, 2), ("2026-11", 4, 0, 4))
    assert channels.rows == (("2026-10", 0, 2, 2), ("2026-11", 4, 0, 4))
    assert {chart.top for chart in kinds.charts} == {4}
    assert figure("kinds", received=rows[2:]).said == "1 case received."


def test_the_on_time_rate_is_told_by_month_by_kind_and_in_all() -> None:
    due = (
        Due(month="2026-10", kind="access", standing=Standing.MET, count=3),
        Due(month="2026-11", kind="access", standing=Standing.LATE, count=1),
        Due(month="2026-11", kind="complaint", standing=Standing.OWED, count=1),
    )
    found = figure("on-time", due=due)
    assert found.said == "75% in time: 3 of 4 that were due. 1 more is due by the end of the period."
    assert found.rows == (
        ("2026-10", 3, 0, 0, 100.0),
        ("2026-11", 0, 1, 1, 0.0),
        ("access", 3, 1, 0, 75.0),
        ("complaint", 0, 0, 1, None),
        ("all", 3, 1, 1, 75.0),
    )
    assert [point.mark for point in found.charts[0].points] == ["100%", "0%"]
    only_owed = figure("on-time", due=(replace(due[2], count=2),))
    assert (only_owed.said, only_owed.charts) == ("2 more are due by the end of the period.", ())


def test_lengths_are_told_by_kind_with_those_that_have_none() -> None:
    rows = (received(count=9), received(acknowledged_after=4), received(kind="deletion", acknowledged_after=None))
    found = figure("acknowledged", received=rows)
    assert found.said == "Half within 0 days, nine in ten within 0 days. 1 case had no letter that acknowledged it."
    assert found.rows == (("access", 10, 0, 0, 0), ("deletion", 0, None, None, 1), ("all", 10, 0, 0, 1))
    assert found.charts[0].shape is Shape.SPANS
    assert found.charts[0].spoken == "Days, by kind: Access median 0 days, nine in ten within 0 days"
    none = figure("acknowledged", received=rows[2:])
    assert (none.said, none.charts) == ("1 case had no letter that acknowledged it.", ())


def test_the_time_to_close_is_of_what_was_closed() -> None:
    closed = tuple(Closed(kind="access", days=days, count=1) for days in (1, 2, 2, 30))
    found = figure("closed", closed=closed)
    assert found.said == "Half within 2 days, nine in ten within 30 days."
    assert found.rows == (("access", 4, 2, 30), ("all", 4, 2, 30))
    assert "median 2 days" in found.charts[0].spoken
    assert figure("closed", closed=closed[:1]).said == "Half within 1 day, nine in ten within 1 day."


def test_the_share_unsure_is_told_by_month() -> None:
    found = figure("unsure", read=(Read(month="2026-11", count=8, unsure=2),))
    assert found.said == "25% needed a person to say what was asked: 2 of 8 messages."
    assert found.rows == (("2026-10", 0, 0, None), ("2026-11", 8, 2, 25.0), ("all", 8, 2, 25.0))


def test_corrections_are_summed_over_months_in_the_chart_and_listed_in_the_table() -> None:
    counts = tuple(
        CorrectionCount(month=month, kind_read="none", kind_meant="opt_out", witness="model", count=count)
        for month, count in (("2026-10", 1), ("2026-11", 2))
    )
    found = figure("corrections", corrections=counts)
    assert found.said == "3 kinds were put right by a person."
    assert found.charts[0].spoken == "What was read, and what was meant: None → opt out 3"
    assert found.rows[1] == ("2026-11", "none", "opt out", "model", 2)
    assert figure("corrections", corrections=counts[:1]).said == "1 kind was put right by a person."


def test_complaints_are_counted_as_in_the_register() -> None:
    row = ComplaintRow(
        received_on=date(2026, 11, 2),
        acknowledge_by=date(2026, 12, 2),
        acknowledged_on=date(2026, 11, 2),
        outcome=None,
        closed_on=None,
        controller="Larkfield Systems Ltd",
        channel=Channel.EMAIL,
    )
    late = replace(row, acknowledged_on=None, acknowledge_by=date(2026, 11, 20))
    owed = replace(row, acknowledged_on=None)
    found = figure("complaints", complaints=(row, late, owed))
    assert found.said == "3 complaints received, 1 acknowledged late or not."
    assert found.rows == (("2026-11", "Larkfield Systems Ltd", 3, 1, 1, 1, 3, None),)
    assert found.charts[0].points[1].values == (1, 1, 1)
    assert figure("complaints", complaints=(row,)).said == "1 complaint received, 0 acknowledged late or not."


def test_letters_and_quarantine_are_listed_with_the_most_first() -> None:
    letters = figure("letters", letters=(("acknowledgement", 2), ("outcome", 5)))
    assert letters.said == "7 letters sent."
    assert letters.rows == (("outcome", 5), ("acknowledgement", 2), ("all", 7))
    assert figure("quarantine", quarantined=(("too_large", 1),)).said == "1 item waiting in quarantine."
