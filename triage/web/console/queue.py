"""The queue: lanes with their counts, rows by time left, filters, search, and what may be done to many at once."""

import re
from dataclasses import replace
from datetime import date, timedelta

from aiohttp import web
from multidict import MultiDict

from triage.domain.case_standing import calendar_of
from triage.domain.queue import LOOK_LANES, SOON_WORKING_DAYS, QueueLane
from triage.domain.vocabulary import CaseState, Channel, Kind
from triage.errors import NotDone
from triage.service import review
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.letter_held import releasing_of
from triage.web.console.pages import render
from triage.web.console.queue_filters import FILTERS, address, asked_of, chips_of, here_of, lane_name, next_address

_POLL_LATE_AFTER = timedelta(minutes=10)
_ID = re.compile(r"[0-9]{1,17}")


async def show(request: web.Request) -> web.Response:
    """A page of a lane. Without one the most pressing that has rows."""
    console = console_of(request)
    today, soon = console.today(), soon_after(console)
    asked = asked_of(request, console)
    counts = await console.store.queue_counts(today, soon)
    if "lane" not in request.query and not asked.searches:
        asked = replace(asked, lane=next((lane for lane in QueueLane if counts[lane]), QueueLane.ALL))
    # Asked before the rows: all that was filed until then is among them, and what comes meanwhile is not cleared.
    newest = await _newest(console, asked.lane)
    page = await console.store.queue_page(asked, today, soon)
    here = here_of(request, asked)
    return render(
        request,
        "queue.html",
        title="Queue",
        lanes=[(lane, lane_name(lane), counts[lane], address({**here, "lane": lane.value})) for lane in QueueLane],
        lane=asked.lane,
        lane_name=lane_name(asked.lane),
        counts=counts,
        rows=page.rows,
        asked=asked,
        here=here,
        chips=chips_of(here, asked.lane),
        next_page=next_address(here, asked, page.rows) if page.more else "",
        is_look=asked.lane in LOOK_LANES,
        clear_up_to=None if any(here.values()) else newest,
        health=await health_of(console),
        kinds=tuple(Kind),
        channels=tuple(Channel),
        states=tuple(CaseState),
        controllers=[one.name for one in console.policy.controllers],
        people=[account.name for account, disabled_at in await console.store.accounts() if disabled_at is None],
        may_search_words=console.words_may_be_searched,
        not_searched=not console.words_may_be_searched
        and not asked.searches
        and bool(request.query.get("q", "").strip()),
    )


async def news(request: web.Request) -> web.Response:
    """How the counts stand now, for the quiet line above the rows."""
    console = console_of(request)
    counts = await console.store.queue_counts(console.today(), soon_after(console))
    return web.json_response({lane.value: count for lane, count in counts.items()})


async def act_on_many(request: web.Request) -> web.StreamResponse:
    """What may be done to several rows: assign them, agree that they ask for nothing, or send acknowledgements that
    nothing but age or volume held back."""
    console, by = console_of(request), account_of(request).name
    fields = fields_of(await request.post())
    match fields.get("act"):
        case "take" | "leave" as act:
            await _assign(console, _chosen(fields), by if act == "take" else "", by)
            done = "assigned"
        case "clear":
            await review.clear_look(console.store, _chosen(fields), by=by, now=console.clock())
            done = "cleared"
        case "clear_all":
            done = "cleared" if await _clear_all(console, fields, by) else "nothing-to-clear"
        case "acknowledge":
            await releasing_of(console).send_many(_chosen(fields), by=by)
            done = "released"
        case _:
            raise web.HTTPBadRequest
    here = {name: fields.get(name, "") for name in FILTERS}
    raise web.HTTPSeeOther(address({**here, "lane": fields.get("lane", QueueLane.ALL.value), "done": done}))


async def _assign(console: Console, references: list[str], to: str, by: str) -> None:
    now = console.clock()
    left = [one for one in references if not await console.store.assign(one, to, by=by, now=now)]
    if left:
        others = " The others were assigned." if len(left) < len(references) else ""
        raise NotDone(f"{', '.join(left)}: a message without a case belongs to nobody; open it first.{others}")


async def _clear_all(console: Console, fields: MultiDict[str], by: str) -> tuple[str, ...]:
    """All of a lane that was there when the page was made; what came since waits to be seen."""
    newest, lane = fields.get("up_to", ""), fields.get("lane")
    if not _ID.fullmatch(newest) or lane not in LOOK_LANES:
        raise web.HTTPBadRequest
    automatic = lane == QueueLane.AUTOMATIC_MAIL
    return await review.clear_look_up_to(console.store, int(newest), by=by, now=console.clock(), automatic=automatic)


async def _newest(console: Console, lane: QueueLane) -> int | None:
    """The message filed last of all that waits in a lane for the daily look; None where nothing does."""
    if lane not in LOOK_LANES:
        return None
    return await console.store.newest_to_look_at(automatic=lane is QueueLane.AUTOMATIC_MAIL)


def _chosen(fields: MultiDict[str]) -> list[str]:
    references = fields.getall("row", [])
    if not references:
        raise NotDone("no row was chosen: tick the rows first")
    return references


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
