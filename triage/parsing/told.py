"""What came in otherwise than by mail: an item's bytes -> an enquiry and the facts the decision needs beside it."""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time

from triage.domain.chat import Burst, ChatLine
from triage.domain.contact_points import has_contact_point, mail_addresses, says_person, wants_person
from triage.domain.enquiry import Attachment, Correspondent, Enquiry, Passage
from triage.domain.told import ChatFacts, Entry, EntryFacts, FormFacts, FormPost
from triage.domain.vocabulary import Channel, Role
from triage.parsing.decoding import fit
from triage.parsing.limits import LIMITS, ParsingLimits
from triage.parsing.told_bytes import (
    burst_bytes,
    entry_bytes,
    form_bytes,
    read_burst,
    read_entry,
    read_form,
)
from triage.parsing.told_json import broken

__all__ = [
    "Entry",
    "FormPost",
    "burst_bytes",
    "entry_bytes",
    "form_bytes",
    "read_burst",
    "read_entry",
    "read_form",
    "read_told",
]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_NOON = time(12, tzinfo=UTC)


def read_told(
    raw: bytes,
    channel: Channel,
    received_at: datetime | None,
    *,
    own_domains: Collection[str] = (),
    limits: ParsingLimits = LIMITS,
) -> tuple[Enquiry, ChatFacts | FormFacts | EntryFacts]:
    """Read an item of any channel but mail.

    `received_at` (aware) None: taken from the item. `own_domains`: the company's own; an address there that somebody
    typed is not his. Raises AnalysisFailed ("broken_item") for bytes that are no such item.
    """
    if channel is Channel.EMAIL:
        raise broken("a mail is read otherwise")
    if channel is Channel.CHAT:
        return _read_chat(read_burst(raw), received_at, own_domains, limits)
    if channel is Channel.FORM:
        return _read_form(read_form(raw), received_at, limits)
    return _read_entry(read_entry(raw), channel, received_at, limits)


