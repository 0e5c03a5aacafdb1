"""The calendar against a second one, written here from the rules alone and sharing no code with the first.

United Kingdom: Banking and Financial Dealings Act 1971 and the royal proclamations as gov.uk/bank-holidays lists them.
Bulgaria: Labour Code Art 154, with Orthodox Easter; a fixed holiday at the weekend frees the next working day.
"""

from datetime import date, timedelta

import pytest

from triage.domain.clock import ClockFacts, Pause, compute
from triage.domain.policy import Targets
from triage.domain.vocabulary import Kind, Nation
from triage.domain.workdays import WorkCalendar

YEARS = range(2024, 2031)
TARGETS = Targets(
    answer_days=28,
    correction_working_days=10,
    opt_out_working_days=1,
    opt_out_alarm_working_days=2,
    complaint_news_days=14,
    acknowledge_alarm_working_days=1,
)
DAY = timedelta(days=1)
SATURDAY, MONDAY = 5, 0


def western_easter(year: int) -> date:
    """Anonymous Gregorian computus."""
    golden, century, in_century = year % 19, year // 100, year % 100
    leaps, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    week = (32 + 2 * rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * week) // 451
    month, day = divmod(epact + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Meeus's Julian computus, moved to the Gregorian calendar (13 days from 1900 to 2099)."""
    moon = (19 * (year % 19) + 15) % 30
    week = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + week + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


def first_monday(year: int, month: int) -> date:
    return next(date(year, month, day) for day in range(1, 8) if date(year, month, day).weekday() == MONDAY)


def last_monday(year: int, month: int) -> date:
    return max(date(year, month, day) for day in range(25, 32) if date(year, month, day).weekday() == MONDAY)


def with_substitutes(fixed: list[date], movable: set[date]) -> set[date]:
    """A holiday at the weekend frees the next weekday that no other holiday has taken."""
    days = {*fixed, *movable}
    for holiday in sorted(fixed):
        if holiday.weekday() >= SATURDAY:
            free = holiday
            while free.weekday() >= SATURDAY or free in days:
                free += DAY
            days.add(free)
    return days


def holidays_by_rule(nation: Nation, year: int) -> set[date]:
    if nation is Nation.BULGARIA:
        return bulgarian_holidays(year)
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    movable = {western_easter(year) - 2 * DAY, first_monday(year, 5), last_monday(year, 5)}
    if nation is Nation.SCOTLAND:
        fixed += [date(year, 1, 2), date(year, 11, 30)]
        movable |= {first_monday(year, 8)}
        movable |= {date(2026, 6, 15)} if year == 2026 else set()  # the World Cup, proclaimed once
    else:
        movable |= {western_easter(year) + DAY, last_monday(year, 8)}
    if nation is Nation.NORTHERN_IRELAND:
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    return with_substitutes(fixed, movable)


def bulgarian_holidays(year: int) -> set[date]:
    easter = orthodox_easter(year)
    months_and_days = [(1, 1), (3, 3), (5, 1), (5, 6), (5, 24), (9, 6), (9, 22), (12, 24), (12, 25), (12, 26)]
    fixed = [date(year, month, day) for month, day in months_and_days]
    days = with_substitutes(fixed, {easter - 2 * DAY, easter - DAY, easter, easter + DAY})
    # Declared once by the Council of Ministers, round the change to the euro.
    return days | {day for day in (date(2025, 12, 31), date(2026, 1, 2)) if day.year == year}


NON_WORKING = {
    nation: frozenset().union(*(holidays_by_rule(nation, year) for year in range(2023, 2033))) for nation in Nation
}


def rests(nation: Nation, day: date) -> bool:
    return day.weekday() >= SATURDAY or day in NON_WORKING[nation]


def months_later(day: date, months: int) -> date:
    """The last day of the target month that is not beyond the day's own number."""
    probe = day.replace(day=1)
    for _ in range(months):
        probe = (probe + 31 * DAY).replace(day=1)
    month = probe.month
    while probe.day < day.day and (probe + DAY).month == month:
        probe += DAY
    return probe


def rolled(nation: Nation, day: date, step: timedelta) -> date:
    while rests(nation, day):
        day += step
    return day


def every_day() -> list[date]:
    start, end = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    return [start + index * DAY for index in range((end - start).days + 1)]


def test_the_second_calendar_itself_knows_some_dates_by_heart() -> None:
    assert western_easter(2027) == date(2027, 3, 28)
    assert orthodox_easter(2027) == date(2027, 5, 2)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)


