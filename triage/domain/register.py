"""The register of complaints: counts for a period, without a word about anybody, ready for a statutory return.

Regulations may require controllers to report how many complaints they had (DPA 2018 s.164B); each company reports its
own, so every line is one company's. A complaint belongs to the period of its receipt.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.in_time import acknowledged_on
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import Channel, Outcome

_QUARTER_MONTHS = 3
# An outcome told within the 30 days needs no acknowledgement beside it (ICO, how to deal with complaints).
_OUTCOME_INSTEAD = timedelta(days=29)


class Period(StrEnum):
    """What the counts are summed over."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def of(self, day: date) -> str:
        """The period of a day: 2026-11, 2026-Q4 or 2026."""
        match self:
            case Period.MONTH:
                return f"{day:%Y-%m}"
            case Period.QUARTER:
                return f"{day.year}-Q{(day.month - 1) // _QUARTER_MONTHS + 1}"
            case _:
                return str(day.year)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplaintRow:
    """One complaint as the register counts it; days are local ones. A case set aside never was one and is left out.

    `acknowledged_on`: the day the person was told that it arrived; `acknowledge_by` None where no law asks for it (EU).
    `triggers`: codes of unresolved.py that ever stood on it.
    """

    received_on: date
    acknowledge_by: date | None
    acknowledged_on: date | None
    outcome: Outcome | None
    closed_on: date | None
    controller: str
    channel: Channel
    triggers: tuple[str, ...] = ()


def row_of(case: CaseFile, fired: tuple[str, ...], policy: Policy) -> ComplaintRow:
    """A complaint as it is counted; `fired`: codes of the triggers that ever stood on it."""
    nation = controller_of(case, policy).nation
    return ComplaintRow(
        received_on=case.dates.received_on,
        acknowledge_by=case.dates.acknowledge_by,
        acknowledged_on=acknowledged_on(case, policy),
        outcome=case.outcome,
        closed_on=None if case.closed_at is None else local_date(case.closed_at, nation),
        controller=case.controller,
        channel=case.channel,
        triggers=fired,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterLine:
    """One company's complaints of one period.

    `in_time`, `late` and `owed` add up to `received`, less those no law asks to acknowledge: acknowledged by the last
    day (or answered within 30 days), after it or past it still not, and not yet due. `days_to_outcome` is the median
    from receipt to closing, None while none is closed. `unresolved`: how many ever had a trigger; `triggers` how often
    each.
    """

    period: str
    controller: str
    received: int
    in_time: int
    late: int
    owed: int
    open: int
    days_to_outcome: float | None
    unresolved: int
    outcomes: Mapping[str, int]
    channels: Mapping[str, int]
    triggers: Mapping[str, int]


# The register's columns in a spreadsheet: every field of a line.
COLUMNS = (
    *("period", "controller", "received", "in_time", "late", "owed", "open", "days_to_outcome", "unresolved"),
    *("outcomes", "channels", "triggers"),
)


def register(rows: Iterable[ComplaintRow], period: Period, today: date) -> tuple[RegisterLine, ...]:
    """The register of these complaints as of `today`: oldest period first, companies by name within it."""
    groups: dict[tuple[str, str], list[ComplaintRow]] = {}
    for row in rows:
        groups.setdefault((period.of(row.received_on), row.controller), []).append(row)
    return tuple(_line(*group, groups[group], today) for group in sorted(groups))


def _line(period: str, controller: str, rows: list[ComplaintRow], today: date) -> RegisterLine:
    owing = [row for row in rows if row.acknowledge_by is not None]
    in_time = [row for row in owing if _in_time(row)]
    late = [row for row in owing if row not in in_time and _is_late(row, today)]
    days = [(row.closed_on - row.received_on).days for row in rows if row.closed_on is not None]
    return RegisterLine(
        period=period,
        controller=controller,
        received=len(rows),
        in_time=len(in_time),
        late=len(late),
        owed=len(owing) - len(in_time) - len(late),
        open=sum(row.closed_on is None for row in rows),
        days_to_outcome=median(days) if days else None,
        unresolved=sum(bool(row.triggers) for row in rows),
        outcomes=_counted(row.outcome for row in rows if row.outcome is not None and row.closed_on is not None),
        channels=_counted(row.channel for row in rows),
        triggers=_counted(code for row in rows for code in row.triggers),
    )


def _in_time(row: ComplaintRow) -> bool:
    told_on = min((day for day in (row.acknowledged_on, row.closed_on) if day is not None), default=date.max)
    acknowledged = row.acknowledged_on is not None and row.acknowledged_on <= (row.acknowledge_by or date.min)
    return acknowledged or told_on <= row.received_on + _OUTCOME_INSTEAD


def _is_late(row: ComplaintRow, today: date) -> bool:
    return row.acknowledge_by is not None and (row.acknowledged_on or today) > row.acknowledge_by


def _counted(words: Iterable[str]) -> Mapping[str, int]:
    counts = Counter(str(word) for word in words)
    return {word: counts[word] for word in sorted(counts)}
