"""rules/kinds/*.toml, and over them rules/local/kinds/*.toml -> rules. Every fault is found at once, naming its place.

The overlay is the DPO's own: a rule of the same name replaces ours, a word list of the same name is added to.
"""

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
LOCAL = "local"
_LOCAL_KINDS = f"{LOCAL}/kinds/"
_RULE_KEYS = word_set(
    "name why weight covers phrases flag other_right elsewhere nowhere after unless matches must_not_match"
)
_TONGUE_KEYS = word_set("english shared foreign request asks about alone")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One entry of a rules file. `gives` is a kind, a flag, or None for a cue (a word that only hints at privacy).

    `weight`: the score a match gives, 0..1. `unless`: phrases that cancel it in the same sentence. `elsewhere`: one
    of these words must stand somewhere in what is read; `nowhere`: none of these may. `after`: one of the rules named
    must have matched shortly before ("delete it" after "my data"). `covers`: kinds not seen in the same words ("a
    copy" in "delete every copy").
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
    matches: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    file: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is of the overlay."""
        return self.file.startswith(_LOCAL_KINDS)

    @property
    def place(self) -> str:
        """Where it is written, from the rules folder on."""
        return f"{place_of(self.file)}: {self.name}"


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


def place_of(file: str) -> str:
    """A file of rules, or a fault that begins with one, from the rules folder on."""
    return file if file.startswith(_LOCAL_KINDS) else f"kinds/{file}"


class _Reading:
    """Gathers faults while the files are read."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.within = ""
        self.concepts: dict[str, tuple[Entry, ...]] = {}
        self.skipped: frozenset[str] = frozenset()
        self.names: set[str] = set()

    def toml(self, path: Path) -> dict[str, Any]:
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.faults.append(f"{self.named(path)}: cannot be read: {error}")
            return {}

    def named(self, path: Path) -> str:
        return f"{self.within}{path.name}"

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
    """Read `rules_dir`/kinds and the overlay in `rules_dir`/local/kinds. Raises RulesWrong with one line per fault."""
    folder, overlay = rules_dir / "kinds", rules_dir / LOCAL / "kinds"
    reading = _Reading()
    words = reading.toml(folder / _WORDS)
    reading.skipped = frozenset(reading.strings(words, "skipped", _WORDS))
    lists = _Lists(reading, folder / _CONCEPTS)
    local_files = sorted(overlay.glob("*.toml"))
    if overlay / _CONCEPTS in local_files:
        reading.within = _LOCAL_KINDS
        lists.read(overlay / _CONCEPTS)
        reading.within = ""
    lists.compile()
    rules = _rules_of(reading, (path for path in sorted(folder.glob("*.toml")) if path.name not in _LISTS))
    reading.within, reading.names = _LOCAL_KINDS, set()
    rules = _laid_over(rules, _rules_of(reading, (path for path in local_files if path.name != _CONCEPTS)))
    reading.within = ""
    reading.faults.extend(_strangers(rules))
    if not rules and not reading.faults:
        reading.faults.append("*.toml: there are no rules")
    spellings = _read_spellings(reading, words)
    real_words = frozenset(reading.strings(words, "real_words", _WORDS))
    tongues = _read_tongues(reading, folder / _TONGUES, reading.strings(words, "function_words", _WORDS))
    if reading.faults:
        raise RulesWrong([place_of(fault) for fault in reading.faults])
    return RuleBook(
        rules=tuple(rules),
        skipped=reading.skipped,
        spellings=spellings,
        real_words=real_words,
        tongues=tongues,
    )


def _rules_of(reading: _Reading, paths: Iterable[Path]) -> list[Rule]:
    return [rule for path in paths for rule in _read_rules(reading, path)]


def _laid_over(rules: list[Rule], local: list[Rule]) -> list[Rule]:
    """A local rule stands where the one it replaces stood, or behind all of ours."""
    by_name = {rule.name: rule for rule in rules}
    by_name.update((rule.name, rule) for rule in local)
    return list(by_name.values())


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


class _Lists:
    """The word lists of ours and of the overlay, joined before any of them is used: a list may name another."""

    def __init__(self, reading: _Reading, path: Path) -> None:
        self._reading = reading
        self._entries: dict[str, list[tuple[str, str]]] = {}
        self.read(path)

    def read(self, path: Path) -> None:
        """Add a file's entries, each with the file's name for a fault in it."""
        found, file = self._reading.toml(path), self._reading.named(path)
        for name in found:
            entries = self._entries.setdefault(name, [])
            entries += [(file, entry) for entry in self._reading.strings(found, name, file)]

    def compile(self) -> None:
        """Split every list into its entries."""
        for name in self._entries:
            self._compile(name, ())

    def _compile(self, name: str, within: tuple[str, ...]) -> tuple[Entry, ...]:
        reading = self._reading
        if name in reading.concepts:
            return reading.concepts[name]
        split: list[Entry] = []
        for file, entry in self._entries[name]:
            inner = entry[1:-1] if entry.startswith("{") and entry.endswith("}") else None
            if inner is None:
                split.append(tuple(word for word in entry.lower().split() if word not in reading.skipped))
            elif inner not in self._entries:
                reading.faults.append(f"{file}: {name} names {entry}, which is no word list")
            elif inner in (*within, name):
                reading.faults.append(f"{file}: {name} names {entry}, which names it in turn")
            else:
                split.extend(self._compile(inner, (*within, name)))
        reading.concepts[name] = tuple(dict.fromkeys(e for e in split if e))
        return reading.concepts[name]


def _read_rules(reading: _Reading, path: Path) -> list[Rule]:
    found, file = reading.toml(path), reading.named(path)
    kind = found.get("kind")
    if found and path.name in _LISTS:
        reading.faults.append(f"{file}: only word lists and rules of one's own; this file is ours alone")
        return []
    if found and kind not in (*Kind, CUE, "flag"):
        reading.faults.append(f"{file}: kind must be one of {', '.join((*Kind, CUE, 'flag'))}")
        return []
    entries = found.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        reading.faults.append(f"{file}: rules must be written as [[rule]]")
        return []
    rules = (_read_rule(reading, file, str(kind), entry) for entry in entries)
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
