"""Every store test runs on SQLite and on a real PostgreSQL. Without PostgreSQL they fail, never skip."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.factories import SECRET
from tests.servers.postgres import Postgres, running_postgres
from triage.adapters.store import open_store
from triage.ports import Store

OpenStore = Callable[..., Awaitable[Store]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests; each draws its own database."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/triage.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture
async def open_another(database_url: str) -> AsyncIterator[OpenStore]:
    """Opens further stores on the test's database, as further processes would; all are closed at the end."""
    async with AsyncExitStack() as stack:

        async def open_one(
            *, migrate: bool = True, secret: bytes = SECRET, storage_keys: Sequence[bytes] = (), **leases: float
        ) -> Store:
            store = await open_store(database_url, secret=secret, storage_keys=storage_keys, migrate=migrate, **leases)
            stack.push_async_callback(store.close)
            return store

        yield open_one


@pytest.fixture
async def store(open_another: OpenStore) -> Store:
    """A store on a fresh database, brought up to date."""
    return await open_another()
