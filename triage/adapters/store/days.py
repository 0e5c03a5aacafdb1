"""Days and months of moments and dates, counted by the database itself; the same on both engines.

The day of a moment is one of a wall clock. SQLite has no time zones: there the hour that summer adds is put on between
the last Sundays of March and October, 01:00 UTC, as the law of the UK and of the EU has it.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Date, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from triage.domain.vocabulary import Nation


class _UtcDay(FunctionElement[date]):
    """The day of a moment in UTC."""

    type = Date()
    inherit_cache = True
    zone, ahead_hours, has_summer = "UTC", 0, False


class _LondonDay(_UtcDay):
    inherit_cache = True
    zone, has_summer = "Europe/London", True


class _SofiaDay(_UtcDay):
    inherit_cache = True
    zone, ahead_hours, has_summer = "Europe/Sofia", 2, True


class _DaysBetween(FunctionElement[int]):
    type = Integer()
    inherit_cache = True


class _MonthOf(FunctionElement[str]):
    type = Text()
    inherit_cache = True


_DAY_IN: Mapping[Nation, type[_UtcDay]] = {Nation.BULGARIA: _SofiaDay}


def utc_day(moment: ColumnElement[object]) -> ColumnElement[date]:
    """The day of a moment in UTC, whatever zone the database's session has."""
    return _UtcDay(moment)


def local_day(moment: ColumnElement[object], nation: Nation) -> ColumnElement[date]:
    """The day of a moment by a nation's wall clock; see domain/clock.local_date."""
    return _DAY_IN.get(nation, _LondonDay)(moment)


def days_between(first: ColumnElement[date], last: ColumnElement[date]) -> ColumnElement[int]:
    """How many days `last` lies after `first`."""
    return _DaysBetween(first, last)


def month_of_day(day: ColumnElement[date]) -> ColumnElement[str]:
    """The month of a day, as 2026-11."""
    return _MonthOf(day)


@compiles(_UtcDay, "postgresql")
@compiles(_LondonDay, "postgresql")
@compiles(_SofiaDay, "postgresql")
def _day_on_postgresql(element: _UtcDay, compiler: SQLCompiler, **how: object) -> str:
    return f"CAST(timezone('{element.zone}', {compiler.process(element.clauses, **how)}) AS DATE)"


@compiles(_UtcDay, "sqlite")
@compiles(_LondonDay, "sqlite")
@compiles(_SofiaDay, "sqlite")
def _day_on_sqlite(element: _UtcDay, compiler: SQLCompiler, **how: object) -> str:
    """Only in the last hours of a day the hour matters at all: asked first, as it is quick."""
    moment = compiler.process(element.clauses, **how)
    if not element.has_summer:
        return f"substr({moment}, 1, 10)"
    begins, ends = (f"date(substr({moment}, 1, 4) || '-{day}', '-6 days', 'weekday 0')" for day in ("03-31", "10-31"))
    summer = f"{moment} >= {begins} || 'T01:00' AND {moment} < {ends} || 'T01:00'"
    ahead = element.ahead_hours
    hours = f"CASE WHEN {summer} THEN '+{ahead + 1} hours' ELSE '+{ahead} hours' END"
    last_hour = 24 - ahead - 1
    return (
        f"CASE WHEN substr({moment}, 12, 2) < '{last_hour}' THEN substr({moment}, 1, 10) "
        f"ELSE date(substr({moment}, 1, 19), {hours}) END"
    )


@compiles(_DaysBetween, "postgresql")
def _between_on_postgresql(element: _DaysBetween, compiler: SQLCompiler, **how: object) -> str:
    first, last = (compiler.process(clause, **how) for clause in element.clauses)
    return f"({last} - {first})"


@compiles(_DaysBetween, "sqlite")
def _between_on_sqlite(element: _DaysBetween, compiler: SQLCompiler, **how: object) -> str:
    first, last = (compiler.process(clause, **how) for clause in element.clauses)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"


@compiles(_MonthOf, "postgresql")
def _month_on_postgresql(element: _MonthOf, compiler: SQLCompiler, **how: object) -> str:
    return f"to_char({compiler.process(element.clauses, **how)}, 'YYYY-MM')"


@compiles(_MonthOf, "sqlite")
def _month_on_sqlite(element: _MonthOf, compiler: SQLCompiler, **how: object) -> str:
    return f"substr({compiler.process(element.clauses, **how)}, 1, 7)"
