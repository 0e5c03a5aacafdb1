"""What the queue's address asks for, and how a page says what it is narrowed by."""

from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web

from triage.domain.notices import in_words
from triage.domain.plain_dates import plain_date
from triage.domain.queue import QueueAsked, QueueLane, QueueRow, key_of
from triage.domain.reference import find_references
from triage.domain.vocabulary import CaseState, Channel, Kind
from triage.web.console.context import Console

_Word = TypeVar("_Word", bound=StrEnum)
FILTERS = ("kind", "channel", "controller", "assignee", "state", "from", "to", "q")
# What stands on a chip before the value.
_NAMES = {
    "kind": "Kind",
    "channel": "Channel",
    "controller": "Company",
    "assignee": "Whose",
    "state": "State",
    "from": "Received from",
    "to": "Received to",
    "q": "Search",
}
_LANES = {
    QueueLane.NEEDS_PERSON: "Needs a person",
    QueueLane.COMPLAINTS: "Complaints and escalations",
    QueueLane.WAITING: "Waiting for them",
}


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


def here_of(request: web.Request, asked: QueueAsked) -> dict[str, str]:
    """The filters that hold, as they stand in the address; one that narrows nothing is left out."""
    holds = {
        "kind": asked.kind,
        "channel": asked.channel,
        "controller": asked.controller,
        "assignee": asked.assignee,
        "state": asked.state,
        "from": asked.received_from,
        "to": asked.received_to,
        "q": asked.searches,
    }
    return {name: request.query.get(name, "").strip() if holds[name] else "" for name in FILTERS}


def chips_of(here: dict[str, str], lane: QueueLane) -> list[tuple[str, str, str]]:
    """Each filter that holds: its name, its value in words, and the address without it."""
    return [
        (_NAMES[name], _in_words(name, value), address({**here, name: "", "lane": lane.value}))
        for name, value in here.items()
        if value
    ]


def lane_name(lane: QueueLane) -> str:
    """A lane as the page calls it."""
    return _LANES.get(lane) or in_words(lane.value).capitalize()


def address(said: dict[str, str]) -> str:
    """The queue's address with these."""
    return f"/?{urlencode({name: value for name, value in said.items() if value})}"


def next_address(here: dict[str, str], asked: QueueAsked, rows: tuple[QueueRow, ...]) -> str:
    """The page behind these rows."""
    return address({**here, "lane": asked.lane.value, "after": str(rows[-1].key)})


def _in_words(name: str, value: str) -> str:
    if name in ("from", "to"):
        return plain_date(date.fromisoformat(value))
    return in_words(value) if name in ("kind", "channel", "state") else value


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
