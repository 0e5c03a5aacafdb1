"""Wires the console: the store, the rules, the letter book, and the pages. It reads no mailbox and sends nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from aiohttp import web

from triage.adapters.evidence_zip import zip_bytes
from triage.adapters.hubspot_paths import record_path, thread_path
from triage.adapters.oidc import IdentityProvider
from triage.adapters.passwords import Argon2Hasher
from triage.adapters.store import open_store
from triage.adapters.store.addresses import address_hash
from triage.adapters.store.sql_store import SqlStore
from triage.bootstrap.about import about_of
from triage.bootstrap.clock import utc_now
from triage.bootstrap.hubspot import build_hubspot
from triage.bootstrap.signals import stop_on_signals
from triage.config import Settings, find_rules_dir, listen_address
from triage.errors import SettingsWrong, StoreUnavailable
from triage.logs import get_logger
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_letter_sources, load_policy
from triage.service.casework import Casework
from triage.service.signing_in import SigningIn, calendar_key
from triage.web.client_address import party_finder
from triage.web.console.answers import StaticFiles
from triage.web.console.app import console_app
from triage.web.console.context import CONSOLE, Console, HubSpotDesk
from triage.web.console.sign_in_elsewhere import BACK_PATH
from triage.web.health import State, health_app, serve

log = get_logger()

# A probe must be answered even where the store hangs.
_READY_LIMIT_S = 2.0


def build_console(settings: Settings, store: SqlStore) -> Console:
    """The console's parts over an open store. Raises RulesWrong naming every fault of policy and letters."""
    rules = find_rules_dir(settings.rules_dir)
    policy, sources = load_policy(rules), load_letter_sources(rules)
    domain = settings.mailbox_address.rpartition("@")[2]
    return Console(
        store=store,
        policy=policy,
        work=Casework(store=store, book=LetterBook(sources), policy=policy, mail_domain=domain, clock=utc_now),
        signing_in=SigningIn(store=store, hasher=Argon2Hasher(), clock=utc_now),
        static=StaticFiles(),
        clock=utc_now,
        monotonic=time.monotonic,
        client_of=party_finder(settings.trusted_proxies),
        hash_address=lambda address: address_hash(settings.secret, address),
        provider=build_provider(settings),
        hubspot=_hubspot(settings),
        pack=zip_bytes,
        calendar_key=partial(calendar_key, settings.secret),
        about=about_of(settings, rules),
        public_url=settings.console_url,
        words_may_be_searched=not settings.storage_key.get_secret_value(),
        letter_sources=sources,
    )


def _hubspot(settings: Settings) -> HubSpotDesk | None:
    """HubSpot as far as a case needs it; None without a token."""
    client, app = build_hubspot(settings), settings.hubspot_app_url.rstrip("/")
    if client is None:
        return None
    return HubSpotDesk(
        records=client,
        record_url=lambda portal, contact: app + record_path(portal, contact.removeprefix("V-")),
        thread_url=lambda portal, thread: app + thread_path(portal, thread),
    )


def build_provider(settings: Settings) -> IdentityProvider | None:
    """The company's identity provider; None where none is configured."""
    if not settings.oidc_issuer:
        return None
    return IdentityProvider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        f"{settings.console_url.rstrip('/')}{BACK_PATH}",
    )


@asynccontextmanager
async def open_console(settings: Settings) -> AsyncIterator[web.Application]:
    """The console being served at its address. Raises SettingsWrong where that is taken, StoreUnavailable."""
    host, port = listen_address(settings.console_listen)
    async with AsyncExitStack() as stack:
        store = await open_store(
            settings.database_url, secret=settings.secret, storage_keys=settings.storage_keys, migrate=False
        )
        stack.push_async_callback(store.close)
        console = build_console(settings, store)
        if console.hubspot is not None:
            stack.push_async_callback(console.hubspot.records.close)
        app = console_app(console)
        try:
            runner = await serve(app, host, port)
        except OSError as exc:
            raise SettingsWrong([f"TRIAGE_CONSOLE_LISTEN: cannot listen there ({exc.strerror})"]) from None
        stack.push_async_callback(runner.cleanup)
        log.info("console_serving", port=port)
        yield app


async def run_console(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C, with health on the admin address."""
    host, port = listen_address(settings.admin_listen or "127.0.0.1:9092")
    stop = asyncio.Event()
    stop_on_signals(stop)
    store: SqlStore | None = None

    async def state() -> State:
        try:
            async with asyncio.timeout(_READY_LIMIT_S):
                ready = store is not None and bool(await store.pulses() or True)
        except (TimeoutError, StoreUnavailable):
            ready = False
        return State(ready=ready, problems=() if ready else ("the store cannot be read",), figures={})

    try:
        runner = await serve(health_app("console", state), host, port)
    except OSError as exc:
        raise SettingsWrong([f"TRIAGE_ADMIN_LISTEN: cannot listen there ({exc.strerror})"]) from None
    try:
        async with open_console(settings) as app:
            store = app[CONSOLE].store  # type: ignore[assignment]
            log.info("process_started", process="console", port=port)
            await stop.wait()
    finally:
        await runner.cleanup()
    log.info("process_stopped", process="console")
