"""What a row says of its person, column by column, and what stands there once it is gone.

Kinds, scores, gate, dates, states and ids of the desk stay: they name nobody. A test holds every column of these tables
to either list, so that a new one cannot be forgotten.
"""

from collections.abc import Mapping
from typing import Any

# A message: the person's own words; the names of files; who it was, and what names them.
TEXT: dict[str, object] = {"subject": "", "full_text": "", "passages": []}
ATTACHMENTS: dict[str, object] = {"attachments": []}
PERSON: dict[str, object] = {
    "sender_name": "",
    "sender_address": "",
    "sender_hash": None,
    "message_id": None,
    "references": [],
    "content_sha256": "",
    "forward_of": None,
    "defects": [],
    "trace": [],
    "no_letter_because": "",
    "place": None,
    "contact_id": "",
    "not_acknowledged": False,
    "way_to_answer": True,
}

LETTER: dict[str, object] = {
    "recipient": "",
    "subject": "",
    "body": "",
    "why": "",
    "place": None,
    "posted_id": None,
    "in_reply_to": None,
    "references": [],
    "retry_at": None,
}

# A case file: words of a person of ours about it. What is counted in years to come stays.
CASE: dict[str, object] = {"trace": [], "next_step": "", "delivery": None, "supplements": None, "contacts": None}
TASK: dict[str, object] = {"note": "", "done_by": ""}
NOTICE: dict[str, object] = {"recipient": "", "subject": "", "body": ""}


def without_quotes(classification: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A reading without the stretches of text it rests on; which rule spoke for which kind stays, for the figures."""
    if classification is None:
        return None
    reasons = [{**reason, "start": 0, "end": 0, "text": ""} for reason in classification["reasons"]]
    return {**classification, "reasons": reasons}
