"""Settings, read only: policy, rules, links, inbox, alarms, versions, accounts, journal. What is changed is changed in
files, where it can be reviewed; here a person only says that an alarm is dealt with."""

import asyncio

from aiohttp import web

from triage.domain.links import OLDEST_CHECK
from triage.domain.vocabulary import Kind
from triage.errors import NotDone
from triage.service.alarm_words import mend_of
from triage.service.checkup import policy_findings
from triage.service.review import clear_alarm
from triage.web.console.about import RuleShown
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.downloads import csv_download
from triage.web.console.guard import fields_of
from triage.web.console.pages import render
from triage.web.console.queue import health_of

_HEADS_SHOWN = 20
_HEADS = ("chain", "sequence", "hash", "changed_at")
# Alarms that one screen of the console is about.
_PLACES = {"quarantine": "/quarantine", "look_overdue": "/?lane=not_requests", "opt_out_late": "/?kind=opt_out"}


async def show(request: web.Request) -> web.Response:
    """Everything on one page."""
    console, now = console_of(request), console_of(request).clock()
    policy, today = console.policy, console.today()
    alarms = await console.store.alarms()
    return render(
        request,
        "settings.html",
        title="Settings",
        policy=policy,
        links=[(name, link, (today - link.checked_on).days) for name, link in policy.links.items()],
        oldest=OLDEST_CHECK.days,
        alarms=[(one, mend_of(one.code), _place_of(one.code, one.reference)) for one in alarms],
        health=await console.store.health(now),
        inbox=await health_of(console),
        pulses=await console.store.pulses(),
        accounts=await console.store.accounts(),
        about=console.about,
        findings=policy_findings(policy, today),
        calendar=_calendar_address(request, console),
    )


async def dealt_with(request: web.Request) -> web.StreamResponse:
    """An alarm is dealt with; seen again, it is raised again."""
    console, said = console_of(request), fields_of(await request.post())
    code, reference = said.get("code", ""), said.get("reference", "")
    if not await clear_alarm(console.store, code, reference or None, console.clock()):
        raise NotDone("that alarm does not stand any more: its cause is gone, or somebody else dealt with it")
    raise web.HTTPSeeOther("/settings?done=dealt-with#alarms")


async def rules(request: web.Request) -> web.Response:
    """The patterns by what they give, with some of their examples."""
    shown = await asyncio.to_thread(console_of(request).about.rules)
    groups: dict[str, list[RuleShown]] = {kind.value: [] for kind in Kind}
    for rule in shown:
        groups.setdefault(rule.gives, []).append(rule)
    return render(request, "rules.html", title="Rules", groups=groups, count=len(shown))


async def check(request: web.Request) -> web.Response:
    """What can be said of the files without touching an outside server; changes nothing."""
    console = console_of(request)
    faults = await asyncio.to_thread(console.about.rules_faults)
    findings = policy_findings(console.policy, console.today())
    return render(request, "settings_check.html", title="Check the files", faults=faults, findings=findings)


async def journal(request: web.Request) -> web.Response:
    """Recompute every chain, and say where each ends."""
    store = console_of(request).store
    faults, heads = await store.verify_journal(), await store.journal_heads()
    newest = sorted(heads, key=lambda head: head.changed_at, reverse=True)[:_HEADS_SHOWN]
    return render(request, "journal.html", title="Journal", faults=faults, newest=newest, count=len(heads))


async def journal_heads(request: web.Request) -> web.Response:
    """Where every chain ends, to be kept elsewhere: what was sealed there cannot be changed here unseen."""
    heads = await console_of(request).store.journal_heads()
    return csv_download("journal-heads.csv", _HEADS, [{name: getattr(head, name) for name in _HEADS} for head in heads])


def _place_of(code: str, reference: str | None) -> str:
    return f"/cases/{reference}" if reference else _PLACES.get(code, "")


def _calendar_address(request: web.Request, console: Console) -> str:
    base = console.public_url.rstrip("/") or f"{request.scheme}://{request.host}"
    return f"{base}/calendar.ics?key={console.calendar_key(account_of(request))}"
