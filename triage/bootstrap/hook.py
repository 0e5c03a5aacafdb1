"""Wires the hook. It imports neither spaCy nor a mail or API client: this is the process the internet can reach."""

import asyncio

from triage.bootstrap.signals import stop_on_signals
from triage.config import Settings, listen_address
from triage.errors import SettingsWrong
from triage.logs import get_logger
from triage.web.health import State, health_app, serve

log = get_logger()


async def run_hook(settings: Settings) -> None:
    """Serve health until SIGTERM or Ctrl-C. There is no chat yet, so nothing is served on the public address."""
    host, port = listen_address(settings.admin_listen or "127.0.0.1:9091")
    stop = asyncio.Event()
    stop_on_signals(stop)
    try:
        runner = await serve(health_app("hook", _state), host, port)
    except OSError as exc:
        raise SettingsWrong([f"TRIAGE_ADMIN_LISTEN: cannot listen there ({exc.strerror})"]) from None
    log.info("process_started", process="hook", port=port)
    await stop.wait()
    await runner.cleanup()
    log.info("process_stopped", process="hook")


async def _state() -> State:
    return State(ready=True, problems=(), figures={})
