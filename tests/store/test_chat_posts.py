"""A post whose fate nobody knows is looked for; a comment for the team is nobody's acknowledgement."""

from datetime import timedelta

import pytest

from tests.factories import NOW, make_silent_plan
from tests.store.chat_steps import PORTAL, THREAD, chat_case, make_chat_plan
from tests.store.conftest import OpenStore
from tests.store.steps import file_one
from triage.adapters.store.sql_store import SqlStore
from triage.ports import Letter

NOTE_ONLY = make_silent_plan(cases=make_chat_plan().cases, not_acknowledged=True)


async def claim(store: SqlStore) -> Letter:
    """The next letter, which must be there."""
    letter = await store.claim_letter("worker", NOW)
    assert letter is not None
    return letter


async def states_of(store: SqlStore) -> list[tuple[str, str]]:
    """Purpose and state of every letter."""
    return sorted((row.purpose, row.state) for row in await store.list_letters())


async def codes(store: SqlStore) -> list[str]:
    """The standing alarms."""
    return [alarm.code for alarm in await store.alarms()]


async def test_the_ids_of_our_posts_are_known_by_their_thread(store: SqlStore) -> None:
    await chat_case(store, notes=("team_note",))
    assert await store.own_posts(PORTAL, THREAD) == frozenset()
    await store.record_post(await claim(store), "reply-1")
    await store.record_post(await claim(store), "note-1")
    assert await store.own_posts(PORTAL, THREAD) == {"reply-1", "note-1"}
    assert await store.own_posts(PORTAL, "another") == frozenset()


async def test_an_unclear_post_is_looked_for_by_one_worker_and_settled(store: SqlStore) -> None:
    await chat_case(store)
    await store.record_undelivered(await claim(store), "unclear", "line_broke", NOW)
    assert await codes(store) == ["letter_unclear"]
    (lost,) = await store.stranded_posts("worker", NOW, 5)
    assert await store.stranded_posts("other", NOW, 5) == ()
    assert await store.stranded_posts("worker", NOW, 5) == (lost,)
    await store.record_sent(lost, NOW)
    assert (await states_of(store), await codes(store)) == ([("acknowledgement", "sent")], [])
    assert await store.stranded_posts("worker", NOW + timedelta(days=1), 5) == ()


async def test_a_post_that_is_not_there_goes_back_into_the_outbox(store: SqlStore) -> None:
    await chat_case(store)
    await claim(store)
    assert await store.release_claims("worker", NOW) == 1
    (lost,) = await store.stranded_posts("worker", NOW, 5)
    await store.record_deferred(lost, "not_there", NOW, NOW)
    again = await claim(store)
    assert (again.id, again.attempts) == (lost.id, 2)
    await store.record_deferred(lost, "not_there", NOW, NOW)
    assert await states_of(store) == [("acknowledgement", "sending")]


async def test_a_mail_is_never_looked_for_nor_put_back(store: SqlStore) -> None:
    await file_one(store)
    letter = await claim(store)
    await store.record_undelivered(letter, "unclear", "line_broke", NOW)
    assert await store.stranded_posts("worker", NOW, 5) == ()
    await store.record_deferred(letter, "not_there", NOW, NOW)
    assert await states_of(store) == [("acknowledgement", "unclear")]


async def test_another_worker_looks_once_the_first_has_been_silent_for_a_lease(open_another: OpenStore) -> None:
    store: SqlStore = await open_another(lease_s=60)  # type: ignore[assignment]
    await chat_case(store)
    await store.record_undelivered(await claim(store), "unclear", "line_broke", NOW)
    assert len(await store.stranded_posts("dying", NOW, 5)) == 1
    assert await store.stranded_posts("other", NOW + timedelta(seconds=60), 5) == ()
    assert len(await store.stranded_posts("other", NOW + timedelta(seconds=61), 5)) == 1
    await store.release_claims("other", NOW)
    assert len(await store.stranded_posts("third", NOW + timedelta(seconds=62), 5)) == 1


@pytest.mark.parametrize("state", ["refused", "unclear"])
async def test_a_lost_team_note_is_an_alarm_of_its_own_and_leaves_the_person_acknowledged(
    store: SqlStore, state: str
) -> None:
    await chat_case(store, notes=("team_note",))
    await store.record_sent(await claim(store), NOW)
    await store.record_undelivered(await claim(store), state, "x", NOW)
    assert (await codes(store), await store.unacknowledged()) == (["team_note_failed"], ())


async def test_a_note_that_is_found_after_all_clears_its_alarm(store: SqlStore) -> None:
    await chat_case(store, notes=("team_note",), plan=NOTE_ONLY)
    await store.record_undelivered(await claim(store), "unclear", "x", NOW)
    (lost,) = await store.stranded_posts("worker", NOW, 5)
    await store.record_sent(lost, NOW)
    assert await codes(store) == []


@pytest.mark.parametrize("purpose", ["team_note", "hand_over"])
async def test_a_note_acknowledges_nobody_and_makes_no_lost_reply_good(store: SqlStore, purpose: str) -> None:
    await chat_case(store, notes=(purpose,), plan=NOTE_ONLY)
    await store.record_sent(await claim(store), NOW)
    assert len(await store.unacknowledged()) == 1
    await chat_case(store, thread_id="another", notes=(purpose,))
    await store.record_undelivered(await claim(store), "refused", "x", NOW)
    await store.record_sent(await claim(store), NOW)
    assert "letter_refused" in await codes(store)
    assert len(await store.unacknowledged()) == 2


async def test_a_lost_hand_over_line_is_an_alarm_and_takes_no_acknowledgement_back(store: SqlStore) -> None:
    await chat_case(store, notes=("hand_over",))
    await store.record_sent(await claim(store), NOW)
    await store.record_undelivered(await claim(store), "refused", "x", NOW)
    assert (await codes(store), await store.unacknowledged()) == (["letter_refused"], ())
