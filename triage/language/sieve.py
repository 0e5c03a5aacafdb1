"""Which phrases stand in a sentence: an exact and cheap sieve in front of spaCy's Matcher.

The places of a word are the bits of one number (bit 3: it is word 3 of the sentence), so that following a phrase
through all places of a sentence at once takes one `&` and one shift for each of its words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from triage.language.phrases import ANY, Entry, Phrase, Slot
from triage.language.words import END, START, UNKNOWN

_SHIFTS = {0: (), 2: (1, 1), 5: (1, 2, 2)}
_MOST_WAYS = 12
_MOST_PAIRS = 400  # of one phrase; more would fill the memory for little
_WORD = re.compile(r"\w+")
_Starts = tuple[tuple[int, int], ...]
Pairs = frozenset[tuple[str, str]]
Step = tuple[int, bool, tuple[int, ...]]


class _Entries(NamedTuple):
    """A word list: its single words, and by one word of each, the longer entries with the place of that word there."""

    words: frozenset[str]
    longer: dict[str, tuple[tuple[int, Entry], ...]]


class Sieve:
    """Numbers the word lists of phrases, so that what one phrase learns of a sentence serves all others.

    `common`: how often words occur; a longer entry is looked for where its rarest word stands.
    """

    def __init__(self, common: Counter[str] | None = None) -> None:
        self._common: Counter[str] = Counter() if common is None else common
        self._slots: dict[frozenset[Entry], int] = {}
        self._lists: list[_Entries] = []
        self._gates: dict[frozenset[str], int] = {}
        self._opens: dict[str, int] = {}

    def needs(self, phrase: Phrase, *, beside: Pairs = frozenset()) -> list[frozenset[str]]:
        """Sets of words, rarest first: without one of each the phrase stands nowhere. Of an entry, its rarest word.

        Left out is what `beside`, neighbours of the phrase, asks for already.
        """
        found = {frozenset(map(self._rarest, entries)) for entries in phrase.needed}
        asked = [{pair[0] for pair in beside}, {pair[1] for pair in beside}]
        left = [words for words in found if words not in asked]
        return sorted(left, key=lambda words: (sum(self._common[word] for word in words), len(words), sorted(words)))

    def neighbours(self, phrase: Phrase) -> Pairs:
        """The rarest set of neighbouring words one of which stands wherever the phrase does; empty if there is none."""
        found = [
            frozenset((left[-1], right[0]) for left in one.entries for right in other.entries)
            for one, other in pairwise(phrase.slots)
            if one.is_sure and other.is_sure and len(one.entries) * len(other.entries) <= _MOST_PAIRS
        ]
        common = self._common
        return min(found, key=lambda pairs: sum(common[a] * common[b] + 1 for a, b in pairs), default=frozenset())

    def _rarest(self, entry: Entry) -> str:
        return min(entry, key=lambda word: (self._common[word], -len(word), word))

    def steps(self, phrase: Phrase) -> tuple[Step, ...]:
        """The phrase as numbers: for each part its word list (-1 for a gap), whether optional, and a gap's shifts."""
        return tuple((self._number(slot), slot.optional, _SHIFTS[slot.gap]) for slot in phrase.slots)

    def gate(self, words: frozenset[str]) -> int:
        """The bit that `opened` sets for a sentence with one of `words`."""
        known = self._gates.get(words)
        if known is None:
            known = self._gates[words] = 1 << len(self._gates)
            for word in words:
                self._opens[word] = self._opens.get(word, 0) | known
        return known

    def opened(self, words: Iterable[str]) -> int:
        """The gates that the words of a sentence open."""
        found, opens = 0, self._opens
        for word in words:
            if word in opens:
                found |= opens[word]
        return found

    def _number(self, slot: Slot) -> int:
        if slot.gap:
            return -1
        number = self._slots.setdefault(slot.entries, len(self._slots))
        if number == len(self._lists):
            longer: dict[str, tuple[tuple[int, Entry], ...]] = {}
            for entry in sorted(entry for entry in slot.entries if len(entry) > 1):
                word = self._rarest(entry)
                longer[word] = (*longer.get(word, ()), (entry.index(word), entry))
            self._lists.append(_Entries(frozenset(entry[0] for entry in slot.entries if len(entry) == 1), longer))
        return number

    def starts(self, number: int, places: Mapping[str, int]) -> _Starts:
        """Where entries of a word list start, as (words in the entry, places)."""
        words, longer = self._lists[number]
        if len(words) == 1 and not longer:
            (word,) = words
            return ((1, places[word]),) if word in places else ()
        single = 0
        for word in words & places.keys():
            single |= places[word]
        if longer and (there := longer.keys() & places.keys()):
            found: dict[int, int] = {}
            for word in there:
                for distance, entry in longer[word]:
                    if at := places[word] >> distance & _chained(entry, places):
                        found[len(entry)] = found.get(len(entry), 0) | at
            if found:
                return ((1, single), *found.items()) if single else tuple(found.items())
        return ((1, single),) if single else ()


