"""Corpus messages as windows of words, each word labelled with the kinds it asks for."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from triage.domain.vocabulary import Flag, Kind, OtherRight
from triage.language.corpus import Example

SPOKEN = (*(kind.value for kind in Kind if kind is not Kind.OTHER_RIGHT), *(right.value for right in OtherRight))
FLAGS = tuple(flag.value for flag in Flag if flag is not Flag.NOT_ENGLISH)
WINDOW_WORDS, STEP_WORDS = 140, 100
_WORD = re.compile(r"\S+")
_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "g": "h", "h": "j", "i": "o", "l": "k", "m": "n", "n": "m",
    "o": "p", "p": "o", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "y": "u",
}  # fmt: skip
_SHORT = {
    "you": "u", "your": "ur", "please": "pls", "are": "r", "because": "cos", "and": "n", "information": "info",
    "details": "deets", "what": "wot", "to": "2", "for": "4", "thanks": "thx", "people": "ppl", "message": "msg",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Some words of a message. `asks`: for each of SPOKEN the places of the words that ask; `labels`: of all."""

    words: tuple[str, ...]
    asks: tuple[frozenset[int], ...]
    labels: frozenset[str]
    flags: frozenset[str]


def windows(examples: Iterable[Example], own: "OwnWords") -> Iterator[Window]:
    """Every message as one window, a long one as several."""
    for example in examples:
        yield from _windows_of(example, own(example))


def _windows_of(example: Example, text: str) -> Iterator[Window]:
    found = list(_WORD.finditer(text))
    words = [match.group() for match in found]
    asked = [label for label in SPOKEN if label in _labels(example)]
    spans = {label: _spans(text, example.because.get(_kind_of(label), ())) for label in asked}
    asks = tuple(
        frozenset(at for at, word in enumerate(found) if _touches(word, spans.get(label, ()))) for label in SPOKEN
    )
    flags = frozenset(flag.value for flag in example.flags) & frozenset(FLAGS)
    if len(words) <= WINDOW_WORDS:
        yield Window(words=tuple(words), asks=asks, labels=frozenset(asked), flags=flags)
        return
    for start in range(0, len(words) - (WINDOW_WORDS - STEP_WORDS), STEP_WORDS):
        inside = range(start, min(start + WINDOW_WORDS, len(words)))
        here = tuple(frozenset(at - start for at in at_all if at in inside) for at_all in asks)
        labels = frozenset(label for label, at_all in zip(SPOKEN, here, strict=True) if at_all)
        yield Window(words=tuple(words[inside.start : inside.stop]), asks=here, labels=labels, flags=flags)


def _labels(example: Example) -> set[str]:
    return {kind.value for kind in example.kinds} | {right.value for right in example.other_rights}


def _kind_of(label: str) -> Kind:
    return Kind(label) if label in set(Kind) else Kind.OTHER_RIGHT


def _spans(text: str, quotes: Sequence[str]) -> list[tuple[int, int]]:
    places = ((text.find(quote), quote) for quote in quotes)
    return [(start, start + len(quote)) for start, quote in places if start >= 0]


def _touches(word: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(word.start() < end and start < word.end() for start, end in spans)


def joined(window: Window, other: Window, dice: random.Random) -> Window:
    """Two people's messages as one: business with a request in it, two requests, a request among chatter."""
    if len(window.words) + len(other.words) > WINDOW_WORDS:
        return window
    first, second = (window, other) if dice.random() < 0.5 else (other, window)
    offset = len(first.words)
    asks = tuple(one | frozenset(at + offset for at in two) for one, two in zip(first.asks, second.asks, strict=True))
    return Window(
        words=first.words + second.words,
        asks=asks,
        labels=first.labels | second.labels,
        flags=first.flags | second.flags,
    )


def lossy(window: Window, dice: random.Random) -> Window:
    """Some words blotted out, so that no single one is learnt by heart."""
    share = dice.choice((0.0, 0.05, 0.1))
    return replace(window, words=tuple("[MASK]" if dice.random() < share else word for word in window.words))


def noisy(window: Window, dice: random.Random) -> Window:
    """The same words as hurried thumbs type them: swaps, slips, lost letters, texting forms, lost capitals, stops."""
    share = dice.choice((0.0, 0.0, 0.03, 0.08))
    if not share:
        return window
    return replace(
        window, words=tuple(_noisy_word(word, dice) if dice.random() < share else word for word in window.words)
    )


def _noisy_word(word: str, dice: random.Random) -> str:
    lower = word.lower()
    if lower in _SHORT:
        return _SHORT[lower]
    if len(word) < 4:
        return word.rstrip(".,!?") or word
    at = dice.randrange(1, len(word) - 1)
    way = dice.randrange(4)
    if way == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if way == 1:
        return word[:at] + word[at + 1 :]
    if way == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + _NEIGHBOURS.get(word[at], word[at]) + word[at + 1 :]


class OwnWords:
    """The text the reader looks at: subject and own words."""

    def __call__(self, example: Example) -> str:
        """Subject, then own words (all words where none are marked as the sender's own)."""
        from triage.domain.vocabulary import Role
        from triage.parsing.own_words import split_passages

        passages = split_passages(example.text, subject=example.subject)
        own = "\n".join(example.text[p.start : p.end] for p in passages if p.role is Role.OWN)
        return "\n".join(part for part in (example.subject, own.strip() or example.text) if part)
