"""A store belongs to one secret key: with another, no hash in it would match, and nobody would be recognised again."""

import hashlib
import hmac

from sqlalchemy import select

from triage.adapters.store.engine import Database
from triage.adapters.store.schema import store_key
from triage.errors import StoreUnavailable

OTHER_KEY = "the database was made with another TRIAGE_SECRET_KEY: put that key back, or start with a new database"


async def prove_key(database: Database, secret: bytes, *, first: bool) -> None:
    """Compare `secret` with the fingerprint in the store; with `first` leave one where there is none.

    Raises StoreUnavailable for another key: participants, limits and the journal's seals all hang on it.
    """
    fingerprint = hmac.new(secret, b"store-key", hashlib.sha256).hexdigest()
    async with database.read() as connection:
        known = (await connection.execute(select(store_key.c.fingerprint))).scalars().all()
    if known and fingerprint not in known:
        raise StoreUnavailable(OTHER_KEY)
    if not known and first:
        async with database.write(queued=True) as connection:
            kept = (await connection.execute(select(store_key.c.fingerprint))).scalars().all()
            if kept and fingerprint not in kept:
                raise StoreUnavailable(OTHER_KEY)
            if not kept:
                await connection.execute(store_key.insert().values(fingerprint=fingerprint))
