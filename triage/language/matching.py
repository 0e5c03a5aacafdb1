"""Runs the rules over sentences, only those whose needed words occur there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

from triage.language.phrases import Phrase
from triage.language.pipeline import as_doc
from triage.language.rules_file import Rule
from triage.language.sieve import Places, Sieve, rarity
from triage.language.words import Sentence

_LIGHT_GAPS, _LIGHT_PATTERNS = 4, 8  # up to here spaCy is faster than finding out what can match
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

    __slots__ = ("_language", "_light", "_longest", "_matchers", "gates", "order", "phrase", "rule", "steps", "unless")

    def __init__(
        self, language: Language, sieve: Sieve, rule: Rule, phrase: Phrase, order: int, unless: tuple["_Gated", ...]
    ) -> None:
        self.rule, self.phrase, self.order, self.unless = rule, phrase, order, unless
        self.steps = sieve.steps(phrase)
        self.gates = 0
        for words in phrase.needed:
            self.gates |= sieve.gate(words)
        self._language = language
        gaps = sum(slot.gap for slot in phrase.slots)
        self._longest = sum(max(map(len, slot.entries), default=slot.gap) for slot in phrase.slots)
        self._light = gaps <= _LIGHT_GAPS and len(phrase.patterns()) <= _LIGHT_PATTERNS
        self._matchers: dict[tuple[int, ...], Matcher] = {}

    def ends(self, places: Places) -> int:
        """Where matches end, as bits; 0 when the phrase does not stand in the sentence."""
        return places.ends(self.steps) if places.gates & self.gates == self.gates else 0

    def spans(self, doc: Doc, places: Places, ends: int, seen: int) -> list[tuple[int, int]]:
        """For each place where the phrase starts, its shortest match; none when all these places are `seen`."""
        last = ends.bit_length() - 1
        if self._light:
            first = max(0, (ends & -ends).bit_length() - 1 - self._longest)
            matcher = self._matcher(())
        else:
            begins, lengths = places.ways(self.steps, ends)
            if not begins & ~seen:
                return []
            first = (begins & -begins).bit_length() - 1
            matcher = self._matcher(lengths)
        shortest: dict[int, int] = {}
        for _, start, end in matcher(doc[first:last]):
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


class _Group:
    """The phrases looked up by one word, by the second gate that each of them needs open."""

    __slots__ = ("_always", "_behind", "_gates")

    def __init__(self) -> None:
        self._always: list[_Gated] = []
        self._behind: dict[int, list[_Gated]] = {}
        self._gates = 0

    def add(self, gate: int, gated: _Gated) -> None:
        """Look `gated` up only where `gate` is open; 0 stands for no gate."""
        if gate:
            self._gates |= gate
            self._behind.setdefault(gate, []).append(gated)
        else:
            self._always.append(gated)

    def opened(self, gates: int) -> list[_Gated]:
        """The phrases whose second gate is open."""
        left = gates & self._gates
        if not left:
            return self._always
        found = self._always.copy()
        while left:
            gate = left & -left
            found += self._behind[gate]
            left ^= gate
        return found


class RuleMatcher:
    """Finds rules in sentences. Deterministic: hits come in the order of sentences, then of the rules."""

    def __init__(self, language: Language, rules: Iterable[Rule]) -> None:
        rules = tuple(rules)
        self._language, self._sieve = language, Sieve()
        self._index: dict[str, _Group] = defaultdict(_Group)
        common = rarity(text for rule in rules for text in (*rule.matches, *rule.must_not_match))
        order = 0
        for rule in rules:
            unless = tuple(self._gated(rule, phrase, 0, ()) for phrase in rule.unless)
            for phrase in rule.phrases:
                self._add(self._gated(rule, phrase, order, unless), common)
                order += 1

    def _gated(self, rule: Rule, phrase: Phrase, order: int, unless: tuple[_Gated, ...]) -> _Gated:
        return _Gated(self._language, self._sieve, rule, phrase, order, unless)

    def _add(self, gated: _Gated, common: Counter[str]) -> None:
        """Look the phrase up by the words of its rarest list, and there by the gate of the next rarest."""
        rarest = sorted(gated.phrase.needed, key=lambda words: (sum(common[word] for word in words), len(words)))
        gate = self._sieve.gate(rarest[1]) if len(rarest) > 1 else 0
        for word in rarest[0]:
            self._index[word].add(gate, gated)

    def _standing(self, places: Places) -> dict[int, tuple[_Gated, int]]:
        """The phrases that stand in the sentence, by their order, and where they end."""
        found: dict[int, tuple[_Gated, int]] = {}
        gates, index = places.gates, self._index
        for word in places.of:
            if word in index:
                for gated in index[word].opened(gates):
                    if gates & gated.gates == gated.gates and (ends := places.ends(gated.steps)):
                        found[gated.order] = gated, ends
        return found

    def find(self, sentence: Sentence) -> Iterator[Hit]:
        """Every rule that matches in `sentence`, at its first place."""
        places = Places(self._sieve, sentence.words)
        standing = self._standing(places)
        doc = None
        seen: dict[str, int] = {}
        for _, (gated, ends) in sorted(standing.items()):
            if any(one.ends(places) for one in gated.unless):
                continue
            if doc is None:
                doc = as_doc(self._language, sentence.words)
            rule = gated.rule
            known = seen.get(rule.name, 0)
            for start, end in gated.spans(doc, places, ends, known):
                if not known >> start & 1:
                    known |= 1 << start
                    yield Hit(rule=rule, sentence=sentence, start=start, end=end)
            seen[rule.name] = known
