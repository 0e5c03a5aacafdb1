"""A store that cannot be written for a while: what is known is kept, and goes on when there is room."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.service.conftest import WiredDesk, person_mail
from tests.service.fake_chat import deliver, events
from triage.adapters.store.sql_store import SqlStore
from triage.errors import AnalysisFailed, DeliveryDeferred, DeliveryRefused, StoreUnavailable, TriageError

ASKS = "Please send me a copy of all the personal data you hold about me."


def full_once(monkeypatch: pytest.MonkeyPatch, desk: WiredDesk, method: str) -> None:
    """The next call of this method of the store finds the disk full."""
    real: Callable[..., Awaitable[object]] = getattr(desk.store, method)

    faults = iter([StoreUnavailable("the disk is full")])

    def fail_once(_self: object, *arguments: object) -> object:
        for fault in faults:
            raise fault
        return real(*arguments)

    monkeypatch.setattr(type(desk.store), method, fail_once)


async def states(desk: WiredDesk) -> list[str | None]:
    return [row.letter for row in await desk.store.list_enquiries()]


async def test_items_in_hand_are_filed_as_soon_as_there_is_room_and_not_after_their_lease(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.poll()
    for number in range(3):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"))
    await desk.poll()
    full_once(monkeypatch, desk, "filing")
    with pytest.raises(StoreUnavailable):
        await desk.intake.work_once()
    assert await states(desk) == []
    assert await desk.intake.work_once() == 3
    assert await states(desk) == ["acknowledgement queued"] * 3
    assert await desk.intake.work_once() == 0


async def test_an_item_that_failed_while_the_disk_was_full_fails_once(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.poll()
    uid = desk.mailbox.receive(person_mail(ASKS, "broken@customer.example"))
    desk.mailbox.receive(person_mail(ASKS, "whole@customer.example"))
    await desk.poll()
    key = f"imap:{desk.mailbox.account}:1:{uid}"
    desk.analyser.trouble[key] = [AnalysisFailed("broken", "it was") for _ in range(9)]
    full_once(monkeypatch, desk, "fail_item")
    with pytest.raises(StoreUnavailable):
        await desk.intake.work_once()
    for _ in range(4):
        await desk.intake.work_once()
        desk.clock.advance(timedelta(minutes=5))
    assert await states(desk) == ["acknowledgement queued"]
    (lying,) = await desk.store.list_quarantine()
    assert (lying.code, lying.attempts) == ("broken", 3)


@pytest.mark.parametrize(
    ("trouble", "method", "ends"),
    [
        ([], "record_sent", "acknowledgement sent"),
        ([DeliveryDeferred("later")], "record_deferred", "acknowledgement sent"),
        ([DeliveryRefused("never")], "record_undelivered", "acknowledgement refused"),
    ],
)
async def test_what_became_of_a_letter_is_recorded_when_there_is_room_again(
    trouble: list[TriageError], method: str, ends: str, desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.poll()
    desk.mailbox.receive(person_mail(ASKS))
    await desk.poll()
    await desk.intake.work_once()
    desk.relay.trouble = trouble
    full_once(monkeypatch, desk, method)
    with pytest.raises(StoreUnavailable):
        await desk.outbox.send_next()
    assert await states(desk) == ["acknowledgement sending"]
    await desk.outbox.send_next()
    desk.clock.advance(timedelta(minutes=5))
    await desk.outbox.send_next()
    assert await states(desk) == [ends]
    assert len(desk.relay.sent) == (0 if "refused" in ends else 1)
    await desk.watch.look()
    assert await states(desk) == [ends]


async def test_a_disk_that_fills_in_the_middle_of_filing_is_no_fault_of_the_item(
    desk: WiredDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.poll()
    for number in range(8):
        text = f"{ASKS} {number} " + "It is a long story. " * 3000  # too long to be sure of: the neutral letter
        desk.mailbox.receive(person_mail(text, f"p{number}@customer.example"))
    await desk.poll()
    assert isinstance(desk.store, SqlStore)
    database = desk.store._database  # SQLite's own limit is as a full disk to the one connection that writes
    async with database.write() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 40}")
    for _ in range(5):
        with pytest.raises(StoreUnavailable, match="disk is full"):
            await desk.intake.work_once()
    async with database.write() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    while await desk.intake.work_once():
        pass
    assert await states(desk) == ["neutral queued"] * 8
    assert "".join(capsys.readouterr()).count("item_filed") == 8
    assert await desk.store.verify_journal() == ()


async def test_a_chat_event_in_hand_is_dealt_with_as_soon_as_there_is_room(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for thread_id in ("1", "2", "3"):
        await deliver(desk.store, *events(desk.conversations.say(ASKS, thread_id), at=desk.clock()))
    full_once(monkeypatch, desk, "keep_line")
    with pytest.raises(StoreUnavailable):
        await desk.chat.events.work_once()
    assert await desk.chat.events.work_once() == 1, "the two others were kept at once"
    await desk.answer()
    assert len(desk.conversations.replies) == 3
