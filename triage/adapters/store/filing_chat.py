"""What filing does beside the enquiry where a chat is decided: lines and thread marked, text passed over let go."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import chat_lines
from triage.adapters.store.chat_rooms import change_room, hold_room
from triage.adapters.store.items import blank_items
from triage.adapters.store.schema import enquiry, item
from triage.domain.told import ChatFacts
from triage.ports import Filing

PASSED_OVER = "passed_over"


async def pass_over(connection: AsyncConnection, filing: Filing) -> None:
    """A burst that asks for nothing: its ids and score stay, its bytes go; of its thread a wish for a person is noted.

    Its lines keep their text for a while, as what a later line is understood by (ChatStore.drop_text ends that).
    """
    chat = filing.analysis.chat
    if chat is None:
        raise ValueError("only a chat may be passed over")
    if filing.plan.hands_over:
        await hold_room(connection, chat.place.portal_id, chat.place.thread_id)
        await change_room(connection, chat.place.portal_id, chat.place.thread_id, handed_over=True)
    await _mark(connection, filing, chat, chat_lines.PASSED_OVER)
    await connection.execute(update(item).where(item.c.id == filing.item.id).values(code=PASSED_OVER))
    await blank_items(connection, [filing.item.id])


async def mark_thread(connection: AsyncConnection, filing: Filing, thread: str) -> None:
    """The chat thread leads to this reference from now on, and is handed over where the plan says so."""
    chat = filing.analysis.chat
    if chat is None:
        return
    room = await hold_room(connection, chat.place.portal_id, chat.place.thread_id)
    await change_room(
        connection,
        chat.place.portal_id,
        chat.place.thread_id,
        reference=thread,
        contact_id=chat.contact_id or room.contact_id,
        handed_over=room.handed_over or filing.plan.hands_over,
    )
    await _mark(connection, filing, chat, chat_lines.FILED)


async def _mark(connection: AsyncConnection, filing: Filing, chat: ChatFacts, state: str) -> None:
    reading = filing.plan.classification or filing.analysis.classification
    score = reading.request_score if reading else None
    marks: dict[str, object] = {"state": state, "item_id": filing.item.id, "score": score}
    place = chat.place
    await chat_lines.mark_lines(
        connection, place.portal_id, place.thread_id, chat.line_ids, chat_lines.HANDED_IN, marks
    )


async def note_way_to_answer(connection: AsyncConnection, thread: str) -> None:
    """Whoever says at last how to be answered can be answered in the whole thread."""
    told = update(enquiry).where(enquiry.c.thread == thread, ~enquiry.c.way_to_answer)
    await connection.execute(told.values(way_to_answer=True))
