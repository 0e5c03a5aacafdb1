"""The regressions by which the judge weighs its witnesses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.language.logistic import Logistic, fit, sigmoid

FEATURES = ("says so", "noise")
LABELS = ("access", "deletion")


def _rows(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Messages whose first feature tells the truth, the more so the larger it is; the second tells nothing."""
    dice = np.random.default_rng(seed)
    rows = dice.normal(size=(count, len(LABELS), len(FEATURES)))
    truth = (dice.random((count, len(LABELS))) < sigmoid(2.0 * rows[..., 0])).astype(float)
    return rows, truth


def test_a_telling_feature_gets_the_weight_and_an_idle_one_next_to_none() -> None:
    fitted = fit(FEATURES, LABELS, *_rows(4_000), ridge=1.0)
    assert np.allclose(fitted.weights[:, 0], 2.0, atol=0.3)
    assert np.abs(fitted.weights[:, 1]).max() < 0.15


def test_what_it_says_seven_times_in_ten_is_so_seven_times_in_ten() -> None:
    fitted = fit(FEATURES, LABELS, *_rows(4_000), ridge=1.0)
    rows, truth = _rows(20_000, seed=8)
    said = fitted.probabilities(rows)
    about = (said > 0.65) & (said < 0.75)
    assert truth[about].mean() == pytest.approx(0.7, abs=0.04)


def test_more_ridge_makes_it_say_less() -> None:
    rows, truth = _rows(300)
    loose, tight = (fit(FEATURES, LABELS, rows, truth, ridge=ridge) for ridge in (0.1, 300.0))
    assert np.abs(tight.weights).max() < np.abs(loose.weights).max() / 2


def test_a_feature_that_never_varies_and_labels_that_never_come_do_no_harm() -> None:
    rows, _ = _rows(50)
    rows[..., 1] = 4.0
    fitted = fit(FEATURES, LABELS, rows, np.zeros((50, 2)), ridge=1.0)
    assert np.isfinite(fitted.weights).all()
    assert fitted.probabilities(rows).max() < 0.1


def test_the_same_rows_give_the_same_weights_to_the_last_digit() -> None:
    assert (
        fit(FEATURES, LABELS, *_rows(400), ridge=1.0).as_json()
        == fit(FEATURES, LABELS, *_rows(400), ridge=1.0).as_json()
    )


def test_what_is_written_down_reads_the_same() -> None:
    fitted = fit(FEATURES, LABELS, *_rows(400), ridge=1.0)
    read = Logistic.from_json(fitted.as_json())
    rows, _ = _rows(20, seed=5)
    assert (read.features, read.labels) == (FEATURES, LABELS)
    assert np.allclose(read.probabilities(rows), fitted.probabilities(rows), atol=1e-4)


@pytest.mark.parametrize("broken", [{}, {"access": {}}, {"access": {"bias": "x", "features": {}}}, {"access": 3}])
def test_something_else_is_no_regression(broken: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, IndexError)):
        Logistic.from_json(broken)


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=4, max_size=4))
@settings(max_examples=50)
def test_every_row_gets_a_probability(values: list[float]) -> None:
    fitted = fit(FEATURES, LABELS, *_rows(100), ridge=1.0)
    said = fitted.probabilities(np.asarray(values).reshape(2, 2))
    assert ((said >= 0) & (said <= 1)).all()
