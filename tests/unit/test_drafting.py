"""Letters that no act brings are laid ready by a person's word, and only where they say what is true of the case."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.unit.case_files import NOW, POLICY, done, make_case_file, make_case_letter, make_draft, make_link, refusals
from tests.unit.complaining import a_complaint, a_letter, at, day
from tests.unit.deciding import POLICY as COMPLAINTS_POLICY
from triage.domain.case_change import CaseChange, DraftedLetter, Refused
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.drafting import draft, draftable
from triage.domain.vocabulary import CaseState, Kind, LetterPurpose

P = LetterPurpose
WORDS = "We have searched two of our three systems."


def drafting(purpose: LetterPurpose, case: CaseFile | None = None, words: str = "") -> CaseChange | Refused:
    return draft(case or make_case_file(), purpose, words, POLICY, NOW)


def letter_of(answer: CaseChange | Refused) -> DraftedLetter:
    (letter,) = done(answer).letters
    assert not letter.sends_itself
    assert letter.facts.by_person
    return letter


def acknowledged(*letters: CaseLetter, kind: Kind = Kind.ACCESS, **changes: object) -> CaseFile:
    """An access request whose acknowledgement named it."""
    told = make_case_letter(P.ACKNOWLEDGEMENT, number=None, id=20)
    return make_case_file(kind, letters=(told, *letters), **changes)


def test_news_of_a_request_is_laid_ready_with_a_persons_words_and_moves_no_date() -> None:
    change = done(drafting(P.PROGRESS, words=f" {WORDS}\n"))
    assert (change.event, change.facts, change.discards) == ("letter_proposed", {"purpose": "progress"}, ())
    assert (change.events, change.dates, change.state) == ((), None, None)
    assert change.next_step == ("read the letter and approve it", date(2026, 12, 15))
    letter = letter_of(change)
    assert (letter.facts.purpose, letter.facts.words, letter.why) == (P.PROGRESS, WORDS, "drafted by a person")
    assert letter.promised_on == make_case_file().dates.statutory_due


def test_a_day_that_is_past_is_not_promised_again() -> None:
    case = make_case_file()
    late = replace(case, dates=replace(case.dates, statutory_due=date(2026, 12, 11)))
    letter = letter_of(drafting(P.PROGRESS, late))
    assert (letter.facts.due_on, letter.promised_on) == (None, None)


@pytest.mark.parametrize(
    ("purpose", "act"),
    [
        (P.IDENTITY_ASK, "triage case ask DP-2026-00042-K7/1 identity"),
        (P.EXTENSION_NOTICE, "triage case extend DP-2026-00042-K7/1"),
        (P.OUTCOME, "triage case answer DP-2026-00042-K7/1 OUTCOME"),
        (P.FORWARDED, "triage case forward DP-2026-00042-K7/1"),
    ],
)
def test_what_has_an_act_of_its_own_is_refused_with_that_act(purpose: LetterPurpose, act: str) -> None:
    assert refusals(drafting(purpose)) == f"the letter {purpose.value} has an act of its own: {act}"


@pytest.mark.parametrize(
    ("purpose", "kind", "line"),
    [
        (P.NEUTRAL, Kind.ACCESS, "the neutral letter is for a machine that is not sure: you are, so draft the "),
        (P.COMPLAINT_PROGRESS, Kind.ACCESS, "no complaint_progress letter is written about a case of access"),
        (P.PROGRESS, Kind.COMPLAINT, "no progress letter is written about a case of complaint"),
        (P.ACKNOWLEDGEMENT, Kind.COMPLAINT, "a complaint has an acknowledgement of its own: draft complaint_"),
        (P.ESCALATION, Kind.COMPLAINT, "nothing makes the complaint unresolved: tell how far you are with "),
        (P.ACKNOWLEDGEMENT, Kind.ACCESS, "it is acknowledged already: tell more with a progress letter"),
        (P.FIRST_UNDERSTOOD_DIFFERENTLY, Kind.ACCESS, "no letter of ours has said how we understood it: draft "),
    ],
)
def test_what_does_not_fit_the_case_is_refused_with_one_line(purpose: LetterPurpose, kind: Kind, line: str) -> None:
    case = make_case_file(kind, letters=(make_case_letter(P.NEUTRAL, number=None),))
    (told,) = refusals(drafting(purpose, case)).splitlines()
    assert told.startswith(line)


def test_every_letter_can_be_drafted_here_or_names_its_act() -> None:
    for purpose in P:
        for kind in Kind:
            answer = drafting(purpose, make_case_file(kind, not_acknowledged=True))
            assert isinstance(answer, CaseChange) or len(answer.reasons) == 1


@pytest.mark.parametrize(
    ("case", "purposes"),
    [
        (acknowledged(), (P.PROGRESS,)),
        (make_case_file(not_acknowledged=True), (P.ACKNOWLEDGEMENT, P.PROGRESS)),
        (make_case_file(Kind.OPT_OUT, not_acknowledged=True), (P.ACKNOWLEDGEMENT, P.OPT_OUT_RECORDED)),
        (acknowledged(make_draft(P.PROGRESS)), ()),
        (make_case_file(state=CaseState.CLOSED), ()),
    ],
)
def test_which_letters_can_be_laid_ready_now_is_known(case: CaseFile, purposes: tuple[LetterPurpose, ...]) -> None:
    assert draftable(case, POLICY, NOW) == purposes


def test_a_closed_case_gets_no_more_news_and_what_waits_is_not_drafted_twice() -> None:
    assert "is closed" in refusals(drafting(P.PROGRESS, make_case_file(state=CaseState.CLOSED)))
    waiting = make_case_file(letters=(make_draft(P.PROGRESS),))
    assert refusals(drafting(P.PROGRESS, waiting)).startswith("letter 31 (progress) waits as draft")
    assert done(drafting(P.PROGRESS, make_case_file(letters=(make_draft(P.OUTCOME),))))


def test_a_draft_over_a_week_old_makes_room_for_the_new_one() -> None:
    old = make_draft(P.PROGRESS, created_at=NOW - timedelta(days=7, seconds=1))
    change = done(drafting(P.PROGRESS, make_case_file(letters=(old, make_draft(P.OUTCOME, id=32)))))
    assert change.discards == (old.id,)
    assert len(change.letters) == 1


def test_words_are_taken_only_where_the_letter_has_a_place_for_them() -> None:
    case = make_case_file(not_acknowledged=True)
    assert letter_of(drafting(P.ACKNOWLEDGEMENT, case)).facts.due_on == case.dates.statutory_due
    told = refusals(drafting(P.ACKNOWLEDGEMENT, case, WORDS))
    assert told == "the letter acknowledgement has no place for words of yours: leave them out"


def test_an_opt_out_is_acknowledged_with_a_day_that_can_be_kept() -> None:
    case = make_case_file(Kind.OPT_OUT, not_acknowledged=True)
    case = replace(case, dates=replace(case.dates, internal_target=date(2026, 11, 24)))
    letter = letter_of(drafting(P.OPT_OUT_RECORDED, case))
    assert (letter.facts.opt_out_by, letter.promised_on) == (date(2026, 12, 15), date(2026, 12, 15))


def test_a_complaints_acknowledgement_is_drafted_anew_with_a_day_that_is_still_to_come() -> None:
    old = a_letter(P.COMPLAINT_ACKNOWLEDGEMENT, number=None)
    case = a_complaint(letters=(old,), not_acknowledged=True)
    early = done(draft(case, P.COMPLAINT_ACKNOWLEDGEMENT, "", COMPLAINTS_POLICY, at(9)))
    assert early.discards == (old.id,)
    assert early.letters[0].promised_on == day(15)
    late = letter_of(draft(case, P.COMPLAINT_ACKNOWLEDGEMENT, "", COMPLAINTS_POLICY, at(26)))
    assert late.promised_on is not None
    assert late.promised_on > day(26)


def test_a_complaints_news_promise_the_next_ones() -> None:
    letter = letter_of(draft(a_complaint(), P.COMPLAINT_PROGRESS, WORDS, COMPLAINTS_POLICY, at(5)))
    assert (letter.facts.words, letter.promised_on) == (WORDS, day(19))


def test_the_escalation_letter_is_there_for_a_person_as_long_as_a_trigger_holds() -> None:
    letter = letter_of(draft(a_complaint(), P.ESCALATION, WORDS, COMPLAINTS_POLICY, at(31)))
    assert letter.why.startswith("unresolved: ")
    assert letter.facts.words == WORDS


def test_what_was_understood_differently_is_told_with_all_that_is_asked_now() -> None:
    deletion = make_link(Kind.DELETION, same_thread=True, statutory_due=date(2026, 12, 16))
    letter = letter_of(drafting(P.FIRST_UNDERSTOOD_DIFFERENTLY, acknowledged(links=(deletion,))))
    assert letter.facts.kinds == (Kind.ACCESS, Kind.DELETION)
    assert (letter.facts.due_on, letter.promised_on) == (date(2026, 12, 16), date(2026, 12, 16))
    alone = letter_of(drafting(P.FIRST_UNDERSTOOD_DIFFERENTLY, acknowledged(kind=Kind.CORRECTION)))
    assert alone.facts.kinds == (Kind.CORRECTION,)
    gone = replace(deletion, state=CaseState.CLOSED)
    assert letter_of(drafting(P.FIRST_UNDERSTOOD_DIFFERENTLY, acknowledged(links=(gone,)))).facts.kinds == (
        Kind.ACCESS,
    )


def test_a_complaint_that_was_first_taken_for_a_request_is_told_when_it_hears_from_us() -> None:
    letter = letter_of(drafting(P.FIRST_UNDERSTOOD_DIFFERENTLY, acknowledged(kind=Kind.COMPLAINT)))
    assert (letter.facts.news_by, letter.promised_on) == (date(2026, 12, 15), date(2026, 12, 15))


def test_nobody_is_told_that_we_understood_otherwise_what_stands_as_it_was_read() -> None:
    told = refusals(drafting(P.FIRST_UNDERSTOOD_DIFFERENTLY, acknowledged()))
    assert told == "it still stands as it was read: relabel it first, if it was read wrongly"
    again = acknowledged(make_case_letter(P.FIRST_UNDERSTOOD_DIFFERENTLY))
    assert letter_of(drafting(P.FIRST_UNDERSTOOD_DIFFERENTLY, again))
