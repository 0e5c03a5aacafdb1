"""From the hook's file into the desk: forms without any chat, chats with a visitor who waits for an answer."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.factories import NOW
from tests.service.conftest import WiredDesk, person_mail, wired
from tests.service.fake_chat import events
from tests.service.fakes import RealClock
from tests.service.test_worker import run_until, worker_of
from triage.adapters.inbox_file import open_file_inbox
from triage.adapters.inbox_source import FileInboxSource
from triage.domain.reference import make_reference
from triage.domain.told import FormPost
from triage.domain.vocabulary import Channel, Kind
from triage.errors import StoreUnavailable
from triage.parsing.told import form_bytes
from triage.ports import NewItem
from triage.ports_chat import Inbox
from triage.service.analysis import Analyst
from triage.service.hook_inbox import HookInbox

ASKS = "Please delete all the personal data you hold about me. My email is ana@customer.example"
FORM_REFERENCE = make_reference(2026, 500_001)


@dataclass
class BrokenInbox:
    """A file that cannot be read, until it can."""

    broken: bool = True
    looks: int = 0
    items: list[NewItem] = field(default_factory=list)

    async def identity(self) -> int | None:
        self.looks += 1
        if self.broken:
            raise StoreUnavailable("the hook's file cannot be read")
        return 7

    async def items_above(self, position: int, limit: int) -> tuple[tuple[int, NewItem], ...]:
        return tuple(enumerate(self.items, 1))[position:][:limit]

    async def mark_drained(self, identity: int, position: int) -> None:
        return

    async def close(self) -> None:
        return


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    """The hook's end of its file."""
    opened = await open_file_inbox(tmp_path / "hook.db")
    yield opened
    await opened.close()


@pytest.fixture
async def source(inbox: Inbox, tmp_path: Path) -> AsyncIterator[FileInboxSource]:
    """The worker's end of it."""
    opened = FileInboxSource(tmp_path / "hook.db")
    yield opened
    await opened.close()


def form_item() -> NewItem:
    post = FormPost(
        reference=FORM_REFERENCE,
        name="Ana Example",
        email="ana@customer.example",
        phone="",
        post="",
        kinds=(Kind.ACCESS,),
        message="Please send me a copy of all the personal data you hold about me.",
        earlier_reference="",
        held_because="",
        received_at=NOW,
    )
    raw = form_bytes(post)
    return NewItem(
        key="form:1",
        channel=Channel.FORM,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        received_at=NOW,
    )


async def test_a_form_is_filed_under_its_own_reference_and_nobody_is_written_to(
    desk: WiredDesk, inbox: Inbox, source: FileInboxSource
) -> None:
    await inbox.save([form_item()])
    worker = worker_of(desk, source)
    worker.chat = None
    await worker.drain()
    (case,) = await desk.store.list_cases()
    assert (case.reference, case.kind) == (f"{FORM_REFERENCE}/1", "access")
    assert desk.relay.sent == []


async def test_a_chat_drains_to_its_end(desk: WiredDesk, inbox: Inbox, source: FileInboxSource) -> None:
    await inbox.save(events(desk.conversations.say(ASKS), at=desk.clock()))
    await worker_of(desk, source).drain()
    assert len(desk.conversations.replies) == 1


async def test_a_file_that_cannot_be_read_twice_is_an_alarm_until_it_can(desk: WiredDesk) -> None:
    inbox = BrokenInbox()
    hook = HookInbox(source=inbox, store=desk.store, clock=desk.clock, wakes=desk.wakes)
    with pytest.raises(StoreUnavailable):
        await hook.work_once()
    assert await desk.store.alarms() == ()
    with pytest.raises(StoreUnavailable):
        await hook.work_once()
    assert [alarm.code for alarm in await desk.store.alarms()] == ["hook_inbox"]
    inbox.broken = False
    assert not await hook.work_once()
    assert await desk.store.alarms() == ()


async def test_an_alarm_left_by_a_worker_before_is_cleared_by_the_first_good_look(desk: WiredDesk) -> None:
    await desk.store.raise_alarm("hook_inbox", None, NOW)
    hook = HookInbox(source=BrokenInbox(broken=False), store=desk.store, clock=desk.clock, wakes=desk.wakes)
    await hook.work_once()
    assert await desk.store.alarms() == ()


async def test_a_broken_file_is_asked_again_by_the_running_worker_and_mail_goes_on(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.service.rounds._FIRST_BACKOFF_S", 0.01)
    inbox = BrokenInbox()
    await desk.poll()
    desk.mailbox.receive(person_mail(ASKS))
    await run_until(worker_of(desk, inbox), lambda: inbox.looks > 3 and len(desk.relay.sent) == 1)


@pytest.fixture
async def quick(tmp_path: Path, analyst: Analyst) -> AsyncIterator[WiredDesk]:
    """A desk by the real clock, whose visitors pause for half a second."""
    rules = replace(analyst.policy.chat, debounce_s=0.5, longest_burst_s=5)
    async with wired(tmp_path, analyst, RealClock(), rules) as desk:
        yield desk


async def reply_after_s(desk: WiredDesk, running: Callable[[], bool]) -> float:
    before = time.monotonic()
    while not desk.conversations.replies and running():  # noqa: ASYNC110 - the reply is what is waited for
        await asyncio.sleep(0.01)
    return time.monotonic() - before


@pytest.mark.alone
async def test_a_visitor_has_a_reply_soon_after_his_pause(
    quick: WiredDesk, inbox: Inbox, source: FileInboxSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.service.rounds.IDLE_LOOK_S", 60.0)
    worker = worker_of(quick, source)
    task = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(20):
            await asyncio.sleep(0.5)
            await inbox.save(events(quick.conversations.say(ASKS), at=quick.clock()))
            waited_s = await reply_after_s(quick, lambda: not task.done())
    finally:
        worker.stop.set()
        await task
    assert waited_s < 0.5 + 3


async def test_a_stop_waits_for_no_idle_look(desk: WiredDesk, source: FileInboxSource) -> None:
    worker = worker_of(desk, source)
    task = asyncio.create_task(worker.run())
    await asyncio.sleep(0.3)
    worker.stop.set()
    await asyncio.wait_for(task, 3)
