"""The desk's memory on SQLite or PostgreSQL. See docs/store.md."""

from collections.abc import Sequence
from datetime import timedelta

from triage.adapters.inbox import sealer_with
from triage.adapters.store.engine import connect_database
from triage.adapters.store.migrate import bring_up_to_date, refuse_other_schema
from triage.adapters.store.sql_store import SqlStore
from triage.adapters.store.store_key import prove_keys


async def open_store(
    url: str,
    *,
    secret: bytes,
    migrate: bool,
    storage_keys: Sequence[bytes] = (),
    lease_s: float = 120.0,
    letter_lease_s: float = 900.0,
) -> SqlStore:
    """Open the store at `url` (sqlite+aiosqlite:///file or postgresql+asyncpg://…).

    `secret` keys address hashes and the journal's end marks; a store made with another one is refused.
    `storage_keys` (Settings.storage_keys) encrypt what people wrote; a store is with a key or without one, and a wrong
    one is refused.
    With `migrate` (the worker and `run`) the schema is
    brought up to date, else an older one is refused; a newer one is refused always. `lease_s`: seconds after which
    an item's claim may be taken over. `letter_lease_s`: those after which a letter in sending counts as unclear; longer
    than one worker may need for as many letters as it sends at once.
    Raises SettingsWrong (no such kind of URL) or StoreUnavailable.
    """
    database = connect_database(url)
    sealer = sealer_with(storage_keys)
    if sealer is not None:
        database.seal_with(sealer)
    try:
        await (bring_up_to_date if migrate else refuse_other_schema)(database)
        await prove_keys(database, secret, sealer.fingerprints if sealer else (), first=migrate)
    except BaseException:
        await database.close()
        raise
    return SqlStore(database, secret, timedelta(seconds=lease_s), timedelta(seconds=letter_lease_s))
