"""A letter that a person has approved and that can still be called back: nothing about it has happened yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Long enough to see the wrong name in the letter one has just sent, short enough not to be waited for.
CALL_BACK_FOR = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """A draft leaves at `due_at` on the word of `by`. `recipient`, `note`: see approving.approve."""

    letter_id: int
    reference: str
    by: str
    due_at: datetime
    recipient: str = ""
    note: str = ""
