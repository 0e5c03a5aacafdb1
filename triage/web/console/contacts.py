"""Log a contact: somebody rang, wrote, or stood at the door. Five fields, and it is an enquiry with its clock.

What is typed is handed to the worker like anything else that comes in (`triage case add`); it is dated, read and filed
there, and for a moment its reference is waited for.
"""

import re
import secrets
from dataclasses import dataclass

from aiohttp import web

from triage.domain.told import Entry
from triage.domain.vocabulary import Channel, Kind
from triage.parsing.limits import LIMITS
from triage.parsing.who import read_who
from triage.ports import NewItem
from triage.service.entries import check_day, hand_in, item_of
from triage.web.console.case_acts import WAYS, Way
from triage.web.console.case_typed import Typed
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.pages import render

# An idle worker looks every five seconds; reading takes it less than one.
WAIT_S = 7.0
_KEY = re.compile(r"[0-9a-f]{16}")
# A call is a call, whatever carries it.
_CHANNELS = {
    Way.PHONE: Channel.PHONE,
    Way.TEAMS: Channel.PHONE,
    Way.IN_PERSON: Channel.IN_PERSON,
    Way.POST: Channel.POST,
}
_FIELDS = ("way", "who", "on", "said")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    """The form as it is shown again."""

    typed: Typed
    key: str
    kinds: tuple[str, ...] = ()


async def show(request: web.Request) -> web.Response:
    """The empty form."""
    return _page(request, _Shown(typed=Typed(), key=secrets.token_hex(8)))


async def take(request: web.Request) -> web.StreamResponse:
    """Hand it in, and show its case."""
    console, fields = console_of(request), fields_of(await request.post())
    typed, key = Typed(act="contact", fields=fields), fields.get("key", "")
    key = key if _KEY.fullmatch(key) else secrets.token_hex(8)
    kinds = tuple(kind for kind in Kind if kind.value in fields.getall("kind", []))
    item = _read(typed, kinds, key, console, account_of(request).name)
    if item is None:
        return _page(request, _Shown(typed=typed, key=key, kinds=kinds), status=422)
    _, reference = await hand_in(console.store, item, WAIT_S)
    raise web.HTTPSeeOther(f"/cases/{reference}?done=logged" if reference else f"/contacts/{key}")


async def waiting(request: web.Request) -> web.StreamResponse:
    """What was handed in and is not filed yet; its case as soon as it is."""
    console, key = console_of(request), f"entry:{request.match_info['key']}"
    reference = await console.store.filed_under(key)
    if reference is not None:
        raise web.HTTPSeeOther(f"/cases/{reference}?done=logged")
    if await console.store.unknown_keys([key]):
        raise web.HTTPNotFound(text="Nothing was logged under this address.")
    return render(request, "contact_waiting.html", title="Kept, not filed yet")


def _read(typed: Typed, kinds: tuple[Kind, ...], key: str, console: Console, by: str) -> NewItem | None:
    """What was typed, None where something of it is wrong."""
    today, way = console.today(), typed.choice("way", Way)
    who, said = (
        read_who(typed.words("who", "Say who it was, as far as you know")),
        typed.words("said", "Say what was said"),
    )
    on = typed.day("on")
    if "on" not in typed.faults:
        try:
            check_day(on, today)
        except ValueError:
            late = "That day has not come yet: give the day it reached us" if on > today else ""
            typed.faults["on"] = late or "That is too long ago to be right"
    if len(said) > LIMITS.text_chars:
        typed.faults["said"] = f"Over {LIMITS.text_chars:,} characters: type in what matters"
    if typed.faults:
        return None
    entry = Entry(
        name=who.name[:300],
        email=who.email,
        phone=who.phone,
        post=who.post[:300],
        kinds=kinds,
        message=said,
        subject=WAYS[way],
        received_on=on,
        by=by,
        earlier_reference="",
    )
    return item_of(_CHANNELS[way], entry, key, console.clock())


def _page(request: web.Request, shown: _Shown, *, status: int = 200) -> web.Response:
    ordered = {name: shown.typed.faults[name] for name in _FIELDS if name in shown.typed.faults}
    return render(
        request,
        "contact.html",
        title="Log a contact",
        status=status,
        typed=shown.typed,
        faults=ordered,
        key=shown.key,
        ways=WAYS,
        kinds=tuple(Kind),
        ticked=shown.kinds,
    )
