"""Words of a text as the rules see them: plain, lower case, mended, each knowing where it stood in the original."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

START, END, UNKNOWN, ADDRESS = "^", "$", "_", "@"
LONGEST_SENTENCE_WORDS = 100
OVERLAP_WORDS = 16

_APOSTROPHES = "'’‘ʼ`´ʹ＇‛"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_GLUE = rf"(?:[{_APOSTROPHES}{_INVISIBLE}]|&(?:\#0?39|rsquo|apos);)"
_TOKEN = re.compile(
    rf"""
      (?P<address>(?:https?://|www\.)[^\s<>"]{{1,2000}}|[\w.+-]{{1,64}}@[\w.-]{{1,255}})
    | (?P<tag></?(?:br|p|div|span|td|tr|table|li|ul|ol|h[1-6]|b|i|em|strong|a|font)\b[^<>\n]{{0,300}}>)
    | (?P<broken>[^\W\d_]{{2,30}}-[ \t]?\r?\n[ \t]*[^\W\d_]{{2,30}})
    | (?P<word>(?:[eE]|[uU][nN])-(?:[mM][aA][iI][lL]|[sS][uU][bB][sS])[^\W_]{{0,20}}
        |[^\W_]+(?:{_GLUE}[^\W_]+)*)
    | (?P<stop>[.!?;…]+(?=[\s"'’”)\]<]|$)|\r?\n[ \t]*\r?\n\s*|\r?\n(?=[ \t]*(?:[-*•–>·]|\d{{1,2}}[.)])\s))
    | (?P<mark>[\[\]<>{{}}])
    """,
    re.VERBOSE,
)
_BLOCK_TAG = re.compile(r"</?(?:br|p|div|td|tr|table|li|h[1-6])\b")
_NO_STOP_AFTER = frozenset({"art", "arts", "mr", "mrs", "ms", "dr", "st", "sec", "ref", "dept", "approx", "reg"})
_ENDINGS = {"re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}
_IS_AFTER = frozenset({"what", "it", "that", "there", "who", "where", "how", "he", "she", "here", "why", "when"})
_STEMS_BEFORE_NOT = {"ca": "can", "wo": "will", "sha": "shall"}
_VOWELS = frozenset("aeiouy")


def word_set(words: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(words.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence: its words and, for each, `[start, end)` in the original. First and last word are ^ and $.

    `weight` lowers what is read from places that are not the sender's own words; `subject` sentences have no offsets.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    subject: bool = False
    weight: float = 1.0


class Lexicon:
    """The words that matter: all words of the rules, the little words skipped, and how people misspell them.

    A word outside `known` is read as UNKNOWN, so that what people write never grows the vocabulary of the process.
    `normal(raw)` gives the plain words one written word stands for, the skipped ones left out; it is cached.
    """

    def __init__(
        self,
        known: frozenset[str],
        skipped: frozenset[str],
        spellings: Mapping[str, tuple[str, ...]],
        real_words: frozenset[str],
    ) -> None:
        self.known, self.skipped, self.spellings, self.real_words = known, skipped, spellings, real_words
        self._near: dict[str, str] = {}
        for word in sorted(known):
            if len(word) >= 6 and word.isalpha():
                for shorter in _one_letter_less(word):
                    self._near.setdefault(shorter, word)
        self.normal: Callable[[str], tuple[str, ...]] = lru_cache(maxsize=20_000)(self._normal)

    def _normal(self, raw: str) -> tuple[str, ...]:
        return tuple(self._mended(word) for word in self._plain(raw) if word not in self.skipped)

    def _plain(self, raw: str) -> tuple[str, ...]:
        text = raw.casefold()
        if not text.isascii():
            decomposed = unicodedata.normalize("NFKD", text)
            text = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in _INVISIBLE)
        text = re.sub(rf"[{_APOSTROPHES}]|&(?:#0?39|rsquo|apos);", "'", text).replace("-", "")
        if text in self.spellings:
            return self.spellings[text]
        head, apostrophe, tail = text.rpartition("'")
        if not apostrophe:
            return (text,)
        if tail == "t" and head.endswith("n"):
            stem = head[:-1]
            return (_STEMS_BEFORE_NOT.get(stem, stem), "not")
        if tail == "s":
            return (head, "is") if head in _IS_AFTER else (head,)
        return (head, _ENDINGS[tail]) if tail in _ENDINGS else (head + tail,)

    def _mended(self, word: str) -> str:
        if word in self.known:
            return word
        if word.endswith("in") and word + "g" in self.known:
            return word + "g"
        if not 6 <= len(word) <= 24 or word in self.real_words or not word.isalpha():
            return UNKNOWN
        near = self._near.get(word)
        if near is not None:
            return near
        for shorter in _one_letter_less(word):
            if shorter in self.known and len(shorter) >= 6 and not word.startswith(shorter):
                return shorter
            near = self._near.get(shorter)
            if near is not None and _slip(word, near):
                return near
        return UNKNOWN


def _one_letter_less(word: str) -> Iterator[str]:
    """Every spelling of `word` with one letter missing, except the last: that would confuse delete and deleted."""
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1 :]


def _slip(written: str, meant: str) -> bool:
    """A swap of neighbours or a wrong vowel. A wrong consonant is mostly another word (charged, changed)."""
    if len(written) != len(meant):
        return False
    wrong = [i for i, (a, b) in enumerate(zip(written, meant, strict=True)) if a != b]
    if len(wrong) == 1:
        return written[wrong[0]] in _VOWELS and meant[wrong[0]] in _VOWELS
    return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(written) == sorted(meant)


class _Builder:
    """Collects words until a sentence ends."""

    def __init__(self, *, subject: bool, weight: float) -> None:
        self.subject, self.weight = subject, weight
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, words: tuple[str, ...], start: int, end: int) -> None:
        for word in words:
            self.words.append(word)
            self.starts.append(start)
            self.ends.append(end)

    def take(self, keep: int = 0) -> Sentence:
        words, starts, ends = self.words, self.starts, self.ends
        first, last = starts[0], ends[-1]
        sentence = Sentence(
            words=[START, *words, END],
            starts=[first, *starts, last],
            ends=[first, *ends, last],
            subject=self.subject,
            weight=self.weight,
        )
        cut = len(words) - keep
        self.words, self.starts, self.ends = words[cut:], starts[cut:], ends[cut:]
        return sentence


def sentences(
    text: str, lexicon: Lexicon, start: int, end: int, *, subject: bool = False, weight: float = 1.0
) -> Iterator[Sentence]:
    """Cut `text[start:end]` into sentences of plain words. Offsets are into `text`; time is linear in its length.

    A sentence ends at a full stop, a blank line or a new list point; one without end is cut with an overlap.
    """
    building = _Builder(subject=subject, weight=weight)
    last_raw = ""
    for found in _TOKEN.finditer(text, start, end):
        group, raw = found.lastgroup, found.group()
        if group == "word":
            building.add(lexicon.normal(raw), found.start(), found.end())
            last_raw = raw
        elif group == "broken":
            building.add(_joined(raw, lexicon), found.start(), found.end())
        elif group in ("address", "mark"):
            building.add((ADDRESS if group == "address" else raw,), found.start(), found.end())
        elif _ends_sentence(group, raw, last_raw) and building.words:
            yield building.take()
        if len(building.words) >= LONGEST_SENTENCE_WORDS:
            yield building.take(keep=OVERLAP_WORDS)
    if building.words:
        yield building.take()


def _joined(raw: str, lexicon: Lexicon) -> tuple[str, ...]:
    """A word broken at the line's end, put together if that gives a word that matters."""
    left, _, right = raw.partition("-")
    right = right.strip()
    whole = lexicon.normal(left + right)
    if whole and UNKNOWN not in whole:
        return whole
    return lexicon.normal(left) + lexicon.normal(right)


def _ends_sentence(group: str | None, raw: str, last_raw: str) -> bool:
    if group == "tag":
        return _BLOCK_TAG.match(raw) is not None
    return not (raw == "." and last_raw.casefold() in _NO_STOP_AFTER)
