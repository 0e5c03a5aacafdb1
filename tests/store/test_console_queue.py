"""The queue in the database: its lanes, what narrows them, and pages that lose nothing; on both engines."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text, update

from tests.factories import (
    NOW,
    SECRET,
    make_analysis,
    make_case,
    make_classification,
    make_enquiry,
    make_silent_plan,
)
from tests.servers.postgres import Postgres
from tests.store.steps import claim_one, file_item
from triage.adapters.store import open_store
from triage.adapters.store.addresses import address_hash
from triage.adapters.store.schema import case_file, reference_counter
from triage.adapters.store.sql_store import SqlStore
from triage.domain.enquiry import Correspondent
from triage.domain.queue import QueueAsked, QueueLane, QueueRow
from triage.domain.vocabulary import CaseState, Channel, Kind, Lane
from triage.ports import Store

TODAY, SOON = date(2026, 11, 23), date(2026, 11, 30)
ALL = QueueAsked()


async def a_case(store: SqlStore, *kinds: Kind, lane: Lane = Lane.NEW, **changes: object) -> str:
    """An enquiry with a case a kind; its thread. `changes` are the enquiry's, but `due_on` of its cases."""
    due_on = changes.pop("due_on", date(2026, 12, 22))
    plan = make_silent_plan(cases=tuple(make_case(kind) for kind in kinds or (Kind.ACCESS,)), lane=lane)
    controller = changes.pop("controller", "Larkfield Systems Ltd")
    analysis = make_analysis(enquiry=make_enquiry(**changes))
    thread = await file_item(store, await claim_one(store), plan=plan, analysis=analysis, controller=controller)
    await set_case(store, thread, due_on=due_on, queue_on=due_on or TODAY)
    return thread


async def a_message(store: SqlStore, lane: Lane = Lane.NEEDS_PERSON, **changes: object) -> str:
    """A message that was read and has no case."""
    reading = make_classification(kinds=())
    analysis = make_analysis(enquiry=make_enquiry(**changes), classification=reading)
    plan = make_silent_plan(lane=lane, classification=reading)
    return await file_item(store, await claim_one(store), plan=plan, analysis=analysis)


async def set_case(store: SqlStore, thread: str, **values: object) -> None:
    """As a part of the program would that these tests do not need."""
    async with store._database.write(queued=True) as connection:
        await connection.execute(update(case_file).where(case_file.c.thread == thread).values(values))


async def shown(store: SqlStore, asked: QueueAsked = ALL) -> list[str]:
    """The references of a page."""
    return [row.reference for row in (await store.queue_page(asked, TODAY, SOON)).rows]


async def paged(store: SqlStore, asked: QueueAsked) -> list[QueueRow]:
    """All rows, page by page; a page that is not the last is full."""
    rows: list[QueueRow] = []
    while True:
        page = await store.queue_page(asked, TODAY, SOON)
        rows += page.rows
        if not page.more:
            return rows
        assert len(page.rows) == asked.rows
        asked = replace(asked, after=page.rows[-1].key)


async def test_every_lane_shows_what_its_name_says_and_its_count_agrees(store: Store) -> None:
    assert isinstance(store, SqlStore)
    urgent = await a_case(store, lane=Lane.URGENT)
    late = await a_case(store, due_on=date(2026, 11, 22))
    today, last = await a_case(store, due_on=TODAY), await a_case(store, due_on=SOON)
    unsure = await a_case(store, lane=Lane.NEEDS_PERSON)
    complaint = await a_case(store, Kind.COMPLAINT, lane=Lane.COMPLAINTS)
    waiting = await a_case(store, due_on=None, lane=Lane.NEEDS_PERSON)
    seen = await a_case(store)
    await set_case(store, seen, looked_at=NOW)
    replied = await a_case(store, lane=Lane.NEEDS_PERSON)
    reply = make_silent_plan(outcome="follow_up", joins=replied, lane=Lane.NEW_MESSAGE)
    await file_item(store, await claim_one(store), plan=reply)
    closed = await a_case(store)
    await set_case(store, closed, state=CaseState.CLOSED.value, closed_at=NOW)
    doubt, danger = await a_message(store), await a_message(store, Lane.URGENT)
    remark, machine = await a_message(store, Lane.NOT_REQUESTS), await a_message(store, Lane.AUTOMATIC_MAIL)
    lanes = {
        QueueLane.URGENT: {danger, f"{urgent}/1"},
        QueueLane.OVERDUE: {f"{late}/1"},
        QueueLane.DUE_SOON: {f"{today}/1", f"{last}/1"},
        QueueLane.NEEDS_PERSON: {doubt, f"{unsure}/1", f"{waiting}/1", f"{replied}/1"},
        QueueLane.COMPLAINTS: {f"{complaint}/1"},
        QueueLane.NEW_MESSAGE: {f"{replied}/1"},
        QueueLane.WAITING: {f"{waiting}/1"},
        QueueLane.NEW: {f"{late}/1", f"{today}/1", f"{last}/1"},
        QueueLane.NOT_REQUESTS: {remark},
        QueueLane.AUTOMATIC_MAIL: {machine},
    }
    cases = {f"{one}/1" for one in (urgent, late, today, last, unsure, complaint, waiting, seen, replied)}
    lanes[QueueLane.ALL] = cases | {doubt, danger}
    found = {lane: set(await shown(store, QueueAsked(lane=lane))) for lane in QueueLane}
    assert found == lanes
    assert await store.queue_counts(TODAY, SOON) == {lane: len(rows) for lane, rows in lanes.items()}


