"""A mail's raw bytes -> an enquiry and the facts the gate needs. Each field in its own guard; nothing is loaded."""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from triage.domain.enquiry import Correspondent, Enquiry, Passage
from triage.domain.mail_facts import MailFacts
from triage.domain.own_letter import holds_own_letter
from triage.domain.policy import FormMail
from triage.domain.vocabulary import Channel, Role
from triage.errors import AnalysisFailed
from triage.parsing import headers
from triage.parsing.bodies import Body, read_body
from triage.parsing.form_mail import form_of, message_of, person_of
from triage.parsing.limits import LIMITS, ParsingLimits
from triage.parsing.own_words import OWN_MARKER, split_passages
from triage.parsing.returned import delivery_status, returned_ids
from triage.parsing.structure import Part, describe, read_structure

_BODY_START = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_RECIPIENTS = frozenset({"to", "cc", "resent-to", "resent-cc", "delivered-to", "x-original-to"})
_WORD = re.compile(r"\w")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FORWARDED_FROM = re.compile(r"^[>\s*]{0,10}(?:From|Von|De|Da|Van|Od|От)\s*:\*?(.{3,500})$", re.MULTILINE)


def read_mail(
    raw: bytes,
    *,
    received_at: datetime | None,
    size_bytes: int | None = None,
    limits: ParsingLimits = LIMITS,
    own_marker: str = OWN_MARKER,
    desk_domains: Collection[str] = (),
    forms: Sequence[FormMail] = (),
) -> tuple[Enquiry, MailFacts]:
    """Read a mail. Whatever is wrong with its content becomes a short code in `Enquiry.defects`.

    `received_at` (aware) is the mailbox's word and rules; None takes the topmost Received header, else Date.
    `forms`: website forms of ours; in their mail the sender is the person the form names, None where it names none.
    `size_bytes` is the mail's true size where `raw` is only its head. Raises AnalysisFailed for a mail whose
    structure is poison ("too_deep") and for bytes that are no mail at all ("not_a_mail").
    """
    root, defects = read_structure(raw.lstrip(b"\r\n"), limits)
    if not root.fields:
        raise AnalysisFailed("not_a_mail", "There is not one header: this is no mail.")
    if size_bytes is not None and size_bytes > len(raw):
        defects.append("oversized")
    body = read_body(root, limits)
    facts, sender = _read_facts(root, body, limits)
    facts = replace(facts, headers_whole="headers_cut" not in defects)
    split = partial(split_passages, subject=facts.subject, own_marker=own_marker, desk_domains=desk_domains)
    text, passages, forward_of = _read_text(root, body, limits, own_marker, split)
    defects += _header_defects(root, facts)
    form = form_of(sender, forms)
    if form is not None:
        sender, passages = person_of(form, text), message_of(form, text, passages)
        defects += [] if sender else ["form_without_person"]
    if received_at is None:
        received_at = _received_at(root)
    enquiry = Enquiry(
        channel=Channel.EMAIL,
        received_at=received_at,
        sender=sender,
        subject=facts.subject,
        full_text=text,
        passages=passages,
        message_id=_message_id(root),
        references=facts.thread_ids,
        content_sha256=_content_sha256(raw, root),
        attachments=tuple(body.attachments),
        forward_of=forward_of,
        readable=facts.readable,
        defects=tuple(dict.fromkeys([*defects, *body.defects])),
    )
    return enquiry, facts


def _all(part: Part, *names: str) -> list[str]:
    return [value for key, value in part.fields if key in names]


def _read_facts(root: Part, body: Body, limits: ParsingLimits) -> tuple[MailFacts, Correspondent | None]:
    from_values = _all(root, "from")
    senders = [headers.read_sender(value, limits) for value in from_values[:10]]
    subject = _CONTROL.sub(" ", headers.decode_value(root.field("subject"), limits))
    facts = MailFacts(
        headers=tuple((key, headers.decode_value(value, limits)) for key, value in root.fields),
        parts=describe(root),
        from_addresses=tuple(dict.fromkeys(address for _, found, _ in senders for address in found)),
        from_header_count=len(from_values),
        sender_parses_alike=all(alike for _, _, alike in senders),
        sender_addresses=headers.read_addresses(_all(root, "sender"), limits),
        reply_to=headers.read_addresses(_all(root, "reply-to"), limits),
        return_path=_return_path(root),
        recipients=headers.read_addresses(_all(root, *_RECIPIENTS), limits),
        recipient_count=headers.count_addresses(_all(root, "to", "cc")),
        subject=subject[: limits.subject_chars],
        body=body.text,
        thread_ids=headers.read_message_ids(_all(root, "in-reply-to", "references"), limits.thread_ids),
        returned_ids=returned_ids(root, body.text, limits),
        delivery_status=delivery_status(root),
        readable=body.readable,
    )
    return facts, next((sender for sender, _, _ in senders if sender), None)