def _chained(entry: Entry, places: Mapping[str, int]) -> int:
    """Bit n is set when the words of `entry` stand from word n on."""
    at = -1
    for distance, word in enumerate(entry):
        if word not in places:
            return 0
        at &= places[word] >> distance
    return at


class Places:
    """One sentence: where each of its words stands, and where the entries of word lists start, found when asked."""

    __slots__ = ("_everywhere", "_sieve", "_starts", "gates", "of")

    def __init__(self, sieve: Sieve, words: list[str]) -> None:
        of: dict[str, int] = {}
        bit = 1
        for word in words:
            of[word] = of.get(word, 0) | bit
            bit += bit
        self.of = of
        self.gates = sieve.opened(of)
        self._everywhere = bit + bit - 1
        self._sieve = sieve
        self._starts: dict[int, _Starts] = {}

    def ends(self, steps: tuple[Step, ...]) -> int:
        """Bit n is set when the phrase matches some words up to and without word n. Exact."""
        reached, known = self._everywhere, self._starts
        for number, optional, shifts in steps:
            if number < 0:
                for shift in shifts:
                    reached |= reached << shift
                continue
            starts = known.get(number)
            if starts is None:
                starts = known[number] = self._sieve.starts(number, self.of)
            moved = reached if optional else 0
            for length, at in starts:
                moved |= (reached & at) << length
            if not moved:
                return 0
            reached = moved
        return reached & self._everywhere

    def width(self, steps: tuple[Step, ...]) -> int:
        """How many words the phrase takes wherever it stands here, after `ends`; 0 when that is not plain to see."""
        width = 0
        for number, optional, _ in steps:
            if number < 0 or optional or len(self._starts[number]) > 1:
                return 0
            width += self._starts[number][0][0]
        return width

    def ways(self, steps: tuple[Step, ...], ends: int) -> tuple[int, tuple[int, ...]]:
        """Where matches that end at `ends` begin, and how many words each step takes in them, both as bits.

        Exact, after `ends`. Where there are many ways, gaps are ANY.
        """
        behind = self._behind(steps, ends)
        reached, lengths, count = behind[-1], [], 1
        for step, goal in zip(steps, behind[-2::-1], strict=True):
            bits, following = 0, 0
            for length, at in self._moves(step):
                on = (reached & at) << length & goal
                if on:
                    bits |= 1 << length
                    following |= on
            reached = following
            lengths.append(bits)
            count *= bits.bit_count()
        if count > _MOST_WAYS:
            lengths = [ANY if step[0] < 0 else bits for step, bits in zip(steps, lengths, strict=True)]
        return behind[-1], tuple(lengths)

    def _behind(self, steps: tuple[Step, ...], ends: int) -> list[int]:
        """The places from which matches lead to `ends`: of no step, of the last one, and so on to all of them."""
        behind = [ends]
        goal = ends
        for number, optional, shifts in reversed(steps):
            if number < 0:
                for shift in shifts:
                    goal |= goal >> shift
            else:
                before = goal if optional else 0
                for length, at in self._starts[number]:
                    before |= goal >> length & at
                goal = before
            behind.append(goal)
        return behind

    def _moves(self, step: Step) -> _Starts:
        """How many words the step may take, and from which places."""
        number, optional, shifts = step
        if number < 0:
            return tuple((length, self._everywhere) for length in range(sum(shifts) + 1))
        starts = self._starts[number]
        return ((0, self._everywhere), *starts) if optional else starts


def rarity(examples: Iterable[str], known: frozenset[str]) -> Counter[str]:
    """About how often words occur in `examples`; what is not `known` is UNKNOWN, and a sentence has its two ends."""
    common: Counter[str] = Counter()
    for text in examples:
        found = _WORD.findall(text.lower().replace("n't", " not").replace("'s", " is").replace("'ve", " have"))
        common.update((START, END, *(word if word in known else UNKNOWN for word in found)))
    return common
