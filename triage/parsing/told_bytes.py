"""Bursts of chat lines, form posts and hand-typed cases: value -> the bytes of an item, and back without loss."""

from dataclasses import asdict

from triage.domain.chat import Burst, ChatLine, ChatPlace
from triage.domain.told import Entry, FormPost
from triage.domain.vocabulary import Kind
from triage.parsing.told_json import Fields, broken, read_item, write_item


def burst_bytes(burst: Burst) -> bytes:
    """The bytes of a burst's item."""
    fields = asdict(burst)
    fields["lines"] = [_of_line(line) for line in burst.lines]
    fields["earlier"] = [_of_line(line) for line in burst.earlier]
    return write_item("burst", fields)


def read_burst(raw: bytes) -> Burst:
    """The burst in an item. Raises AnalysisFailed ("broken_item")."""
    fields = read_item(raw, "burst")
    return Burst(
        place=_place(fields.inner("place")),
        contact_id=fields.text("contact_id"),
        sender_name=fields.text("sender_name"),
        sender_address=fields.text("sender_address"),
        lines=tuple(_line(line) for line in fields.inners("lines")),
        earlier=tuple(_line(line) for line in fields.inners("earlier")),
        agent_present=fields.flag("agent_present"),
        closed=fields.flag("closed"),
    )


def form_bytes(post: FormPost) -> bytes:
    """The bytes of a form post's item."""
    return write_item("form", {**asdict(post), "received_at": post.received_at.isoformat()})


def read_form(raw: bytes) -> FormPost:
    """The form post in an item. Raises AnalysisFailed ("broken_item")."""
    fields = read_item(raw, "form")
    return FormPost(
        reference=fields.text("reference"),
        name=fields.text("name"),
        email=fields.text("email"),
        phone=fields.text("phone"),
        post=fields.text("post"),
        kinds=_kinds(fields),
        message=fields.text("message"),
        earlier_reference=fields.text("earlier_reference"),
        held_because=fields.text("held_because"),
        received_at=fields.time("received_at"),
    )


def entry_bytes(entry: Entry) -> bytes:
    """The bytes of a hand-typed case's item."""
    return write_item("entry", {**asdict(entry), "received_on": entry.received_on.isoformat()})


def read_entry(raw: bytes) -> Entry:
    """The hand-typed case in an item. Raises AnalysisFailed ("broken_item")."""
    fields = read_item(raw, "entry")
    return Entry(
        name=fields.text("name"),
        email=fields.text("email"),
        phone=fields.text("phone"),
        post=fields.text("post"),
        kinds=_kinds(fields),
        message=fields.text("message"),
        subject=fields.text("subject"),
        received_on=fields.day("received_on"),
        by=fields.text("by"),
        earlier_reference=fields.text("earlier_reference"),
    )


def _of_line(line: ChatLine) -> dict[str, object]:
    return {**asdict(line), "sent_at": line.sent_at.isoformat()}


def _line(fields: Fields) -> ChatLine:
    return ChatLine(
        message_id=fields.text("message_id"),
        sent_at=fields.time("sent_at"),
        text=fields.text("text"),
        attachments=fields.texts("attachments"),
    )


def _place(fields: Fields) -> ChatPlace:
    return ChatPlace(
        portal_id=fields.text("portal_id"),
        thread_id=fields.text("thread_id"),
        channel_id=fields.text("channel_id"),
        channel_account_id=fields.text("channel_account_id"),
        recipient_actor=fields.text("recipient_actor"),
        delivery_type=fields.text("delivery_type"),
        delivery_value=fields.text("delivery_value"),
    )


def _kinds(fields: Fields) -> tuple[Kind, ...]:
    try:
        return tuple(Kind(name) for name in fields.texts("kinds"))
    except ValueError:
        raise broken("kinds names a kind that is none") from None
