"""The register of complaints: counts for a period and company, and nobody's name."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.case_files import make_case_file
from triage.__main__ import main
from triage.cli import complaints
from triage.domain.register import ComplaintRow, Period, RegisterLine, register
from triage.domain.vocabulary import CaseState, Channel, Kind, Outcome

TODAY = date(2027, 2, 1)
ROW = ComplaintRow(
    received_on=date(2026, 11, 26),
    acknowledge_by=date(2026, 12, 29),
    acknowledged_on=date(2026, 11, 26),
    outcome=Outcome.UPHELD,
    closed_on=date(2026, 12, 10),
    controller="Larkfield Systems Ltd",
    channel=Channel.EMAIL,
)
CLOSED_AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
UNANSWERED, FIRED = make_case_file(Kind.COMPLAINT), ("silence", "no_outcome")
OPEN = replace(ROW, outcome=None, closed_on=None, triggers=("silence", "no_outcome"))


def the_line(*rows: ComplaintRow) -> RegisterLine:
    (line,) = register(rows, Period.YEAR, TODAY)
    return line


@pytest.mark.parametrize(
    ("period", "name"), [(Period.MONTH, "2026-11"), (Period.QUARTER, "2026-Q4"), (Period.YEAR, "2026")]
)
def test_a_complaint_belongs_to_the_period_of_its_receipt(period: Period, name: str) -> None:
    assert [line.period for line in register([ROW], period, TODAY)] == [name]


def test_periods_come_in_order_and_each_company_has_its_own_line() -> None:
    other = replace(ROW, controller="Wrenfield Ltd")
    later = replace(ROW, received_on=date(2027, 1, 4), closed_on=None, outcome=None)
    lines = register([later, other, ROW, ROW], Period.MONTH, TODAY)
    assert [(line.period, line.controller, line.received) for line in lines] == [
        ("2026-11", "Larkfield Systems Ltd", 2),
        ("2026-11", "Wrenfield Ltd", 1),
        ("2027-01", "Larkfield Systems Ltd", 1),
    ]


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        (ROW, (1, 0, 0)),
        (replace(OPEN, acknowledged_on=date(2026, 12, 29)), (1, 0, 0)),
        (replace(OPEN, acknowledged_on=date(2026, 12, 30)), (0, 1, 0)),
        (replace(OPEN, acknowledged_on=None), (0, 1, 0)),
        (replace(OPEN, acknowledged_on=None, acknowledge_by=TODAY), (0, 0, 1)),
        (replace(ROW, acknowledged_on=None), (1, 0, 0)),
        (replace(ROW, acknowledged_on=None, closed_on=date(2027, 1, 20)), (0, 1, 0)),
        (replace(OPEN, acknowledged_on=None, acknowledge_by=None), (0, 0, 0)),
    ],
)
def test_acknowledged_in_time_late_or_owed(row: ComplaintRow, counts: tuple[int, int, int]) -> None:
    line = the_line(row)
    assert (line.in_time, line.late, line.owed) == counts


def test_two_alike_count_as_two() -> None:
    assert the_line(ROW, ROW).in_time == 2
    assert the_line(OPEN, OPEN, replace(OPEN, acknowledged_on=None)).late == 1


def test_outcomes_channels_triggers_and_days_are_counted() -> None:
    slow = replace(ROW, closed_on=date(2026, 12, 26), outcome=Outcome.NOT_UPHELD, channel=Channel.CHAT)
    reopened = replace(OPEN, outcome=Outcome.UPHELD)
    line = the_line(ROW, slow, reopened)
    assert line.outcomes == {"not_upheld": 1, "upheld": 1}
    assert line.channels == {"chat": 1, "email": 2}
    assert line.triggers == {"no_outcome": 1, "silence": 1}
    assert (line.received, line.open, line.unresolved, line.days_to_outcome) == (3, 1, 1, 22)


def test_without_an_outcome_there_is_no_median() -> None:
    assert the_line(OPEN).days_to_outcome is None


@given(st.lists(st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))), max_size=12))
def test_every_complaint_is_counted_once(days: list[tuple[int, int | None]]) -> None:
    rows = [
        replace(
            OPEN,
            received_on=ROW.received_on + timedelta(days=start),
            acknowledged_on=None if after is None else ROW.received_on + timedelta(days=start + after),
        )
        for start, after in days
    ]
    lines = register(rows, Period.MONTH, TODAY)
    assert sum(line.received for line in lines) == len(rows)
    assert sum(line.in_time + line.late + line.owed for line in lines) == len(rows)


# The command


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = make_case_file(Kind.COMPLAINT, state=CaseState.CLOSED, outcome=Outcome.UPHELD, closed_at=CLOSED_AT)
    monkeypatch.setattr(complaints, "with_store", lambda *_: ((answered, ()), (UNANSWERED, FIRED)))


@pytest.mark.usefixtures("stored")
def test_the_command_shows_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["complaints", "register", "--by", "quarter"]) == 0
    out, _ = capsys.readouterr()
    assert "2 complaints" in out
    assert "2026-Q4" in out
    assert "upheld 1" in out


@pytest.mark.usefixtures("stored")
def test_the_command_gives_json_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["complaints", "register", "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["period"], line["received"], line["days_to_outcome"]) == ("2026-11", 2, 17)
    assert main(["complaints", "register", "--csv", "--from", "2026-11-23", "--to", "2026-11-23"]) == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.startswith("period,controller,received,in_time,late")
    assert row == '2026-11,Larkfield Systems Ltd,2,0,0,0,1,17,1,upheld 1,email 2,"no_outcome 1, silence 1"'


@pytest.mark.usefixtures("stored")
def test_one_complaint_is_one_and_none_are_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(complaints, "with_store", lambda *_: ())
    assert main(["complaints", "register", "--to", "2020-01-01"]) == 0
    assert "0 complaints" in capsys.readouterr().out
    monkeypatch.setattr(complaints, "with_store", lambda *_: ((UNANSWERED, FIRED),))
    assert main(["complaints", "register"]) == 0
    assert "1 complaint " in capsys.readouterr().out


def test_days_that_are_none_or_the_wrong_way_round_are_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["complaints", "register", "--from", "2027-01-01", "--to", "2026-01-01"]) == 2
    assert "--to: lies before --from" in capsys.readouterr().err
    with pytest.raises(SystemExit) as refused:
        main(["complaints", "register", "--from", "yesterday"])
    assert refused.value.code == 2
    assert "'yesterday' is no date" in capsys.readouterr().err
