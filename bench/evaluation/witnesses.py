"""The trained witnesses, each by itself: what it would say if no judge weighed it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench.evaluation.sides import script
from triage.domain.classification import Classification, Script
from triage.domain.vocabulary import Kind, OtherRight
from triage.language.categoriser import Categoriser
from triage.language.corpus import Example
from triage.language.encoder import Encoder
from triage.language.evaluation.left_out import LeftOut, Read
from triage.language.evaluation.measures import Answer, answers, summarise
from triage.language.evidence import LABELS, Floats
from triage.language.logistic import sigmoid
from triage.language.model import ENCODER_FOLDER, Witnesses
from triage.language.reader import words_in
from triage.language.speakers import RuleReader
from triage.language.training import categoriser
from triage.language.training.passages import passages

THRESHOLD = 0.5
GROUPS = 5  # writers left out together: training once per writer would take half an hour


def quick_alone(rules: RuleReader, witnesses: Witnesses) -> Read:
    """The quick categoriser: for each label the greater of the whole message and its best sentence."""

    def odds(message: Script) -> Floats:
        spoken = rules.spoken(message)
        heard = witnesses.quick(spoken.sentences, (), words=0, channel=message.channel)
        return np.asarray(np.vstack([heard.whole, heard.sentences]).max(0))

    return _read(odds)


def encoder_alone(rules: RuleReader, witnesses: Witnesses) -> Read:
    """The encoder: for each label the window that asks most."""

    def odds(message: Script) -> Floats:
        close, _ = witnesses.close(words_in(message, rules.spoken(message)))
        return np.asarray(close.windows.max(0))

    return _read(odds)


def leave_writers_out(
    examples: Sequence[Example], rules: RuleReader, model: Path, groups: int = GROUPS
) -> tuple[LeftOut, int]:
    """The quick categoriser alone, on writers it was not trained on; and how many groups the writers were dealt into.

    Raises ValueError when there are fewer than two writers.
    """
    writers = sorted({example.writer for example in examples})
    if len(writers) < 2:
        raise ValueError("leaving writers out takes two writers at least")
    encoder = Encoder(model / ENCODER_FOLDER)
    told = {example.id: list(passages(example, script(example), rules)) for example in examples}
    dealt = [frozenset(writers[at::groups]) for at in range(min(groups, len(writers)))]
    given: list[Answer] = []
    for names in dealt:
        kept = [passage for example in examples if example.writer not in names for passage in told[example.id]]
        witnesses = Witnesses(Categoriser(categoriser.train(kept)), encoder)
        given += answers((one for one in examples if one.writer in names), quick_alone(rules, witnesses))
    by_writer = {writer: summarise([a for a in given if a.example.writer == writer]) for writer in writers}
    return LeftOut(writers=by_writer, together=summarise(given)), len(dealt)


def _read(odds: Callable[[Script], Floats]) -> Read:
    def read(example: Example) -> Classification:
        found = sigmoid(odds(script(example)))[: len(LABELS)]
        by_label = dict(zip(LABELS, map(float, found), strict=True))
        rights = tuple(right for right in OtherRight if by_label[right] >= THRESHOLD)
        scores: dict[Kind, float] = {kind: by_label[kind] for kind in Kind if kind is not Kind.OTHER_RIGHT}
        scores[Kind.OTHER_RIGHT] = max(by_label[right] for right in OtherRight)
        kinds = tuple(kind for kind in Kind if scores[kind] >= THRESHOLD)
        request = max(scores.values())
        return Classification(
            kinds=kinds, scores=scores, needs_person=False, request_score=request, other_rights=rights
        )

    return read
