"""Letters that move a clock: drafted only where they can say what they must, and where what they bring about may be."""

from datetime import date

from tests.unit.case_lives import POLICY, after, noon, opened
from triage.domain.asking import propose
from triage.domain.case_change import CaseChange, Refused
from triage.domain.vocabulary import CaseEventName, Kind, LetterPurpose

RECEIVED_ON, TODAY = date(2026, 11, 23), date(2026, 12, 1)
ACCESS = opened(RECEIVED_ON)
WHY = "There are many boxes of paper to go through."


def test_a_question_is_drafted_and_moves_nothing_until_it_is_approved() -> None:
    change = propose(ACCESS, LetterPurpose.IDENTITY_ASK, "A copy of your card.", POLICY, noon(TODAY))
    assert isinstance(change, CaseChange)
    assert (change.event, change.events, change.dates) == ("letter_proposed", (), None)
    assert change.letters[0].facts.purpose is LetterPurpose.IDENTITY_ASK


def test_an_extension_names_the_new_day() -> None:
    change = propose(ACCESS, LetterPurpose.EXTENSION_NOTICE, WHY, POLICY, noon(TODAY))
    assert isinstance(change, CaseChange)
    assert change.letters[0].facts.due_on == date(2027, 2, 23)


def test_an_extension_has_no_day_to_name_while_something_is_awaited() -> None:
    waiting = after(ACCESS, CaseEventName.IDENTITY_ASKED, date(2026, 11, 24))
    refused = propose(waiting, LetterPurpose.EXTENSION_NOTICE, WHY, POLICY, noon(TODAY))
    assert isinstance(refused, Refused)
    assert "the case has none while something asked for is open" in refused.reasons[0]


def test_a_letter_without_words_of_a_person_is_none() -> None:
    refused = propose(ACCESS, LetterPurpose.CLARIFICATION_ASK, "  ", POLICY, noon(TODAY))
    assert refused == Refused(reasons=("the letter needs your words: what is asked, or why more time is needed",))


def test_what_the_clock_refuses_is_not_drafted() -> None:
    refused = propose(opened(RECEIVED_ON, Kind.DELETION), LetterPurpose.CLARIFICATION_ASK, WHY, POLICY, noon(TODAY))
    assert isinstance(refused, Refused)
