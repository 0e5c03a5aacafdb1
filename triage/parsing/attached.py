"""One attachment of a kept mail, as bytes: for a person to save. It is never opened here."""

from triage.parsing.bodies import payload_of, read_body
from triage.parsing.limits import LIMITS
from triage.parsing.structure import read_structure


def attachment_of(raw: bytes, index: int) -> bytes | None:
    """The content of the mail's attachment `index`, in the order in which Enquiry.attachments lists them.

    None where there is none of that number, or it is a mail of its own, which only the whole mail shows.
    """
    root, _ = read_structure(raw.lstrip(b"\r\n"), LIMITS)
    body = read_body(root, LIMITS)
    if not 0 <= index < len(body.attached):
        return None
    part = body.attached[index]
    return None if part.parts else payload_of(part, body)
