"""What both kinds of the hook's inbox agree on. No database in here."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from triage.domain.reference import make_reference

# HubSpot counts an answer that takes longer than 5 s as failed, whatever it says.
SAVE_LIMIT_S = 4.0

_LONDON = ZoneInfo("Europe/London")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class FormSaved:
    """See ports_chat.SavedForm."""

    reference: str | None
    known: bool


def storable(text: str) -> str:
    """The text with NUL and lone surrogates replaced one for one, exactly as the store does with its keys."""
    return _UNSTORABLE.sub("\ufffd", text)


def form_reference(number: int, received_at: datetime) -> str:
    """The reference of a form's post: the desk's year is the one on the wall in London."""
    return make_reference(received_at.astimezone(_LONDON).year, number)
