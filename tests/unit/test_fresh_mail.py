"""What a fresh mail says about earlier cases of the same person: the words decide, a person confirms."""

from dataclasses import replace
from datetime import date

import pytest

from tests.factories import make_enquiry
from tests.unit.deciding import decided, person_writes
from triage.domain.enquiry import Passage
from triage.domain.plan import History, Plan, ThreadCase
from triage.domain.vocabulary import CaseState, Kind, Lane, LetterPurpose, Role

# Today is Monday 23 November 2026.
OPEN = ThreadCase(
    number=1,
    kind=Kind.ACCESS,
    state=CaseState.OPEN,
    received_on=date(2026, 11, 2),
    statutory_due=date(2026, 12, 2),
    thread="DP-2026-00007-A1",
)
OVERDUE = replace(OPEN, received_on=date(2026, 10, 1), statutory_due=date(2026, 11, 2), thread="DP-2026-00003-B2")
DELETION = replace(OPEN, kind=Kind.DELETION, thread="DP-2026-00005-C3")
CLOSED = replace(OPEN, state=CaseState.CLOSED, closed_on=date(2026, 11, 20))


def heard(text: str, *cases: ThreadCase, kinds: tuple[Kind, ...] = (), **mail: object) -> Plan:
    analysis = replace(person_writes(*kinds), enquiry=make_enquiry(full_text=text, **mail))
    return decided(analysis, History(own_cases=cases))


def about(plan: Plan) -> list[str]:
    return [case.about_elsewhere for case in plan.cases if case.kind is Kind.COMPLAINT]


COMPLAINS = (Kind.COMPLAINT,)


@pytest.mark.parametrize(
    "text",
    [
        "I want to complain. I asked for a copy of my data in October and have heard nothing.",
        "I complain about how you deal with my subject access request.",
        "This is a complaint: the request I sent you is not answered.",
        "I want to complain. It has been seven weeks and you have not replied.",
    ],
)
def test_a_complaint_about_what_they_asked_is_about_that_case_the_overdue_one_first(text: str) -> None:
    plan = heard(text, OPEN, OVERDUE, kinds=COMPLAINS)
    assert about(plan) == [OVERDUE.reference]
    assert plan.suggests == OVERDUE.thread
    assert any(
        f"about {OVERDUE.reference} (access) of the same person, which is overdue" in line for line in plan.trace
    )
    assert about(heard(text, OPEN, kinds=COMPLAINS)) == [OPEN.reference]


def test_a_complaint_about_something_else_is_about_no_case() -> None:
    text = "I want to complain about a letter with my bank details that you sent to my neighbour."
    assert about(heard(text, OVERDUE, kinds=COMPLAINS)) == [""]


def test_without_earlier_cases_nothing_changes() -> None:
    plan = heard("I want to complain that you have not replied to my request.", kinds=COMPLAINS)
    assert (about(plan), plan.suggests) == ([""], None)


def test_an_answer_that_is_not_accepted_is_what_the_complaint_is_about() -> None:
    plan = heard("I complain: I am still not satisfied with your answer.", CLOSED, kinds=COMPLAINS)
    assert about(plan) == [CLOSED.reference]


def test_a_reproach_about_an_overdue_request_is_a_complaint_for_a_person_to_confirm() -> None:
    text = "I wrote to you seven weeks ago and I have heard nothing. This is unacceptable."
    plan = heard(text, OVERDUE)
    assert (about(plan), plan.lane) == ([OVERDUE.reference], Lane.NEEDS_PERSON)
    assert heard(text, OPEN).cases == ()


def test_who_takes_a_deletion_back_stops_it_and_opens_no_second_one() -> None:
    plan = heard("Actually, please don't delete my data. I have changed my mind.", DELETION, kinds=(Kind.DELETION,))
    assert [reference for reference, _ in plan.takes_back_elsewhere] == [DELETION.reference]
    assert (plan.cases, plan.lane, plan.suggests) == ((), Lane.NEEDS_PERSON, DELETION.thread)
    assert plan.letter is not None
    assert plan.letter.facts.purpose is LetterPurpose.NEUTRAL
    assert any("seems to take back the wish of" in line for line in plan.trace)


def test_a_condition_makes_the_deletion_wait_and_another_right_asked_for_is_a_case() -> None:
    text = "Do not delete anything until I have my copy. Please send me a copy of my data."
    plan = heard(text, DELETION, kinds=(Kind.ACCESS,))
    assert [taken.only_until for _, taken in plan.takes_back_elsewhere] == [True]
    assert [case.kind for case in plan.cases] == [Kind.ACCESS]


def test_a_mail_that_seems_to_ask_for_nothing_is_for_a_person_where_it_takes_a_wish_back() -> None:
    text = "Please don't delete my data after all."
    assert heard(text, DELETION).lane is Lane.NEEDS_PERSON
    assert heard(text).lane is Lane.NOT_REQUESTS


def test_another_wish_taken_back_is_only_proposed_and_what_is_asked_stays_asked() -> None:
    listed = replace(OPEN, kind=Kind.OPT_OUT)
    plan = heard("Please ignore my last email. Stop sending me marketing.", listed, kinds=(Kind.OPT_OUT,))
    assert [case.kind for case in plan.cases] == [Kind.OPT_OUT]


def test_what_is_closed_is_not_taken_back_any_more() -> None:
    closed = replace(DELETION, state=CaseState.CLOSED, closed_on=date(2026, 11, 20))
    assert heard("Please don't delete my data after all.", closed).takes_back_elsewhere == ()


def test_a_machine_says_nothing_of_anybodys_cases() -> None:
    analysis = person_writes(headers=(("auto-submitted", "auto-replied"),))
    analysis = replace(analysis, enquiry=make_enquiry(full_text="Please don't delete my data after all."))
    assert decided(analysis, History(own_cases=(DELETION,))).takes_back_elsewhere == ()


def test_nor_does_a_sender_nobody_vouches_for() -> None:
    analysis = person_writes()
    analysis = replace(
        analysis,
        enquiry=make_enquiry(full_text="Please don't delete my data after all."),
        facts=replace(analysis.facts, reply_to=("mallory@other.example",)),
    )
    assert decided(analysis, History(own_cases=(DELETION,))).takes_back_elsewhere == ()


def test_what_a_colleague_passes_on_is_said_by_whoever_wrote_it() -> None:
    ours, theirs = (
        "Please don't delete this mail.\n",
        "From: ana@customer.example\nPlease don't delete my data after all.",
    )
    text = ours + theirs
    passages = (
        Passage(role=Role.OWN, start=0, end=len(ours)),
        Passage(role=Role.FORWARDED, start=len(ours), end=len(text)),
    )
    analysis = person_writes()
    analysis = replace(
        analysis,
        enquiry=make_enquiry(full_text=text, passages=passages, forward_of="ana@customer.example"),
        facts=replace(analysis.facts, from_addresses=("bea@larkfield.example",)),
    )
    of_bea = replace(DELETION, thread="DP-2026-00009-D4")
    plan = decided(analysis, History(own_cases=(of_bea,), passed_on_cases=(DELETION,)))
    assert [reference for reference, _ in plan.takes_back_elsewhere] == [DELETION.reference]


def test_a_mail_nobody_may_read_for_its_kinds_still_stops_a_deletion() -> None:
    analysis = replace(
        person_writes(), classification=None, enquiry=make_enquiry(full_text="Please don't delete my data after all.")
    )
    plan = decided(analysis, History(own_cases=(DELETION,)))
    assert (len(plan.takes_back_elsewhere), plan.classification) == (1, None)
