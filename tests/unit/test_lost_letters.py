"""What a letter brought about is undone where the letter did not arrive, and counts again where it did after all."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.unit.case_files import NOW, TODAY, done, make_case_letter, make_draft, refusals
from tests.unit.case_lives import BULGARIAN, POLICY, after, noon, opened
from triage.domain.approving import approve, hand_over
from triage.domain.asking import EVENT_OF
from triage.domain.case_change import CaseChange
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.lost_letters import set_right
from triage.domain.policy import Controller
from triage.domain.vocabulary import CaseEventName, LetterPurpose

RECEIVED = date(2026, 11, 23)
ANA = "ana@customer.example"
STEP = ("the letter did not arrive: reach them another way", date(2026, 12, 15))
LOST = ({"state": "refused"}, {"state": "unclear"}, {"state": "discarded"}, {"returned": True, "sent_at": NOW})


def asked(purpose: LetterPurpose = LetterPurpose.IDENTITY_ASK, controller: Controller | None = None) -> CaseFile:
    """An access request whose letter of that purpose was approved today and is on its way."""
    draft = make_draft(purpose, recipient=ANA)
    case = opened(RECEIVED, **({"controller": controller} if controller else {}))
    case = replace(case, letters=(draft,))
    change = done(approve(case, draft.id, POLICY, NOW))
    assert change.dates is not None
    queued = replace(draft, state="queued")
    return replace(case, letters=(queued,), events=(*case.events, *change.events), dates=change.dates)


def now_it(case: CaseFile, **changes: object) -> CaseFile:
    (letter,) = case.letters
    return replace(case, letters=(replace(letter, **changes),))


def undone(case: CaseFile, change: CaseChange) -> CaseFile:
    """The case as the store gives it back."""
    assert change.dates is not None
    lost = tuple(event for event in case.events if event.letter_id in change.undoes)
    standing = tuple(event for event in case.events if event not in lost)
    return replace(case, events=(*standing, *change.events), undone=(*case.undone, *lost), dates=change.dates)


def test_an_ask_remembers_its_letter() -> None:
    assert [event.letter_id for event in asked().events] == [None, 31]


@pytest.mark.parametrize("state", ["queued", "sending", "sent"])
def test_a_letter_on_its_way_or_arrived_leaves_everything_as_it_is(state: str) -> None:
    assert set_right(now_it(asked(), state=state), POLICY, NOW) is None


@pytest.mark.parametrize("purpose", list(EVENT_OF))
@pytest.mark.parametrize("lost", LOST)
def test_a_letter_that_did_not_arrive_moved_nothing(purpose: LetterPurpose, lost: dict[str, object]) -> None:
    before, case = opened(RECEIVED), now_it(asked(purpose), **lost)
    change = set_right(case, POLICY, NOW)
    assert change is not None
    assert change.dates is not None
    assert replace(change.dates, trace=()) == replace(before.dates, trace=())
    assert "its letter did not arrive, so that day does not count." in change.dates.trace[-1]
    assert (change.event, change.undoes, change.next_step) == ("letter_did_not_arrive", (31,), STEP)
    assert change.facts == {"letters": [31], "of": [f"{EVENT_OF[purpose].value} 2026-12-14"]}
    again = undone(case, change)
    assert set_right(again, POLICY, NOW) is None
    assert dates_of(again, POLICY) == change.dates


def test_a_rest_ends_when_a_letter_did_not_arrive() -> None:
    case = replace(now_it(asked(), state="refused"), snoozed_until=date(2026, 12, 20))
    change = set_right(case, POLICY, NOW)
    assert change is not None
    assert change.snoozed_until == TODAY


def test_who_answered_had_the_question() -> None:
    case = now_it(asked(), state="sent", sent_at=NOW)
    case = after(case, CaseEventName.IDENTITY_RECEIVED, date(2026, 12, 16))
    assert set_right(now_it(case, returned=True), POLICY, NOW) is None


def test_what_a_person_told_or_whose_letter_is_gone_stands() -> None:
    by_phone = after(opened(RECEIVED), CaseEventName.IDENTITY_ASKED, TODAY)
    assert set_right(by_phone, POLICY, NOW) is None
    assert set_right(replace(asked(), letters=()), POLICY, NOW) is None


def test_where_asking_gives_no_credit_a_person_is_told_all_the_same() -> None:
    change = set_right(now_it(asked(controller=BULGARIAN), state="refused"), POLICY, NOW)
    assert change is not None
    assert change.next_step == STEP


def lost_for_now(purpose: LetterPurpose = LetterPurpose.IDENTITY_ASK) -> CaseFile:
    case = now_it(asked(purpose), state="unclear")
    change = set_right(case, POLICY, NOW)
    assert change is not None
    return undone(case, change)


def test_a_letter_that_went_after_all_counts_from_the_day_it_went() -> None:
    on_its_way = now_it(lost_for_now(LetterPurpose.CLARIFICATION_ASK), state="queued")
    assert set_right(on_its_way, POLICY, NOW) is None
    wednesday = noon(date(2026, 12, 16))
    change = set_right(now_it(on_its_way, state="sent", sent_at=wednesday), POLICY, wednesday)
    assert change is not None
    assert change.event == "letter_arrived_after_all"
    assert [(one.name, one.on, one.letter_id) for one in change.events] == [
        (CaseEventName.CLARIFICATION_ASKED, wednesday.date(), 31)
    ]
    assert change.dates is not None
    assert change.dates.statutory_due is None
    again = replace(undone(on_its_way, change), letters=now_it(on_its_way, state="sent", sent_at=wednesday).letters)
    assert set_right(again, POLICY, wednesday) is None


def test_one_that_went_on_the_very_day_is_not_said_to_be_lost() -> None:
    case = now_it(lost_for_now(), state="sent", sent_at=NOW)
    change = set_right(case, POLICY, NOW)
    assert change is not None
    assert change.dates is not None
    assert not any("did not arrive" in line for line in change.dates.trace)


def test_one_that_went_too_late_or_was_recorded_by_a_person_is_not_counted_by_itself() -> None:
    late = noon(date(2026, 12, 28))
    assert set_right(now_it(lost_for_now(), state="sent", sent_at=late), POLICY, late) is None
    by_hand = after(lost_for_now(), CaseEventName.IDENTITY_ASKED, TODAY)
    assert set_right(now_it(by_hand, state="sent", sent_at=NOW), POLICY, NOW) is None


@pytest.mark.parametrize("lost", [one for one in LOST if one.get("state") != "discarded"])
@pytest.mark.parametrize("seen", [True, False])
def test_handed_over_another_way_it_counts_from_that_day(lost: dict[str, object], seen: bool) -> None:
    case = now_it(asked(LetterPurpose.CLARIFICATION_ASK), **lost)
    if seen:
        change = set_right(case, POLICY, NOW)
        assert change is not None
        case = undone(case, change)
    wednesday = noon(date(2026, 12, 16))
    change = done(hand_over(case, 31, "by post", POLICY, wednesday))
    assert (change.hands_over, change.note) == (31, "by post")
    assert change.undoes == (() if seen else (31,))
    assert [(one.name, one.on) for one in change.events] == [(CaseEventName.CLARIFICATION_ASKED, wednesday.date())]
    assert change.dates is not None
    assert any("time stands" in line and "16 December" in line for line in change.dates.trace)
    there = replace(undone(case, change), letters=(replace(case.letters[0], state="sent", returned=False),))
    assert set_right(there, POLICY, wednesday) is None


def test_any_letter_that_did_not_arrive_may_be_handed_over_and_none_that_did_or_was_thrown_away() -> None:
    def handing(letter: CaseLetter) -> object:
        return hand_over(opened(RECEIVED, letters=(letter,)), 31, "by post", POLICY, NOW)

    came_back = make_case_letter(LetterPurpose.PROGRESS, returned=True)
    assert done(handing(came_back)).hands_over == 31
    for letter in (replace(came_back, returned=False), make_case_letter(LetterPurpose.PROGRESS, state="discarded")):
        assert "is no draft" in refusals(handing(letter))
    old = replace(came_back, created_at=NOW - timedelta(days=8))
    assert "was drafted over 7 days ago" in refusals(handing(old))
