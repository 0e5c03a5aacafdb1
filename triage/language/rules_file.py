"""rules/kinds/*.toml -> rules. Every fault is found at once, each naming its file and rule."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.domain.vocabulary import Flag, Kind, OtherRight
from triage.errors import RulesWrong
from triage.language.phrases import Entry, Phrase, PhraseWrong, compile_phrase
from triage.language.tongue import STEM_LETTERS, Tongues, WordForms
from triage.language.words import word_set

CUE = "cue"
_CONCEPTS, _WORDS, _TONGUES = "concepts.toml", "words.toml", "tongues.toml"
_LISTS = (_CONCEPTS, _WORDS, _TONGUES)
_RULE_KEYS = word_set(
    "name why weight covers phrases flag asks_person other_right elsewhere nowhere after unless matches must_not_match"
)
_TONGUE_KEYS = word_set("english shared foreign request asks about alone")
_ASKS_PERSON = ("always", "with_request", "never")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One entry of a rules file. `gives` is a kind, a flag, or None for a cue (a word that only hints at privacy).

    `weight`: the score a match gives, 0..1. `unless`: phrases that cancel it in the same sentence. `elsewhere`: one
    of these words must stand somewhere in what is read; `nowhere`: none of these may. `after`: one of the rules named
    must have matched shortly before ("delete it" after "my data"). `covers`: kinds not seen in the same words ("a
    copy" in "delete every copy"). `asks_person`: for flags.
    """

    name: str
    why: str
    weight: float
    gives: Kind | Flag | None
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    nowhere: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    covers: frozenset[Kind] = frozenset()
    other_right: OtherRight | None = None
    asks_person: str = "always"
    matches: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleBook:
    """All rules with the words they are made of: `skipped` little words, `spellings`, words that are `real`.

    `tongues`: what tells English from other languages.
    """

    rules: tuple[Rule, ...]
    skipped: frozenset[str]
    spellings: Mapping[str, tuple[str, ...]]
    real_words: frozenset[str]
    tongues: Tongues


