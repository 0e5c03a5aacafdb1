"""What a person ticked, or a colleague wrote down, is no guess: it counts as sure whatever the text says."""

from dataclasses import replace

from triage.domain.classification import Classification, Reason
from triage.domain.vocabulary import Kind


def with_declared(reading: Classification, kinds: tuple[Kind, ...], source: str) -> Classification:
    """The reading with `kinds` sure: score 1.0 and a reason each. Saying the same twice changes nothing.

    `source` is "form.choice" or "entry.choice". "Something else" is no kind: it declares nothing. OTHER_RIGHT stands
    only where the text names the right as well, for `other_rights` is not empty exactly when it is among the kinds;
    where the text names none, a person is needed to say which.
    """
    declared = tuple(kind for kind in kinds if kind is not Kind.OTHER_RIGHT or reading.other_rights)
    if not declared:
        return replace(reading, needs_person=reading.needs_person or not reading.kinds)
    seen = tuple(kind for kind in Kind if kind in {*reading.kinds, *declared})
    sure = tuple(kind for kind in Kind if kind in {*reading.sure_kinds, *declared})
    told = tuple(_reason(kind, source) for kind in Kind if kind in declared)
    return replace(
        reading,
        kinds=seen,
        sure_kinds=sure,
        scores={kind: 1.0 if kind in declared else reading.scores.get(kind, 0.0) for kind in Kind},
        request_score=1.0,
        # A doubt whether anything is asked at all is settled; one about a further kind or a flag is not.
        needs_person=set(seen) != set(sure)
        or len(declared) != len(kinds)
        or (reading.needs_person and bool(reading.flags)),
        reasons=(*told, *(reason for reason in reading.reasons if reason not in told)),
    )


def _reason(kind: Kind, source: str) -> Reason:
    why = "ticked on the form" if source == "form.choice" else "written down by a colleague"
    return Reason(kind=kind, witness="rule", source=source, why=why, start=-1, end=-1, text="")
