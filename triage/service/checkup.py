"""What `triage doctor` says: one finding per outside thing, what is wrong and how to mend it."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from triage.domain.accounts import Account
from triage.domain.links import OLDEST_CHECK, stale
from triage.domain.policy import Policy
from triage.errors import ChatNotLetIn, SettingsWrong, TriageError
from triage.ports_chat import Conversations

EXAMPLE_COMPANY = "Larkfield Systems Ltd"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """`verdict` is "ok", "warn" or "wrong"; `text` one line, with the mend where there is one."""

    verdict: str
    what: str
    text: str


async def probe(what: str, attempt: Callable[[], Awaitable[str]], mend: str) -> list[Finding]:
    """Try one outside thing: its own one-line answer, or what went wrong with the mend."""
    try:
        return [Finding(verdict="ok", what=what, text=await attempt())]
    except SettingsWrong as exc:
        return [Finding(verdict="wrong", what=what, text=fault) for fault in exc.faults]
    except TriageError as exc:
        return [Finding(verdict="wrong", what=what, text=f"{exc}; {mend}")]


def policy_findings(policy: Policy, today: date) -> list[Finding]:
    """What a valid policy may still have wrong: the invented company, links nobody looked at for half a year."""
    findings = []
    if any(controller.name == EXAMPLE_COMPANY for controller in policy.controllers):
        text = f"policy.toml still names the invented company {EXAMPLE_COMPANY}; put your own in its place"
        findings.append(Finding(verdict="warn", what="policy", text=text))
    if old := stale(policy, today):
        text = f"links last checked over {OLDEST_CHECK.days} days ago: {', '.join(old)}; look, then set checked_on"
        findings.append(Finding(verdict="warn", what="policy", text=text))
    if not policy.authserv_ids:
        text = "authserv_ids is empty, so a failed DMARC check by your mail server holds nothing; name the server"
        findings.append(Finding(verdict="warn", what="policy", text=text))
    return findings


def staff_findings(policy: Policy, not_reached: Sequence[str]) -> list[Finding]:
    """Addresses of the policy's staff that `not_reached` names: their last mail was refused, or came back."""
    staff, refused = policy.staff, {address.lower() for address in not_reached}
    people = () if staff is None else (("dpo", staff.dpo), ("deputy", staff.deputy), ("director", staff.director))
    named = [(f"staff.{role}", member.address) for role, member in people if member is not None]
    named += [("urgent_to", address) for address in policy.urgent_to]
    return [
        Finding(
            verdict="wrong",
            what="policy",
            text=f"{where}: the last mail to {address} was refused or came back, so nobody is told there; put it right",
        )
        for where, address in named
        if address.lower() in refused
    ]


def account_findings(accounts: Sequence[Account], *, by_provider: bool) -> list[Finding]:
    """Whether anybody may come in and decide. `accounts` are those that may sign in."""
    if not any(account.may_decide for account in accounts):
        text = "no account yet that may decide: triage user add NAME --role dpo"
        return [Finding(verdict="warn", what="console", text=text)]
    if by_provider and not any(account.subject for account in accounts):
        text = "nobody is linked to the identity provider yet: it shows who tries the line triage user link …"
        return [Finding(verdict="warn", what="console", text=text)]
    return []


def console_findings(url: str, listen: str) -> list[Finding]:
    """Where people reach the console. `url` "": nowhere but where it listens."""
    if not url:
        text = f"on this machine alone, http://{listen}; set TRIAGE_CONSOLE_URL once a proxy with TLS leads there"
        return [Finding(verdict="ok", what="console", text=text)]
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        text = f"{url}: cookies travel unprotected; put TLS in front and say https:// in TRIAGE_CONSOLE_URL"
        return [Finding(verdict="warn", what="console", text=text)]
    return [Finding(verdict="ok", what="console", text=f"people reach it at {url}")]


