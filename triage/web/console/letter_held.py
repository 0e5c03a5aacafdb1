"""Acknowledgements that were held back: what would go, and the word that sends it."""

from aiohttp import web

from triage.domain.case_change import Refused
from triage.errors import NotDone
from triage.service import review
from triage.service.releasing import Releasing
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.pages import render

# Only to see what else speaks against the letter, where its address is still to be given.
_CHOSEN_LATER = "chosen-later@desk.example"


async def show(request: web.Request) -> web.Response:
    """The acknowledgement as it would go, and why it was held."""
    return await _page(request)


async def send(request: web.Request) -> web.StreamResponse:
    """Send it after all; it can be called back for half a minute."""
    fields, by = fields_of(await request.post()), account_of(request).name
    to = fields.get("to", "").strip()
    try:
        leaving = await releasing_of(console_of(request)).send(request.match_info["thread"], by=by, to=to)
    except NotDone as exc:
        return await _page(request, faults=str(exc).splitlines(), to=to, status=409)
    raise web.HTTPSeeOther(f"/letters/{leaving.letter_id}?done=approved")


async def send_many(request: web.Request) -> web.StreamResponse:
    """Several at once, where nothing but age or volume held them."""
    fields = fields_of(await request.post())
    references = fields.getall("row", [])
    if not references:
        raise NotDone("no acknowledgement was chosen: tick them first")
    await releasing_of(console_of(request)).send_many(references, by=account_of(request).name)
    raise web.HTTPSeeOther("/letters?done=released")


async def by_hand(request: web.Request) -> web.StreamResponse:
    """A person has acknowledged it another way, or none is needed."""
    console, thread = console_of(request), request.match_info["thread"].upper()
    if not await review.mark_acknowledged(console.store, thread, by=account_of(request).name, now=console.clock()):
        raise NotDone(f"{thread} is acknowledged already, or there is no such enquiry")
    raise web.HTTPSeeOther("/letters?done=by-hand")


def releasing_of(console: Console) -> Releasing:
    """What sends acknowledgements that were held back."""
    return Releasing(work=console.work, store=console.store)


async def _page(
    request: web.Request, *, faults: list[str] | None = None, to: str = "", status: int = 200
) -> web.Response:
    console = console_of(request)
    held = await console.store.held_back(request.match_info["thread"].upper())
    if held is None:
        raise web.HTTPNotFound
    whom = "" if held.recipient else _CHOSEN_LATER
    would = await releasing_of(console).would_send(held, to=whom)
    return render(
        request,
        "letter_held.html",
        status=status,
        title=f"Acknowledge {held.reference}",
        held=held,
        text=None if isinstance(would, Refused) else would[1],
        purpose="" if isinstance(would, Refused) else would[0].facts.purpose.value,
        refused=would.reasons if isinstance(would, Refused) else (),
        faults=faults or [],
        to=to,
    )
