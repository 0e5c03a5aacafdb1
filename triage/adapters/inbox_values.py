"""What both kinds of the hook's inbox agree on. No database in here."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from triage.domain.reference import make_reference
from triage.domain.vocabulary import Channel
from triage.ports import NewItem

if TYPE_CHECKING:  # the library behind it is loaded where there is a key
    from triage.adapters.sealing import Sealer

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


def sealed(new: NewItem, sealer: "Sealer | None", place: str) -> NewItem:
    """The item as it is stored at `place`. Its hash and size are then those of what lies there: a hash of the words
    themselves could be tried against a guess."""
    if sealer is None:
        return new
    raw = sealer.seal(place, new.raw)
    return replace(new, raw=raw, sha256=hashlib.sha256(raw).hexdigest(), size_bytes=len(raw))


def form_item(key: str, raw: bytes, received_at: datetime) -> NewItem:
    """A form's post as an item."""
    return NewItem(
        key=key,
        channel=Channel.FORM,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        received_at=received_at,
    )
