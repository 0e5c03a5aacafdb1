"""What the tests of a troubled IMAP server share: the adapter with a short limit, and how to use it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.servers.scripted_imap import ScriptedImap
from triage.adapters.imap import ImapSettings, ImapSource
from triage.errors import MailboxUnreachable
from triage.ports import Mail, MailKey

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LIMIT_S = 0.5
MARGIN_S = 1.0  # for a busy machine; whatever hangs here hangs for 60 s
RAW = b"Subject: x\r\n\r\nHello\r\n"


@pytest.fixture(name="server")
async def scripted_server() -> AsyncIterator[ScriptedImap]:
    async with ScriptedImap(mails=dict.fromkeys(range(1, 4), RAW)) as running:
        yield running


@pytest.fixture(name="source")
async def source_of_server(server: ScriptedImap) -> AsyncIterator[ImapSource]:
    opened = source_for(server)
    yield opened
    await opened.close()


def source_for(server: ScriptedImap, **changes: object) -> ImapSource:
    options: dict[str, object] = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": "ann",
        "password": "sesame",
        "tls": "none",
        "timeout_s": LIMIT_S,
        "account": "desk",
    }
    return ImapSource(ImapSettings(**{**options, **changes}), clock=lambda: NOW)  # type: ignore[arg-type]


def keys(*uids: int, validity: int = 1) -> list[MailKey]:
    return [MailKey(text=f"imap:desk/INBOX:{validity}:{uid}", uid=uid) for uid in uids]


async def fetched(source: ImapSource, wanted: list[MailKey]) -> list[Mail]:
    return [mail async for mail in source.fetch(wanted)]


async def fetched_before_failing(source: ImapSource, wanted: list[MailKey]) -> tuple[list[int], str]:
    uids: list[int] = []
    try:
        async for mail in source.fetch(wanted):
            uids.append(mail.key.uid)  # noqa: PERF401 - what came before the failure is the point
    except MailboxUnreachable as failure:
        return uids, str(failure)
    raise AssertionError("nothing failed")


async def use(source: ImapSource) -> None:
    """Every command there is, once."""
    listing = await source.list_above(0)
    await fetched(source, list(listing.keys))
    await source.wait(0.01)
    await source.list_above(0)
