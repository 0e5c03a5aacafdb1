"""The time a report looks at: one of the usual spans, or two days of the reader's own."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from triage.domain.workdays import add_months

# Five years of months are as many as a table of them is read for.
MOST_MONTHS = 60
_A_YEAR = 12
_A_QUARTER = 3
_ONE_DAY = timedelta(days=1)


class Span(StrEnum):
    """The usual spans, as they stand in an address; whole calendar months, so that two reports can be compared."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    THIS_YEAR = "this_year"
    LAST_12_MONTHS = "last_12_months"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPeriod:
    """From the first day to the last, both inside. `span`: the usual one it is, None for days of the reader's own."""

    first_on: date
    last_on: date
    span: Span | None = None

    @property
    def months(self) -> tuple[str, ...]:
        """Every month it touches, as 2026-11, oldest first."""
        first = self.first_on.replace(day=1)
        return tuple(f"{add_months(first, number):%Y-%m}" for number in range(_months_between(first, self.last_on)))


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodFaults:
    """What is wrong with the days that were typed, by the name of the field."""

    by_field: tuple[tuple[str, str], ...]


def span_of(span: Span, today: date) -> ReportPeriod:
    """The days of a usual span. What has begun runs to its end, for what is due this month may be due tomorrow; the
    last 12 months are the current one and the eleven before it."""
    month = today.replace(day=1)
    quarter = month.replace(month=(month.month - 1) // _A_QUARTER * _A_QUARTER + 1)
    first, length = {
        Span.THIS_MONTH: (month, 1),
        Span.LAST_MONTH: (_months_before(month, 1), 1),
        Span.THIS_QUARTER: (quarter, _A_QUARTER),
        Span.THIS_YEAR: (month.replace(month=1), _A_YEAR),
        Span.LAST_12_MONTHS: (_months_before(month, _A_YEAR - 1), _A_YEAR),
    }[span]
    return ReportPeriod(first_on=first, last_on=add_months(first, length) - _ONE_DAY, span=span)


def period_of(span: str, first: str, last: str, today: date) -> ReportPeriod | PeriodFaults:
    """The period of what stands in an address: two days, typed as 2026-11-23, before any span; the last 12 months for
    nothing, or nothing known. Without a last day it runs to today."""
    if not first and not last:
        known = next((one for one in Span if one.value == span), Span.LAST_12_MONTHS)
        return span_of(known, today)
    days, faults = {"from": _day(first), "to": _day(last) if last else today}, []
    if not first:
        faults.append(("from", "Give the first day too."))
    faults += [
        (name, "Give a date such as 2026-11-23.")
        for name, typed in (("from", first), ("to", last))
        if typed and days[name] is None
    ]
    first_on, last_on = days["from"], days["to"]
    if faults or first_on is None or last_on is None:
        return PeriodFaults(by_field=tuple(faults))
    if last_on < first_on:
        fault = "The last day lies before the first." if last else "The first day lies after today: give the last too."
        return PeriodFaults(by_field=(("to", fault),))
    if _months_between(first_on, last_on) > MOST_MONTHS:
        years = MOST_MONTHS // _A_YEAR
        return PeriodFaults(by_field=(("to", f"A report covers at most {years} years ({MOST_MONTHS} months)."),))
    return ReportPeriod(first_on=first_on, last_on=last_on)


def _day(typed: str) -> date | None:
    """Years a calendar of ours can step through."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2999 else None


def _months_before(month: date, count: int) -> date:
    year, index = divmod(month.year * _A_YEAR + month.month - 1 - count, _A_YEAR)
    return date(year, index + 1, 1)


def _months_between(first: date, last: date) -> int:
    """How many calendar months two days touch."""
    return (last.year - first.year) * _A_YEAR + last.month - first.month + 1
