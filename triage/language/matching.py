"""Runs the rules over sentences, only those whose needed words occur there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from spacy.language import Language
from spacy.matcher import Matcher

from triage.language.phrases import Phrase
from triage.language.pipeline import as_doc
from triage.language.rules_file import Rule
from triage.language.sieve import Places, Sieve, rarity
from triage.language.words import Sentence

_LIGHT_GAPS, _LIGHT_PATTERNS = 4, 8  # up to here spaCy is faster than finding out what can match
_ONE_WIDTH = frozenset({1, 2, 4, 8, 16, 32, 64, 128})  # one bit: so many words and no others
_LOOKED_UP_BY = 2  # lists of the words a phrase needs
_MOST_MATCHERS = 24  # of one phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A rule found in a sentence, from word `start` up to and without word `end`."""

    rule: Rule
    sentence: Sentence
    start: int
    end: int


class _Gated:
    """One phrase: the gates a sentence must open for it, its steps through the sieve, its matcher."""

    __slots__ = (
        "_language", "_light", "_matchers", "gates", "needs", "neighbours", "order", "phrase", "rule", "steps"
    )  # fmt: skip

    def __init__(
        self, language: Language, sieve: Sieve, rule: Rule, phrase: Phrase, *, order: int = 0, looked_up: bool = False
    ) -> None:
        """`looked_up`: by its neighbours, or else by the lists it needs first; these need no gate."""
        self.rule, self.phrase, self.order = rule, phrase, order
        self.steps = sieve.steps(phrase)
        self.neighbours = sieve.neighbours(phrase) if looked_up else frozenset()
        self.needs = sieve.needs(phrase, beside=self.neighbours)
        self.gates = 0
        for words in self.needs[_LOOKED_UP_BY if looked_up and not self.neighbours else 0 :]:
            self.gates |= sieve.gate(words)
        self._language = language
        gaps = sum(slot.gap for slot in phrase.slots)
        self._light = gaps <= _LIGHT_GAPS and len(phrase.patterns()) <= _LIGHT_PATTERNS
        self._matchers: dict[tuple[int, ...], Matcher] = {}

    def spans(self, words: list[str], places: Places, ends: int, seen: int) -> list[tuple[int, int]]:
        """For each place where the phrase starts, its shortest match; none when all these places are `seen`.

        spaCy is asked where the sieve leaves open how many words the phrase takes.
        """
        width = places.width(self.steps)
        if width:
            return [(start, start + width) for start in _bits(ends >> width)]
        begins, lengths = places.ways(self.steps, ends)
        if not begins & ~seen:
            return []
        if _ONE_WIDTH.issuperset(lengths):
            width = sum(map(int.bit_length, lengths)) - len(lengths)
            return [(start, start + width) for start in _bits(begins)]
        first, last = (begins & -begins).bit_length() - 1, ends.bit_length() - 1
        matcher = self._matcher(() if self._light else lengths)
        shortest: dict[int, int] = {}
        for _, start, end in matcher(as_doc(self._language, words[first:last])):
            if start not in shortest or end < shortest[start]:
                shortest[start] = end
        return sorted((first + start, first + end) for start, end in shortest.items())

    def _matcher(self, lengths: tuple[int, ...]) -> Matcher:
        """The phrase for spaCy, without what cannot match here: gaps of every width cost it much time."""
        matcher = self._matchers.get(lengths)
        if matcher is None:
            matcher = Matcher(self._language.vocab, validate=False)
            matcher.add(self.phrase.text, self.phrase.patterns(lengths))
            if len(self._matchers) >= _MOST_MATCHERS:
                self._matchers.clear()
            self._matchers[lengths] = matcher
        return matcher


class _Group(NamedTuple):
    """The phrases looked up by one word: `alone`, or `beside` a word of the next rarest list that they need."""

    alone: list[_Gated]
    beside: dict[str, list[_Gated]]


class RuleMatcher:
    """Finds rules in sentences. Deterministic: hits come in the order of sentences, then of the rules."""

    def __init__(self, language: Language, rules: Iterable[Rule]) -> None:
        rules = tuple(rules)
        known = frozenset(word for rule in rules for phrase in rule.phrases for word in phrase.vocabulary)
        common = rarity((text for rule in rules for text in (*rule.matches, *rule.must_not_match)), known)
        self._language, self._sieve = language, Sieve(common)
        self._index: dict[str, _Group] = {}
        self._neighbours: dict[tuple[str, str], list[_Gated]] = {}
        self._unless: dict[str, tuple[_Gated, ...]] = {}
        order = 0
        for rule in rules:
            self._unless[rule.name] = tuple(_Gated(language, self._sieve, rule, phrase) for phrase in rule.unless)
            for phrase in rule.phrases:
                gated = _Gated(language, self._sieve, rule, phrase, order=order, looked_up=True)
                self._look_up(gated)
                order += 1

    def _look_up(self, gated: _Gated) -> None:
        """Look the phrase up by neighbouring words, or by those of its rarest list and there of the next rarest."""
        for pair in gated.neighbours:
            self._neighbours.setdefault(pair, []).append(gated)
        for word in () if gated.neighbours else gated.needs[0]:
            alone, beside = self._index.setdefault(word, _Group([], {}))
            if len(gated.needs) < _LOOKED_UP_BY:
                alone.append(gated)
            else:
                for other in gated.needs[1]:
                    beside.setdefault(other, []).append(gated)

    def _standing(self, places: Places, words: list[str]) -> dict[int, tuple[_Gated, int]]:
        """The phrases that stand in the sentence, by their order, and where they end."""
        looked_up: list[_Gated] = []
        for pair in self._neighbours.keys() & set(pairwise(words)):
            looked_up += self._neighbours[pair]
        index, present = self._index, places.of.keys()
        for word in index.keys() & present:
            alone, beside = index[word]
            looked_up += alone
            for other in beside.keys() & present:
                looked_up += beside[other]
        found: dict[int, tuple[_Gated, int]] = {}
        gates = places.gates
        for gated in looked_up:
            if gates & gated.gates == gated.gates and (ends := places.ends(gated.steps)):
                found[gated.order] = gated, ends
        return found

    def find(self, sentence: Sentence) -> Iterator[Hit]:
        """Every rule that matches in `sentence`, at its first place."""
        places = Places(self._sieve, sentence.words)
        standing = self._standing(places, sentence.words)
        rule, known, cancelled, gates = None, 0, False, places.gates
        for _, (gated, ends) in sorted(standing.items()):
            if gated.rule is not rule:
                rule, known = gated.rule, 0
                cancelled = any(
                    gates & one.gates == one.gates and places.ends(one.steps) for one in self._unless[rule.name]
                )
            if cancelled:
                continue
            for start, end in gated.spans(sentence.words, places, ends, known):
                if not known >> start & 1:
                    known |= 1 << start
                    yield Hit(rule=rule, sentence=sentence, start=start, end=end)


def _bits(number: int) -> Iterator[int]:
    """Which bits of `number` are set, lowest first."""
    while number:
        yield (number & -number).bit_length() - 1
        number &= number - 1
