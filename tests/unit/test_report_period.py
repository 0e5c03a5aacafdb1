"""The time a report looks at: usual spans, days of the reader's own, and days that cannot be."""

from datetime import date

import pytest

from triage.domain.report_period import PeriodFaults, ReportPeriod, Span, period_of, span_of

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        (Span.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Span.THIS_QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        (Span.THIS_YEAR, date(2026, 1, 1), date(2026, 12, 31)),
        (Span.LAST_12_MONTHS, date(2025, 12, 1), date(2026, 11, 30)),
    ],
)
def test_a_usual_span_is_of_whole_months(span: Span, first: date, last: date) -> None:
    assert span_of(span, TODAY) == ReportPeriod(first_on=first, last_on=last, span=span)
    assert period_of(span.value, "", "", TODAY) == span_of(span, TODAY)


def test_last_month_of_january_is_december_of_the_year_before() -> None:
    period = span_of(Span.LAST_MONTH, date(2027, 1, 31))
    assert (period.first_on, period.last_on) == (date(2026, 12, 1), date(2026, 12, 31))


def test_nothing_or_nothing_known_is_the_last_12_months() -> None:
    assert period_of("", "", "", TODAY) == period_of("for_ever", "", "", TODAY) == span_of(Span.LAST_12_MONTHS, TODAY)


def test_days_of_the_readers_own_come_before_a_span_and_run_to_today_without_an_end() -> None:
    own = ReportPeriod(first_on=date(2026, 10, 30), last_on=TODAY)
    assert period_of("this_year", "2026-10-30", "", TODAY) == own
    assert period_of("", "2026-10-30", "2026-11-23", TODAY) == own
    assert own.months == ("2026-10", "2026-11")


@pytest.mark.parametrize(
    ("first", "last", "field", "fault"),
    [
        ("", "2026-11-01", "from", "Give the first day too."),
        ("yesterday", "", "from", "Give a date such as 2026-11-23."),
        ("2026-11-01", "2026-02-30", "to", "Give a date such as 2026-11-23."),
        ("0001-01-01", "", "from", "Give a date such as 2026-11-23."),
        ("2026-11-02", "2026-11-01", "to", "The last day lies before the first."),
        ("2026-11-24", "", "to", "The first day lies after today: give the last too."),
        ("2021-11-30", "2026-11-01", "to", "A report covers at most 5 years (60 months)."),
    ],
)
def test_days_that_cannot_be_are_told_by_field(first: str, last: str, field: str, fault: str) -> None:
    assert period_of("", first, last, TODAY) == PeriodFaults(by_field=((field, fault),))


def test_two_faults_are_told_at_once() -> None:
    faults = period_of("", "x", "y", TODAY)
    assert isinstance(faults, PeriodFaults)
    assert [name for name, _ in faults.by_field] == ["from", "to"]


def test_five_years_to_the_month_are_covered() -> None:
    period = period_of("", "2021-12-01", "2026-11-30", TODAY)
    assert isinstance(period, ReportPeriod)
    assert len(period.months) == 60
