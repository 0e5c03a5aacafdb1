"""Who may sign in, and the browsers that are signed in."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.engine import insert_into
from triage.adapters.store.schema import user_account, user_session
from triage.domain.accounts import SESSION_IDLE, SESSION_LONGEST, Account, Session
from triage.domain.vocabulary import UserRole

_ACTIVE = user_account.c.disabled_at.is_(None)


async def add_account(
    connection: AsyncConnection, name: str, role: UserRole, password_hash: str, now: datetime
) -> bool:
    """See AccountStore.add_account."""
    row = {
        "name": name,
        "folded": name.casefold(),
        "role": role.value,
        "password_hash": password_hash,
        "created_at": now,
    }
    insert = insert_into(connection.dialect.name, user_account).on_conflict_do_nothing()
    return (await connection.execute(insert, row)).rowcount == 1


async def set_password(connection: AsyncConnection, name: str, password_hash: str) -> bool:
    """See AccountStore.set_password."""
    return await _change(connection, name, {"password_hash": password_hash})


async def disable_account(connection: AsyncConnection, name: str, now: datetime) -> bool:
    """See AccountStore.disable_account."""
    return await _change(connection, name, {"disabled_at": now})


async def link_subject(connection: AsyncConnection, name: str, issuer: str, subject: str) -> bool:
    """See AccountStore.link_subject."""
    taken = select(user_account.c.id).where(user_account.c.issuer == issuer, user_account.c.subject == subject)
    if (await connection.execute(taken)).first() is not None:
        return False
    return await _change(connection, name, {"issuer": issuer, "subject": subject})


async def _change(connection: AsyncConnection, name: str, values: dict[str, object]) -> bool:
    """Whatever changes about an account, whoever is signed in by it signs in anew."""
    query = update(user_account).where(user_account.c.folded == name.casefold(), _ACTIVE).values(values)
    changed = (await connection.execute(query.returning(user_account.c.id))).scalar_one_or_none()
    if changed is not None:
        await end_sessions_of(connection, changed)
    return changed is not None


async def accounts(connection: AsyncConnection) -> tuple[tuple[Account, datetime | None], ...]:
    """See AccountStore.accounts."""
    rows = await connection.execute(select(user_account).order_by(user_account.c.folded))
    return tuple((_account(row), row.disabled_at) for row in rows)


async def account_by_name(connection: AsyncConnection, name: str) -> tuple[Account, str] | None:
    """See AccountStore.account_by_name."""
    query = select(user_account).where(user_account.c.folded == name.casefold(), _ACTIVE)
    row = (await connection.execute(query)).first()
    return None if row is None else (_account(row), row.password_hash)


async def account_by_subject(connection: AsyncConnection, issuer: str, subject: str) -> Account | None:
    """See AccountStore.account_by_subject."""
    query = select(user_account).where(user_account.c.issuer == issuer, user_account.c.subject == subject, _ACTIVE)
    row = (await connection.execute(query)).first()
    return None if row is None else _account(row)


async def open_session(connection: AsyncConnection, token_hash: str, account: Account, now: datetime) -> None:
    """See AccountStore.open_session."""
    ended = or_(user_session.c.seen_at < now - SESSION_IDLE, user_session.c.created_at < now - SESSION_LONGEST)
    await connection.execute(delete(user_session).where(ended))
    row = {"token_hash": token_hash, "account_id": account.id, "created_at": now, "seen_at": now}
    await connection.execute(user_session.insert(), row)


async def session_of(connection: AsyncConnection, token_hash: str) -> Session | None:
    """See AccountStore.session_of."""
    columns = (user_session.c.created_at.label("began_at"), user_session.c.seen_at)
    query = select(user_account, *columns).join(user_session, user_session.c.account_id == user_account.c.id)
    row = (await connection.execute(query.where(user_session.c.token_hash == token_hash, _ACTIVE))).first()
    return None if row is None else Session(account=_account(row), created_at=row.began_at, seen_at=row.seen_at)


async def session_seen(connection: AsyncConnection, token_hash: str, now: datetime) -> None:
    """See AccountStore.session_seen."""
    await connection.execute(update(user_session).where(user_session.c.token_hash == token_hash).values(seen_at=now))


async def end_session(connection: AsyncConnection, token_hash: str) -> None:
    """See AccountStore.end_session."""
    await connection.execute(delete(user_session).where(user_session.c.token_hash == token_hash))


async def end_sessions_of(connection: AsyncConnection, account_id: int) -> int:
    """See AccountStore.end_sessions_of."""
    here = user_session.c.account_id == account_id
    count = (await connection.execute(select(func.count()).select_from(user_session).where(here))).scalar_one()
    await connection.execute(delete(user_session).where(here))
    return int(count)


def _account(row: Row[tuple[Any, ...]]) -> Account:
    return Account(
        id=row.id, name=row.name, role=UserRole(row.role), issuer=row.issuer or "", subject=row.subject or ""
    )
