"""From the rules that matched to a verdict: scores, kinds, flags, and whether a person must look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from triage.domain.classification import Classification, Reason
from triage.domain.policy import Policy
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What the text itself says of how far it can be trusted: nothing to read, which language, words unread."""

    readable: bool
    language: str


def judge(findings: Iterable[Finding], circumstances: Circumstances, policy: Policy) -> Classification:
    """Combine findings. Overlapping hits of a kind are one witness, separate ones support each other (noisy-or)."""
    findings = _sales_talk_weakened(_uncovered(tuple(findings)))
    scores = {kind: round(_score(kind, findings), 4) for kind in Kind}
    cue = max((f.weight for f in findings if f.hit.rule.gives is None or f.only_a_doubt), default=0.0)
    request_score = max(*scores.values(), cue)
    rights = _other_rights(findings, policy) if _seen(Kind.OTHER_RIGHT, scores, policy) else ()
    kinds = tuple(kind for kind in Kind if _seen(kind, scores, policy) and (kind is not Kind.OTHER_RIGHT or rights))
    sure = tuple(kind for kind in kinds if scores[kind] >= policy.thresholds_for(kind).upper)
    in_context = bool(kinds) or request_score >= policy.thresholds.lower / 2
    told = tuple(f for f in findings if _flag_stands(f, in_context))
    flags = {f.hit.rule.gives for f in told}
    if circumstances.language != "en" and circumstances.readable:
        flags.add(Flag.NOT_ENGLISH)
    return Classification(
        kinds=kinds,
        scores=scores,
        needs_person=_needs_person(kinds, sure, request_score, told, circumstances, policy),
        request_score=request_score,
        reasons=_reasons(findings, told, kinds),
        other_rights=rights if Kind.OTHER_RIGHT in kinds else (),
        flags=tuple(flag for flag in Flag if flag in flags),
        language=circumstances.language,
        sure_kinds=sure,
    )


def _sales_talk_weakened(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """In sales mail and phishing only words about oneself ask: "every erasure request" is talk, "delete me" is not."""
    if not any(f.hit.rule.gives is Flag.SPAM for f in findings):
        return findings
    return tuple(replace(f, weight=f.weight * _SALES_TALK) if _is_talk(f.hit) else f for f in findings)


def _is_talk(hit: Hit) -> bool:
    asks = isinstance(hit.rule.gives, Kind)
    return asks and _ONESELF.isdisjoint(hit.sentence.words[hit.start : hit.end])


def _seen(kind: Kind, scores: Mapping[Kind, float], policy: Policy) -> bool:
    return scores[kind] >= policy.thresholds_for(kind).lower


def _score(kind: Kind, findings: tuple[Finding, ...]) -> float:
    """Noisy-or over hits of different rules on different words."""
    missed = 1.0
    names: set[str] = set()
    taken: list[Hit] = []
    for finding in sorted((f for f in findings if _speaks_for(f, kind)), key=lambda f: -f.weight):
        hit = finding.hit
        if hit.rule.name in names or any(_overlap(hit, other) for other in taken):
            continue
        names.add(hit.rule.name)
        taken.append(hit)
        missed *= 1.0 - finding.weight
    return 1.0 - missed


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


def _speaks_for(finding: Finding, kind: Kind) -> bool:
    """A rule speaks for what it gives; portability is also access: a copy is wanted (UK GDPR Arts 15 and 20)."""
    rule = finding.hit.rule
    if finding.only_a_doubt:
        return False
    return rule.gives is kind or (kind is Kind.ACCESS and rule.other_right is OtherRight.PORTABILITY)


def _overlap(one: Hit, other: Hit) -> bool:
    return one.sentence is other.sentence and one.start < other.end and other.start < one.end


def _other_rights(findings: tuple[Finding, ...], policy: Policy) -> tuple[OtherRight, ...]:
    lower = policy.thresholds_for(Kind.OTHER_RIGHT).lower
    named = {f.hit.rule.other_right for f in findings if f.weight >= lower and f.hit.rule.gives is Kind.OTHER_RIGHT}
    return tuple(right for right in OtherRight if right in named)


def _flag_stands(finding: Finding, in_context: bool) -> bool:
    """A flag that means something only beside a request (a child, a solicitor's health) needs one to stand."""
    rule = finding.hit.rule
    return isinstance(rule.gives, Flag) and (in_context or rule.asks_person != "with_request")


def _needs_person(
    kinds: tuple[Kind, ...],
    sure: tuple[Kind, ...],
    request_score: float,
    told: tuple[Finding, ...],
    circumstances: Circumstances,
    policy: Policy,
) -> bool:
    """Unsure of a kind, unsure that it is no request, a flag that asks for a person, or nothing readable."""
    if not circumstances.readable or circumstances.language != "en":
        return True
    if kinds != sure or (not kinds and request_score >= policy.thresholds.lower / 2):
        return True
    return any(f.hit.rule.asks_person != "never" for f in told)


def _reasons(findings: tuple[Finding, ...], told: tuple[Finding, ...], kinds: tuple[Kind, ...]) -> tuple[Reason, ...]:
    """One reason per rule: where it carried most. Kinds first, in their order, then flags."""
    best: dict[str, Finding] = {}
    shown = [f for f in findings if f.hit.rule.gives in kinds] + list(told)
    for finding in shown:
        name = finding.hit.rule.name
        if name not in best or finding.weight > best[name].weight:
            best[name] = finding
    order = {what: at for at, what in enumerate((*Kind, *Flag))}
    ranked = sorted(best.values(), key=lambda f: (order[_given(f)], -f.weight, f.hit.rule.name))
    return tuple(
        Reason(
            kind=_given(f),
            witness="rule",
            source=f.hit.rule.name,
            why=f.hit.rule.why,
            start=f.start,
            end=f.end,
            text=f.text,
        )
        for f in ranked
    )


def _given(finding: Finding) -> Kind | Flag:
    gives = finding.hit.rule.gives
    assert gives is not None  # noqa: S101 - cues are never shown as reasons
    return gives
