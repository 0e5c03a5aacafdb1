"""The case page: a message or case with all that is known of it, and what a person does about it."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from triage.domain import case_standing as standing
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.delivery import SUPPLEMENTS
from triage.domain.journal_words import journal_lines
from triage.domain.notices import in_words
from triage.domain.outcomes import NEEDS_REASONS, OUTCOMES
from triage.domain.reference import find_references
from triage.domain.vocabulary import CaseEventName, Kind, Lane, Outcome
from triage.domain.what_if import SHOWN, Supposed, suppose
from triage.errors import NotDone
from triage.service import review
from triage.web.console.case_acts import ACTS, ASKS, EVENTS, LAYS_LETTER, WAYS
from triage.web.console.case_doing import Doing
from triage.web.console.case_draft import choices_of, refused_beside
from triage.web.console.case_law import doubt_of
from triage.web.console.case_line import BASE, HEIGHT, NAMES, WIDTH
from triage.web.console.case_marks import alarms_told, marks_told
from triage.web.console.case_offers import LABELS, asks_of, may_extend
from triage.web.console.case_page import CasePage, by_of, notes_of, page_of
from triage.web.console.case_typed import MOST_WORDS, Typed
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.pages import render

_WHAT_IF = {
    "clarification_asked": "Clarification asked on",
    "clarification_received": "answered on",
    "identity_asked": "Identity asked on",
    "identity_received": "proof received on",
}
_ASKED = {
    "identity": "Ask for proof of who they are",
    "authority": "Ask for proof of authority",
    "clarification": "Ask what they mean",
}
# Forms that several acts share, each with a button of its own.
_FORM_OF = {"ask": "write", "extend": "write"}
_AWAITED = {
    "proof of identity": CaseEventName.IDENTITY_RECEIVED,
    "proof of authority": CaseEventName.AUTHORITY_RECEIVED,
    "the fee": CaseEventName.FEE_PAID,
    "the clarification": CaseEventName.CLARIFICATION_RECEIVED,
}


async def show(request: web.Request) -> web.StreamResponse:
    """The page of a case; for an enquiry with one case, that case's."""
    console, reference = console_of(request), reference_of(request)
    page = await _found(console, reference)
    if page.reference != reference:
        raise web.HTTPSeeOther(f"/cases/{page.reference}?done=leads-here")
    if page.case is None and len(page.cases) == 1:
        raise web.HTTPSeeOther(f"/cases/{page.cases[0].reference}{'?' if request.query else ''}{request.query_string}")
    return _rendered(request, page, Typed())


async def act(request: web.Request) -> web.StreamResponse:
    """Do what a form of the page asks for, then show the case again, or the letter that was laid ready."""
    console, reference, name = console_of(request), reference_of(request), request.match_info["act"]
    typed = Typed(act=_FORM_OF.get(name, name), fields=fields_of(await request.post()))
    if name in _PLAIN:
        done = await _PLAIN[name](request, console, reference, typed)
        raise web.HTTPSeeOther(f"{_then(typed) or f'/cases/{reference}'}?done={done}")
    if name not in ACTS or "/" not in reference:
        raise web.HTTPNotFound
    by, now = account_of(request).name, console.clock()
    decide = ACTS[name](Doing(typed=typed, policy=console.policy, now=now, by=by))
    if typed.faults:
        return await _again(request, console, reference, typed, [], status=422)
    if name in LAYS_LETTER and typed.value("up_to"):
        await _read(request, console, reference, typed)
    try:
        await console.work.act(reference, decide, by=by, version=typed.version())
    except NotDone as exc:
        return await _again(request, console, reference, typed, str(exc).splitlines(), status=409)
    if name in LAYS_LETTER and (letter := await _newest_draft(console, reference)):
        raise web.HTTPSeeOther(f"/letters/{letter}")
    done = "noted" if name == "note" else name
    raise web.HTTPSeeOther(
        f"/cases/{reference}?done={done}{'#checklist' if name in ('tick', 'untick', 'leave') else ''}"
    )


