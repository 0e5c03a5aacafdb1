"""Serving the internet: what is slow, idle or malformed is bounded before any handler sees it."""

from collections.abc import Sequence

from aiohttp import web, web_response

from triage.web.hook.connections import MOST_OF_ONE_PARTY, Connections, room_for_connections

# Time for a new connection's first request to be there.
HEAD_LIMIT_S = 10.0
# Time for a connection to idle between two. A proxy in front should idle for less.
IDLE_LIMIT_S = 75.0
_LINGER_S = 2.0
_SHUTDOWN_S = 5.0
_MOST_HEADERS = 64


async def serve_public(
    app: web.Application,
    host: str,
    port: int,
    *,
    head_limit_s: float = HEAD_LIMIT_S,
    idle_limit_s: float = IDLE_LIMIT_S,
    most_connections: int | None = None,
    proxies: Sequence[str] = (),
) -> web.AppRunner:
    """Start serving; clean up with the runner's `cleanup`. Raises OSError if the address is taken.

    `most_connections`: None for what the process may open. `proxies`: addresses whose connections are many parties'.
    """
    connections = Connections(
        most=most_connections or room_for_connections(),
        most_of_one=MOST_OF_ONE_PARTY,
        head_limit_s=head_limit_s,
        proxies=proxies,
    )
    app.middlewares.insert(0, connections.at_work)
    # Also on the answers to what is no HTTP, which no application sees: nobody need know versions.
    web_response.SERVER_SOFTWARE = "privacy-desk"  # type: ignore[attr-defined]
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=idle_limit_s,
        lingering_time=_LINGER_S,
        shutdown_timeout=_SHUTDOWN_S,
        max_headers=_MOST_HEADERS,
        auto_decompress=False,  # signatures are over the bytes that came, and a small body may inflate to a huge one
    )
    await runner.setup()
    if runner.server is not None:
        connections.watch(runner.server)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
