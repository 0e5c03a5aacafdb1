"""Corpus messages as the quick categoriser learns them: each whole, and each sentence with what it asks."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triage.domain.classification import Script
from triage.domain.vocabulary import Flag, Kind
from triage.language.categoriser import WHOLE
from triage.language.corpus import Example
from triage.language.evidence import LABELS, Label
from triage.language.speakers import RuleReader
from triage.language.words import Sentence

LEARNT: tuple[str, ...] = (*LABELS, *(flag for flag in Flag if flag is not Flag.NOT_ENGLISH))

_SHORT = {
    "you": "u", "your": "ur", "please": "pls", "are": "r", "because": "cos", "and": "n", "information": "info",
    "details": "deets", "what": "wot", "thanks": "thx", "people": "ppl", "message": "msg", "about": "abt",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Plain words and which of LEARNT they carry."""

    words: tuple[str, ...]
    labels: frozenset[str]


def passages(example: Example, script: Script, rules: RuleReader) -> Iterator[Passage]:
    """The message whole, then its sentences. Flags belong to the whole; a sentence asks what `because` quotes of it."""
    spoken = rules.spoken(script)
    asked = labels_of(example)
    whole = tuple(word for sentence in spoken.sentences for word in sentence.plain)
    if whole:
        yield Passage(words=(WHOLE, *whole), labels=frozenset({*asked, *(f for f in example.flags if f in LEARNT)}))
    if len(spoken.sentences) > 1:
        for sentence in spoken.sentences:
            if sentence.plain:
                yield Passage(words=tuple(sentence.plain), labels=_asked_in(sentence, example, script, asked))


def labels_of(example: Example) -> frozenset[Label]:
    """Kinds and rights of an example."""
    return frozenset({*(kind for kind in example.kinds if kind is not Kind.OTHER_RIGHT), *example.other_rights})


def slipped(passages_: Iterable[Passage], dice: random.Random) -> Iterator[Passage]:
    """The same passages as hurried thumbs type them: texting forms, lost and swapped letters, lost little words."""
    for passage in passages_:
        words = tuple(_slip(word, dice) if dice.random() < 0.12 else word for word in passage.words)
        if words != passage.words:
            yield Passage(words=words, labels=passage.labels)


def _asked_in(sentence: Sentence, example: Example, script: Script, asked: frozenset[Label]) -> frozenset[str]:
    text = script.subject if sentence.subject else script.text
    start, end = sentence.starts[0], sentence.ends[-1]
    return frozenset(label for label in asked if _quoted(text, start, end, example.because.get(_kind(label), ())))


def _quoted(text: str, start: int, end: int, quotes: Sequence[str]) -> bool:
    """Whether one of the quotes shares words with `text[start:end]`."""
    for quote in quotes:
        at = text.find(quote)
        if at >= 0 and at < end and start < at + len(quote):
            return True
    return False


def _kind(label: Label) -> Kind:
    return label if isinstance(label, Kind) else Kind.OTHER_RIGHT


def _slip(word: str, dice: random.Random) -> str:
    if word in _SHORT:
        return _SHORT[word]
    if len(word) < 5:
        return word
    at = dice.randrange(1, len(word) - 1)
    if dice.random() < 0.5:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :]
