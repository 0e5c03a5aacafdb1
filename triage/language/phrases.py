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
from math import prod
from typing import Any

from triage.language.words import END, START

MOST_VARIANTS = 400
_GAPS = {"..": 2, "...": 5}

Pattern = list[dict[str, Any]]
Entry = tuple[str, ...]


class PhraseWrong(ValueError):
    """A phrase that cannot be compiled; the message says why in one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One part of a phrase: one of `entries`, which may be left out when `optional`, or up to `gap` words of any."""

    entries: frozenset[Entry] = frozenset()
    optional: bool = False
    gap: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A compiled phrase. `needed`: one word of each set must stand in a sentence for the phrase to match there.

    `patterns`: what spaCy's Matcher looks for; `slots`: the same, part by part. `longest`: the most words of a match.
    """

    text: str
    patterns: tuple[Pattern, ...]
    slots: tuple[Slot, ...]
    needed: tuple[frozenset[str], ...]
    longest: int
    vocabulary: frozenset[str]


def compile_phrase(text: str, concepts: Mapping[str, tuple[Entry, ...]], skipped: frozenset[str]) -> Phrase:
    """Compile one phrase. Raises PhraseWrong: unknown list, nothing needed, too many variants."""
    slots = [slot for part in text.split() if (slot := _slot(part, concepts, skipped)) is not None]
    firsts = [frozenset(entry[0] for entry in slot.entries) for slot in slots if not slot.optional and not slot.gap]
    needed = tuple(words for words in firsts if not words & {START, END})
    if not needed:
        raise PhraseWrong(f'"{text}" needs no word of its own')
    variants = [list(_variants(slot)) for slot in slots]
    count = prod(map(len, variants))
    if count > MOST_VARIANTS:
        raise PhraseWrong(f'"{text}" has {count} variants, more than {MOST_VARIANTS}: split it')
    return Phrase(
        text=text,
        patterns=tuple([token for part in choice for token in part] for choice in product(*variants)),
        slots=tuple(slots),
        needed=needed,
        longest=sum(slot.gap or max(map(len, slot.entries)) for slot in slots),
        vocabulary=frozenset(word for slot in slots for entry in slot.entries for word in entry),
    )


def _slot(part: str, concepts: Mapping[str, tuple[Entry, ...]], skipped: frozenset[str]) -> Slot | None:
    if part in _GAPS:
        return Slot(gap=_GAPS[part])
    entries = frozenset(entry for entry in _entries(part.removesuffix("?"), concepts, skipped) if entry)
    return Slot(entries=entries, optional=part.endswith("?")) if entries else None


def _entries(part: str, concepts: Mapping[str, tuple[Entry, ...]], skipped: frozenset[str]) -> Iterator[Entry]:
    for choice in part.split("|"):
        if choice.startswith("{") and choice.endswith("}"):
            if choice[1:-1] not in concepts:
                raise PhraseWrong(f"there is no word list {choice}")
            yield from concepts[choice[1:-1]]
        else:
            yield tuple(word for word in choice.split("+") if word not in skipped)


def _variants(slot: Slot) -> Iterator[Pattern]:
    """Entries that differ only in their first, or else only in their last, word share one variant."""
    if slot.gap:
        yield [{"OP": "?"}] * slot.gap
    if slot.optional and not any(len(entry) == 1 for entry in slot.entries):
        yield []
    by_tail: dict[Entry, set[str]] = defaultdict(set)
    for entry in sorted(slot.entries):
        by_tail[entry[1:]].add(entry[0])
    by_head: dict[tuple[frozenset[str], Entry], set[str]] = defaultdict(set)
    for tail, firsts in by_tail.items():
        if not tail:
            yield [{**_one_of(firsts), "OP": "?"}] if slot.optional else [_one_of(firsts)]
        else:
            by_head[frozenset(firsts), tail[:-1]].add(tail[-1])
    for (heads, middle), lasts in by_head.items():
        yield [_one_of(heads), *({"ORTH": word} for word in middle), _one_of(lasts)]


def _one_of(words: Iterable[str]) -> dict[str, Any]:
    ordered = sorted(words)
    return {"ORTH": ordered[0] if len(ordered) == 1 else {"IN": ordered}}
