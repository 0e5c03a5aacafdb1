"""What filing writes for one plan, as rows and happenings. Values in, values out."""

from collections.abc import Iterable
from datetime import datetime

from triage.adapters.store.addresses import address_hash
from triage.adapters.store.as_json import attachments_json, classification_json, gate_json, passages_json, place_json
from triage.adapters.store.journal import Happening
from triage.domain.case_change import NewTask
from triage.domain.clock_values import ClockDates
from triage.domain.enquiry import Correspondent
from triage.domain.plan import Analysis, PlannedCase
from triage.ports import Filing

# Who did it where no person acted.
DESK = "desk"
# A colleague's mail, a form's or another Reply-To, a failed DMARC check: the sender is perhaps not who asks.
OTHERS_MAIL = frozenset({2, 18, 19})
EVENTS = {
    "enquiry": "enquiry_received",
    "follow_up": "follow_up_joined",
    "returned_letter": "letter_returned",
    "duplicate": "duplicate_linked",
}


def hash_of(secret: bytes, sender: Correspondent | None) -> str | None:
    """The keyed hash of a sender's address; None where none was given, as in most chats."""
    return address_hash(secret, sender.address) if sender and sender.address else None


def way_to_answer(analysis: Analysis) -> bool:
    """Whether the person can be answered later. Who writes a mail can."""
    told = analysis.chat or analysis.form or analysis.entry
    return told is None or told.way_to_answer


def row_of_enquiry(filing: Filing, thread: str, secret: bytes) -> dict[str, object]:
    """The message with everything that was decided about it. A duplicate keeps no second copy of its text."""
    read, plan, chat = filing.analysis.enquiry, filing.plan, filing.analysis.chat
    linked = plan.outcome == "duplicate"
    sender = read.sender
    return {
        "item_id": filing.item.id,
        "outcome": plan.outcome,
        "reference": thread if plan.outcome == "enquiry" else None,
        "thread": thread,
        "channel": read.channel.value,
        "controller": filing.controller,
        "received_at": read.received_at or filing.item.received_at,
        "sender_name": sender.name if sender else "",
        "sender_address": sender.address if sender else "",
        "sender_hash": hash_of(secret, sender),
        "subject": read.subject,
        "full_text": "" if linked else read.full_text,
        "passages": [] if linked else passages_json(read),
        "message_id": read.message_id,
        "references": list(read.references),
        "content_sha256": read.content_sha256,
        "attachments": attachments_json(read),
        "forward_of": read.forward_of,
        "readable": read.readable,
        "defects": list(read.defects),
        "lane": plan.lane.value if plan.lane else None,
        "gate": gate_json(plan.gate),
        "classification": classification_json(plan.classification),
        "trace": list(plan.trace),
        "not_acknowledged": plan.not_acknowledged,
        "suggests": plan.suggests,
        "no_letter_because": plan.no_letter_because,
        "filed_at": filing.now,
        "way_to_answer": way_to_answer(filing.analysis),
        "place": place_json(chat.place) if chat else None,
        "contact_id": chat.contact_id if chat else "",
        "still_unhappy": plan.still_unhappy,
        "waits": plan.outcome == "enquiry" and not plan.cases,
    }


def received(filing: Filing, thread: str, enquiry_id: int) -> Happening:
    """How the message entered its thread."""
    plan = filing.plan
    facts = {
        "enquiry": enquiry_id,
        "item": filing.item.id,
        "channel": filing.analysis.enquiry.channel.value,
        "gate": plan.gate.answer.value,
        "rows": [hit.row for hit in plan.gate.hits],
        "lane": plan.lane.value if plan.lane else None,
        "kinds": [case.kind.value for case in plan.cases],
        "permanent": plan.bounce_is_permanent,
    }
    text = "\n".join(plan.trace)
    return Happening(chain=thread, at=filing.now, event=EVENTS[plan.outcome], facts=facts, text=text)


def opened(chain: str, case: PlannedCase, enquiry_id: int, at: datetime) -> Happening:
    """A case's first entry in its own chain."""
    due = case.dates.statutory_due
    facts = {
        "enquiry": enquiry_id,
        "kind": case.kind.value,
        "received_on": case.dates.received_on.isoformat(),
        "statutory_due": due.isoformat() if due else None,
        "next_step_on": case.next_step_on.isoformat(),
    }
    return Happening(chain=chain, at=at, event="case_opened", facts=facts, text="\n".join(case.dates.trace))


def row_of_case(case: PlannedCase) -> dict[str, object]:
    """The columns a planned case fills."""
    first = {"kind": case.kind.value, "received_on": case.dates.received_on}
    step = {"next_step": case.next_step, "next_step_on": case.next_step_on}
    order = {"queue_on": case.dates.due_on or case.next_step_on}
    return {**first, **dates_row(case.dates), **step, **order, "rules_in_doubt": case.rules_in_doubt}


def rows_of_tasks(thread: str, number: int, tasks: Iterable[NewTask]) -> list[dict[str, object]]:
    """The lines of a case's checklist."""
    return [
        {
            "thread": thread,
            "number": number,
            "system": task.system,
            "what": task.what,
            "owner": task.owner,
            "due_on": task.due_on,
        }
        for task in tasks
    ]


def checklist_laid(chain: str, count: int, at: datetime) -> Happening:
    """That a case has its checklist, of so many lines."""
    return Happening(chain=chain, at=at, event="checklist_laid", facts={"systems": count, "by": DESK})


def dates_row(dates: ClockDates) -> dict[str, object]:
    """The columns that follow from what happened to a case. The day of receipt never moves."""
    return {
        "starts_on": dates.starts_on,
        "statutory_due": dates.statutory_due,
        "safe_due": dates.safe_due,
        "shadow_due": dates.shadow_due,
        "internal_target": dates.internal_target,
        "acknowledge_by": dates.acknowledge_by,
        "acknowledge_target": dates.acknowledge_target,
        "extension_notice_by": dates.extension_notice_by,
        "due_on": dates.due_on,
        "trace": list(dates.trace),
    }
