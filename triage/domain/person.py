"""Everything the desk itself holds about one person, found by a mail address, and the files it is handed on as.

Subject access covers the tools that answer subject access (UK GDPR Art 15): what is here is for the DPO to look
through, not to send as it is. It may name others, above all where the address is only mentioned.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from triage.domain.evidence import json_file, sealed_files
from triage.domain.evidence_html import letters_table, messages_table, page, table
from triage.domain.evidence_pages import letter_page, message_page
from triage.domain.evidence_values import PackLetter, PackMessage, letter_name, message_stem, moment, raw_suffix


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonCase:
    """A case in a thread the person wrote in."""

    reference: str
    kind: str
    state: str
    outcome: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppressed:
    """A line of the do-not-contact list."""

    scope: str
    channel: str
    thread: str
    since_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatSeen:
    """A chat thread of a contact who gave the address. `lines`: how many lines of theirs still have their text."""

    portal_id: str
    thread_id: str
    contact_id: str
    reference: str
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberSeen:
    """A message in which a telephone number stands. `reference`: its thread's."""

    reference: str
    received_at: datetime
    channel: str
    sender_name: str
    subject: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRecords:
    """What is held under an address. `messages` are theirs, also those in which the address was typed (form, chat);
    `letters` went to it. `bounced_at`: when letters to that mailbox came back; `counted_at`: when letters to it were
    counted against its limit. `takes_part_in`: threads. `mentioned_in`: threads of others whose text has the address.
    `quarantined`: numbers of unread items that hold it.
    """

    address: str
    messages: tuple[PackMessage, ...] = ()
    letters: tuple[PackLetter, ...] = ()
    cases: tuple[PersonCase, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    bounced_at: tuple[datetime, ...] = ()
    counted_at: tuple[datetime, ...] = ()
    chats: tuple[ChatSeen, ...] = ()
    takes_part_in: tuple[str, ...] = ()
    mentioned_in: tuple[str, ...] = ()
    quarantined: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is held."""
        return self == PersonRecords(address=self.address)


def as_json(records: PersonRecords) -> dict[str, object]:
    """The records for JSON; of what arrived raw only its size."""
    told = asdict(records)
    for message, kept in zip(told["messages"], records.messages, strict=True):
        message["raw"] = len(kept.raw)
    return told


def person_files(records: PersonRecords) -> dict[str, bytes]:
    """The records as files by name, with a page to begin at and a manifest. Strangers' words are only ever content."""
    files = {"records.json": json_file(as_json(records)), "index.html": _index(records).encode()}
    for number, message in enumerate(records.messages, start=1):
        files[f"{message_stem(number)}.txt"] = message_page(message).encode()
        if message.raw:
            files[f"{message_stem(number)}{raw_suffix(message)}"] = message.raw
    for number, letter in enumerate(records.letters, start=1):
        files[letter_name(number)] = letter_page(letter).encode()
    return sealed_files(files)


def _index(records: PersonRecords) -> str:
    cases = [(one.reference, one.kind, one.state, one.outcome, moment(one.opened_at)) for one in records.cases]
    listed = [(one.scope, one.channel, one.thread, moment(one.since_at)) for one in records.suppressed]
    chats = [(one.portal_id, one.thread_id, one.reference, str(one.lines)) for one in records.chats]
    counted = [
        *(("a letter to it came back", moment(at)) for at in records.bounced_at),
        *(("a letter to it was counted", moment(at)) for at in records.counted_at),
    ]
    others = [
        *(("takes part in", thread) for thread in records.takes_part_in),
        *(("is mentioned in", thread) for thread in records.mentioned_in),
        *(("is in the unread item", str(item)) for item in records.quarantined),
    ]
    return page(
        f"What is held under {records.address}",
        messages_table(records.messages),
        table("Cases", ("case", "kind", "state", "outcome", "opened"), cases),
        letters_table(records.letters),
        table("Do-not-contact list", ("scope", "by", "under", "since"), listed),
        table("Chats", ("portal", "thread", "under", "lines with text"), chats),
        table("Counters", ("what", "when"), counted),
        table("Elsewhere", ("the address", "where"), others),
        table("More", ("file",), [(["records.json"],), (["manifest.json"],)]),
    )
