"""What a written word means: accents, styled and look-alike letters, contractions, slips, drawn-out letters."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

UNKNOWN = "_"
LONGEST_WORD = 80
APOSTROPHES = "'’‘ʼ`´ʹ＇‛′\ufffd\u0091\u0092"
INVISIBLE = "\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
COMBINING = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
STYLED = "\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189\U0001f1e6-\U0001f1ff"
ENTITY_APOSTROPHES = r"&(?:\#(?:0?39|8217|8216|x27|x2019);?|(?:rsquo|lsquo|apos);)"

_KEPT = 20_000
_APOSTROPHE = re.compile(rf"(?:[{APOSTROPHES}]|{ENTITY_APOSTROPHES}|=e2=80=99|=92|â?€™|\?(?=[a-z]))+")
_UNSEEN = re.compile(f"[{INVISIBLE}{COMBINING}]+")
_JOINT = re.compile(r"=\r?\n|[-‐‑][ \t]*(?:\r?\n[ \t>]*)?|[ ]")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_ONE_FOR_ONE = str.maketrans(
    {
        **{chr(first + at): letter for first in (0x1F150, 0x1F170, 0x1F1E6) for at, letter in enumerate(_ALPHABET)},
        **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
        **{"ł": "l", "ı": "i", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"},
    }
)
_LOOK_ALIKE = str.maketrans("авекмнорстухіјѕԁһӏԛԝαβεικνορτυχγ", "abekmhopctyxijsdhlqwabeikvoptuxy")
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_LEET_L = str.maketrans("0134578@$!|", "oleastbasil")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_DIGITS = re.compile(r"\d+")
_ENDINGS = {"re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}
_WHO = frozenset({"i", "you", "u", "we", "they", "he", "she", "it", "who", "that", "there", "what", "would", "could"})
_IS_AFTER = frozenset({"what", "it", "that", "there", "who", "where", "how", "he", "she", "here", "why", "when"})
_STEMS_BEFORE_NOT = {"ca": "can", "wo": "will", "sha": "shall"}
_NOT_STEMS = frozenset(
    {"can", "don", "didn", "doesn", "isn", "aren", "wasn", "weren", "won", "wouldn", "couldn", "shouldn", "haven"}
    | {"hasn", "hadn", "mustn", "needn", "shan", "ain"}
)
_SHORT_PIECES = frozenset({"my", "me", "us", "we", "do", "to", "it", "on", "of", "i", "u", "a"})
_RUN_ON = {"my": "my", "please": "please", "pls": "please", "plz": "please"}
_VOWELS = frozenset("aeiouy")

Reading = tuple[tuple[str, ...], tuple[str, ...]]


class _Readings(dict[str, Reading]):
    """Remembers what words mean, up to a bound; then it starts anew."""

    def __init__(self, read: Callable[[str], Reading]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, raw: str) -> Reading:
        reading = self._read(raw)
        if len(self) >= _KEPT:
            self.clear()
        if len(raw) <= LONGEST_WORD:
            self[raw] = reading
        return reading


class Lexicon:
    """The words that matter: all words of the rules, the little words skipped, and how people misspell them.

    A word outside `known` is read as UNKNOWN by the rules, so that what people write never grows the vocabulary of
    the process. `readings[raw]` gives the words one written word stands for, twice: as the rules see it, the skipped
    ones left out; and plain, every word, mended, figures as 0.
    """

    def __init__(
        self,
        known: frozenset[str],
        skipped: frozenset[str],
        spellings: Mapping[str, tuple[str, ...]],
        real_words: frozenset[str],
    ) -> None:
        self.known, self.skipped, self.spellings, self.real_words = known, skipped, spellings, real_words
        self._meant = known | skipped
        self._near: dict[str, str] = {}
        for word in sorted(known):
            if len(word) >= 6 and word.isalpha():
                for shorter in _one_letter_less(word):
                    self._near.setdefault(shorter, word)
        self.readings = _Readings(self._read)

    def normal(self, raw: str) -> tuple[str, ...]:
        """The words the rules see in one written word."""
        return self.readings[raw][0]

    def spaced(self, raw: str) -> tuple[str, ...] | None:
        """ "d.e.l.e.t.e  m y" -> delete, my; None when the single letters spell no words that matter."""
        letters = "".join(c for c in folded(raw) if c.isalnum())
        if letters in self._meant and (len(letters) > 3 or "." in raw):
            return (letters,)
        pieces = self._pieces(letters)
        return pieces if pieces is not None and any(len(piece) > 3 for piece in pieces) else None

    def _pieces(self, letters: str) -> tuple[str, ...] | None:
        """The fewest words that matter which `letters` (at most some 60) fall into."""
        best: list[tuple[str, ...] | None] = [()]
        for end in range(1, len(letters) + 1):
            found: tuple[str, ...] | None = None
            for start in range(max(0, end - 20), end):
                piece, before = letters[start:end], best[start]
                matters = piece in _SHORT_PIECES or (len(piece) > 2 and piece in self._meant)
                if matters and before is not None and (found is None or len(before) + 1 < len(found)):
                    found = (*before, piece)
            best.append(found)
        return best[-1]

    def _read(self, raw: str) -> Reading:
        if len(raw) > LONGEST_WORD:
            return (UNKNOWN,), (UNKNOWN,)
        plain = self._plain(folded(raw))
        words = tuple(word if word in self.known else UNKNOWN for word in plain if word not in self.skipped)
        return words, tuple(_shown(word) if word not in self.known or word.isdigit() else word for word in plain)

    def _plain(self, text: str) -> tuple[str, ...]:
        if text in self.spellings:
            return self.spellings[text]
        joint = _JOINT.search(text)
        if joint is None:
            return self._single(text)
        left, right = text[: joint.start()], text[joint.end() :]
        if joint.group() == " ":
            if (right == "t" and left in _NOT_STEMS) or (right in _ENDINGS and left in _WHO):
                return self._single(f"{left}'{right}")
        else:
            whole = self._plain(left + right)
            if self._meant.issuperset(whole):
                return whole
        return self._plain(left) + self._plain(right)

    def _single(self, text: str) -> tuple[str, ...]:
        head, apostrophe, tail = text.rpartition("'")
        if not apostrophe:
            return self._mended(text)
        if tail == "t" and head.endswith("n"):
            stem = head[:-1]
            return (_STEMS_BEFORE_NOT.get(stem, stem), "not")
        if tail == "s":
            return (head, "is") if head in _IS_AFTER else self._mended(head)
        if tail in _ENDINGS:
            return (*self._mended(head), _ENDINGS[tail])
        return self._mended(head.replace("'", "") + tail)

    def _mended(self, word: str) -> tuple[str, ...]:
        if word in self._meant:
            return (word,)
        if word in self.spellings:
            return self.spellings[word]
        for other in _respelt(word):
            if other in self._meant or other in self.spellings:
                return self.spellings.get(other, (other,))
        if 6 <= len(word) <= 24 and word.isalpha() and word not in self.real_words:
            near = self._slip_of(word)
            if near is not None:
                return (near,)
        return self._run_on(word) or (word,)

    def _slip_of(self, word: str) -> str | None:
        near = self._near.get(word)
        if near is not None:
            return near
        for shorter in _one_letter_less(word):
            if shorter in self.known and len(shorter) >= 6 and not word.startswith(shorter):
                return shorter
            near = self._near.get(shorter)
            if near is not None and _slip(word, near):
                return near
        return None

    def _run_on(self, word: str) -> tuple[str, ...] | None:
        """ "mydata", "pleasedelete": the blank forgotten."""
        for first, meant in _RUN_ON.items():
            rest = word.removeprefix(first)
            if rest != word and len(rest) >= 4 and rest in self.known and word not in self.real_words:
                return meant, rest
        return None


def folded(raw: str) -> str:
    """Lower case, every apostrophe plain, without accents, invisible characters, styled and look-alike letters."""
    text = raw.casefold()
    if not text.isascii():
        text = _APOSTROPHE.sub("'", text)
        text = _UNSEEN.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_ONE_FOR_ONE)
        if any("a" <= c <= "z" for c in text) or len(text) > 3:
            latin = text.translate(_LOOK_ALIKE)
            if latin.isascii():
                return latin
        return text
    return _APOSTROPHE.sub("'", text) if not text.isalnum() else text


def _respelt(word: str) -> Iterator[str]:
    """Other ways `word` may be meant: "pleeease", "sendin", "d3lete"."""
    if _DRAWN_OUT.search(word):
        yield _DRAWN_OUT.sub(r"\1", word)
        yield _DRAWN_OUT.sub(r"\1\1", word)
    if word.endswith("in"):
        yield word + "g"
    letters = sum(c.isalpha() for c in word)
    if len(word) >= 4 and len(word) / 2 <= letters < len(word) and not word[-1].isdigit():
        yield word.translate(_LEET)
        yield word.translate(_LEET_L)


def _shown(word: str) -> str:
    return word if word.isalpha() else _DIGITS.sub(_shape, word)


def _shape(figures: re.Match[str]) -> str:
    return "0" * min(5, figures.end() - figures.start())


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
