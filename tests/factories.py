"""Whole values with sensible defaults; a test names only what it is about. People and companies are invented."""

import hashlib
import itertools
from datetime import UTC, date, datetime, timedelta

from triage.domain.classification import Classification, Reason
from triage.domain.clock_values import ClockDates
from triage.domain.enquiry import Correspondent, Enquiry, Passage
from triage.domain.gate import GateHit, GateVerdict
from triage.domain.letter import LetterFacts, LetterText
from triage.domain.mail_facts import MailFacts
from triage.domain.plan import Analysis, Plan, PlannedCase, PlannedLetter
from triage.domain.policy import Controller
from triage.domain.reference import make_message_id
from triage.domain.vocabulary import Channel, GateAnswer, Kind, Lane, LetterPurpose, Nation, Regime, Role
from triage.ports import Filing, Item, NewItem

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = b"a secret for tests only"
CONTROLLER = Controller(
    name="Larkfield Systems Ltd",
    nation=Nation.ENGLAND,
    regime=Regime.UK,
    registered_number="01234567",
    registered_in="England and Wales",
    registered_office="1 Example Way, Exampleton, EX1 1EX",
    team_name="Data protection team",
    privacy_page="https://larkfield.example/privacy",
)

_serial = itertools.count(1)


def make_new_item(**changes: object) -> NewItem:
    """A mail as the mailbox brings it; its key and bytes are its own unless given."""
    number = next(_serial)
    raw = changes.get("raw", f"Subject: number {number}\r\n\r\nHello.\r\n".encode())
    assert isinstance(raw, bytes)
    values: dict[str, object] = {
        "key": f"imap:desk/INBOX:1:{number}",
        "channel": Channel.EMAIL,
        "raw": raw,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "size_bytes": len(raw),
        "received_at": NOW - timedelta(minutes=5),
    }
    return NewItem(**(values | changes))  # type: ignore[arg-type]


def make_item(**changes: object) -> Item:
    """A claimed item that no store knows."""
    new = make_new_item()
    values: dict[str, object] = {
        "id": next(_serial),
        "key": new.key,
        "channel": new.channel,
        "raw": new.raw,
        "size_bytes": new.size_bytes,
        "received_at": new.received_at,
        "backlog": False,
        "attempts": 0,
    }
    return Item(**(values | changes))  # type: ignore[arg-type]


def make_enquiry(**changes: object) -> Enquiry:
    """An access request by mail, all in the sender's own words."""
    number = next(_serial)
    text = changes.get("full_text", f"Please send me a copy of everything you hold about me. ({number})")
    assert isinstance(text, str)
    values: dict[str, object] = {
        "channel": Channel.EMAIL,
        "received_at": NOW - timedelta(minutes=5),
        "sender": Correspondent(name="Ana Example", address="Ana@Customer.example"),
        "subject": "My personal information",
        "full_text": text,
        "passages": (Passage(role=Role.OWN, start=0, end=len(text)),),
        "message_id": f"<{number}@customer.example>",
        "content_sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
    }
    return Enquiry(**(values | changes))  # type: ignore[arg-type]


def make_facts(**changes: object) -> MailFacts:
    """What the headers say: nothing of note."""
    return MailFacts(**changes)  # type: ignore[arg-type]


def make_classification(**changes: object) -> Classification:
    """A sure access request, with the one rule it rests on."""
    kinds = changes.get("kinds", (Kind.ACCESS,))
    assert isinstance(kinds, tuple)
    reason = Reason(
        kind=Kind.ACCESS,
        witness="rule",
        source="access.copy-of-everything",
        why="asks for a copy of what is held",
        start=15,
        end=35,
        text="a copy of everything",
    )
    values: dict[str, object] = {
        "kinds": kinds,
        "scores": {kind: 0.97 if kind in kinds else 0.02 for kind in Kind},
        "needs_person": False,
        "request_score": 0.97 if kinds else 0.02,
        "reasons": (reason,) if kinds else (),
        "sure_kinds": kinds,
    }
    return Classification(**(values | changes))  # type: ignore[arg-type]


