"""Steps of chat tests: a visitor's line kept, a burst claimed and handed in, filed with what was decided."""

import hashlib
import itertools
from datetime import datetime, timedelta

from tests.factories import (
    NOW,
    SECRET,
    make_analysis,
    make_enquiry,
    make_filing,
    make_letter_facts,
    make_new_item,
    make_plan,
    make_planned_letter,
    make_silent_plan,
)
from triage.adapters.store.sql_store import SqlStore
from triage.domain.chat import ChatLine, ChatPlace
from triage.domain.enquiry import Correspondent
from triage.domain.letter import LetterText
from triage.domain.plan import Analysis, Plan
from triage.domain.records import ChatRoom, NoteText
from triage.domain.reference import make_message_id
from triage.domain.told import ChatFacts
from triage.domain.vocabulary import Channel
from triage.ports import Item, NewItem

PORTAL = "44556677"
THREAD = "8123456789"
CONTACT = "70110"
DUE = NOW + timedelta(seconds=20)
LATEST = NOW + timedelta(seconds=120)
VISITOR = Correspondent(name="Vera Visitor", address="")

_serial = itertools.count(1)


def make_place(thread_id: str = THREAD) -> ChatPlace:
    """Where a reply goes in a thread."""
    return ChatPlace(
        portal_id=PORTAL,
        thread_id=thread_id,
        channel_id="1000",
        channel_account_id="250001",
        recipient_actor="V-70110",
        delivery_type="CHANNEL_SPECIFIC_OPAQUE_ID",
        delivery_value="c0ffee00",
    )


def make_event(**changes: object) -> NewItem:
    """An event as the hook stores it."""
    number = next(_serial)
    raw = b'{"objectId":8123456789}'
    key = f"hubspot:{PORTAL}:{THREAD}:{number}"
    return make_new_item(**{"key": key, "channel": Channel.CHAT, "raw": raw, "is_event": True, **changes})


async def claim_event(store: SqlStore, now: datetime = NOW) -> Item:
    """A fresh event, stored and claimed."""
    await store.save_items([make_event(received_at=now)], None)
    (event,) = await store.claim_events("worker", 1, now)
    return event


def make_line(message_id: str = "", text: str = "Please delete my account", sent_at: datetime = NOW) -> ChatLine:
    """A visitor's line."""
    return ChatLine(message_id=message_id or f"line-{next(_serial)}", sent_at=sent_at, text=text)


async def keep(
    store: SqlStore,
    line: ChatLine | None = None,
    thread_id: str = THREAD,
    now: datetime = NOW,
    due_at: datetime = DUE,
    latest_at: datetime = LATEST,
) -> ChatLine:
    """Keep a line as the chat's first story does."""
    line = line or make_line(sent_at=now)
    await store.keep_line(await claim_event(store, now), PORTAL, thread_id, line, due_at, latest_at, now)
    return line


async def claim_room(store: SqlStore, now: datetime = DUE) -> ChatRoom:
    """The one thread that is due."""
    (room,) = await store.claim_rooms(now, 10)
    return room


def make_burst(room: ChatRoom, text: str = "the burst's words") -> NewItem:
    """The item a claimed thread becomes."""
    raw = text.encode()
    return NewItem(
        key=f"burst:{room.portal_id}:{room.thread_id}:{room.line_ids[-1]}",
        channel=Channel.CHAT,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        received_at=NOW,
    )


async def hand_in(store: SqlStore, now: datetime = DUE, contact_id: str = CONTACT) -> tuple[Item, ChatRoom]:
    """Hand the due thread in, and claim the item it became."""
    room = await claim_room(store, now)
    await store.hand_in(room, make_burst(room), contact_id, now)
    (item,) = await store.claim_items("worker", 1, now)
    return item, room


def make_chat(thread_id: str = THREAD, line_ids: tuple[str, ...] = (), **changes: object) -> Analysis:
    """A burst, read: a sure access request of an unidentified visitor."""
    facts: dict[str, object] = {
        "place": make_place(thread_id),
        "contact_id": CONTACT,
        "line_ids": line_ids,
        "agent_present": False,
        "closed": False,
        "wants_person": False,
        "way_to_answer": True,
    }
    told = {name: changes.pop(name) for name in tuple(changes) if name in facts}
    enquiry = {"channel": Channel.CHAT, "sender": VISITOR, "subject": "", "message_id": None}
    read = make_enquiry(**(enquiry | changes))
    return make_analysis(enquiry=read, chat=ChatFacts(**(facts | told)))  # type: ignore[arg-type]


def make_chat_plan(**changes: object) -> Plan:
    """An access case and its reply in the thread."""
    letter = make_planned_letter(facts=make_letter_facts(channel=Channel.CHAT))
    return make_plan(**{"letter": letter, **changes})


PASSED_OVER = make_silent_plan(outcome="passed_over", lane=None)


def make_note(reference: str, purpose: str = "team_note", serial: int = 1) -> NoteText:
    """A note in words."""
    return NoteText(
        purpose=purpose,
        internal=purpose == "team_note",
        body=f"{reference}: access, due 23 December",
        why="the team should know",
        message_id=make_message_id(SECRET, reference, purpose, serial, "larkfield.example"),
        serial=serial,
    )


async def file_burst(
    store: SqlStore,
    item: Item,
    room: ChatRoom,
    plan: Plan | None = None,
    notes: tuple[str, ...] = (),
    **changes: object,
) -> str:
    """File a burst; the reference it was filed under."""
    plan = plan or make_chat_plan()
    now = changes.pop("now", NOW)
    serial = changes.pop("serial", 1)
    async with store.filing() as filer:
        reference = plan.joins or plan.adopts or await filer.next_reference(2026)
        filing = make_filing(
            item,
            reference,
            plan=plan,
            serial=serial,
            analysis=make_chat(room.thread_id, room.line_ids, **changes),
            letter_text=LetterText(subject="", body="Thank you.") if plan.letter else None,
            notes=tuple(make_note(reference, purpose) for purpose in notes),
            now=now,
        )
        await filer.file(filing)
    return reference


async def chat_case(store: SqlStore, thread_id: str = THREAD, **changes: object) -> str:
    """A chat that led to a case, from its first line to its filing."""
    await keep(store, thread_id=thread_id)
    item, room = await hand_in(store)
    return await file_burst(store, item, room, **changes)  # type: ignore[arg-type]
