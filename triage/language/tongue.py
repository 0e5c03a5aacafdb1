"""Is it English? The share of common English words, above a few words only."""

import re
from itertools import islice

FEWEST_WORDS = 9
MOST_WORDS = 400
LEAST_SHARE = 0.2
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def language_of(text: str, english: frozenset[str]) -> str:
    """ "en", or "und" (undetermined) when few words are among `english`. Up to eight words: always "en"."""
    words = [found.group().casefold().replace("’", "'") for found in islice(_LETTERS.finditer(text), MOST_WORDS)]
    if any(_other_script(word) for word in words) and _mostly_other_script(words):
        return "und"
    if len(words) < FEWEST_WORDS:
        return "en"
    share = sum(word in english for word in words) / len(words)
    return "en" if share >= LEAST_SHARE else "und"


def _other_script(word: str) -> bool:
    return not word.isascii() and any(ord(c) > 0x24F for c in word)


def _mostly_other_script(words: list[str]) -> bool:
    return sum(_other_script(word) for word in words) * 2 > len(words)
