"""Is it English, and if not, which language, and may it ask for something?

Common words in short and long texts, and requests in other languages, decide. A second voice, py3langid (Lui & Baldwin,
"langid.py: An Off-the-shelf Language Identification Tool", ACL 2012, in A. Barbaresi's fork; 4.5 MB with its model),
names the language and is heard on longer texts that the words leave open. Never on short ones: it takes "delete my
data" for Afrikaans.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from triage.language.words import word_set

LONG_WORDS = 9
SHORT_WORDS = 3
MOST_WORDS = 400
LEAST_SHARE = 0.2
REQUEST_REACH_WORDS = 6
STEM_LETTERS = 4
NAME_WORDS = 4
CLEAR_SHARE = 0.35
SECOND_VOICE_LETTERS = 40
SECOND_VOICE_CHARS = 600
SECOND_VOICE_SURE = 0.9
_TYPO_LETTERS = 5
_LONGEST_TYPO_LETTERS = 24  # every slip of a word is spelt out: of a page without a blank that fills the memory

_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,2000}|[\w.+-]{1,64}@[\w.-]{1,255}")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MARKS = re.compile(r"[\u0300-\u036f]+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_SOUNDED = re.compile(r"[aeiouy]|[^\x00-\x7f]")
_PLAIN = str.maketrans({"ł": "l", "ı": "i", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "’": "'"})
_NAME_PARTS = word_set("de la le du von van der den al el bin y upon on in by the of under super")
_ENGLISH_LOOK = re.compile(r"wh.+|.{2,}(?:ings?|ness|ould|ought|ight|ally)")


def plain(text: str) -> str:
    """Lower case, without accents: what people leave out when they type in a hurry or on an English keyboard."""
    text = text.casefold()
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_PLAIN)
    return text


class WordForms:
    """Words, and stems written with a star at the end. Stems have at least STEM_LETTERS letters."""

    def __init__(self, forms: Iterable[str]) -> None:
        stems: dict[str, tuple[str, ...]] = {}
        words: set[str] = set()
        for form in map(plain, forms):
            if form.endswith("*"):
                head = form[:STEM_LETTERS]
                stems[head] = (*stems.get(head, ()), form[:-1])
            else:
                words.add(form)
        self._words, self._stems = frozenset(words), stems

    def __contains__(self, word: str) -> bool:
        if word in self._words:
            return True
        stems = self._stems.get(word[:STEM_LETTERS])
        return stems is not None and word.startswith(stems)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tongues:
    """Which words are `english` (among them `shared` ones, which prove nothing alone) and which are `foreign`.

    A request in another language: one of `asks` near one of `about`, or one of `alone`.
    """

    english: frozenset[str]
    shared: frozenset[str]
    foreign: frozenset[str]
    asks: WordForms
    about: WordForms
    alone: WordForms


def language_of(text: str, tongues: Tongues, *, heard: bool = False) -> str:
    """ "en", or another language by its ISO 639-1 code where that is sure, or else "und" (undetermined).

    Not English: mostly another alphabet, few English words, or a request in another language. Below SHORT_WORDS words
    only a request or another alphabet counts: "Xerox WorkCentre" is no language. `heard`: an English request or hint
    was found in the text, so the second voice is not asked whether it is English at all.
    """
    if "@" in text or "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    folded = plain(text)
    words = _LETTERS.findall(folded)
    first = words[:MOST_WORDS]
    if not _by_words(text, folded, words, tongues):
        return _named(text, first)
    if heard or _clearly_english(first, tongues):
        return "en"
    code = _named(text, first)
    return "en" if code == "und" else code


def _by_words(text: str, folded: str, words: list[str], tongues: Tongues) -> bool:
    """Whether the words say it is English."""
    first = words[:MOST_WORDS]
    if _mostly_other_script(first) or asks_in_another(words, tongues):
        return False
    if len(first) >= LONG_WORDS:
        return _of_long(first, tongues) == "en"
    return _of_short(text, folded, tongues) == "en"


def _clearly_english(words: list[str], tongues: Tongues) -> bool:
    return sum(word in tongues.english for word in words) >= CLEAR_SHARE * len(words)


def _named(text: str, words: list[str]) -> str:
    """The language by the second voice, where it is sure of one other than English; else "und"."""
    if sum(map(len, words)) < SECOND_VOICE_LETTERS:
        return "und"
    code, sure = _second_voice()(text[:SECOND_VOICE_CHARS])
    return code if code != "en" and sure >= SECOND_VOICE_SURE else "und"


@cache
def _second_voice() -> Callable[[str], tuple[str, float]]:
    """py3langid with its own model; loaded when first needed, as most texts are plainly English."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def voice(text: str) -> tuple[str, float]:
        code, sure = identifier.classify(text)
        return str(code), float(sure)

    return voice


def asks_in_another(words: list[str], tongues: Tongues) -> bool:
    """A request in another language, whatever stands around it. `words` are plain."""
    asked = [at for at, word in enumerate(words) if word in tongues.asks]
    for at in asked:
        near = words[max(0, at - REQUEST_REACH_WORDS) : at + REQUEST_REACH_WORDS + 1]
        near.remove(words[at])
        if any(word in tongues.about for word in near):
            return True
    return any(word in tongues.alone for word in words)


def _of_long(words: list[str], tongues: Tongues) -> str:
    english = sum(word in tongues.english for word in words)
    if english < LEAST_SHARE * len(words):
        return "und"
    return "und" if sum(word in tongues.foreign for word in words) > english else "en"


def _of_short(text: str, folded: str, tongues: Tongues) -> str:
    """Few words: one that is surely English will do, unless as many are surely another language's."""
    words = [_DRAWN_OUT.sub(r"\1", word) for word in _WORD.findall(folded) if word.isalpha() or "'" in word]
    words = [word for word in words if _SOUNDED.search(word) or word in tongues.english]
    foreign = sum(word in tongues.foreign for word in words)
    english = sum(_surely_english(word, tongues) for word in words)
    if english:
        return "en" if english > foreign else "und"
    if any(word in tongues.asks for word in words):
        return "und"
    if len(words) < SHORT_WORDS:
        return "en"
    if foreign:
        return "und"
    shared = sum(word in tongues.shared for word in words)
    if 2 * shared > len(words) or _is_name(text) or any(_is_slip(word, tongues) for word in words):
        return "en"
    return "und"


def _surely_english(word: str, tongues: Tongues) -> bool:
    if word in tongues.shared or word in tongues.foreign:
        return False
    return word in tongues.english or _ENGLISH_LOOK.fullmatch(word) is not None


def _is_name(text: str) -> bool:
    """Few words, each with a capital: a person, a place, a product. All in capitals is shouting."""
    words = [word for word in _LETTERS.findall(text) if len(word) > 1 and word not in _NAME_PARTS]
    return 0 < len(words) <= NAME_WORDS and all(word[0].isupper() for word in words) and not text.isupper()


def _is_slip(word: str, tongues: Tongues) -> bool:
    """A surely English word but for two neighbours swapped or one letter too many."""
    if not _TYPO_LETTERS <= len(word) <= _LONGEST_TYPO_LETTERS:
        return False
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    shorter = (word[:at] + word[at + 1 :] for at in range(len(word) - 1))
    return any(
        len(meant) >= _TYPO_LETTERS and meant in tongues.english and meant not in tongues.shared
        for meant in (*swapped, *shorter)
    )


def _mostly_other_script(words: list[str]) -> bool:
    return 2 * sum(not word.isascii() and any(ord(c) > 0x24F for c in word) for word in words) > len(words)
