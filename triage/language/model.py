"""rules/model: the quick categoriser, the encoder, and the weights by which the judge hears all witnesses."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.domain.vocabulary import Channel
from triage.errors import RulesWrong
from triage.language.categoriser import WHOLE, Categoriser
from triage.language.encoder import Encoder, Look, Word
from triage.language.evidence import (
    CLOSE_FEATURES,
    FLAG_FEATURES,
    FLAGS,
    LABELS,
    QUICK_FEATURES,
    REQUEST,
    Close,
    Floats,
    Quick,
    bounded,
    columns_in,
    log_odds,
)
from triage.language.findings import Finding
from triage.language.logistic import Logistic
from triage.language.words import Sentence

QUICK_FOLDER, ENCODER_FOLDER, WEIGHTS_FILE = "quick", "encoder", "judge.json"
JUDGED = (*LABELS, REQUEST)


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """How much each witness counts, before and after the close reading.

    `flags`: the same for flags, after it. `below`, `above`: what every quick score must be for it to be spared.
    """

    quick: Logistic
    close: Logistic
    flags: Logistic
    below: float
    above: float


def settled(said: Floats, below: float, above: float) -> NDArray[np.bool_]:
    """For each row of probabilities (n x JUDGED) whether it leaves nothing open: all surely asked or surely not."""
    labels, request = said[:, :-1], said[:, -1]
    asked = labels >= above
    return (asked | (labels < below)).all(1) & (asked.any(1) | (request < below))


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What the encoder says of a message, as log-odds: `whole` windows x its labels, `asking` per label asked."""

    whole: NDArray[np.float32]
    asking: NDArray[np.float32]


class Witnesses:
    """The trained witnesses. Deterministic; they keep nothing of what they read."""

    def __init__(self, categoriser: Categoriser, encoder: Encoder) -> None:
        self._categoriser, self._encoder = categoriser, encoder
        self._quick_columns = columns_in(categoriser.labels)
        self._close_columns = columns_in(encoder.labels)
        self._asked_columns = columns_in(encoder.asked, LABELS)
        self._flag_columns = columns_in(encoder.labels, FLAGS)

    def quick(
        self, sentences: Sequence[Sentence], findings: tuple[Finding, ...], *, words: int, channel: Channel
    ) -> Quick:
        """Hear the rules and the quick categoriser."""
        passages = [sentence.plain or ["."] for sentence in sentences]
        whole = [WHOLE, *(word for passage in passages for word in passage)]
        scores = log_odds(self._categoriser.scores([whole, *passages])[:, self._quick_columns])
        return Quick(whole=scores[0], sentences=scores[1:], findings=findings, words=words, channel=channel)

    @property
    def asked(self) -> tuple[str, ...]:
        """The labels in the order of a Look's `asking`."""
        return self._encoder.asked

    def close(self, words: Sequence[Word], telling: Collection[int] = ()) -> tuple[Close, list[Look]]:
        """Hear the encoder too. `telling`: where in the text rules found something, should it be too long for it."""
        looks = self._encoder.read(words, telling)
        return self.weighable(seen(looks)), looks

    def weighable(self, told: Seen) -> Close:
        """What the encoder saw, as the judge weighs it."""
        whole = bounded(told.whole)
        asking = bounded(told.asking[self._asked_columns])
        return Close(windows=whole[:, self._close_columns], asking=asking, flags=whole[:, self._flag_columns].max(0))


def seen(looks: Sequence[Look]) -> Seen:
    """Of each window what it asks, and of all of them the words that ask most."""
    return Seen(
        whole=np.stack([look.whole for look in looks]),
        asking=np.stack([look.asking.max(0) for look in looks]).max(0),
    )


def load_encoder(folder: Path) -> Encoder:
    """The encoder from rules/model. Raises RulesWrong where it cannot be used."""
    try:
        return Encoder(folder / ENCODER_FOLDER)
    except Exception as error:  # tokenizers and ONNX Runtime raise what they like over a broken file
        what = " ".join(str(error).split())
        fault = f"model/{ENCODER_FOLDER}: cannot be used, copy it anew from this edition's rules"
        raise RulesWrong([f"{fault}: {type(error).__name__}: {what}"]) from error


def load_witnesses(folder: Path) -> Witnesses:
    """Categoriser and encoder from rules/model. Raises RulesWrong where one cannot be used."""
    encoder = load_encoder(folder)
    try:
        return Witnesses(Categoriser.load(folder / QUICK_FOLDER), encoder)
    except Exception as error:  # spaCy raises what it likes over a broken file
        raise _cannot_be_used(error) from error


def load_weights(folder: Path) -> Weights:
    """The judge's weights from rules/model. Raises RulesWrong where they are missing or for other evidence."""
    try:
        told = json.loads((folder / WEIGHTS_FILE).read_text(encoding="utf-8"))
        return Weights(
            quick=_fitting(Logistic.from_json(told["quick"]), QUICK_FEATURES),
            close=_fitting(Logistic.from_json(told["close"]), CLOSE_FEATURES),
            flags=_fitting(Logistic.from_json(told["flags"]), FLAG_FEATURES, FLAGS),
            below=float(told["settled"]["below"]),
            above=float(told["settled"]["above"]),
        )
    except (OSError, KeyError, TypeError, ValueError, IndexError) as error:
        raise _cannot_be_used(error) from error


def _fitting(weights: Logistic, features: Sequence[str], labels: Sequence[str] = JUDGED) -> Logistic:
    if weights.features != tuple(features) or weights.labels != tuple(labels):
        raise ValueError("the weights are for other evidence")
    if not all(np.isfinite(part).all() for part in (weights.weights, weights.biases, weights.means, weights.spreads)):
        raise ValueError("a weight is no number")
    return weights


def _cannot_be_used(error: Exception) -> RulesWrong:
    what = " ".join(str(error).split())  # the libraries' messages have many lines
    return RulesWrong([f"model: cannot be used, run `triage train`: {type(error).__name__}: {what}"])
