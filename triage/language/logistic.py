"""Logistic regressions with a ridge, by Newton's method: small, exact and the same on every run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_STEPS = 60
_CLOSE_ENOUGH = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Logistic:
    """A bundle of regressions, one per label. Arrays are labels x features; biases one per label.

    `features` and `labels` name them, so that a stale file is noticed.
    """

    features: tuple[str, ...]
    labels: tuple[str, ...]
    weights: Floats
    biases: Floats
    means: Floats
    spreads: Floats

    def probabilities(self, rows: Floats) -> Floats:
        """One probability per label. `rows`: each label's own row of features; more messages may stand before."""
        return sigmoid(((rows - self.means) / self.spreads * self.weights).sum(-1) + self.biases)

    def as_json(self) -> dict[str, Any]:
        """For rules/model/judge.json; rounded, so that it reads the same everywhere."""
        return {
            label: {
                "bias": round(float(self.biases[at]), 6),
                "features": {
                    name: [round(float(part[at, column]), 6) for part in (self.weights, self.means, self.spreads)]
                    for column, name in enumerate(self.features)
                },
            }
            for at, label in enumerate(self.labels)
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Logistic":
        """What `as_json` wrote. Raises KeyError, TypeError, ValueError or IndexError where it is something else."""
        labels = tuple(told)
        features = tuple(told[labels[0]]["features"])
        parts = np.asarray([[told[label]["features"][name] for name in features] for label in labels], dtype=np.float64)
        return cls(
            features=features,
            labels=labels,
            weights=parts[..., 0].copy(),
            biases=np.asarray([float(told[label]["bias"]) for label in labels]),
            means=parts[..., 1].copy(),
            spreads=parts[..., 2].copy(),
        )


def fit(features: Sequence[str], labels: Sequence[str], rows: Floats, truth: Floats, *, ridge: float) -> Logistic:
    """Fit each label on its own rows. `rows`: n x labels x features; `truth`: n x labels of 0 or 1.

    `ridge` shrinks the weights of the standardised features.
    """
    fitted = [_fit_one(rows[:, at], truth[:, at], ridge) for at in range(len(labels))]
    weights, biases, means, spreads = (np.asarray(part) for part in zip(*fitted, strict=True))
    return Logistic(
        features=tuple(features), labels=tuple(labels), weights=weights, biases=biases, means=means, spreads=spreads
    )


def _fit_one(rows: Floats, truth: Floats, ridge: float) -> tuple[Floats, float, Floats, Floats]:
    means, spreads = rows.mean(0), rows.std(0)
    spreads = np.where(spreads > 1e-9, spreads, 1.0)
    standard = np.column_stack([(rows - means) / spreads, np.ones(len(rows))])
    shrink = np.full(standard.shape[1], ridge)
    shrink[-1] = 1e-6
    weights = np.zeros(standard.shape[1])
    for _ in range(_MOST_STEPS):
        guesses = sigmoid(standard @ weights)
        slope = standard.T @ (guesses - truth) + shrink * weights
        bend = (standard * (guesses * (1 - guesses))[:, None]).T @ standard + np.diag(shrink)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < _CLOSE_ENOUGH:
            break
    return weights[:-1], float(weights[-1]), means, spreads


def sigmoid(values: Floats) -> Floats:
    """Log-odds as probabilities."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -35, 35))))
