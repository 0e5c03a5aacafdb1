"""Runs the rules over sentences, only those whose needed words occur there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

from triage.language.phrases import Phrase
from triage.language.pipeline import as_doc
from triage.language.rules_file import Rule
from triage.language.words import Sentence, word_set

_COMMON = word_set(
    "i you me my we our us it to in on for is are have has do not be would can will and your this that with about "
    "from by at if like want get no what who _ @"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A rule found in a sentence, from word `start` up to and without word `end`."""

    rule: Rule
    sentence: Sentence
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Gated:
    """One phrase ready to run: its matcher and the words without which it cannot match."""

    rule: Rule
    order: int
    needed: tuple[frozenset[str], ...]
    matcher: Matcher
    unless: tuple["_Gated", ...]


class RuleMatcher:
    """Finds rules in sentences. Deterministic: hits come in the order of sentences, then of the rules."""

    def __init__(self, language: Language, rules: Iterable[Rule]) -> None:
        self._language = language
        self._by_word: dict[str, list[_Gated]] = defaultdict(list)
        order = 0
        for rule in rules:
            unless = tuple(self._gated(rule, phrase, 0, ()) for phrase in rule.unless)
            for phrase in rule.phrases:
                gated = self._gated(rule, phrase, order, unless)
                order += 1
                for word in gated.needed[0]:
                    self._by_word[word].append(gated)

    def _gated(self, rule: Rule, phrase: Phrase, order: int, unless: tuple[_Gated, ...]) -> _Gated:
        matcher = Matcher(self._language.vocab, validate=False)
        matcher.add(phrase.text, [list(pattern) for pattern in phrase.patterns])
        rarest_first = sorted(phrase.needed, key=lambda words: len(words & _COMMON) * 50 + len(words))
        return _Gated(rule, order, tuple(rarest_first), matcher, unless)

    def find(self, sentence: Sentence) -> Iterator[Hit]:
        """Every rule that matches in `sentence`, at its first place."""
        present = frozenset(sentence.words)
        wanted: dict[int, _Gated] = {}
        for word in present:
            for gated in self._by_word.get(word, ()):
                if gated.order not in wanted and _may_match(gated, present):
                    wanted[gated.order] = gated
        if not wanted:
            return
        doc = as_doc(self._language, sentence.words)
        seen: set[tuple[str, int]] = set()
        for _, gated in sorted(wanted.items()):
            spans = _spans(gated, doc)
            if not spans or any(_may_match(one, present) and one.matcher(doc) for one in gated.unless):
                continue
            for start, end in spans:
                if (gated.rule.name, start) not in seen:
                    seen.add((gated.rule.name, start))
                    yield Hit(rule=gated.rule, sentence=sentence, start=start, end=end)


def _may_match(gated: _Gated, present: frozenset[str]) -> bool:
    return all(not words.isdisjoint(present) for words in gated.needed)


def _spans(gated: _Gated, doc: Doc) -> list[tuple[int, int]]:
    """For each place where the phrase starts, its shortest match."""
    shortest: dict[int, int] = {}
    for _, start, end in gated.matcher(doc):
        if start not in shortest or end < shortest[start]:
            shortest[start] = end
    return sorted(shortest.items())