async def test_what_is_owed_soonest_stands_first_and_a_message_at_its_day_of_receipt(store: Store) -> None:
    assert isinstance(store, SqlStore)
    later, sooner = await a_case(store, due_on=date(2026, 12, 2)), await a_case(store, due_on=date(2026, 11, 1))
    message = await a_message(store)
    assert await shown(store) == [f"{sooner}/1", message, f"{later}/1"]


async def test_filters_narrow_both_halves(store: Store) -> None:
    assert isinstance(store, SqlStore)
    mail = await a_case(store, Kind.DELETION, Kind.ACCESS)
    chat = await a_case(store, channel=Channel.CHAT, controller="Larkfield Bulgaria EOOD")
    message = await a_message(store, channel=Channel.FORM, received_at=NOW - timedelta(days=9))
    await store.assign(f"{mail}/1", "dana", by="dana", now=NOW)
    await set_case(store, chat, state=CaseState.CANNOT_REACH.value)
    for asked, rows in (
        (QueueAsked(kind=Kind.DELETION), [f"{mail}/1"]),
        (QueueAsked(channel=Channel.CHAT), [f"{chat}/1"]),
        (QueueAsked(channel=Channel.FORM), [message]),
        (QueueAsked(controller="Larkfield Bulgaria EOOD"), [f"{chat}/1"]),
        (QueueAsked(assignee="dana"), [f"{mail}/1"]),
        (QueueAsked(assignee=""), [message, f"{mail}/2", f"{chat}/1"]),
        (QueueAsked(state=CaseState.CANNOT_REACH), [f"{chat}/1"]),
        (QueueAsked(state=CaseState.CLOSED), []),
        (QueueAsked(received_to=date(2026, 11, 14)), [message]),
        (QueueAsked(received_from=date(2026, 11, 15)), [f"{mail}/1", f"{mail}/2", f"{chat}/1"]),
        (QueueAsked(received_from=TODAY, received_to=TODAY, kind=Kind.ACCESS), [f"{mail}/2", f"{chat}/1"]),
    ):
        assert await shown(store, asked) == rows, asked


async def test_a_case_is_given_to_somebody_and_the_journal_says_by_whom(store: Store) -> None:
    assert isinstance(store, SqlStore)
    thread = await a_case(store)
    assert await store.assign(f"{thread}/1", "dana", by="devi", now=NOW)
    assert not await store.assign(f"{thread}/2", "dana", by="devi", now=NOW)
    assert not await store.assign(thread, "dana", by="devi", now=NOW)
    assert [row.assignee for row in (await store.queue_page(ALL, TODAY, SOON)).rows] == ["dana"]
    assert await store.verify_journal() == ()


async def test_a_search_finds_persons_references_and_words_also_in_what_is_closed(store: Store) -> None:
    assert isinstance(store, SqlStore)
    bo = Correspondent(name="Bo Example", address="bo@customer.example")
    closed = await a_case(store, sender=bo, full_text="I gave you 100% of my_time.")
    await set_case(store, closed, state=CaseState.CLOSED.value, closed_at=NOW)
    other = await a_case(store, full_text="I gave you 100 hours of mytime.")
    cleared = await a_message(store, Lane.NOT_REQUESTS, sender=bo, subject="A remark of mine")
    for asked, rows in (
        (QueueAsked(address_hash=address_hash(SECRET, "BO@customer.example")), {f"{closed}/1", cleared}),
        (QueueAsked(thread=closed), {f"{closed}/1"}),
        (QueueAsked(thread="DP-2026-99999-XX"), set()),
        (QueueAsked(words="100% MY_TIME"), {f"{closed}/1"}),
        (QueueAsked(words="gave  you"), {f"{closed}/1", f"{other}/1"}),
        (QueueAsked(words="remark bo@customer"), {cleared}),
        (QueueAsked(words="'; DROP TABLE enquiry; --"), set()),
        (QueueAsked(words="\\"), set()),
    ):
        assert set(await shown(store, asked)) == rows, asked
    assert await shown(store, QueueAsked(words="gave", lane=QueueLane.NEEDS_PERSON)) == []


