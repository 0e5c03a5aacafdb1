"""The company's policy as rules/policy.toml states it: controllers, targets, thresholds, limits, links."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from triage.domain.vocabulary import Kind, Nation, Regime


@dataclass(frozen=True, kw_only=True, slots=True)
class Controller:
    """A company that decides why data is used. The registered lines stand in letters (SI 2015/17 regs 24-25).

    `also_called`: further names people use for it, beside the registered one with and without its legal form.
    """

    name: str
    nation: Nation
    regime: Regime
    registered_number: str
    registered_in: str
    registered_office: str
    team_name: str
    privacy_page: str
    addresses: tuple[str, ...] = ()
    phone: str = ""
    also_called: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """An address we give to people, and the day somebody last saw that it is right."""

    url: str
    checked_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Scores in 0..1: at or above `upper` a kind is sure; from `lower` on it is seen; from `look` on a person looks."""

    upper: float
    lower: float
    look: float = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How many letters a machine may send (row 21 of the gate). Letters a person approved do not count."""

    sender_per_hour: int
    sender_per_day: int
    sender_per_30_days: int
    domain_per_day: int
    global_per_10_minutes: int
    free_mail_domains: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Targets:
    """Our own promises, shorter than the law. Working days count from the next working day.

    Days of a complaint from its receipt: without an outcome it is unresolved from `unresolved_day` on, unacknowledged
    it alarms on `unacknowledged_alarm_day`; on `status_letter_on_day` (0: never) an honest letter on how it stands,
    with the regulator's guidance, goes out without approval. `unopened_working_days`: after these the deputy hears
    that nobody opened a case. `chase_after_days`: what we asked for and have not had is chased, and laid before a
    person.
    """

    answer_days: int
    correction_working_days: int
    opt_out_working_days: int
    opt_out_alarm_working_days: int
    complaint_news_days: int
    acknowledge_alarm_working_days: int
    complaint_outcome_working_days: int = 20
    unresolved_day: int = 30
    unacknowledged_alarm_day: int = 20
    unopened_working_days: int = 2
    chase_after_days: int = 30
    status_letter_on_day: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffMember:
    """Somebody the desk writes to, and whom a case can be laid before."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """Days (both inclusive) on which `who` ("dpo", "deputy" or "director") is away and the next in line takes over."""

    who: str
    first_on: date
    last_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """Who looks after the desk. A complaint about the DPO goes to the director, else to the deputy."""

    dpo: StaffMember
    deputy: StaffMember
    director: StaffMember | None = None
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """A place where people's data lies. What each kind needs done there; an empty text: nothing.

    `marketing`: it sends marketing, so an opt-out is done only when it is ticked. `hubspot`: unsubscribing at HubSpot
    is all that an opt-out needs there, and ticks it. `company`: a controller's name, "" for all of them.
    """

    name: str
    owner: str
    company: str = ""
    marketing: bool = False
    hubspot: bool = False
    access: str = ""
    correction: str = ""
    deletion: str = ""
    opt_out: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """How long what is kept, in days: cases after their closing, text and files after the closing too (or after
    filing, where no case came of it). `claim_days`: a complaint from which a claim is likely.
    """

    case_days: int = 730
    complaint_days: int = 1095
    claim_days: int = 2190
    text_days: int = 90
    spam_days: int = 30
    not_request_days: int = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class FormMail:
    """A website form that mails us: who sends it and how its lines name the person and the message."""

    sender: str
    person_line: str
    message_line: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatPolicy:
    """How the desk behaves in a chat that is mostly sales and support.

    A burst of lines ends after `debounce_s` of silence, at the latest `longest_burst_s` after its first line; the
    `context_lines` before it, of the last `context_minutes`, are read with it. `silent_with_agent`: no visible reply
    where a colleague is in the thread. Text that asks for nothing is dropped after `keep_text_hours` (below 24).
    `unsubscribe_automatically`: a sure opt-out is also carried out at HubSpot without a person's click.
    """

    debounce_s: int = 20
    longest_burst_s: int = 120
    context_lines: int = 10
    context_minutes: int = 30
    replies_per_thread_hour: int = 2
    silent_with_agent: bool = True
    answer_within_hours: int = 24
    keep_text_hours: int = 20
    cannot_reach_working_days: int = 10
    unsubscribe_automatically: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Everything of rules/policy.toml. `own_domains`: mail from there is a colleague's, held for a person.

    `authserv_ids`: whose Authentication-Results header we believe (RFC 8601: only our own border's).
    `extra_bank_holidays` move statutory dates; `office_closures` move targets and reminders only. `urgent_to`: further
    addresses told of a breach or a danger at once.
    """

    controllers: tuple[Controller, ...]
    own_domains: tuple[str, ...]
    thresholds: Thresholds
    limits: Limits
    targets: Targets
    links: Mapping[str, Link]
    ico_phone: str
    wrong_links: Mapping[str, str] = field(default_factory=dict)
    authserv_ids: tuple[str, ...] = ()
    own_list_ids: tuple[str, ...] = ()
    extra_bank_holidays: tuple[date, ...] = ()
    office_closures: tuple[date, ...] = ()
    form_mail: tuple[FormMail, ...] = ()
    urgent_to: tuple[str, ...] = ()
    kind_thresholds: Mapping[Kind, Thresholds] = field(default_factory=dict)
    chat: ChatPolicy = ChatPolicy()
    staff: Staff | None = None
    systems: tuple[System, ...] = ()
    retention: Retention = Retention()

    @property
    def main_controller(self) -> Controller:
        """The first controller listed: the one an enquiry belongs to until someone says otherwise."""
        return self.controllers[0]

    def thresholds_for(self, kind: Kind) -> Thresholds:
        """The kind's own thresholds, else the common ones."""
        return self.kind_thresholds.get(kind, self.thresholds)
