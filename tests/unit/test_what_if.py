"""What would follow, asked before a decision."""

from datetime import date

import pytest

from tests.unit.case_files import NOW, POLICY, make_case_file
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseEvent
from triage.domain.vocabulary import CaseEventName, Kind
from triage.domain.what_if import suppose

E = CaseEventName
CASE = make_case_file()


def test_a_pause_moves_the_day_by_the_days_it_lasts() -> None:
    told = suppose(
        CASE, {E.CLARIFICATION_ASKED: date(2026, 12, 1), E.CLARIFICATION_RECEIVED: date(2026, 12, 7)}, POLICY, NOW
    )
    assert told.dates is not None
    assert (told.dates.statutory_due, told.dates.safe_due) == (date(2026, 12, 30), date(2026, 12, 29))


def test_time_begins_with_the_proof_also_on_a_day_to_come() -> None:
    told = suppose(CASE, {E.IDENTITY_ASKED: date(2026, 12, 15), E.IDENTITY_RECEIVED: date(2027, 1, 4)}, POLICY, NOW)
    assert told.dates is not None
    assert told.dates.starts_on == date(2027, 1, 4)


def test_an_extension_gives_three_months() -> None:
    told = suppose(CASE, {}, POLICY, NOW, extended=True)
    assert told.dates is not None
    assert told.dates.statutory_due == date(2027, 2, 23)


def test_nothing_supposed_leaves_the_dates_of_today() -> None:
    assert suppose(CASE, {}, POLICY, NOW).dates == dates_of(CASE, POLICY)


def test_what_was_asked_for_already_can_be_received() -> None:
    asked = CaseEvent(name=E.IDENTITY_ASKED, on=date(2026, 11, 25), recorded_at=NOW)
    told = suppose(make_case_file(events=(asked,)), {E.IDENTITY_RECEIVED: date(2026, 11, 30)}, POLICY, NOW)
    assert told.dates is not None
    assert told.dates.starts_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("happened", "name", "words"),
    [
        ({E.IDENTITY_ASKED: date(2026, 11, 1)}, E.IDENTITY_ASKED, "before receipt"),
        ({E.IDENTITY_ASKED: date(1926, 11, 1)}, E.IDENTITY_ASKED, "outside 2021"),
        ({E.IDENTITY_RECEIVED: date(2026, 12, 1)}, E.IDENTITY_RECEIVED, "say the day it was asked for too"),
        (
            {E.IDENTITY_ASKED: date(2026, 12, 3), E.IDENTITY_RECEIVED: date(2026, 12, 1)},
            E.IDENTITY_RECEIVED,
            "before it was asked for",
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_field(happened: dict[E, date], name: E, words: str) -> None:  # type: ignore[valid-type]
    told = suppose(CASE, happened, POLICY, NOW)
    assert told.dates is None
    assert words in told.faults[name]


def test_what_a_kind_does_not_have_is_said() -> None:
    told = suppose(make_case_file(Kind.DELETION), {E.CLARIFICATION_ASKED: date(2026, 12, 1)}, POLICY, NOW)
    assert "only an access clarification stops the clock" in told.faults[""]
    told = suppose(make_case_file(Kind.OPT_OUT), {}, POLICY, NOW, extended=True)
    assert "has no extension" in told.faults[""]
