"""What visitors live through in the running chat: who is answered, asked, handed over, left in peace, not reached."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.chat_running import ACCESS, DELETION, ChatDesk, chat_desk, sqlite_settings
from tests.acceptance.watching import asks, query, until
from triage.parsing.rules import load_policy
from triage.service.watch import Watch

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

DOUBTFUL = "my old address is on the letters"
SMALL_TALK = "which colours does the walnut bench come in"
# Ten working days and any holidays between them.
THREE_WEEKS = timedelta(days=21)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ChatDesk]:
    """One running desk for all; each test has conversations of its own."""
    folder: Path = tmp_path_factory.mktemp("desk")
    async with chat_desk(folder, sqlite_settings(folder)) as desk:
        await desk.start()
        yield desk
        async with desk.store() as store:
            assert await store.verify_journal() == ()


async def look_after(desk: ChatDesk, passed: timedelta) -> None:
    """The watch looks, `passed` from now."""
    now = datetime.now(UTC) + passed
    async with desk.store() as store:
        policy = load_policy(desk.rules)
        watch = Watch(store=store, policy=policy, clock=lambda: now, started_at=now, last_good_poll=lambda: now)
        await watch.look()


async def states(desk: ChatDesk, thread: str) -> set[str]:
    """The states of a conversation's cases."""
    return {str(state) for _, state in await desk.cases(thread)}


async def test_who_is_nobody_is_asked_once_for_a_way_to_answer_and_what_is_typed_is_kept_and_never_mailed(
    desk: ChatDesk,
) -> None:
    hubspot, thread = desk.hubspot, desk.hubspot.open_thread()
    await hubspot.visitor_says(thread, DELETION)
    await desk.posts(thread, replies=1, comments=1)
    assert "type an email address" in hubspot.replies(thread)[0]
    address = "ottoline@customer.example"
    await hubspot.visitor_says(thread, f"you can reach me at {address}")
    await desk.posts(thread, replies=1, comments=1)  # asked once, and that line is no news for the team
    first, second = await desk.enquiries(thread)
    assert (first[0], second[0]) == ("enquiry", "follow_up")
    ways = await desk.record.rows(f"SELECT way_to_answer FROM enquiry WHERE reference = '{first[1]}'")
    assert [bool(way) for (way,) in ways] == [True]
    assert await desk.record.count("letter WHERE channel <> 'chat'") == 0
    assert await desk.record.count("letter WHERE recipient <> ''") == 0
    await look_after(desk, THREE_WEEKS)
    assert await states(desk, thread) == {"open"}

    # A later mail from there is suggested as the same matter, and joins nothing.
    mail = asks("ottoline", "Please send me a copy of all the personal data you hold about me, Ottoline Marsh.")
    desk.said.append(mail.decode())
    draft = desk.folder / "inbox" / "tmp" / "1"
    draft.write_bytes(mail)
    draft.rename(desk.folder / "inbox" / "new" / "1")

    async def filed() -> bool:
        return await desk.record.count("enquiry WHERE channel = 'email'") == 1

    await until(filed)
    rows = await desk.record.rows("SELECT outcome, reference, suggests, thread FROM enquiry WHERE channel = 'email'")
    ((outcome, reference, suggests, joined),) = rows
    assert (outcome, suggests) == ("enquiry", first[1])
    assert reference == joined != first[1]
    assert len(await desk.cases(thread)) == 1


