"""From the outbox's letter to the bytes both senders hand over."""

from datetime import datetime

from triage.domain.letter import Outgoing
from triage.errors import DeliveryRefused
from triage.parsing.compose import compose
from triage.ports import Letter


def wire_form(letter: Letter, sender_address: str, sender_name: str, now: datetime) -> bytes:
    """The mail. Raises DeliveryRefused where no honest mail can be made of it, so that a person sees it."""
    outgoing = Outgoing(
        recipient=letter.recipient,
        message_id=letter.message_id,
        in_reply_to=letter.in_reply_to,
        references=letter.references,
        text=letter.text,
    )
    try:
        return compose(outgoing, sender_address=sender_address, sender_name=sender_name, now=now)
    except ValueError as fault:
        raise DeliveryRefused(f"the letter cannot be put on the wire: {fault}") from fault
