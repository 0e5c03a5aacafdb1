"""rules/letters/lint.toml: what every letter must say and what none may, each rule with its own proof."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.letter import LetterFacts
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, OtherRight

FILE = "lint.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Which letters a rule is about; an empty tuple means any. All of `kinds` must be in the letter.

    `hands_over`: True for letters to who asked for a person, False for the others, None for all.
    """

    purposes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    other_right: str = ""
    breach: bool = False
    hands_over: bool | None = None

    def covers(self, facts: LetterFacts) -> bool:
        """Whether a letter for these facts has to keep the rule."""
        return (
            (not self.purposes or facts.purpose in self.purposes)
            and (not self.channels or facts.channel in self.channels)
            and set(self.kinds) <= set(facts.kinds)
            and (not self.other_right or self.other_right in facts.other_rights)
            and (not self.breach or facts.may_be_breach)
            and self.hands_over in (None, facts.hands_over)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRule:
    """A `say` rule is broken by a letter its pattern is not found in, a `never` rule by one it is found in."""

    name: str
    why: str
    pattern: re.Pattern[str]
    scope: Scope


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
    "purposes": frozenset(LetterPurpose),
    "channels": frozenset(Channel),
    "kinds": frozenset(Kind),
}


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
        "other_right",
        "breach",
        "hands_over",
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
    return LetterRule(name=_text(entry, "name"), why=_text(entry, "why"), pattern=pattern, scope=_scope(entry))


def _scope(entry: Mapping[str, object]) -> Scope:
    words = {key: _texts(entry, key) for key in _SCOPE_WORDS if key in entry}
    for key, values in words.items():
        for value in values:
            if value not in _SCOPE_WORDS[key]:
                raise ValueError(f"{key}: unknown word {value!r}")
    other_right = _text(entry, "other_right") if "other_right" in entry else ""
    if other_right and other_right not in frozenset(OtherRight):
        raise ValueError(f"other_right: unknown word {other_right!r}")
    return Scope(
        purposes=words.get("purposes", ()),
        channels=words.get("channels", ()),
        kinds=words.get("kinds", ()),
        other_right=other_right,
        breach=entry.get("breach") is True,
        hands_over=handed if isinstance(handed := entry.get("hands_over"), bool) else None,
    )


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
