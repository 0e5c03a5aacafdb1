"""How hard a letter is to read: the Flesch-Kincaid grade, and the reading age that follows from it.

Concise and plain language is the law (UK GDPR Art 12(1)). The grade is 0.39 x words a sentence + 11.8 x syllables a
word - 15.59 (Kincaid et al., 1975); five more is the age of a reader at school who follows it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

import pyphen

from triage.domain.plain_dates import MONTHS

# Reading age 9 to 12 is what good public letters keep to.
OLDEST_READER = 12.0
_SCHOOL_STARTS_AT = 5
# Nobody reads these aloud: links, addresses, references, days.
_NOT_WORDS = re.compile(
    r"https?://\S+|\S+@\S+|\bDP-[0-9]{4}-[0-9]+-[A-Z][0-9]\b"
    rf"|\b(?:[A-Z][a-z]+day )?\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?"
)
# A sentence, as Flesch counts: a unit of thought that stands by itself. It ends with its mark (a semicolon too), with
# its paragraph, before the next line of a list, and after a heading: a line without a mark above one that begins anew.
_SENTENCE_END = re.compile(r"(?<=[.?!;])[\s\"')]+|\n\s*\n|\n(?=- )|(?<=[^\s.,;:?!])\n(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# Hyphenation finds too few syllables where a break would look bad ("about", "idea"); groups of vowels find those.
_HYPHENS = pyphen.Pyphen(lang="en_GB", left=1, right=1)
_SILENT_END = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouycgsxz])es$")
_VOWELS = re.compile(r"[aeiouy]+")


def reading_age(text: str, leave_out: Iterable[str] = ()) -> float:
    """The age in years of a reader who follows `text`; 0.0 where there is not one word.

    Links, addresses, references and dates do not count, nor does what `leave_out` names (the company, its office).
    """
    for name in leave_out:
        text = text.replace(name, " ") if name else text
    sentences = [words for part in _SENTENCE_END.split(_NOT_WORDS.sub(" ", text)) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    heard = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * heard / len(words) - 15.59 + _SCHOOL_STARTS_AT


@lru_cache(maxsize=1 << 14)
def syllables(word: str) -> int:
    """How many syllables a word has, at least one: its parts by pyphen, or its groups of vowels if these are more."""
    plain = word.lower().removesuffix("'s")
    return max(len(_HYPHENS.positions(plain)) + 1, len(_VOWELS.findall(_SILENT_END.sub("", plain))))
