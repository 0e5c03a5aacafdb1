"""People: what the desk holds about one person, found by a mail address or telephone number.

Nothing is written down of the question: it is in no log, no title and no journal.
"""

from aiohttp import web

from triage.domain.contact_points import mail_addresses
from triage.domain.do_not_contact import CALLS, ContactPoint, contact_point
from triage.domain.person import person_files
from triage.domain.reference import find_references
from triage.web.console.context import Console, console_of
from triage.web.console.downloads import download
from triage.web.console.pages import render

_MOST_TYPED = 254  # the longest mail address there is (RFC 5321 section 4.5.3.1.3)


async def show(request: web.Request) -> web.Response:
    """The search, and what it found."""
    console, typed = console_of(request), request.query.get("q", "").strip()[:_MOST_TYPED]
    if reference := next(iter(find_references(typed)), ""):
        raise web.HTTPSeeOther(f"/?q={reference}")
    point = contact_point(typed)
    fault = "" if point is not None or not typed else "Give a whole mail address, or a telephone number."
    return render(
        request,
        "people.html",
        title="People",
        status=400 if fault else 200,
        typed=typed,
        fault=fault,
        may_search_words=console.words_may_be_searched,
        **await _found(console, point),
    )


async def _found(console: Console, point: ContactPoint | None) -> dict[str, object]:
    found: dict[str, object] = {"point": point, "records": None, "numbers": (), "is_listed": False}
    if point is None:
        return found
    (found["is_listed"],) = await console.store.suppressed([point])
    if point.scope == CALLS:
        found["numbers"] = await console.store.number_seen(point.value) if console.words_may_be_searched else ()
    else:
        found["records"] = await console.store.person(point.value)
    return found


async def export(request: web.Request) -> web.Response:
    """Everything held under an address as one archive, for the DPO to look through before any of it leaves."""
    console, typed = console_of(request), request.query.get("q", "").strip().lower()[:_MOST_TYPED]
    if mail_addresses(typed) != (typed,):
        raise web.HTTPBadRequest(text="An export needs one plain mail address.")
    records = await console.store.person(typed)
    if records.is_empty:
        raise web.HTTPNotFound(text="Nothing is held under that address.")
    return download("what-is-held.zip", console.pack(person_files(records)), "application/zip")
