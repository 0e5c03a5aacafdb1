"""Signing in and out of the console. A session's token is in the browser's cookie alone; the store has its hash."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from triage.domain.accounts import (
    LONGEST_PASSWORD,
    SESSION_SEEN_EVERY,
    Account,
    Session,
    name_faults,
    password_faults,
    session_holds,
)
from triage.domain.vocabulary import UserRole
from triage.errors import NotDone
from triage.ports_console import AccountStore, Hasher

_TOKEN_BYTES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningIn:
    """Who may come in. `clock` gives aware UTC."""

    store: AccountStore
    hasher: Hasher
    clock: Callable[[], datetime]

    async def by_password(self, name: str, password: str) -> tuple[str, Account] | None:
        """A new session's token, and whose it is; None for a wrong name or password, which nobody can tell apart."""
        known = await self.store.account_by_name(name.strip())
        kept = known[1] if known is not None and len(password) <= LONGEST_PASSWORD else ""
        right = await self.hasher.matches(kept, password[:LONGEST_PASSWORD])
        if known is None or not right:
            return None
        return await self.open(known[0]), known[0]

    async def open(self, account: Account) -> str:
        """A new session for somebody whose identity is settled; its token."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        await self.store.open_session(hash_of(token), account, self.clock())
        return token

    async def session(self, token: str) -> Session | None:
        """The session of a token, if it still holds."""
        now = self.clock()
        found = await self.store.session_of(hash_of(token))
        if found is None or not session_holds(found, now):
            return None
        if now - found.seen_at >= SESSION_SEEN_EVERY:
            await self.store.session_seen(hash_of(token), now)
        return found

    async def sign_out(self, token: str) -> None:
        """End the session of a token."""
        await self.store.end_session(hash_of(token))

    async def sign_out_everywhere(self, account: Account) -> int:
        """End every session of an account. How many there were."""
        return await self.store.end_sessions_of(account.id)


async def add_user(
    store: AccountStore, hasher: Hasher, name: str, role: UserRole, password: str | None, now: datetime
) -> None:
    """A new account; without a password only an identity provider lets its person in. Raises NotDone with every
    reason why not."""
    faults = name_faults(name) + ([] if password is None else password_faults(password, name))
    if faults:
        raise NotDone("\n".join(faults))
    kept = "" if password is None else await hasher.hash(password)
    if not await store.add_account(name, role, kept, now):
        raise NotDone(f"there is an account {name} already: names differ by more than upper and lower case")


async def change_password(store: AccountStore, hasher: Hasher, name: str, password: str, now: datetime) -> None:
    """A new password; whoever is signed in by the account signs in anew. Raises NotDone."""
    if faults := password_faults(password, name):
        raise NotDone("\n".join(faults))
    if not await store.set_password(name, await hasher.hash(password), now):
        raise NotDone(f"there is no account {name} that may sign in")


def hash_of(token: str) -> str:
    """What the store keeps of a token. Tokens are long and random: a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def calendar_key(secret: bytes, account: Account) -> str:
    """What stands in the address of an account's calendar feed: its number and a keyed hash. A calendar program cannot
    sign in, so the address is the key; it is the account's own, and ends with it."""
    said = f"calendar\0{account.id}\0{account.name.casefold()}".encode()
    return f"{account.id}-{hmac.new(secret, said, hashlib.sha256).hexdigest()}"


def form_key(token: str) -> str:
    """What a form of this session carries, so that no other site can post one (CSRF)."""
    return hashlib.sha256(b"form\0" + token.encode()).hexdigest()
