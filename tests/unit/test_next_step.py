"""The one next step of an open case, and its day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from tests.unit.open_cases import (
    DAYS,
    POLICY,
    RECEIVED,
    at,
    dates_of,
    happened,
    make_case,
    make_letter,
    make_message,
    make_task,
    open_cases,
)
from triage.domain.case_file import CaseFile
from triage.domain.case_steps import TAKEN_BACK
from triage.domain.clock_values import Pause
from triage.domain.next_step import next_step
from triage.domain.vocabulary import CaseEventName, CaseState, Flag, Kind, LetterPurpose, Regime

TODAY = date(2026, 11, 24)
CHRISTMAS = date(2026, 12, 23)


def step(case: CaseFile, today: date = TODAY) -> tuple[str, date]:
    return next_step(case, POLICY, today)


@given(open_cases(), DAYS)
def test_every_open_case_has_a_step_and_a_day_that_is_named_overdue_once_it_is_over(
    case: CaseFile, today: date
) -> None:
    what, by = next_step(case, POLICY, today)
    assert what
    assert (by < today) == what.startswith("overdue: ")


@given(open_cases(), DAYS)
def test_a_step_never_changes_with_the_snooze(case: CaseFile, today: date) -> None:
    assert next_step(case, POLICY, today) == next_step(replace(case, snoozed_until=None), POLICY, today)


@pytest.mark.parametrize("state", [CaseState.CLOSED, CaseState.SET_ASIDE])
def test_a_case_that_owes_nothing_is_refused(state: CaseState) -> None:
    with pytest.raises(ValueError, match="nothing is owed"):
        step(make_case(state=state))


def test_a_new_case_is_looked_at_within_two_working_days() -> None:
    assert step(make_case(looked_at=None)) == ("check kind and identity, then start the search", date(2026, 11, 25))


def test_the_message_that_opened_the_case_is_no_new_message() -> None:
    case = make_case(looked_at=None, messages=(make_message(),))
    assert step(case)[0].startswith("check kind")


def test_a_later_unread_message_comes_before_everything() -> None:
    later = make_message(received_at=RECEIVED + timedelta(days=4))  # a Friday
    case = make_case(messages=(make_message(read_at=RECEIVED), later), letters=(make_letter(state="draft"),))
    assert step(case) == ("read the new message", date(2026, 11, 30))


def test_a_draft_waits_for_approval_a_working_day() -> None:
    draft = make_letter(LetterPurpose.OUTCOME, state="draft", created_at=at(TODAY))
    assert step(make_case(letters=(draft,))) == ("approve or discard the letter (outcome)", date(2026, 11, 25))


def test_of_several_drafts_the_most_urgent_is_named_however_old_the_others_are() -> None:
    old = at(date(2026, 11, 23))
    news = make_letter(LetterPurpose.COMPLAINT_PROGRESS, id=2, state="draft", created_at=old)
    escalation = make_letter(LetterPurpose.ESCALATION, id=3, state="draft", created_at=old)
    answer = make_letter(LetterPurpose.COMPLAINT_OUTCOME, id=4, state="draft", created_at=at(TODAY))
    acknowledgement = make_letter(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, id=5, state="draft", created_at=at(TODAY))
    waiting = [news, escalation, answer, acknowledgement]
    for expected in reversed(waiting):
        case = make_case(Kind.COMPLAINT, letters=tuple(waiting))
        assert f"({expected.purpose.value.replace('_', ' ')})" in step(case)[0]
        waiting.remove(expected)


def test_news_in_draft_wait_for_what_is_owed_more() -> None:
    news = make_letter(LetterPurpose.PROGRESS, id=2, state="draft", created_at=at(TODAY))
    assert step(make_case(letters=(news,))) == ("approve or discard the letter (progress)", date(2026, 11, 25))
    assert step(make_case(letters=(news,), not_acknowledged=True))[0] == "acknowledge by hand"
    assert step(make_case(letters=(news,)), date(2026, 12, 24)) == ("overdue: answer the person", CHRISTMAS)
    blocked = make_case(Kind.DELETION, letters=(news,), erasure_blocked=True)
    assert step(blocked)[0].startswith("the wish to delete was taken back")
    assert step(make_case(Kind.OPT_OUT, letters=(news,)))[0].startswith("stop the marketing")


def test_a_draft_of_the_last_day_is_approved_that_day() -> None:
    draft = make_letter(LetterPurpose.OUTCOME, state="draft", created_at=at(CHRISTMAS))
    assert step(make_case(letters=(draft,)), CHRISTMAS)[1] == CHRISTMAS


def test_a_draft_of_another_case_of_the_thread_is_not_this_ones_step() -> None:
    draft = make_letter(LetterPurpose.OUTCOME, state="draft", number=2)
    assert step(make_case(letters=(draft,)))[0] == "answer the person"


def test_an_acknowledgement_owed_is_given_by_hand_within_a_working_day() -> None:
    case = make_case(letters=(), not_acknowledged=True, looked_at=None)
    assert step(case) == ("acknowledge by hand", date(2026, 11, 24))


def test_an_acknowledgement_that_came_back_needs_another_way() -> None:
    case = make_case(letters=(make_letter(returned=True),), not_acknowledged=True)
    assert "find another way" in step(case)[0]


def test_who_cannot_be_reached_is_looked_for_before_anyone_closes() -> None:
    what, by = step(make_case(state=CaseState.CANNOT_REACH, not_acknowledged=True))
    assert "decide whether to close" in what
    assert by == date(2026, 12, 21)


def test_an_answered_case_is_closed_by_a_person() -> None:
    case = make_case(letters=(make_letter(LetterPurpose.OUTCOME, sent_at=at(date(2026, 12, 4))),))
    assert step(case, date(2026, 12, 5)) == ("answered: close it with its outcome", date(2026, 12, 8))


def test_an_answer_handed_over_outside_the_desk_is_closed_too() -> None:
    assert step(make_case(delivered=True))[0].startswith("answered: close it")


def test_an_answer_before_the_reopening_does_not_count() -> None:
    answer = make_letter(LetterPurpose.OUTCOME, created_at=at(date(2026, 11, 25)), sent_at=at(date(2026, 11, 25)))
    case = make_case(letters=(answer,), events=(happened(CaseEventName.REOPENED, date(2026, 12, 1)),), delivered=True)
    assert step(case, date(2026, 12, 2))[0] == "answer the person"


def test_a_withdrawn_case_is_closed_by_a_person() -> None:
    case = make_case(events=(happened(CaseEventName.WITHDRAWN, TODAY),))
    assert step(case) == (TAKEN_BACK, date(2026, 11, 26))


def test_a_case_reopened_after_a_withdrawal_goes_on() -> None:
    events = (happened(CaseEventName.WITHDRAWN, TODAY), happened(CaseEventName.REOPENED, TODAY + timedelta(days=1)))
    assert step(make_case(events=events))[0] == "answer the person"


def test_an_opt_out_names_the_systems_that_still_send() -> None:
    tasks = (make_task("Mailer", done_on=TODAY), make_task("CRM"))
    assert step(make_case(Kind.OPT_OUT, tasks=tasks)) == ("stop the marketing: CRM", date(2026, 11, 24))


def test_a_line_left_open_for_a_reason_is_no_step() -> None:
    left = make_task("CRM", note="Nothing of hers is there.")
    assert step(make_case(Kind.OPT_OUT, tasks=(make_task("Mailer", done_on=TODAY), left)))[0].startswith(
        "marketing has"
    )
    assert step(make_case(Kind.DELETION, tasks=(left, make_task("Billing"))))[0] == "checklist: Billing"


def test_an_opt_out_nobody_acknowledged_is_stopped_first() -> None:
    case = make_case(Kind.OPT_OUT, letters=(), not_acknowledged=True, tasks=(make_task("Mailer"),))
    assert step(case) == ("stop the marketing: Mailer; then acknowledge by hand", date(2026, 11, 24))
    assert step(replace(case, tasks=(make_task("Mailer", done_on=TODAY),)))[0] == "acknowledge by hand"


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.ACCESS])
def test_a_possible_breach_is_looked_at_before_all_else_until_somebody_has_read_of_it(kind: Kind) -> None:
    message = make_message(flags=(Flag.BREACH_REPORT,))
    case = make_case(kind, messages=(message,), letters=(make_letter(LetterPurpose.PROGRESS, state="draft"),))
    what = "look at the possible breach now: the regulator hears of it within 72 hours"
    assert step(case) == (what, date(2026, 11, 26))
    assert step(case, date(2026, 11, 27)) == (f"overdue: {what}", date(2026, 11, 26))
    assert "breach" not in step(replace(case, messages=(replace(message, read_at=RECEIVED),)))[0]


def test_an_opt_out_without_a_checklist_is_about_every_system() -> None:
    case = make_case(Kind.OPT_OUT)
    case = replace(case, dates=replace(case.dates, internal_target=None))
    assert step(case) == ("stop the marketing: every system", date(2026, 11, 24))


def test_an_opt_out_that_is_done_is_told() -> None:
    case = make_case(Kind.OPT_OUT, tasks=(make_task(done_on=TODAY),))
    assert step(case) == ("marketing has stopped: tell the person, and close it", date(2026, 11, 26))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (CaseEventName.IDENTITY_ASKED, "proof of identity"),
        (CaseEventName.AUTHORITY_ASKED, "proof of authority"),
        (CaseEventName.FEE_ASKED, "the fee"),
        (CaseEventName.CLARIFICATION_ASKED, "the clarification"),
    ],
)
def test_what_was_asked_for_is_chased_after_the_policys_days(asked: CaseEventName, words: str) -> None:
    case = make_case(dates=dates_of(Kind.ACCESS, pauses=(Pause(asked_on=TODAY, answered_on=None),)))
    what, by = step(replace(case, events=(happened(asked, TODAY),)))
    assert what == f"wait for {words}: if it does not come, ask again"
    assert by == date(2026, 12, 24)


def test_what_was_asked_for_twice_in_vain_is_for_a_person_to_decide() -> None:
    asked = happened(CaseEventName.IDENTITY_ASKED, TODAY)
    again = make_letter(LetterPurpose.IDENTITY_ASK, sent_at=at(date(2026, 12, 28)))
    waiting = dates_of(Kind.ACCESS, identity_asked_on=TODAY)
    what, by = step(make_case(events=(asked,), letters=(again,), dates=waiting), date(2026, 12, 29))
    assert "decide how the case goes on" in what
    assert by == date(2027, 1, 27)


def test_what_is_asked_once_more_on_the_day_an_answer_came_is_still_waited_for() -> None:
    names = (CaseEventName.IDENTITY_ASKED, CaseEventName.IDENTITY_RECEIVED, CaseEventName.IDENTITY_ASKED)
    asked_again = tuple(happened(name, TODAY) for name in names)
    waiting = make_case(events=asked_again, dates=dates_of(Kind.ACCESS, identity_asked_on=TODAY))
    assert "proof of identity" in step(waiting)[0]
    answered = make_case(events=asked_again[:2], dates=dates_of(Kind.ACCESS))
    assert "proof of identity" not in step(answered)[0]


def test_under_eu_rules_the_answers_day_stands_while_we_wait() -> None:
    asked = happened(CaseEventName.IDENTITY_ASKED, date(2026, 12, 1))
    dates = dates_of(Kind.ACCESS, regime=Regime.EU, identity_asked_on=date(2026, 12, 1))
    assert step(make_case(events=(asked,), dates=dates), date(2026, 12, 2))[1] == CHRISTMAS


def test_what_came_is_waited_for_no_longer() -> None:
    events = (
        happened(CaseEventName.IDENTITY_ASKED, TODAY),
        happened(CaseEventName.IDENTITY_RECEIVED, TODAY + timedelta(days=2)),
    )
    assert step(make_case(events=events))[0] == "answer the person"


def test_what_was_asked_for_again_after_it_came_is_waited_for() -> None:
    clarified = [
        happened(name, TODAY + timedelta(days=number))
        for number, name in enumerate((CaseEventName.CLARIFICATION_ASKED, CaseEventName.CLARIFICATION_RECEIVED))
    ]
    again = happened(CaseEventName.CLARIFICATION_ASKED, date(2026, 12, 3))
    paused = replace(dates_of(Kind.ACCESS), statutory_due=None, safe_due=None)
    case = make_case(events=(*clarified, again), dates=paused)
    assert step(case, date(2026, 12, 3))[1] == date(2027, 1, 4)  # 30 days on is a Saturday


def test_a_complaint_hears_from_us_every_fortnight() -> None:
    assert step(make_case(Kind.COMPLAINT))[1] == date(2026, 12, 7)


def test_a_complaints_news_count_from_the_last_letter() -> None:
    told = make_letter(LetterPurpose.COMPLAINT_PROGRESS, sent_at=at(date(2026, 12, 7)))
    case = make_case(Kind.COMPLAINT, letters=(told,))
    assert step(case, date(2026, 12, 8)) == ("tell the outcome", date(2026, 12, 21))
    late = replace(case, dates=replace(case.dates, internal_target=date(2026, 12, 18)))
    assert step(late, date(2026, 12, 8))[1] == date(2026, 12, 18)


def test_a_promised_day_for_news_stands() -> None:
    case = make_case(Kind.COMPLAINT, next_news_on=date(2026, 12, 2))
    assert step(case) == ("tell the outcome, or how far we have got", date(2026, 12, 2))


def test_an_unresolved_complaint_says_why() -> None:
    what, _ = step(make_case(Kind.COMPLAINT, unresolved=("no_outcome", "silence")))
    assert what.startswith("unresolved (no outcome, silence): ")


def test_a_wish_to_delete_taken_back_stops_the_checklist() -> None:
    case = make_case(Kind.DELETION, erasure_blocked=True, tasks=(make_task(),))
    what, by = step(case)
    assert what.startswith("the wish to delete was taken back")
    assert by == date(2026, 11, 25)


def test_the_checklist_goes_on_with_what_is_due_first() -> None:
    tasks = (make_task("Backups", id=2), make_task("Billing", due_on=date(2026, 12, 1)))
    assert step(make_case(Kind.DELETION, tasks=tasks)) == ("checklist: Billing", date(2026, 12, 1))


def test_after_day_twenty_an_extension_is_an_idea() -> None:
    what, by = step(make_case(), date(2026, 12, 14))
    assert what == "answer, or decide on an extension and tell the person"
    assert by == date(2026, 12, 21)


def test_after_our_own_target_the_safe_day_counts_and_at_last_the_law() -> None:
    assert step(make_case(), date(2026, 12, 22))[1] == CHRISTMAS
    assert step(make_case(), date(2026, 12, 24)) == ("overdue: answer the person", CHRISTMAS)


def test_an_extended_case_has_no_further_extension() -> None:
    extended = make_case(
        events=(happened(CaseEventName.EXTENDED, date(2026, 12, 10)),), dates=dates_of(Kind.ACCESS, extended=True)
    )
    assert step(extended, date(2026, 12, 15))[0] == "answer the person"
