"""Who a thread is about, as far as the desk knows: keyed hashes of addresses, and contacts of the CRM.

The same person: who wrote from the same address, whose mail a colleague passed on, who chatted under a contact with
that address. In doubt two threads share a person: what rests on it (DPA 2018 s.173) keeps data, and a person decides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Text, and_, cast, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from triage.adapters.store.addresses import address_hash
from triage.adapters.store.schema import enquiry
from triage.domain.vocabulary import Role

_CONTACT = "contact:"
# As the partial indexes are, which find these few rows among all. A bound parameter would not let SQLite use one.
_PASSED_ON, _IN_CHAT = enquiry.c.forward_of.is_not(None), text("enquiry.contact_id != ''")
# The gate's row for a colleague's mail, who passes on what others ask.
_COLLEAGUE = 2
# PostgreSQL takes 32,767 parameters in one statement, SQLite as many.
_AT_A_TIME = 1000

# What `persons_of` looks at in a message.
TELLING = (
    enquiry.c.sender_hash,
    enquiry.c.forward_of,
    enquiry.c.contact_id,
    enquiry.c.gate["reasons"].label("gate_reasons"),
    cast(enquiry.c.passages, Text).contains(f'"{Role.FORWARDED.value}"').label("holds_forward"),
)
Acquainted = Mapping[str, Collection[str]]
_ACQUAINTED = select(enquiry.c.contact_id, enquiry.c.sender_hash).where(_IN_CHAT, enquiry.c.sender_hash.is_not(None))


def persons_of(secret: bytes, messages: Iterable[Row[*tuple[Any, ...]]], acquainted: Acquainted) -> frozenset[str]:
    """Who a thread is about, by its messages (with the columns of TELLING).

    A colleague who passes mail on asks for nothing: else one open request would block everything they ever passed on.
    Their own address counts where nobody else's mail is in the thread: staff have rights too.
    """
    found, colleagues, passed_on = set[str](), set[str](), False
    for row in messages:
        is_colleague = any(reason["row"] == _COLLEAGUE for reason in row.gate_reasons or ())
        passed_on = passed_on or (is_colleague and bool(row.forward_of or row.holds_forward))
        if row.sender_hash:
            (colleagues if is_colleague else found).add(row.sender_hash)
        if row.forward_of:
            found.add(address_hash(secret, row.forward_of))
        if row.contact_id:
            found.add(f"{_CONTACT}{row.contact_id}")
    if not found and not passed_on:
        found = colleagues
    return frozenset(found.union(*(acquainted.get(person, ()) for person in found)))


async def acquaintances(connection: AsyncConnection) -> Acquainted:
    """Contacts of the CRM by address, and addresses by contact: who chats gives another address, or none, at times."""
    return _pairs(await connection.execute(_ACQUAINTED.distinct()))


async def acquaintances_of(connection: AsyncConnection, persons: Collection[str]) -> Acquainted:
    """The same for these alone, where they are few: among all there may be tens of thousands."""
    contacts = [one.removeprefix(_CONTACT) for one in persons if one.startswith(_CONTACT)]
    hashes = [one for one in persons if not one.startswith(_CONTACT)]
    # One by one: of an "or" SQLite reads all who ever chatted.
    rows: list[Row[*tuple[Any, ...]]] = []
    for column, wanted in ((enquiry.c.sender_hash, hashes), (enquiry.c.contact_id, contacts)):
        if wanted:
            rows += (await connection.execute(_ACQUAINTED.where(column.in_(wanted)).distinct())).all()
    return _pairs(rows)


def _pairs(rows: Iterable[Row[*tuple[Any, ...]]]) -> Acquainted:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        contact = f"{_CONTACT}{row.contact_id}"
        found[contact].add(row.sender_hash)
        found[row.sender_hash].add(contact)
    return found


async def threads_with(connection: AsyncConnection, secret: bytes, persons: Collection[str]) -> set[str]:
    """Threads in which one of `persons` wrote, or whose mail was passed on there. What they are about: persons_of."""
    if not persons:
        return set()
    found, wanted = set[str](), sorted(persons)
    for start in range(0, len(wanted), _AT_A_TIME):
        part = wanted[start : start + _AT_A_TIME]
        contacts = [one.removeprefix(_CONTACT) for one in part if one.startswith(_CONTACT)]
        wrote = or_(enquiry.c.sender_hash.in_(part), and_(_IN_CHAT, enquiry.c.contact_id.in_(contacts)))
        found |= set((await connection.execute(select(enquiry.c.thread).where(wrote))).scalars())
    passed_on = await connection.execute(select(enquiry.c.thread, enquiry.c.forward_of).where(_PASSED_ON))
    return found | {row.thread for row in passed_on if address_hash(secret, row.forward_of or "") in persons}
