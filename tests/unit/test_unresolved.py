"""When a complaint is unresolved, and when it is not: no trigger cries wolf."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.complaining import RECEIVED_AT, a_complaint, a_letter, a_link, a_message, at, day
from tests.unit.deciding import POLICY
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.unresolved import TriggerCode, fired, triggers
from triage.domain.vocabulary import CaseEventName, CaseState, Flag, Kind, LetterPurpose


def codes(case: CaseFile, number: int) -> list[TriggerCode]:
    return [one.code for one in triggers(case, POLICY, day(number))]


def an_event(name: CaseEventName, number: int) -> CaseEvent:
    return CaseEvent(name=name, on=day(number), recorded_at=at(number))


def test_a_complaint_acknowledged_and_young_is_not_unresolved() -> None:
    assert codes(a_complaint(), 2) == []


@pytest.mark.parametrize("changes", [{"kind": Kind.ACCESS}, {"state": CaseState.CLOSED}])
def test_what_is_no_open_complaint_has_no_trigger(changes: dict[str, object]) -> None:
    assert codes(a_complaint(**changes, flags=(Flag.ABOUT_THE_DPO,)), 90) == []


# Not acknowledged


def test_without_an_acknowledgement_it_alarms_on_day_20_and_the_law_is_near_on_day_29() -> None:
    case = a_complaint(letters=(), not_acknowledged=True, contacts=(day(19),))
    assert codes(case, 19) == []
    assert codes(case, 20) == [TriggerCode.NOT_ACKNOWLEDGED]
    assert codes(case, 28) == [TriggerCode.NOT_ACKNOWLEDGED]
    assert codes(case, 29) == [TriggerCode.ACKNOWLEDGE_NOW, TriggerCode.NOT_ACKNOWLEDGED]
    last = triggers(case, POLICY, day(29))[0]
    assert last.since_on == date(2026, 12, 24)
    assert "Tuesday 29 December 2026" in last.why


def test_the_eus_law_knows_no_such_day_but_our_alarm_stands() -> None:
    case = a_complaint(letters=(), not_acknowledged=True, contacts=(day(25),))
    case = replace(case, dates=replace(case.dates, acknowledge_by=None))
    assert codes(case, 29) == [TriggerCode.NOT_ACKNOWLEDGED]


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_an_acknowledgement_stuck_in_the_outbox_tells_nobody(state: str) -> None:
    letter = a_letter(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, state=state)
    assert TriggerCode.NOT_ACKNOWLEDGED in codes(a_complaint(letters=(letter,)), 20)


def test_one_that_came_back_is_none() -> None:
    letter = a_letter(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, sent_at=at(1), returned=True)
    assert TriggerCode.NOT_ACKNOWLEDGED in codes(a_complaint(letters=(letter,), not_acknowledged=True), 20)


def test_a_neutral_letter_about_an_earlier_message_is_none() -> None:
    letter = a_letter(LetterPurpose.NEUTRAL, number=None, sent_at=RECEIVED_AT - timedelta(days=9))
    assert TriggerCode.NOT_ACKNOWLEDGED in codes(a_complaint(letters=(letter,), not_acknowledged=True), 20)


def test_an_acknowledgement_by_hand_or_by_the_forms_page_is_one() -> None:
    assert TriggerCode.NOT_ACKNOWLEDGED not in codes(a_complaint(letters=()), 20)


def test_an_outcome_within_the_time_needs_no_acknowledgement_beside_it() -> None:
    letter = a_letter(LetterPurpose.COMPLAINT_OUTCOME, sent_at=at(15))
    assert TriggerCode.NOT_ACKNOWLEDGED not in codes(a_complaint(letters=(letter,), not_acknowledged=True), 20)


# No outcome


def test_without_an_outcome_it_is_unresolved_from_day_30_on() -> None:
    case = a_complaint(contacts=(day(29),))
    assert codes(case, 29) == []
    assert codes(case, 30) == [TriggerCode.NO_OUTCOME]


def test_a_case_opened_again_has_its_days_from_then() -> None:
    letters = (a_letter(LetterPurpose.COMPLAINT_OUTCOME, sent_at=at(20)),)
    link = a_link(about=True, statutory_due=date(2026, 11, 2))
    case = a_complaint(letters=letters, events=(an_event(CaseEventName.REOPENED, 60),), links=(link,))
    assert codes(case, 61) == []
    assert codes(case, 89) == [TriggerCode.NO_OUTCOME, TriggerCode.SILENCE]


# Silence


def test_after_fourteen_days_without_a_word_it_is_silent() -> None:
    assert codes(a_complaint(), 14) == []
    assert codes(a_complaint(), 15) == [TriggerCode.SILENCE]
    assert triggers(a_complaint(), POLICY, day(20))[0].since_on == day(15)


def test_a_letter_about_another_case_and_a_recorded_call_are_contact_too() -> None:
    letter = a_letter(LetterPurpose.PROGRESS, number=1, sent_at=at(10))
    assert codes(a_complaint(letters=(letter,)), 15) == []
    assert codes(a_complaint(contacts=(day(10),)), 23) == []
    assert codes(a_complaint(contacts=(day(10),)), 24) == [TriggerCode.SILENCE]


def test_a_draft_and_a_letter_that_came_back_are_no_contact() -> None:
    draft = a_letter(LetterPurpose.COMPLAINT_PROGRESS)
    back = a_letter(LetterPurpose.COMPLAINT_PROGRESS, sent_at=at(10), returned=True)
    assert codes(a_complaint(letters=(draft, back)), 15) == [TriggerCode.SILENCE]


def test_before_a_day_they_were_told_nobody_is_silent() -> None:
    letter = a_letter(LetterPurpose.COMPLAINT_PROGRESS, sent_at=at(2), promised_on=day(25))
    assert codes(a_complaint(letters=(letter,)), 25) == []
    assert codes(a_complaint(letters=(letter,)), 26) == [TriggerCode.SILENCE]
    assert codes(a_complaint(next_news_on=day(20)), 20) == []
    assert codes(a_complaint(next_news_on=day(20)), 21) == [TriggerCode.SILENCE]


def test_the_day_another_rights_answer_is_promised_for_is_no_news_of_the_complaint() -> None:
    letter = a_letter(LetterPurpose.ACKNOWLEDGEMENT, number=None, sent_at=at(1), promised_on=day(31))
    assert codes(a_complaint(letters=(letter,)), 15) == [TriggerCode.SILENCE]


def test_while_we_wait_for_the_person_nobody_is_silent() -> None:
    ask = a_letter(LetterPurpose.CLARIFICATION_ASK, sent_at=at(3))
    assert codes(a_complaint(letters=(ask,)), 20) == []
    answered = a_complaint(letters=(ask,), messages=(a_message(at(5)),))
    assert codes(answered, 20) == [TriggerCode.SILENCE]


def test_asked_otherwise_than_by_letter_counts_as_waiting_too() -> None:
    asked = an_event(CaseEventName.IDENTITY_ASKED, 3)
    assert codes(a_complaint(events=(asked,)), 20) == []
    told = an_event(CaseEventName.IDENTITY_RECEIVED, 4)
    assert codes(a_complaint(events=(asked, told)), 20) == [TriggerCode.SILENCE]
    assert codes(a_complaint(events=(asked,), messages=(a_message(at(4)),)), 20) == [TriggerCode.SILENCE]


# Still not satisfied


def test_who_does_not_accept_the_outcome_is_heard() -> None:
    outcome = a_letter(LetterPurpose.COMPLAINT_OUTCOME, sent_at=at(10))
    case = a_complaint(letters=(outcome,), messages=(a_message(at(12), still_unhappy=True),))
    assert codes(case, 13) == [TriggerCode.STILL_UNHAPPY]
    assert triggers(case, POLICY, day(13))[0].since_on == day(12)


def test_unhappiness_before_any_outcome_is_the_complaint_itself() -> None:
    assert codes(a_complaint(messages=(a_message(at(2), still_unhappy=True),)), 3) == []


def test_what_a_later_outcome_answered_does_not_fire_again() -> None:
    outcomes = tuple(a_letter(LetterPurpose.COMPLAINT_OUTCOME, sent_at=at(number)) for number in (10, 14))
    case = a_complaint(letters=outcomes, messages=(a_message(at(12), still_unhappy=True),))
    assert codes(case, 15) == []


def test_a_case_closed_without_a_letter_and_opened_by_such_a_reply_fires() -> None:
    reopened = an_event(CaseEventName.REOPENED, 12)
    case = a_complaint(letters=(), events=(reopened,), messages=(a_message(at(12), still_unhappy=True),))
    assert codes(case, 13) == [TriggerCode.STILL_UNHAPPY]


# About our own overdue request


def test_a_complaint_about_a_request_we_are_late_with() -> None:
    late = a_link(about=True, statutory_due=date(2026, 11, 2))
    assert codes(a_complaint(links=(late,)), 2) == [TriggerCode.ABOUT_OVERDUE_REQUEST]
    answered_late = replace(late, state=CaseState.CLOSED, closed_on=date(2026, 11, 9))
    assert codes(a_complaint(links=(answered_late,)), 2) == [TriggerCode.ABOUT_OVERDUE_REQUEST]


@pytest.mark.parametrize(
    "link",
    [
        a_link(about=True),
        a_link(about=False, statutory_due=date(2026, 11, 2)),
        a_link(about=True, statutory_due=None),
        a_link(about=True, statutory_due=date(2026, 11, 2), state=CaseState.CLOSED, closed_on=date(2026, 11, 2)),
    ],
)
def test_a_request_in_time_or_not_complained_about_is_no_trigger(link: object) -> None:
    assert codes(a_complaint(links=(link,)), 2) == []


# A second complaint

ANSWERED = a_link(
    Kind.COMPLAINT,
    reference="DP-2026-00031-B2/1",
    state=CaseState.CLOSED,
    received_on=date(2026, 10, 5),
    closed_on=date(2026, 10, 20),
    statutory_due=None,
)


def test_a_second_complaint_in_the_same_thread() -> None:
    found = triggers(a_complaint(links=(ANSWERED,)), POLICY, day(2))
    assert [one.code for one in found] == [TriggerCode.SECOND_COMPLAINT]
    assert "DP-2026-00031-B2/1" in found[0].why


def test_a_second_complaint_about_the_same_case() -> None:
    about = a_link(about=True)
    elsewhere = replace(ANSWERED, same_thread=False, complains_of=about.reference)
    assert codes(a_complaint(links=(about, elsewhere)), 2) == [TriggerCode.SECOND_COMPLAINT]


@pytest.mark.parametrize(
    "link",
    [
        replace(ANSWERED, same_thread=False),
        replace(ANSWERED, state=CaseState.OPEN, closed_on=None),
        replace(ANSWERED, received_on=day(1), closed_on=day(2)),
        replace(ANSWERED, closed_on=day(3)),
        replace(ANSWERED, kind=Kind.ACCESS),
    ],
)
def test_another_matter_or_one_not_answered_before_is_no_second_complaint(link: object) -> None:
    assert codes(a_complaint(links=(link,)), 4) == []


# About the DPO, and all of them


def test_a_complaint_about_the_dpo_is_one_from_the_start() -> None:
    assert codes(a_complaint(flags=(Flag.ABOUT_THE_DPO,)), 1) == [TriggerCode.ABOUT_THE_DPO]


def test_what_stands_on_the_case_does_not_fire_again() -> None:
    case = a_complaint(unresolved=("silence",))
    assert [one.code for one in fired(case, POLICY, day(30))] == [TriggerCode.NO_OUTCOME]
    assert fired(replace(case, unresolved=("silence", "no_outcome")), POLICY, day(60)) == ()


@given(number=st.integers(min_value=1, max_value=400), told=st.integers(min_value=1, max_value=400))
def test_no_trigger_is_older_than_today_and_none_speaks_of_silence_before_a_day_told(number: int, told: int) -> None:
    case = a_complaint(next_news_on=day(told), flags=(Flag.ABOUT_THE_DPO,))
    found = triggers(case, POLICY, day(number))
    assert all(one.since_on <= day(number) for one in found)
    assert list(TriggerCode) == sorted(TriggerCode, key=list(TriggerCode).index)
    assert [one.code for one in found] == [code for code in TriggerCode if code in {one.code for one in found}]
    if number <= told:
        assert TriggerCode.SILENCE not in {one.code for one in found}
