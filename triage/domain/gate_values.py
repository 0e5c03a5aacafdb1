"""The gate's values: its table, who we are, what the store says, and the verdict with its hits."""

from dataclasses import dataclass, field

from triage.domain.mail_facts import MailFacts
from triage.domain.policy import Policy
from triage.domain.vocabulary import GateAnswer


@dataclass(frozen=True, kw_only=True, slots=True)
class GateHit:
    """A row of the table that matched, what it asks for, and why in words for the DPO.

    `by_subject`: nothing but words of the subject says so, which a person can write too.
    """

    row: int
    act: GateAnswer
    why: str
    by_subject: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class GateVerdict:
    """NEVER wins over HOLD wins over ACK; `hits` holds every row that matched, in the table's order."""

    answer: GateAnswer
    hits: tuple[GateHit, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GateTable:
    """rules/gate.toml: the words of each row. See that file for what each list means."""

    loop_header: str
    own_marker: str
    report_types: tuple[str, ...]
    list_headers: tuple[str, ...]
    precedence_values: tuple[str, ...]
    suppress_values: tuple[str, ...]
    robot_headers: tuple[str, ...]
    robot_local_parts: tuple[str, ...]
    robot_prefixes: tuple[str, ...]
    robot_suffixes: tuple[str, ...]
    subject_tags: tuple[str, ...]
    forward_prefixes: tuple[str, ...]
    automatic_subjects: tuple[str, ...]
    automatic_phrases: tuple[str, ...]
    feedback_loop_subjects: tuple[str, ...]
    feedback_loop_headers: tuple[str, ...]
    spam_headers: tuple[str, ...]
    most_recipients: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Who we are: the polled mailbox, its other addresses, our domains, and the key of our Message-IDs."""

    mailbox_address: str
    aliases: tuple[str, ...]
    own_domains: tuple[str, ...]
    secret: bytes = field(repr=False)

    @property
    def addresses(self) -> frozenset[str]:
        """Every address of the desk itself, lower case."""
        return frozenset(a.lower() for a in (self.mailbox_address, *self.aliases))


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreFacts:
    """Rows 14, 16 and 21 need the store; where none is read (`triage inspect`) this is not passed.

    `limit_reached` names the limit of row 21 that is used up, in words for the DPO; empty: none is.
    """

    hard_bounced: bool
    backlog: bool
    limit_reached: str


def local_and_domain(address: str) -> tuple[str, str]:
    """The two halves of an address, lower case, the local part without its +tag."""
    local, _, domain = address.lower().rpartition("@")
    return local.partition("+")[0], domain


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One mail before the gate: everything a row may look at."""

    facts: MailFacts
    table: GateTable
    desk: Desk
    policy: Policy
    store: StoreFacts | None

    def is_desk(self, address: str) -> bool:
        """Whether an address is one of the desk's own, plus-tags aside."""
        local, domain = local_and_domain(address)
        return f"{local}@{domain}" in self.desk.addresses or address.lower() in self.desk.addresses

    def is_own_domain(self, address: str) -> bool:
        """Whether an address lies in one of our domains or below one."""
        domain = local_and_domain(address)[1]
        ours = (own.lower() for own in (*self.desk.own_domains, *self.policy.own_domains))
        return any(domain == own or domain.endswith(f".{own}") for own in ours)

    @property
    def is_form_mail(self) -> bool:
        """Whether a configured website form sent this: then From is the form's address, not a person's."""
        forms = {form.sender.lower() for form in self.policy.form_mail}
        return bool(forms & set(self.facts.from_addresses))

    @property
    def is_own_list(self) -> bool:
        """Whether every List-Id is that of a group of ours which feeds the inbox and stamps every mail."""
        found = [value.rpartition("<")[2].rstrip("> ").lower() for value in self.facts.all("list-id")]
        ours = {own.lower() for own in self.policy.own_list_ids}
        return bool(found) and all(list_id in ours for list_id in found)
