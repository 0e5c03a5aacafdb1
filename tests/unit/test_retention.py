"""What is kept and what goes: periods, and what stands against a removal whatever its period."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.policy import Retention
from triage.domain.retention import WORDS, Keepable, KeepableCase, Kept, Part, Removal, due, verdicts
from triage.domain.vocabulary import Kind, Nation

CLOSED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
ALL = frozenset(Part)
PERIODS = Retention()
FIRST, LAST = datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2030-01-01")


def make_row(*cases: KeepableCase, **changes: object) -> Keepable:
    values: dict[str, object] = {
        "thread": "DP-2026-00001-H2",
        "parts": ALL,
        "filed_at": CLOSED - timedelta(days=20),
        "persons": frozenset({"ana"}),
        "cases": cases,
    }
    return Keepable(**(values | changes))  # type: ignore[arg-type]


def make_case(kind: Kind = Kind.ACCESS, number: int = 1, **changes: object) -> KeepableCase:
    values: dict[str, object] = {"number": number, "kind": kind, "asked": True, "closed_at": CLOSED}
    return KeepableCase(**(values | changes))  # type: ignore[arg-type]


def days_of(row: Keepable, *others: Keepable, periods: Retention = PERIODS) -> dict[Part, int]:
    """In how many days after the closing each part goes."""
    found = verdicts((row, *others), periods, Nation.ENGLAND)
    return {one.part: (one.due_on - DAY).days for one in found if isinstance(one, Removal) and one.thread == row.thread}


def kept_because(row: Keepable, *others: Keepable) -> str:
    first = verdicts((row, *others), PERIODS, Nation.ENGLAND)[0]
    assert isinstance(first, Kept)
    return first.why


def test_the_words_go_after_90_days_and_the_file_after_two_years() -> None:
    days = days_of(make_row(make_case()))
    assert {part for part, after in days.items() if after == 90} == WORDS
    assert (days[Part.LETTERS], days[Part.FILE]) == (730, 730)


def test_a_complaint_stays_three_years_and_six_where_a_claim_is_likely() -> None:
    complaint = make_row(make_case(Kind.COMPLAINT))
    assert days_of(complaint)[Part.FILE] == 1095
    assert days_of(replace(complaint, claim_likely=True))[Part.FILE] == 2190
    assert days_of(make_row(make_case(), claim_likely=True))[Part.FILE] == 730


def test_a_thread_with_several_cases_goes_by_the_last_closed_and_the_longest_period() -> None:
    later = make_case(Kind.ACCESS, 2, closed_at=CLOSED + timedelta(days=40))
    days = days_of(make_row(make_case(Kind.COMPLAINT), later))
    assert (days[Part.TEXT], days[Part.FILE]) == (130, 1135)


def test_a_message_after_the_closing_begins_the_period_anew() -> None:
    assert days_of(make_row(make_case(), filed_at=CLOSED + timedelta(days=80)))[Part.RAW] == 170


def test_only_what_is_still_there_goes() -> None:
    assert days_of(make_row(make_case(), parts=frozenset({Part.FILE}))) == {Part.FILE: 730}


def test_where_the_file_goes_the_words_go_too() -> None:
    days = days_of(make_row(make_case()), periods=Retention(case_days=30, text_days=90))
    assert set(days.values()) == {30}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (make_row(make_case(closed_at=None)), "case 1 is open"),
        (make_row(make_case(), make_case(number=2, closed_at=None)), "case 2 is open"),
        (make_row(make_case(legal_hold=True)), "case 1 is under legal hold"),
        (make_row(make_case(asked=False, legal_hold=True)), "case 1 is under legal hold"),
        (make_row(make_case(), in_work=True), "a letter or line of it still waits"),
        (make_row(make_case(), waits=True), "no person has looked at a message of it"),
        (make_row(waits=True, spam=True), "no person has looked at a message of it"),
    ],
)
def test_what_stands_against_a_removal(row: Keepable, why: str) -> None:
    assert kept_because(row) == why


def test_nothing_goes_while_an_access_request_of_the_same_person_is_open() -> None:
    access = make_row(make_case(closed_at=None), thread="DP-2026-00009-A1")
    old = make_row(make_case(Kind.DELETION))
    assert kept_because(old, access) == "an access request of the same person is open: DP-2026-00009-A1/1"
    assert days_of(replace(old, persons=frozenset({"bert"})), access)
    assert days_of(old, replace(access, cases=(make_case(Kind.DELETION, closed_at=None),)))
    assert days_of(old, replace(access, cases=(make_case(closed_at=None, asked=False),)))


def test_a_message_of_the_same_person_that_nobody_has_looked_at_may_be_an_access_request() -> None:
    unread = make_row(waits=True, thread="DP-2026-00009-A1")
    why = "a message of the same person has not been looked at: DP-2026-00009-A1"
    assert kept_because(make_row(make_case()), unread) == why


def test_what_asked_for_nothing_goes_by_the_day_a_person_agreed() -> None:
    row = make_row(filed_at=CLOSED - timedelta(days=5), cleared_at=CLOSED)
    assert set(days_of(row).values()) == {90}
    assert set(days_of(replace(row, cases=(make_case(asked=False),))).values()) == {90}
    assert set(days_of(replace(row, cleared_at=None)).values()) == {85}


def test_spam_goes_30_days_after_its_filing_and_never_before_a_person_agreed() -> None:
    row = make_row(filed_at=CLOSED, cleared_at=CLOSED + timedelta(days=2), spam=True)
    assert set(days_of(row).values()) == {30}
    assert set(days_of(replace(row, cleared_at=CLOSED + timedelta(days=50))).values()) == {50}


def test_days_are_those_of_the_nation() -> None:
    row = make_row(make_case(closed_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC)))
    bulgarian = verdicts((row,), PERIODS, Nation.BULGARIA)[0]
    assert isinstance(bulgarian, Removal)
    assert bulgarian.due_on == DAY + timedelta(days=91)


def test_a_removal_is_due_on_its_day_and_not_before() -> None:
    found = verdicts((make_row(make_case()), make_row(waits=True)), PERIODS, Nation.ENGLAND)
    assert due(found, DAY + timedelta(days=89)) == ()
    assert {one.part for one in due(found, DAY + timedelta(days=90))} == WORDS
    assert len(due(found, DAY + timedelta(days=730))) == len(Part)


moments = st.datetimes(timezones=st.just(UTC), min_value=FIRST, max_value=LAST)
cases = st.builds(
    KeepableCase,
    number=st.integers(1, 5),
    kind=st.sampled_from(Kind),
    asked=st.booleans(),
    closed_at=st.none() | moments,
    legal_hold=st.booleans(),
)
rows = st.builds(
    Keepable,
    thread=st.sampled_from(["one", "two", "three", "four"]),
    parts=st.frozensets(st.sampled_from(Part)),
    filed_at=moments,
    persons=st.frozensets(st.sampled_from("abc")),
    cases=st.lists(cases, max_size=3).map(tuple),
    waits=st.booleans(),
    cleared_at=st.none() | moments,
    spam=st.booleans(),
    claim_likely=st.booleans(),
    in_work=st.booleans(),
)
threads = st.lists(rows, max_size=4, unique_by=lambda row: row.thread)
lengths = st.integers(1, 3000)
periods = st.builds(
    Retention,
    case_days=lengths,
    complaint_days=lengths,
    claim_days=lengths,
    text_days=lengths,
    spam_days=lengths,
    not_request_days=lengths,
)


@given(threads, periods)
def test_nothing_goes_of_a_thread_that_is_open_held_unread_or_in_work(found: list[Keepable], chosen: Retention) -> None:
    going = {one.thread for one in verdicts(found, chosen, Nation.ENGLAND) if isinstance(one, Removal)}
    for row in found:
        is_open = any(case.asked and case.closed_at is None for case in row.cases)
        if is_open or any(case.legal_hold for case in row.cases) or row.waits or row.in_work:
            assert row.thread not in going


@given(threads, periods)
def test_an_open_access_request_keeps_everything_of_its_person(found: list[Keepable], chosen: Retention) -> None:
    going = {one.thread for one in verdicts(found, chosen, Nation.ENGLAND) if isinstance(one, Removal)}
    for access in found:
        if any(case.asked and case.kind is Kind.ACCESS and case.closed_at is None for case in access.cases):
            assert not going & {row.thread for row in found if row.persons & access.persons}


@given(threads, periods)
def test_every_thread_gets_a_verdict_for_each_part_or_one_reason(found: list[Keepable], chosen: Retention) -> None:
    told = verdicts(found, chosen, Nation.ENGLAND)
    for row in found:
        mine = [one for one in told if one.thread == row.thread]
        parts = [one.part for one in mine if isinstance(one, Removal)]
        assert parts == [part for part in Part if part in row.parts] or [type(one) for one in mine] == [Kept]


@given(rows, periods, st.timedeltas(timedelta(0), timedelta(days=900)))
def test_later_closings_and_messages_never_bring_a_removal_forward(
    row: Keepable, chosen: Retention, later: timedelta
) -> None:
    moved = replace(
        row,
        filed_at=row.filed_at + later,
        cases=tuple(replace(case, closed_at=case.closed_at + later if case.closed_at else None) for case in row.cases),
    )
    first, second = (
        {one.part: one.due_on for one in verdicts((one_row,), chosen, Nation.ENGLAND) if isinstance(one, Removal)}
        for one_row in (row, moved)
    )
    assert first.keys() == second.keys()
    assert all(second[part] >= first[part] for part in first)


@given(rows, periods)
def test_a_further_case_never_shortens_the_file_of_a_thread(row: Keepable, chosen: Retention) -> None:
    more = replace(row, cases=(*row.cases, make_case(Kind.COMPLAINT, 9)))
    first, second = (
        {one.part: one.due_on for one in verdicts((one_row,), chosen, Nation.ENGLAND) if isinstance(one, Removal)}
        for one_row in (row, more)
    )
    if row.asked and first:
        assert all(second[part] >= first[part] for part in (Part.LETTERS, Part.FILE) if part in first)
