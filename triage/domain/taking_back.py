"""A follow-up that takes a wish back ("actually, don't delete it"), or lets it wait ("not until I have my copy").

It rather sees one too many: what is seen stops an erasure and asks a person, what is missed may be deleted for good.
"""

import re
from dataclasses import dataclass
from itertools import islice

from triage.domain.taking_back_patterns import CONDITIONS, UNTIL, WITHDRAWALS, Pattern
from triage.domain.vocabulary import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenBack:
    """What was found: the pattern's name and its span in the own words. `only_until`: the wish waits, it stands."""

    rests_on: str
    start: int
    end: int
    only_until: bool


# "I never changed my mind", "why do you ignore my last email", "if you don't delete it": words just before, in the
# same clause, that turn the sense. "you" does not where it is asked or wanted ("I'd like you to ignore my last email").
_DENIED = re.compile(
    r"(?:\b(?:not|never|without|cannot|nor|neither|they|why (?:do|did|does|would|are|is|has|have|don't|didn't)"
    r"|(?:if|when|whenever|once|in case|should|unless) (?:i|we|you|they|he|she))|n't"
    r"|(?<!can\s)(?<!could\s)(?<!would\s)(?<!will\s)(?<!ask\s)(?<!asking\s)(?<!want\s)(?<!like\s)(?<!need\s)"
    r"(?<!that\s)\b(?:you|u)(?:'\w+)?)"
    r"(?:\s+\w+){0,2}\s*$|\b(?:until|till|once|when|hope|hoping|whether)(?:\s+\w+){0,2}\s*$|\bwhy\s*$"
)
_CLAUSE_ENDS = re.compile(r"[.,;:!?()]|\s[-–—]\s|\n\s*\n")
_SENTENCE_ENDS = re.compile(r"[.!?]|\n\s*\n")
_NEAR = 300  # letters of a sentence that are looked at on either side, however long a text without an end is
_ENOUGH = 100  # hits of a pattern in one text: more is no letter a person wrote
_PLAIN = str.maketrans(dict.fromkeys("\u2019\u2018`\u00b4", "'"))


def taken_back(own_words: str, kind: Kind) -> TakenBack | None:
    """Whether the sender's own words take back what a case of `kind` is about; None where nothing in them does.

    Ask it of a follow-up on the case, not of the message that made the wish ("I changed my mind about you: delete it"),
    and of own words, never a quotation: our letters speak of deleting too. What is taken back outright counts more
    than a condition, the first in the text more than a later one. Offsets are those of `own_words`.
    """
    text = "".join(_small(letter) for letter in own_words.translate(_PLAIN))
    found = [*_found(text, WITHDRAWALS, kind), *_found(text, CONDITIONS, kind, only_until=True)]
    return min(found, key=lambda one: (one.only_until, one.start), default=None)


def _found(text: str, patterns: tuple[Pattern, ...], kind: Kind, *, only_until: bool = False) -> list[TakenBack]:
    return [
        TakenBack(
            rests_on=pattern.name,
            start=match.start(),
            end=match.end(),
            only_until=only_until or _waits(text, match),
        )
        for pattern in patterns
        if kind in pattern.kinds
        for match in islice(pattern.expression.finditer(text), _ENOUGH)
        if not _DENIED.search(_clause_before(text, match.start()))
    ]


def _clause_before(text: str, start: int) -> str:
    near = text[max(0, start - _NEAR) : start]
    ends = [end.end() for end in _CLAUSE_ENDS.finditer(near)]
    return near[ends[-1] if ends else 0 :]


def _waits(text: str, match: re.Match[str]) -> bool:
    """Whether the sentence says for what, or how long, the wish is to wait."""
    near = min(len(text), match.end() + _NEAR)
    end = _SENTENCE_ENDS.search(text, match.end(), near)
    return UNTIL.search(text, match.start(), end.start() if end else near) is not None


def _small(letter: str) -> str:
    """One letter stays one letter, so that offsets hold."""
    small = letter.lower()
    return small if len(small) == 1 else letter
