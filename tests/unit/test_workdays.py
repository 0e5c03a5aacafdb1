"""Working-day arithmetic: months that end early, rolling over closed days, counting working days."""

from datetime import date

import pytest

from triage.domain.vocabulary import Nation
from triage.domain.workdays import WorkCalendar, add_months, bank_holidays

ENGLAND = WorkCalendar(nation=Nation.ENGLAND)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 23), 1, date(2026, 12, 23)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 1, date(2028, 3, 29)),
        (date(2027, 3, 31), 1, date(2027, 4, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 8, 31), 3, date(2027, 11, 30)),
        (date(2026, 12, 15), 0, date(2026, 12, 15)),
    ],
)
def test_a_month_ends_on_the_corresponding_date_or_the_last_day_there_is(
    day: date, months: int, expected: date
) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("nation", "day"),
    [
        (Nation.ENGLAND, date(2027, 3, 29)),  # Easter Monday: lost when no subdivision is asked for
        (Nation.ENGLAND, date(2027, 8, 30)),
        (Nation.WALES, date(2027, 8, 30)),
        (Nation.SCOTLAND, date(2027, 1, 4)),
        (Nation.SCOTLAND, date(2026, 6, 15)),
        (Nation.SCOTLAND, date(2027, 8, 2)),
        (Nation.NORTHERN_IRELAND, date(2027, 3, 17)),
        (Nation.NORTHERN_IRELAND, date(2026, 7, 13)),
        (Nation.BULGARIA, date(2027, 3, 3)),
    ],
)
def test_each_nation_rests_on_its_own_holidays(nation: Nation, day: date) -> None:
    assert not WorkCalendar(nation=nation).is_working(day)
    assert day in bank_holidays(nation, day.year)


@pytest.mark.parametrize(
    ("nation", "day"),
    [
        (Nation.SCOTLAND, date(2027, 3, 29)),
        (Nation.SCOTLAND, date(2027, 8, 30)),
        (Nation.ENGLAND, date(2027, 3, 17)),
        (Nation.ENGLAND, date(2026, 6, 15)),
        (Nation.NORTHERN_IRELAND, date(2026, 11, 30)),
        (Nation.BULGARIA, date(2027, 3, 26)),
    ],
)
def test_a_nation_works_on_the_holidays_of_its_neighbours(nation: Nation, day: date) -> None:
    assert WorkCalendar(nation=nation).is_working(day)


def test_rolling_forward_passes_christmas_boxing_day_and_its_substitute() -> None:
    assert ENGLAND.forward(date(2026, 12, 25)) == date(2026, 12, 29)


def test_rolling_back_passes_the_easter_weekend() -> None:
    assert ENGLAND.back(date(2027, 3, 29)) == date(2027, 3, 25)


def test_a_working_day_stays_where_it_is_in_both_directions() -> None:
    monday = date(2026, 11, 23)
    assert ENGLAND.forward(monday) == monday == ENGLAND.back(monday)


def test_working_days_are_counted_from_the_next_working_day() -> None:
    saturday = date(2026, 12, 5)
    assert [ENGLAND.after(saturday, count) for count in (1, 2)] == [date(2026, 12, 7), date(2026, 12, 8)]
    assert ENGLAND.after(date(2026, 12, 24), 1) == date(2026, 12, 29)


def test_every_closed_day_says_why() -> None:
    calendar = WorkCalendar(
        nation=Nation.ENGLAND, extra_holidays={date(2026, 12, 1)}, closures={date(2026, 12, 2), date(2026, 12, 6)}
    )
    reasons = [calendar.why_shut(date(2026, 12, day)) for day in (25, 1, 6, 2, 3)]
    assert reasons == [
        "a public holiday (Christmas Day)",
        "a public holiday (added by our policy)",
        "at the weekend",
        "a day our office is closed",
        None,
    ]


def test_bulgarian_holidays_are_named_in_english() -> None:
    assert bank_holidays(Nation.BULGARIA, 2027)[date(2027, 3, 3)] == "Liberation Day"
