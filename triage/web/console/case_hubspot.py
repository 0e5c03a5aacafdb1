"""What the desk can do at HubSpot for a case: look a contact up, and stop marketing mail to an address.

Both are acts of a named person, written down in the case's journal before and after (service/customer_records.py).
Each call has a time limit: a HubSpot that does not answer keeps nobody waiting for longer than that.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiohttp import web

from triage.domain.do_not_contact import MARKETING, contact_point
from triage.errors import ChatNotLetIn, ChatRefused, ChatUnavailable, NotDone
from triage.ports_chat import CustomerRecords
from triage.service.customer_records import Act, Marked, UnknownReference, find_contact, unsubscribe
from triage.service.hubspot_ticks import tick_at_hubspot
from triage.web.console.case import reference_of
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.pages import render

LIMIT_S = 12.0
_Answer = TypeVar("_Answer")


async def look_up(request: web.Request) -> web.Response:
    """The contact with an address."""
    console, records, act, asked = await _asked(request)
    found = await _answered(find_contact(records, console.store, asked, act, console.clock))
    return render(
        request,
        "case_hubspot.html",
        title="At HubSpot",
        reference=act.reference,
        address=asked.address,
        contact=None if found is None else found[0],
        url="" if found is None else found[1],
    )


async def stop_marketing(request: web.Request) -> web.StreamResponse:
    """No marketing mail to an address any more, ticked on the person's opt-outs."""
    console, records, act, asked = await _asked(request)
    await _answered(unsubscribe(records, console.store, asked, act, console.clock))
    address = asked.address
    await tick_at_hubspot(console.store, act.reference, address, console.policy, by=act.by, clock=console.clock)
    raise web.HTTPSeeOther(f"/cases/{act.reference}?done=unsubscribed")


async def _asked(request: web.Request) -> tuple[Console, CustomerRecords, Act, Marked]:
    """Raises HTTPNotFound where no HubSpot is set up, NotDone for what is no address."""
    console = console_of(request)
    if console.hubspot is None:
        raise web.HTTPNotFound(text="No HubSpot is set up for this desk.")
    point = contact_point((fields_of(await request.post())).get("address", ""))
    if point is None or point.scope != MARKETING:
        raise NotDone("give one whole mail address; nothing was asked of HubSpot")
    act = Act(reference=reference_of(request), by=account_of(request).name)
    return console, console.hubspot.records, act, Marked(address=point.value, mark=console.hash_address(point.value))


async def _answered(call: Awaitable[_Answer]) -> _Answer:
    """Raises NotDone in plain words for every way in which HubSpot fails."""
    try:
        async with asyncio.timeout(LIMIT_S):
            return await call
    except UnknownReference as exc:
        raise web.HTTPNotFound(text=str(exc)) from None
    except ChatNotLetIn:
        raise NotDone("HubSpot does not take our token, or it lacks a scope: tell whoever runs the desk") from None
    except ChatRefused:
        raise NotDone("HubSpot refused it; do it in HubSpot itself") from None
    except (ChatUnavailable, TimeoutError):
        raise NotDone("HubSpot did not answer; asking again in a minute is safe") from None
