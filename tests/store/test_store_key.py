"""A store belongs to one secret key, and an opt-out is on its do-not-contact list at once."""

import asyncio

import pytest
from sqlalchemy import select

from tests.factories import make_analysis, make_case, make_classification, make_enquiry, make_plan
from tests.store.conftest import OpenStore
from tests.store.steps import file_one
from triage.adapters.store import open_store
from triage.adapters.store.schema import suppression
from triage.domain.vocabulary import Flag, Kind
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


async def test_an_opt_out_passed_on_by_somebody_else_puts_nobody_on_the_list(store: Store) -> None:
    plan = make_plan(cases=(make_case(kind=Kind.OPT_OUT),), classification=make_classification(kinds=(Kind.OPT_OUT,)))
    await file_one(store, plan=plan, analysis=make_analysis(enquiry=make_enquiry(forward_of="bob@customer.example")))
    flagged = make_classification(kinds=(Kind.OPT_OUT,), flags=(Flag.SOLICITOR,))
    await file_one(store, plan=make_plan(cases=(make_case(kind=Kind.OPT_OUT),), classification=flagged))
    assert await suppressed(store) == []


async def test_of_two_first_starts_with_different_keys_one_is_refused(database_url: str) -> None:
    starts = (
        open_store(database_url, secret=secret, migrate=True) for secret in (b"the first key of all", b"the other key")
    )
    opened = await asyncio.gather(*starts, return_exceptions=True)
    assert [type(one).__name__ for one in opened if isinstance(one, Exception)] == ["StoreUnavailable"]
    for one in opened:
        if not isinstance(one, BaseException):
            await one.close()
