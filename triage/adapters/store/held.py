"""Enquiries whose acknowledgement was held back, as the rules look at them. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.case_files import recipient_of
from triage.adapters.store.outbox import DISCARDED, NOTES, REFUSED
from triage.adapters.store.reach import CANNOT_REACH, SET_ASIDE
from triage.adapters.store.schema import NOT_ACKNOWLEDGED, case_file, enquiry, letter
from triage.domain.classification import Classification
from triage.domain.enquiry import Attachment, Correspondent, Enquiry, Passage
from triage.domain.gate_values import GateHit, GateVerdict
from triage.domain.releasing import HeldBack
from triage.domain.vocabulary import Channel, Flag, GateAnswer, Kind, OtherRight, Role

_AnyRow = Row[tuple[Any, ...]]


async def held_back(connection: AsyncConnection, reference: str) -> HeldBack | None:
    """See LetterDeskStore.held_back."""
    query = select(enquiry).where(enquiry.c.reference == reference, enquiry.c.outcome == "enquiry")
    found = await _held(connection, (await connection.execute(query)).all())
    return found[0] if found else None


async def all_held_back(connection: AsyncConnection, rows: int) -> tuple[HeldBack, ...]:
    """See LetterDeskStore.all_held_back."""
    stands = letter.c.purpose.not_in(NOTES) & letter.c.state.not_in((DISCARDED, REFUSED))
    written_to = exists().where(letter.c.enquiry_id == enquiry.c.id, stands)
    gone = exists().where(case_file.c.thread == enquiry.c.thread, case_file.c.state == CANNOT_REACH)
    query = (
        select(enquiry)
        .where(NOT_ACKNOWLEDGED, enquiry.c.outcome == "enquiry", enquiry.c.channel == Channel.EMAIL.value)
        .where(~written_to, ~gone)
        .order_by(enquiry.c.received_at, enquiry.c.id)
        .limit(rows)
    )
    return await _held(connection, (await connection.execute(query)).all())


async def _held(connection: AsyncConnection, rows: Sequence[_AnyRow]) -> tuple[HeldBack, ...]:
    ids = [row.id for row in rows]
    cases: dict[int, list[tuple[int, str]]] = defaultdict(list)
    opened = select(case_file.c.enquiry_id, case_file.c.number, case_file.c.kind).where(
        case_file.c.enquiry_id.in_(ids), case_file.c.state != SET_ASIDE
    )
    for one in await connection.execute(opened.order_by(case_file.c.number)):
        cases[one.enquiry_id].append((one.number, one.kind))
    letters: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    written = select(letter.c.enquiry_id, letter.c.id, letter.c.purpose, letter.c.state).where(
        letter.c.enquiry_id.in_(ids), letter.c.purpose.not_in(NOTES), letter.c.state.not_in((DISCARDED, REFUSED))
    )
    for sent in await connection.execute(written.order_by(letter.c.id)):
        letters[sent.enquiry_id].append((sent.id, sent.purpose, sent.state))
    return tuple(_held_back(row, cases[row.id], tuple(letters[row.id])) for row in rows)


def _held_back(row: _AnyRow, cases: Sequence[tuple[int, str]], letters: tuple[tuple[int, str, str], ...]) -> HeldBack:
    spoken = row.rights_said is not None
    return HeldBack(
        reference=row.reference,
        enquiry_id=row.id,
        enquiry=_enquiry(row),
        gate=_gate(row.gate),
        reading=_reading(row.classification),
        controller=row.controller,
        not_acknowledged=row.not_acknowledged,
        no_letter_because=row.no_letter_because,
        recipient=recipient_of(row),
        kinds_said=tuple(dict.fromkeys(Kind(kind) for _, kind in cases)) if spoken else None,
        rights_said=tuple(OtherRight(one) for one in row.rights_said or ()),
        letters=letters,
        cases=tuple(number for number, _ in cases),
    )


def _enquiry(row: _AnyRow) -> Enquiry:
    return Enquiry(
        channel=Channel(row.channel),
        received_at=row.received_at,
        sender=Correspondent(name=row.sender_name, address=row.sender_address) if row.sender_address else None,
        subject=row.subject,
        full_text=row.full_text,
        passages=tuple(Passage(role=Role(role), start=start, end=end) for role, start, end in row.passages),
        message_id=row.message_id,
        attachments=tuple(
            Attachment(name=one["name"], type=one["type"], size_bytes=one["size"]) for one in row.attachments
        ),
        forward_of=row.forward_of,
        readable=row.readable,
    )


def _gate(kept: Mapping[str, Any]) -> GateVerdict:
    hits = tuple(GateHit(row=one["row"], act=GateAnswer(one["act"]), why=one["why"]) for one in kept.get("reasons", ()))
    return GateVerdict(answer=GateAnswer(kept["answer"]), hits=hits)


def _reading(kept: Mapping[str, Any] | None) -> Classification | None:
    """As far as the choice of a letter looks at it."""
    if kept is None:
        return None
    return Classification(
        kinds=tuple(Kind(one) for one in kept["kinds"]),
        sure_kinds=tuple(Kind(one) for one in kept["sure_kinds"]),
        scores={Kind(kind): score for kind, score in kept["scores"].items()},
        needs_person=kept["needs_person"],
        request_score=kept["request_score"],
        other_rights=tuple(OtherRight(one) for one in kept["other_rights"]),
        flags=tuple(Flag(one) for one in kept["flags"]),
        language=kept["language"],
    )
