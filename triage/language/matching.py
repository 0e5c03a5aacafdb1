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


class _Gated:
    """One phrase: its matcher, built when first wanted, and the words without which it cannot match."""

    __slots__ = ("_language", "_matcher", "_reach_back", "needed", "order", "phrase", "rule", "unless")

    def __init__(
        self, language: Language, rule: Rule, phrase: Phrase, order: int, unless: tuple["_Gated", ...]
    ) -> None:
        self.rule, self.phrase, self.order, self.unless = rule, phrase, order, unless
        self.needed = sorted(phrase.needed, key=lambda words: len(words & _COMMON) * 50 + len(words))
        self._language = language
        self._matcher: Matcher | None = None
        self._reach_back = sum(furthest for _, furthest in phrase.steps)

    def window(self, present: "_Places") -> tuple[int, int] | None:
        """Where in the sentence the phrase may match: its words stand there, in its order and near enough.

        Cheap, and spares spaCy most of its work.
        """
        words_there = present.keys()
        for words in self.needed:
            if words.isdisjoint(words_there):
                return None
        last = _in_order(self.phrase.steps, present)
        if not last:
            return None
        return max(0, min(last) - self._reach_back), max(last) + self.phrase.tail

    def spans(self, doc: Doc, window: tuple[int, int]) -> list[tuple[int, int]]:
        """For each place in the window where the phrase starts, its shortest match."""
        if self._matcher is None:
            self._matcher = Matcher(self._language.vocab, validate=False)
            self._matcher.add(self.phrase.text, [list(pattern) for pattern in self.phrase.patterns])
        first = window[0]
        shortest: dict[int, int] = {}
        for _, start, end in self._matcher(doc[first : window[1]]):
            if start not in shortest or end < shortest[start]:
                shortest[start] = end
        return sorted((first + start, first + end) for start, end in shortest.items())

    def occurs(self, doc: Doc, present: "_Places") -> bool:
        """Whether the phrase matches anywhere in the sentence."""
        window = self.window(present)
        return window is not None and bool(self.spans(doc, window))


_Places = dict[str, list[int]]


def _in_order(steps: tuple[tuple[frozenset[str], int], ...], present: _Places) -> list[int]:
    """Where the last of the steps may stand; empty when they do not stand in order."""
    words, _ = steps[0]
    last = [at for word in present.keys() & words for at in present[word]]
    for words, furthest in steps[1:]:
        here = [at for word in present.keys() & words for at in present[word]]
        last = [at for at in here if any(0 < at - earlier <= furthest for earlier in last)]
        if not last:
            break
    return last


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
        return _Gated(self._language, rule, phrase, order, unless)

    def _wanted(self, present: _Places) -> dict[int, tuple[_Gated, tuple[int, int]]]:
        wanted: dict[int, tuple[_Gated, tuple[int, int]]] = {}
        tried: set[int] = set()
        for word in present:
            for gated in self._by_word.get(word, ()):
                if gated.order not in tried:
                    tried.add(gated.order)
                    window = gated.window(present)
                    if window is not None:
                        wanted[gated.order] = gated, window
        return wanted

    def find(self, sentence: Sentence) -> Iterator[Hit]:
        """Every rule that matches in `sentence`, at its first place."""
        present: _Places = {}
        for at, word in enumerate(sentence.words):
            present.setdefault(word, []).append(at)
        wanted = self._wanted(present)
        if not wanted:
            return
        doc = as_doc(self._language, sentence.words)
        seen: set[tuple[str, int]] = set()
        for _, (gated, window) in sorted(wanted.items()):
            spans = gated.spans(doc, window)
            if not spans or any(one.occurs(doc, present) for one in gated.unless):
                continue
            for start, end in spans:
                if (gated.rule.name, start) not in seen:
                    seen.add((gated.rule.name, start))
                    yield Hit(rule=gated.rule, sentence=sentence, start=start, end=end)
