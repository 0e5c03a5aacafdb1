"""The queue: lanes with their counts, rows by time left, filters, search, and what may be done to many at once."""

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web

from triage.domain.case_standing import calendar_of
from triage.domain.queue import LOOK_LANES, SOON_WORKING_DAYS, QueueAsked, QueueLane, QueueRow, key_of
from triage.domain.reference import find_references
from triage.domain.vocabulary import CaseState, Channel, Kind
from triage.errors import NotDone
from triage.service import review
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.pages import render

_POLL_LATE_AFTER = timedelta(minutes=10)
_Word = TypeVar("_Word", bound=StrEnum)
_FILTERS = ("kind", "channel", "controller", "assignee", "state", "from", "to", "q")


async def show(request: web.Request) -> web.Response:
    """A page of a lane. Without one the most pressing that has rows."""
    console = console_of(request)
    today, soon = console.today(), soon_after(console)
    counts = await console.store.queue_counts(today, soon)
    asked = asked_of(request, console)
    if "lane" not in request.query and not asked.searches:
        asked = replace(asked, lane=next((lane for lane in QueueLane if counts[lane]), QueueLane.ALL))
    page = await console.store.queue_page(asked, today, soon)
    here = {name: request.query.get(name, "") for name in _FILTERS}
    return render(
        request,
        "queue.html",
        title="Queue",
        lanes=[(lane, counts[lane], _address({**here, "lane": lane.value})) for lane in QueueLane],
        lane=asked.lane,
        counts=counts,
        rows=page.rows,
        asked=asked,
        here=here,
        narrowed=any(value for name, value in here.items() if name != "q"),
        next_page=_next_address(here, asked, page.rows) if page.more else "",
        is_look=asked.lane in LOOK_LANES,
        health=await health_of(console),
        kinds=tuple(Kind),
        channels=tuple(Channel),
        states=tuple(CaseState),
        controllers=[one.name for one in console.policy.controllers],
        people=[account.name for account, disabled_at in await console.store.accounts() if disabled_at is None],
        may_search_words=console.words_may_be_searched,
    )


async def news(request: web.Request) -> web.Response:
    """How the counts stand now, for the quiet line above the rows."""
    console = console_of(request)
    counts = await console.store.queue_counts(console.today(), soon_after(console))
    return web.json_response({lane.value: count for lane, count in counts.items()})


async def act_on_many(request: web.Request) -> web.StreamResponse:
    """What may be done to several rows: assign them, or agree that they ask for nothing."""
    console, by = console_of(request), account_of(request).name
    fields = fields_of(await request.post())
    references, now = fields.getall("row", []), console.clock()
    if not references:
        raise NotDone("no row was chosen: tick the rows first")
    match fields.get("act"):
        case "take" | "leave" as act:
            to = by if act == "take" else ""
            for reference in references:
                await console.store.assign(reference, to, by=by, now=now)
            done = "assigned"
        case "clear":
            await review.clear_look(console.store, references, by=by, now=now)
            done = "cleared"
        case _:
            raise web.HTTPBadRequest
    raise web.HTTPSeeOther(_address({"lane": fields.get("lane", QueueLane.ALL.value), "done": done}))


def asked_of(request: web.Request, console: Console) -> QueueAsked:
    """What the address asks for; what cannot be read narrows nothing."""
    said = request.query
    words = said.get("q", "").strip()[:200]
    thread = next(iter(find_references(words)), "")
    is_address = "@" in words and " " not in words
    return QueueAsked(
        lane=_one_of(QueueLane, said.get("lane")) or QueueLane.ALL,
        kind=_one_of(Kind, said.get("kind")),
        channel=_one_of(Channel, said.get("channel")),
        controller=said.get("controller", ""),
        assignee=said.get("assignee") or None,
        state=_one_of(CaseState, said.get("state")),
        received_from=_day(said.get("from")),
        received_to=_day(said.get("to")),
        thread=thread,
        address_hash=console.hash_address(words) if is_address else "",
        words="" if thread or is_address or not console.words_may_be_searched else words,
        after=key_of(said.get("after", "")),
    )


def soon_after(console: Console) -> date:
    """The last day that counts as due soon."""
    calendar = calendar_of(console.policy.main_controller, console.policy)
    return calendar.after(console.today(), SOON_WORKING_DAYS)


async def health_of(console: Console) -> dict[str, object]:
    """Whether the inbox is alive, in one look."""
    pulses, now = await console.store.pulses(), console.clock()
    health = await console.store.health(now)
    read_at = pulses.get("mailbox")
    return {
        "read_at": read_at,
        "alive": read_at is not None and now - read_at < _POLL_LATE_AFTER,
        "quarantined": health.quarantined,
        "alarms": health.alarms,
        "letters_waiting": health.letters_waiting,
    }


def _one_of(words: type[_Word], said: str | None) -> _Word | None:
    try:
        return words(said) if said else None
    except ValueError:
        return None


def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def _address(said: dict[str, str]) -> str:
    return f"/?{urlencode({name: value for name, value in said.items() if value})}"


def _next_address(here: dict[str, str], asked: QueueAsked, rows: tuple[QueueRow, ...]) -> str:
    return _address({**here, "lane": asked.lane.value, "after": str(rows[-1].key)})
