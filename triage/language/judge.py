"""From what the witnesses say to a verdict: kinds, rights, flags, and whether a person must look."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from triage.domain.classification import Classification, Reason
from triage.domain.policy import Policy
from triage.domain.vocabulary import Flag, Kind, OtherRight
from triage.language.evidence import LABELS, Floats, Label
from triage.language.findings import Finding, cue_weight, noisy_or, strengths
from triage.language.logistic import sigmoid

# What a right named also is (docs/labelling.md; UK GDPR Arts 15, 20, 21, 7(3)).
_IMPLIED = {
    OtherRight.PORTABILITY: Kind.ACCESS,
    OtherRight.OBJECTION: Kind.OPT_OUT,
    OtherRight.CONSENT: Kind.OPT_OUT,
}
OBJECT_PENALTY = 1.5  # log-odds


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What the text itself says of how far it can be trusted.

    `readable`: there is something to read. `own`: the sender's own words were read, not only what is passed on.
    `whole`: whoever decided has read all of it.
    """

    readable: bool
    language: str
    own: bool = True
    whole: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """Probabilities per label, and `request`: that anything is asked at all."""

    labels: Mapping[Label, float]
    request: float

    @classmethod
    def of(cls, said: Floats) -> "Scores":
        """From a row of probabilities: LABELS, then the request."""
        *labels, request = (float(one) for one in said)
        return cls(labels=dict(zip(LABELS, labels, strict=True)), request=request)


def less_objects(said: Floats, objects: Collection[Kind]) -> Floats:
    """The same row, with less of the kinds whose words are only the object of another request."""
    odds = np.log(said / (1 - said))
    odds[[at for at, label in enumerate(LABELS) if label in objects]] -= OBJECT_PENALTY
    return sigmoid(odds)


def by_rules(findings: tuple[Finding, ...]) -> Scores:
    """What the rules alone make of it. Separate hits support each other (noisy-or)."""
    labels = {label: noisy_or(strengths(findings, label)) for label in LABELS}
    return Scores(labels=labels, request=max(*labels.values(), cue_weight(findings)))


def verdict(
    scores: Scores,
    findings: tuple[Finding, ...],
    circumstances: Circumstances,
    policy: Policy,
    reasons: Mapping[Kind, tuple[Reason, ...]],
    flags: Mapping[Flag, tuple[Reason, ...]],
) -> Classification:
    """The classification those scores lead to under the policy's thresholds.

    `reasons`: of every kind, best first, used for those that are read. `flags`: those that are told, with why.
    """
    named = _rights(scores, circumstances, policy)
    by_kind = _by_kind(scores, named)
    kinds = _kinds(by_kind, named, circumstances, policy)
    sure = tuple(kind for kind in kinds if by_kind[kind] >= policy.thresholds_for(kind).upper)
    request = max(scores.request, *(by_kind[kind] for kind in kinds)) if kinds else scores.request
    told = set(flags)
    if circumstances.language != "en" and circumstances.readable:
        told.add(Flag.NOT_ENGLISH)
    return Classification(
        kinds=kinds,
        scores={kind: round(by_kind[kind], 4) for kind in Kind},
        needs_person=_unsure(by_kind, kinds, sure, request, circumstances, policy)
        or _another_right_perhaps(scores, kinds, policy)
        or _perhaps_asked(findings, kinds),
        request_score=round(request, 4),
        reasons=(
            *(reason for kind in kinds for reason in reasons.get(kind, ())),
            *(reason for flag in Flag for reason in flags.get(flag, ())),
        ),
        other_rights=named,
        flags=tuple(flag for flag in Flag if flag in told),
        language=circumstances.language,
        sure_kinds=sure,
    )


def _least(kind: Kind, circumstances: Circumstances, policy: Policy) -> float:
    """The score from which a kind is seen. What was learnt from English must be sure of another language."""
    thresholds = policy.thresholds_for(kind)
    return thresholds.lower if circumstances.language == "en" else thresholds.upper


def _rights(scores: Scores, circumstances: Circumstances, policy: Policy) -> tuple[OtherRight, ...]:
    lower = _least(Kind.OTHER_RIGHT, circumstances, policy)
    return tuple(right for right in OtherRight if scores.labels[right] >= lower)


def _kinds(
    by_kind: Mapping[Kind, float], named: tuple[OtherRight, ...], circumstances: Circumstances, policy: Policy
) -> tuple[Kind, ...]:
    """The kinds seen, and what a right named also is, whatever the thresholds of its kind."""
    implied = {_IMPLIED.get(right) for right in named}
    return tuple(
        kind
        for kind in Kind
        if (bool(named) if kind is Kind.OTHER_RIGHT else by_kind[kind] >= _least(kind, circumstances, policy))
        or kind in implied
    )


def _by_kind(scores: Scores, named: tuple[OtherRight, ...]) -> dict[Kind, float]:
    by_kind: dict[Kind, float] = {kind: scores.labels[kind] for kind in Kind if kind is not Kind.OTHER_RIGHT}
    by_kind[Kind.OTHER_RIGHT] = max(scores.labels[right] for right in OtherRight)
    for right in named:
        implied = _IMPLIED.get(right)
        if implied is not None:
            by_kind[implied] = max(by_kind[implied], scores.labels[right])
    return {kind: by_kind[kind] for kind in Kind}


def _unsure(
    by_kind: Mapping[Kind, float],
    kinds: tuple[Kind, ...],
    sure: tuple[Kind, ...],
    request: float,
    circumstances: Circumstances,
    policy: Policy,
) -> bool:
    """Unsure of a kind, unsure that it is no request, or not read well enough to say. Flags are no doubt of reading."""
    if not (circumstances.readable and circumstances.whole) or circumstances.language != "en":
        return True
    if kinds != sure or (kinds and not circumstances.own):
        return True
    if not kinds and request >= policy.thresholds.look:
        return True
    return any(by_kind[kind] >= policy.thresholds_for(kind).look for kind in Kind if kind not in kinds)


def _another_right_perhaps(scores: Scores, kinds: tuple[Kind, ...], policy: Policy) -> bool:
    """A right that may be asked beside another which surely is: their kind's score tells only of the surer.

    Where a case is opened for what the right also is, a slight doubt about its name is none.
    """
    thresholds = policy.thresholds_for(Kind.OTHER_RIGHT)
    return any(
        (thresholds.lower if _IMPLIED.get(right) in kinds else thresholds.look)
        <= scores.labels[right]
        < thresholds.upper
        for right in OtherRight
    )


def _perhaps_asked(findings: tuple[Finding, ...], kinds: tuple[Kind, ...]) -> bool:
    """A request in words that are perhaps not the sender's own, and none in those which surely are."""
    return not kinds and any(f.only_a_doubt for f in findings)


def rule_reason(finding: Finding, gives: Kind | Flag) -> Reason:
    """What a rule found, for the DPO's eyes."""
    rule = finding.hit.rule
    return Reason(
        kind=gives,
        witness="rule",
        source=rule.name,
        why=rule.why,
        start=finding.start,
        end=finding.end,
        text=finding.text,
    )
