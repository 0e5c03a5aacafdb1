"""Opt-outs put on the do-not-contact list here and not carried out at HubSpot yet, read off the journal."""

from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.reach import SET_ASIDE
from triage.adapters.store.schema import case_file, enquiry, journal, suppression
from triage.domain.do_not_contact import MARKETING
from triage.domain.journal import canonical
from triage.domain.records import OptOut
from triage.domain.vocabulary import Channel, Kind


async def opt_outs_to_carry_out(connection: AsyncConnection, by: str) -> tuple[OptOut, ...]:
    """See ChatStore.opt_outs_to_carry_out. Only what came by mail: an address typed elsewhere may be anybody's."""
    listed = exists().where(suppression.c.address_hash == enquiry.c.sender_hash, suppression.c.scope == MARKETING)
    asked = _in_thread("unsubscribe_asked") & _says(by=by)
    refused = _in_thread("unsubscribe_failed") & _says(by=by) & _says(code="refused")
    asked_at = select(func.min(journal.c.at)).where(asked).correlate(case_file).scalar_subquery()
    query = (
        select(case_file.c.thread, enquiry.c.sender_address, asked_at.label("asked_at"))
        .join(enquiry, enquiry.c.id == case_file.c.enquiry_id)
        .where(case_file.c.kind == Kind.OPT_OUT.value, enquiry.c.channel == Channel.EMAIL.value, listed)
        .where(case_file.c.state != SET_ASIDE)
        .where(exists().where(_in_thread("do_not_contact_recorded")).correlate(case_file))
        .where(~_unsubscribed(), ~exists().where(refused).correlate(case_file))
        .order_by(case_file.c.id)
    )
    open_ones: dict[tuple[str, str], datetime | None] = {
        (row.thread, row.sender_address): row.asked_at for row in await connection.execute(query)
    }
    return tuple(
        OptOut(reference=reference, address=address, asked_at=at) for (reference, address), at in open_ones.items()
    )


async def was_opted_out_before(connection: AsyncConnection, hashed: str, now: datetime) -> bool:
    """Whether an address, by its keyed hash, stands on the do-not-contact list since before `now`: whoever objects
    again still hears from us, and complains (UK GDPR Art 21(3))."""
    line = select(suppression.c.id).where(
        suppression.c.address_hash == hashed, suppression.c.scope == MARKETING, suppression.c.since_at < now
    )
    return (await connection.execute(line.limit(1))).first() is not None


def _in_thread(event: str) -> ColumnElement[bool]:
    return and_(journal.c.chain == case_file.c.thread, journal.c.event == event)


def _says(**fact: str) -> ColumnElement[bool]:
    """Whether an entry's facts hold this one. They are written in one form only, see `canonical`."""
    return journal.c.facts.contains(canonical(fact)[1:-1], autoescape=True)


def _unsubscribed() -> ColumnElement[bool]:
    """Whether anybody, person or machine, has done it: a person may have named the thread or one of its cases."""
    sibling = case_file.alias()
    chain = sibling.c.thread + "/" + cast(sibling.c.number, String)
    of_a_case = select(sibling.c.id).where(
        sibling.c.thread == case_file.c.thread, journal.c.chain == chain, journal.c.event == "unsubscribed"
    )
    return or_(
        exists().where(_in_thread("unsubscribed")).correlate(case_file),
        of_a_case.correlate(case_file).exists(),
    )
