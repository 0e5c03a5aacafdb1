"""Health of a process, on an address of its own and never on a public port: alive, able to work, and figures."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

# How long an answer that is on its way holds up the end of the process.
_SHUTDOWN_S = 5.0

# What Prometheus shows beside each figure.
_HELP = {
    "ready": "1 if the process can do its work, else 0; /readyz says why not",
    "items_waiting": "Items received and not worked through yet",
    "oldest_item_age_seconds": "Age of the item that has waited longest; 0 if none waits",
    "letters_waiting": "Letters in the outbox that are not sent yet",
    "oldest_letter_age_seconds": "Age of the letter that has waited longest; 0 if none waits",
    "quarantined": "Items that could not be read and wait for a person",
    "to_look_at": "Messages read as no request that wait for a person's look",
    "oldest_look_age_seconds": "Time the oldest of them has waited; 0 if none waits",
    "automatic_to_look_at": "Mail from machines, read as no request, that waits for a person's look",
    "alarms": "Alarms that stand; triage alarm list names them",
    "last_good_poll_age_seconds": "Time since the last complete look at the inbox; -1 before the first",
    "chat_breaker_open": "1 while HubSpot is left in peace because it failed several times in a row",
    "chat_away_seconds": "Time since calls to HubSpot began to fail; 0 while they go well",
    "deliveries_accepted": "Signed deliveries of HubSpot answered 200 since the start",
    "deliveries_refused_unsigned": "Deliveries refused because their signature is missing, stale or wrong",
    "deliveries_refused_too_many": "Unsigned deliveries refused because their address sent too many",
    "deliveries_refused_too_large": "Deliveries refused because their body is over the limit",
    "deliveries_refused_unreadable": "Signed deliveries refused because their body is no JSON",
    "deliveries_not_stored": "Signed deliveries answered 503; HubSpot sends them again",
    "events_stored": "Events stored for the worker since the start",
    "events_known": "Events that were stored already: HubSpot sent them twice",
    "events_ignored": "Events of a type, portal or app that the desk does not work on",
    "events_unreadable": "Events that could not be read; up to five of a delivery are in quarantine",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """Whether the process can do its work, why not (codes, no personal data), and its figures by metric name."""

    ready: bool
    problems: tuple[str, ...]
    figures: Mapping[str, float]


def health_app(process: str, state: Callable[[], Awaitable[State]]) -> web.Application:
    """`GET /healthz` alive, `GET /readyz` able to work (503 if not), `GET /metrics` Prometheus text."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"process": process, "alive": True})

    async def readyz(_request: web.Request) -> web.Response:
        now = await state()
        body = {"process": process, "ready": now.ready, "problems": list(now.problems)}
        return web.json_response(body, status=200 if now.ready else 503)

    async def metrics(_request: web.Request) -> web.Response:
        now = await state()
        registry = CollectorRegistry()
        figures = {"ready": float(now.ready), **now.figures}
        for name, value in figures.items():
            words = _HELP.get(name, name.replace("_", " "))
            Gauge(f"triage_{name}", words, ["process"], registry=registry).labels(process).set(value)
        return web.Response(body=generate_latest(registry), content_type="text/plain", charset="utf-8")

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return app


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Start serving; clean up with the runner's `cleanup`. Raises OSError if the address is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
