"""What every screen works with: the store, the rules, the clock, and who is looking."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from aiohttp import web

from triage.domain.accounts import Account, Session
from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.ports import Store
from triage.ports_cases import CaseStore
from triage.ports_chat import CustomerRecords
from triage.ports_console import (
    AccountStore,
    ApprovalStore,
    LetterDeskStore,
    OriginalStore,
    PeopleStore,
    Provider,
    QueueStore,
    ReportStore,
    ThreadStore,
)
from triage.ports_keeping import KeepingStore
from triage.ports_suppression import SuppressionStore
from triage.service.casework import Casework
from triage.service.signing_in import SigningIn
from triage.web.console.about import About
from triage.web.console.answers import StaticFiles


class DeskStore(
    Store,
    CaseStore,
    AccountStore,
    QueueStore,
    PeopleStore,
    ApprovalStore,
    LetterDeskStore,
    OriginalStore,
    ReportStore,
    SuppressionStore,
    KeepingStore,
    ThreadStore,
    Protocol,
):
    """The store as the console needs it: every half but the chat's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HubSpotDesk:
    """HubSpot, where a token is set. `record_url` is where a contact's record is (portal, contact), `thread_url` a
    conversation's place in the inbox (portal, thread)."""

    records: CustomerRecords
    record_url: Callable[[str, str], str]
    thread_url: Callable[[str, str], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Console:
    """The console's parts. `hash_address` is the store's keyed hash of a mail address; `public_url` where people reach
    it, "" for wherever it listens; `client_of` says for which party a request counts; `pack` makes one archive of
    files; `calendar_key` is an account's own; `about` what is
    installed; `letter_sources` are the letters' texts and their lint.toml, as rules/letters/ has them."""

    store: DeskStore
    policy: Policy
    work: Casework
    signing_in: SigningIn
    static: StaticFiles
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    client_of: Callable[[web.Request], str]
    hash_address: Callable[[str], str]
    pack: Callable[[Mapping[str, bytes]], bytes]
    calendar_key: Callable[[Account], str]
    about: About
    provider: Provider | None = None
    hubspot: HubSpotDesk | None = None
    public_url: str = ""
    words_may_be_searched: bool = True
    letter_sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def over_https(self) -> bool:
        """Whether cookies may be held to https."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name. With __Host- no other host can set it (RFC 6265bis section 4.1.3)."""
        return "__Host-desk" if self.over_https else "desk"

    def today(self) -> date:
        """The local day of the company."""
        return local_date(self.clock(), self.policy.main_controller.nation)


CONSOLE = web.AppKey("console", Console)
SESSION = web.RequestKey("session", Session)
TOKEN = web.RequestKey("token", str)


def console_of(request: web.Request) -> Console:
    """The parts a handler works with."""
    return request.app[CONSOLE]


def account_of(request: web.Request) -> Account:
    """Who is signed in."""
    return request[SESSION].account
