"""Where a person finds an enquiry. What has a kind, a flag or a doubt goes to a person, whatever the gate said."""

from triage.domain.classification import Classification
from triage.domain.gate import GateVerdict
from triage.domain.letter_choice import NEUTRAL_FLAGS, SILENT_FLAGS
from triage.domain.vocabulary import Flag, GateAnswer, Kind, Lane

# The gate's row for a message that answers one of ours.
_ANSWERS_US = 3

URGENT_FLAGS = frozenset({Flag.BREACH_REPORT, Flag.REGULATOR_OR_COURT, Flag.THREAT_TO_SAFETY})


def concerns_a_person(gate: GateVerdict, reading: Classification | None, readable: bool) -> bool:
    """True for a kind, a doubt, or any flag but spam (spam is cleared in the daily look, and alarms nobody).

    What answers us without belonging to a thread is a doubt too: row 3 keeps machines quiet, but a person wrote.
    """
    if not readable or _only_answers_us(gate):
        return True
    if reading is None:
        return False
    return bool(reading.kinds) or reading.needs_person or any(flag is not Flag.SPAM for flag in reading.flags)


def is_urgent(reading: Classification | None) -> bool:
    """True for a breach report, a regulator or court, or a danger to somebody."""
    return reading is not None and bool(URGENT_FLAGS & set(reading.flags))


def lane_of_new(gate: GateVerdict, reading: Classification | None, readable: bool) -> Lane:
    """The lane of an enquiry that joins no thread."""
    if is_urgent(reading):
        return Lane.URGENT
    if not concerns_a_person(gate, reading, readable):
        return Lane.AUTOMATIC_MAIL if gate.answer is GateAnswer.NEVER else Lane.NOT_REQUESTS
    if gate.answer is not GateAnswer.ACK or reading is None or not readable or _doubtful(reading):
        return Lane.NEEDS_PERSON
    return Lane.COMPLAINTS if Kind.COMPLAINT in reading.kinds else Lane.NEW


def lane_of_reply(reading: Classification | None) -> Lane:
    """The lane of a message that joins a thread."""
    if is_urgent(reading):
        return Lane.URGENT
    if reading is not None and Kind.COMPLAINT in reading.kinds:
        return Lane.COMPLAINTS
    return Lane.NEW_MESSAGE


def _doubtful(reading: Classification) -> bool:
    unsure = not reading.kinds or set(reading.kinds) != set(reading.sure_kinds)
    return unsure or reading.needs_person or bool((SILENT_FLAGS | NEUTRAL_FLAGS) & set(reading.flags))


def _only_answers_us(gate: GateVerdict) -> bool:
    return {hit.row for hit in gate.hits if hit.act is GateAnswer.NEVER} == {_ANSWERS_US}
