"""Letters and notes of a plan put into the outbox, and letters that came back. In the transaction of a filing."""

from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store import outbox
from triage.adapters.store.addresses import address_hash, domain_of, mailbox_hash
from triage.adapters.store.alarms import raise_alarm
from triage.adapters.store.as_json import place_json
from triage.adapters.store.journal import Happening
from triage.adapters.store.schema import bounce, enquiry, letter, send_limit
from triage.domain.approving import GOES_ALL_THE_SAME
from triage.domain.chat import ChatPlace
from triage.domain.letter import dates_said, first_named
from triage.domain.vocabulary import Channel
from triage.ports import Filing

# A report may return any number of Message-IDs; history looks up as many.
IDS_LOOKED_UP = 200

# Built once: on the way of every mail, building a statement costs more than running it.
_NEW_LETTER = letter.insert().returning(letter.c.id)
_NEW_LIMIT = send_limit.insert()


def place_hash(secret: bytes, place: ChatPlace) -> str:
    """The keyed hash under which visible replies into a chat thread are counted."""
    return address_hash(secret, f"chat:{place.portal_id}:{place.thread_id}")


async def queue_letters(
    connection: AsyncConnection, secret: bytes, filing: Filing, thread: str, enquiry_id: int
) -> list[Happening]:
    """Write the letter first, then the notes, in the order they are to be sent. What the journal says of it."""
    happenings = []
    for row in _rows_of(filing, thread, enquiry_id):
        letter_id = (await connection.execute(_NEW_LETTER, row)).scalar_one()
        draft = row["state"] == outbox.DRAFT
        if not draft and not row["internal"]:
            # Counted when it is queued, before anything is sent: a limit must hold for letters still in the outbox.
            limit = {"letter_id": letter_id, "at": filing.now, **_counted_as(secret, filing)}
            await connection.execute(_NEW_LIMIT, limit)
        event = "letter_drafted" if draft else "letter_queued"
        facts = {"letter": letter_id, "purpose": row["purpose"]}
        happenings.append(Happening(chain=thread, at=filing.now, event=event, facts=facts))
    return happenings


def _rows_of(filing: Filing, thread: str, enquiry_id: int) -> list[dict[str, object]]:
    common: dict[str, object] = {
        "enquiry_id": enquiry_id,
        "reference": thread,
        "attempts": 0,
        "code": "",
        "created_at": filing.now,
        **_address_of(filing),
    }
    rows = [] if filing.plan.letter is None else [{**common, **_letter_row(filing)}]
    if filing.notes and filing.analysis.chat is None:
        raise ValueError("a note needs a chat to be posted into")
    for note in filing.notes:
        values: dict[str, object] = {
            "purpose": note.purpose,
            "serial": note.serial,
            "state": outbox.QUEUED,
            "message_id": note.message_id,
            "subject": "",
            "body": note.body,
            "why": note.why,
            "internal": note.internal,
        }
        rows.append({**common, **values})
    return rows


def _address_of(filing: Filing) -> dict[str, object]:
    """Where it goes: into the chat it answers, else to the sender of the mail."""
    read, chat = filing.analysis.enquiry, filing.analysis.chat
    if chat is not None:
        place = {"channel": Channel.CHAT.value, "place": place_json(chat.place), "recipient": ""}
        return {**place, "in_reply_to": None, "references": []}
    answered = (read.message_id,) if read.message_id else ()
    return {
        "channel": Channel.EMAIL.value,
        "place": None,
        "recipient": read.sender.address if read.sender else "",
        "in_reply_to": read.message_id,
        "references": list(dict.fromkeys((*read.references, *answered))),
    }


def _letter_row(filing: Filing) -> dict[str, object]:
    planned, read = filing.plan.letter, filing.analysis.enquiry
    nobody = filing.analysis.chat is None and (read.sender is None or not read.sender.address)
    if planned is None or filing.letter_text is None or filing.message_id is None or nobody:
        raise ValueError("a planned letter needs its text, its Message-ID and a recipient")
    if read.channel not in (Channel.EMAIL, Channel.CHAT) and not planned.needs_approval:
        raise ValueError("nothing is mailed by a machine to an address that was merely typed")
    return {
        "purpose": planned.facts.purpose.value,
        "serial": filing.serial,
        "state": outbox.DRAFT if planned.needs_approval else outbox.QUEUED,
        "message_id": filing.message_id,
        "subject": filing.letter_text.subject,
        "body": filing.letter_text.body,
        "why": planned.why,
        "internal": False,
        "promised_on": max((day for _, day in dates_said(planned.facts)), default=None),
        "first_named_on": first_named(planned.facts),
    }


def _counted_as(secret: bytes, filing: Filing) -> dict[str, object]:
    sender, chat = filing.analysis.enquiry.sender, filing.analysis.chat
    if chat is not None:
        return {"sender_hash": place_hash(secret, chat.place), "domain": ""}
    address = sender.address if sender else ""
    return {"sender_hash": mailbox_hash(secret, address), "domain": domain_of(address)}


async def hold_back(connection: AsyncConnection, thread: str, now: datetime) -> list[Happening]:
    """An answer that has not left waits for a person again: the new message may have made it wrong (may_act.py)."""
    answers = letter.c.number.is_not(None) & letter.c.purpose.not_in([purpose.value for purpose in GOES_ALL_THE_SAME])
    waiting = update(letter).where(letter.c.reference == thread, letter.c.state == outbox.QUEUED, answers)
    ids = (await connection.execute(waiting.values(state=outbox.DRAFT).returning(letter.c.id))).scalars().all()
    return [Happening(chain=thread, at=now, event="letter_held_back", facts={"letter": one}) for one in sorted(ids)]


async def write_return(connection: AsyncConnection, secret: bytes, filing: Filing, thread: str) -> list[Happening]:
    """A letter of ours came back. One returned for good is an alarm; an automatic reply is only noted.

    Only the letter whose own Message-ID was returned counts as not delivered: anybody can make up a report.
    """
    if not filing.plan.bounce_is_permanent:
        return []
    await raise_alarm(connection, "ack_not_delivered", thread, filing.now)
    ids = filing.analysis.facts.returned_ids[-IDS_LOOKED_UP:]
    # What a person handed over since arrived another way, whatever became of the mail.
    mailed = letter.c.code != outbox.OUTSIDE
    query = select(letter).where(letter.c.reference == thread, letter.c.message_id.in_(ids), mailed)
    happenings = []
    for returned in (await connection.execute(query.order_by(letter.c.id))).all():
        await _mark_undelivered(connection, secret, filing, returned)
        facts = {"letter": returned.id}
        happenings.append(Happening(chain=thread, at=filing.now, event="letter_not_delivered", facts=facts))
    return happenings


async def _mark_undelivered(
    connection: AsyncConnection, secret: bytes, filing: Filing, returned: Row[tuple[object, ...]]
) -> None:
    if filing.plan.address_is_dead:
        recipient = mailbox_hash(secret, returned.recipient)
        row = {"address_hash": recipient, "letter_id": returned.id, "at": filing.now}
        await connection.execute(bounce.insert(), row)
    await connection.execute(update(letter).where(letter.c.id == returned.id).values(undelivered_at=filing.now))
    await outbox.forget_promise(connection, returned)
    owner = update(enquiry).where(enquiry.c.id == returned.enquiry_id)
    await connection.execute(owner.values(not_acknowledged=True))
