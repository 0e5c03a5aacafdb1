"""What is counted for a report: summed in the database, so that a year of cases comes out as some hundred rows.

What is summed outlives the retention run: see masks.py for what a case and a letter lose.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.days import days_between, local_day, month_of_day
from triage.adapters.store.items import QUARANTINED
from triage.adapters.store.labels import DECLARED
from triage.adapters.store.outbox import NOTES
from triage.adapters.store.reach import SET_ASIDE
from triage.adapters.store.schema import case_file, correction, enquiry, item, letter
from triage.domain.clock import zone_of
from triage.domain.in_time import ACKNOWLEDGING
from triage.domain.outcomes import CLOSING_LETTERS
from triage.domain.records import CorrectionCount
from triage.domain.register import ComplaintRow
from triage.domain.report import Closed, Due, Read, Received, ReportAsked, ReportCounts, Standing
from triage.domain.vocabulary import CaseState, Channel, Kind, Nation, Outcome

_Where = ColumnElement[bool]

_IS_COMPLAINT = case_file.c.kind == Kind.COMPLAINT.value
# What the law asks by a day: of a request its answer, of a complaint its acknowledgement (see domain/in_time).
_LAST_DAY = case((_IS_COMPLAINT, case_file.c.acknowledge_by), else_=case_file.c.statutory_due)


async def report_counts(connection: AsyncConnection, asked: ReportAsked) -> ReportCounts:
    """See ReportStore.report_counts."""
    received, due = await _received_and_due(connection, asked)
    return ReportCounts(
        received=received,
        due=due,
        closed=await _closed(connection, asked),
        read=await _read(connection, asked),
        corrections=await _corrections(connection, asked),
        complaints=await _complaints(connection, asked),
        letters=await _letters(connection, asked),
        quarantined=await _quarantined(connection, asked),
    )


def _moments(column: ColumnElement[datetime | None], asked: ReportAsked) -> _Where:
    """The period as moments: from the first midnight to the one after the last."""
    zone, period = zone_of(asked.nation), asked.period
    begins = datetime.combine(period.first_on, time(), zone).astimezone(UTC)
    ends = datetime.combine(date.fromordinal(period.last_on.toordinal() + 1), time(), zone).astimezone(UTC)
    return and_(column >= begins, column < ends)


def _days(column: ColumnElement[Any], asked: ReportAsked) -> _Where:
    return column.between(asked.period.first_on, asked.period.last_on)


def _cases(*which: _Where) -> Select[Any]:
    """A row a case, with the moments its letters left: the first that acknowledged it, the last that answered it."""
    acknowledges = and_(
        letter.c.purpose.in_([one.value for one in ACKNOWLEDGING]), letter.c.sent_at >= enquiry.c.received_at
    )
    answers = and_(letter.c.purpose.in_([one.value for one in CLOSING_LETTERS]), letter.c.number == case_file.c.number)
    about_it = and_(
        letter.c.reference == case_file.c.thread,
        letter.c.sent_at.is_not(None),
        letter.c.undelivered_at.is_(None),
        or_(letter.c.number.is_(None), letter.c.number == case_file.c.number),
    )
    return (
        select(
            case_file.c.received_on,
            case_file.c.kind,
            case_file.c.closed_at,
            case_file.c.acknowledge_by,
            case_file.c.outcome,
            case_file.c.controller,
            _LAST_DAY.label("last_day"),
            enquiry.c.channel,
            enquiry.c.controller.label("enquiry_controller"),
            func.min(case((acknowledges, letter.c.sent_at))).label("acknowledged_at"),
            func.max(case((answers, letter.c.sent_at))).label("told_at"),
        )
        .join(enquiry, enquiry.c.id == case_file.c.enquiry_id)
        .outerjoin(letter, about_it)
        .where(case_file.c.state != SET_ASIDE, *which)
        .group_by(case_file.c.id, enquiry.c.id)
    )


def _acknowledged_on(cases: FromClause, nation: Nation) -> ColumnElement[Any]:
    """The page of the form acknowledges at once."""
    at_once = (cases.c.channel == Channel.FORM.value, cases.c.received_on)
    return case(at_once, else_=local_day(cases.c.acknowledged_at, nation))


async def _received_and_due(
    connection: AsyncConnection, asked: ReportAsked
) -> tuple[tuple[Received, ...], tuple[Due, ...]]:
    """Both are about mostly the same cases, which are gone through once."""
    in_period, due_in_it = _days(case_file.c.received_on, asked), _days(_LAST_DAY, asked)
    cases = _cases(or_(in_period, due_in_it)).cte("cases")
    after = days_between(cases.c.received_on, _acknowledged_on(cases, asked.nation))
    received = _grouped(
        "received",
        (month_of_day(cases.c.received_on), cases.c.kind, cases.c.channel, after),
        _days(cases.c.received_on, asked),
    )
    due = _grouped(
        "due",
        (month_of_day(cases.c.last_day), cases.c.kind, _standing(cases, asked), literal(0)),
        _days(cases.c.last_day, asked),
    )
    rows = (await connection.execute(union_all(received, due))).all()
    told = (
        Received(month=row.month, kind=row.kind, channel=row.word, acknowledged_after=row.after, count=row.number)
        for row in rows
        if row.part == "received"
    )
    owed = (
        Due(month=row.month, kind=row.kind, standing=Standing(row.word), count=row.number)
        for row in rows
        if row.part == "due"
    )
    return tuple(told), tuple(owed)


def _grouped(part: str, by: Sequence[ColumnElement[Any]], which: _Where) -> Select[Any]:
    names = ("month", "kind", "word", "after")
    columns = [column.label(name) for name, column in zip(names, by, strict=True)]
    query = select(literal(part).label("part"), *columns, func.count().label("number"))
    return query.where(which).group_by(*columns)


def _standing(cases: CTE, asked: ReportAsked) -> ColumnElement[str]:
    """See domain/report.Standing; a case is answered when the letter of its outcome left, else when it closed."""
    answered_at = case((cases.c.told_at <= cases.c.closed_at, cases.c.told_at), else_=cases.c.closed_at)
    answered_on = local_day(answered_at, asked.nation)
    acknowledged_on = func.coalesce(_acknowledged_on(cases, asked.nation), answered_on)
    done_on = case((cases.c.kind == Kind.COMPLAINT.value, acknowledged_on), else_=answered_on)
    is_late = or_(done_on.is_not(None), cases.c.last_day < literal(asked.today, Date()))
    return case(
        (done_on <= cases.c.last_day, Standing.MET.value), (is_late, Standing.LATE.value), else_=Standing.OWED.value
    )


async def _closed(connection: AsyncConnection, asked: ReportAsked) -> tuple[Closed, ...]:
    # By its day of closing, not by its state, which would lead through every closed case there ever was.
    is_closed = case_file.c.state.concat("") == CaseState.CLOSED.value
    days = days_between(case_file.c.received_on, local_day(case_file.c.closed_at, asked.nation)).label("days")
    query = select(case_file.c.kind, days, func.count().label("number"))
    query = query.where(is_closed, _moments(case_file.c.closed_at, asked)).group_by(case_file.c.kind, days)
    rows = await connection.execute(query.order_by(case_file.c.kind, days))
    return tuple(Closed(kind=row.kind, days=row.days, count=row.number) for row in rows)


async def _read(connection: AsyncConnection, asked: ReportAsked) -> tuple[Read, ...]:
    """As `evaluate --drift` counts: where somebody ticked what is asked, the doubt is not the reader's."""
    is_unsure, ticked = _in_reading(connection.dialect.name)
    month = month_of_day(local_day(enquiry.c.filed_at, asked.nation)).label("month")
    unsure = func.sum(case((is_unsure, 1), else_=0)).label("unsure")
    query = select(month, func.count().label("number"), unsure).where(
        enquiry.c.classification.is_not(None), _moments(enquiry.c.filed_at, asked), ~ticked
    )
    rows = await connection.execute(query.group_by(month).order_by(month))
    return tuple(Read(month=row.month, count=row.number, unsure=int(row.unsure)) for row in rows)


