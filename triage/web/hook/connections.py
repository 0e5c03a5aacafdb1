"""The connections of the internet-facing server: bounded in all and for each party, the longest unused goes first.

A new connection is let in and an old one goes, never the other way round: who floods the hook pushes out himself, for
a delivery of HubSpot's is over in milliseconds. Behind a proxy all connections are the proxy's, so its own limits count
there (docs/hook.md).
"""

import asyncio
import ipaddress
import resource
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from triage.logs import get_logger
from triage.web.client_address import networks, party_of
from triage.web.limits import Allowance, TokenBuckets

log = get_logger()

MOST_CONNECTIONS = 1000
MOST_OF_ONE_PARTY = 100
_FILES_WANTED = 4096
_LOG_LINES = Allowance(burst=3, refill_s=60.0)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(kw_only=True, slots=True)
class _Open:
    transport: asyncio.Transport
    party: str  # "" for a proxy, which speaks for many
    first_bytes: asyncio.TimerHandle
    busy: int = 0


class Connections:
    """Watches the connections of one server. `most`, `most_of_one`: how many in all, and of one party.

    `head_limit_s`: how long a new connection may take until its first request is there.
    """

    def __init__(self, *, most: int, most_of_one: int, head_limit_s: float, proxies: Sequence[str] = ()) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._head_limit_s = head_limit_s
        self._proxies = networks(proxies)
        self._open: OrderedDict[object, _Open] = OrderedDict()  # the longest unused first
        self._of_party: Counter[str] = Counter()
        self._lines = TokenBuckets(_LOG_LINES)

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def watch(self, server: web.Server) -> None:
        """Have the server tell of each connection: aiohttp has no limit of its own."""
        made, lost = server.connection_made, server.connection_lost

        def connection_made(handler: web.RequestHandler, transport: asyncio.Transport) -> None:
            made(handler, transport)
            self.add(handler, transport)

        def connection_lost(handler: web.RequestHandler, exc: BaseException | None = None) -> None:
            self._leave(handler)
            lost(handler, exc)

        server.connection_made = connection_made  # type: ignore[method-assign]
        server.connection_lost = connection_lost  # type: ignore[method-assign]

    def add(self, handler: object, transport: asyncio.Transport) -> None:
        """A new connection; where that makes one too many another goes."""
        party = self._party(transport)
        timer = asyncio.get_running_loop().call_later(self._head_limit_s, self._drop, handler)
        self._open[handler] = _Open(transport=transport, party=party, first_bytes=timer)
        self._of_party[party] += 1
        if party and self._of_party[party] > self._most_of_one:
            self._make_room(handler, "party", party)
        if len(self._open) > self._most:
            self._make_room(handler, "all")

    @web.middleware
    async def at_work(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """A connection is in use from the end of a request's head until its answer."""
        found = self._open.get(request.protocol)
        if found is None:
            return await handler(request)
        found.first_bytes.cancel()
        found.busy += 1
        self._open.move_to_end(request.protocol)
        try:
            return await handler(request)
        finally:
            found.busy -= 1
            with suppress(KeyError):  # it may have gone meanwhile
                self._open.move_to_end(request.protocol)

    def _make_room(self, comer: object, code: str, party: str = "") -> None:
        """Let the longest unused go; where all are in use, the one that has been so for longest."""
        ours = [key for key, one in self._open.items() if key is not comer and (not party or one.party == party)]
        self._drop(next((key for key in ours if not self._open[key].busy), ours[0]))
        if not self._lines.take(code, time.monotonic()):
            log.warning("connections_over_limit", code=code, count=len(self._open))

    def _drop(self, handler: object) -> None:
        if found := self._leave(handler):
            found.transport.abort()

    def _leave(self, handler: object) -> _Open | None:
        found = self._open.pop(handler, None)
        if found is not None:
            found.first_bytes.cancel()
            self._of_party[found.party] -= 1
            if not self._of_party[found.party]:
                del self._of_party[found.party]
        return found

    def _party(self, transport: asyncio.Transport) -> str:
        peer = transport.get_extra_info("peername")
        try:
            address = ipaddress.ip_address(peer[0].partition("%")[0])
        except (TypeError, ValueError, IndexError):
            return ""
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        # On this machine it is a proxy, named in the settings or not.
        spoken_for = address.is_loopback or any(address in network for network in self._proxies)
        return "" if spoken_for else party_of(str(address))


def room_for_connections() -> int:
    """How many connections to let in: half of the files this process may open, whose soft limit is raised first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, _FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft // 2)
