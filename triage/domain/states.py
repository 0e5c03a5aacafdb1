"""The states of an item, a letter and a case, and which may follow which. docs/states.md draws the same machines.

The clock's own machine is triage/domain/clock_state.py.
"""

from enum import StrEnum


class ItemState(StrEnum):
    """Where a stored item stands."""

    RECEIVED = "received"
    CLAIMED = "claimed"
    DONE = "done"
    QUARANTINED = "quarantined"


class LetterState(StrEnum):
    """Where a letter stands."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    DISCARDED = "discarded"


class CaseState(StrEnum):
    """Where a case stands. Only a person closes one."""

    OPEN = "open"
    CLOSED = "closed"


ITEM_TRANSITIONS = frozenset(
    {
        (ItemState.RECEIVED, ItemState.CLAIMED),
        (ItemState.CLAIMED, ItemState.DONE),
        (ItemState.CLAIMED, ItemState.RECEIVED),
        (ItemState.CLAIMED, ItemState.QUARANTINED),
        (ItemState.QUARANTINED, ItemState.RECEIVED),
    }
)

LETTER_TRANSITIONS = frozenset(
    {
        (LetterState.DRAFT, LetterState.QUEUED),
        (LetterState.DRAFT, LetterState.DISCARDED),
        (LetterState.QUEUED, LetterState.SENDING),
        (LetterState.SENDING, LetterState.SENT),
        (LetterState.SENDING, LetterState.QUEUED),
        (LetterState.SENDING, LetterState.REFUSED),
        (LetterState.SENDING, LetterState.UNCLEAR),
        # The worker that was thought dead reports after all.
        (LetterState.UNCLEAR, LetterState.SENT),
        (LetterState.UNCLEAR, LetterState.REFUSED),
    }
)

CASE_TRANSITIONS = frozenset({(CaseState.OPEN, CaseState.CLOSED), (CaseState.CLOSED, CaseState.OPEN)})
