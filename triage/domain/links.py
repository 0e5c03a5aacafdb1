"""The addresses we give to people: which may stand in the policy, and how long since somebody looked at them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from triage.domain.policy import Policy

# A page of the regulator's moves now and then; half a year unchecked is too long for an address we give to people.
OLDEST_CHECK = timedelta(days=180)
# For colleagues: it tells a company how to deal with complaints, and a customer nothing.
FOR_STAFF = frozenset({"staff_complaints"})
_KNOWN_HOST = re.compile(r"https://(?:[a-z0-9-]+\.)*(?:ico\.org\.uk|cpdp\.bg|gov\.uk)(?:/[^\s#]*)?")


def stale(policy: Policy, today: date) -> tuple[str, ...]:
    """Names of the links nobody has looked at for more than 180 days."""
    return tuple(name for name, link in policy.links.items() if today - link.checked_on > OLDEST_CHECK)


def not_yet(policy: Policy, today: date) -> Iterator[str]:
    """A fault for each link that claims to be looked at on a day to come, which would hush `stale` for longer."""
    for name, link in policy.links.items():
        if link.checked_on > today:
            yield f"policy.toml: links.{name}: checked_on {link.checked_on} lies in the future; today is {today}"


def faults(policy: Policy) -> Iterator[str]:
    """What can be seen wrong with a link without opening it, one line each: another law's page, no https, a host that
    is no regulator's, a place inside a page (which moves first)."""
    for name, link in policy.links.items():
        wrong = [why for fragment, why in policy.wrong_links.items() if fragment in link.url]
        if wrong:
            yield from (f"links.{name}: {why}" for why in wrong)
        elif not link.url.startswith("https://"):
            yield f"links.{name}: must start with https://"
        elif "#" in link.url:
            yield f"links.{name}: must lead to a page, not into one: leave out what follows #"
        elif not _KNOWN_HOST.fullmatch(link.url):
            yield f"links.{name}: {link.url} is no page of ico.org.uk, cpdp.bg or gov.uk"