async def many_on_few_days(store: SqlStore) -> set[str]:
    """Cases and messages in turn on the same days, under references of five and of six digits, and a thread of twelve
    cases; what the queue is to show of it."""
    async with store._database.write(queued=True) as connection:
        await connection.execute(insert(reference_counter).values(year=2026, number=99_985))
    expected, days = set[str](), itertools.cycle([date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 22)])
    for number in range(15):
        day = next(days)
        expected.add(f"{await a_case(store, due_on=day)}/1")
        expected.add(
            await a_message(store, received_at=datetime(day.year, day.month, day.day, 8 + number % 3, tzinfo=UTC))
        )
    thread = await a_case(store, due_on=date(2026, 11, 22))
    async with store._database.write(queued=True) as connection:
        first = (await connection.execute(select(case_file).where(case_file.c.thread == thread))).one()._asdict()
        del first["id"]
        more = [{**first, "number": number} for number in range(2, 13)]
        await connection.execute(insert(case_file), more)
    return expected | {f"{thread}/{number}" for number in range(1, 13)}


@pytest.mark.parametrize("rows", [1, 4, 11, 50])
async def test_pages_show_every_row_once_however_many_share_a_day(store: Store, rows: int) -> None:
    assert isinstance(store, SqlStore)
    expected = await many_on_few_days(store)
    found = await paged(store, QueueAsked(rows=rows))
    assert len(found) == len(expected)
    assert {row.reference for row in found} == expected
    assert [row.queue_on for row in found] == sorted(row.queue_on for row in found)


@pytest.fixture
async def abroad(postgres: Postgres) -> AsyncIterator[SqlStore]:
    """A PostgreSQL that sorts as English is sorted, and whose clock is on the other side of the world."""
    name = "abroad"
    order = ("--locale-provider=icu", "--icu-locale=en-GB", "-T", "template0")
    server = ("-h", str(postgres._folder), "-p", str(postgres.port), "-U", "postgres")
    postgres._run("dropdb", *server, "--if-exists", name)
    postgres._run("createdb", *server, *order, name)
    postgres._run("psql", *server, "-d", name, "-c", f"ALTER DATABASE {name} SET timezone TO 'Pacific/Auckland'")
    store = await open_store(postgres.url(name), secret=SECRET, migrate=True)
    assert isinstance(store, SqlStore)
    yield store
    await store.close()


async def test_pages_lose_nothing_where_the_database_sorts_and_dates_otherwise(abroad: SqlStore) -> None:
    expected = await many_on_few_days(abroad)
    async with abroad._database.read() as connection:
        order = "SELECT 'DP-2026-99999-K7' < 'DP-2026-100000-K7', current_setting('TimeZone')"
        assert tuple((await connection.execute(text(order))).one())[1] == "Pacific/Auckland"
    found = await paged(abroad, QueueAsked(rows=4))
    assert [row.reference for row in found] == list(dict.fromkeys(row.reference for row in found))
    assert {row.reference for row in found} == expected
    late = await a_message(abroad, received_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    asked = QueueAsked(received_from=date(2026, 11, 20), received_to=date(2026, 11, 20))
    assert await shown(abroad, asked) == [late]


async def test_a_message_has_its_day_by_the_wall_clock(store: Store) -> None:
    assert isinstance(store, SqlStore)
    midnight = await a_message(store, received_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    (row,) = (await store.queue_page(ALL, TODAY, SOON)).rows
    assert (row.reference, row.received_on, row.queue_on) == (midnight, date(2026, 7, 2), date(2026, 7, 2))
    assert await shown(store, QueueAsked(received_from=date(2026, 7, 2), received_to=date(2026, 7, 2))) == [midnight]
    assert await shown(store, QueueAsked(after=row.key)) == []


async def test_a_row_says_what_else_stands_on_its_thread(store: Store) -> None:
    assert isinstance(store, SqlStore)
    thread = await a_case(store, Kind.ACCESS, Kind.DELETION)
    await store.raise_alarm("overdue", f"{thread}/1", NOW)
    first, second = (await store.queue_page(ALL, TODAY, SOON)).rows
    assert (first.also, second.also) == (("deletion",), ("access",))
    assert (first.marks, second.marks) == (("overdue",), ())


async def test_pulses_are_kept(store: Store) -> None:
    assert isinstance(store, SqlStore)
    await store.beat(["inbox", "clock"], NOW)
    await store.beat(["inbox"], NOW + timedelta(minutes=1))
    assert await store.pulses() == {"inbox": NOW + timedelta(minutes=1), "clock": NOW}
