"""Do not contact: how many are on the list, one of them asked, added or lifted; and a campaign held against it."""

from dataclasses import dataclass, field

from aiohttp import web
from multidict import MultiDict

from triage.domain.do_not_contact import CALLS, MARKETING, ContactPoint, contact_point
from triage.domain.vocabulary import Channel
from triage.errors import NotDone
from triage.web.console.context import account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.pages import render

_NO_POINT = "Give one whole mail address, or one telephone number."
_SCOPES = {MARKETING: "Marketing mail to an address", CALLS: "Marketing calls and texts to a number"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Typed:
    """What was typed into a form of the page, by its field, and what is wrong with it."""

    values: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


async def show(request: web.Request) -> web.Response:
    """The list's counts, and with `point` whether one address or number stands on it."""
    console, asked = console_of(request), request.query.get("point", "").strip()
    point = contact_point(asked)
    fault = {"point": _NO_POINT} if asked and point is None else {}
    answer = (await console.store.suppressed([point]))[0] if point is not None else None
    return await _page(request, _Typed(values={"point": asked}, faults=fault), point, is_listed=answer)


async def add(request: web.Request) -> web.StreamResponse:
    """Put somebody on the list who told us so."""
    console, by = console_of(request), account_of(request).name
    said = fields_of(await request.post())
    typed = _checked_for_adding(said)
    point = contact_point(typed.values["add"])
    if typed.faults or point is None:
        return await _page(request, typed, None, is_listed=None)
    case = typed.values["case"] or None
    added = await console.store.suppress(point, Channel(typed.values["channel"]), case, by=by, now=console.clock())
    if added is None:
        fault = {"case": f"There is no enquiry or case {typed.values['case'].upper()}. Nothing was done."}
        return await _page(request, _Typed(values=typed.values, faults=fault), None, is_listed=None)
    raise web.HTTPSeeOther(f"/suppression?done={'listed' if added else 'listed-before'}")


async def lift(request: web.Request) -> web.StreamResponse:
    """Take one off the list: first a page that asks whether and why, then it is done."""
    console, by = console_of(request), account_of(request).name
    said = fields_of(await request.post())
    wanted, why = said.get("point", "").strip(), said.get("why", "").strip()
    point = contact_point(wanted)
    if point is None:
        return await _page(request, _Typed(values={"point": wanted}, faults={"point": _NO_POINT}), None, is_listed=None)
    if not said.get("sure") or not why:
        fault = "Say why: the person wants to hear from us again, or it was a slip." if said.get("sure") else ""
        page = {"title": "Take off the list", "wanted": point, "why": why, "fault": fault}
        return render(request, "suppression_lift.html", status=400 if fault else 200, **page)
    if not await console.store.lift_suppression(point, why, by=by, now=console.clock()):
        raise NotDone("it is not on the do-not-contact list: nothing was done")
    raise web.HTTPSeeOther("/suppression?done=lifted")


def _checked_for_adding(said: MultiDict[str]) -> _Typed:
    values = {name: said.get(name, "").strip() for name in ("add", "channel", "case", "scope")}
    faults: dict[str, str] = {}
    point = contact_point(values["add"])
    if point is None:
        faults["add"] = _NO_POINT
    elif values["scope"] and point.scope != values["scope"]:
        faults["scope"] = "An address is for mail, a number for calls and texts: choose the other one."
    if values["channel"] not in list(Channel):
        faults["channel"] = "Choose how the wish came to us."
    return _Typed(values=values, faults=faults)


async def _page(
    request: web.Request, typed: _Typed, point: ContactPoint | None, *, is_listed: bool | None
) -> web.Response:
    console = console_of(request)
    counts = await console.store.suppression_counts(console.policy.main_controller.nation)
    return render(
        request,
        "suppression.html",
        title="Do not contact",
        status=400 if typed.faults else 200,
        counts=counts[::-1],
        total=sum(count.lines for count in counts),
        values={"point": "", "add": "", "channel": "", "case": "", "scope": ""} | typed.values,
        faults=typed.faults,
        asked=point,
        is_listed=is_listed,
        channels=tuple(Channel),
        scopes=_SCOPES,
    )
