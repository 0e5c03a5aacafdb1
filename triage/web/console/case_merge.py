"""Two threads of one matter: found, shown side by side with what changes, and made one with one more click."""

from aiohttp import web
from multidict import MultiMapping

from triage.domain.case_change import Refused
from triage.domain.merging import Mergeable, in_order
from triage.domain.merging import merge as decide
from triage.domain.reference import find_references
from triage.errors import NotDone
from triage.service import threads
from triage.web.console.case import reference_of
from triage.web.console.case_page import alike
from triage.web.console.case_typed import Typed
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.pages import render


async def preview(request: web.Request) -> web.Response:
    """What would change."""
    return await _shown(request, request.query)


async def take(request: web.Request) -> web.StreamResponse:
    """Take it."""
    console, reference = console_of(request), reference_of(request)
    fields = fields_of(await request.post())
    try:
        gone, kept = await _two(console, reference, fields.get("with", ""))
        seen = fields.get("seen", "")
        if seen and seen != _seen(gone, kept):
            raise NotDone(f"{gone.reference} or {kept.reference} has changed since you looked: look at it again")
        change = await threads.merge(
            console.store,
            gone,
            kept,
            Typed(fields=fields).line("why"),
            by=account_of(request).name,
            now=console.clock(),
            apart=bool(fields.get("apart")),
        )
    except NotDone as exc:
        return await _shown(request, fields, refused=str(exc).splitlines(), status=409)
    raise web.HTTPSeeOther(f"/cases/{change.kept}?done=merged")


async def _shown(
    request: web.Request, said: MultiMapping[str], *, refused: list[str] | None = None, status: int = 200
) -> web.Response:
    console, reference = console_of(request), reference_of(request)
    other, faults = said.get("with", "").strip().upper(), list(refused or [])
    gone = kept = change = None
    try:
        if other:
            gone, kept = await _two(console, reference, other)
            decided = decide(gone, kept, said.get("why", "") or "not said yet", apart=bool(said.get("apart")))
            if isinstance(decided, Refused):
                faults = faults or list(decided.reasons)
            else:
                change = decided
    except NotDone as exc:
        faults = faults or str(exc).splitlines()
    return render(
        request,
        "case_merge.html",
        title=f"Merge {reference}",
        status=status,
        reference=reference,
        other=other,
        gone=gone,
        kept=kept,
        change=change,
        folds=dict(change.folds) if change else {},
        apart=bool(said.get("apart")),
        why=said.get("why", ""),
        seen=_seen(gone, kept) if gone and kept else "",
        alike=await alike(console, reference),
        refused=faults,
    )


async def _two(console: Console, reference: str, other: str) -> tuple[Mergeable, Mergeable]:
    """The one that ends and the one that is kept, whichever was typed. Raises NotDone."""
    named = find_references(other.upper())
    if len(named) != 1:
        raise NotDone("give the reference of the other one, like DP-2026-00042-K7")
    one, two = await threads.two_threads(console.store, reference, named[0])
    return in_order(one, two)


def _seen(gone: Mergeable, kept: Mergeable) -> str:
    return f"{gone.reference}.{gone.version}.{kept.reference}.{kept.version}"