def encryption_finding(keys: int, items_in_plain: int) -> Finding:
    """How what people wrote lies in the store: under how many storage keys (0: in plain), and how many raw items are in
    plain all the same."""
    if not keys:
        text = "what people wrote is stored in plain; TRIAGE_STORAGE_KEY would encrypt it (docs/store.md)"
        return Finding(verdict="ok", what="encryption", text=text)
    if items_in_plain:
        text = f"{items_in_plain} raw items lie in plain: set TRIAGE_STORAGE_KEY for the hook too"
        return Finding(verdict="warn", what="encryption", text=f"{text}, then run `triage store rekey`")
    if keys > 1:
        text = "an older key is still needed: run `triage store rekey`, then take it out of TRIAGE_STORAGE_KEY"
        return Finding(verdict="warn", what="encryption", text=text)
    return Finding(verdict="ok", what="encryption", text="what people wrote is encrypted with TRIAGE_STORAGE_KEY")


# No visitor may take a machine for a colleague of that name: the sender's name has to say what it is.
_NO_PERSON = re.compile(
    r"data protection|privacy|automatic|automated|\bdesk\b|\bbot\b|assistant|\bteam\b|\bdpo\b", re.I
)
_TRY_ANEW = (
    "make a static token for the app with the scopes conversations.read, conversations.write and "
    "crm.objects.contacts.read, and set TRIAGE_HUBSPOT_TOKEN"
)


async def chat_findings(conversations: Conversations, sender_actor: str) -> list[Finding]:
    """Whether HubSpot takes our token and knows the user we write as, by reading alone: nothing is posted."""
    name: list[str | None] = []

    async def ask() -> str:
        name.append(await conversations.actor_name(sender_actor))
        return "answers and takes the token"

    found = await probe("hubspot", ask, f"if it is not HubSpot that is down, {_TRY_ANEW}")
    if name:
        found += _sender_findings(name[0], sender_actor)
        found += await _contact_findings(conversations)
    return found


def signature_findings(versions: Sequence[str]) -> list[Finding]:
    """Warns of v1: its signature holds no time, so that what was once seen can be sent again by anyone."""
    if "v1" not in versions:
        return []
    text = (
        "TRIAGE_HUBSPOT_SIGNATURE_VERSIONS allows v1, whose signatures can be replayed; take it out unless your app "
        "sends no v3 signature"
    )
    return [Finding(verdict="warn", what="hubspot", text=text)]


# HubSpot's changelog "Legacy APIs and Apps": paths of v1 to v3 become unsupported in September 2027.
_V3_ENDS_ON = date(2027, 9, 1)
_V3_WARNED_FROM = date(2027, 1, 1)


def api_findings(version: str, today: date) -> list[Finding]:
    """Warns of paths that HubSpot stops supporting, from nine months before."""
    if version != "v3" or today < _V3_WARNED_FROM:
        return []
    ends = "ended its support" if today >= _V3_ENDS_ON else "ends its support"
    text = f"HubSpot {ends} for v3 of its API in September 2027; set TRIAGE_HUBSPOT_API_VERSION to 2026-09"
    return [Finding(verdict="warn", what="hubspot", text=text)]


def _sender_findings(name: str | None, sender_actor: str) -> list[Finding]:
    if name is None:
        text = f"there is no user {sender_actor}; set TRIAGE_HUBSPOT_SENDER_ACTOR_ID to A- and the user's id"
        return [Finding(verdict="wrong", what="hubspot", text=text)]
    if _NO_PERSON.search(name):
        return []
    text = (
        "the user we write as looks like a person by name; make a user of its own, for instance "
        '"Data protection (automatic)", or visitors take the machine for a colleague'
    )
    return [Finding(verdict="warn", what="hubspot", text=text)]


async def _contact_findings(conversations: Conversations) -> list[Finding]:
    """Reading contacts is a scope of its own. Which one is asked for does not matter, and it is not shown."""
    try:
        await conversations.contact("1")
    except ChatNotLetIn as exc:
        text = f"contacts cannot be read: {exc}; {_TRY_ANEW}"
        return [Finding(verdict="wrong", what="hubspot", text=text)]
    except TriageError as exc:
        return [Finding(verdict="warn", what="hubspot", text=f"contacts could not be tried: {exc}")]
    return []
