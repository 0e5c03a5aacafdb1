"""What came in otherwise than by mail: facts beside the enquiry that the decision needs, one value per way in."""

from dataclasses import dataclass
from datetime import date, datetime

from triage.domain.chat import ChatPlace
from triage.domain.vocabulary import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatFacts:
    """Of a burst of chat lines. `wants_person`: asks for a human being. `way_to_answer`: there is an address, phone
    or postal address to answer by once the window is closed, typed here or known to the CRM (unverified all).
    `line_ids`: the HubSpot ids of the burst's messages. `says_person`: the word "person" is a clause of its own, which
    says enough where a letter of ours invited to it.
    """

    place: ChatPlace
    contact_id: str
    line_ids: tuple[str, ...]
    agent_present: bool
    closed: bool
    wants_person: bool
    way_to_answer: bool
    only_attachments: bool = False
    says_person: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FormFacts:
    """Of a post of the enquiry form. `reference` is the one the person has on the confirmation page.

    `declared`: the kinds ticked. `held_because` is "" or why the post is held for a person, in words: no proof of
    work, a wrong, expired or used one, the trap field filled, or more posts than usual.
    `earlier_reference`: one the person typed, upper case, "" if none.
    """

    reference: str
    declared: tuple[Kind, ...]
    held_because: str
    earlier_reference: str
    way_to_answer: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryFacts:
    """Of a case a colleague typed in: post, phone, in person, social. `by` is the colleague's account name.

    `earlier_reference` as in FormFacts: a suggestion only.
    """

    declared: tuple[Kind, ...]
    received_on: date
    by: str
    way_to_answer: bool
    earlier_reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FormPost:
    """A post of the enquiry form as it is stored. All texts as typed, "" where left empty; `post` is a postal address.

    `kinds`, `held_because` and `earlier_reference` as in FormFacts.
    """

    reference: str
    name: str
    email: str
    phone: str
    post: str
    kinds: tuple[Kind, ...]
    message: str
    earlier_reference: str
    held_because: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a colleague typed in by hand, as it is stored. `received_on` is the day it reached the company."""

    name: str
    email: str
    phone: str
    post: str
    kinds: tuple[Kind, ...]
    message: str
    subject: str
    received_on: date
    by: str
    earlier_reference: str
