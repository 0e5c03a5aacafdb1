"""A store belongs to one secret key, and an opt-out is on its do-not-contact list at once."""

import pytest
from sqlalchemy import select

from tests.factories import make_case, make_classification, make_plan
from tests.store.conftest import OpenStore
from tests.store.steps import file_one
from triage.adapters.store import open_store
from triage.adapters.store.schema import suppression
from triage.domain.vocabulary import Kind
from triage.errors import StoreUnavailable
from triage.ports import Store


async def test_another_secret_key_is_refused_in_one_line(open_another: OpenStore, database_url: str) -> None:
    await open_another()
    with pytest.raises(StoreUnavailable, match="another TRIAGE_SECRET_KEY"):
        await open_store(database_url, secret=b"another key than the one before", migrate=True)
    with pytest.raises(StoreUnavailable, match="another TRIAGE_SECRET_KEY"):
        await open_store(database_url, secret=b"another key than the one before", migrate=False)


async def suppressed(store: Store) -> list[tuple[str, str]]:
    async with store._database.read() as connection:  # type: ignore[attr-defined]
        rows = await connection.execute(select(suppression.c.scope, suppression.c.channel))
        return [(row.scope, row.channel) for row in rows]


async def test_a_sure_opt_out_is_on_the_do_not_contact_list_once(store: Store) -> None:
    for _ in range(2):
        await file_one(
            store,
            plan=make_plan(
                cases=(make_case(kind=Kind.OPT_OUT),), classification=make_classification(kinds=(Kind.OPT_OUT,))
            ),
        )
    assert await suppressed(store) == [("marketing", "email")]
    assert await store.verify_journal() == ()


async def test_a_doubtful_opt_out_is_left_to_a_person(store: Store) -> None:
    doubtful = make_classification(kinds=(Kind.OPT_OUT,), sure_kinds=(), needs_person=True)
    await file_one(store, plan=make_plan(cases=(make_case(kind=Kind.OPT_OUT),), classification=doubtful))
    assert await suppressed(store) == []
