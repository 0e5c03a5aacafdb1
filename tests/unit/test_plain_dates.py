"""Dates in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.plain_dates import in_days, plain_date


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 22), "Tuesday 22 December 2026"),
        (date(2027, 2, 1), "Monday 1 February 2027"),
        (date(2028, 2, 29), "Tuesday 29 February 2028"),
        (date(2026, 11, 22), "Sunday 22 November 2026"),
    ],
)
def test_a_date_is_said_with_weekday_month_and_year(day: date, words: str) -> None:
    assert plain_date(day) == words


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_the_words_agree_with_the_calendar(day: date) -> None:
    # strftime in the C locale is the independent witness; it pads the day, people do not.
    assert plain_date(day) == day.strftime("%A %d %B %Y").replace(" 0", " ", 1)


def test_one_day_is_a_day_and_no_days() -> None:
    assert [in_days(count) for count in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
