"""Forgetting on HubSpot's word: what opened no case goes at once and leaves proof, a case stays, nothing comes back."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from tests.factories import NOW, SECRET, make_analysis, make_filing, make_silent_plan
from tests.store.chat_steps import (
    CONTACT,
    DUE,
    PASSED_OVER,
    PORTAL,
    THREAD,
    chat_case,
    claim_event,
    claim_room,
    file_burst,
    hand_in,
    keep,
    make_burst,
    make_chat,
    make_chat_plan,
    make_line,
)
from tests.store.steps import claim_one
from triage.adapters.store import chat_lines, engine, open_store, outbox, privacy
from triage.adapters.store.schema import metadata
from triage.adapters.store.sql_store import SqlStore
from triage.domain.enquiry import Correspondent
from triage.domain.records import Forgotten
from triage.errors import ClaimLost
from triage.service.alarm_words import mend_of

LATER = DUE + timedelta(minutes=5)
SECRETS = ("Quentin", "quentin@", "marmalade", "c0ffee00", "V-70110")
WORDS = "My name is Quentin, quentin@typed.example, I like marmalade"
SENDER = Correspondent(name="Quentin", address="quentin@typed.example")


async def forget(store: SqlStore, whom: str = "thread", now: object = LATER) -> Forgotten:
    """The event of a deletion for good, worked through."""
    event = await claim_event(store)
    if whom == "thread":
        return await store.forget_thread(PORTAL, THREAD, event, now)  # type: ignore[arg-type]
    return await store.forget_contact(PORTAL, CONTACT, event, now)  # type: ignore[arg-type]


async def everything(database_url: str) -> str:
    """Every value of every row, as a thief would read them."""
    engine = create_async_engine(database_url)
    words = []
    async with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in await connection.execute(table.select()):
                words += [value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row]
    await engine.dispose()
    return "\n".join(words)


async def chat_without_case(store: SqlStore) -> str:
    """An enquiry a person was to look at, whose every word is personal; its reply and notes still wait."""
    await keep(store, make_line(text=WORDS))
    room = await claim_room(store)
    await store.hand_in(room, make_burst(room, WORDS), CONTACT, DUE)
    (item,) = await store.claim_items("worker", 1, DUE)
    plan = make_chat_plan(cases=(), not_acknowledged=True, trace=(f"reads: {WORDS}",))
    return await file_burst(
        store, item, room, plan, notes=("team_note",), full_text=WORDS, sender=SENDER, defects=(WORDS,)
    )


@pytest.mark.parametrize("whom", ["thread", "contact"])
async def test_an_enquiry_without_a_case_is_purged_and_leaves_proof(
    store: SqlStore, database_url: str, whom: str
) -> None:
    reference = await chat_without_case(store)
    await keep(store, make_line(text="and marmalade again"))
    assert "marmalade" in await everything(database_url)
    assert await forget(store, whom) == Forgotten(lines=2, enquiries=1, kept=())
    left = await everything(database_url)
    assert [secret for secret in SECRETS if secret in left] == []
    shown = await store.show_case(reference)
    assert shown is not None
    assert shown["journal"][-1]["event"] == "purged_after_privacy_deletion"  # type: ignore[index]
    assert {(row["state"], row["body"]) for row in shown["letters"]} == {("discarded", "")}  # type: ignore[attr-defined]
    async with store._database.read() as connection:
        rows = (await connection.execute(text("SELECT event, facts FROM journal WHERE chain = 'privacy'"))).all()
    ((event, facts),) = rows
    assert event == "privacy_deletion"
    assert '"enquiries":1,' in facts
    assert '"lines":2,' in facts
    assert THREAD not in facts
    assert CONTACT not in facts
    assert (await store.unacknowledged(), await store.alarms()) == ((), ())
    assert await store.verify_journal() == ()


@pytest.mark.parametrize("whom", ["thread", "contact"])
async def test_a_case_stays_and_the_dpo_is_told(store: SqlStore, database_url: str, whom: str) -> None:
    reference = await chat_case(store, full_text=WORDS, sender=SENDER)
    assert await forget(store, whom) == Forgotten(lines=0, enquiries=0, kept=(reference,))
    shown = await store.show_case(reference)
    assert shown is not None
    assert shown["thread"][0]["full_text"] == WORDS  # type: ignore[index]
    assert shown["alarms"] == [{"code": "privacy_deletion", "raised_at": LATER.isoformat()}]
    assert shown["journal"][-1]["event"] == "privacy_deletion_at_hubspot"  # type: ignore[index]
    letter = await store.claim_letter("worker", LATER)
    assert letter is not None
    assert letter.place is not None
    assert await store.verify_journal() == ()
    assert await forget(store, whom) == Forgotten(lines=0, enquiries=0, kept=(reference,))


async def test_what_was_passed_over_before_the_case_is_forgotten_in_its_thread_too(
    store: SqlStore, database_url: str
) -> None:
    await keep(store, make_line(text="marmalade?"))
    item, room = await hand_in(store)
    await file_burst(store, item, room, PASSED_OVER)
    reference = await chat_case(store)
    assert await forget(store) == Forgotten(lines=1, enquiries=0, kept=(reference,))
    assert "marmalade" not in await everything(database_url)


async def test_of_a_contacts_threads_each_goes_its_own_way(store: SqlStore) -> None:
    reference = await chat_case(store, thread_id="with a case")
    await chat_without_case(store)
    await keep(store, thread_id="of someone else")
    assert await forget(store, "contact") == Forgotten(lines=1, enquiries=1, kept=(reference,))
    assert (await claim_room(store, LATER)).thread_id == "of someone else"


async def test_a_burst_in_analysis_is_forgotten_under_its_worker(store: SqlStore, database_url: str) -> None:
    await keep(store, make_line(text=WORDS))
    room = await claim_room(store)
    await store.hand_in(room, make_burst(room, WORDS), CONTACT, DUE)
    (item,) = await store.claim_items("worker", 1, DUE)
    assert (await forget(store)).lines == 1
    with pytest.raises(ClaimLost):
        await file_burst(store, item, room, full_text=WORDS)
    assert "marmalade" not in await everything(database_url)
    assert (await store.health(LATER)).items_waiting == 0


async def test_a_burst_in_quarantine_is_forgotten(store: SqlStore, database_url: str) -> None:
    await keep(store, make_line(text=WORDS))
    room = await claim_room(store)
    await store.hand_in(room, make_burst(room, WORDS), CONTACT, DUE)
    (item,) = await store.claim_items("worker", 1, DUE)
    await store.fail_item(item, "crash", None, DUE)
    await forget(store)
    assert await store.list_quarantine() == ()
    assert "marmalade" not in await everything(database_url)


async def test_a_claimed_burst_of_a_forgotten_thread_is_not_handed_in(store: SqlStore) -> None:
    await keep(store)
    room = await claim_room(store)
    await forget(store)
    await store.hand_in(room, make_burst(room), CONTACT, LATER)
    assert await store.claim_items("worker", 1, LATER) == ()
    assert await store.claim_rooms(LATER + timedelta(days=1), 5) == ()


async def test_a_late_event_of_a_forgotten_thread_brings_nothing_back(store: SqlStore, database_url: str) -> None:
    await forget(store)
    await keep(store, make_line(text="marmalade", sent_at=NOW), now=LATER + timedelta(hours=1))
    assert await store.claim_rooms(LATER + timedelta(days=1), 5) == ()
    assert "marmalade" not in await everything(database_url)
    assert (await store.health(LATER)).items_waiting == 0


async def test_what_a_person_writes_after_a_deletion_is_heard(store: SqlStore) -> None:
    await forget(store)
    line = await keep(store, make_line(sent_at=LATER + timedelta(seconds=1)))
    assert (await claim_room(store)).line_ids == (line.message_id,)


async def test_lines_whose_contact_is_known_only_after_its_deletion_are_not_handed_in(
    store: SqlStore, database_url: str
) -> None:
    await keep(store, make_line("old", "marmalade"))
    new = await keep(store, make_line("new", sent_at=LATER + timedelta(seconds=1)))
    await forget(store, "contact")
    room = await claim_room(store)
    await store.hand_in(room, make_burst(room, "marmalade"), CONTACT, LATER)
    assert await store.claim_items("worker", 1, LATER) == ()
    assert "marmalade" not in await everything(database_url)
    room = await claim_room(store)
    assert room.line_ids == (new.message_id,)
    await store.hand_in(room, make_burst(room), CONTACT, LATER)
    assert len(await store.claim_items("worker", 1, LATER)) == 1


async def test_what_was_added_to_a_case_before_the_deletion_still_reaches_it(store: SqlStore) -> None:
    await chat_case(store)
    line = await keep(store)
    await forget(store, "contact")
    item, room = await hand_in(store, LATER)
    assert (room.line_ids, item.raw) == ((line.message_id,), b"the burst's words")


async def test_after_a_purge_the_thread_leads_nowhere_and_its_person_is_unknown(store: SqlStore) -> None:
    await chat_without_case(store)
    await forget(store)
    item = await claim_one(store)
    async with store.filing() as filer:
        history = await filer.history(item, make_chat(sender=SENDER), LATER)
    assert (history.thread, history.same_person) == (None, None)
    assert await store.own_posts(PORTAL, THREAD) == frozenset()


async def test_mail_is_untouched_by_a_deletion_at_hubspot(store: SqlStore) -> None:
    item = await claim_one(store)
    async with store.filing() as filer:
        plan = make_silent_plan()
        await filer.file(make_filing(item, await filer.next_reference(2026), analysis=make_analysis(), plan=plan))
    before = await store.list_enquiries()
    await forget(store, "contact")
    assert await store.list_enquiries() == before


def test_the_alarms_of_a_deletion_and_of_a_lost_note_are_described() -> None:
    page = (Path(__file__).parents[2] / "docs" / "alarms.md").read_text(encoding="utf-8")
    for code in (privacy.ALARM, outbox.TEAM_NOTE_FAILED):
        assert f"| `{code}` |" in page
        assert mend_of(code) != mend_of("no such alarm")


def bytes_left(folder: Path, words: str) -> int:
    """How often the words stand in any file of the database."""
    return sum(file.read_bytes().count(words.encode()) for file in folder.iterdir())


@pytest.fixture
async def file_store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/triage.db", secret=SECRET, migrate=True)
    yield store  # type: ignore[misc]
    await store.close()


async def small_talk(store: SqlStore) -> None:
    """A line long enough to have pages of its own, decided on as asking nothing."""
    await keep(store, make_line(text=f"{WORDS} " * 300))
    item, room = await hand_in(store)
    await file_burst(store, item, room, PASSED_OVER)


@pytest.mark.parametrize("erase", ["text", "thread", "contact"])
async def test_what_was_erased_stands_in_no_file_of_the_database_while_it_is_open(
    file_store: SqlStore, tmp_path: Path, erase: str
) -> None:
    await small_talk(file_store)
    assert bytes_left(tmp_path, "marmalade") > 0
    if erase == "text":
        assert await file_store.drop_text(LATER) == 1
    else:
        await forget(file_store, erase)
    assert bytes_left(tmp_path, "marmalade") == 0


async def test_a_reader_at_work_puts_the_emptying_off_and_holds_up_nobody(file_store: SqlStore, tmp_path: Path) -> None:
    await small_talk(file_store)
    async with file_store._database.read() as connection:
        await connection.execute(text("SELECT count(*) FROM chat_line"))
        begun = time.monotonic()
        assert await file_store.drop_text(LATER) == 1
        assert time.monotonic() - begun < 5
        assert bytes_left(tmp_path, "marmalade") > 0
    assert await file_store.drop_text(LATER) == 0
    assert bytes_left(tmp_path, "marmalade") == 0


async def test_a_desk_that_starts_empties_the_log_of_the_one_before(file_store: SqlStore, tmp_path: Path) -> None:
    await small_talk(file_store)
    async with file_store._database.write() as connection:
        await chat_lines.drop_text(connection, LATER)  # and the process dies
    assert bytes_left(tmp_path, "marmalade") > 0
    next_one: SqlStore = await open_store(  # type: ignore[assignment]
        f"sqlite+aiosqlite:///{tmp_path}/triage.db", secret=SECRET, migrate=True
    )
    assert await next_one.drop_text(LATER) == 0
    assert bytes_left(tmp_path, "marmalade") == 0
    await next_one.close()


async def test_a_log_that_cannot_be_emptied_undoes_no_erasure(
    file_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small_talk(file_store)

    async def full(url: object) -> bool:
        raise OperationalError("PRAGMA", None, Exception("database or disk is full"))

    monkeypatch.setattr(engine, "_log_emptied", full)
    assert await file_store.drop_text(LATER) == 1
    assert await file_store.drop_text(LATER) == 0