def _read_chat(
    burst: Burst, received_at: datetime | None, own_domains: Collection[str], limits: ParsingLimits
) -> tuple[Enquiry, ChatFacts]:
    own, defects = _cut("\n".join(_worded(burst.lines)), limits)
    earlier = _newest(_worded(burst.earlier), limits.attached_chars)
    if received_at is None and burst.lines:
        received_at = burst.lines[0].sent_at
    address = _typed_address(own, earlier, own_domains) or _one_line(burst.sender_address, limits).lower()
    attachments = tuple(kind for line in burst.lines for kind in line.attachments)
    only_attachments = bool(attachments) and not own
    enquiry = Enquiry(
        channel=Channel.CHAT,
        received_at=received_at,
        sender=_sender(_one_line(burst.sender_name, limits), address),
        subject="",
        full_text=earlier + own,
        passages=_passages((Role.QUOTED, len(earlier)), (Role.OWN, len(own))),
        content_sha256=_sha256(own),
        attachments=tuple(Attachment(name="", type=_one_line(kind, limits), size_bytes=0) for kind in attachments)[
            : limits.attachments
        ],
        readable=not only_attachments,
        defects=(*defects, *(["only_attachments"] if only_attachments else [])),
    )
    return enquiry, ChatFacts(
        place=burst.place,
        contact_id=burst.contact_id,
        line_ids=tuple(line.message_id for line in burst.lines),
        agent_present=burst.agent_present,
        closed=burst.closed,
        wants_person=wants_person(own),
        way_to_answer=bool(address) or has_contact_point(earlier + own, own_domains),
        only_attachments=only_attachments,
        says_person=says_person(own),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    """What form and hand-typed case have in common."""

    channel: Channel
    received_at: datetime
    post: FormPost | Entry
    subject: str = ""


def _read_form(post: FormPost, received_at: datetime | None, limits: ParsingLimits) -> tuple[Enquiry, FormFacts]:
    written = _Written(channel=Channel.FORM, received_at=received_at or post.received_at, post=post)
    enquiry = _enquiry(written, limits)
    return enquiry, FormFacts(
        reference=post.reference,
        declared=post.kinds,
        held_because=post.held_because,
        earlier_reference=_one_line(post.earlier_reference, limits).upper(),
        way_to_answer=_can_answer(post, enquiry),
    )


def _read_entry(
    entry: Entry, channel: Channel, received_at: datetime | None, limits: ParsingLimits
) -> tuple[Enquiry, EntryFacts]:
    noon = datetime.combine(entry.received_on, _NOON)
    written = _Written(channel=channel, received_at=received_at or noon, post=entry, subject=entry.subject)
    enquiry = _enquiry(written, limits)
    return enquiry, EntryFacts(
        declared=entry.kinds,
        received_on=entry.received_on,
        by=entry.by,
        way_to_answer=_can_answer(entry, enquiry),
        earlier_reference=_one_line(entry.earlier_reference, limits).upper(),
    )


def _enquiry(written: _Written, limits: ParsingLimits) -> Enquiry:
    post = written.post
    text, defects = _cut(_clean(post.message).strip(), limits)
    name, address = _one_line(post.name, limits), _one_line(post.email, limits).lower()
    reached = _reached_by(post, limits)
    return Enquiry(
        channel=written.channel,
        received_at=written.received_at,
        sender=_sender(name, address),
        subject=_one_line(written.subject, limits),
        full_text=text + reached,
        passages=_passages((Role.OWN, len(text)), (Role.FOOTER, len(reached))),
        content_sha256=_sha256(text),
        defects=defects,
    )


def _reached_by(post: FormPost | Entry, limits: ParsingLimits) -> str:
    """Phone and postal address below the message: whoever answers finds them there, nobody reads them as a wish."""
    values = {"Phone": _one_line(post.phone, limits), "Post": _one_line(post.post, limits)}
    return "".join(f"\n{label}: {value}" for label, value in values.items() if value)


def _can_answer(post: FormPost | Entry, enquiry: Enquiry) -> bool:
    given = any(value.strip() for value in (post.email, post.phone, post.post))
    return given or has_contact_point(enquiry.full_text)


def _sender(name: str, address: str) -> Correspondent | None:
    return Correspondent(name=name, address=address) if name or address else None


def _typed_address(own: str, earlier: str, own_domains: Collection[str]) -> str:
    """The last address typed now, else the last typed before: a slip is corrected by typing it again."""
    found = mail_addresses(own, own_domains) or mail_addresses(earlier, own_domains)
    return found[-1] if found else ""


def _worded(lines: Iterable[ChatLine]) -> list[str]:
    cleaned = (_clean(line.text).strip() for line in lines)
    return [text for text in cleaned if text]


def _newest(texts: list[str], chars: int) -> str:
    """The lines one below the other, a line end after each; the oldest left out, and cut, where they are too long."""
    text = "".join(f"{text}\n" for text in texts)
    return text[-chars:]


def _passages(*texts: tuple[Role, int]) -> tuple[Passage, ...]:
    """Passages of so many characters, one behind the other; empty ones are none."""
    found, start = [], 0
    for role, length in texts:
        if length:
            found.append(Passage(role=role, start=start, end=start + length))
        start += length
    return tuple(found)


def _cut(text: str, limits: ParsingLimits) -> tuple[str, tuple[str, ...]]:
    if len(text) <= limits.text_chars:
        return text, ()
    return text[: limits.text_chars], ("text_cut",)


def _clean(text: str) -> str:
    """HTML stays as typed: a chat line is text. What no terminal, database or JSON takes becomes a space."""
    return _CONTROL.sub(" ", fit(_LINE_END.sub("\n", text)))


def _one_line(text: str, limits: ParsingLimits) -> str:
    return _SPACE.sub(" ", _clean(text)).strip()[: limits.subject_chars]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
