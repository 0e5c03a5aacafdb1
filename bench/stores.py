"""The store on both engines, beside the bare driver doing the same kind of work in the same run."""

import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from bench.figures import Figure
from tests.servers.postgres import running_postgres
from triage.adapters.store import open_store
from triage.domain.vocabulary import Channel
from triage.ports import NewItem, Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SINGLES, ROWS, BATCH, CLAIMS, A_CLAIM = 300, 3000, 100, 300, 20
RAW = b"x" * 2000
_TABLE = (
    "CREATE TABLE bare (id {id} PRIMARY KEY, key TEXT UNIQUE, raw {blob}, sha256 TEXT, state TEXT, claimed_by TEXT)"
)
_CLAIM_LITE = (
    "UPDATE bare SET state = 'claimed', claimed_by = ? WHERE id = (SELECT id FROM bare WHERE state = ? LIMIT 1)"
)
_CLAIM_POSTGRES = (
    "UPDATE bare SET state = 'claimed', claimed_by = $1 WHERE id = "
    "(SELECT id FROM bare WHERE state = 'received' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
)

PASSES = 3

Bare = dict[str, float]


def _items(first: int, count: int) -> list[NewItem]:
    return [
        NewItem(
            key=f"bench:{number}",
            channel=Channel.EMAIL,
            raw=RAW,
            sha256=f"{number:064}",
            size_bytes=len(RAW),
            received_at=NOW,
        )
        for number in range(first, first + count)
    ]


async def _a_second(count: int, work: Callable[[], Awaitable[None]]) -> float:
    begun = time.perf_counter()
    await work()
    return count / (time.perf_counter() - begun)


async def _ours(store: Store, run: int) -> Bare:
    first = run * (SINGLES + ROWS)
    singles, rows = _items(first, SINGLES), _items(first + SINGLES, ROWS)

    async def one_by_one() -> None:
        for item in singles:
            await store.save_items([item], None)

    async def batched() -> None:
        for start in range(0, ROWS, BATCH):
            await store.save_items(rows[start : start + BATCH], None)

    async def claim_and_give_back(a_claim: int) -> None:
        done = 0
        while done < CLAIMS:
            items = await store.claim_items("bench", a_claim, NOW)
            for item in items:
                await store.fail_item(item, "bench", None, NOW)
            done += len(items)

    return {
        "one row a commit": await _a_second(SINGLES, one_by_one),
        f"{BATCH} rows a commit": await _a_second(ROWS, batched),
        "claim one, commit; write it back, commit": await _a_second(CLAIMS, lambda: claim_and_give_back(1)),
        f"claim {A_CLAIM}, commit; write each back, commit": await _a_second(
            CLAIMS, lambda: claim_and_give_back(A_CLAIM)
        ),
    }


async def _bare_sqlite(path: Path) -> Bare:
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute(_TABLE.format(id="INTEGER", blob="BLOB"))
    database.execute("CREATE INDEX bare_sha ON bare (sha256)")
    database.execute("CREATE INDEX bare_state ON bare (state, id)")
    insert = "INSERT INTO bare (key, raw, sha256, state) VALUES (?, ?, ?, 'received')"
    rows = [(item.key, item.raw, item.sha256) for item in _items(0, SINGLES + ROWS)]

    async def one_by_one() -> None:
        for row in rows[:SINGLES]:
            database.execute(insert, row)

    async def batched() -> None:
        for start in range(SINGLES, len(rows), BATCH):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(insert, rows[start : start + BATCH])
            database.execute("COMMIT")

    async def claims() -> None:
        for number in range(1, CLAIMS + 1):
            database.execute(_CLAIM_LITE, ("bench", "received"))
            database.execute("UPDATE bare SET state = 'done' WHERE id = ?", (number,))

    try:
        return {
            "one row a commit": await _a_second(SINGLES, one_by_one),
            f"{BATCH} rows a commit": await _a_second(ROWS, batched),
            "claim one, commit; write it back, commit": await _a_second(CLAIMS, claims),
        }
    finally:
        database.close()


async def _bare_postgres(url: str) -> Bare:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("DROP TABLE IF EXISTS bare")
    await connection.execute(_TABLE.format(id="SERIAL", blob="BYTEA"))
    await connection.execute("CREATE INDEX bare_sha ON bare (sha256)")
    await connection.execute("CREATE INDEX bare_state ON bare (state, id)")
    insert = "INSERT INTO bare (key, raw, sha256, state) VALUES ($1, $2, $3, 'received')"
    rows = [(item.key, item.raw, item.sha256) for item in _items(0, SINGLES + ROWS)]

    async def one_by_one() -> None:
        for row in rows[:SINGLES]:
            await connection.execute(insert, *row)

    async def batched() -> None:
        for start in range(SINGLES, len(rows), BATCH):
            async with connection.transaction():
                await connection.executemany(insert, rows[start : start + BATCH])

    async def claims() -> None:
        for _ in range(CLAIMS):
            number = await connection.fetchval(_CLAIM_POSTGRES, "bench")
            await connection.execute("UPDATE bare SET state = 'done' WHERE id = $1", number)

    try:
        return {
            "one row a commit": await _a_second(SINGLES, one_by_one),
            f"{BATCH} rows a commit": await _a_second(ROWS, batched),
            "claim one, commit; write it back, commit": await _a_second(CLAIMS, claims),
        }
    finally:
        await connection.close()


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Store]:
    store = await open_store(url, secret=b"a secret for the bench", migrate=True)
    try:
        yield store
    finally:
        await store.close()


def _figures(engine: str, runs: list[tuple[Bare, Bare]], driver: str) -> list[Figure]:
    """The best of each, run in turn: what disturbs the machine only ever slows."""
    ours, bare = ({name: max(run[side][name] for run in runs) for name in runs[0][side]} for side in (0, 1))
    return [
        Figure(
            part=f"store on {engine}",
            name=name,
            value=value,
            unit="/s",
            beside=bare.get(name),
            beside_name=f"bare {driver}" if name in bare else "",
        )
        for name, value in ours.items()
    ]


async def measure() -> list[Figure]:
    """Rows and claims a second."""
    with TemporaryDirectory(prefix="bench-") as name:
        async with _opened(f"sqlite+aiosqlite:///{name}/store.db") as store:
            runs = [
                (await _ours(store, run), await _bare_sqlite(Path(name) / f"bare{run}.db")) for run in range(PASSES)
            ]
            figures = _figures("SQLite", runs, "sqlite3")
    with running_postgres() as server:
        url = server.create_database()
        async with _opened(url) as store:
            runs = [(await _ours(store, run), await _bare_postgres(url)) for run in range(PASSES)]
            figures += _figures("PostgreSQL", runs, "asyncpg")
    return figures