@pytest.mark.parametrize("nation", list(Nation))
def test_the_calendar_agrees_with_the_rules_on_every_day(nation: Nation) -> None:
    calendar = WorkCalendar(nation=nation)
    wrong = [day for day in every_day() if calendar.is_working(day) == rests(nation, day)]
    assert wrong == []


@pytest.mark.parametrize("nation", list(Nation))
def test_every_day_of_seven_years_is_due_when_the_second_calendar_says(nation: Nation) -> None:
    wrong = []
    for day in every_day():
        plain = compute(ClockFacts(kind=Kind.ACCESS, received=day, nation=nation), TARGETS, (), ())
        found = (plain.statutory_due, plain.extension_notice_by, plain.internal_target)
        month_end = months_later(day, 1)
        expected = (
            rolled(nation, month_end, DAY),
            rolled(nation, month_end, -DAY),
            rolled(nation, day + 28 * DAY, -DAY),
        )
        if found != expected:
            wrong.append((day, found, expected))
    assert wrong == []


@pytest.mark.parametrize("nation", list(Nation))
def test_every_extension_and_complaint_agrees_too(nation: Nation) -> None:
    wrong = []
    for day in every_day():
        longer = compute(ClockFacts(kind=Kind.DELETION, received=day, nation=nation, extended=True), TARGETS, (), ())
        complaint = compute(ClockFacts(kind=Kind.COMPLAINT, received=day, nation=nation), TARGETS, (), ())
        found = (longer.statutory_due, complaint.acknowledge_by, complaint.acknowledge_target)
        expected = (
            rolled(nation, months_later(day, 3), DAY),
            rolled(nation, day + 30 * DAY, DAY),
            rolled(nation, day + 28 * DAY, -DAY),
        )
        if found != expected:
            wrong.append((day, found, expected))
    assert wrong == []


@pytest.mark.parametrize("nation", list(Nation))
def test_every_moved_start_and_every_pause_agrees_too(nation: Nation) -> None:
    """Identity asked on the 3rd day and here on the 12th; a clarification asked on the 20th, answered on the 33rd."""
    wrong = []
    for day in every_day():
        starts_on, asked_on, answered_on = day + 12 * DAY, day + 20 * DAY, day + 33 * DAY
        dates = compute(
            ClockFacts(
                kind=Kind.ACCESS,
                received=day,
                nation=nation,
                identity_asked_on=day + 3 * DAY,
                identity_received_on=starts_on,
                pauses=(Pause(asked_on=asked_on, answered_on=answered_on),),
            ),
            TARGETS,
            (),
            (),
        )
        found = (dates.starts_on, dates.statutory_due, dates.safe_due, dates.shadow_due, dates.extension_notice_by)
        month_end = months_later(starts_on, 1)
        expected = (
            starts_on,
            rolled(nation, month_end + 14 * DAY, DAY),
            rolled(nation, month_end + 13 * DAY, DAY),
            rolled(nation, months_later(day, 1), DAY),
            rolled(nation, month_end + 13 * DAY, -DAY),
        )
        if found != expected:
            wrong.append((day, found, expected))
    assert wrong == []


@pytest.mark.parametrize("nation", list(Nation))
def test_every_target_counted_in_working_days_agrees_too(nation: Nation) -> None:
    wrong = []
    for day in every_day():
        kinds = (Kind.OPT_OUT, Kind.CORRECTION, Kind.COMPLAINT)
        answers = [compute(ClockFacts(kind=kind, received=day, nation=nation), TARGETS, (), ()) for kind in kinds]
        found = [*(dates.internal_target for dates in answers), answers[0].acknowledge_target]
        working = []
        probe = day
        while len(working) < 20:
            probe += DAY
            if not rests(nation, probe):
                working.append(probe)
        expected = [working[0], working[9], working[19], working[1]]
        if found != expected:
            wrong.append((day, found, expected))
    assert wrong == []
