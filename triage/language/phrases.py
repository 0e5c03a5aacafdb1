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
ANY = -1
_GAPS = {"..": 2, "...": 5}
_EDGES = frozenset({START, END})

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

    @property
    def is_sure(self) -> bool:
        """Whether one of the entries always stands here."""
        return not self.gap and not self.optional

    def patterns(self, lengths: int = ANY) -> list[Pattern]:
        """What spaCy's Matcher looks for, in few variants. `lengths`: bit n is set when n words are wanted."""
        if self.gap:
            return [[{"OP": "?"}] * self.gap] if lengths == ANY else [[{}] * n for n in range(6) if lengths >> n & 1]
        found = list(_variants([entry for entry in self.entries if lengths >> len(entry) & 1]))
        if not self.optional or not lengths & 1:
            return found
        if lengths != ANY:
            return [[], *found]
        single = [pattern for pattern in found if len(pattern) == 1]
        maybe: Pattern = [{**token, "OP": "?"} for pattern in single for token in pattern]
        return [maybe, *(pattern for pattern in found if len(pattern) > 1)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A compiled phrase. `needed`: one entry of each set must stand in a sentence for the phrase to match there.

    `patterns` compiles the phrase for spaCy's Matcher: whole, or only as far as it is wanted.
    """

    text: str
    slots: tuple[Slot, ...]
    needed: tuple[frozenset[Entry], ...]
    vocabulary: frozenset[str]

    def patterns(self, lengths: tuple[int, ...] | None = None) -> list[Pattern]:
        """The Matcher's patterns. `lengths`: for each slot, as bits, how many words it may have."""
        wanted = lengths or (ANY,) * len(self.slots)
        variants = [slot.patterns(bits) for slot, bits in zip(self.slots, wanted, strict=True)]
        return [[token for part in choice for token in part] for choice in product(*variants)]


def compile_phrase(text: str, concepts: Mapping[str, tuple[Entry, ...]], skipped: frozenset[str]) -> Phrase:
    """Compile one phrase. Raises PhraseWrong: unknown list, nothing needed, too many variants."""
    slots = [slot for part in text.split() if (slot := _slot(part, concepts, skipped)) is not None]
    sure = [slot.entries for slot in slots if slot.is_sure]
    needed = tuple(entries for entries in sure if not any(_EDGES.issuperset(entry) for entry in entries))
    if not needed:
        raise PhraseWrong(f'"{text}" needs no word of its own')
    count = prod(len(slot.patterns()) for slot in slots)
    if count > MOST_VARIANTS:
        raise PhraseWrong(f'"{text}" has {count} variants, more than {MOST_VARIANTS}: split it')
    return Phrase(
        text=text,
        slots=tuple(slots),
        needed=needed,
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


def _variants(entries: list[Entry]) -> Iterator[Pattern]:
    """Entries that differ only in their first, or else only in their last, word share one variant."""
    by_tail: dict[Entry, set[str]] = defaultdict(set)
    for entry in sorted(entries):
        by_tail[entry[1:]].add(entry[0])
    by_head: dict[tuple[frozenset[str], Entry], set[str]] = defaultdict(set)
    for tail, firsts in by_tail.items():
        if not tail:
            yield [_one_of(firsts)]
        else:
            by_head[frozenset(firsts), tail[:-1]].add(tail[-1])
    for (heads, middle), lasts in by_head.items():
        yield [_one_of(heads), *({"ORTH": word} for word in middle), _one_of(lasts)]


def _one_of(words: Iterable[str]) -> dict[str, Any]:
    ordered = sorted(words)
    return {"ORTH": ordered[0] if len(ordered) == 1 else {"IN": ordered}}