class _Reading:
    """Gathers faults while the files are read."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.concepts: dict[str, tuple[Entry, ...]] = {}
        self.skipped: frozenset[str] = frozenset()
        self.names: set[str] = set()

    def toml(self, path: Path) -> dict[str, Any]:
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.faults.append(f"{path.name}: cannot be read: {error}")
            return {}

    def strings(self, entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        found = entry.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self.faults.append(f"{where}: {key} must be a list of texts")
            return ()
        return tuple(found)

    def compiled(self, texts: tuple[str, ...], where: str) -> tuple[Phrase, ...]:
        phrases = []
        for text in texts:
            try:
                phrases.append(compile_phrase(text, self.concepts, self.skipped))
            except PhraseWrong as wrong:
                self.faults.append(f"{where}: {wrong}")
        return tuple(phrases)

    def listed(self, names: tuple[str, ...], where: str) -> frozenset[str]:
        for name in names:
            if name not in self.concepts:
                self.faults.append(f"{where}: there is no word list {{{name}}}")
        return frozenset(entry[0] for name in names for entry in self.concepts.get(name, ()) if len(entry) == 1)


def load_rules(rules_dir: Path) -> RuleBook:
    """Read `rules_dir`/kinds. Raises RulesWrong with one line per fault."""
    folder = rules_dir / "kinds"
    reading = _Reading()
    words = reading.toml(folder / _WORDS)
    reading.skipped = frozenset(reading.strings(words, "skipped", _WORDS))
    _read_concepts(reading, folder / _CONCEPTS)
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name not in _LISTS:
            rules.extend(_read_rules(reading, path))
    reading.faults.extend(_strangers(rules))
    if not rules and not reading.faults:
        reading.faults.append("*.toml: there are no rules")
    spellings = _read_spellings(reading, words)
    real_words = frozenset(reading.strings(words, "real_words", _WORDS))
    tongues = _read_tongues(reading, folder / _TONGUES, reading.strings(words, "function_words", _WORDS))
    if reading.faults:
        raise RulesWrong([f"kinds/{fault}" for fault in reading.faults])
    return RuleBook(
        rules=tuple(rules),
        skipped=reading.skipped,
        spellings=spellings,
        real_words=real_words,
        tongues=tongues,
    )


def _strangers(rules: list[Rule]) -> list[str]:
    names = {rule.name for rule in rules}
    return [
        f"{rule.file}: {rule.name}: comes after {name}, which is no rule"
        for rule in rules
        for name in sorted(rule.after - names)
    ]


def _read_spellings(reading: _Reading, words: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    table = words.get("spellings", {})
    if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
        reading.faults.append(f"{_WORDS}: spellings must be a table of texts")
        return {}
    return {written: tuple(meant.split()) for written, meant in table.items()}


def _read_tongues(reading: _Reading, path: Path, function_words: tuple[str, ...]) -> Tongues:
    found = reading.toml(path)
    request = found.get("request", {})
    if not isinstance(request, dict):
        reading.faults.append(f"{path.name}: request must be a table of lists")
        request = {}
    for key in sorted((set(found) | set(request)) - _TONGUE_KEYS):
        reading.faults.append(f"{path.name}: unknown key {key}")

    def split(table: Mapping[str, Any], key: str) -> list[str]:
        return " ".join(reading.strings(table, key, path.name)).split()

    asks, about, alone = (split(request, key) for key in ("asks", "about", "alone"))
    for stem in (*asks, *about, *alone):
        if stem.endswith("*") and len(stem) <= STEM_LETTERS:
            reading.faults.append(f"{path.name}: {stem} is too short for a stem")
    return Tongues(
        english=frozenset((*function_words, *split(found, "english"))),
        shared=frozenset(split(found, "shared")),
        foreign=frozenset(split(found, "foreign")),
        asks=WordForms(asks),
        about=WordForms(about),
        alone=WordForms(alone),
    )


def _read_concepts(reading: _Reading, path: Path) -> None:
    found = reading.toml(path)
    lists = {name: reading.strings(found, name, path.name) for name in found}
    for name, entries in lists.items():
        split: list[Entry] = []
        for entry in entries:
            if entry.startswith("{") and entry.endswith("}"):
                if entry[1:-1] not in lists:
                    reading.faults.append(f"{path.name}: {name} names {entry}, which is no word list")
                split.extend(reading.concepts.get(entry[1:-1], ()))
            else:
                split.append(tuple(word for word in entry.lower().split() if word not in reading.skipped))
        reading.concepts[name] = tuple(dict.fromkeys(e for e in split if e))


def _read_rules(reading: _Reading, path: Path) -> list[Rule]:
    found = reading.toml(path)
    kind = found.get("kind")
    if found and kind not in (*Kind, CUE, "flag"):
        reading.faults.append(f"{path.name}: kind must be one of {', '.join((*Kind, CUE, 'flag'))}")
        return []
    entries = found.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        reading.faults.append(f"{path.name}: rules must be written as [[rule]]")
        return []
    rules = (_read_rule(reading, path.name, str(kind), entry) for entry in entries)
    return [rule for rule in rules if rule is not None]


def _read_rule(reading: _Reading, file: str, kind: str, entry: Mapping[str, Any]) -> Rule | None:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        reading.faults.append(f"{file}: a rule has no name")
        return None
    where = f"{file}: {name}"
    if name in reading.names:
        reading.faults.append(f"{where}: the name is used twice")
    reading.names.add(name)
    for key in sorted(set(entry) - _RULE_KEYS):
        reading.faults.append(f"{where}: unknown key {key}")
    phrases = reading.compiled(reading.strings(entry, "phrases", where), where)
    if not phrases:
        reading.faults.append(f"{where}: has no phrases")
    return Rule(
        name=name,
        why=_why(reading, entry, where),
        weight=_weight(reading, entry, kind, where),
        gives=_gives(reading, entry, kind, where),
        phrases=phrases,
        unless=reading.compiled(reading.strings(entry, "unless", where), where),
        elsewhere=reading.listed(reading.strings(entry, "elsewhere", where), where),
        nowhere=reading.listed(reading.strings(entry, "nowhere", where), where),
        after=frozenset(reading.strings(entry, "after", where)),
        covers=_covers(reading, entry, where),
        other_right=_other_right(reading, entry, kind, where),
        asks_person=_asks_person(reading, entry, where),
        matches=_examples(reading, entry, "matches", where),
        must_not_match=_examples(reading, entry, "must_not_match", where),
        file=file,
    )


def _why(reading: _Reading, entry: Mapping[str, Any], where: str) -> str:
    why = entry.get("why", "")
    if not isinstance(why, str) or not why.strip():
        reading.faults.append(f"{where}: says no why")
        return ""
    return why


def _weight(reading: _Reading, entry: Mapping[str, Any], kind: str, where: str) -> float:
    weight = entry.get("weight", 1.0 if kind == "flag" else None)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1:
        reading.faults.append(f"{where}: weight must be above 0 and at most 1")
        return 0.0
    return float(weight)


def _gives(reading: _Reading, entry: Mapping[str, Any], kind: str, where: str) -> Kind | Flag | None:
    if kind == "flag":
        if entry.get("flag") in list(Flag):
            return Flag(entry["flag"])
        reading.faults.append(f"{where}: flag must be one of {', '.join(Flag)}")
        return None
    return None if kind == CUE else Kind(kind)


def _covers(reading: _Reading, entry: Mapping[str, Any], where: str) -> frozenset[Kind]:
    names = reading.strings(entry, "covers", where)
    wrong = [name for name in names if name not in list(Kind)]
    reading.faults.extend(f"{where}: covers {name}, which is no kind" for name in wrong)
    return frozenset(Kind(name) for name in names if name not in wrong)


def _other_right(reading: _Reading, entry: Mapping[str, Any], kind: str, where: str) -> OtherRight | None:
    right = entry.get("other_right")
    if right is not None and right not in list(OtherRight):
        reading.faults.append(f"{where}: other_right must be one of {', '.join(OtherRight)}")
        return None
    if right is None and kind == Kind.OTHER_RIGHT:
        reading.faults.append(f"{where}: must name its other_right")
    return OtherRight(right) if right is not None else None


def _asks_person(reading: _Reading, entry: Mapping[str, Any], where: str) -> str:
    asks = entry.get("asks_person", "always")
    if asks not in _ASKS_PERSON:
        reading.faults.append(f"{where}: asks_person must be one of {', '.join(_ASKS_PERSON)}")
    return str(asks)


def _examples(reading: _Reading, entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    examples = reading.strings(entry, key, where)
    if len(examples) < 2:
        reading.faults.append(f"{where}: {key} needs at least two sentences")
    if len(set(examples)) < len(examples):
        reading.faults.append(f"{where}: {key} says the same twice")
    return examples


def missing_words(rules: Iterable[Rule]) -> list[str]:
    """A line for every kind and flag that no rule gives: a desk without them would miss all of that sort.

    That a text is not English is no rule's to say.
    """
    given = {rule.gives for rule in rules}
    wanted: list[Kind | Flag] = [*Kind, *(flag for flag in Flag if flag is not Flag.NOT_ENGLISH)]
    return [f"kinds/: no rule gives {word.value}" for word in wanted if word not in given]
