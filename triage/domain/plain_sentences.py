"""Sentences in a spelling that phrases can be looked for in: lower case, no contractions, no marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^.!?;\s][^.!?;\n]*")
_SPELT_OUT = (
    (re.compile(r"[’`´]"), "'"),
    (re.compile(r"\b(?:can't|cant|cannot)\b"), "can not"),
    (re.compile(r"\b(?:won't|wont)\b"), "will not"),
    (re.compile(r"\b(have|has|had|do|does|did|is|are|was|were|would|could|should)n'?t\b"), r"\1 not"),
    (re.compile(r"\b(i|we|you|they)(?:'ve|ve)\b"), r"\1 have"),
    (re.compile(r"\b(?:i'm|im)\b"), "i am"),
    (re.compile(r"\b(we|you|they)'re\b"), r"\1 are"),
    (re.compile(r"\b(it|that|what|there|where|how|this)'s\b"), r"\1 is"),
    (re.compile(r"\be-?mail"), "email"),
    (re.compile(r"[^\w]+"), " "),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainSentence:
    """`words` as looked at; `start` and `end` are its offsets in the text it stood in."""

    words: str
    start: int
    end: int


def plain_sentences(text: str) -> Iterator[PlainSentence]:
    """The sentences of `text`; a line's end ends one, too."""
    for found in _SENTENCE.finditer(text):
        words = found[0].lower()
        for pattern, spelt in _SPELT_OUT:
            words = pattern.sub(spelt, words)
        if words.strip():
            yield PlainSentence(words=words.strip(), start=found.start(), end=found.start() + len(found[0].rstrip()))


def phrases(*each: str) -> re.Pattern[str]:
    """One pattern for all of them, each a run of whole words; `...` stands for up to six words between."""
    spelt = "|".join(one.replace("...", r"(?:\w+ ){0,6}?") for one in each)
    return re.compile(rf"\b(?:{spelt})\b")