def reference_of(request: web.Request) -> str:
    """The reference in the address, with its number where it has one. Raises HTTPNotFound for anything else."""
    thread = request.match_info["thread"].upper()
    if find_references(thread) != (thread,):
        raise web.HTTPNotFound(text="That is no reference of ours. One looks like DP-2026-00042-K7.")
    number = request.match_info.get("number", "")
    return f"{thread}/{int(number)}" if number else thread


def _then(typed: Typed) -> str:
    """Where a person goes on to who has read the messages: the letter that waited for it."""
    letter = typed.value("letter")
    return f"/letters/{letter}" if typed.act == "read" and letter.isascii() and letter.isdigit() else ""


async def _found(console: Console, reference: str) -> CasePage:
    page = await page_of(console, reference, console.today())
    if page is None:
        raise web.HTTPNotFound(text=f"There is no enquiry or case {reference}.")
    return page


async def _again(
    request: web.Request, console: Console, reference: str, typed: Typed, refused: list[str], *, status: int
) -> web.Response:
    """The page once more with what was typed. Where somebody was quicker, it says who and what."""
    page = await _found(console, reference)
    version = typed.version()
    stale = page.case is not None and version is not None and version != page.case.version
    if typed.act == "draft" and refused and not stale:
        refused_beside(typed, refused)
        refused = []
    return _rendered(request, page, typed, refused=refused, stale=stale, status=status)


async def _newest_draft(console: Console, reference: str) -> int | None:
    case = await console.store.case_of(reference)
    drafts = [one.id for one in case.letters if one.state == "draft" and one.number == case.number] if case else []
    return max(drafts, default=None)


async def _read(request: web.Request, console: Console, reference: str, typed: Typed) -> str:
    thread, up_to = reference.partition("/")[0], typed.value("up_to")
    seen = int(up_to) if up_to.isascii() and up_to.isdigit() and len(up_to) < 18 else None
    by = account_of(request).name
    if await console.store.mark_read(thread, by=by, now=console.clock(), up_to=seen) is None:
        raise web.HTTPNotFound
    return "read"


async def _acknowledged(request: web.Request, console: Console, reference: str, _typed: Typed) -> str:
    thread, by = reference.partition("/")[0], account_of(request).name
    if not await review.mark_acknowledged(console.store, thread, by=by, now=console.clock()):
        raise NotDone(f"nothing under {thread} waits for an acknowledgement")
    return "acknowledged"


async def _clear(request: web.Request, console: Console, reference: str, _typed: Typed) -> str:
    thread, by = reference.partition("/")[0], account_of(request).name
    await review.clear_look(console.store, [thread], by=by, now=console.clock())
    return "cleared"


async def _assign(request: web.Request, console: Console, reference: str, typed: Typed) -> str:
    by, to = account_of(request).name, typed.line("to")
    names = [account.name for account, gone_at in await console.store.accounts() if gone_at is None]
    if to and to not in names:
        raise NotDone(f"there is nobody called {to} who may sign in")
    if await console.store.assign(reference, to, by=by, now=console.clock(), was=typed.fields.get("was")):
        return "assigned"
    page = await _found(console, reference)
    if page.row is None:
        raise web.HTTPNotFound
    has = page.row["assignee"] or "nobody"
    raise NotDone(f"somebody was quicker: {reference} is with {has} now; look at it again, then give it on")


# What has no version of its own: said of a thread, or harmless.
_PLAIN = {"read": _read, "acknowledged": _acknowledged, "clear": _clear, "assign": _assign}


