"""Slow hashes of passwords: Argon2id (RFC 9106) by argon2-cffi, in a thread, one at a time.

One hash takes 64 MiB and a good part of a second of a core: a stranger at the sign-in form must not have several at
once.
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Hasher:
    """See ports_console.Hasher."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._one_at_a_time = asyncio.Lock()
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        """See Hasher.hash."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, kept: str, password: str) -> bool:
        """See Hasher.matches."""
        if not kept and not self._nobodys:
            self._nobodys = await self.hash("nobody has this password")
        async with self._one_at_a_time:
            right = await asyncio.to_thread(self._verify, kept or self._nobodys, password)
        return right and bool(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
