"""What the reader says of a text: kinds with scores and the words they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.domain.enquiry import Passage
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A text to be read: subject, body and who speaks where in the body. Empty passages: all own words."""

    channel: Channel
    subject: str
    text: str
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a kind (or a flag) was seen. `start`/`end` are offsets into the text; the subject gives -1, -1.

    `witness` is "rule" or "model"; `source` names the rule or the model; `why` is for the DPO's eyes.
    """

    kind: Kind | Flag
    witness: str
    source: str
    why: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification:
    """The reader's verdict. `kinds` holds what the desk would open cases for, in the order of `Kind`.

    `needs_person` is true whenever the reader is unsure, also of there being no request.
    `other_rights` is not empty exactly when OTHER_RIGHT is among the kinds.
    """

    kinds: tuple[Kind, ...]
    scores: Mapping[Kind, float]
    needs_person: bool
    request_score: float
    reasons: tuple[Reason, ...] = ()
    other_rights: tuple[OtherRight, ...] = ()
    flags: tuple[Flag, ...] = ()
    language: str = "en"
    sure_kinds: tuple[Kind, ...] = field(default=())
