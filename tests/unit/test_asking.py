"""A question or an extension is drafted only where it may be asked; the clock moves when the letter is approved."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.case_files import NOW, POLICY, done, make_case_file, make_draft, make_event, refusals
from tests.unit.case_lives import after, noon, opened
from triage.domain.asking import EVENT_OF, clock_event, propose
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseFile
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, LetterPurpose
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_letter_sources

BOOK = LetterBook(load_letter_sources(Path(__file__).parents[2] / "rules"))
WORDS = "Please tell us your customer number, because two people of your name have an account."
MONDAY = date(2026, 11, 23)


def asked(
    purpose: LetterPurpose, case: CaseFile | None = None, words: str = WORDS, **more: str
) -> CaseChange | Refused:
    return propose(case or opened(MONDAY), purpose, words, POLICY, NOW, **more)


@pytest.mark.parametrize("purpose", list(EVENT_OF))
def test_each_question_is_drafted_for_approval_and_moves_nothing_yet(purpose: LetterPurpose) -> None:
    change = done(asked(purpose))
    assert (change.events, change.dates, change.state) == ((), None, None)
    assert (change.event, change.facts) == ("letter_proposed", {"purpose": purpose.value})
    assert change.next_step == ("read the letter and approve it", date(2026, 12, 15))
    (letter,) = change.letters
    assert (letter.facts.purpose, letter.facts.words, letter.sends_itself) == (purpose, WORDS, False)
    assert letter.why == f"proposed by a person: {EVENT_OF[purpose].value.replace('_', ' ')}"


def test_an_identity_ask_names_no_day_for_time_will_not_have_started() -> None:
    (letter,) = done(asked(LetterPurpose.IDENTITY_ASK)).letters
    assert (letter.facts.due_on, letter.promised_on) == (None, None)


def test_the_extension_notice_names_the_new_day() -> None:
    (letter,) = done(asked(LetterPurpose.EXTENSION_NOTICE)).letters
    assert letter.facts.due_on == letter.promised_on == date(2027, 2, 23)


def test_an_extension_too_late_is_refused_until_the_dpo_says_why() -> None:
    old = opened(date(2026, 10, 5))
    assert "lies after 2026-11-05, the last day to announce it" in refusals(asked(LetterPurpose.EXTENSION_NOTICE, old))
    change = done(asked(LetterPurpose.EXTENSION_NOTICE, old, note=" It was agreed by phone. "))
    assert change.note == "It was agreed by phone."
    assert change.letters[0].facts.due_on == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("purpose", "what"),
    [
        (LetterPurpose.IDENTITY_ASK, "what is needed to be sure who they are"),
        (LetterPurpose.CLARIFICATION_ASK, "what is asked, and why"),
        (LetterPurpose.EXTENSION_NOTICE, "the reasons for taking longer"),
    ],
)
def test_what_only_a_person_can_say_is_asked_for(purpose: LetterPurpose, what: str) -> None:
    assert what in refusals(asked(purpose, words=" \n"))


def test_the_authority_ask_says_all_that_is_needed_by_itself() -> None:
    assert done(asked(LetterPurpose.AUTHORITY_ASK, words="")).letters[0].facts.words == ""


@pytest.mark.parametrize(
    ("purpose", "kind", "why"),
    [
        (LetterPurpose.EXTENSION_NOTICE, Kind.COMPLAINT, "complaint"),
        (LetterPurpose.EXTENSION_NOTICE, Kind.OPT_OUT, "opt_out"),
        (LetterPurpose.IDENTITY_ASK, Kind.OPT_OUT, "no identity ask letter is written about opt_out"),
    ],
)
def test_nobody_is_asked_what_their_kind_does_not_need(purpose: LetterPurpose, kind: Kind, why: str) -> None:
    assert why in refusals(asked(purpose, opened(MONDAY, kind)))


def test_what_was_asked_and_is_not_here_is_not_asked_again() -> None:
    case = make_case_file(events=(make_event(CaseEventName.IDENTITY_ASKED, date(2026, 11, 25)),))
    assert "identity asked: that was on 2026-11-25 already" in refusals(asked(LetterPurpose.IDENTITY_ASK, case))


def test_a_second_draft_beside_one_that_waits_is_refused() -> None:
    case = make_case_file(letters=(make_draft(LetterPurpose.IDENTITY_ASK),))
    assert refusals(asked(LetterPurpose.IDENTITY_ASK, case)).startswith("letter 31 (identity_ask) waits as draft")
    assert done(asked(LetterPurpose.CLARIFICATION_ASK, case)).letters


def test_a_closed_case_asks_nothing() -> None:
    case = make_case_file(state=CaseState.CLOSED, closed_at=noon(date(2026, 12, 10)))
    assert refusals(asked(LetterPurpose.IDENTITY_ASK, case)) == "the case was closed on 2026-12-10: reopen it first"


RIGHTS_AND_COMPLAINT = (Kind.CORRECTION, Kind.DELETION, Kind.OTHER_RIGHT, Kind.COMPLAINT)


@pytest.mark.parametrize("kind", RIGHTS_AND_COMPLAINT)
def test_what_is_meant_is_asked_about_every_right_and_complaint_and_its_date_stays(kind: Kind) -> None:
    case = opened(MONDAY, kind)
    (letter,) = done(asked(LetterPurpose.CLARIFICATION_ASK, case)).letters
    assert (letter.facts.kinds, letter.facts.due_on) == ((kind,), case.dates.statutory_due)


@pytest.mark.parametrize("kind", RIGHTS_AND_COMPLAINT)
def test_only_the_clarification_of_an_access_request_moves_a_clock(kind: Kind) -> None:
    assert clock_event(make_case_file(kind), LetterPurpose.CLARIFICATION_ASK) is None
    assert clock_event(make_case_file(), LetterPurpose.CLARIFICATION_ASK) is CaseEventName.CLARIFICATION_ASKED
    assert clock_event(make_case_file(), LetterPurpose.OUTCOME) is None


def test_a_question_that_moves_no_clock_is_not_asked_on_a_closed_case_or_about_an_opt_out() -> None:
    closed = make_case_file(Kind.DELETION, state=CaseState.CLOSED, closed_at=noon(date(2026, 12, 10)))
    assert "reopen it first" in refusals(asked(LetterPurpose.CLARIFICATION_ASK, closed))
    assert "about opt_out" in refusals(asked(LetterPurpose.CLARIFICATION_ASK, opened(MONDAY, Kind.OPT_OUT)))


def test_who_was_told_that_it_takes_longer_is_not_told_of_a_month() -> None:
    case = opened(MONDAY)
    assert not done(asked(LetterPurpose.IDENTITY_ASK, case)).letters[0].facts.extended
    longer = after(case, CaseEventName.EXTENDED, date(2026, 12, 1))
    (letter,) = done(asked(LetterPurpose.IDENTITY_ASK, longer)).letters
    assert letter.facts.extended
    body = BOOK.word(letter.facts).body
    assert "one month" not in body
    assert "That longer time starts when we have what we ask for here" in " ".join(body.split())
