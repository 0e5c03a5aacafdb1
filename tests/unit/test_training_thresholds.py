"""The thresholds training advises: recall first, then fewer looks; none where the goals cannot be met."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from triage.domain.policy import Policy, Thresholds
from triage.domain.vocabulary import Channel, Kind, OtherRight
from triage.language.corpus import Example
from triage.language.evidence import LABELS, Floats
from triage.language.model import JUDGED
from triage.language.training.card import write_card
from triage.language.training.run import Trained
from triage.language.training.thresholds import advise, at_policy, cross_fitted
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
ACCESS, REQUEST = LABELS.index(Kind.ACCESS), len(LABELS)


@pytest.fixture(scope="module")
def policy() -> Policy:
    thresholds = Thresholds(upper=0.8, lower=0.4, look=0.1)
    return replace(load_policy(RULES), thresholds=thresholds, kind_thresholds={})


def example(number: int, *kinds: Kind) -> Example:
    rights = (OtherRight.ADM,) if Kind.OTHER_RIGHT in kinds else ()
    return Example(
        id=str(number), writer="x", channel=Channel.EMAIL, subject="", text="x", kinds=kinds, other_rights=rights
    )


def row(access: float, request: float | None = None) -> Floats:
    scores = np.full(len(JUDGED), 0.01)
    scores[ACCESS], scores[REQUEST] = access, access if request is None else request
    return scores


def trained(
    *pairs: tuple[float, bool], quick: Floats | None = None, below: float = 0.0, above: float = 1.01
) -> Trained:
    """Messages that score so for access, and whether they ask for it."""
    close = np.asarray([row(score) for score, _ in pairs])
    return Trained(
        examples=tuple(example(at, *([Kind.ACCESS] if asked else [])) for at, (_, asked) in enumerate(pairs)),
        quick=close if quick is None else quick,
        close=close,
        below=below,
        above=above,
        settled=0.0,
    )


def test_the_figures_are_those_of_the_policys_own_thresholds(policy: Policy) -> None:
    given = trained((0.9, True), (0.5, True), (0.05, True), (0.5, False), (0.02, False))
    summary = at_policy(given, policy)
    assert summary.messages == 5
    assert summary.missed == ("2",)
    assert (summary.negatives_given_kind.part, summary.negatives_given_kind.whole) == (1, 2)
    assert summary.to_person.part == 2
    stricter = replace(policy, thresholds=Thresholds(upper=0.95, lower=0.6, look=0.04))
    assert at_policy(given, stricter).missed == ()
    assert at_policy(given, stricter).negatives_given_kind.part == 0


def test_scores_that_part_the_asked_from_the_rest_are_advised_to_bother_nobody(policy: Policy) -> None:
    advice = advise(trained(*[(0.97, True)] * 20, *[(0.01, False)] * 20), policy)
    assert advice is not None
    assert advice.summary.macro_f1 == 1.0
    assert advice.summary.decided_right.part == 40


def test_a_request_that_scores_low_is_not_left_unseen_however_many_looks_it_costs(policy: Policy) -> None:
    given = trained(*[(0.97, True)] * 20, (0.06, True), *[(0.055, False)] * 10, *[(0.01, False)] * 10)
    advice = advise(given, policy)
    assert advice is not None
    assert advice.thresholds.look <= 0.05
    assert advice.summary.missed == ()
    assert at_policy(given, policy).missed == ("20",)


def test_where_no_threshold_keeps_from_missing_none_is_advised(policy: Policy) -> None:
    assert advise(trained(*[(0.97, True)] * 5, *[(0.011, True)] * 5), policy) is None


def test_where_no_threshold_makes_sure_answers_right_none_is_advised(policy: Policy) -> None:
    assert advise(trained(*[(0.99, False)] * 5, *[(0.99, True)] * 5, *[(0.01, False)] * 3), policy) is None


def test_the_card_says_so_where_none_is_advised(policy: Policy, tmp_path: Path) -> None:
    given = trained(*[(0.99, False)] * 5, *[(0.99, True)] * 5)
    assert "no thresholds tried meet the goals" in write_card(given, given.examples, policy, tmp_path)
    fine = trained(*[(0.97, True)] * 5, *[(0.01, False)] * 5)
    assert "Advised thresholds: upper" in write_card(fine, fine.examples, policy, tmp_path)


def test_the_quick_reading_counts_where_it_settles_and_the_close_one_elsewhere() -> None:
    pairs = ((0.5, True), (0.5, True), (0.5, False), (0.5, False))
    quick = np.asarray([row(0.99), row(0.7), row(0.01), row(0.01, request=0.4)])
    scores = cross_fitted(trained(*pairs, quick=quick, below=0.05, above=0.95))
    assert [one.labels[Kind.ACCESS] for one in scores] == [0.99, 0.5, 0.01, 0.5]
    assert [one.request for one in scores] == [0.99, 0.5, 0.01, 0.5]


def test_with_bounds_nothing_meets_the_close_reading_always_counts() -> None:
    quick = np.asarray([row(1.0), row(0.0)])
    scores = cross_fitted(trained((0.5, True), (0.4, False), quick=quick))
    assert [one.labels[Kind.ACCESS] for one in scores] == [0.5, 0.4]
