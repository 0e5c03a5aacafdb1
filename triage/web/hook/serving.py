"""Serving the internet: what is slow, idle or malformed is bounded before any handler sees it."""

from aiohttp import web, web_response

# Time for a request's head, and for a connection to idle between two. A proxy in front should idle for less.
HEAD_LIMIT_S = 75.0
_LINGER_S = 2.0
_SHUTDOWN_S = 5.0
_MOST_HEADERS = 64


async def serve_public(
    app: web.Application, host: str, port: int, *, head_limit_s: float = HEAD_LIMIT_S
) -> web.AppRunner:
    """Start serving; clean up with the runner's `cleanup`. Raises OSError if the address is taken."""
    # Also on the answers to what is no HTTP, which no application sees: nobody need know versions.
    web_response.SERVER_SOFTWARE = "privacy-desk"  # type: ignore[attr-defined]
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=head_limit_s,
        lingering_time=_LINGER_S,
        shutdown_timeout=_SHUTDOWN_S,
        max_headers=_MOST_HEADERS,
        auto_decompress=False,  # signatures are over the bytes that came, and a small body may inflate to a huge one
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
