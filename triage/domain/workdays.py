"""Working days: weekends, bank holidays by nation, and months that end early.

Bank holidays come from the `holidays` package, always asked for one nation: without a subdivision it leaves out Easter
Monday and the August bank holiday, and a due date would come a day early. What the package cannot know yet (a holiday
proclaimed after its release) and the days our own office is shut are passed in.
"""

import calendar
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from holidays import country_holidays

from triage.domain.vocabulary import Nation

_ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The corresponding date `months` (>= 0) later; where that month is too short, its last day.

    Source: Regulation 1182/71 Art 3(2)(c); ICO, time limits for responding to data protection rights requests.
    """
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month_index + 1)[1]
    return date(year, month_index + 1, min(day.day, last_day))


@cache
def bank_holidays(nation: Nation, year: int) -> Mapping[date, str]:
    """The public holidays of one nation in one year, with their English names."""
    if nation is Nation.BULGARIA:
        return MappingProxyType(dict(country_holidays("BG", years=year, language="en_US")))
    return MappingProxyType(dict(country_holidays("GB", subdiv=nation.value, years=year, language="en_GB")))


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkCalendar:
    """Which days are working days for one nation.

    `extra_holidays`: public holidays the package does not list yet. `closures`: days our own office is shut; leave
    them out where a statutory date is counted, because a closed office does not move the law.
    """

    nation: Nation
    extra_holidays: Container[date] = ()
    closures: Container[date] = ()

    def why_shut(self, day: date) -> str | None:
        """Why `day` is no working day, in a few words; None on a working day."""
        holiday = bank_holidays(self.nation, day.year).get(day)
        if holiday is not None:
            return f"a public holiday ({holiday})"
        if day in self.extra_holidays:
            return "a public holiday (added by our policy)"
        if day.weekday() >= calendar.SATURDAY:
            return "at the weekend"
        if day in self.closures:
            return "a day our office is closed"
        return None

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day."""
        return self.why_shut(day) is None

    def forward(self, day: date) -> date:
        """`day` itself if it is a working day, else the next one (Regulation 1182/71 Art 3(4))."""
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def back(self, day: date) -> date:
        """`day` itself if it is a working day, else the last one before it."""
        while not self.is_working(day):
            day -= _ONE_DAY
        return day

    def after(self, day: date, working_days: int) -> date:
        """The `working_days`th (>= 1) working day after `day`; the next working day is the first."""
        for _ in range(working_days):
            day = self.forward(day + _ONE_DAY)
        return day
