"""An enquiry: an item, read. Who wrote, when, by which channel, in whose own words."""

from dataclasses import dataclass
from datetime import datetime

from triage.domain.vocabulary import Channel, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Correspondent:
    """A name and an address as a message claimed them. Claimed, not proved."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part behind the last @, lower case."""
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A stretch `[start, end)` of an enquiry's full_text and who speaks in it."""

    role: Role
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """An attached file, by what its part said of itself. `size_bytes` is the decoded size."""

    name: str
    type: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Enquiry:
    """An item, read. `full_text` is everything readable; `passages` say who speaks where, in order, gapless."""

    channel: Channel
    received_at: datetime | None
    sender: Correspondent | None
    subject: str
    full_text: str
    passages: tuple[Passage, ...]
    message_id: str | None = None
    references: tuple[str, ...] = ()
    content_sha256: str = ""
    attachments: tuple[Attachment, ...] = ()
    forward_of: str | None = None
    readable: bool = True
    defects: tuple[str, ...] = ()

    @property
    def own_words(self) -> str:
        """What the sender wrote now, without quotes, forwards, signatures and footers."""
        parts = (self.full_text[p.start : p.end] for p in self.passages if p.role is Role.OWN)
        return "\n".join(part.strip() for part in parts if part.strip())
