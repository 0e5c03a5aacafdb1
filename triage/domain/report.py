"""What the desk's counters say of a period: rates, medians and shares. Counted by the store, judged here; names nobody.

Nothing of it is lost by the retention run: dates, kinds, states and outcomes of a case stay, and so do the day a letter
left and what it was for.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate

from triage.domain.records import CorrectionCount
from triage.domain.register import ComplaintRow
from triage.domain.report_period import ReportPeriod
from triage.domain.vocabulary import Nation


class Standing(StrEnum):
    """How a case stands to the last day the law allows. LATE is also what is open and past it; OWED is not due yet."""

    MET = "met"
    LATE = "late"
    OWED = "owed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAsked:
    """The period, the day it is judged on, and by whose wall clock a moment has its day."""

    period: ReportPeriod
    today: date
    nation: Nation


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """Cases received in a month by kind and channel. `acknowledged_after`: days from receipt to the first letter that
    acknowledged them, None where no letter did."""

    month: str
    kind: str
    channel: str
    acknowledged_after: int | None
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """Cases whose last day lies in a month: of a request its answer, of a complaint its acknowledgement."""

    month: str
    kind: str
    standing: Standing
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """Cases closed in the period that took so many days from receipt."""

    kind: str
    days: int
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """Messages read in a month; `unsure` of them needed a person."""

    month: str
    count: int
    unsure: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportCounts:
    """All that is counted for a period. `corrections` are those made in its months; `letters` by purpose, that left
    in it; `quarantined` by cause, that arrived in it and nobody could read yet."""

    received: tuple[Received, ...] = ()
    due: tuple[Due, ...] = ()
    closed: tuple[Closed, ...] = ()
    read: tuple[Read, ...] = ()
    corrections: tuple[CorrectionCount, ...] = ()
    complaints: tuple[ComplaintRow, ...] = ()
    letters: tuple[tuple[str, int], ...] = ()
    quarantined: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Lengths:
    """How long something took, in days: the median (half took no longer) and within how many nine of ten were done.
    `unknown` have no such length. Both None where nothing has one."""

    count: int
    median: float | None
    ninety: int | None
    unknown: int = 0


def lengths(counted: Iterable[tuple[int | None, int]]) -> Lengths:
    """The lengths of pairs of days and how many took them."""
    counts: Counter[int] = Counter()
    unknown = 0
    for days, count in counted:
        if days is None:
            unknown += count
        else:
            counts[days] += count
    total = counts.total()
    if not total:
        return Lengths(count=0, median=None, ninety=None, unknown=unknown)
    middle = (_at(counts, (total + 1) // 2) + _at(counts, total // 2 + 1)) / 2
    ninety = _at(counts, -(-total * 9 // 10))
    return Lengths(count=total, median=middle, ninety=ninety, unknown=unknown)


def _at(counts: Mapping[int, int], place: int) -> int:
    """The value at a place, counted from 1, of all of them in order."""
    days = sorted(counts)
    passed = accumulate(counts[one] for one in days)
    return next(one for one, up_to in zip(days, passed, strict=True) if up_to >= place)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnTime:
    """What was due: in time, late (also what is open and overdue), and not due yet."""

    met: int
    late: int
    owed: int

    @property
    def rate(self) -> float | None:
        """Share in time of what is decided; None where nothing is."""
        return share(self.met, self.met + self.late)


def on_time(due: Iterable[Due]) -> OnTime:
    """The sums of what was due."""
    counts: Counter[Standing] = Counter()
    for one in due:
        counts[one.standing] += one.count
    return OnTime(met=counts[Standing.MET], late=counts[Standing.LATE], owed=counts[Standing.OWED])


def share(part: int, whole: int) -> float | None:
    """A part of a whole from 0 to 1, None of nothing."""
    return part / whole if whole else None


def per_cent(value: float | None) -> str:
    """A share as people say it. Never 100 % or 0 % of what is not all or none."""
    if value is None:
        return "–"
    rounded = round(value * 100)
    if value < 1 and rounded == 100:
        return "over 99%"
    return "under 1%" if value > 0 and rounded == 0 else f"{rounded}%"
