"""What is counted for reports, on both engines: days by the wall clock, and nothing lost to the retention run."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, literal, select, update

from tests.factories import (
    NOW,
    make_analysis,
    make_case,
    make_classification,
    make_dates,
    make_enquiry,
    make_silent_plan,
)
from tests.store.steps import claim_one, file_item
from triage.adapters.store.columns import Instant
from triage.adapters.store.days import days_between, local_day, month_of_day
from triage.adapters.store.schema import case_file, correction, enquiry, letter
from triage.adapters.store.sql_store import SqlStore
from triage.domain.classification import Reason
from triage.domain.clock import local_date
from triage.domain.decide_told import FORM_CHOICE
from triage.domain.records import CorrectionCount
from triage.domain.report import Closed, Read, Received, ReportAsked, ReportCounts, Standing
from triage.domain.report_period import ReportPeriod
from triage.domain.vocabulary import CaseState, Channel, Kind, Lane, LetterPurpose, Nation
from triage.parsing.rules import load_policy
from triage.ports import Store
from triage.service.retaining import remove_due

POLICY = load_policy(Path(__file__).parents[2] / "rules")
DAY, TODAY = timedelta(days=1), NOW.date()
CLOSED_AT = NOW + 10 * DAY


def asked(first: date = date(2026, 11, 1), last: date = date(2026, 12, 31), today: date = TODAY) -> ReportAsked:
    """A report of two months, as of the day cases are received in these tests."""
    return ReportAsked(period=ReportPeriod(first_on=first, last_on=last), today=today, nation=Nation.ENGLAND)


async def a_case(store: SqlStore, kind: Kind = Kind.ACCESS, **changes: object) -> str:
    """An enquiry with one case, no letter; its thread."""
    dates = make_dates(kind=kind)
    if kind is Kind.COMPLAINT:
        dates = make_dates(kind=kind, statutory_due=None, acknowledge_by=date(2026, 12, 23))
    plan = make_silent_plan(cases=(make_case(kind, dates=dates),))
    return await file_item(
        store, await claim_one(store), plan=plan, analysis=make_analysis(enquiry=make_enquiry(**changes))
    )


async def set_case(store: SqlStore, thread: str, **values: object) -> None:
    """As a part of the program would that these tests do not need."""
    async with store._database.write(queued=True) as connection:
        await connection.execute(update(case_file).where(case_file.c.thread == thread).values(values))


async def a_letter(store: SqlStore, thread: str, purpose: LetterPurpose, sent_at: datetime, **changes: object) -> None:
    """A letter of the thread that left."""
    async with store._database.write(queued=True) as connection:
        of_thread = select(enquiry.c.id).where(enquiry.c.thread == thread)
        row = {
            "enquiry_id": (await connection.execute(of_thread)).scalar_one(),
            "reference": thread,
            "purpose": purpose.value,
            "serial": changes.pop("serial", 1),
            "state": "sent",
            "recipient": "ana@customer.example",
            "message_id": f"<{thread}.{purpose}.{sent_at:%s}@larkfield.example>",
            "references": [],
            "subject": "",
            "body": "",
            "why": "",
            "attempts": 1,
            "code": "",
            "created_at": sent_at,
            "sent_at": sent_at,
        }
        await connection.execute(insert(letter).values({**row, **changes}))


async def close(store: SqlStore, thread: str, at: datetime = CLOSED_AT) -> None:
    """The case ends."""
    await set_case(store, thread, state=CaseState.CLOSED.value, closed_at=at, outcome="provided")


async def test_of_an_empty_desk_nothing_is_counted(store: Store) -> None:
    assert isinstance(store, SqlStore)
    assert await store.report_counts(asked()) == ReportCounts()


async def test_cases_are_counted_by_month_kind_channel_and_days_to_their_acknowledgement(store: Store) -> None:
    assert isinstance(store, SqlStore)
    await a_case(store)
    again = await a_case(store)
    await a_letter(store, again, LetterPurpose.ACKNOWLEDGEMENT, NOW + 4 * DAY, undelivered_at=NOW + 4 * DAY)
    await a_letter(store, again, LetterPurpose.ACKNOWLEDGEMENT, NOW + 2 * DAY, serial=2)
    await a_letter(store, again, LetterPurpose.NEUTRAL, NOW - DAY)  # before receipt: about another message
    await a_case(store, Kind.DELETION, channel=Channel.FORM)
    aside = await a_case(store)
    await set_case(store, aside, state=CaseState.SET_ASIDE.value)
    outside = await a_case(store)
    await set_case(store, outside, received_on=date(2026, 10, 31))
    counts = await store.report_counts(asked())
    assert sorted(counts.received, key=lambda one: (one.kind, one.acknowledged_after or -1)) == [
        Received(month="2026-11", kind="access", channel="email", acknowledged_after=None, count=1),
        Received(month="2026-11", kind="access", channel="email", acknowledged_after=2, count=1),
        Received(month="2026-11", kind="deletion", channel="form", acknowledged_after=0, count=1),
    ]


async def standing(store: SqlStore, today: date = TODAY) -> dict[str, Standing]:
    """How the one case of each kind stands."""
    due = (await store.report_counts(asked(today=today))).due
    assert {one.month for one in due} <= {"2026-12"}
    return {one.kind: one.standing for one in due}


async def test_a_case_is_in_time_by_the_letter_that_told_its_outcome_else_by_its_closing(store: Store) -> None:
    assert isinstance(store, SqlStore)
    due_on = date(2026, 12, 23)
    await a_case(store)
    assert await standing(store, today=due_on) == {"access": Standing.OWED}
    assert await standing(store, today=due_on + DAY) == {"access": Standing.LATE}
    told = await a_case(store, Kind.DELETION)
    await a_letter(store, told, LetterPurpose.OUTCOME, datetime(2026, 12, 23, 12, tzinfo=UTC), number=1)
    await close(store, told, datetime(2026, 12, 28, 12, tzinfo=UTC))
    closed_late = await a_case(store, Kind.CORRECTION)
    await close(store, closed_late, datetime(2026, 12, 24, 0, 30, tzinfo=UTC))
    closed = await a_case(store, Kind.OTHER_RIGHT)
    await close(store, closed, datetime(2026, 12, 23, 23, 30, tzinfo=UTC))
    assert await standing(store) == {
        "access": Standing.OWED,
        "deletion": Standing.MET,
        "correction": Standing.LATE,
        "other_right": Standing.MET,
    }


async def test_a_complaint_is_in_time_by_its_acknowledgement(store: Store) -> None:
    assert isinstance(store, SqlStore)
    complaint = await a_case(store, Kind.COMPLAINT)
    assert await standing(store) == {"complaint": Standing.OWED}
    assert await standing(store, today=date(2026, 12, 24)) == {"complaint": Standing.LATE}
    await a_letter(store, complaint, LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, NOW + DAY)
    assert await standing(store, today=date(2026, 12, 24)) == {"complaint": Standing.MET}
    (row,) = (await store.report_counts(asked())).complaints
    assert (row.received_on, row.acknowledged_on, row.closed_on) == (NOW.date(), date(2026, 11, 24), None)
    assert row.controller == "Larkfield Systems Ltd"


async def test_a_case_without_a_last_day_is_due_on_none(store: Store) -> None:
    assert isinstance(store, SqlStore)
    await set_case(store, await a_case(store), statutory_due=None)
    assert await standing(store) == {}


async def test_time_to_close_is_counted_in_local_days_of_what_was_closed_in_the_period(store: Store) -> None:
    assert isinstance(store, SqlStore)
    first, second, before = await a_case(store), await a_case(store), await a_case(store)
    await close(store, first)
    await close(store, second)
    await close(store, before, datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    await a_case(store)
    assert (await store.report_counts(asked())).closed == (Closed(kind="access", days=10, count=2),)


async def test_readings_are_counted_by_month_and_what_somebody_ticked_is_left_out(store: Store) -> None:
    assert isinstance(store, SqlStore)
    ticked = Reason(kind=Kind.ACCESS, witness="person", source=FORM_CHOICE, why="ticked", start=0, end=0, text="")
    readings = (
        make_classification(),
        make_classification(needs_person=True),
        make_classification(reasons=(ticked,)),
    )
    for reading in readings:
        plan = make_silent_plan(cases=(), classification=reading, lane=Lane.NEEDS_PERSON)
        analysis = make_analysis(classification=reading)
        await file_item(store, await claim_one(store), plan=plan, analysis=analysis)
    assert (await store.report_counts(asked())).read == (Read(month="2026-11", count=2, unsure=1),)
    assert (await store.report_counts(asked(last=date(2026, 11, 22)))).read == ()


async def test_corrections_letters_and_quarantine_are_those_of_the_period(store: Store) -> None:
    assert isinstance(store, SqlStore)
    async with store._database.write(queued=True) as connection:
        row = {"kind_read": "none", "kind_meant": "access", "witness": "model", "count": 2}
        await connection.execute(insert(correction), [{**row, "month": month} for month in ("2026-10", "2026-11")])
    thread = await a_case(store)
    await a_letter(store, thread, LetterPurpose.ACKNOWLEDGEMENT, NOW)
    await a_letter(store, thread, LetterPurpose.PROGRESS, NOW + 90 * DAY)
    await a_letter(store, thread, LetterPurpose.ESCALATION, NOW, internal=True)
    item = await claim_one(store)
    await store.fail_item(item, "cannot_be_read", None, NOW)
    counts = await store.report_counts(asked())
    assert counts.corrections == (
        CorrectionCount(month="2026-11", kind_read="none", kind_meant="access", witness="model", count=2),
    )
    assert counts.letters == (("acknowledgement", 1),)
    assert counts.quarantined == (("cannot_be_read", 1),)


async def test_every_figure_survives_the_retention_run(store: Store) -> None:
    assert isinstance(store, SqlStore)
    for kind in (Kind.ACCESS, Kind.COMPLAINT):
        thread = await a_case(store, kind)
        await a_letter(store, thread, LetterPurpose.ACKNOWLEDGEMENT, NOW + DAY)
        await a_letter(store, thread, LetterPurpose.OUTCOME, CLOSED_AT, number=1)
        await close(store, thread)
    async with store._database.write(queued=True) as connection:
        await connection.execute(update(enquiry).values(read_at=NOW))
    before = await store.report_counts(asked())
    assert len(before.due) == 2
    removed = await remove_due(store, POLICY, NOW + 4000 * DAY)
    assert removed
    assert await store.report_counts(asked()) == before


_HOURS = [
    datetime(2026, month, day, hour, 30, tzinfo=UTC)
    for month, day in ((3, 28), (3, 29), (7, 1), (10, 24), (10, 25), (11, 23), (12, 31))
    for hour in (0, 1, 20, 21, 22, 23)
]


@pytest.mark.parametrize("nation", [Nation.ENGLAND, Nation.SCOTLAND, Nation.BULGARIA])
async def test_the_database_has_the_days_the_clock_has(store: Store, nation: Nation) -> None:
    assert isinstance(store, SqlStore)
    async with store._database.read() as connection:
        for moment in _HOURS:
            day = local_day(literal(moment, Instant()), nation)
            found = (await connection.execute(select(day, month_of_day(day), days_between(day, day)))).one()
            expected = local_date(moment, nation)
            assert tuple(found) == (expected, f"{expected:%Y-%m}", 0), moment
