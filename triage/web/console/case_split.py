"""One message that holds two people's or two unrelated requests: what a second enquiry of it would be, then made so."""

from aiohttp import web
from multidict import MultiMapping

from triage.domain.case_change import Refused
from triage.domain.relabelling import Labelled
from triage.domain.splitting import Second, SplitMessage, Splitting
from triage.domain.splitting import split as decide
from triage.domain.vocabulary import Kind, OtherRight
from triage.errors import NotDone
from triage.service import threads
from triage.web.console.case import reference_of
from triage.web.console.case_typed import Typed
from triage.web.console.context import account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.pages import render


async def preview(request: web.Request) -> web.Response:
    """What would change."""
    return await _shown(request, request.query)


async def take(request: web.Request) -> web.StreamResponse:
    """Take it."""
    console, reference = console_of(request), reference_of(request)
    fields = fields_of(await request.post())
    second, version = _said(fields), Typed(fields=fields).version()
    try:
        known, message = await _looked_up(request)
        if version is not None and version != known.version:
            raise NotDone(f"{reference} has changed since you looked: look at it again")
        if Kind.OTHER_RIGHT in second.kinds and not second.rights:
            raise NotDone("say which other right it is")
        by, now = account_of(request).name, console.clock()
        other, _ = await threads.split(console.store, known, message, second, console.policy, by=by, now=now)
    except NotDone as exc:
        return await _shown(request, fields, refused=str(exc).splitlines(), status=409)
    raise web.HTTPSeeOther(f"/cases/{other}?done=split")


async def _looked_up(request: web.Request) -> tuple[Labelled, SplitMessage]:
    store, number = console_of(request).store, int(request.match_info["message"])
    return await threads.to_split(store, reference_of(request), number)


async def _shown(
    request: web.Request, said: MultiMapping[str], *, refused: list[str] | None = None, status: int = 200
) -> web.Response:
    console, reference, second = console_of(request), reference_of(request), _said(said)
    try:
        known, message = await _looked_up(request)
    except NotDone as exc:
        raise web.HTTPNotFound(text=str(exc)) from None
    faults, change = list(refused or []), None
    asked = bool(second.kinds) or "both" in said
    if asked:
        decided = decide(known, message, second, console.policy, console.clock())
        if isinstance(decided, Splitting):
            change = decided
        elif isinstance(decided, Refused) and not faults:
            faults = list(decided.reasons)
    if Kind.OTHER_RIGHT in second.kinds and not second.rights:
        change, faults = None, faults or ["say which other right it is"]
    return render(
        request,
        "case_split.html",
        title=f"Split {reference}",
        status=status,
        reference=reference,
        message=message,
        known=known,
        second=second,
        change=change,
        refused=faults,
        kinds=tuple(Kind),
        rights=tuple(OtherRight),
        aside={case.number: case.kind for case in known.cases},
    )


def _said(said: MultiMapping[str]) -> Second:
    rights = tuple(right for right in OtherRight if right.value in said.getall("right", []))
    named = said.getall("kind", [])
    kinds = tuple(kind for kind in Kind if kind.value in named or (kind is Kind.OTHER_RIGHT and rights))
    return Second(kinds=kinds, rights=rights, both=bool(said.get("both")))
