"""The journal in the database: tampering by hand is found."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories import NOW
from tests.store.steps import file_one
from triage.adapters.store.sql_store import SqlStore
from triage.ports import Store


async def tamper(url: str, *statements: str) -> None:
    """Run SQL as someone with the database's password would."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            done = await connection.execute(text(statement))
            assert done.rowcount > 0, f"nothing to tamper with: {statement}"
    await engine.dispose()


async def make_history(store: Store) -> str:
    """A thread whose chain has four entries."""
    reference = await file_one(store)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    await store.record_deferred(letter, "451", NOW, NOW)
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    await store.record_sent(letter, NOW)
    assert await store.verify_journal() == ()
    return reference


@pytest.mark.parametrize(
    ("statements", "sequence", "fault"),
    [
        (["UPDATE journal SET event = 'letter_refused' WHERE sequence = 3"], 3, "changed"),
        (["UPDATE journal SET facts = '{}' WHERE sequence = 2"], 2, "changed"),
        (["UPDATE journal SET hash = previous_hash WHERE sequence = 2"], 2, "changed"),
        (["DELETE FROM journal WHERE sequence = 2"], 3, "row 2 is missing"),
        (["DELETE FROM journal WHERE sequence = 4"], 3, "rows 4 to 4 were cut off"),
        (
            [
                "UPDATE journal SET sequence = 99 WHERE sequence = 2",
                "UPDATE journal SET sequence = 2 WHERE sequence = 3",
                "UPDATE journal SET sequence = 3 WHERE sequence = 99",
            ],
            2,
            "does not follow",
        ),
        (
            [
                "DELETE FROM journal WHERE sequence = 4",
                "UPDATE journal_head SET sequence = 3, hash = "
                "(SELECT hash FROM journal WHERE sequence = 3) WHERE sequence = 4",
            ],
            3,
            "the end mark was changed",
        ),
        (["DELETE FROM journal_head WHERE sequence = 4"], 4, "no end mark"),
        (["UPDATE journal_text SET text = 'nothing to see' WHERE chain NOT LIKE '%/%'"], 1, "the text was changed"),
        (["DELETE FROM journal WHERE sequence > 1", "DELETE FROM journal_head"], 1, "no end mark"),
    ],
)
async def test_tampering_is_found(
    store: Store, database_url: str, statements: list[str], sequence: int, fault: str
) -> None:
    reference = await make_history(store)
    await tamper(database_url, *statements)
    faults = [one for one in await store.verify_journal() if one.chain == reference]
    assert faults
    assert faults[0].sequence == sequence
    assert fault in faults[0].fault


async def test_a_chain_removed_with_its_end_mark_is_missed(store: Store, database_url: str) -> None:
    reference = await make_history(store)
    await tamper(database_url, "DELETE FROM journal", "DELETE FROM journal_head", "DELETE FROM journal_text")
    assert {fault.chain for fault in await store.verify_journal()} == {reference, f"{reference}/1"}


async def test_an_erased_text_breaks_nothing(store: Store, database_url: str) -> None:
    reference = await make_history(store)
    await tamper(database_url, "DELETE FROM journal_text")
    assert await store.verify_journal() == ()
    shown = await store.show_case(reference)
    assert shown is not None
    assert {entry["text"] for entry in shown["journal"]} == {None}  # type: ignore[attr-defined]


async def test_another_secret_verifies_no_chain(store: SqlStore) -> None:
    await make_history(store)
    # Opening the store with it is refused; this is what the seals say for themselves.
    other = SqlStore(store._database, b"another secret", timedelta(), timedelta())
    assert {fault.fault for fault in await other.verify_journal()} == {"the end mark was changed"}


async def test_journal_rows_hold_no_words_of_the_sender(store: Store, database_url: str) -> None:
    await make_history(store)
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT chain, event, facts FROM journal"))).all()
    await engine.dispose()
    written = " ".join(str(row) for row in rows).lower()
    assert "dp-2026" in written
    assert not any(word in written for word in ("ana", "customer.example", "@", "everything", "personal"))


# PostgreSQL takes nothing but a time.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_time_that_is_no_time_is_a_fault_and_no_crash(store: Store, database_url: str) -> None:
    await make_history(store)
    await tamper(database_url, "UPDATE journal SET at = 'yesterday' WHERE sequence = 2")
    (fault,) = await store.verify_journal()
    assert "no time" in fault.fault
