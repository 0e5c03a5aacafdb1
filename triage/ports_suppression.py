"""The do-not-contact list, as a protocol. See ports.py for the rest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.do_not_contact import ContactPoint
from triage.domain.records import SuppressionCount
from triage.domain.vocabulary import Channel, Nation


class SuppressionStore(Protocol):
    """Who must not be written to or called for marketing, by keyed hashes alone. Raises StoreUnavailable."""

    async def suppress(
        self, point: ContactPoint, channel: Channel, reference: str | None, *, by: str, now: datetime
    ) -> bool | None:
        """Put it on the list; False if it is there already, None if there is no enquiry or case `reference`.

        `channel` is how the wish came. Written down on that chain, without one on the desk's own.
        """
        ...

    async def suppressed(self, points: Sequence[ContactPoint]) -> tuple[bool, ...]:
        """Which of them stand on the list, in the same order; spellings of one mailbox are one."""
        ...

    async def lift_suppression(self, point: ContactPoint, why: str, *, by: str, now: datetime) -> bool:
        """Take it off the list, with a person's reason, written down where the line came from; False if not there."""
        ...

    async def suppression_counts(self, nation: Nation) -> tuple[SuppressionCount, ...]:
        """How many lines there are, by the months of that nation's calendar, scope and channel."""
        ...
