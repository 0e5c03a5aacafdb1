"""Spent challenges of the enquiry form: kept while somebody could spend them again, then let go."""

from datetime import timedelta

from sqlalchemy import func, insert, select

from tests.factories import NOW
from triage.adapters.store.schema import form_challenge
from triage.adapters.store.sql_store import SqlStore

DAY = timedelta(hours=24)


async def test_a_challenge_spent_over_a_day_ago_is_let_go(store: SqlStore) -> None:
    spent = [
        {"challenge": "old", "spent_at": NOW - DAY - timedelta(seconds=1)},
        {"challenge": "young", "spent_at": NOW - DAY},
        {"challenge": "new", "spent_at": NOW},
    ]
    async with store._database.write() as connection:
        await connection.execute(insert(form_challenge), spent)
    assert await store.drop_challenges(NOW - DAY) == 1
    assert await store.drop_challenges(NOW - DAY) == 0
    async with store._database.read() as connection:
        left = (await connection.execute(select(form_challenge.c.challenge))).scalars()
        assert set(left) == {"young", "new"}


async def test_nothing_to_let_go_is_no_fault(store: SqlStore) -> None:
    assert await store.drop_challenges(NOW) == 0
    async with store._database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(form_challenge))).scalar_one() == 0
