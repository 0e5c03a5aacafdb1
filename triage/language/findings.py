"""What the rules found: hits with the weight they carry, weighed against each other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from triage.domain.vocabulary import Flag, Kind, OtherRight
from triage.language.matching import Hit

_NEXT_WORDS = 2
_SALES_TALK = 0.3
_ONESELF = frozenset({"my", "me", "mine", "myself", "i"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A hit with the weight it carries where it stands, after negation, condition and who speaks.

    `only_a_doubt`: it stands in words that are perhaps not the sender's own, so a person looks and no case is opened.
    """

    hit: Hit
    weight: float
    text: str
    start: int
    end: int
    only_a_doubt: bool = False


def weighed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Without what is only the object of another request, and with sales talk weakened."""
    return _sales_talk_weakened(_uncovered(tuple(findings)))


def only_objects(found: Iterable[Finding], kept: Iterable[Finding]) -> frozenset[Kind]:
    """The kinds whose words are all the object of another request: access in "delete everything you hold on me"."""
    before = {f.hit.rule.gives for f in found}
    after = {f.hit.rule.gives for f in kept}
    return frozenset(kind for kind in Kind if kind in before - after)


def strengths(findings: Iterable[Finding], label: Kind | OtherRight) -> list[float]:
    """The weights that speak for `label`, strongest first: of different rules, on different words."""
    names: set[str] = set()
    taken: list[Hit] = []
    found: list[float] = []
    for finding in sorted((f for f in findings if _speaks_for(f, label)), key=lambda f: -f.weight):
        hit = finding.hit
        if hit.rule.name in names or any(_overlap(hit, other) for other in taken):
            continue
        names.add(hit.rule.name)
        taken.append(hit)
        found.append(finding.weight)
    return found


def noisy_or(weights: Iterable[float]) -> float:
    """Separate witnesses support each other."""
    missed = 1.0
    for weight in weights:
        missed *= 1.0 - weight
    return 1.0 - missed


def cue_weight(findings: Iterable[Finding]) -> float:
    """The strongest mere hint, or the strongest request in words that are perhaps not the sender's own."""
    return max((f.weight for f in findings if f.hit.rule.gives is None or f.only_a_doubt), default=0.0)


def _sales_talk_weakened(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """In sales mail and phishing only words about oneself ask: "every erasure request" is talk, "delete me" is not."""
    if not any(f.hit.rule.gives is Flag.SPAM for f in findings):
        return findings
    return tuple(replace(f, weight=f.weight * _SALES_TALK) if _is_talk(f.hit) else f for f in findings)


def _is_talk(hit: Hit) -> bool:
    asks = isinstance(hit.rule.gives, Kind)
    return asks and _ONESELF.isdisjoint(hit.sentence.words[hit.start : hit.end])


def _uncovered(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Leave out what is only the object of another request: the "all you hold on me" of "delete all you hold on me".

    Words joined by "and" are two requests: "see and then delete my records".
    """
    covering = [f for f in findings if f.hit.rule.covers]
    return tuple(f for f in findings if not any(_covered(f, by) for by in covering))


def _covered(finding: Finding, by: Finding) -> bool:
    hit, other = finding.hit, by.hit
    if hit.rule.gives not in other.rule.covers or hit.sentence is not other.sentence:
        return False
    if hit.start > other.end + _NEXT_WORDS or other.start >= hit.end:
        return False
    between = (hit.start, other.end) if hit.start < other.start else (other.start, hit.start)
    return "and" not in hit.sentence.words[slice(*between)]


def _speaks_for(finding: Finding, label: Kind | OtherRight) -> bool:
    """A rule speaks for what it gives; portability is also access: a copy is wanted (UK GDPR Arts 15 and 20)."""
    rule = finding.hit.rule
    if finding.only_a_doubt:
        return False
    if isinstance(label, OtherRight):
        return rule.other_right is label
    return rule.gives is label or (label is Kind.ACCESS and rule.other_right is OtherRight.PORTABILITY)


def _overlap(one: Hit, other: Hit) -> bool:
    return one.sentence is other.sentence and one.start < other.end and other.start < one.end