async def test_who_cannot_be_reached_waits_and_is_open_again_on_return(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.hubspot.open_thread()
    await hubspot.visitor_says(thread, ACCESS)
    await desk.posts(thread, replies=1, comments=1)
    await look_after(desk, timedelta(days=7))
    assert await states(desk, thread) == {"open"}
    await look_after(desk, THREE_WEEKS)
    assert await states(desk, thread) == {"cannot_reach"}
    await hubspot.visitor_says(thread, "is there any news")
    await desk.posts(thread, replies=1, comments=1)
    assert await states(desk, thread) == {"open"}
    assert [outcome for outcome, *_ in await desk.enquiries(thread)] == ["enquiry", "follow_up"]


async def test_a_colleague_in_the_conversation_means_silence_a_note_and_the_queue(desk: ChatDesk) -> None:
    hubspot, answered, assigned = desk.hubspot, desk.thread(), desk.thread()
    hubspot.add_actor("A-900", "Colette Colleague")
    await hubspot.visitor_says(answered, "hello")
    await hubspot.agent_says(answered, "good morning, how may I help you today")
    hubspot.change_thread(assigned, assignedTo="A-900")
    for thread in (answered, assigned):
        await hubspot.visitor_says(thread, DELETION)
    for thread in (answered, assigned):
        await desk.posts(thread, replies=0, comments=1)
        assert "has said nothing to the visitor" in hubspot.comments(thread)[0]
        ((outcome, reference, _, not_acknowledged),) = await desk.enquiries(thread)
        assert (outcome, bool(not_acknowledged)) == ("enquiry", True)
        assert reference in hubspot.comments(thread)[0]
        steps = await desk.record.rows(f"SELECT next_step FROM case_file WHERE thread = '{reference}'")
        assert "by hand" in steps[0][0]


async def test_who_asks_for_a_person_is_told_once_and_hears_no_machine_again(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    await hubspot.visitor_says(thread, DELETION)
    await desk.posts(thread, replies=1, comments=1)
    await hubspot.visitor_says(thread, "person")
    await desk.posts(thread, replies=2, comments=2)
    assert "a person has been asked" in hubspot.replies(thread)[1]
    await hubspot.visitor_says(thread, "can I speak to a real person please")
    await desk.quiet()
    await hubspot.visitor_says(thread, ACCESS)
    await desk.quiet()
    assert len(hubspot.replies(thread)) == 2
    assert await desk.cases(thread) == [("deletion", "open"), ("access", "open")]
    assert [bool(late) for *_, late in await desk.enquiries(thread)] == [False, False, False, True]


async def test_a_request_with_a_wish_for_a_person_is_acknowledged_and_that_was_the_last_word(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    await hubspot.visitor_says(thread, f"{DELETION} I want to speak to a person.")
    await desk.posts(thread, replies=1, comments=1)
    await hubspot.visitor_says(thread, ACCESS)
    await desk.posts(thread, replies=1, comments=2)


async def test_between_the_thresholds_only_the_team_reads_of_it(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    await hubspot.visitor_says(thread, DOUBTFUL)
    await desk.posts(thread, replies=0, comments=1)
    ((outcome, reference, lane, _),) = await desk.enquiries(thread)
    assert (outcome, lane) == ("enquiry", "needs_person")
    assert reference in hubspot.comments(thread)[0]


async def test_small_talk_is_no_enquiry_and_its_text_is_gone_within_a_day(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    for line in (SMALL_TALK, "may I speak to somebody in sales"):
        await hubspot.visitor_says(thread, line)
    await desk.posts(thread, replies=0, comments=0)
    assert await desk.enquiries(thread) == []
    lines = f"SELECT text IS NULL, score IS NULL FROM chat_line WHERE thread_id = '{thread}'"
    assert await desk.record.rows(lines) == [(0, 0), (0, 0)]
    await look_after(desk, timedelta(hours=19))
    assert await desk.record.rows(lines) == [(0, 0), (0, 0)]
    await look_after(desk, timedelta(hours=21))
    assert await desk.record.rows(lines) == [(1, 0), (1, 0)]
    # Nowhere else either: no column of any table holds what was typed.
    tables = [name for (name,) in query(desk.folder / "triage.db", "SELECT name FROM sqlite_master WHERE type='table'")]
    found = [row for table in tables for row in query(desk.folder / "triage.db", f"SELECT * FROM {table}")]
    assert [row for row in found if SMALL_TALK in str(row)] == []


async def test_a_new_right_has_its_own_acknowledgement_the_same_again_none_and_the_third_is_capped(
    desk: ChatDesk,
) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    await hubspot.visitor_says(thread, DELETION)
    await desk.posts(thread, replies=1, comments=1)
    await hubspot.visitor_says(thread, DELETION)
    await desk.quiet()
    assert len(hubspot.replies(thread)) == 1
    await hubspot.visitor_says(thread, ACCESS)
    await desk.quiet()
    assert len(hubspot.replies(thread)) == 2
    await hubspot.visitor_says(thread, "Please stop sending me marketing emails.")
    await desk.quiet()
    assert len(hubspot.replies(thread)) == 2  # the cap of an hour
    assert [kind for kind, _ in await desk.cases(thread)] == ["deletion", "access", "opt_out"]
    assert len({text.partition("reference: ")[2][:17] for text in hubspot.replies(thread)}) == 1
    assert [bool(late) for *_, late in await desk.enquiries(thread)] == [False, False, False, True]


async def test_a_closed_conversation_is_not_written_into(desk: ChatDesk) -> None:
    hubspot, thread = desk.hubspot, desk.thread()
    hubspot.change_thread(thread, status="CLOSED")
    await hubspot.visitor_says(thread, DELETION)
    await desk.posts(thread, replies=0, comments=1)
    assert await desk.cases(thread) == [("deletion", "open")]
