"""Drift: months side by side, and a line where doubts or corrections rose by more than half."""

import pytest

from triage.domain.records import CorrectionCount, ReadingRow
from triage.language.evaluation.drift import MonthDrift, drift, warnings


def row(month: str, *kinds: str, unsure: bool = False, score: float = 0.97, declared: bool = False) -> ReadingRow:
    return ReadingRow(month=month, kinds=kinds, needs_person=unsure, request_score=score, declared=declared)


def rows(month: str, unsure: int, of: int) -> list[ReadingRow]:
    return [row(month, "access", unsure=number < unsure) for number in range(of)]


def fix(
    month: str, count: int, read: str = "access", meant: str = "deletion", witness: str = "rule"
) -> CorrectionCount:
    return CorrectionCount(month=month, kind_read=read, kind_meant=meant, witness=witness, count=count)


def test_a_month_tells_its_doubts_scores_kinds_and_corrections() -> None:
    readings = [
        row("2026-11", "access", "deletion", score=1.0),
        row("2026-11", unsure=True, score=0.1),
        row("2026-11", score=0.0999),
        row("2026-11", "complaint", declared=True),
    ]
    corrections = [fix("2026-11", 2), fix("2026-11", 1, read="none", witness="model"), fix("2026-11", 1, meant="none")]
    (month,) = drift(readings, corrections)
    assert month == MonthDrift(
        month="2026-11",
        messages=3,
        unsure=1,
        scores=(1, 1, 0, 0, 0, 0, 0, 0, 0, 1),
        kinds=(("access", 1), ("deletion", 1), ("none", 2)),
        corrections=(corrections[0], corrections[2], corrections[1]),
    )
    assert (month.corrected, month.unsure_share, month.corrected_share) == (4, 1 / 3, 4 / 3)


def test_months_without_a_message_are_there_and_have_no_share() -> None:
    months = drift([row("2026-11")], [fix("2027-02", 1)])
    assert [one.month for one in months] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert [one.messages for one in months] == [1, 0, 0, 0]
    assert (months[3].unsure_share, months[3].corrected_share, months[3].corrected) == (None, None, 1)
    assert drift([], []) == ()


@pytest.mark.parametrize(
    ("unsure", "told"),
    [((10, 10, 10, 15), False), ((10, 10, 10, 16), True), ((20, 5, 5, 15), False), ((0, 0, 0, 1), True)],
)
def test_doubts_half_as_frequent_again_as_in_the_three_months_before_are_told(
    unsure: tuple[int, ...], told: bool
) -> None:
    readings = [one for month, n in enumerate(unsure, start=1) for one in rows(f"2026-{month:02d}", n, 100)]
    lines = warnings(drift(readings, []))
    assert len(lines) == told
    if unsure[3] == 16:
        assert lines == [
            "2026-04: the reader was unsure of 16 of 100 messages (16%), against 10% in the three months before: "
            "look at what people write now"
        ]


def test_corrections_are_held_against_the_messages_of_their_month() -> None:
    sizes = (100, 100, 100, 400)
    readings = [one for month, n in enumerate(sizes, start=1) for one in rows(f"2026-{month:02d}", 0, n)]
    as_often = [fix(f"2026-{month:02d}", n // 20) for month, n in enumerate(sizes, start=1)]
    assert warnings(drift(readings, as_often)) == []
    more = [*as_often, fix("2026-04", 21, read="none", meant="complaint", witness="model")]
    assert warnings(drift(readings, more)) == [
        "2026-04: people corrected 41 kinds in 400 messages (10%), against 5% in the three months before; "
        "most often none was read where complaint was meant (model)"
    ]


def test_three_months_with_messages_are_needed_to_judge_a_fourth() -> None:
    first_three = [*rows("2026-01", 0, 10), *rows("2026-02", 0, 10), *rows("2026-03", 9, 10)]
    assert warnings(drift(first_three, [])) == []
    with_a_gap = [*rows("2026-01", 0, 10), *rows("2026-02", 0, 10), *rows("2026-04", 9, 10)]
    assert warnings(drift(with_a_gap, [])) == []
    ends_empty = [*rows("2026-01", 0, 10), *rows("2026-02", 0, 10), *rows("2026-03", 0, 10)]
    assert warnings(drift(ends_empty, [fix("2026-04", 3)])) == []
