"""The gate: may a *machine* answer this mail? One table, every row judged, every hit kept with its reason.

Rows and their order are the decision table of docs/gate.md; the words and numbers a DPO may change are in
rules/gate.toml. RFC 3834 (automatic responses) is the ground; the union of what mail systems learned is the rest.
"""

from dataclasses import dataclass

from triage.domain.vocabulary import GateAnswer


@dataclass(frozen=True, kw_only=True, slots=True)
class GateHit:
    """A row of the table that matched, what it asks for, and why in words for the DPO."""

    row: int
    act: GateAnswer
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GateVerdict:
    """NEVER wins over HOLD wins over ACK; `hits` holds every row that matched, in the table's order."""

    answer: GateAnswer
    hits: tuple[GateHit, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GateTable:
    """rules/gate.toml: the words of each row. See that file for what each list means."""

    list_headers: tuple[str, ...]
    precedence_values: tuple[str, ...]
    suppress_values: tuple[str, ...]
    robot_headers: tuple[str, ...]
    robot_local_parts: tuple[str, ...]
    robot_prefixes: tuple[str, ...]
    robot_suffixes: tuple[str, ...]
    automatic_subjects: tuple[str, ...]
    automatic_phrases: tuple[str, ...]
    feedback_loop_subjects: tuple[str, ...]
    subject_tags: tuple[str, ...]
    own_marker: str
    most_recipients: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Who we are: the polled mailbox, its other addresses, our domains, and the key of our Message-IDs."""

    mailbox_address: str
    aliases: tuple[str, ...]
    own_domains: tuple[str, ...]
    secret: bytes

    @property
    def addresses(self) -> frozenset[str]:
        """Every address of the desk itself, lower case."""
        return frozenset(a.lower() for a in (self.mailbox_address, *self.aliases))


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreFacts:
    """Rows 14, 16 and 21 need the store; where none is read (`triage inspect`) this is not passed."""

    hard_bounced: bool
    backlog: bool
    limit_reached: str
