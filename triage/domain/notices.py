"""A mail to the company's own staff: a reminder, an interruption, the day's digest."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """`key` names the occasion, so that there is one notice for it, whatever restarts; `to` is one mail address.

    `reference` is the case's or enquiry's, "" for one about the desk. No name or word of a customer is in it.
    """

    key: str
    purpose: str
    to: str
    subject: str
    body: str
    reference: str = ""
