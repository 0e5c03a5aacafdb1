"""The quick reading: a spaCy text categoriser over each sentence and over the whole, in plain words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.strings import get_string_id

from triage.language.ngrams import counted

TEXTCAT = "textcat_multilabel"
WHOLE = "§"  # stands before the words of a whole message: how likely it asks differs from a sentence's likelihood

Scores = NDArray[np.float32]


class Categoriser:
    """Scores passages. Deterministic.

    The words are hashed as spaCy's vocabulary would, without entering it: what people write stays out of the process.
    """

    def __init__(self, nlp: Language) -> None:
        textcat: Any = nlp.get_pipe(TEXTCAT)
        self._grams, *self._layers = textcat.model.layers
        self.labels: tuple[str, ...] = tuple(textcat.labels)

    @classmethod
    def load(cls, folder: Path) -> "Categoriser":
        """The pipeline `triage train` left in `folder`. Raises OSError where there is none."""
        return cls(spacy.load(folder))

    def scores(self, passages: Sequence[Sequence[str]]) -> Scores:
        """A row of scores 0..1 per passage, a column per label. `passages`: plain words, none of them empty."""
        hashed = [np.asarray([get_string_id(word) for word in words], dtype=np.uint64) for words in passages]
        found: Any = counted(hashed, self._grams.attrs["longest"], self._grams.get_param("rarity"))
        for layer in self._layers:
            found = layer.predict(found)
        return np.asarray(found, dtype=np.float32)
