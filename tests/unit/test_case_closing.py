"""A case ends by a person's word: with an outcome of its kind, its letter, and everything done that it claims."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_dates
from tests.unit.case_files import (
    NOW,
    POLICY,
    RECEIVED,
    UNREAD,
    done,
    make_case_file,
    make_case_letter,
    make_draft,
    make_event,
    make_link,
    make_task,
    refusals,
)
from triage.domain.case_change import Refused
from triage.domain.closing import close, forward_to_controller, propose_close
from triage.domain.outcomes import LETTER_OF, OUTCOMES
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Kind, LetterPurpose, Outcome

ANSWERED = make_case_file(supplied=True, delivered=True, letters=(make_case_letter(),))
DONE_ON = date(2026, 12, 10)


def closing(case, outcome: Outcome = Outcome.PROVIDED, without_letter: str = ""):
    return close(case, outcome, POLICY, NOW, without_letter=without_letter)


def test_an_access_request_that_was_answered_can_be_closed() -> None:
    change = done(closing(ANSWERED))
    assert (change.event, change.state, change.outcome) == ("closed", CaseState.CLOSED, Outcome.PROVIDED)
    assert change.facts == {
        "outcome": "provided",
        "letter": 31,
        "answered_on": "2026-12-14",
        "due_on": "2026-12-23",
        "in_time": True,
    }
    assert change.unresolved is None


def test_every_reason_against_it_is_given_at_once() -> None:
    case = make_case_file(messages=(UNREAD,), letters=(make_draft(),), tasks=(make_task(),))
    assert refusals(closing(case)).splitlines() == [
        "a message on the case is unread: read it first",
        "letter 31 (outcome) waits as draft: approve it, discard it, or let it leave",
        "the search record, the points of Art 15 and who checked the redactions are not recorded: record them",
        "Billing is not done: Finance is to tick it, or to say why it stays open (triage case leave)",
        "the delivery is not recorded: how, to which checked address, when, or that it was outside the desk",
        "the letter outcome was not sent: send it, or record why there is none",
    ]


def test_an_outcome_of_another_kind_is_refused_with_those_it_may_have() -> None:
    line = refusals(closing(ANSWERED, Outcome.ERASED)).splitlines()[0]
    assert line.startswith("a case of access does not end as erased; it may end as provided, part_provided")


@pytest.mark.parametrize("state", [CaseState.CLOSED, CaseState.SET_ASIDE])
def test_what_is_not_open_cannot_be_closed(state) -> None:
    assert refusals(closing(replace(ANSWERED, state=state)))


@pytest.mark.parametrize("state", ["draft", "queued", "sending"])
def test_a_letter_on_its_way_keeps_a_case_open(state) -> None:
    waits = replace(ANSWERED, letters=(*ANSWERED.letters, make_draft(LetterPurpose.PROGRESS, state=state)))
    assert f"waits as {state}" in refusals(closing(waits))


def test_a_letter_of_another_case_of_the_thread_does_not() -> None:
    other = make_draft(number=2)
    assert done(closing(replace(ANSWERED, letters=(*ANSWERED.letters, other))))


@pytest.mark.parametrize(
    "letter",
    [
        make_case_letter(state="unclear", sent_at=None),
        make_case_letter(number=2),
        make_case_letter(LetterPurpose.PROGRESS),
    ],
)
def test_a_letter_that_did_not_tell_this_outcome_does_not_count(letter) -> None:
    assert "the letter outcome was not sent" in refusals(closing(replace(ANSWERED, letters=(letter,))))


def test_a_letter_that_came_back_told_nobody() -> None:
    back = replace(ANSWERED, letters=(make_case_letter(returned=True),))
    assert "the letter outcome came back" in refusals(closing(back))


def test_a_recorded_reason_stands_in_for_the_letter() -> None:
    change = done(closing(replace(ANSWERED, letters=()), without_letter=" Told by phone; she wants no letter. "))
    assert change.note == "Told by phone; she wants no letter."
    assert change.facts["letter"] is None


def test_after_a_reopening_the_old_letter_does_not_close_it_again() -> None:
    later = make_event(CaseEventName.REOPENED, date(2026, 12, 14))
    assert "was not sent" in refusals(closing(replace(ANSWERED, events=(later,))))
    earlier = make_event(CaseEventName.REOPENED, date(2026, 12, 13))
    assert done(closing(replace(ANSWERED, events=(earlier,))))


def test_a_refusal_or_nothing_held_needs_no_delivery() -> None:
    refused = make_case_file(letters=(make_case_letter(LetterPurpose.REFUSAL),))
    assert done(closing(refused, Outcome.REFUSED))
    nothing = make_case_file(supplied=True, letters=(make_case_letter(),))
    assert done(closing(nothing, Outcome.NOTHING_HELD))


def test_nothing_held_still_needs_its_search_record() -> None:
    case = make_case_file(letters=(make_case_letter(),))
    assert "search record" in refusals(closing(case, Outcome.NOTHING_HELD))


def test_a_line_of_the_checklist_is_done_or_a_note_says_why_not() -> None:
    tasks = (make_task(done_on=DONE_ON), make_task(id=2, system="Backups", note="Nothing of hers is in them."))
    assert done(closing(replace(ANSWERED, tasks=tasks)))


DELETED = make_case_file(Kind.DELETION, letters=(make_case_letter(),))


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.CANNOT_REACH])
def test_an_open_access_case_of_the_same_person_blocks_a_deletion(state) -> None:
    case = replace(DELETED, links=(make_link(state=state),))
    assert "DP-2026-00051-M4/1 is an open access case" in refusals(closing(case, Outcome.ERASED))


@pytest.mark.parametrize("link", [make_link(state=CaseState.CLOSED), make_link(Kind.CORRECTION)])
def test_another_case_of_the_person_does_not(link) -> None:
    assert done(closing(replace(DELETED, links=(link,)), Outcome.ERASED))


def test_a_deletion_that_destroys_nothing_may_end_beside_an_access_case() -> None:
    case = replace(DELETED, links=(make_link(),), letters=(make_case_letter(LetterPurpose.REFUSAL),))
    assert done(closing(case, Outcome.REFUSED))


@pytest.mark.parametrize("outcome", [Outcome.ERASED, Outcome.PART_ERASED, Outcome.REFUSED, Outcome.FORWARDED])
def test_a_deletion_taken_back_ends_only_as_withdrawn_or_unanswered(outcome) -> None:
    blocked = replace(DELETED, erasure_blocked=True)
    assert "the wish to delete was taken back" in refusals(closing(blocked, outcome, "a reason"))
    assert done(closing(blocked, Outcome.WITHDRAWN, "She wrote that she stays."))


MAILER = "Newsletter and campaign mailer"


def test_an_opt_out_is_done_when_every_marketing_system_is_ticked() -> None:
    case = make_case_file(Kind.OPT_OUT, letters=(make_case_letter(LetterPurpose.OPT_OUT_DONE),))
    assert "checklist of marketing systems is missing" in refusals(closing(case, Outcome.SUPPRESSED))
    noted = make_task(system=MAILER, owner="Marketing", note="Next week.")
    assert refusals(closing(replace(case, tasks=(noted,)), Outcome.SUPPRESSED)) == (
        f"{MAILER} is not done: Marketing is to tick it"
    )
    assert done(closing(replace(case, tasks=(replace(noted, done_on=DONE_ON),)), Outcome.SUPPRESSED))


def test_where_no_system_sends_marketing_an_opt_out_needs_no_checklist() -> None:
    case = make_case_file(Kind.OPT_OUT, letters=(make_case_letter(LetterPurpose.OPT_OUT_DONE),))
    assert done(close(case, Outcome.SUPPRESSED, replace(POLICY, systems=()), NOW))


ASKED = make_event(CaseEventName.IDENTITY_ASKED, date(2026, 11, 13))


def test_no_reply_needs_a_question_and_a_month() -> None:
    case = make_case_file(received_at=RECEIVED - timedelta(days=20), messages=())
    assert "nothing was asked" in refusals(closing(case, Outcome.NO_REPLY, "no answer"))
    early = replace(case, events=(replace(ASKED, on=date(2026, 11, 16)),))
    assert refusals(closing(early, Outcome.NO_REPLY, "no answer")) == (
        "asked on Monday 16 November 2026: give the person until Wednesday 16 December 2026"
    )
    assert done(closing(replace(case, events=(ASKED,)), Outcome.NO_REPLY, "no answer"))


def test_a_question_that_was_answered_has_not_gone_unanswered() -> None:
    answered = make_event(CaseEventName.IDENTITY_RECEIVED, date(2026, 11, 14))
    case = make_case_file(events=(ASKED, answered))
    assert "nothing was asked" in refusals(closing(case, Outcome.NO_REPLY, "no answer"))
    asked_again = make_event(CaseEventName.IDENTITY_ASKED, date(2026, 11, 14), recorded_at=NOW)
    later = make_case_file(events=(ASKED, replace(answered, on=date(2026, 11, 13)), asked_again))
    assert done(closing(later, Outcome.NO_REPLY, "no answer"))


def test_a_letter_that_asks_counts_as_a_question() -> None:
    asked = make_case_letter(LetterPurpose.PROGRESS, sent_at=NOW - timedelta(days=31))
    not_gone = make_case_letter(LetterPurpose.PROGRESS, state="discarded", sent_at=None)
    case = make_case_file(messages=(), letters=(asked, not_gone))
    assert done(closing(case, Outcome.NO_REPLY, "no answer"))


def test_a_question_that_moved_no_clock_can_go_unanswered_too() -> None:
    asked = make_case_letter(LetterPurpose.CLARIFICATION_ASK, sent_at=datetime(2026, 11, 10, 9, tzinfo=UTC))
    assert done(closing(make_case_file(Kind.DELETION, letters=(asked,)), Outcome.NO_REPLY, "no answer"))
    assert "nothing was asked" in refusals(closing(make_case_file(letters=(asked,)), Outcome.NO_REPLY, "no answer"))


def test_who_cannot_be_reached_gives_no_reply() -> None:
    assert done(closing(make_case_file(state=CaseState.CANNOT_REACH), Outcome.NO_REPLY, "left no address"))


def test_an_answer_after_the_due_date_is_recorded_as_late() -> None:
    late = replace(ANSWERED, dates=make_dates(statutory_due=date(2026, 12, 13)))
    assert done(closing(late)).facts["in_time"] is False


def test_an_answer_while_time_stands_is_in_time() -> None:
    facts = done(closing(replace(ANSWERED, dates=make_dates(statutory_due=None)))).facts
    assert (facts["due_on"], facts["in_time"]) == (None, True)


def complaint(**changes):
    values = {
        "dates": make_dates(kind=Kind.COMPLAINT, statutory_due=None, acknowledge_by=date(2026, 12, 11)),
        "letters": (make_case_letter(LetterPurpose.COMPLAINT_OUTCOME),),
        "unresolved": ("no_outcome",),
    }
    return make_case_file(Kind.COMPLAINT, **(values | changes))


def test_a_complaint_is_in_time_when_its_acknowledgement_was() -> None:
    acknowledged = make_case_letter(
        LetterPurpose.NEUTRAL, id=30, number=None, sent_at=datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    )
    letters = (acknowledged, *complaint().letters)
    change = done(closing(complaint(letters=letters), Outcome.UPHELD))
    assert change.facts["answered_on"] == "2026-11-23"
    assert change.facts["in_time"] is True
    assert change.unresolved == ()


def test_without_one_its_outcome_acknowledges_it_perhaps_too_late() -> None:
    assert done(closing(complaint(), Outcome.UPHELD)).facts["in_time"] is False
    silent = done(closing(complaint(letters=()), Outcome.WITHDRAWN, "She wrote that it is settled."))
    assert silent.facts["answered_on"] == "2026-12-14"


def test_the_form_acknowledges_by_its_page_and_eu_law_sets_no_date() -> None:
    assert done(closing(complaint(channel=Channel.FORM), Outcome.UPHELD)).facts["in_time"] is True
    free = complaint(dates=make_dates(kind=Kind.COMPLAINT, statutory_due=None, acknowledge_by=None))
    assert done(closing(free, Outcome.UPHELD)).facts["in_time"] is None


def test_an_outcome_is_proposed_as_a_letter_for_approval_and_the_case_stays_open() -> None:
    case = make_case_file(supplied=True)
    change = done(propose_close(case, Outcome.PART_PROVIDED, " Notes on others are left out. ", POLICY, NOW))
    (letter,) = change.letters
    assert (letter.facts.purpose, letter.facts.outcome) == (LetterPurpose.OUTCOME, Outcome.PART_PROVIDED)
    assert letter.facts.words == "Notes on others are left out."
    assert letter.facts.by_person
    assert not letter.sends_itself
    assert (change.state, change.outcome, change.facts) == (None, None, {"proposed": "part_provided"})
    assert change.next_step == ("read and approve the letter", date(2026, 12, 15))


def test_less_than_asked_and_every_complaint_needs_words() -> None:
    assert "write the reasons" in refusals(propose_close(make_case_file(), Outcome.REFUSED, " ", POLICY, NOW))
    assert "write the reasons" in refusals(propose_close(complaint(letters=()), Outcome.UPHELD, "", POLICY, NOW))
    assert done(propose_close(make_case_file(supplied=True), Outcome.PROVIDED, "", POLICY, NOW))


def test_nobody_is_told_of_what_is_not_done() -> None:
    case = make_case_file(Kind.DELETION, tasks=(make_task(),), messages=(UNREAD,), letters=(make_draft(),))
    assert len(refusals(propose_close(case, Outcome.ERASED, "", POLICY, NOW)).splitlines()) == 3


def test_an_acknowledgement_that_waits_is_no_hindrance_to_a_proposal() -> None:
    case = make_case_file(supplied=True, letters=(make_draft(LetterPurpose.ACKNOWLEDGEMENT),))
    assert done(propose_close(case, Outcome.PROVIDED, "", POLICY, NOW))


def test_a_proposal_on_a_closed_case_or_of_another_kind_is_refused() -> None:
    case = make_case_file(state=CaseState.CLOSED)
    assert len(refusals(propose_close(case, Outcome.ERASED, "", POLICY, NOW)).splitlines()) == 2


def test_a_clients_data_is_passed_on_and_the_person_told() -> None:
    change = done(forward_to_controller(make_case_file(), "", POLICY, NOW))
    assert change.event == "forward_proposed"
    assert change.letters[0].facts.purpose is LetterPurpose.FORWARDED
    assert change.letters[0].facts.outcome is Outcome.FORWARDED
    assert change.next_step is not None
    assert change.next_step[0] == "pass it on to the client, then approve the letter"


def test_a_complaint_is_referred_and_an_opt_out_done_by_ourselves_not_forwarded() -> None:
    assert "close it as referred" in refusals(forward_to_controller(complaint(), "", POLICY, NOW))
    assert "our own marketing" in refusals(forward_to_controller(make_case_file(Kind.OPT_OUT), "", POLICY, NOW))
    assert "unread" in refusals(forward_to_controller(make_case_file(messages=(UNREAD,)), "", POLICY, NOW))


FLAWS = {
    "unread": lambda case: replace(case, messages=(UNREAD,)),
    "waiting": lambda case: replace(case, letters=(*case.letters, make_draft(LetterPurpose.PROGRESS, id=32))),
    "untold": lambda case: replace(case, letters=()),
    "returned": lambda case: replace(case, letters=tuple(replace(one, returned=True) for one in case.letters)),
    "reopened": lambda case: replace(
        case, events=(*case.events, make_event(CaseEventName.REOPENED, date(2026, 12, 14)))
    ),
    "closed": lambda case: replace(case, state=CaseState.CLOSED),
    "set aside": lambda case: replace(case, state=CaseState.SET_ASIDE),
}


@given(end=st.sampled_from(sorted(LETTER_OF)), flaws=st.sets(st.sampled_from(sorted(FLAWS)), max_size=3))
def test_a_case_in_order_closes_in_every_way_its_kind_ends_and_no_flaw_is_overlooked(end, flaws) -> None:
    kind, outcome = end
    case = make_case_file(
        kind,
        letters=(make_case_letter(LETTER_OF[end]),),
        events=(ASKED,),
        supplied=True,
        delivered=True,
        tasks=(make_task(system=MAILER, done_on=DONE_ON),),
    )
    for flaw in flaws:
        case = FLAWS[flaw](case)
    answer = close(case, outcome, POLICY, NOW)
    if flaws:
        assert refusals(answer)
    else:
        assert (done(answer).state, done(answer).outcome) == (CaseState.CLOSED, outcome)


@given(kind=st.sampled_from(Kind), outcome=st.sampled_from(Outcome))
def test_no_reason_whatsoever_closes_a_case_as_another_kind_does(kind, outcome) -> None:
    answer = close(make_case_file(kind), outcome, POLICY, NOW, without_letter="a reason")
    assert isinstance(answer, Refused) or outcome in OUTCOMES[kind]
