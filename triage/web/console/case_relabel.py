"""That's wrong: what a message really asks. What it would change is shown first, and taken with one more click."""

from collections.abc import Collection

from aiohttp import web
from multidict import MultiMapping

from triage.domain.relabelling import Labelled
from triage.domain.vocabulary import Kind, OtherRight
from triage.errors import NotDone
from triage.service import review
from triage.service.casework import tell_understood_anew
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
    kinds, rights, faults = _said(fields)
    if faults:
        return await _shown(request, fields, status=422)
    version = Typed(fields=fields).version()
    try:
        change, opened = await review.relabel(
            console.store,
            reference,
            kinds,
            rights,
            console.policy,
            by=account_of(request).name,
            now=console.clock(),
            version=version,
        )
    except NotDone as exc:
        return await _shown(request, fields, refused=str(exc).splitlines(), status=409)
    if change.kinds != change.kinds_before:
        await tell_understood_anew(console.work, reference, by=account_of(request).name)
    number = f"/{opened[0]}" if len(opened) == 1 and not set(change.kinds) & set(change.kinds_before) else ""
    raise web.HTTPSeeOther(f"/cases/{reference}{number}?done=relabelled")


async def _shown(
    request: web.Request, said: MultiMapping[str], *, refused: Collection[str] = (), status: int = 200
) -> web.Response:
    console, reference = console_of(request), reference_of(request)
    kinds, rights, faults = _said(said)
    try:
        known, change = await review.foresee_relabel(
            console.store, reference, kinds, rights, console.policy, console.clock()
        )
    except NotDone as exc:
        raise web.HTTPNotFound(text=str(exc)) from None
    return render(
        request,
        "case_relabel.html",
        title=f"What {reference} asks for",
        status=status,
        reference=reference,
        known=known,
        change=None if faults else change,
        chosen=kinds,
        rights_chosen=rights,
        nothing=not kinds and bool(said.get("none")),
        faults=faults,
        refused=list(refused),
        kinds=tuple(Kind),
        rights=tuple(OtherRight),
        aside={case.number: case.kind for case in known.cases},
        letters=_letters(known),
    )


def _said(said: MultiMapping[str]) -> tuple[tuple[Kind, ...], tuple[OtherRight, ...], dict[str, str]]:
    """All that is asked, and what is wrong with what was ticked."""
    named = said.getall("kind", [])
    rights = tuple(right for right in OtherRight if right.value in said.getall("right", []))
    kinds = tuple(kind for kind in Kind if kind.value in named or (kind is Kind.OTHER_RIGHT and rights))
    faults: dict[str, str] = {}
    if not kinds and not said.get("none"):
        faults["kind"] = "Tick what is asked, or that nothing is"
    if kinds and said.get("none"):
        faults["kind"] = "Nothing is asked, or something is: not both"
    if Kind.OTHER_RIGHT in kinds and not rights:
        faults["right"] = "Say which other right it is"
    return kinds, rights, faults


def _letters(known: Labelled) -> dict[int, str]:
    return {letter.id: letter.purpose for letter in known.letters}
