"""Which phrases stand in a sentence: an exact and cheap sieve in front of spaCy's Matcher.

The places of a word are the bits of one number (bit 3: it is word 3 of the sentence), so that following a phrase
through all places of a sentence at once takes one `&` and one shift for each of its words.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from triage.language.phrases import ANY, Entry, Phrase, Slot

_SHIFTS = {0: (), 2: (1, 1), 5: (1, 2, 2)}
_MOST_WAYS = 12
_Starts = tuple[tuple[int, int], ...]
Step = tuple[int, bool, tuple[int, ...]]


class Sieve:
    """Numbers the word lists of phrases, so that what one phrase learns of a sentence serves all others."""

    def __init__(self) -> None:
        self._slots: dict[frozenset[Entry], int] = {}
        self._rests: list[dict[str, tuple[Entry, ...]]] = []
        self._gates: dict[frozenset[str], int] = {}
        self._opens: dict[str, int] = {}

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
        if number == len(self._rests):
            rests: dict[str, tuple[Entry, ...]] = {}
            for entry in sorted(slot.entries):
                rests[entry[0]] = (*rests.get(entry[0], ()), entry[1:])
            self._rests.append(rests)
        return number

    def starts(self, number: int, places: Mapping[str, int]) -> _Starts:
        """Where entries of a word list start, as (words in the entry, places)."""
        single, rests = 0, self._rests[number]
        longer: dict[int, int] = {}
        for first in places:
            if first in rests:
                for rest in rests[first]:
                    if not rest:
                        single |= places[first]
                    elif rest[0] in places and (at := places[first] & _chained(rest, places)):
                        longer[len(rest) + 1] = longer.get(len(rest) + 1, 0) | at
        if not longer:
            return ((1, single),) if single else ()
        return ((1, single), *longer.items())


def _chained(rest: Entry, places: Mapping[str, int]) -> int:
    """Bit n is set when the words of `rest` follow word n."""
    at = -1
    for distance, word in enumerate(rest, 1):
        at &= places.get(word, 0) >> distance
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

    def ways(self, steps: tuple[Step, ...], ends: int) -> tuple[int, tuple[int, ...]]:
        """Where matches that end at `ends` begin, and how many words each step takes in them, both as bits.

        Exact, after `ends`. Where there are many ways, gaps are ANY.
        """
        behind = [ends]
        for step in reversed(steps):
            behind.append(self._before(step, behind[-1]))
        behind.reverse()
        reached, lengths, count = behind[0], [], 1
        for step, goal in zip(steps, behind[1:], strict=True):
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
        return behind[0], tuple(lengths)

    def _before(self, step: Step, goal: int) -> int:
        """The places from which the step leads to one of the places `goal`."""
        from_here = 0
        for length, at in self._moves(step):
            from_here |= goal >> length & at
        return from_here

    def _moves(self, step: Step) -> _Starts:
        """How many words the step may take, and from which places."""
        number, optional, shifts = step
        if number < 0:
            return tuple((length, self._everywhere) for length in range(sum(shifts) + 1))
        starts = self._starts[number]
        return ((0, self._everywhere), *starts) if optional else starts


def rarity(examples: Iterable[str]) -> Counter[str]:
    """How often words occur in `examples`: what a phrase needs is looked up by its rarest word."""
    return Counter(word for text in examples for word in text.lower().split())
