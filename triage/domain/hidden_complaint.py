"""Complaints nobody called one. Never sure: a person says whether it is one, and nothing is sent on the strength of it.

Sources: DPA 2018 s.164A (how a request was handled may be complained about); UK GDPR Art 21(3) (whoever has to say no
to marketing a second time was not heard).
"""

from dataclasses import replace

from triage.domain.classification import Classification, Reason
from triage.domain.plan import History
from triage.domain.policy import Policy
from triage.domain.vocabulary import Kind

_NOWHERE = (-1, -1)


def with_complaint(
    reading: Classification,
    policy: Policy,
    *,
    source: str,
    why: str,
    span: tuple[int, int] = _NOWHERE,
    text: str = "",
) -> Classification:
    """The reading with a complaint that a person has to confirm, and its reason; as it is where one is read already.

    `span` are offsets into the message's text of the words it rests on, `text` those words.
    """
    if Kind.COMPLAINT in reading.kinds:
        return reading
    score = max(reading.scores.get(Kind.COMPLAINT, 0.0), policy.thresholds_for(Kind.COMPLAINT).lower)
    reason = Reason(kind=Kind.COMPLAINT, witness="rule", source=source, why=why, start=span[0], end=span[1], text=text)
    return replace(
        reading,
        kinds=tuple(kind for kind in Kind if kind is Kind.COMPLAINT or kind in reading.kinds),
        scores={**reading.scores, Kind.COMPLAINT: score},
        request_score=max(reading.request_score, score),
        needs_person=True,
        reasons=(*reading.reasons, reason),
    )


def without_complaint(reading: Classification, spans: tuple[tuple[int, int], ...]) -> Classification:
    """The reading without an unsure complaint that rests on nothing but the words in `spans`; a person looks still."""
    if Kind.COMPLAINT not in reading.kinds or Kind.COMPLAINT in reading.sure_kinds:
        return reading
    reasons = [reason for reason in reading.reasons if reason.kind is Kind.COMPLAINT]
    if not reasons or not all(any(start <= one.start < end for start, end in spans) for one in reasons):
        return reading
    return replace(
        reading,
        kinds=tuple(kind for kind in reading.kinds if kind is not Kind.COMPLAINT),
        needs_person=True,
        reasons=tuple(reason for reason in reading.reasons if reason not in reasons),
    )


def with_repeated_opt_out(reading: Classification | None, history: History, policy: Policy) -> Classification | None:
    """The reading with a complaint where marketing is refused again that should have stopped long ago."""
    if reading is None or Kind.OPT_OUT not in reading.kinds or not history.opted_out_before:
        return reading
    why = "marketing was refused before and should have stopped by now: a repeated opt-out is a complaint"
    return with_complaint(reading, policy, source="history.repeated_opt_out", why=why)
