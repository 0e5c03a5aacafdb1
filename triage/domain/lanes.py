"""Where a person finds an enquiry. What has a kind, a flag or a doubt goes to a person, whatever the gate said."""

import re

from triage.domain.classification import Classification
from triage.domain.enquiry import Enquiry
from triage.domain.gate import GateVerdict
from triage.domain.letter_choice import NEUTRAL_FLAGS, SILENT_FLAGS, is_thin_beside_attachment
from triage.domain.vocabulary import Flag, GateAnswer, Kind, Lane

# The gate's row for a message that answers one of ours.
_ANSWERS_US = 3

# Never-rows that prove a machine or a bulk sender. Row 8 proves none (mail servers stamp people's mail), nor does
# row 11, which looks at the subject alone.
_MACHINE_ROWS = frozenset({1, 2, 4, 5, 6, 7, 9, 10, 12, 13, 15})

_ABSENCE = re.compile(
    r"\b(?:on|annual|maternity|paternity|parental|sick) leave\b|\bout of (?:the )?office\b|\b(?:i am|i'm|be) away\b"
    r"|\b(?:back|returning?|return) (?:on|in|to)\b|\bon holiday\b|\bautomatic (?:reply|response)\b"
    r"|\babwesend|\bim urlaub\b|\babsent|\ben vacances\b|\bausente|\bvacaciones\b|\bafwezig|\bnieobecn",
    re.IGNORECASE,
)

# Where a message waits for a person until it has a case or somebody has said what it asks; the most pressing first.
WAITING_LANES = (Lane.URGENT, Lane.COMPLAINTS, Lane.NEEDS_PERSON, Lane.NEW_MESSAGE)

URGENT_FLAGS = frozenset({Flag.BREACH_REPORT, Flag.REGULATOR_OR_COURT, Flag.THREAT_TO_SAFETY})


def concerns_a_person(enquiry: Enquiry, gate: GateVerdict, reading: Classification | None) -> bool:
    """True for a kind, a doubt, or any flag but spam (spam is cleared in the daily look, and alarms nobody).

    A doubt is also what no reader can settle: a text that cannot be read, a few words beside an attachment, somebody
    else's mail passed on, and what answers us without belonging to a thread (row 3 keeps machines quiet, but a
    person wrote). A machine's attachments and forwards are no doubt.
    """
    if not enquiry.readable or only_answers_us(gate):
        return True
    passed_on = is_thin_beside_attachment(enquiry) or enquiry.forward_of is not None
    if passed_on and not _MACHINE_ROWS & _never_rows(gate):
        return True
    if reading is None:
        return False
    # An absence note mentions this and that: only a kind or a flag in it is worth a person's look.
    doubt = reading.needs_person and not is_absence_note(enquiry, gate)
    return bool(reading.kinds) or doubt or any(flag is not Flag.SPAM for flag in reading.flags)


def is_absence_note(enquiry: Enquiry, gate: GateVerdict) -> bool:
    """True where nothing but the subject says that a machine wrote, and the text agrees: somebody is away."""
    return any(hit.by_subject for hit in gate.hits) and bool(_ABSENCE.search(enquiry.own_words))


def is_urgent(reading: Classification | None) -> bool:
    """True for a breach report, a regulator or court, or a danger to somebody."""
    return reading is not None and bool(URGENT_FLAGS & set(reading.flags))


def only_answers_us(gate: GateVerdict) -> bool:
    """True where row 3 says never and no row that proves a machine does: a person answered a letter of ours."""
    rows = _never_rows(gate)
    return _ANSWERS_US in rows and not rows & _MACHINE_ROWS


def lane_of_new(enquiry: Enquiry, gate: GateVerdict, reading: Classification | None) -> Lane:
    """The lane of an enquiry that joins no thread."""
    if is_urgent(reading):
        return Lane.URGENT
    if not concerns_a_person(enquiry, gate, reading):
        return Lane.AUTOMATIC_MAIL if gate.answer is GateAnswer.NEVER else Lane.NOT_REQUESTS
    if gate.answer is not GateAnswer.ACK or reading is None or not enquiry.readable or _doubtful(enquiry, reading):
        return Lane.NEEDS_PERSON
    return Lane.COMPLAINTS if Kind.COMPLAINT in reading.kinds else Lane.NEW


def lane_of_reply(reading: Classification | None) -> Lane:
    """The lane of a message that joins a thread."""
    if is_urgent(reading):
        return Lane.URGENT
    if reading is not None and Kind.COMPLAINT in reading.kinds:
        return Lane.COMPLAINTS
    return Lane.NEW_MESSAGE


def _never_rows(gate: GateVerdict) -> set[int]:
    return {hit.row for hit in gate.hits if hit.act is GateAnswer.NEVER}


def _doubtful(enquiry: Enquiry, reading: Classification) -> bool:
    unsure = not reading.kinds or set(reading.kinds) != set(reading.sure_kinds)
    care = bool((SILENT_FLAGS | NEUTRAL_FLAGS) & set(reading.flags))
    return unsure or reading.needs_person or care or is_thin_beside_attachment(enquiry)