def _rendered(
    request: web.Request,
    page: CasePage,
    typed: Typed,
    *,
    refused: list[str] | None = None,
    stale: bool = False,
    status: int = 200,
) -> web.Response:
    console, case = console_of(request), page.case
    supposed, asked = _supposed(request.query, case, console)
    last = page.found["journal"][-1] if page.found["journal"] else None
    return render(
        request,
        "case.html",
        title=page.reference,
        status=status,
        page=page,
        case=case,
        typed=typed,
        refused=refused or [],
        stale=stale,
        last=last,
        last_by=by_of(last) if last else "",
        notes=notes_of(page.found),
        drafts=_drafts(page),
        doubt=doubt_of(case, console.policy),
        hubspot=console.hubspot,
        alarms=alarms_told(page.found["alarms"]),
        told_marks=marks_told(page.marks),
        journal=journal_lines(page.found["journal"], console.policy.main_controller.nation),
        clearable=page.first["lane"] in (Lane.NOT_REQUESTS, Lane.AUTOMATIC_MAIL),
        labels=LABELS,
        asks_named=[(word, _ASKED[word]) for word, one in ASKS.items() if case is not None and one in asks_of(case)],
        may_extend=case is not None and may_extend(case),
        letter_choices=choices_of(page.letters, typed),
        awaited=_AWAITED.get(page.waiting.what) if page.waiting is not None else None,
        events=EVENTS,
        ways=WAYS,
        outcomes_named=[(one.value, _outcome(one)) for one in OUTCOMES[case.kind]] if case is not None else [],
        told=_told(case),
        supplements=SUPPLEMENTS,
        kinds=tuple(Kind),
        date_names=NAMES,
        most_words=MOST_WORDS,
        what_if=_WHAT_IF,
        supposed=supposed,
        supposed_asked=asked,
        supposed_dates=_beside(case, supposed),
        drawing={"width": WIDTH, "height": HEIGHT, "base": BASE},
        relabel_address=relabel_address,
    )


def _drafts(page: CasePage) -> list[CaseLetter]:
    """The letters that wait for a word, first the one that the next step names."""
    if page.case is None or not page.case.is_open:
        return []
    step = page.offers.step if page.offers is not None else ""
    return sorted(standing.drafts(page.case), key=lambda one: in_words(one.purpose) not in step)


def _told(case: CaseFile | None) -> str:
    """The outcome that the person was told last, "" for none."""
    told = [one.outcome for one in case.letters if one.outcome and one.sent_at] if case is not None else []
    return told[-1].value if told else ""


def _outcome(outcome: Outcome) -> str:
    return in_words(outcome).capitalize() + (" (say why)" if outcome in NEEDS_REASONS else "")


def relabel_address(thread: str, *kinds: str) -> str:
    """Where the effect of another label is shown before it is taken."""
    return f"/cases/{thread}/relabel?" + urlencode([("kind", kind) for kind in kinds] or [("none", "1")])


def _supposed(
    said: Mapping[str, str], case: CaseFile | None, console: Console
) -> tuple[Supposed | None, Mapping[str, str]]:
    """What the what-if form asks, worked out; None where it asks nothing."""
    typed = Typed()
    asked = {name: said.get(name, "") for name in (*_WHAT_IF, "extended")}
    for name, value in asked.items():
        typed.fields[name] = value
    if case is None or not any(asked.values()):
        return None, asked
    happened: dict[CaseEventName, date] = {
        CaseEventName(name): typed.day(name) for name in _WHAT_IF if asked[name].strip()
    }
    if typed.faults:
        return Supposed(faults={CaseEventName(name): fault for name, fault in typed.faults.items()}), asked
    try:
        return suppose(case, happened, console.policy, console.clock(), extended=bool(asked["extended"])), asked
    except (ValueError, OverflowError) as exc:
        return Supposed(faults={"": str(exc)}), asked


def _beside(case: CaseFile | None, supposed: Supposed | None) -> list[tuple[str, date | None, date | None]]:
    """The present dates and those that would be, by code."""
    if case is None or supposed is None or supposed.dates is None:
        return []
    pairs = [(code, getattr(case.dates, code), getattr(supposed.dates, code)) for code in SHOWN]
    return [(code, now, then) for code, now, then in pairs if now is not None or then is not None]
