"""A request that a visitor typed in two goes: "i want you to delete", a pause, "all my data"."""

from dataclasses import replace

from triage.domain.classification import Classification
from triage.domain.vocabulary import Kind


def with_what_runs_across(reading: Classification, whole: Classification, border: int) -> Classification:
    """The reading of the new lines, made unsure where read together with those before they ask for something else.

    `whole` is the reading of both as one text, `border` the offset in it at which the new lines begin. What the new
    lines say by themselves stays in; nothing of it is sure any more, and a person looks.
    """
    running = {reason.kind for reason in whole.reasons if reason.start < border < reason.end}
    if not running & set(Kind) - set(reading.kinds):
        return reading
    kinds = tuple(kind for kind in Kind if kind in running or kind in reading.kinds)
    return replace(
        reading,
        kinds=kinds,
        sure_kinds=(),
        scores={kind: max(reading.scores[kind], whole.scores[kind]) for kind in Kind},
        request_score=max(reading.request_score, whole.request_score),
        needs_person=True,
        reasons=reading.reasons + tuple(r for r in whole.reasons if r.kind in running and r not in reading.reasons),
        other_rights=whole.other_rights if Kind.OTHER_RIGHT in running else reading.other_rights,
    )
