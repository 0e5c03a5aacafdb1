"""The quick reading: a spaCy text categoriser over each sentence and over the whole, in plain words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from triage.language import ngrams  # noqa: F401 - names the architecture to spaCy

TEXTCAT = "textcat_multilabel"
WHOLE = "§"  # stands before the words of a whole message: how likely it asks differs from a sentence's likelihood
LONGEST_PASSAGE_WORDS = 2_000
MOST_PASSAGES = 400

Scores = NDArray[np.float32]


class Categoriser:
    """Scores passages. Deterministic; no word it meets stays in the process (spaCy's memory zone)."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        textcat: Any = nlp.get_pipe(TEXTCAT)
        self._textcat = textcat
        self.labels: tuple[str, ...] = tuple(textcat.labels)

    @classmethod
    def load(cls, folder: Path) -> "Categoriser":
        """The pipeline `triage train` left in `folder`. Raises OSError where there is none."""
        return cls(spacy.load(folder))

    def scores(self, passages: Sequence[Sequence[str]]) -> Scores:
        """A row of scores 0..1 per passage, a column per label. `passages`: plain words, none of them empty."""
        with self._nlp.memory_zone():
            docs = [Doc(self._nlp.vocab, words=list(words[:LONGEST_PASSAGE_WORDS])) for words in passages]
            return np.asarray(self._textcat.predict(docs), dtype=np.float32)
