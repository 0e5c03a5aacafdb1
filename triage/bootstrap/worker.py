"""Wires the worker from settings, runs it until SIGTERM or Ctrl-C, and takes it down in order."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from functools import partial

from triage.adapters.analysis_pool import AnalysisPool, AnalysisSettings
from triage.adapters.capture import CaptureSender
from triage.adapters.channel_sender import ChannelSender
from triage.adapters.imap import ImapSettings, ImapSource
from triage.adapters.inbox_source import open_inbox_source
from triage.adapters.maildir import MaildirSource
from triage.adapters.one_worker import only_worker
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.adapters.store import open_store
from triage.adapters.store.sql_store import SqlStore
from triage.bootstrap.analyst import build_analyst
from triage.bootstrap.cases import build_tending
from triage.bootstrap.chat import build_chat
from triage.bootstrap.clock import utc_now
from triage.bootstrap.hubspot import build_chat_sender, build_hubspot
from triage.bootstrap.rules import load_all
from triage.bootstrap.signals import stop_on_signals
from triage.config import Settings, find_rules_dir, listen_address
from triage.domain.gate import Desk
from triage.domain.policy import Policy
from triage.errors import SettingsWrong, StoreUnavailable
from triage.logs import get_logger
from triage.parsing.chatbook import ChatBook
from triage.parsing.letterbook import LetterBook
from triage.ports import MailSource, Sender
from triage.service.chat import Chat
from triage.service.hook_inbox import HookInbox
from triage.service.intake import Intake
from triage.service.outbox import Outbox
from triage.service.rounds import Wakes
from triage.service.watch import SILENT_INBOX_AFTER, STUCK_OUTBOX_AFTER, Watch
from triage.service.worker import Worker
from triage.web.health import State, health_app, serve

log = get_logger()


def build_desk(settings: Settings, policy: Policy) -> Desk:
    """Who we are, from settings and policy."""
    return Desk(
        mailbox_address=settings.mailbox_address.lower(),
        aliases=tuple(alias.lower() for alias in settings.mailbox_aliases),
        own_domains=policy.own_domains,
        secret=settings.secret,
    )


def build_source(settings: Settings) -> MailSource:
    """The mailbox named by the settings."""
    if settings.maildir is not None:
        return MaildirSource(settings.maildir, clock=utc_now)
    return ImapSource(imap_settings(settings), clock=utc_now)


def imap_settings(settings: Settings) -> ImapSettings:
    """What the IMAP adapter needs."""
    return ImapSettings(
        host=settings.imap_host,
        port=settings.imap_port,
        user=settings.imap_user,
        password=settings.imap_password.get_secret_value(),
        folder=settings.imap_folder,
        tls=settings.imap_tls,
        ca_file=str(settings.imap_ca_file) if settings.imap_ca_file else None,
    )


def sender_name(policy: Policy) -> str:
    """Who our letters are from: a company and its team, never a person."""
    controller = policy.main_controller
    return f"{controller.name}, {controller.team_name}"


def smtp_settings(settings: Settings, policy: Policy) -> SmtpSettings:
    """What the SMTP adapter needs."""
    return SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        tls=settings.smtp_tls,
        ca_file=settings.smtp_ca_file,
        sender_address=settings.mailbox_address,
        sender_name=sender_name(policy),
    )


def build_sender(settings: Settings, policy: Policy) -> Sender:
    """Live mail only where it was asked for; otherwise letters are captured in a folder."""
    if settings.send == "live":
        return SmtpSender(smtp_settings(settings, policy))
    return CaptureSender(settings.capture_dir, settings.mailbox_address, sender_name(policy))


@asynccontextmanager
async def open_worker(settings: Settings, *, mail: Sender | None = None) -> AsyncIterator[Worker]:
    """A worker with everything it needs, open and migrated. Raises SettingsWrong, RulesWrong, StoreUnavailable.

    `mail` sends the letters in place of what the settings name: the demo captures mail and posts into its own chat.
    """
    rules_dir = find_rules_dir(settings.rules_dir)
    rules = load_all(rules_dir)  # a broken file names itself here, at once, not in a child
    policy = rules.policy
    desk = build_desk(settings, policy)
    # In containers host name and process number may be alike; a claim must still belong to one worker.
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    async with AsyncExitStack() as stack:
        pool = AnalysisPool(AnalysisSettings(build=partial(build_analyst, rules_dir, desk)))
        stack.push_async_callback(pool.close)
        pool.start()  # it loads while we go on
        rules.prove_letters()
        alone = stack.enter_context(only_worker(settings.database_url))
        store = await open_store(
            settings.database_url, secret=settings.secret, storage_keys=settings.storage_keys, migrate=True
        )
        stack.push_async_callback(store.close)
        # Nobody else works here, so whatever is still claimed was left by a worker that died.
        await store.release_claims(None if alone else name, utc_now())
        intake = Intake(
            store=store,
            analyser=pool,
            book=LetterBook(rules.letters),
            chat_book=ChatBook(rules.chat),
            policy=policy,
            desk=desk,
            table=rules.table,
            start_on=settings.start_on,
            worker=name,
            clock=utc_now,
        )
        yield _worker(settings, policy, store, intake, mail or build_sender(settings, policy), stack)


def _worker(
    settings: Settings, policy: Policy, store: SqlStore, intake: Intake, mail: Sender, stack: AsyncExitStack
) -> Worker:
    hubspot, inbox = build_hubspot(settings), open_inbox_source(settings.inbox_url, settings.storage_keys)
    for opened in (hubspot, inbox):
        if opened is not None:
            stack.push_async_callback(opened.close)
    sender = ChannelSender(mail, build_chat_sender(settings, policy, hubspot, store.record_post))
    wakes = Wakes()
    chat = None if hubspot is None else build_chat(settings, policy, store, hubspot, sender, intake.worker, wakes)
    watch = Watch(
        store=store,
        policy=policy,
        clock=utc_now,
        started_at=utc_now(),
        last_good_poll=lambda: worker.last_good_poll_at,
        chat_unreachable=chat.link.unreachable if chat else lambda: False,
    )
    worker = Worker(
        source=build_source(settings),
        store=store,
        intake=intake,
        outbox=Outbox(
            store=store,
            sender=sender,
            worker=intake.worker,
            clock=utc_now,
            chat_within=timedelta(hours=policy.chat.answer_within_hours),
        ),
        watch=watch,
        tending=build_tending(settings, policy, store, intake.book, sender, intake.worker, utc_now),
        clock=utc_now,
        poll_seconds=settings.poll_seconds,
        chat=chat,
        hook_inbox=HookInbox(source=inbox, store=store, clock=utc_now, wakes=wakes) if inbox else None,
        wakes=wakes,
    )
    return worker


async def run_worker(
    settings: Settings, *, process: str = "worker", beside: AbstractAsyncContextManager[object] | None = None
) -> None:
    """Work until SIGTERM or Ctrl-C, with health on the admin address; `beside` is open for as long."""
    host, port = listen_address(settings.admin_listen or "127.0.0.1:9090")
    async with open_worker(settings) as worker:
        stop_on_signals(worker.stop)
        try:
            runner = await serve(health_app(process, lambda: worker_state(worker)), host, port)
        except OSError as exc:
            raise SettingsWrong([f"TRIAGE_ADMIN_LISTEN: cannot listen there ({exc.strerror})"]) from None
        log.info("process_started", process=process, port=port)
        try:
            async with beside or nullcontext():
                await worker.run()
        finally:
            await runner.cleanup()
        log.info("process_stopped", process=process)


async def worker_state(worker: Worker) -> State:
    """Ready: the inbox was read within 15 minutes, the store answers, no letter is stuck."""
    now = utc_now()
    polled_at = worker.last_good_poll_at
    age_s = (now - polled_at).total_seconds() if polled_at else None
    problems = []
    if age_s is None or age_s > SILENT_INBOX_AFTER.total_seconds():
        problems.append("no good look at the inbox lately")
    try:
        health = await worker.store.health(now)
    except StoreUnavailable:
        return State(ready=False, problems=(*problems, "the store does not answer"), figures={})
    if (health.oldest_letter_age_s or 0) > STUCK_OUTBOX_AFTER.total_seconds():
        problems.append("a letter has waited over an hour")
    figures = {
        "items_waiting": float(health.items_waiting),
        "oldest_item_age_seconds": health.oldest_item_age_s or 0.0,
        "letters_waiting": float(health.letters_waiting),
        "oldest_letter_age_seconds": health.oldest_letter_age_s or 0.0,
        "quarantined": float(health.quarantined),
        "to_look_at": float(health.to_look_at),
        "oldest_look_age_seconds": health.oldest_look_age_s or 0.0,
        "automatic_to_look_at": float(health.automatic_to_look_at),
        "alarms": float(health.alarms),
        "last_good_poll_age_seconds": -1.0 if age_s is None else age_s,
    }
    return State(ready=not problems, problems=tuple(problems), figures=figures | _chat_figures(worker.chat, now))


def _chat_figures(chat: Chat | None, now: datetime) -> dict[str, float]:
    if chat is None:
        return {}
    away_since = chat.link.away_since
    return {
        "chat_breaker_open": float(chat.link.breaker_open()),
        "chat_away_seconds": (now - away_since).total_seconds() if away_since else 0.0,
    }
