"""What `triage doctor` says: one finding per outside thing, what is wrong and how to mend it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

from triage.domain.policy import Policy
from triage.errors import SettingsWrong, TriageError

EXAMPLE_COMPANY = "Larkfield Systems Ltd"
# A page of the regulator's moves now and then; half a year unchecked is too long for an address we give to people.
LINK_AGE = timedelta(days=180)


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
    old = [name for name, link in policy.links.items() if today - link.checked_on > LINK_AGE]
    if old:
        text = f"links last checked over {LINK_AGE.days} days ago: {', '.join(old)}; look, then set checked_on"
        findings.append(Finding(verdict="warn", what="policy", text=text))
    if not policy.authserv_ids:
        text = "authserv_ids is empty, so a failed DMARC check by your mail server holds nothing; name the server"
        findings.append(Finding(verdict="warn", what="policy", text=text))
    return findings
