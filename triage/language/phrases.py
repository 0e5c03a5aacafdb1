"""The phrase notation of rules/kinds/: readable lines compiled to spaCy Matcher patterns.

word   a|b   {concept}      one word, one of several, one entry of a word list of concepts.toml
word?  a|b?  {concept}?     the same, or nothing
..     ...                  up to two, up to five words of any sort
^      $                    where the sentence starts, where it ends
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from triage.language.words import END, START

MOST_VARIANTS = 400
_GAPS = {"..": 2, "...": 5}

Pattern = list[dict[str, Any]]
Entry = tuple[str, ...]


class PhraseWrong(ValueError):
    """A phrase that cannot be compiled; the message says why in one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A compiled phrase. `needed`: one word of each set must stand in a sentence for the phrase to match there.

    `steps`: the same in order, ^ and $ too, each with how many words it may at most stand behind the one before (the
    first: behind the phrase's start). `tail`: how many words the phrase may at most go on from the last of them.
    """

    text: str
    patterns: tuple[Pattern, ...]
    needed: tuple[frozenset[str], ...]
    steps: tuple[tuple[frozenset[str], int], ...]
    tail: int
    vocabulary: frozenset[str]


def compile_phrase(text: str, concepts: Mapping[str, tuple[Entry, ...]], skipped: frozenset[str]) -> Phrase:
    """Compile one phrase. Raises PhraseWrong: unknown list, nothing needed, too many variants."""
    slots: list[list[Pattern]] = []
    steps: list[tuple[frozenset[str], int]] = []
    vocabulary: set[str] = set()
    distance = 0
    for part in text.split():
        if part in _GAPS:
            slots.append([[{"OP": "?"}] * _GAPS[part]])
            distance += _GAPS[part]
            continue
        optional = part.endswith("?")
        entries = [e for e in _entries(part.removesuffix("?"), concepts, skipped) if e]
        if not entries:
            continue
        vocabulary.update(word for entry in entries for word in entry)
        slots.append(list(_variants(entries, optional)))
        if not optional:
            steps.append((frozenset(entry[0] for entry in entries), distance))
            distance = 0
        distance += max(len(entry) for entry in entries)
    needed = [words for words, _ in steps if not words & {START, END}]
    if not needed:
        raise PhraseWrong(f'"{text}" needs no word of its own')
    count = 1
    for slot in slots:
        count *= len(slot)
    if count > MOST_VARIANTS:
        raise PhraseWrong(f'"{text}" has {count} variants, more than {MOST_VARIANTS}: split it')
    patterns = tuple([token for part in choice for token in part] for choice in product(*slots))
    return Phrase(
        text=text,
        patterns=patterns,
        needed=tuple(needed),
        steps=tuple(steps),
        tail=distance,
        vocabulary=frozenset(vocabulary),
    )


def _entries(part: str, concepts: Mapping[str, tuple[Entry, ...]], skipped: frozenset[str]) -> Iterator[Entry]:
    for choice in part.split("|"):
        if choice.startswith("{") and choice.endswith("}"):
            if choice[1:-1] not in concepts:
                raise PhraseWrong(f"there is no word list {choice}")
            yield from concepts[choice[1:-1]]
        else:
            yield tuple(word for word in choice.split("+") if word not in skipped)


def _variants(entries: list[Entry], optional: bool) -> Iterator[Pattern]:
    """Entries that differ only in their first, or else only in their last, word share one variant."""
    if optional and not any(len(entry) == 1 for entry in entries):
        yield []
    by_tail: dict[Entry, set[str]] = defaultdict(set)
    for entry in entries:
        by_tail[entry[1:]].add(entry[0])
    by_head: dict[tuple[frozenset[str], Entry], set[str]] = defaultdict(set)
    for tail, firsts in by_tail.items():
        if not tail:
            yield [{**_one_of(firsts), "OP": "?"}] if optional else [_one_of(firsts)]
        else:
            by_head[frozenset(firsts), tail[:-1]].add(tail[-1])
    for (heads, middle), lasts in by_head.items():
        yield [_one_of(heads), *({"ORTH": word} for word in middle), _one_of(lasts)]


def _one_of(words: Iterable[str]) -> dict[str, Any]:
    ordered = sorted(words)
    return {"ORTH": ordered[0] if len(ordered) == 1 else {"IN": ordered}}
