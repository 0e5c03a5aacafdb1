"""How a case of each kind may end, and the letter that says so. A person chooses; no machine ever does."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.vocabulary import Kind, LetterPurpose, Outcome

OUTCOMES: Mapping[Kind, tuple[Outcome, ...]] = MappingProxyType(
    {
        Kind.ACCESS: (
            Outcome.PROVIDED,
            Outcome.PART_PROVIDED,
            Outcome.NOTHING_HELD,
            Outcome.REFUSED,
            Outcome.FORWARDED,
            Outcome.WITHDRAWN,
            Outcome.NO_REPLY,
        ),
        Kind.CORRECTION: (
            Outcome.CORRECTED,
            Outcome.COMPLETED,
            Outcome.NOTE_ADDED,
            Outcome.REFUSED,
            Outcome.FORWARDED,
            Outcome.WITHDRAWN,
            Outcome.NO_REPLY,
        ),
        Kind.DELETION: (
            Outcome.ERASED,
            Outcome.PART_ERASED,
            Outcome.REFUSED,
            Outcome.SUPPRESSED_ONLY,
            Outcome.FORWARDED,
            Outcome.WITHDRAWN,
            Outcome.NO_REPLY,
        ),
        # Nobody may refuse: the objection to marketing is absolute (UK GDPR Art 21(3)).
        Kind.OPT_OUT: (Outcome.SUPPRESSED, Outcome.ALREADY_SUPPRESSED, Outcome.NOT_ON_LIST, Outcome.WITHDRAWN),
        Kind.COMPLAINT: (
            Outcome.UPHELD,
            Outcome.PART_UPHELD,
            Outcome.NOT_UPHELD,
            Outcome.REMEDIED,
            Outcome.REFERRED,
            Outcome.WITHDRAWN,
        ),
        Kind.OTHER_RIGHT: (
            Outcome.GRANTED,
            Outcome.PART_GRANTED,
            Outcome.REFUSED,
            Outcome.NOT_APPLICABLE,
            Outcome.FORWARDED,
            Outcome.WITHDRAWN,
            Outcome.NO_REPLY,
        ),
    }
)

# Nothing was searched, changed or erased by us: no checklist, search or delivery is owed for these.
NOT_CARRIED_OUT = frozenset(
    {
        Outcome.REFUSED,
        Outcome.NOT_APPLICABLE,
        Outcome.FORWARDED,
        Outcome.REFERRED,
        Outcome.WITHDRAWN,
        Outcome.NO_REPLY,
    }
)

# Less than what was asked for: the person is told why (UK GDPR Art 12(4)). A complaint is answered point by point.
NEEDS_REASONS = frozenset(
    {
        Outcome.PART_PROVIDED,
        Outcome.NOTE_ADDED,
        Outcome.PART_ERASED,
        Outcome.SUPPRESSED_ONLY,
        Outcome.PART_GRANTED,
        Outcome.REFUSED,
        Outcome.NOT_APPLICABLE,
        Outcome.UPHELD,
        Outcome.PART_UPHELD,
        Outcome.NOT_UPHELD,
        Outcome.REMEDIED,
        Outcome.REFERRED,
    }
)


def _letter_of(kind: Kind, outcome: Outcome) -> LetterPurpose:
    if kind is Kind.COMPLAINT:
        return LetterPurpose.COMPLAINT_OUTCOME
    if outcome is Outcome.REFUSED:
        return LetterPurpose.REFUSAL
    if outcome is Outcome.FORWARDED:
        return LetterPurpose.FORWARDED
    # "Marketing has stopped" is true of nobody who got none, nor of somebody who wants the news again.
    if kind is Kind.OPT_OUT and outcome is Outcome.SUPPRESSED:
        return LetterPurpose.OPT_OUT_DONE
    return LetterPurpose.OUTCOME


LETTER_OF: Mapping[tuple[Kind, Outcome], LetterPurpose] = MappingProxyType(
    {(kind, outcome): _letter_of(kind, outcome) for kind, outcomes in OUTCOMES.items() for outcome in outcomes}
)

CLOSING_LETTERS = frozenset(LETTER_OF.values())