def _in_reading(dialect: str) -> tuple[_Where, _Where]:
    """Whether a reading was unsure, and whether somebody ticked what it says. SQLite takes JSON apart five times slower
    than it finds a word in it, which stands there as columns.dump_json writes it."""
    reading = enquiry.c.classification
    said = cast(reading, Text)
    if dialect == "sqlite":
        found = [func.instr(said, f'"{source}"') > 0 for source in DECLARED]
        return func.instr(said, '"needs_person":true') > 0, or_(*found)
    return reading["needs_person"].as_boolean(), or_(*(said.contains(f'"{source}"') for source in DECLARED))


async def _corrections(connection: AsyncConnection, asked: ReportAsked) -> tuple[CorrectionCount, ...]:
    months = asked.period.months
    query = select(correction).where(correction.c.month.between(months[0], months[-1]))
    return tuple(
        CorrectionCount(
            month=row.month,
            kind_read=row.kind_read,
            kind_meant=row.kind_meant,
            witness=row.witness,
            count=row._mapping["count"],  # a row is a tuple, whose count is a method
        )
        for row in await connection.execute(query.order_by(*correction.primary_key))
    )


async def _complaints(connection: AsyncConnection, asked: ReportAsked) -> tuple[ComplaintRow, ...]:
    cases = _cases(_IS_COMPLAINT, _days(case_file.c.received_on, asked)).subquery()
    acknowledged_on = _acknowledged_on(cases, asked.nation).label("acknowledged_on")
    closed_on = local_day(cases.c.closed_at, asked.nation).label("closed_on")
    rows = await connection.execute(select(cases, acknowledged_on, closed_on).order_by(cases.c.received_on))
    return tuple(
        ComplaintRow(
            received_on=row.received_on,
            acknowledge_by=row.acknowledge_by,
            acknowledged_on=row.acknowledged_on,
            outcome=Outcome(row.outcome) if row.outcome else None,
            closed_on=row.closed_on,
            controller=row.controller or row.enquiry_controller,
            channel=Channel(row.channel),
        )
        for row in rows
    )


async def _letters(connection: AsyncConnection, asked: ReportAsked) -> tuple[tuple[str, int], ...]:
    """What left for a person in the period, also what came back; a comment for the team is none."""
    left = and_(letter.c.sent_at.is_not(None), letter.c.purpose.not_in(NOTES), ~letter.c.internal)
    query = select(letter.c.purpose, func.count().label("number")).where(left, _moments(letter.c.sent_at, asked))
    rows = await connection.execute(query.group_by(letter.c.purpose).order_by(letter.c.purpose))
    return tuple((row.purpose, row.number) for row in rows)


async def _quarantined(connection: AsyncConnection, asked: ReportAsked) -> tuple[tuple[str, int], ...]:
    query = select(item.c.code, func.count().label("number")).where(
        item.c.state == QUARANTINED, _moments(item.c.received_at, asked)
    )
    rows = await connection.execute(query.group_by(item.c.code).order_by(item.c.code))
    return tuple((row.code, row.number) for row in rows)
