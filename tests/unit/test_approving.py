"""A draft goes by a person's word, never while they have not read what came; what it says then becomes true."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.factories import make_dates
from tests.unit.case_files import (
    NOW,
    POLICY,
    TODAY,
    UNREAD,
    done,
    make_case_file,
    make_draft,
    make_link,
    make_task,
    refusals,
)
from tests.unit.case_lives import opened
from triage.domain.approving import approve, hand_over
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, LetterPurpose, Outcome

ANA = "ana@customer.example"


def a_draft(purpose: LetterPurpose = LetterPurpose.PROGRESS, **changes: object) -> CaseLetter:
    return make_draft(purpose, recipient=ANA, **changes)


def a_case(letter: CaseLetter, **changes: object) -> CaseFile:
    return make_case_file(letters=(letter,), **changes)


def approving(case: CaseFile, **more: str) -> CaseChange | Refused:
    return approve(case, 31, POLICY, NOW, **more)


def test_an_approved_letter_goes_and_the_news_it_promises_counts_once_it_has_gone() -> None:
    case = a_case(a_draft(promised_on=date(2026, 12, 28)))
    change = done(approving(case))
    assert (change.event, change.approves, change.to, change.hands_over) == ("letter_sent_off", 31, "", None)
    assert change.facts == {"letter": 31, "purpose": "progress"}
    assert change.next_news_on is None
    assert done(hand_over(case, 31, "by post", POLICY, NOW)).next_news_on == date(2026, 12, 28)
    assert change.next_step is None


@pytest.mark.parametrize("purpose", [LetterPurpose.OUTCOME, LetterPurpose.REFUSAL, LetterPurpose.OPT_OUT_DONE])
def test_after_the_letter_of_an_outcome_the_case_is_to_be_closed(purpose: LetterPurpose) -> None:
    change = done(approving(a_case(a_draft(purpose))))
    assert change.next_step == ("close the case with its outcome", date(2026, 12, 15))


def test_the_clock_waits_from_the_day_the_identity_ask_is_approved() -> None:
    change = done(approving(a_case(a_draft(LetterPurpose.IDENTITY_ASK))))
    assert [(one.name, one.on) for one in change.events] == [(CaseEventName.IDENTITY_ASKED, TODAY)]
    assert change.dates is not None
    assert change.dates.statutory_due is None
    assert change.approves == 31


def test_an_extension_that_has_become_too_late_meanwhile_needs_the_dpos_word() -> None:
    old = opened(date(2026, 11, 10), letters=(a_draft(LetterPurpose.EXTENSION_NOTICE),))
    assert "the last day to announce it" in refusals(approving(old))
    change = done(approving(old, note="Told by phone in time."))
    assert (change.events[0].overridden, change.note) == (True, "Told by phone in time.")


def test_nothing_goes_while_a_message_is_unread_but_an_acknowledgement_does() -> None:
    unread = {"messages": (UNREAD,)}
    assert refusals(approving(a_case(a_draft(), **unread))) == "a message on the case is unread: read it first"
    assert done(approving(a_case(a_draft(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, number=None), **unread)))


def test_a_draft_over_a_week_old_is_written_anew() -> None:
    week = timedelta(days=7)
    assert done(approving(a_case(a_draft(created_at=NOW - week))))
    old = a_case(a_draft(created_at=NOW - week - timedelta(seconds=1)))
    assert "was drafted over 7 days ago" in refusals(approving(old))


def test_a_letter_that_names_a_day_before_today_is_not_sent_and_one_that_names_today_is() -> None:
    for day, more in ((TODAY, {}), (TODAY, {"first_named_on": TODAY, "promised_on": date(2026, 12, 28)})):
        letter = a_draft(**{"promised_on": day, **more})
        assert done(approving(a_case(letter)))
    friday = date(2026, 12, 11)
    told = "letter 31 names Friday 11 December 2026, which is past: discard it and draft it anew"
    for letter in (a_draft(promised_on=friday), a_draft(first_named_on=friday, promised_on=date(2026, 12, 28))):
        assert refusals(approving(a_case(letter))) == told
        assert refusals(hand_over(a_case(letter), 31, "by post", POLICY, NOW)) == told


def test_who_cannot_draft_the_letter_anew_is_told_what_to_do_instead() -> None:
    friday = date(2026, 12, 11)
    receipt = a_case(a_draft(LetterPurpose.ACKNOWLEDGEMENT, number=None, first_named_on=friday))
    assert "write by hand, then say so (triage case acknowledged DP-2026-00042-K7)" in refusals(approving(receipt))
    news = a_case(a_draft(LetterPurpose.ESCALATION, promised_on=friday), kind=Kind.COMPLAINT)
    assert "the desk lays it ready anew" in refusals(approving(news))


@pytest.mark.parametrize("letter", [a_draft(id=32), a_draft(state="sent"), a_draft(state="discarded")])
def test_only_a_draft_of_the_case_is_approved_or_handed_over(letter: CaseLetter) -> None:
    case = a_case(letter)
    assert refusals(approving(case)) == "letter 31 is no draft of DP-2026-00042-K7/1"
    assert refusals(hand_over(case, 31, "by post", POLICY, NOW)) == "letter 31 is no draft of DP-2026-00042-K7/1"


def test_a_letter_without_an_address_needs_a_checked_one_or_is_handed_over() -> None:
    case = a_case(make_draft(LetterPurpose.PROGRESS), recipient="")
    told = refusals(approving(case))
    assert "choose a checked one with --to" in told
    assert "triage letter handed-over 31" in told
    assert done(approving(case, to="Ana@post.example")).to == "Ana@post.example"


def test_the_letters_own_address_counts_not_that_of_whoever_opened_the_case() -> None:
    assert done(approving(a_case(a_draft(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT), recipient=""))).to == ""


@pytest.mark.parametrize("to", ["ana", "ana@post.example, bob@post.example", "a@b.example\nBcc: c@d.example"])
def test_what_is_no_mail_address_takes_no_letter(to: str) -> None:
    assert refusals(approving(a_case(a_draft()), to=to)) == f"{to!r} is no mail address"


def test_a_letter_into_a_chat_takes_no_address() -> None:
    case = a_case(make_draft(LetterPurpose.PROGRESS, in_chat=True), recipient="")
    assert done(approving(case)).approves == 31
    assert "goes into the chat" in refusals(approving(case, to=ANA))


def test_a_letter_handed_over_counts_as_gone_with_all_that_follows() -> None:
    case = a_case(make_draft(LetterPurpose.CLARIFICATION_ASK), recipient="", dates=make_dates())
    change = done(hand_over(case, 31, " by post, first class ", POLICY, NOW))
    assert (change.hands_over, change.approves, change.note) == (31, None, "by post, first class")
    assert change.events[0].name is CaseEventName.CLARIFICATION_ASKED
    assert not change.events[0].overridden


def test_handing_over_tells_every_fault() -> None:
    case = a_case(a_draft(created_at=NOW - timedelta(days=8)), messages=(UNREAD,))
    assert refusals(hand_over(case, 31, " ", POLICY, NOW)).splitlines() == [
        "a message on the case is unread: read it first",
        "letter 31 was drafted over 7 days ago, and the days it promises may be past: discard it and draft it anew",
        "say how it was handed over",
    ]


def test_handing_over_an_ask_that_the_rules_refuse_is_refused() -> None:
    case = a_case(a_draft(LetterPurpose.EXTENSION_NOTICE), kind=Kind.OPT_OUT)
    assert isinstance(hand_over(case, 31, "by post", POLICY, NOW), Refused)


def test_handing_over_is_no_override_of_what_came_too_late() -> None:
    old = opened(date(2026, 11, 10), letters=(a_draft(LetterPurpose.EXTENSION_NOTICE),))
    assert "the last day to announce it" in refusals(hand_over(old, 31, "by post", POLICY, NOW))
    change = done(hand_over(old, 31, "by post", POLICY, NOW, note="Told by phone in time."))
    assert (change.events[0].overridden, change.note) == (True, "by post\nTold by phone in time.")


def test_nothing_but_a_receipt_goes_on_a_closed_case() -> None:
    closed = {"state": CaseState.CLOSED, "closed_at": NOW}
    assert "reopen it first" in refusals(approving(a_case(a_draft(), **closed)))
    assert done(approving(a_case(a_draft(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT), **closed)))


@pytest.mark.parametrize("kind", [Kind.CORRECTION, Kind.DELETION, Kind.OTHER_RIGHT, Kind.COMPLAINT])
def test_a_question_about_anything_but_access_goes_and_its_clock_runs_on(kind: Kind) -> None:
    case = a_case(a_draft(LetterPurpose.CLARIFICATION_ASK), kind=kind)
    for change in (done(approving(case)), done(hand_over(case, 31, "by post", POLICY, NOW))):
        assert (change.event, change.events, change.dates) == ("letter_sent_off", (), None)


def test_an_access_request_that_came_since_stops_the_letter_that_says_it_was_erased() -> None:
    case = a_case(a_draft(outcome=Outcome.ERASED), kind=Kind.DELETION)
    assert done(approving(case))
    since = replace(case, links=(make_link(),))
    for answer in (approving(since), hand_over(since, 31, "by post", POLICY, NOW)):
        assert refusals(answer).startswith("DP-2026-00051-M4/1 is an open access case of the same person")


def test_an_answer_whose_work_was_taken_back_since_is_not_sent() -> None:
    case = a_case(a_draft(outcome=Outcome.ERASED), kind=Kind.DELETION, tasks=(make_task(),))
    assert "Billing is not done" in refusals(approving(case))
    refused = a_case(a_draft(LetterPurpose.REFUSAL, outcome=Outcome.REFUSED), kind=Kind.DELETION, tasks=(make_task(),))
    assert done(approving(refused))
