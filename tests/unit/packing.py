"""Evidence and records as the store would hand them over. People are invented, some of them hostile."""

from datetime import date, timedelta

from tests.factories import NOW, SECRET
from triage.domain.evidence_values import (
    Evidence,
    PackCase,
    PackEntry,
    PackEvent,
    PackLetter,
    PackMessage,
    PackTask,
)
from triage.domain.journal import (
    FIRST_HASH,
    ChainHead,
    JournalEntry,
    JournalText,
    SealedEntry,
    canonical,
    hash_text,
    seal,
    seal_head,
)

THREAD = "DP-2026-00042-K7"
HOSTILE = "<script>alert(1)</script>\x1b]0;owned\x07\u202egnp.exe"


def make_message(**changes: object) -> PackMessage:
    """A read access request by mail."""
    values: dict[str, object] = {
        "reference": THREAD,
        "outcome": "enquiry",
        "channel": "email",
        "received_at": NOW,
        "filed_at": NOW + timedelta(seconds=2),
        "sender_name": "Ana Example",
        "sender_address": "ana@customer.example",
        "subject": "My data",
        "text": "Please send me a copy of everything.\n",
        "attachments": ("form.pdf (application/pdf, 12 bytes)",),
        "message_id": "<1@customer.example>",
        "raw": b"Subject: My data\r\n\r\nPlease send me a copy of everything.\r\n",
        "lane": "new",
        "gate": {"answer": "ack", "reasons": [{"row": 3, "act": "hold", "why": "row 3 matched"}]},
        "reading": {
            "kinds": ["access"],
            "flags": ["child"],
            "reasons": [{"kind": "access", "why": "asks for a copy", "witness": "rule", "text": "a copy"}],
        },
        "trace": ("gate ack", "letter: a sure access request"),
        "no_letter_because": "",
    }
    return PackMessage(**(values | changes))  # type: ignore[arg-type]


def make_letter(**changes: object) -> PackLetter:
    """A sent acknowledgement."""
    values: dict[str, object] = {
        "reference": THREAD,
        "purpose": "acknowledgement",
        "serial": 1,
        "channel": "email",
        "state": "sent",
        "code": "",
        "recipient": "ana@customer.example",
        "subject": THREAD,
        "body": "Thank you.\n",
        "why": "a sure access request",
        "message_id": "<dp-2026-00042-k7.acknowledgement.1.0123@larkfield.example>",
        "posted_id": "",
        "attempts": 1,
        "created_at": NOW,
        "sent_at": NOW + timedelta(seconds=5),
        "undelivered_at": None,
        "promised_on": date(2026, 12, 23),
        "internal": False,
    }
    return PackLetter(**(values | changes))  # type: ignore[arg-type]


def make_pack_case(**changes: object) -> PackCase:
    """A closed access case."""
    values: dict[str, object] = {
        "reference": f"{THREAD}/1",
        "kind": "access",
        "state": "closed",
        "outcome": "provided",
        "controller": "Larkfield Systems Ltd",
        "opened_at": NOW,
        "closed_at": NOW + timedelta(days=20),
        "legal_hold": False,
        "dates": {"statutory_due": date(2026, 12, 23), "acknowledge_by": None},
        "trace": ("one calendar month: 23 December 2026",),
        "events": (
            PackEvent(event="received", event_on=date(2026, 11, 23), recorded_at=NOW, overridden=False),
            PackEvent(event="extended", event_on=date(2026, 12, 30), recorded_at=NOW, overridden=True),
            PackEvent(
                event="identity_asked", event_on=date(2026, 12, 1), recorded_at=NOW, overridden=False, undone=True
            ),
        ),
        "tasks": (
            PackTask(
                system="CRM",
                what="Export the contact",
                owner="Sales",
                due_on=None,
                done_on=date(2026, 11, 25),
                done_by="bea",
                note="two contacts",
            ),
            PackTask(system="Backups", what="Look", owner="IT", due_on=None, done_on=None, done_by="", note=""),
        ),
        "delivery": {"how": "post"},
    }
    return PackCase(**(values | changes))  # type: ignore[arg-type]


def make_chain(
    chain: str, *events: tuple[str, dict[str, object], str | None]
) -> tuple[tuple[PackEntry, ...], ChainHead]:
    """Sealed entries, each an event with its facts and text, and the chain's end."""
    entries, previous_hash = [], FIRST_HASH
    for sequence, (event, facts, words) in enumerate(events, start=1):
        salt = bytes([sequence]) * 16
        text = None if words is None else JournalText(sequence=sequence, salt=salt, text=words)
        entry = JournalEntry(
            chain=chain,
            sequence=sequence,
            at=NOW + timedelta(minutes=sequence),
            event=event,
            facts=canonical(facts),
            text_hash=hash_text(salt, words) if words is not None else None,
        )
        sealed = SealedEntry(entry=entry, previous_hash=previous_hash, hash=seal(previous_hash, entry))
        entries.append(PackEntry(sealed=sealed, text=text))
        previous_hash = sealed.hash
    head_seal = seal_head(SECRET, chain, len(events), previous_hash)
    return tuple(entries), ChainHead(chain=chain, sequence=len(events), hash=previous_hash, seal=head_seal)


def make_evidence(**changes: object) -> Evidence:
    """A thread with one message, letter and case, and both their chains."""
    first, head = make_chain(THREAD, ("enquiry_received", {"lane": "new"}, "traces with é"), ("letter_sent", {}, None))
    second, its_head = make_chain(
        f"{THREAD}/1",
        ("case_opened", {"kind": "access"}, None),
        ("case_closed", {"by": "bea", "outcome": "provided"}, "sent by post"),
        ("case_noted", {"by": "bea"}, None),
    )
    values: dict[str, object] = {
        "reference": THREAD,
        "messages": (make_message(),),
        "letters": (make_letter(),),
        "cases": (make_pack_case(),),
        "entries": (*first, *second),
        "heads": (head, its_head),
    }
    return Evidence(**(values | changes))  # type: ignore[arg-type]
