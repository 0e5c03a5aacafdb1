"""How each kind may end, the letter that says so, and the same table in the docs."""

import re
from pathlib import Path

from triage.domain.outcomes import CLOSING_LETTERS, LETTER_OF, NEEDS_REASONS, OUTCOMES
from triage.domain.vocabulary import Kind, LetterPurpose, Outcome

PAGE = (Path(__file__).parents[2] / "docs" / "states.md").read_text(encoding="utf-8")


def test_every_kind_ends_in_some_way_and_every_outcome_ends_some_kind() -> None:
    assert set(OUTCOMES) == set(Kind)
    assert {outcome for outcomes in OUTCOMES.values() for outcome in outcomes} == set(Outcome)


def test_every_end_has_its_letter() -> None:
    assert set(LETTER_OF) == {(kind, outcome) for kind, outcomes in OUTCOMES.items() for outcome in outcomes}
    assert set(LETTER_OF.values()) == CLOSING_LETTERS


def test_the_docs_show_the_same_outcomes_and_letters() -> None:
    rows = re.findall(r"^\| (\w+) \| ([\w, `]+) \| `(\w+)` \|$", PAGE, re.MULTILINE)
    shown = {(kind, outcome): letter for kind, ends, letter in rows for outcome in ends.split(", ")}
    assert shown == {(kind.value, outcome.value): letter.value for (kind, outcome), letter in LETTER_OF.items()}


def test_nobody_can_refuse_to_stop_marketing() -> None:
    assert Outcome.REFUSED not in OUTCOMES[Kind.OPT_OUT]


def test_any_wish_can_be_withdrawn_and_a_complaint_needs_no_answer_from_the_person() -> None:
    assert all(Outcome.WITHDRAWN in outcomes for outcomes in OUTCOMES.values())
    assert Outcome.NO_REPLY not in OUTCOMES[Kind.COMPLAINT]


def test_a_refusal_has_a_letter_of_its_own_and_reasons() -> None:
    refused = {kind for kind, outcome in LETTER_OF if LETTER_OF[kind, outcome] is LetterPurpose.REFUSAL}
    assert refused == {Kind.ACCESS, Kind.CORRECTION, Kind.DELETION, Kind.OTHER_RIGHT}
    assert Outcome.REFUSED in NEEDS_REASONS


def test_an_opt_out_taken_back_is_not_told_that_marketing_stopped() -> None:
    assert LETTER_OF[Kind.OPT_OUT, Outcome.WITHDRAWN] is LetterPurpose.OUTCOME
    assert LETTER_OF[Kind.OPT_OUT, Outcome.NOT_ON_LIST] is LetterPurpose.OUTCOME
