"""Who gets which letter by itself, and why not. The table of docs/letters.md as one pure function."""

from triage.domain.classification import Classification
from triage.domain.enquiry import Enquiry
from triage.domain.gate import GateVerdict
from triage.domain.vocabulary import Channel, Flag, GateAnswer, Kind, LetterPurpose, OtherRight

# No machine writes first where a wrong word does harm; a person decides.
SILENT_FLAGS = frozenset(
    {
        Flag.REGULATOR_OR_COURT,
        Flag.DISCLOSURE_REQUEST,
        Flag.PRESS,
        Flag.THREAT_TO_SAFETY,
        Flag.BEREAVEMENT,
        Flag.STAFF,
        Flag.CLIENT_INSTRUCTION,
        Flag.SPAM,
    }
)

# The request may be sure, but saying how we understood it, or by when we answer, might be wrong.
NEUTRAL_FLAGS = frozenset(
    {
        Flag.SOLICITOR,
        Flag.REPRESENTATIVE,
        Flag.CHILD,
        Flag.THIRD_PARTY_PORTAL,
        Flag.PROCESSOR_DATA,
        Flag.SPECIAL_CATEGORY,
        Flag.ABOUT_THE_DPO,
        Flag.BREACH_REPORT,
        Flag.NOT_ENGLISH,
        Flag.UNFILLED_TEMPLATE,
    }
)

# Withdrawn consent or an objection that is not about marketing: the opt-out letter would promise the wrong thing.
_NOT_MARKETING = frozenset({OtherRight.CONSENT, OtherRight.OBJECTION})

# Fewer own words than this beside an attachment: the request is probably in the attachment.
_THIN_WORDS = 25


def is_thin_beside_attachment(enquiry: Enquiry) -> bool:
    """True where the request, if there is one, is probably in the attachment."""
    return bool(enquiry.attachments) and len(enquiry.own_words.split()) < _THIN_WORDS


def choose_letter(
    enquiry: Enquiry, gate: GateVerdict, reading: Classification | None
) -> tuple[LetterPurpose | None, str]:
    """The purpose of the letter a machine may send for a new enquiry, and the reason; None with a reason why none."""
    if gate.answer is not GateAnswer.ACK:
        rows = ", ".join(dict.fromkeys(str(hit.row) for hit in gate.hits if hit.act is gate.answer))
        word = "never answered by a machine" if gate.answer is GateAnswer.NEVER else "held for a person"
        return None, f"{word}: gate row {rows}"
    if reading is None:
        return None, "not read: a person looks first"
    silent = [flag for flag in reading.flags if flag in SILENT_FLAGS]
    if silent:
        return None, f"no automatic letter where flagged {_names(silent)}: a person decides"
    doubt = _doubt(enquiry, reading)
    if not doubt and not reading.kinds:
        return None, "nothing in it asks for a data protection right"
    if doubt:
        return LetterPurpose.NEUTRAL, doubt
    if reading.kinds == (Kind.COMPLAINT,):
        return LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, "a complaint, and nothing speaks against answering"
    # In a chat the acknowledgement says the same in fewer words, and asks where the marketing goes.
    if reading.kinds == (Kind.OPT_OUT,) and enquiry.channel is Channel.EMAIL:
        return LetterPurpose.OPT_OUT_RECORDED, "an opt-out, which is recorded and needs no consideration"
    return LetterPurpose.ACKNOWLEDGEMENT, "the kinds are sure and nothing speaks against answering"


def _doubt(enquiry: Enquiry, reading: Classification) -> str:
    if not enquiry.readable:
        return "the text could not be read"
    if is_thin_beside_attachment(enquiry):
        return "few words beside an attachment, which a person has to open"
    if enquiry.forward_of is not None:
        return "somebody else's mail passed on: a person says whose request it is"
    if (reading.needs_person and not reading.kinds) or set(reading.kinds) != set(reading.sure_kinds):
        return "not sure enough to say how we understood it"
    neutral = [flag for flag in reading.flags if flag in NEUTRAL_FLAGS]
    if neutral:
        return f"neutral letter where flagged {_names(neutral)}"
    if Kind.OPT_OUT in reading.kinds and _NOT_MARKETING & set(reading.other_rights):
        return "an opt-out that may not be about marketing"
    return ""


def _names(flags: list[Flag]) -> str:
    return ", ".join(flag.value for flag in flags)
