"""The sieve in front of spaCy's Matcher says exactly where phrases stand: it hides none and invents none."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.matcher import Matcher

from triage.language.matching import RuleMatcher
from triage.language.phrases import Phrase, compile_phrase
from triage.language.pipeline import as_doc, blank_english
from triage.language.rules_file import load_rules
from triage.language.sieve import Places, Sieve
from triage.language.words import Sentence

RULES = Path(__file__).resolve().parents[2] / "rules"
ENGLISH = blank_english()
BOOK = load_rules(RULES)
PHRASES = [phrase for rule in BOOK.rules for phrase in (*rule.phrases, *rule.unless)]
LISTS = {"x": (("a",), ("b", "c"), ("c",)), "y": (("a", "b"), ("c", "b"), ("b", "a", "c"))}
PARTS = st.sampled_from(
    ["a", "b", "c", "a|b", "{x}", "{y}", "a?", "{x}?", "{y}?", "a+b|c", "b+c?", "..", "...", "^", "$"]
)


def by_matcher(phrase: Phrase, words: list[str]) -> set[tuple[int, int]]:
    matcher = Matcher(ENGLISH.vocab)
    matcher.add("phrase", [list(pattern) for pattern in phrase.patterns() if pattern])
    return {(start, end) for _, start, end in matcher(as_doc(ENGLISH, words))}


def by_sieve(phrase: Phrase, words: list[str]) -> tuple[set[int], set[int]]:
    sieve = Sieve()
    steps = sieve.steps(phrase)
    places = Places(sieve, words)
    ends = places.ends(steps)
    begins = places.ways(steps, ends)[0] if ends else 0
    return {at for at in range(len(words) + 1) if begins >> at & 1}, {at for at in range(200) if ends >> at & 1}


def agree(phrase: Phrase, words: list[str]) -> None:
    spans = by_matcher(phrase, words)
    assert by_sieve(phrase, words) == ({start for start, _ in spans}, {end for _, end in spans})


@settings(max_examples=500, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=5), st.lists(st.sampled_from("abcd"), max_size=12))
def test_the_sieve_and_spacy_find_the_same_places(parts: list[str], middle: list[str]) -> None:
    phrase = compile_phrase(" ".join(["a|b|c|d", *parts]), LISTS, frozenset())
    agree(phrase, ["^", *middle, "$"])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_shipped_phrases_stand_where_spacy_finds_them(data: st.DataObject) -> None:
    phrase = data.draw(st.sampled_from(PHRASES))
    words = st.sampled_from([*sorted(phrase.vocabulary - {"^", "$"}), "_"])
    agree(phrase, ["^", *data.draw(st.lists(words, max_size=14)), "$"])


def found_by(matcher: RuleMatcher, words: list[str]) -> set[tuple[str, int, int]]:
    sentence = Sentence(words=words, starts=[0] * len(words), ends=[0] * len(words))
    return {(hit.rule.name, hit.start, hit.end) for hit in matcher.find(sentence)}


def shortest(phrase: Phrase, words: list[str]) -> set[tuple[int, int]]:
    return set(dict(sorted(by_matcher(phrase, words), reverse=True)).items())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_looking_up_by_rare_and_neighbouring_words_hides_no_rule_and_invents_none(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from([rule for rule in BOOK.rules if not rule.unless]))
    phrase = data.draw(st.sampled_from(rule.phrases))
    words = [
        "^",
        *data.draw(st.lists(st.sampled_from([*sorted(phrase.vocabulary - {"^", "$"}), "_"]), max_size=14)),
        "$",
    ]
    found = found_by(RuleMatcher(ENGLISH, [replace(rule, phrases=(phrase,))]), words)
    assert found == {(rule.name, start, end) for start, end in shortest(phrase, words)}


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=5), st.lists(st.sampled_from("abcd"), max_size=12))
def test_a_rule_is_found_where_spacy_finds_its_phrase_at_its_shortest(parts: list[str], middle: list[str]) -> None:
    phrase = compile_phrase(" ".join(["a|b|c|d", *parts]), LISTS, frozenset())
    rule = replace(BOOK.rules[0], phrases=(phrase,), unless=())
    words = ["^", *middle, "$"]
    assert {(start, end) for _, start, end in found_by(RuleMatcher(ENGLISH, [rule]), words)} == shortest(phrase, words)


def test_every_shipped_phrase_is_found_in_a_sentence_made_of_its_own_words() -> None:
    matcher = RuleMatcher(ENGLISH, [rule for rule in BOOK.rules if not rule.unless])
    for rule in BOOK.rules:
        for phrase in () if rule.unless else rule.phrases:
            words = [word for token in phrase.patterns()[0] if "ORTH" in token for word in [_any(token["ORTH"])]]
            words = [word for word in words if word not in ("^", "$")]
            sentence = ["^", *words, "$"]
            hits = matcher.find(Sentence(words=sentence, starts=[0] * len(sentence), ends=[0] * len(sentence)))
            assert rule.name in {hit.rule.name for hit in hits}, phrase.text


def _any(wanted: str | dict[str, list[str]]) -> str:
    return wanted if isinstance(wanted, str) else wanted["IN"][0]


@pytest.mark.parametrize("words", [["^", "$"], ["^", *["a"] * 120, "$"], ["a"], []])
def test_bounds_of_a_sentence_are_kept(words: list[str]) -> None:
    agree(compile_phrase("a ... a?", {}, frozenset()), words)
