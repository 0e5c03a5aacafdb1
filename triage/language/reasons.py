"""Why a kind was read: the rules that found it, and the sentences on which the model's verdict rests."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from triage.domain.classification import Reason
from triage.domain.vocabulary import Flag, Kind, OtherRight
from triage.language.encoder import Look, Word
from triage.language.evidence import LABELS, Floats, Label
from triage.language.findings import Finding
from triage.language.judge import rule_reason
from triage.language.words import Sentence

QUICK_SOURCE, CLOSE_SOURCE = "quick reading", "close reading"
_MOST_RULES, _MOST_SPANS = 3, 2
_NEAR_WORDS = 2  # asking words so close together are one quotation
_ASKS = 0.0  # log-odds
_BEGINNING_WORDS = 12
_FLAG_WHY = "reads like other messages with this flag"

# What the model's verdict means, in a data protection officer's words.
_WHY: dict[Label, str] = {
    Kind.ACCESS: "asks what is held about them, or for a copy of it",
    Kind.CORRECTION: "says that something held about them is wrong or out of date",
    Kind.DELETION: "asks to have something about them erased or taken down",
    Kind.OPT_OUT: "wants no more messages or calls, or an end to a use of their data",
    Kind.COMPLAINT: "is unhappy about how their data or their enquiry was treated",
    OtherRight.PORTABILITY: "wants their data in a form to take elsewhere",
    OtherRight.RESTRICTION: "wants the use of their data limited for the time being",
    OtherRight.OBJECTION: "objects to a use of their data",
    OtherRight.CONSENT: "withdraws a consent",
    OtherRight.ADM: "asks for a person to look at what a computer decided",
}


def of_rules(findings: Sequence[Finding], kind: Kind | Flag) -> tuple[Reason, ...]:
    """The rules that speak for `kind`, or set the flag, one reason each, strongest first."""
    best: dict[str, Finding] = {}
    for finding in findings:
        name = finding.hit.rule.name
        if finding.hit.rule.gives is kind and (name not in best or finding.weight > best[name].weight):
            best[name] = finding
    ranked = sorted(best.values(), key=lambda f: (-f.weight, f.hit.rule.name))
    return tuple(rule_reason(finding, kind) for finding in ranked[:_MOST_RULES])


def of_sentences(
    sentences: Sequence[Sentence], scores: Floats, kind: Kind, text: str, subject: str
) -> tuple[Reason, ...]:
    """The sentence that carried the quick reading's verdict."""
    if not sentences:
        return ()
    label, column = max(((label, at) for at, label in _labels(kind)), key=lambda pair: scores[:, pair[1]].max())
    sentence = sentences[int(scores[:, column].argmax())]
    start, end = (-1, -1) if sentence.subject else (sentence.starts[0], sentence.ends[-1])
    quoted = subject.strip() if sentence.subject else text[start:end]
    return (_reason(kind, QUICK_SOURCE, _WHY[label], start, end, quoted),)


def of_words(looks: Sequence[Look], asked: Sequence[str], kind: Kind, text: str) -> tuple[Reason, ...]:
    """The words which, to the encoder, ask for `kind`: the strongest quotations, best first."""
    found: dict[tuple[int, int], tuple[float, Label, str]] = {}
    for label, _ in ((label, at) for at, label in _labels(kind)):
        column = list(asked).index(label)
        for look in looks:
            for strength, words in _quotations(look, column):
                start, end = words[0].start, words[-1].end
                quoted = text[start:end] if start >= 0 else " ".join(word.text for word in words)
                if (start, end) not in found or found[start, end][0] < strength:
                    found[start, end] = (strength, label, quoted)
    ranked = sorted(found.items(), key=lambda entry: (-entry[1][0], entry[0]))
    return tuple(
        _reason(kind, CLOSE_SOURCE, _WHY[label], start, end, quoted)
        for (start, end), (strength, label, quoted) in ranked[:_MOST_SPANS]
        if strength > _ASKS or (start, end) == ranked[0][0]
    )


def of_flags(
    findings: Sequence[Finding], told: Iterable[Flag], looks: Sequence[Look], text: str
) -> dict[Flag, tuple[Reason, ...]]:
    """For each flag that is told the rules that set it, else the model's word, with the beginning of what it read."""
    begun = _one_place(looks[0].words, looks[0].words[0])[:_BEGINNING_WORDS] if looks else ()
    start, end = (begun[0].start, begun[-1].end) if begun else (-1, -1)
    quoted = text[start:end] if start >= 0 else " ".join(word.text for word in begun)
    return {
        flag: of_rules(findings, flag)
        or (Reason(kind=flag, witness="model", source=CLOSE_SOURCE, why=_FLAG_WHY, start=start, end=end, text=quoted),)
        for flag in told
    }


def _quotations(look: Look, column: int) -> list[tuple[float, Sequence[Word]]]:
    """Stretches of words that ask; where none surely does, the one word that asks most with its neighbours."""
    asking = look.asking[:, column]
    places = np.flatnonzero(asking > _ASKS)
    if len(places) == 0:
        top = int(asking.argmax())
        first, last = max(0, top - 4), min(len(look.words), top + 5)
        return [(float(asking[top]), _one_place(look.words[first:last], look.words[top]))]
    apart = [b - a > _NEAR_WORDS or _ends_sentence(look.words[a:b]) for a, b in pairwise(places)]
    stretches = np.split(places, np.flatnonzero(np.asarray(apart, dtype=bool)) + 1)
    return [
        (float(asking[one].max()), _one_place(look.words[one[0] : one[-1] + 1], look.words[one[0]]))
        for one in stretches
    ]


def _ends_sentence(words: Sequence[Word]) -> bool:
    """One quotation is of one sentence: what one line asks does not run on into the next."""
    return any(word.text.endswith((".", "!", "?")) for word in words)


def _one_place(words: Sequence[Word], of: Word) -> Sequence[Word]:
    """Subject and body are two places: a quotation stands in one of them."""
    return [word for word in words if (word.start < 0) == (of.start < 0)]


def _labels(kind: Kind) -> list[tuple[int, Label]]:
    return [
        (at, label)
        for at, label in enumerate(LABELS)
        if label is kind or (kind is Kind.OTHER_RIGHT and isinstance(label, OtherRight))
    ]


def _reason(kind: Kind, source: str, why: str, start: int, end: int, text: str) -> Reason:
    return Reason(kind=kind, witness="model", source=source, why=why, start=start, end=end, text=text)
