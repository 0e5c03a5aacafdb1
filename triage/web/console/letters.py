"""The letters: what waits for a person, what is about to leave, what did not arrive, and what went lately."""

from aiohttp import web

from triage.domain.letter_desk import LettersAsked, Shelf
from triage.domain.vocabulary import GateAnswer
from triage.web.console.context import Console, console_of
from triage.web.console.letter_words import clock_time, purpose_words, state_words
from triage.web.console.pages import render

# On the first page each shelf shows its head; the rest stands on a page of its own.
_HEAD = 8
_MOST_HELD = 100


async def show(request: web.Request) -> web.Response:
    """Every shelf's head, or one shelf's page (`?shelf=waiting&after=12`)."""
    console = console_of(request)
    one = _shelf(request.query.get("shelf", ""))
    after = request.query.get("after", "")
    shelves = []
    for shelf in Shelf if one is None else (one,):
        asked = LettersAsked(shelf=shelf, rows=_HEAD)
        if one is not None:
            asked = LettersAsked(shelf=shelf, after=int(after) if after.isascii() and after.isdigit() else 0)
        page = await console.store.letters_page(asked)
        last = page.rows[-1].id if page.rows else 0
        shelves.append((shelf, page.rows, f"/letters?shelf={shelf}&after={last}" if page.more else ""))
    return render(
        request,
        "letters.html",
        title="Letters",
        shelves=shelves,
        one=one,
        held=await _held(console) if one is None else (),
        state_words=state_words,
        purpose_words=purpose_words,
        clock_time=clock_time,
    )


async def _held(console: Console) -> tuple[dict[str, object], ...]:
    """Acknowledgements that were held back. What machines sent is never answered from here, and is left out."""
    found = await console.store.all_held_back(_MOST_HELD)
    return tuple(
        {
            "reference": one.reference,
            "sender": one.enquiry.sender,
            "subject": one.enquiry.subject,
            "received_at": one.enquiry.received_at,
            "why": one.why_held,
            "in_bulk": one.only_age_or_volume,
        }
        for one in found
        if one.gate.answer is not GateAnswer.NEVER
    )


def _shelf(said: str) -> Shelf | None:
    try:
        return Shelf(said) if said else None
    except ValueError:
        return None
