"""A store belongs to one secret key, and what is encrypted in it to its storage key: others are refused.

With another secret no hash in it would match, and nobody would be recognised again. With another storage key nothing
could be read, and without one what is written next would lie in plain beside the rest.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Insert, LargeBinary, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.key_proof import SEALED_BEGIN, key_to_write_down
from triage.adapters.store.engine import Database
from triage.adapters.store.schema import item, storage_key, store_key
from triage.errors import StoreUnavailable

OTHER_KEY = "the database was made with another TRIAGE_SECRET_KEY: put that key back, or start with a new database"


@dataclass(frozen=True, kw_only=True, slots=True)
class Encryption:
    """How many storage keys something may be sealed with, 0 for a store in plain; and raw items that lie in plain all
    the same, as a hook without the key has stored them."""

    keys: int
    items_in_plain: int


async def prove_keys(database: Database, secret: bytes, storage: Sequence[str], *, first: bool) -> None:
    """Compare `secret` and the fingerprints of the storage keys with those in the store; with `first` leave the
    secret's where there is none. A new storage key is written down before anything is sealed with it.

    Raises StoreUnavailable for other keys, in one line and before anything is written.
    """
    fingerprint = hmac.new(secret, b"store-key", hashlib.sha256).hexdigest()

    async def to_write(connection: AsyncConnection) -> list[Insert]:
        secrets = (await connection.execute(select(store_key.c.fingerprint))).scalars().all()
        if secrets and fingerprint not in secrets:
            raise StoreUnavailable(OTHER_KEY)
        known = await known_keys(connection)
        new = key_to_write_down(known, storage, is_new=not secrets and not known)
        inserts = [] if secrets or not first else [store_key.insert().values(fingerprint=fingerprint)]
        return inserts if new is None else [*inserts, storage_key.insert().values(fingerprint=new)]

    async with database.read() as connection:
        if not await to_write(connection):
            return
    async with database.write(queued=True) as connection:
        for insert in await to_write(connection):
            await connection.execute(insert)


async def known_keys(connection: AsyncConnection) -> frozenset[str]:
    """The fingerprints of every storage key something may be sealed with; empty where nothing is."""
    return frozenset((await connection.execute(select(storage_key.c.fingerprint))).scalars())


async def encryption_of(connection: AsyncConnection) -> Encryption:
    """How things lie in the store, as `triage doctor` says it."""
    known = await known_keys(connection)
    begins = func.substr(item.c.raw, 1, 1, type_=LargeBinary())
    in_plain = select(func.count()).where(item.c.raw != b"", begins != SEALED_BEGIN)
    return Encryption(keys=len(known), items_in_plain=(await connection.execute(in_plain)).scalar_one() if known else 0)
