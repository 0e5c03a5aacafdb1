"""Trains the quick categoriser: a spaCy `textcat_multilabel` over n-grams.

Its layers are trained directly: the n-grams of a passage are counted once, not in every epoch, which is what spaCy's
own loop would do; minutes become seconds.
"""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example as Told
from thinc.api import SGD, fix_random_seed

from triage.language.categoriser import TEXTCAT
from triage.language.evidence import COLUMNS
from triage.language.logistic import sigmoid
from triage.language.ngrams import ARCHITECTURE
from triage.language.training.passages import Passage, slipped

SEED = 20_261_122
EPOCHS = 8
BATCH = 64
LEARN_RATE = 0.3
LONGEST_GRAM = 2
BUCKETS = 2**16

Ragged = tuple[NDArray[np.uint64], NDArray[np.float32]]


def train(told: Sequence[Passage], *, seed: int = SEED, epochs: int = EPOCHS) -> Language:
    """A pipeline trained on `told`. The same passages and seed give the same scores."""
    fix_random_seed(seed)
    dice = random.Random(seed)  # noqa: S311 - reproducible, not secret
    nlp = spacy.blank("en")
    settings = {"@architectures": ARCHITECTURE, "longest": LONGEST_GRAM, "length": BUCKETS}
    textcat: Any = nlp.add_pipe(TEXTCAT, config={"model": settings})
    for label in COLUMNS:
        textcat.add_label(label)
    every = [*told, *slipped(told, dice)]
    with nlp.memory_zone():
        docs = [Doc(nlp.vocab, words=list(passage.words)) for passage in every]
        nlp.initialize(lambda: [Told.from_dict(docs[0], {"cats": dict.fromkeys(COLUMNS, 0.0)})])
        grams, linear, _ = textcat.model.layers
        grams.set_param("rarity", _rarity(grams, docs))
        rows = [grams.predict([doc])[:2] for doc in docs]
    truth = np.asarray([[label in passage.labels for label in COLUMNS] for passage in every], dtype=np.float32)
    _descend(linear, rows, truth, epochs=epochs, dice=dice)
    return nlp


def _rarity(grams: Any, docs: Sequence[Doc]) -> NDArray[np.float32]:
    """How telling each bucket is: the rarer the more (inverse document frequency)."""
    counts = np.zeros(len(grams.get_param("rarity")), dtype=np.float32)
    for doc in docs:
        counts[grams.predict([doc])[0]] += 1
    return np.asarray(1.0 + np.log((1 + len(docs)) / (1 + counts)), dtype=np.float32)


def _descend(
    linear: Any, rows: Sequence[Ragged], truth: NDArray[np.float32], *, epochs: int, dice: random.Random
) -> None:
    # Plain descent: Adam gives a word seen once the stride of a word seen daily, and reads much worse (docs/reader.md).
    optimizer = SGD(LEARN_RATE, L2=0.0, grad_clip=0.0, use_averages=False)
    order = list(range(len(rows)))
    for epoch in range(epochs):
        dice.shuffle(order)
        optimizer.learn_rate = LEARN_RATE * (1 - epoch / epochs)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            scores, back = linear.begin_update(_together([rows[at] for at in some]))
            guesses = sigmoid(scores)
            back((guesses - truth[some]).astype(np.float32))
            linear.finish_update(optimizer)


def _together(rows: Sequence[Ragged]) -> tuple[NDArray[np.uint64], NDArray[np.float32], NDArray[np.int32]]:
    keys, values = zip(*rows, strict=True)
    return np.concatenate(keys), np.concatenate(values), np.asarray([len(one) for one in keys], dtype=np.int32)
