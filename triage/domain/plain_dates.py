"""Dates in words, the same on every machine: no locale is asked."""

from datetime import date

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def plain_date(day: date) -> str:
    """A day as people say it: "Tuesday 22 December 2026". The weekday lets a reader catch a wrong date."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def in_days(count: int) -> str:
    """A number of calendar days in words: "1 day", "14 days"."""
    return f"{count} day" if count == 1 else f"{count} days"
