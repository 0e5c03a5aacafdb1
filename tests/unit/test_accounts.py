"""Who may sign in: sessions that end, names the journal can bear, passwords that are not guessed."""

from datetime import UTC, datetime, timedelta

import pytest

from triage.domain.accounts import (
    LONGEST_PASSWORD,
    SESSION_IDLE,
    SESSION_LONGEST,
    Account,
    Session,
    name_faults,
    password_faults,
    session_holds,
)
from triage.domain.vocabulary import UserRole

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DANA = Account(id=1, name="Dana Hill", role=UserRole.DPO)


@pytest.mark.parametrize(("role", "decides"), [(UserRole.DPO, True), (UserRole.DEPUTY, True), (UserRole.READER, False)])
def test_a_reader_looks_and_the_others_decide(role: UserRole, *, decides: bool) -> None:
    assert Account(id=1, name="Dana Hill", role=role).may_decide is decides


@pytest.mark.parametrize(
    ("idle", "age", "holds"),
    [
        (timedelta(0), timedelta(0), True),
        (SESSION_IDLE - timedelta(seconds=1), SESSION_LONGEST - timedelta(seconds=1), True),
        (SESSION_IDLE, SESSION_IDLE, False),
        (timedelta(0), SESSION_LONGEST, False),
    ],
)
def test_a_session_ends_when_it_is_idle_and_after_a_working_day(
    idle: timedelta, age: timedelta, *, holds: bool
) -> None:
    assert session_holds(Session(account=DANA, created_at=NOW - age, seen_at=NOW - idle), NOW) is holds


@pytest.mark.parametrize("name", ["", " Dana", "Dana ", "Da\nna", "Da\x1b[31mna", "x" * 81])
def test_a_name_is_printable_and_of_some_length(name: str) -> None:
    (fault,) = name_faults(name)
    assert "printable" in fault


def test_nobody_is_called_as_the_journal_calls_the_desk() -> None:
    assert "choose another" in name_faults("Desk")[0]
    assert name_faults("Dana Hill") == []


@pytest.mark.parametrize("password", ["short words", "x" * (LONGEST_PASSWORD + 1)])
def test_a_password_has_a_length(password: str) -> None:
    assert "four plain words" in password_faults(password, "Dana Hill")[0]


@pytest.mark.parametrize("password", ["aaaabbbbccccaaaa", "Margaret Hill2026!", "larkfield2026..."])
def test_a_password_of_few_letters_of_ones_name_or_of_the_companys_is_refused(password: str) -> None:
    assert "easily guessed" in password_faults(password, "Margaret Hill", ("larkfield",))[0]


def test_words_that_do_not_belong_together_do() -> None:
    assert password_faults("otter ladder seven plums", "Dana Hill", ("larkfield",)) == []
