"""What the witnesses say of a message, as one row of numbers per label: what the judge weighs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight
from triage.language.findings import Finding, cue_weight, noisy_or, strengths

Label = Kind | OtherRight
Floats = NDArray[np.float64]

LABELS: tuple[Label, ...] = (*(kind for kind in Kind if kind is not Kind.OTHER_RIGHT), *OtherRight)
REQUEST = "request"  # the last row: whether anything is asked at all
CONTEXT_FLAGS = (Flag.SPAM, Flag.FOI, Flag.CLIENT_INSTRUCTION, Flag.DISCLOSURE_REQUEST)
COLUMNS: tuple[str, ...] = (*LABELS, *CONTEXT_FLAGS)  # of every array of scores here

FLAGS: tuple[Flag, ...] = tuple(flag for flag in Flag if flag is not Flag.NOT_ENGLISH)
FLAG_FEATURES = ("window", "rule")

_ASKED = len(LABELS)
_FURTHEST = 7.0  # log-odds beyond it say nothing more

QUICK_FEATURES = (
    "whole", "best sentence", "second sentence", "other labels", "rule", "rules together", "other rules", "cue",
    *(f"whole {flag}" for flag in CONTEXT_FLAGS), *(f"rule {flag}" for flag in CONTEXT_FLAGS),
    "words", "sentences", "chat",
)  # fmt: skip
CLOSE_FEATURES = (
    *QUICK_FEATURES, "window", "second window", "asking words", "other windows",
    *(f"window {flag}" for flag in CONTEXT_FLAGS),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Quick:
    """What rules and quick categoriser found. `whole` (COLUMNS) and `sentences` (n x COLUMNS) are log-odds."""

    whole: Floats
    sentences: Floats
    findings: tuple[Finding, ...]
    words: int
    channel: Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Close:
    """What the encoder saw, as log-odds.

    `windows`: n x COLUMNS; `asking`: per label, of the words that ask most; `flags`: per flag of FLAGS, of any window.
    """

    windows: Floats
    asking: Floats
    flags: Floats


def quick_rows(quick: Quick) -> Floats:
    """A row of QUICK_FEATURES for each of LABELS, and a last one for whether anything is asked: all labels at once."""
    alone, together = _rules(quick.findings)
    flags = {f.hit.rule.gives for f in quick.findings}
    best, second = _two_best(quick.sentences[:, :_ASKED])
    same = [
        cue_weight(quick.findings),
        *quick.whole[_ASKED:],
        *(float(flag in flags) for flag in CONTEXT_FLAGS),
        np.log1p(quick.words),
        np.log1p(len(quick.sentences)),
        float(quick.channel is Channel.CHAT),
    ]
    whole = quick.whole[:_ASKED]
    return np.column_stack(
        [
            *(_with_any(each) for each in (whole, best, second)),
            _of_others(whole),
            *(_with_any(each) for each in (alone, together)),
            _of_others(alone),
            np.tile(same, (_ASKED + 1, 1)),
        ]
    )


def close_rows(quick: Floats, close: Close) -> Floats:
    """The same rows with what the encoder adds (CLOSE_FEATURES)."""
    best, second = _two_best(close.windows[:, :_ASKED])
    return np.column_stack(
        [
            quick,
            *(_with_any(each) for each in (best, second, close.asking)),
            _of_others(best),
            np.tile(close.windows[:, _ASKED:].max(0), (_ASKED + 1, 1)),
        ]
    )


def flag_rows(findings: tuple[Finding, ...], close: Close) -> Floats:
    """A row of FLAG_FEATURES for each of FLAGS."""
    ruled = {f.hit.rule.gives for f in findings}
    return np.column_stack([close.flags, [float(flag in ruled) for flag in FLAGS]])


def log_odds(scores: NDArray[np.float32]) -> Floats:
    """Probabilities as log-odds, kept within bounds."""
    clipped = np.clip(scores.astype(np.float64), 1e-6, 1 - 1e-6)
    return bounded(np.log(clipped / (1 - clipped)))


def bounded(odds: NDArray[np.floating]) -> Floats:
    """Log-odds within bounds."""
    return np.clip(odds.astype(np.float64), -_FURTHEST, _FURTHEST)


def columns_in(labels: Sequence[str], columns: Sequence[str] = COLUMNS) -> list[int]:
    """Where each of `columns` stands among `labels`. Raises ValueError where one is missing."""
    return [list(labels).index(name) for name in columns]


def _rules(findings: tuple[Finding, ...]) -> tuple[Floats, Floats]:
    """Per label what its strongest rule says, and all its rules together."""
    alone, together = np.zeros(_ASKED), np.zeros(_ASKED)
    for at, label in enumerate(LABELS if findings else ()):
        weights = strengths(findings, label)
        if weights:
            alone[at], together[at] = weights[0], noisy_or(weights)
    return alone, together


def _two_best(rows: Floats) -> tuple[Floats, Floats]:
    if len(rows) == 0:
        return np.full(_ASKED, -_FURTHEST), np.full(_ASKED, -_FURTHEST)
    if len(rows) == 1:
        return rows[0], np.full(_ASKED, -_FURTHEST)
    top = np.partition(rows, len(rows) - 2, axis=0)
    return top[-1], top[-2]


def _with_any(values: Floats) -> Floats:
    return np.append(values, values.max())


def _of_others(values: Floats) -> Floats:
    """For each label the most that any other label has; for the last row the most of all."""
    order = np.argsort(values)
    others = np.full(_ASKED + 1, values[order[-1]])
    others[order[-1]] = values[order[-2]]
    return others
