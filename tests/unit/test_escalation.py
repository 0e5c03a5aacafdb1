"""What follows from a trigger: on top of the queue, a letter for a person's word, a notice to the staff."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.complaining import a_complaint, a_letter, a_message, at, day, with_targets
from tests.unit.deciding import POLICY
from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.escalation import escalate, nudge, status_letter
from triage.domain.policy import Absence, Link, Policy, Staff, StaffMember
from triage.domain.staff_notice import staff_escalation
from triage.domain.unresolved import TriggerCode, fired, triggers
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Flag, Kind, Lane, LetterPurpose, Outcome, Regime


def escalated(case: CaseFile, number: int, policy: Policy = POLICY) -> CaseChange:
    return escalate(case, fired(case, policy, day(number)), policy, at(number))


def test_a_trigger_puts_the_case_on_top_with_a_next_step_and_the_letter_for_approval() -> None:
    change = escalated(a_complaint(), 30)
    assert change.lane is Lane.URGENT
    assert change.unresolved == ("no_outcome", "silence")
    assert change.facts == {"triggers": ["no_outcome", "silence"]}
    assert change.next_step is not None
    assert change.next_step[1] == date(2026, 12, 29)  # day 30 is Christmas Day
    (letter,) = change.letters
    assert letter.facts.purpose is LetterPurpose.ESCALATION
    assert not letter.sends_itself
    assert letter.facts.by_person
    assert letter.facts.links == POLICY.links
    assert letter.promised_on == letter.facts.news_by == date(2027, 1, 8)
    assert "no outcome by day 30" in letter.why


def test_what_stood_before_stays_and_a_letter_that_waits_is_not_laid_twice() -> None:
    case = a_complaint(unresolved=("silence",), letters=(a_letter(LetterPurpose.ESCALATION),))
    change = escalated(case, 30)
    assert change.unresolved == ("no_outcome", "silence")
    assert change.letters == ()


@pytest.mark.parametrize(
    ("case", "number", "step"),
    [
        (a_complaint(letters=(), not_acknowledged=True), 20, "acknowledge the complaint today"),
        (a_complaint(flags=(Flag.ABOUT_THE_DPO,)), 1, "hand it to somebody other than the DPO, who answers it"),
        (a_complaint(recipient=""), 30, "answer the complaint, or tell by hand where it stands: no address is known"),
    ],
)
def test_the_next_step_is_that_of_the_most_pressing_trigger(case: CaseFile, number: int, step: str) -> None:
    change = escalated(case, number)
    assert change.next_step is not None
    assert change.next_step[0] == step


def test_without_an_address_no_letter_is_laid_ready_but_a_chat_has_its_thread() -> None:
    assert escalated(a_complaint(recipient=""), 30).letters == ()
    assert escalated(a_complaint(recipient="", channel=Channel.CHAT), 30).letters


# The status letter

ON_35 = with_targets(status_letter_on_day=35)


def test_by_default_nothing_ever_goes_by_itself() -> None:
    assert status_letter(a_complaint(), POLICY, at(300)) is None


def test_where_the_policy_names_a_day_the_status_letter_goes_by_itself_from_then_on() -> None:
    case = a_complaint(letters=(a_letter(LetterPurpose.ESCALATION, id=12),))
    assert status_letter(case, ON_35, at(34)) is None
    change = status_letter(case, ON_35, at(35))
    assert change is not None
    assert [(one.sends_itself, one.facts.by_person) for one in change.letters] == [(True, False)]
    assert change.discards == (12,)


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "unclear", "refused"])
def test_it_goes_once(state: str) -> None:
    assert status_letter(a_complaint(letters=(a_letter(LetterPurpose.ESCALATION, state=state),)), ON_35, at(35)) is None


@pytest.mark.parametrize(
    "case",
    [
        a_complaint(messages=(a_message(at(34), read=False),)),
        a_complaint(flags=(Flag.REGULATOR_OR_COURT,)),
        a_complaint(recipient=""),
        a_complaint(state=CaseState.CLOSED),
    ],
)
def test_it_does_not_go_where_a_person_has_to_look_first_or_nothing_is_unresolved(case: CaseFile) -> None:
    assert status_letter(case, ON_35, at(35)) is None


@pytest.mark.parametrize("state", ["queued", "sending", "sent"])
def test_once_it_has_gone_a_later_trigger_lays_no_second_one(state: str) -> None:
    gone = a_letter(LetterPurpose.ESCALATION, state=state, created_at=at(15))
    change = escalated(a_complaint(letters=(gone,)), 40, with_targets(status_letter_on_day=15))
    assert change.letters == ()
    elsewhere = a_complaint(letters=(replace(gone, number=3),))
    assert escalated(elsewhere, 40, with_targets(status_letter_on_day=15)).letters


def test_the_next_step_then_says_that_it_has_gone() -> None:
    gone = a_letter(LetterPurpose.ESCALATION, id=8, sent_at=at(15))
    case = a_complaint(letters=(*a_complaint().letters, gone))
    change = escalated(case, 40, with_targets(status_letter_on_day=15))
    assert change.next_step is not None
    assert change.next_step[0] == "answer the complaint: the letter that names the regulator has gone"


def test_where_a_person_sends_it_or_the_case_was_reopened_or_it_came_back_a_later_trigger_lays_another() -> None:
    policy, gone = with_targets(status_letter_on_day=15), a_letter(LetterPurpose.ESCALATION, sent_at=at(15))
    again = CaseEvent(name=CaseEventName.REOPENED, on=day(20), recorded_at=at(20))
    assert escalated(a_complaint(letters=(gone,)), 40).letters
    assert escalated(a_complaint(letters=(gone,), events=(again,)), 60, policy).letters
    assert escalated(a_complaint(letters=(replace(gone, returned=True),)), 40, policy).letters


# News every fortnight


def test_a_progress_letter_is_laid_ready_before_news_is_due_and_promises_the_next() -> None:
    case = a_complaint(next_news_on=date(2026, 12, 10))
    assert nudge(case, POLICY, date(2026, 12, 7)) is None
    change = nudge(case, POLICY, date(2026, 12, 8))
    assert change is not None
    (letter,) = change.letters
    assert letter.facts.purpose is LetterPurpose.COMPLAINT_PROGRESS
    assert not letter.sends_itself
    assert letter.promised_on == letter.facts.news_by == date(2026, 12, 24)
    assert change.next_step == ("answer the complaint, or approve the progress letter", date(2026, 12, 10))
    assert change.next_news_on is None


def test_news_a_person_threw_away_is_not_laid_ready_again_for_a_week() -> None:
    draft = a_letter(LetterPurpose.COMPLAINT_PROGRESS, created_at=at(13), state="discarded")
    case = a_complaint(letters=(*a_complaint().letters, draft))
    assert nudge(case, POLICY, day(19)) is None
    assert nudge(case, POLICY, day(20)) is not None
    assert nudge(replace(case, number=3, contacts=(day(1),)), POLICY, day(19)) is not None


def test_where_an_answer_was_told_the_letter_says_so() -> None:
    told = a_letter(LetterPurpose.COMPLAINT_OUTCOME, sent_at=at(10), outcome=Outcome.NOT_UPHELD)
    (letter,) = escalated(a_complaint(letters=(told,)), 30).letters
    assert letter.facts.outcome is Outcome.NOT_UPHELD
    assert escalated(a_complaint(), 30).letters[0].facts.outcome is None
    draft = replace(told, state="draft", sent_at=None)
    assert escalated(a_complaint(letters=(draft,)), 30).letters[0].facts.outcome is None


def test_without_a_promise_news_is_due_a_fortnight_after_our_last_contact() -> None:
    case = a_complaint(next_news_on=day(3), contacts=(day(8),))
    assert nudge(case, POLICY, day(15)) is None
    assert nudge(case, POLICY, day(20)) is not None


@pytest.mark.parametrize(
    "case",
    [
        a_complaint(kind=Kind.ACCESS),
        a_complaint(state=CaseState.CLOSED),
        a_complaint(recipient=""),
        a_complaint(letters=(a_letter(LetterPurpose.COMPLAINT_PROGRESS),)),
        a_complaint(letters=(a_letter(LetterPurpose.COMPLAINT_OUTCOME, state="queued"),)),
        a_complaint(letters=(a_letter(LetterPurpose.IDENTITY_ASK, sent_at=at(2)),)),
    ],
)
def test_no_progress_letter_where_one_waits_or_we_wait_or_nobody_can_be_told(case: CaseFile) -> None:
    assert nudge(case, POLICY, day(40)) is None


def test_an_answer_too_old_to_be_approved_keeps_no_news_back() -> None:
    answer = a_letter(LetterPurpose.COMPLAINT_OUTCOME, created_at=at(10))
    assert nudge(a_complaint(letters=(answer,)), POLICY, day(17)) is None
    assert nudge(a_complaint(letters=(answer,)), POLICY, day(18)) is not None


def test_a_progress_letter_about_another_case_does_not_count() -> None:
    case = a_complaint(letters=(a_letter(LetterPurpose.COMPLAINT_PROGRESS, number=3),))
    assert nudge(case, POLICY, day(40)) is not None


# The notice to staff


def told(case: CaseFile, number: int = 30, policy: Policy = POLICY) -> dict[str, str]:
    notices = staff_escalation(case, triggers(case, policy, day(number)), policy, day(number))
    assert all(notice.subject == "Unresolved complaint DP-2026-00042-K7/2" for notice in notices)
    return {notice.recipient.name: notice.body for notice in notices}


def test_dpo_and_deputy_are_told_why_since_when_and_where_people_are_pointed_to() -> None:
    bodies = told(a_complaint())
    assert list(bodies) == ["Data Protection Officer", "Deputy"]
    body = bodies["Deputy"]
    for said in (
        "DP-2026-00042-K7/2",
        "no outcome by day 30",
        "has not heard from us since Thursday 26 November 2026",
        "Received: Thursday 26 November 2026",
        "Acknowledge by: Tuesday 29 December 2026",
        "https://ico.org.uk/make-a-complaint/",
        "0303 123 1113",
        "waits for approval",
    ):
        assert said in body
    assert "ana@customer.example" not in body


def test_the_guidance_for_staff_and_the_day_of_the_status_letter_are_named_where_the_policy_has_them() -> None:
    guidance = Link(url="https://ico.org.uk/for-organisations/how-to", checked_on=date(2026, 11, 22))
    policy = replace(ON_35, links={**POLICY.links, "staff_complaints": guidance})
    body = told(a_complaint(), policy=policy)["Deputy"]
    assert guidance.url in body
    assert "goes by itself on day 35" in body


def test_a_case_without_an_address_is_told_by_hand() -> None:
    assert "No address is known" in told(a_complaint(recipient=""))["Deputy"]


def test_a_complaint_about_the_dpo_goes_past_the_dpo() -> None:
    bodies = told(a_complaint(flags=(Flag.ABOUT_THE_DPO,)), 1)
    assert list(bodies) == ["Director"]
    assert "It is about the DPO" in bodies["Director"]


def staffed(**changes: object) -> Policy:
    assert POLICY.staff is not None
    return replace(POLICY, staff=replace(POLICY.staff, **changes))


def test_for_a_director_who_is_away_or_not_named_the_deputy_stands_in() -> None:
    about = a_complaint(flags=(Flag.ABOUT_THE_DPO,))
    away = tuple(Absence(who=who, first_on=day(1), last_on=day(9)) for who in ("director", "deputy"))
    assert list(told(about, 1, staffed(director=None))) == ["Deputy"]
    assert list(told(about, 1, staffed(absences=away[:1]))) == ["Deputy"]
    assert list(told(about, 1, staffed(absences=away))) == ["Director"]
    assert list(told(about, 10, staffed(absences=away))) == ["Director"]


def test_the_dpo_under_another_title_is_not_told_either() -> None:
    dpo = StaffMember(name="Data Protection Officer", address="dpo@larkfield.example")
    alone = Staff(dpo=dpo, deputy=replace(dpo, name="Deputy"))
    assert told(a_complaint(flags=(Flag.ABOUT_THE_DPO,)), 1, replace(POLICY, staff=alone)) == {}


def test_who_is_dpo_and_deputy_is_told_once_and_without_staff_nobody() -> None:
    assert POLICY.staff is not None
    assert len(told(a_complaint(), policy=staffed(deputy=POLICY.staff.dpo))) == 1
    assert told(a_complaint(), policy=replace(POLICY, staff=None)) == {}
    assert staff_escalation(a_complaint(), (), POLICY, day(2)) == ()


def test_for_a_company_in_the_eu_the_links_are_the_bulgarian_commissions() -> None:
    european = replace(POLICY.main_controller, regime=Regime.EU)
    cpdp = Link(url="https://cpdp.bg/en/", checked_on=date(2026, 11, 22))
    policy = replace(POLICY, controllers=(european,), links={**POLICY.links, "cpdp": cpdp})
    case = a_complaint()
    case = replace(case, dates=replace(case.dates, acknowledge_by=None))
    body = told(case, policy=policy)["Deputy"]
    assert cpdp.url in body
    assert "Acknowledge by" not in body
    assert "ICO" not in body


# Day by day


@given(
    approved_after=st.integers(min_value=0, max_value=2),
    received_on=st.dates(min_value=date(2026, 9, 1), max_value=date(2027, 12, 31)),
)
def test_who_approves_the_progress_letters_within_two_days_never_falls_silent(
    approved_after: int, received_on: date
) -> None:
    """A hundred days of a complaint that is not answered: each letter is laid ready once, and sent after a while."""
    first = a_letter(
        LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, sent_at=noon(received_on), promised_on=received_on + timedelta(days=14)
    )
    case = a_complaint(received_on=received_on, received_at=noon(received_on), letters=(first,))
    laid_on = None
    for number in range(100):
        today = received_on + timedelta(days=number)
        if laid_on is not None and today >= laid_on + timedelta(days=approved_after):
            *before, draft = case.letters
            case = replace(case, letters=(*before, replace(draft, state="sent", sent_at=noon(today))))
            laid_on = None
        assert TriggerCode.SILENCE not in {one.code for one in triggers(case, POLICY, today)}
        change = nudge(case, POLICY, today)
        if change is not None:
            assert laid_on is None
            laid_on, (letter,) = today, change.letters
            draft = a_letter(LetterPurpose.COMPLAINT_PROGRESS, promised_on=letter.promised_on)
            case = replace(case, letters=(*case.letters, draft))
    progress = [one for one in case.letters if one.purpose is LetterPurpose.COMPLAINT_PROGRESS]
    assert 6 <= len(progress) <= 9


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def test_nobody_at_work_a_complaint_fires_each_trigger_once_and_lays_one_letter_ready() -> None:
    case, told = a_complaint(letters=(), not_acknowledged=True), []
    for number in range(1, 120):
        new = fired(case, POLICY, day(number))
        if not new:
            continue
        change = escalate(case, new, POLICY, at(number))
        told += [(number, one.code.value) for one in new]
        laid = tuple(a_letter(one.facts.purpose) for one in change.letters)
        assert change.unresolved is not None
        case = replace(case, unresolved=change.unresolved, letters=(*case.letters, *laid))
    assert told == [(15, "silence"), (20, "not_acknowledged"), (29, "acknowledge_now"), (30, "no_outcome")]
    assert [one.purpose for one in case.letters] == [LetterPurpose.ESCALATION]
