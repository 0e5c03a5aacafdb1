"""The tables as the program uses them. migrations/ builds them; a test holds the two together. See docs/store.md.

What people wrote stands in the Sealed columns, which are encrypted where there is a storage key.
"""

from triage.adapters.store.schema.base import metadata
from triage.adapters.store.schema.cases import case_file, case_task, clock_event
from triage.adapters.store.schema.doors import (
    chat_line,
    chat_room,
    forgotten_contact,
    form_challenge,
    user_account,
    user_session,
)
from triage.adapters.store.schema.letters import approval, bounce, letter, notice, send_limit, suppression
from triage.adapters.store.schema.received import (
    NO_WAY_TO_ANSWER,
    NOT_ACKNOWLEDGED,
    correction,
    enquiry,
    item,
    mailbox_gap,
    mailbox_position,
    merged,
    participant,
    reference_counter,
)
from triage.adapters.store.schema.records import (
    alarm,
    journal,
    journal_head,
    journal_text,
    pulse,
    storage_key,
    store_key,
)

__all__ = [
    "NOT_ACKNOWLEDGED",
    "NO_WAY_TO_ANSWER",
    "alarm",
    "approval",
    "bounce",
    "case_file",
    "case_task",
    "chat_line",
    "chat_room",
    "clock_event",
    "correction",
    "enquiry",
    "forgotten_contact",
    "form_challenge",
    "item",
    "journal",
    "journal_head",
    "journal_text",
    "letter",
    "mailbox_gap",
    "mailbox_position",
    "merged",
    "metadata",
    "notice",
    "participant",
    "pulse",
    "reference_counter",
    "send_limit",
    "storage_key",
    "store_key",
    "suppression",
    "user_account",
    "user_session",
]
