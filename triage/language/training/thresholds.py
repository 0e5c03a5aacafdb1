"""What the cross-fitted scores advise for the policy's thresholds: recall first, then fewer looks by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from triage.domain.policy import Policy, Thresholds
from triage.language.evaluation.measures import Answer, Summary, summarise
from triage.language.judge import Circumstances, Scores, verdict
from triage.language.model import settled
from triage.language.training.run import Trained

_LOWER = (0.4, 0.45, 0.5, 0.55, 0.6)
_UPPER = (0.7, 0.8, 0.85, 0.9, 0.95)
_LOOK = (0.02, 0.03, 0.05, 0.08, 0.12)
_PLAIN = Circumstances(readable=True, language="en")
MOST_MISSED = 0.002
LEAST_RIGHT = 0.98


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """Thresholds and what they come to in cross-fitting."""

    thresholds: Thresholds
    summary: Summary


def at_policy(trained: Trained, policy: Policy) -> Summary:
    """The figures in cross-fitting at the policy's own thresholds."""
    return _summary(trained, cross_fitted(trained), policy)


def by_writer(trained: Trained, policy: Policy) -> dict[str, Summary]:
    """The same for each writer alone, whom neither quick categoriser nor judge had read."""
    answers: dict[str, list[Answer]] = {}
    for answer in _answers(trained, cross_fitted(trained), policy):
        answers.setdefault(answer.example.writer, []).append(answer)
    return {writer: summarise(given) for writer, given in sorted(answers.items())}


def advise(trained: Trained, policy: Policy) -> Advice | None:
    """The thresholds with the best figures which miss (almost) nothing and are (almost) always right where none looks.

    Best is a high F1 with few negatives given a kind, a point of one worth a point of the other; then few looks.
    """
    best: tuple[float, float, Advice] | None = None
    scored = cross_fitted(trained)
    for lower, upper, look in product(_LOWER, _UPPER, _LOOK):
        thresholds = Thresholds(upper=upper, lower=lower, look=look)
        summary = _summary(trained, scored, replace(policy, thresholds=thresholds, kind_thresholds={}))
        decided = summary.decided_right
        if len(summary.missed) > MOST_MISSED * summary.messages or (decided.value or 0.0) < LEAST_RIGHT:
            continue
        plain = (summary.macro_f1 or 0.0) - (summary.negatives_given_kind.value or 0.0)
        merit = (round(plain, 2), decided.whole / summary.messages)
        if best is None or merit > best[:2]:
            best = (*merit, Advice(thresholds=thresholds, summary=summary))
    return best[2] if best else None


def _summary(trained: Trained, scored: Sequence[Scores], policy: Policy) -> Summary:
    return summarise(_answers(trained, scored, policy))


def _answers(trained: Trained, scored: Sequence[Scores], policy: Policy) -> list[Answer]:
    return [
        Answer(example=example, read=verdict(scores, (), _PLAIN, policy, {}, {}))
        for example, scores in zip(trained.examples, scored, strict=True)
    ]


def cross_fitted(trained: Trained) -> list[Scores]:
    """What the reader would have scored: the quick reading where it settles a message, else the close one."""
    spared = settled(trained.quick, trained.below, trained.above)
    return [Scores.of(row) for row in np.where(spared[:, None], trained.quick, trained.close)]
