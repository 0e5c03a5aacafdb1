"""A legal hold, a rest from reminders that never passes a day owed, a note; and what may be sent meanwhile."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_dates
from tests.unit.case_files import (
    NOW,
    POLICY,
    TODAY,
    UNREAD,
    done,
    make_case_file,
    make_case_letter,
    make_link,
    refusals,
)
from triage.domain.case_change import CaseChange, Refused
from triage.domain.holding import contacted, hold, snooze, take_note
from triage.domain.may_act import NO_ANSWER, may_erase, may_send
from triage.domain.vocabulary import CaseState, Channel, Kind, LetterPurpose

FRIDAY = date(2026, 12, 18)
ACKNOWLEDGED = make_case_letter(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT)


def complaint(**changes):
    dates = make_dates(kind=Kind.COMPLAINT, statutory_due=None, safe_due=None, acknowledge_by=date(2026, 12, 16))
    return make_case_file(Kind.COMPLAINT, **({"dates": dates} | changes))


def test_a_legal_hold_is_laid_on_and_lifted_with_a_reason_open_or_closed() -> None:
    laid = done(hold(make_case_file(state=CaseState.CLOSED), "A claim is announced.", on=True))
    assert (laid.event, laid.legal_hold, laid.note) == ("legal_hold_laid", True, "A claim is announced.")
    lifted = done(hold(make_case_file(legal_hold=True), "Settled.", on=False))
    assert (lifted.event, lifted.legal_hold) == ("legal_hold_lifted", False)


def test_a_hold_that_lies_there_or_has_no_reason_is_refused() -> None:
    assert refusals(hold(make_case_file(legal_hold=True), "", on=True)).splitlines() == [
        "there is a legal hold on the case already",
        "say why the legal hold is laid on",
    ]
    assert refusals(hold(make_case_file(), "", on=False)).splitlines() == [
        "there is no legal hold to lift",
        "say why the legal hold is lifted",
    ]


def test_a_case_rests_until_a_day_with_a_reason() -> None:
    change = done(snooze(make_case_file(), FRIDAY, "Finance delivers on Thursday.", POLICY, NOW))
    assert (change.snoozed_until, change.note) == (FRIDAY, "Finance delivers on Thursday.")
    assert change.facts == {"until": "2026-12-18"}


@pytest.mark.parametrize(
    ("changes", "last_day"),
    [
        ({}, date(2026, 12, 22)),  # the safe date of the two
        ({"dates": make_dates(safe_due=None)}, date(2026, 12, 23)),
        (
            {"dates": make_dates(safe_due=None, statutory_due=None, shadow_due=date(2026, 12, 17))},
            date(2026, 12, 17),
        ),
        ({"next_news_on": date(2026, 12, 16)}, date(2026, 12, 16)),
    ],
)
def test_no_rest_passes_a_day_on_which_something_is_owed(changes, last_day) -> None:
    case = make_case_file(**changes)
    assert done(snooze(case, last_day, "why", POLICY, NOW))
    assert "name that day or an earlier one" in refusals(snooze(case, last_day + timedelta(days=1), "why", POLICY, NOW))


def test_a_complaint_rests_until_its_acknowledgement_is_owed_and_afterwards_until_its_news() -> None:
    assert "the last day to acknowledge it" in refusals(snooze(complaint(), FRIDAY, "why", POLICY, NOW))
    acknowledged = complaint(letters=(ACKNOWLEDGED,))
    assert done(snooze(acknowledged, TODAY + timedelta(days=14), "why", POLICY, NOW))
    assert "news" in refusals(snooze(acknowledged, TODAY + timedelta(days=15), "why", POLICY, NOW))
    told = complaint(letters=(ACKNOWLEDGED,), next_news_on=FRIDAY)
    assert done(snooze(told, FRIDAY, "why", POLICY, NOW))


@pytest.mark.parametrize("channel", [Channel.FORM, Channel.PHONE])
def test_a_page_or_a_colleague_acknowledges_without_a_letter(channel) -> None:
    assert done(snooze(complaint(channel=channel), FRIDAY, "why", POLICY, NOW))
    owed = complaint(channel=channel, not_acknowledged=True)
    assert "acknowledge" in refusals(snooze(owed, FRIDAY, "why", POLICY, NOW))


def test_no_rest_without_a_reason_or_into_the_past_or_on_a_closed_case() -> None:
    case = make_case_file(state=CaseState.CLOSED)
    assert refusals(snooze(case, TODAY, " ", POLICY, NOW)).splitlines() == [
        "the case is closed: reopen it first, with a reason",
        "Monday 14 December 2026 is not ahead: name a later day",
        "say why the case may rest",
    ]


@given(ahead=st.integers(-40, 80), safe=st.integers(-30, 60), news=st.none() | st.integers(-30, 60))
def test_whatever_rests_wakes_before_anything_is_owed(ahead: int, safe: int, news: int | None) -> None:
    safe_due = TODAY + timedelta(days=safe)
    news_on = None if news is None else TODAY + timedelta(days=news)
    dates = make_dates(safe_due=safe_due, statutory_due=safe_due + timedelta(days=1))
    answer = snooze(
        make_case_file(dates=dates, next_news_on=news_on), TODAY + timedelta(days=ahead), "why", POLICY, NOW
    )
    if isinstance(answer, CaseChange):
        assert answer.snoozed_until is not None
        assert TODAY < answer.snoozed_until <= min(safe_due, news_on or safe_due)


def test_a_note_is_kept_in_any_state_and_an_empty_one_in_none() -> None:
    change = done(take_note(make_case_file(state=CaseState.CLOSED), " Rang back. "))
    assert (change.event, change.note, change.facts) == ("noted", "Rang back.", {"state": "closed"})
    assert "the note is empty" in refusals(take_note(make_case_file(), " "))


def test_no_answer_goes_while_a_message_is_unread_or_after_the_end() -> None:
    assert may_send(make_case_file(), LetterPurpose.OUTCOME) is None
    case = make_case_file(state=CaseState.CLOSED, messages=(UNREAD,))
    assert len(refusals(may_send(case, LetterPurpose.PROGRESS)).splitlines()) == 2


@pytest.mark.parametrize("purpose", sorted(NO_ANSWER))
def test_that_something_arrived_may_always_be_said(purpose) -> None:
    assert may_send(make_case_file(messages=(UNREAD,)), purpose) is None


def test_about_a_case_set_aside_only_the_misunderstanding_may_be_told() -> None:
    aside = make_case_file(state=CaseState.SET_ASIDE)
    assert may_send(aside, LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY) is None
    assert "set aside" in refusals(may_send(aside, LetterPurpose.OUTCOME))


def test_nothing_is_erased_unread_or_taken_back_or_before_the_copy_that_was_asked_for() -> None:
    assert may_erase(make_case_file(Kind.DELETION)) is None
    stopped = make_case_file(Kind.DELETION, messages=(UNREAD,), erasure_blocked=True, links=(make_link(),))
    lines = refusals(may_erase(stopped)).splitlines()
    assert [line.split()[-1] for line in lines] == ["first", "withdrawal", "s.173)"]
    assert "closed" in refusals(may_erase(make_case_file(Kind.DELETION, state=CaseState.CLOSED)))


def test_a_call_is_contact_on_its_day_and_says_what_was_said() -> None:
    change = contacted(make_case_file(), TODAY - timedelta(days=1), "She rang; told her it takes a week.", POLICY, NOW)
    assert isinstance(change, CaseChange)
    assert (change.event, change.contacted_on) == ("contacted", TODAY - timedelta(days=1))
    assert change.note == "She rang; told her it takes a week."


def test_a_call_before_the_request_in_the_future_or_without_a_word_is_refused() -> None:
    case = make_case_file(state=CaseState.CLOSED)
    refused = contacted(case, TODAY + timedelta(days=1), " ", POLICY, NOW)
    assert isinstance(refused, Refused)
    assert len(refused.reasons) == 3
