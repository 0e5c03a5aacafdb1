"""Wires the hook. It imports neither spaCy nor a mail or API client: this is the process the internet can reach."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from triage.adapters.inbox import inbox_path, open_inbox
from triage.bootstrap.clock import utc_now
from triage.bootstrap.signals import stop_on_signals
from triage.config import Settings, find_rules_dir, listen_address
from triage.errors import SettingsWrong
from triage.logs import get_logger
from triage.parsing.hubspot_events import Wanted
from triage.parsing.hubspot_signature import Target
from triage.ports_chat import Inbox
from triage.web.client_address import party_finder
from triage.web.form.routes import add_form
from triage.web.health import State, health_app, serve
from triage.web.hook.app import WEBHOOK_PATH, hook_app
from triage.web.hook.figures import Figures
from triage.web.hook.serving import serve_public

log = get_logger()

# A probe must be answered even where the store hangs.
_READY_LIMIT_S = 2.0


@dataclass(kw_only=True, slots=True)
class Hook:
    """The hook at work: where it stores, what it has counted."""

    inbox: Inbox
    figures: Figures

    async def state(self) -> State:
        """Ready: something could be stored now."""
        try:
            async with asyncio.timeout(_READY_LIMIT_S):
                ready = await self.inbox.ready()
        except TimeoutError:
            ready = False
        problems = () if ready else ("nothing can be stored",)
        return State(ready=ready, problems=problems, figures=self.figures.by_name())


def build_app(settings: Settings, inbox: Inbox, figures: Figures) -> web.Application:
    """Webhook and form. Raises RulesWrong where the form's words are wrong."""
    client_of = party_finder(settings.trusted_proxies)
    app = hook_app(
        inbox=inbox,
        target=hubspot_target(settings),
        wanted=Wanted(portal_id=settings.hubspot_portal_id, app_id=settings.hubspot_app_id),
        clock=utc_now,
        client_of=client_of,
        figures=figures,
    )
    rules = find_rules_dir(settings.rules_dir)
    add_form(app, settings=settings, inbox=inbox, rules_dir=rules, clock=utc_now, client_of=client_of)
    return app


def missing_folder(settings: Settings) -> list[str]:
    """One line where the folder of the hook's file is not there: unlike the file it is not made by itself."""
    path = inbox_path(settings.inbox_url)
    if path is None or path.absolute().parent.is_dir():
        return []
    name = "TRIAGE_HOOK_DATABASE_URL" if settings.hook_database_url else "TRIAGE_DATABASE_URL"
    return [f"{name}: there is no folder {path.parent}"]


def public_url_doubts(url: str) -> list[str]:
    """What often makes HubSpot's signatures fail with this target URL, one line each. It may be meant all the same."""
    parts = urlsplit(url)
    doubts = []
    if parts.query:
        doubts.append("it has a query, of which HubSpot decodes parts before it signs: choose one without")
    if parts.path != "/" and parts.path.endswith("/"):
        doubts.append("it ends with a slash, which has to stand at HubSpot as well: choose one without")
    if parts.path.rstrip("/") != WEBHOOK_PATH:
        doubts.append(f"the hook serves {WEBHOOK_PATH} alone, so your proxy has to lead this path there")
    return doubts


def hubspot_target(settings: Settings) -> Target | None:
    """What deliveries are checked with; None without a client secret: nobody could tell whose they are."""
    secret = settings.hubspot_client_secret.get_secret_value().encode()
    if not secret:
        return None
    allow_v1 = "v1" in settings.hubspot_signature_versions
    return Target(secret=secret, public_url=settings.hubspot_public_url, allow_v1=allow_v1)


@asynccontextmanager
async def open_hook(settings: Settings) -> AsyncIterator[Hook]:
    """The hook on its public address. Raises SettingsWrong, RulesWrong, StoreUnavailable."""
    if faults := settings.missing_for_hook() + missing_folder(settings):
        raise SettingsWrong(faults)
    host, port = listen_address(settings.hook_listen)
    figures = Figures()
    async with AsyncExitStack() as stack:
        inbox = await open_inbox(settings.inbox_url, settings.storage_keys)
        stack.push_async_callback(inbox.close)
        app = build_app(settings, inbox, figures)
        try:
            runner = await serve_public(app, host, port, proxies=settings.trusted_proxies)
        except OSError as exc:
            raise _taken("TRIAGE_HOOK_LISTEN", exc) from None
        stack.push_async_callback(runner.cleanup)  # first: whoever is being answered is still stored
        _tell(settings, port)
        yield Hook(inbox=inbox, figures=figures)


async def run_hook(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C, with health on the admin address."""
    host, port = listen_address(settings.admin_listen or "127.0.0.1:9091")
    stop = asyncio.Event()
    stop_on_signals(stop)
    if settings.hubspot_token.get_secret_value():
        log.warning("token_not_needed", reason="TRIAGE_HUBSPOT_TOKEN is for the worker: keep it from this process")
    hook: Hook | None = None

    async def state() -> State:
        return await hook.state() if hook else State(ready=False, problems=("starting",), figures={})

    try:
        runner = await serve(health_app("hook", state), host, port)
    except OSError as exc:
        raise _taken("TRIAGE_ADMIN_LISTEN", exc) from None
    try:
        async with open_hook(settings) as hook:
            log.info("process_started", process="hook", port=port)
            await stop.wait()
    finally:
        await runner.cleanup()
    log.info("process_stopped", process="hook")


def _tell(settings: Settings, port: int) -> None:
    target = hubspot_target(settings)
    log.info("hook_serving", port=port, outcome="form_alone" if target is None else "chat_and_form")
    if target is not None and target.allow_v1:
        log.warning("signature_v1_allowed", reason="a v1 signature says nothing about when: it can be replayed")
    for doubt in public_url_doubts(settings.hubspot_public_url) if target is not None else ():
        log.warning("public_url_doubtful", reason=f"TRIAGE_HUBSPOT_PUBLIC_URL: {doubt}")


def _taken(name: str, exc: OSError) -> SettingsWrong:
    return SettingsWrong([f"{name}: cannot listen there ({exc.strerror})"])
