"""Days and months of moments, and the order of text, by the database itself; the same on both engines.

The day of a moment is one of a wall clock. SQLite has no time zones: there the hour that summer adds is put on between
the last Sundays of March and October, 01:00 UTC, as the law of the UK and of the EU has it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from triage.domain.vocabulary import Nation


class _LondonDay(FunctionElement[date]):
    type = Date()
    inherit_cache = True
    zone, ahead_hours = "Europe/London", 0


class _SofiaDay(_LondonDay):
    inherit_cache = True
    zone, ahead_hours = "Europe/Sofia", 2


class _DaysBetween(FunctionElement[int]):
    type = Integer()
    inherit_cache = True


class _Bytewise(FunctionElement[str]):
    type = Text()
    inherit_cache = True


class _MonthOf(FunctionElement[str]):
    type = Text()
    inherit_cache = True


_DAY_IN: Mapping[Nation, type[_LondonDay]] = {Nation.BULGARIA: _SofiaDay}


def local_day(moment: ColumnElement[Any], nation: Nation) -> ColumnElement[date]:
    """The day of a moment by a nation's wall clock; see domain/clock.local_date."""
    return _DAY_IN.get(nation, _LondonDay)(moment)


def days_between(first: ColumnElement[date], last: ColumnElement[date]) -> ColumnElement[int]:
    """How many days `last` lies after `first`."""
    return _DaysBetween(first, last)


def month_of_day(day: ColumnElement[date]) -> ColumnElement[str]:
    """The month of a day, as 2026-11."""
    return _MonthOf(day)


def bytewise(column: ColumnElement[str]) -> ColumnElement[str]:
    """The column in the order Python sorts text by, whatever language the database sorts for."""
    return _Bytewise(column)


@compiles(_LondonDay, "postgresql")
@compiles(_SofiaDay, "postgresql")
def _day_on_postgresql(element: _LondonDay, compiler: SQLCompiler, **how: object) -> str:
    return f"CAST(timezone('{element.zone}', {compiler.process(element.clauses, **how)}) AS DATE)"


@compiles(_LondonDay, "sqlite")
@compiles(_SofiaDay, "sqlite")
def _day_on_sqlite(element: _LondonDay, compiler: SQLCompiler, **how: object) -> str:
    """Only in the last hours of a day the hour matters at all: asked first, as it is quick."""
    moment = compiler.process(element.clauses, **how)
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


@compiles(_Bytewise, "postgresql")
def _bytewise_on_postgresql(element: _Bytewise, compiler: SQLCompiler, **how: object) -> str:
    return f'({compiler.process(element.clauses, **how)}) COLLATE "C"'


@compiles(_Bytewise, "sqlite")
def _bytewise_on_sqlite(element: _Bytewise, compiler: SQLCompiler, **how: object) -> str:
    return compiler.process(element.clauses, **how)
