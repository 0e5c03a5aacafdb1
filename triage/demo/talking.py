"""The sample chats, talked through: visitors type at the stand-in, the desk hears of it as it would from HubSpot."""

from collections.abc import Callable
from dataclasses import dataclass

from triage.demo.chats import Expected, SampleChat, Turn
from triage.demo.desk import COLLEAGUE, DemoDesk
from triage.ports import EnquiryRow

VISITOR, TEAM, DESK, DESK_TO_TEAM = "visitor", "colleague", "desk", "desk, to the team only"


@dataclass(frozen=True, kw_only=True, slots=True)
class Talked:
    """A conversation as it ended: `rows` are what became of each burst, `messages` who said what (VISITOR, TEAM,
    DESK, DESK_TO_TEAM), `faults` what did not become of it as expected."""

    key: str
    about: str
    rows: tuple[tuple[str, EnquiryRow], ...]
    messages: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]


async def talk(desk: DemoDesk, chat: SampleChat, progress: Callable[[str], None]) -> Talked:
    """Play one conversation to its end. A burst ends here when the sample says so, not by waiting."""
    contact = desk.hubspot.add_contact(chat.address, *chat.name.split(" ", 1)) if chat.address else None
    thread = desk.hubspot.open_thread(contact)
    rows: list[tuple[str, EnquiryRow]] = []
    faults: list[str] = []
    for turn in chat.turns:
        progress(chat.key)
        if turn.expected is None:
            for line in turn.lines:
                await desk.hubspot.agent_says(thread, line, COLLEAGUE)
            continue
        row, seen = await _typed(desk, thread, turn)
        rows.append((turn.said, row))
        if seen != turn.expected:
            faults.append(f"{chat.key}: {turn.said!r} became {seen}, expected {turn.expected}")
    return Talked(
        key=chat.key, about=chat.about, rows=tuple(rows), messages=_messages(desk, thread), faults=tuple(faults)
    )


async def _typed(desk: DemoDesk, thread: str, turn: Turn) -> tuple[EnquiryRow, Expected]:
    """A visitor's burst and what became of it. Echoes of our posts are heard to the end: nothing may come of them."""
    before = await desk.worker.store.list_enquiries()
    replies, notes = len(desk.hubspot.replies(thread)), len(desk.hubspot.comments(thread))
    for line in turn.lines:
        await desk.hubspot.visitor_says(thread, line)
    await desk.worker.drain()
    await desk.hubspot.settled()
    await desk.worker.drain()
    new = (await desk.worker.store.list_enquiries())[len(before) :]
    row = new[0] if len(new) == 1 else _nothing_filed("passed_over" if not new else f"{len(new)} enquiries")
    return row, Expected(
        outcome=row.outcome,
        kinds=row.kinds,
        lane=row.lane,
        replies=len(desk.hubspot.replies(thread)) - replies,
        notes=len(desk.hubspot.comments(thread)) - notes,
    )


def _nothing_filed(outcome: str) -> EnquiryRow:
    """What is passed over is no enquiry: the store keeps no row of it, and the table shows it all the same."""
    return EnquiryRow(
        thread=None,
        outcome=outcome,
        subject="",
        gate="",
        kinds=(),
        lane=None,
        letter=None,
        due_on=None,
        trace=("nothing in it asks for a data protection right; the text is dropped within a day",),
        channel="chat",
    )


def _messages(desk: DemoDesk, thread: str) -> tuple[tuple[str, str], ...]:
    posted = {post["id"] for post in desk.hubspot.posts(thread)}

    def speaker(message: dict[str, object]) -> str:
        if message["type"] == "COMMENT":
            return DESK_TO_TEAM
        if message["id"] in posted:
            return DESK
        return TEAM if message.get("direction") == "OUTGOING" else VISITOR

    return tuple((speaker(one), str(one["text"])) for one in desk.hubspot.world.messages[thread])
