"""What a reply says to a thread that has cases: a chaser, a hidden complaint, no answer accepted, a case reopened."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.factories import make_classification, make_enquiry
from tests.unit.deciding import POLICY, THREAD, decided, letter_of, person_writes
from tests.unit.deciding import reply as a_reply
from triage.domain.classification import Reason
from triage.domain.enquiry import Passage
from triage.domain.hidden_complaint import with_complaint
from triage.domain.plan import History, Plan, Thread, ThreadCase
from triage.domain.reply import read_reply
from triage.domain.vocabulary import CaseState, Kind, Lane, LetterPurpose, Nation, Regime, Role

# Today is Monday 23 November 2026.
OPEN_ACCESS = ThreadCase(
    number=1,
    kind=Kind.ACCESS,
    state=CaseState.OPEN,
    received_on=date(2026, 11, 2),
    statutory_due=date(2026, 12, 2),
)
OVERDUE_ACCESS = replace(OPEN_ACCESS, received_on=date(2026, 10, 1), statutory_due=date(2026, 11, 2))
CLOSED_ACCESS = replace(OPEN_ACCESS, state=CaseState.CLOSED, closed_on=date(2026, 11, 16))
CLOSED_COMPLAINT = replace(
    CLOSED_ACCESS, number=2, kind=Kind.COMPLAINT, statutory_due=None, closed_on=date(2026, 11, 18)
)


def thread_of(*cases: ThreadCase) -> Thread:
    open_kinds = tuple(dict.fromkeys(case.kind for case in cases if case.state is not CaseState.CLOSED))
    return replace(THREAD, open_kinds=open_kinds, case_count=len(cases), cases=cases)


def replied(text: str, *cases: ThreadCase, kinds: tuple[Kind, ...] = (), **reading: object) -> Plan:
    analysis = a_reply(*kinds, **reading)
    analysis = replace(analysis, enquiry=make_enquiry(full_text=text))
    return decided(analysis, History(thread=thread_of(*cases)))


def opened(plan: Plan) -> list[tuple[Kind, int | None]]:
    return [(case.kind, case.about) for case in plan.cases]


# Chasers


def test_a_chaser_that_only_asks_belongs_to_its_case_and_the_next_step_is_to_tell() -> None:
    plan = replied("It has been two weeks. Any news?", OPEN_ACCESS)
    assert (plan.cases, plan.letter, plan.lane) == ((), None, Lane.NEW_MESSAGE)
    assert plan.next_step == ("tell where it stands", date(2026, 11, 24))
    assert any("only asks where things stand" in line and "2 weeks" in line for line in plan.trace)


def test_a_chaser_on_an_overdue_case_says_so_to_the_person_who_reads_it() -> None:
    plan = replied("Any news?", OVERDUE_ACCESS)
    assert plan.next_step == ("tell where it stands: it is overdue", date(2026, 11, 24))


def test_a_complaint_that_rests_on_a_mere_question_alone_is_none() -> None:
    text = "Any news on my request?"
    reason = Reason(kind=Kind.COMPLAINT, witness="model", source="encoder", why="", start=4, end=8, text="news")
    reading = {"sure_kinds": (), "reasons": (reason,), "needs_person": True}
    assert replied(text, OPEN_ACCESS, kinds=(Kind.COMPLAINT,), **reading).cases == ()
    elsewhere = replace(reason, start=25, end=30)
    longer = text + " Also my neighbour has my data."
    plan = replied(longer, OPEN_ACCESS, kinds=(Kind.COMPLAINT,), **(reading | {"reasons": (elsewhere,)}))
    assert opened(plan) == [(Kind.COMPLAINT, 1)]
    unexplained = replied(text, OPEN_ACCESS, kinds=(Kind.COMPLAINT,), **(reading | {"reasons": ()}))
    assert opened(unexplained) == [(Kind.COMPLAINT, 1)]


def test_a_complaint_the_reader_is_sure_of_stays_one() -> None:
    assert opened(replied("Any news?", OPEN_ACCESS, kinds=(Kind.COMPLAINT,))) == [(Kind.COMPLAINT, 1)]


def test_asking_after_an_answered_request_opens_it_again_and_no_second_one() -> None:
    plan = replied("Any news on my request?", CLOSED_ACCESS, kinds=(Kind.ACCESS,))
    assert (plan.cases, plan.reopens_closed) == ((), ((1, date(2026, 11, 23)),))


def test_a_further_right_beside_a_chaser_opens_its_case() -> None:
    plan = replied("Any news? And please delete my account.", OPEN_ACCESS, kinds=(Kind.ACCESS, Kind.DELETION))
    assert opened(plan) == [(Kind.DELETION, None)]


# Hidden complaints


def test_a_reproach_is_a_complaint_of_its_own_about_the_overdue_case_for_a_person_to_confirm() -> None:
    correction = replace(OPEN_ACCESS, number=2, kind=Kind.CORRECTION, received_on=date(2026, 9, 1))
    plan = replied("I have heard nothing from you.", correction, replace(OVERDUE_ACCESS, number=3))
    assert opened(plan) == [(Kind.COMPLAINT, 3)]
    assert plan.lane is Lane.COMPLAINTS
    assert plan.cases[0].dates.received_on == date(2026, 11, 23)
    assert plan.cases[0].dates.acknowledge_by == date(2026, 12, 23)
    reading = plan.classification
    assert reading is not None
    assert Kind.COMPLAINT not in reading.sure_kinds
    assert reading.needs_person
    (reason,) = [one for one in reading.reasons if one.kind is Kind.COMPLAINT]
    assert (reason.source, reason.text) == ("reply.reproach", "I have heard nothing from you")
    assert any("about case 3 (access), which is overdue" in line for line in plan.trace)


def test_its_statutory_acknowledgement_is_drafted_for_approval() -> None:
    plan = replied("I have heard nothing from you.", OPEN_ACCESS)
    assert letter_of(plan) is LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT
    assert plan.letter is not None
    assert plan.letter.needs_approval
    assert plan.letter.facts.reference == THREAD.reference
    assert plan.next_step is None


def test_of_open_cases_none_of_them_overdue_the_oldest_is_what_a_complaint_is_about() -> None:
    younger = replace(OPEN_ACCESS, number=2, kind=Kind.DELETION, received_on=date(2026, 11, 9))
    assert opened(replied("You are ignoring me.", younger, OPEN_ACCESS)) == [(Kind.COMPLAINT, 1)]


def test_in_a_thread_of_complaints_alone_it_is_about_none_of_them() -> None:
    plan = replied("Shame on you.", CLOSED_COMPLAINT, kinds=(Kind.COMPLAINT,))
    assert opened(plan) == [(Kind.COMPLAINT, None)]


def test_a_reproach_about_an_open_complaint_joins_it() -> None:
    complaint = replace(CLOSED_COMPLAINT, state=CaseState.OPEN, closed_on=None)
    plan = replied("I have heard nothing from you.", OPEN_ACCESS, complaint)
    assert (plan.cases, plan.letter, plan.lane) == ((), None, Lane.COMPLAINTS)


def test_quoted_words_reproach_nobody() -> None:
    text = "Thank you.\n> I have heard nothing from you."
    analysis = a_reply()
    passages = (Passage(role=Role.OWN, start=0, end=11), Passage(role=Role.QUOTED, start=11, end=len(text)))
    analysis = replace(analysis, enquiry=make_enquiry(full_text=text, passages=passages))
    assert decided(analysis, History(thread=thread_of(OPEN_ACCESS))).cases == ()


def test_these_words_mean_nothing_outside_a_thread_that_has_a_case() -> None:
    analysis = replace(person_writes(), enquiry=make_enquiry(full_text="I have heard nothing from you. Any news?"))
    assert decided(analysis).cases == ()
    plan = decided(
        replace(a_reply(), enquiry=make_enquiry(full_text="I have heard nothing.")),
        History(thread=replace(THREAD, open_kinds=(), case_count=0)),
    )
    assert (plan.cases, plan.next_step) == ((), None)


# Answers not accepted


def test_who_does_not_accept_a_requests_answer_complains_about_it() -> None:
    other = replace(OVERDUE_ACCESS, number=3, kind=Kind.DELETION)
    plan = replied("This does not answer my request.", CLOSED_ACCESS, other)
    assert opened(plan) == [(Kind.COMPLAINT, 1)]
    assert plan.still_unhappy
    assert plan.reopens_closed == ()


def test_who_does_not_accept_a_complaints_outcome_has_that_complaint_opened_again() -> None:
    plan = replied("I am still not satisfied.", OPEN_ACCESS, CLOSED_COMPLAINT, kinds=(Kind.COMPLAINT,))
    assert (plan.cases, plan.reopens_closed, plan.still_unhappy) == ((), ((2, date(2026, 11, 23)),), True)
    assert plan.lane is Lane.COMPLAINTS
    assert plan.next_step == ("read why the outcome is not accepted, and answer", date(2026, 11, 24))


def test_with_a_complaint_open_it_is_that_ones_to_take_up() -> None:
    complaint = replace(CLOSED_COMPLAINT, number=3, state=CaseState.OPEN, closed_on=None)
    plan = replied("I am still not satisfied.", CLOSED_ACCESS, CLOSED_COMPLAINT, complaint)
    assert (plan.cases, plan.reopens_closed, plan.still_unhappy) == ((), (), True)


# Closed cases


def test_a_reply_to_a_closed_case_opens_the_one_closed_last_for_a_person() -> None:
    older = replace(CLOSED_ACCESS, number=4, kind=Kind.DELETION, closed_on=date(2026, 11, 3))
    plan = replied("One more thing about that.", CLOSED_ACCESS, older)
    assert plan.reopens_closed == ((1, date(2026, 11, 23)),)
    assert plan.next_step is not None
    assert plan.next_step[0].startswith("read the reply to a closed case")
    assert any("case 1 (access) was closed and is open again" in line for line in plan.trace)


def test_an_unread_reply_to_a_closed_case_does_so_too() -> None:
    analysis = replace(a_reply(), classification=None)
    assert decided(analysis, History(thread=thread_of(CLOSED_ACCESS))).reopens_closed == ((1, date(2026, 11, 23)),)


@pytest.mark.parametrize(
    ("cases", "kinds"), [((OPEN_ACCESS, CLOSED_COMPLAINT), ()), ((CLOSED_ACCESS,), (Kind.DELETION,))]
)
def test_what_is_in_the_queue_by_another_case_opens_no_closed_one(
    cases: tuple[ThreadCase, ...], kinds: tuple[Kind, ...]
) -> None:
    assert replied("One more thing.", *cases, kinds=kinds).reopens_closed == ()


# Repeated opt-outs


def test_marketing_refused_again_is_a_complaint_for_a_person_to_confirm() -> None:
    plan = decided(person_writes(Kind.OPT_OUT), History(opted_out_before=True))
    assert [case.kind for case in plan.cases] == [Kind.OPT_OUT, Kind.COMPLAINT]
    assert (letter_of(plan), plan.lane) == (LetterPurpose.NEUTRAL, Lane.NEEDS_PERSON)
    reading = plan.classification
    assert reading is not None
    assert reading.sure_kinds == (Kind.OPT_OUT,)
    assert any("repeated opt-out" in one.why for one in reading.reasons)


def test_a_first_opt_out_and_another_request_of_who_once_opted_out_are_none() -> None:
    assert [case.kind for case in decided(person_writes(Kind.OPT_OUT)).cases] == [Kind.OPT_OUT]
    plan = decided(person_writes(Kind.ACCESS), History(opted_out_before=True))
    assert [case.kind for case in plan.cases] == [Kind.ACCESS]
    unread = replace(person_writes(), classification=None)
    assert decided(unread, History(opted_out_before=True)).cases == ()


def test_a_complaint_read_already_is_left_as_it_is() -> None:
    reading = make_classification(kinds=(Kind.COMPLAINT,))
    assert with_complaint(reading, POLICY, source="reply.reproach", why="") is reading


def test_a_wish_taken_back_in_a_reply_is_laid_before_a_person_case_by_case() -> None:
    plan = replied("Actually please don't delete my account after all.", OPEN_DELETION)
    assert [number for number, _ in plan.takes_back] == [OPEN_DELETION.number]
    assert any("take back" in line for line in plan.trace)


def test_a_condition_in_a_reply_is_told_as_one() -> None:
    plan = replied("Please do not delete anything until I have my copy.", OPEN_DELETION)
    assert [taken.only_until for _, taken in plan.takes_back] == [True]
    assert any("sets a condition" in line for line in plan.trace)


def test_a_closed_case_is_taken_back_no_more() -> None:
    plan = replied("Actually please don't delete my account after all.", replace(OPEN_DELETION, state=CaseState.CLOSED))
    assert plan.takes_back == ()


OPEN_DELETION = ThreadCase(number=1, kind=Kind.DELETION, state=CaseState.OPEN, received_on=date(2026, 11, 20))


def test_a_case_is_reopened_on_the_day_it_is_where_its_company_is() -> None:
    late_evening = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    main = POLICY.main_controller
    sofia = replace(main, name="Larkfield Sofia EOOD", nation=Nation.BULGARIA, regime=Regime.EU)
    group = replace(POLICY, controllers=(main, sofia))
    for company, day in ((main, 23), (sofia, 24)):
        case = replace(CLOSED_ACCESS, controller=company.name)
        said = read_reply(make_enquiry(full_text="One more thing."), None, thread_of(case), main, group, late_evening)
        assert said.reopens == ((1, date(2026, 11, day)),)