def _header_defects(root: Part, facts: MailFacts) -> list[str]:
    date = root.field("date")
    found = {
        "no_sender": not facts.from_addresses,
        "several_from": facts.from_header_count > 1,
        "date_wrong": bool(date) and headers.read_date(date) is None,
    }
    return [code for code, is_so in found.items() if is_so]


def _return_path(root: Part) -> str | None:
    """The topmost Return-Path; "" where any is empty, as a relay on the way adds one of its own."""
    values = [headers.without_comments(value) for value in _all(root, "return-path")]
    if not values:
        return None
    if any(not value.strip("<> \t") for value in values):
        return ""
    found = headers.read_addresses(values[:1])
    return found[0] if found else values[0].strip("<> \t").lower()


def _read_text(
    root: Part, body: Body, limits: ParsingLimits, own_marker: str, split: Callable[[str], tuple[Passage, ...]]
) -> tuple[str, tuple[Passage, ...], str | None]:
    """The text, who speaks where, and whom a forward is from: an attached mail is evidence, laid below the request."""
    text = body.text
    passages = split(text)
    attached = next(iter(body.attached_mails), None)
    if attached is not None and root.type != "multipart/report":
        shown = _attached_text(attached, body, limits)
        if not _WORD.search(text):
            text, passages = shown, ()
        elif shown:
            text, shown = f"{text}\n\n{shown}", f"\n\n{shown}"
        passages = _with_attached(passages, shown, own_marker)
    return text, passages, _forward_of(text, passages, attached, limits)


def _attached_text(attached: Part, body: Body, limits: ParsingLimits) -> str:
    """The attached mail's text; below words of the mail's own only so much of it."""
    text = read_body(attached, limits).text
    if _WORD.search(body.text) and len(text) > limits.attached_chars:
        body.note("text_cut")
        text = text[: limits.attached_chars]
    return text


def _with_attached(passages: tuple[Passage, ...], shown: str, own_marker: str) -> tuple[Passage, ...]:
    if not shown:
        return passages
    start = passages[-1].end if passages else 0
    role = Role.OUR_LETTER if passages and holds_own_letter(shown, own_marker) else Role.FORWARDED
    end = start + len(shown)
    if passages and passages[-1].role is role:
        return (*passages[:-1], replace(passages[-1], end=end))
    return (*passages, Passage(role=role, start=start, end=end))


def _forward_of(text: str, passages: tuple[Passage, ...], attached: Part | None, limits: ParsingLimits) -> str | None:
    """The address an attached or inline forwarded mail says it came from. Proposed to a person, never believed."""
    values = [] if attached is None else [attached.field("from")]
    for passage in passages:
        if passage.role is Role.FORWARDED:
            match = _FORWARDED_FROM.search(text, passage.start, passage.end)
            values += [match[1]] if match else []
    found = (headers.read_sender(value, limits)[0] for value in values)
    return next((sender.address for sender in found if sender), None)


def _message_id(root: Part) -> str | None:
    found = headers.read_message_ids(_all(root, "message-id")[:1])
    return found[0] if found else None


def _received_at(root: Part) -> datetime | None:
    received = _all(root, "received")[:1]
    dates = [headers.read_received_date(value) for value in received] + [headers.read_date(root.field("date"))]
    return next((date for date in dates if date is not None), None)


def _content_sha256(raw: bytes, root: Part) -> str:
    """Tells copies of one mail from different mails under one Message-ID: body, From and Date (facts: section 7)."""
    start = _BODY_START.search(raw)
    body = raw[start.end() :] if start else b""
    digest = hashlib.sha256(body.replace(b"\r\n", b"\n"))
    for name in ("from", "date"):
        digest.update(b"\0" + root.field(name).strip().encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