def make_analysis(**changes: object) -> Analysis:
    """An access request, read. Enquiry, facts and classification are the defaults of their own factories."""
    values: dict[str, object] = {
        "enquiry": make_enquiry(),
        "facts": make_facts(),
        "classification": make_classification(),
    }
    return Analysis(**(values | changes))  # type: ignore[arg-type]


def make_gate(answer: GateAnswer = GateAnswer.ACK, *rows: int) -> GateVerdict:
    """A verdict with a hit on each of `rows`."""
    return GateVerdict(
        answer=answer, hits=tuple(GateHit(row=row, act=answer, why=f"row {row} matched") for row in rows)
    )


def make_dates(**changes: object) -> ClockDates:
    """Dates as an access request has them; not computed, only plausible."""
    values: dict[str, object] = {
        "kind": Kind.ACCESS,
        "received_on": date(2026, 11, 23),
        "starts_on": date(2026, 11, 23),
        "statutory_due": date(2026, 12, 23),
        "safe_due": date(2026, 12, 22),
        "shadow_due": None,
        "internal_target": date(2026, 12, 21),
        "acknowledge_by": None,
        "acknowledge_target": None,
        "extension_notice_by": date(2026, 12, 23),
        "trace": ("received on 23 November 2026", "one calendar month: 23 December 2026"),
    }
    return ClockDates(**(values | changes))  # type: ignore[arg-type]


def make_case(kind: Kind = Kind.ACCESS, **changes: object) -> PlannedCase:
    """A planned case of `kind`."""
    values: dict[str, object] = {
        "kind": kind,
        "dates": make_dates(kind=kind),
        "next_step": "Check who is asking",
        "next_step_on": date(2026, 11, 24),
    }
    return PlannedCase(**(values | changes))  # type: ignore[arg-type]


def make_letter_facts(**changes: object) -> LetterFacts:
    """An acknowledgement of an access request."""
    values: dict[str, object] = {
        "purpose": LetterPurpose.ACKNOWLEDGEMENT,
        "channel": Channel.EMAIL,
        "reference": "",
        "received_on": date(2026, 11, 23),
        "kinds": (Kind.ACCESS,),
        "controller": CONTROLLER,
        "links": {},
        "ico_phone": "0303 123 1113",
        "due_on": date(2026, 12, 23),
    }
    return LetterFacts(**(values | changes))  # type: ignore[arg-type]


def make_planned_letter(**changes: object) -> PlannedLetter:
    """An acknowledgement that a machine may send."""
    values: dict[str, object] = {"facts": make_letter_facts(), "needs_approval": False, "why": "a sure access request"}
    return PlannedLetter(**(values | changes))  # type: ignore[arg-type]


def make_plan(**changes: object) -> Plan:
    """A new enquiry with one access case and its acknowledgement."""
    values: dict[str, object] = {
        "outcome": "enquiry",
        "lane": Lane.NEW,
        "gate": make_gate(),
        "classification": make_classification(),
        "cases": (make_case(),),
        "letter": make_planned_letter(),
        "trace": ("gate ack", "kinds: access 0.97", "letter: a sure access request"),
        "decided_at": NOW,
    }
    return Plan(**(values | changes))  # type: ignore[arg-type]


def make_silent_plan(**changes: object) -> Plan:
    """A plan without case and letter."""
    values: dict[str, object] = {"cases": (), "letter": None, "no_letter_because": "nothing to answer"}
    return make_plan(**(values | changes))


def make_filing(item: Item, reference: str, **changes: object) -> Filing:
    """A decided item. A plan with a letter gets its text and the Message-ID it would have."""
    plan = changes.get("plan") or make_plan()
    assert isinstance(plan, Plan)
    thread, serial = plan.joins or reference, changes.get("serial", 1)
    assert isinstance(serial, int)
    purpose = plan.letter.facts.purpose.value if plan.letter else None
    values: dict[str, object] = {
        "item": item,
        "analysis": make_analysis(),
        "plan": plan,
        "reference": reference,
        "letter_text": LetterText(subject=f"We have your message ({thread})", body="Thank you.\n") if purpose else None,
        "message_id": make_message_id(SECRET, thread, purpose, serial, "larkfield.example") if purpose else None,
        "now": NOW,
        "controller": CONTROLLER.name,
    }
    return Filing(**(values | changes))  # type: ignore[arg-type]
