"""rules/letters/lint.toml: what every letter must say and what none may, each rule with its own proof."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.letter import STAGES, LetterFacts, stage_of
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, OtherRight, Regime

FILE = "lint.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Which letters a rule is about; an empty tuple means any. All of `kinds` must be in the letter.

    `stages`: groups of purposes (triage/domain/letter.py); a rule that names stages and purposes is about either.
    `hands_over`: True for letters to who asked for a person, False for the others, None for all. `by_person`: True for
    letters somebody approved, False for automatic ones, None for all.
    """

    stages: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    other_right: str = ""
    regime: str = ""
    breach: bool = False
    hands_over: bool | None = None
    by_person: bool | None = None

    def covers(self, facts: LetterFacts) -> bool:
        """Whether a letter for these facts has to keep the rule."""
        return (
            (not (self.purposes or self.stages) or self._names(facts))
            and (not self.channels or facts.channel in self.channels)
            and set(self.kinds) <= set(facts.kinds)
            and (not self.other_right or self.other_right in facts.other_rights)
            and self.regime in ("", facts.controller.regime)
            and (not self.breach or facts.may_be_breach)
            and self.hands_over in (None, facts.hands_over)
            and self.by_person in (None, facts.by_person)
        )

    def _names(self, facts: LetterFacts) -> bool:
        return facts.purpose in self.purposes or stage_of(facts.purpose) in self.stages


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRule:
    """A `say` rule is broken by a letter its pattern is not found in, a `never` rule by one it is found in.

    `our_words_only`: it does not read the paragraphs a person wrote for the letter.
    """

    name: str
    why: str
    pattern: re.Pattern[str]
    scope: Scope
    our_words_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRules:
    """All of lint.toml, and what is wrong with it."""

    say: tuple[LetterRule, ...]
    never: tuple[LetterRule, ...]
    faults: tuple[str, ...]


_KEYS = {
    "say": ("examples", "misses"),
    "never": ("refuses", "allows"),
}
_SCOPE_WORDS: Mapping[str, frozenset[str]] = {
    "stages": frozenset(STAGES),
    "purposes": frozenset(LetterPurpose),
    "channels": frozenset(Channel),
    "kinds": frozenset(Kind),
}
_ONE_WORD: Mapping[str, frozenset[str]] = {
    "other_right": frozenset(OtherRight),
    "regime": frozenset(Regime),
}
_YES_OR_NO = ("breach", "hands_over", "by_person", "our_words_only")


def read_letter_rules(text: str) -> LetterRules:
    """The rules of lint.toml. Every rule must match all of its examples and none of its counter-examples."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return LetterRules(say=(), never=(), faults=(f"letters/{FILE}: {wrong}",))
    faults = [f"letters/{FILE}: unknown table {name!r}" for name in table if name not in _KEYS]
    rules: dict[str, list[LetterRule]] = {"say": [], "never": []}
    for section, made in rules.items():
        for number, entry in enumerate(table.get(section, []), 1):
            try:
                made.append(_read(entry, section))
            except (KeyError, TypeError, ValueError, re.error) as wrong:
                name = entry.get("name", f"number {number}") if isinstance(entry, dict) else f"number {number}"
                what = f"{wrong} is missing" if isinstance(wrong, KeyError) else str(wrong)
                faults.append(f"letters/{FILE}: {section} rule {name!r}: {what}")
    return LetterRules(say=tuple(rules["say"]), never=tuple(rules["never"]), faults=tuple(faults))


def _read(entry: Mapping[str, object], section: str) -> LetterRule:
    hits, misses = _KEYS[section]
    unknown = set(entry) - {
        "name",
        "why",
        "pattern",
        hits,
        misses,
        *_SCOPE_WORDS,
        *_ONE_WORD,
        *_YES_OR_NO,
    }
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)[0]!r}")
    pattern = re.compile(_text(entry, "pattern"), re.IGNORECASE)
    examples = _texts(entry, hits)
    if not examples:
        raise ValueError(f"{hits} proves nothing: give at least one example")
    for example in examples:
        if not pattern.search(example):
            raise ValueError(f"does not match its own example {example!r}")
    for example in _texts(entry, misses):
        if pattern.search(example):
            raise ValueError(f"matches {example!r}, which it must not")
    for key in _YES_OR_NO:
        if not isinstance(entry.get(key, False), bool):
            raise ValueError(f"{key} must be true or false")
    return LetterRule(
        name=_text(entry, "name"),
        why=_text(entry, "why"),
        pattern=pattern,
        scope=_scope(entry),
        our_words_only=entry.get("our_words_only") is True,
    )


def _scope(entry: Mapping[str, object]) -> Scope:
    words = {key: _texts(entry, key) for key in _SCOPE_WORDS if key in entry}
    for key, values in words.items():
        for value in values:
            if value not in _SCOPE_WORDS[key]:
                raise ValueError(f"{key}: unknown word {value!r}")
    word = {key: _text(entry, key) for key in _ONE_WORD if key in entry}
    for key, value in word.items():
        if value not in _ONE_WORD[key]:
            raise ValueError(f"{key}: unknown word {value!r}")
    return Scope(
        stages=words.get("stages", ()),
        purposes=words.get("purposes", ()),
        channels=words.get("channels", ()),
        kinds=words.get("kinds", ()),
        other_right=word.get("other_right", ""),
        regime=word.get("regime", ""),
        breach=entry.get("breach") is True,
        hands_over=_yes_or_no(entry, "hands_over"),
        by_person=_yes_or_no(entry, "by_person"),
    )


def _yes_or_no(entry: Mapping[str, object], key: str) -> bool | None:
    value = entry.get(key)
    return value if isinstance(value, bool) else None


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be a text")
    return value


def _texts(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = entry[key]
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"{key} must be a list of texts")
    return tuple(value)
