"""A draft of the desk's own that nobody approved for a week is thrown away, and drafted anew with days that hold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.case_files import NOW, make_draft
from tests.unit.case_files import POLICY as SHIPPED
from tests.unit.complaining import a_complaint, a_letter, at, with_targets
from tests.unit.deciding import POLICY
from tests.unit.test_checklist import POLICY as TWO_SYSTEMS
from tests.unit.test_checklist import case as opt_out
from tests.unit.test_checklist import done_letter, stopped
from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.renewing import renew
from triage.domain.vocabulary import LetterPurpose

ACKNOWLEDGED = a_complaint().letters
ESCALATION = a_letter(LetterPurpose.ESCALATION, id=12, created_at=at(15))


def complaint(*letters: CaseLetter, **changes: object) -> CaseFile:
    return a_complaint(letters=(*ACKNOWLEDGED, *letters), unresolved=("silence",), **changes)


def test_the_escalation_letter_is_drafted_anew_while_a_trigger_holds() -> None:
    assert renew(complaint(ESCALATION), POLICY, at(22)) is None
    change = renew(complaint(ESCALATION), POLICY, at(22, 13))
    assert isinstance(change, CaseChange)
    assert (change.event, change.discards) == ("draft_renewed", (12,))
    assert change.facts == {"letter": 12, "purpose": "escalation"}
    (letter,) = change.letters
    assert letter.facts.purpose is LetterPurpose.ESCALATION
    assert not letter.sends_itself
    assert letter.promised_on is not None
    assert letter.promised_on > at(22).date()


def test_a_draft_that_names_a_day_that_is_past_is_drafted_anew_before_its_week_is_over() -> None:
    names_yesterday = replace(ESCALATION, promised_on=at(19).date())
    assert renew(complaint(names_yesterday), POLICY, at(19)) is None
    change = renew(complaint(names_yesterday), POLICY, at(20))
    assert change is not None
    assert (change.event, change.discards) == ("draft_renewed", (12,))


def test_once_its_cause_is_gone_it_is_only_thrown_away() -> None:
    change = renew(complaint(ESCALATION, contacts=(at(20).date(),)), POLICY, at(23))
    assert change is not None
    assert (change.event, change.discards, change.letters) == ("draft_thrown_away", (12,), ())


def test_old_news_make_room_for_the_next_ones_that_are_due() -> None:
    news = replace(ESCALATION, purpose=LetterPurpose.COMPLAINT_PROGRESS)
    change = renew(complaint(news), POLICY, at(23))
    assert change is not None
    assert (change.event, change.discards) == ("draft_renewed", (12,))
    (letter,) = change.letters
    assert letter.facts.purpose is LetterPurpose.COMPLAINT_PROGRESS
    assert letter.promised_on is not None
    assert letter.promised_on > at(23).date()
    rung = renew(complaint(news, contacts=(at(20).date(),)), POLICY, at(23))
    assert rung is not None
    assert (rung.event, rung.discards, rung.letters) == ("draft_thrown_away", (12,), ())


def test_the_escalation_letter_is_not_drafted_anew_once_the_status_letter_has_gone_by_itself() -> None:
    gone = a_letter(LetterPurpose.ESCALATION, id=11, sent_at=at(16))
    change = renew(complaint(gone, ESCALATION), with_targets(status_letter_on_day=16), at(40))
    assert change is not None
    assert (change.discards, change.letters) == ((12,), ())
    by_hand = renew(complaint(gone, ESCALATION), POLICY, at(40))
    assert by_hand is not None
    assert by_hand.letters


def test_the_done_letter_is_drafted_anew_as_long_as_all_is_done() -> None:
    late = NOW + timedelta(days=30)
    old = done_letter("draft")
    change = renew(stopped(letters=(old,)), TWO_SYSTEMS, late)
    assert change is not None
    assert [letter.facts.purpose for letter in change.letters] == [LetterPurpose.OPT_OUT_DONE]
    undone = renew(opt_out(letters=(old,)), TWO_SYSTEMS, late)
    assert undone is not None
    assert undone.letters == ()


@pytest.mark.parametrize(
    "letter",
    [
        replace(ESCALATION, state="queued"),
        replace(ESCALATION, number=1),
        make_draft(LetterPurpose.COMPLAINT_OUTCOME, number=2, created_at=at(1)),
        make_draft(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, number=None, created_at=at(1)),
    ],
)
def test_what_is_not_the_desks_own_draft_of_this_case_stays(letter: CaseLetter) -> None:
    assert renew(complaint(letter), SHIPPED, at(40)) is None
