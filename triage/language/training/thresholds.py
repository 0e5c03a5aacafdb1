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

_LOWER = (0.3, 0.35, 0.4, 0.45, 0.5)
_UPPER = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
_LOOK = (0.02, 0.03, 0.05, 0.08, 0.12, 0.18)
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


def advise(trained: Trained, policy: Policy) -> Advice | None:
    """The thresholds with the best F1 and the fewest looks that miss (almost) nothing and are (almost) always right."""
    best: tuple[float, float, Advice] | None = None
    scored = cross_fitted(trained)
    for lower, upper, look in product(_LOWER, _UPPER, _LOOK):
        thresholds = Thresholds(upper=upper, lower=lower, look=look)
        summary = _summary(trained, scored, replace(policy, thresholds=thresholds, kind_thresholds={}))
        decided = summary.decided_right
        if len(summary.missed) > MOST_MISSED * summary.messages or (decided.value or 0.0) < LEAST_RIGHT:
            continue
        merit = (round(summary.macro_f1 or 0.0, 2), decided.whole / summary.messages)
        if best is None or merit > best[:2]:
            best = (*merit, Advice(thresholds=thresholds, summary=summary))
    return best[2] if best else None


def _summary(trained: Trained, scored: Sequence[Scores], policy: Policy) -> Summary:
    return summarise(
        [
            Answer(example=example, read=verdict(scores, (), _PLAIN, policy, {}, {}))
            for example, scores in zip(trained.examples, scored, strict=True)
        ]
    )


def cross_fitted(trained: Trained) -> list[Scores]:
    """What the reader would have scored: the quick reading where it settles a message, else the close one."""
    spared = settled(trained.quick, trained.below, trained.above)
    return [Scores.of(row) for row in np.where(spared[:, None], trained.quick, trained.close)]
