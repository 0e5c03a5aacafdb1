"""Domain values as plain JSON, for the columns that keep the reasons of a decision."""

from collections.abc import Mapping
from dataclasses import asdict

from triage.domain.chat import ChatPlace
from triage.domain.classification import Classification
from triage.domain.enquiry import Enquiry
from triage.domain.gate import GateVerdict


def passages_json(enquiry: Enquiry) -> list[list[object]]:
    """Who speaks where: [role, start, end] each."""
    return [[passage.role.value, passage.start, passage.end] for passage in enquiry.passages]


def attachments_json(enquiry: Enquiry) -> list[dict[str, object]]:
    """Attached files by name, type and size in bytes."""
    return [{"name": file.name, "type": file.type, "size": file.size_bytes} for file in enquiry.attachments]


def gate_json(gate: GateVerdict) -> dict[str, object]:
    """The verdict in the words of `triage inspect`."""
    reasons = [{"row": hit.row, "act": hit.act.value, "why": hit.why} for hit in gate.hits]
    return {"answer": gate.answer.value, "reasons": reasons}


def classification_json(reading: Classification | None) -> dict[str, object] | None:
    """The reader's verdict in the words of `triage classify`."""
    if reading is None:
        return None
    return {
        "kinds": [kind.value for kind in reading.kinds],
        "sure_kinds": [kind.value for kind in reading.sure_kinds],
        "scores": {kind.value: score for kind, score in reading.scores.items()},
        "needs_person": reading.needs_person,
        "request_score": reading.request_score,
        "reasons": [
            {
                "kind": reason.kind.value,
                "witness": reason.witness,
                "source": reason.source,
                "why": reason.why,
                "start": reason.start,
                "end": reason.end,
                "text": reason.text,
            }
            for reason in reading.reasons
        ],
        "other_rights": [right.value for right in reading.other_rights],
        "flags": [flag.value for flag in reading.flags],
        "language": reading.language,
    }


def place_json(place: ChatPlace | None) -> dict[str, str] | None:
    """Where a chat post goes."""
    return None if place is None else asdict(place)


def read_place(kept: Mapping[str, str] | None) -> ChatPlace | None:
    """What `place_json` kept."""
    return None if kept is None else ChatPlace(**kept)
