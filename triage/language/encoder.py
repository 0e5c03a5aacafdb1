"""The close reading: a small sentence encoder, tuned to this desk's messages, read by ONNX Runtime.

How it was made and what it is worth: docs/decisions/013. It looks at windows of words, says for each what is asked
there and which of its words ask. Some ten times dearer than the quick reading, so it sees what that leaves open.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

WINDOW_WORDS, STEP_WORDS = 140, 100
MOST_WINDOWS = 15
_OUTER_WINDOWS = 3
MOST_WORDS = WINDOW_WORDS + (MOST_WINDOWS - 1) * STEP_WORDS  # of a longer text the middle is not looked at
_LONGEST_WORD = 40
_WORD = re.compile(r"\S+")

Scores = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A written word and where it stands in the message; in the subject `start` and `end` are -1."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a window asks, as log-odds: `whole` for each label, `asking` for each word and label that can be asked."""

    words: tuple[Word, ...]
    whole: Scores
    asking: Scores


class Encoder:
    """Reads windows. Deterministic; keeps nothing of what it reads. One thread: workers are processes."""

    def __init__(self, folder: Path) -> None:
        about: dict[str, Any] = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        self.asked: tuple[str, ...] = tuple(about["spoken"])
        self.labels: tuple[str, ...] = (*about["spoken"], *about["flags"])
        self.writers: frozenset[str] = frozenset(about["writers"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(about["most_pieces"]))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, ["CPUExecutionProvider"])

    def read(self, words: Sequence[Word], telling: Collection[int] = ()) -> list[Look]:
        """One look per window, at most MOST_WINDOWS.

        Of a longer text its beginning, its end, and the windows with most of the places that are `telling`.
        """
        looks = [self._look(window) for window in _few(list(windows(words)), telling)]
        return looks or [self._look([Word(text=".", start=-1, end=-1)])]

    def _look(self, window: Sequence[Word]) -> Look:
        found = self._pieces(window)
        ids = np.asarray([found.ids], dtype=np.int64)
        whole, pieces = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
        asking = np.full((len(window), len(self.asked)), -20.0, dtype=np.float32)
        for piece, word in enumerate(found.word_ids):
            if word is not None:
                np.maximum(asking[word], pieces[0, piece], out=asking[word])
        return Look(words=tuple(window), whole=whole[0], asking=asking)

    def _pieces(self, window: Sequence[Word]) -> Encoding:
        """The pieces of the words; of words that have none (control characters), a full stop: it reads no less."""
        found = self._tokenizer.encode([_writable(word.text) for word in window], is_pretokenized=True)
        nothing = all(word is None for word in found.word_ids)
        return self._tokenizer.encode(["."], is_pretokenized=True) if nothing else found


def _writable(word: str) -> str:
    """The word as the tokenizer takes it: no lone surrogates, and of an endless one the beginning."""
    return word[:_LONGEST_WORD].encode("utf-8", "replace").decode("utf-8")


def words_of(text: str, start: int, end: int, *, subject: bool = False) -> Iterator[Word]:
    """The written words of `text[start:end]`."""
    for found in _WORD.finditer(text, start, end):
        yield Word(text=found[0], start=-1 if subject else found.start(), end=-1 if subject else found.end())


def windows(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The words as one window, or as several which overlap."""
    if len(words) <= WINDOW_WORDS:
        if words:
            yield words
        return
    for start in range(0, len(words) - (WINDOW_WORDS - STEP_WORDS), STEP_WORDS):
        yield words[start : start + WINDOW_WORDS]


def _few(every: list[Sequence[Word]], telling: Collection[int]) -> list[Sequence[Word]]:
    if len(every) <= MOST_WINDOWS:
        return every
    middle = range(_OUTER_WINDOWS, len(every) - _OUTER_WINDOWS)
    ranked = sorted(middle, key=lambda at: -sum(every[at][0].start <= one < every[at][-1].end for one in telling))
    chosen = sorted(ranked[: MOST_WINDOWS - 2 * _OUTER_WINDOWS])
    return every[:_OUTER_WINDOWS] + [every[at] for at in chosen] + every[-_OUTER_WINDOWS:]
