"""The console over a store with a hundred thousand cases: each page over real HTTP, signed in, beside the sign-in page.

The server is a process of its own, as `triage console` runs; one visitor asks, one page after the other.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import aiohttp

from bench.figures import Figure, percentile
from bench.many_cases import CASES, Known, fill
from tests.acceptance.running import ROOT, SECRET, free_port
from tests.servers.postgres import running_postgres
from triage.adapters.store import open_store
from triage.domain.queue import QueueLane
from triage.domain.vocabulary import UserRole
from triage.service.signing_in import SigningIn

GOAL_MS = 100.0
VISITS, SLOW_VISITS = 40, 5
# They read every text or every complaint there ever was: a few visits must do, and no goal is set.
SLOW = ("search by a rare word", "search by a common word", "people, one found", "complaints")
YARDSTICK = "sign-in page"
_LONGEST_S = 120.0


def addresses(known: Known, after: str) -> dict[str, str]:
    """Every page that is measured, by name."""
    return {
        YARDSTICK: "/sign-in",
        "queue, start page": "/",
        **{f"queue, lane {lane.value}": f"/?lane={lane.value}" for lane in QueueLane},
        "queue, second page of all": after,
        "queue, deletions by mail": "/?lane=all&kind=deletion&channel=email",
        "queue, closed ones": "/?lane=all&state=closed",
        "queue, mine received this week": "/?lane=all&assignee=dana",
        "queue, search by person": f"/?q={quote(known.address)}",
        "queue, search by reference": f"/?q={known.small.partition('/')[0]}",
        "search by a rare word": f"/?q={known.word}",
        "search by a common word": "/?q=telephone",
        "queue, how many are new": "/news",
        "case, one message": f"/cases/{known.small}",
        "case, 50 messages": f"/cases/{known.long}",
        "letters": "/letters",
        "people, one found": f"/people?q={quote(known.address)}",
        "complaints": "/complaints",
        "settings": "/settings",
    }


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[str]:
    """`triage console` over a store; its address."""
    port, admin = free_port(), free_port()
    settings = {
        "TRIAGE_DATABASE_URL": url,
        "TRIAGE_SECRET_KEY": SECRET,
        "TRIAGE_MAILBOX_ADDRESS": "dataprotection@larkfield.example",
        "TRIAGE_CONSOLE_LISTEN": f"127.0.0.1:{port}",
        "TRIAGE_ADMIN_LISTEN": f"127.0.0.1:{admin}",
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "triage", "console"),
        env={**plain, "PYTHONPATH": str(ROOT), **settings},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_LONGEST_S), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/sign-in") as answer:
                        if answer.status == 200:
                            break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def signed_in(url: str) -> str:
    """A session's token, without the slow password."""
    store = await open_store(url, secret=SECRET.encode(), migrate=False)
    try:
        now = datetime.now(UTC)
        await store.add_account("dana", UserRole.DPO, "", now)
        account = next(one for one, _ in await store.accounts() if one.name == "dana")
        return await SigningIn(store=store, hasher=_NoHasher(), clock=lambda: now).open(account)
    finally:
        await store.close()


class _NoHasher:
    async def hash(self, _password: str) -> str:
        return ""

    async def matches(self, _kept: str, _password: str) -> bool:
        return False


async def visit(session: aiohttp.ClientSession, address: str) -> float:
    """Seconds until a page is read whole. Raises where it is none."""
    begun = time.perf_counter()
    async with session.get(address, allow_redirects=False) as answer:
        await answer.read()
    took_s = time.perf_counter() - begun
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return took_s


async def second_page(session: aiohttp.ClientSession, site: str) -> str:
    """Where the first page of all leads on to."""
    async with session.get(f"{site}/?lane=all") as answer:
        page = await answer.text()
    marked = page.partition("after=")[2].partition('"')[0]
    return f"/?lane=all&after={marked}" if marked else "/?lane=all"


async def taken_s(url: str, known: Known, visits: int = VISITS) -> Mapping[str, list[float]]:
    """How long each page took each time. Pages are asked in turn, so that what disturbs the machine hits all."""
    token = await signed_in(url)
    async with serving(url) as site, aiohttp.ClientSession(cookies={"desk": token}) as session:
        pages = addresses(known, await second_page(session, site))
        found: dict[str, list[float]] = {name: [] for name in pages}
        for address in pages.values():
            await visit(session, site + address)  # warm
        for turn in range(visits):
            for name, address in pages.items():
                if name not in SLOW or turn < SLOW_VISITS:
                    found[name].append(await visit(session, site + address))
        return found


async def _filled(url: str, cases: int) -> tuple[Known, float]:
    store = await open_store(url, secret=SECRET.encode(), migrate=True)
    await store.close()
    begun = time.perf_counter()
    known = await fill(url, SECRET.encode(), datetime.now(UTC).date(), cases)
    return known, time.perf_counter() - begun


def _figures(engine: str, known: Known, fill_s: float, taken: Mapping[str, list[float]]) -> list[Figure]:
    part = f"console on {engine}, {known.rows['case_file']:,} cases, one visitor"
    beside = percentile(taken[YARDSTICK], 50) * 1000
    figures = [Figure(part=part, name=f"filling it, {sum(known.rows.values()):,} rows", value=fill_s, unit="s")]
    for name, seconds in taken.items():
        for word, percent in (("p50", 50), ("p95", 95)):
            goal = f"< {GOAL_MS:g} ms" if percent == 95 and name.startswith(("queue", "case")) else ""
            figures.append(
                Figure(
                    part=part,
                    name=f"{name}, {word}",
                    value=percentile(seconds, percent) * 1000,
                    unit="ms",
                    beside=beside if name != YARDSTICK else None,
                    beside_name=f"{YARDSTICK} p50" if name != YARDSTICK else "",
                    goal=goal,
                )
            )
    return figures


async def measure(cases: int = CASES) -> list[Figure]:
    """Median and slowest in twenty of every page, on both engines."""
    figures = []
    with TemporaryDirectory(prefix="bench-") as name:
        url = f"sqlite+aiosqlite:///{Path(name) / 'store.db'}"
        known, fill_s = await _filled(url, cases)
        figures += _figures("SQLite", known, fill_s, await taken_s(url, known))
    with running_postgres() as server:
        url = server.create_database()
        known, fill_s = await _filled(url, cases)
        figures += _figures("PostgreSQL", known, fill_s, await taken_s(url, known))
    return figures
