"""The closed word lists of the desk: kinds, flags, channels, lanes. Their spelling is the public contract."""

from enum import StrEnum


class Kind(StrEnum):
    """What a person may ask for; an enquiry has none, one or several."""

    ACCESS = "access"
    CORRECTION = "correction"
    DELETION = "deletion"
    OPT_OUT = "opt_out"
    COMPLAINT = "complaint"
    OTHER_RIGHT = "other_right"


class OtherRight(StrEnum):
    """The rights behind `other_right` (UK GDPR Arts 7(3), 18, 20, 21(1), 22A-22D)."""

    PORTABILITY = "portability"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    CONSENT = "consent"
    ADM = "adm"


class Flag(StrEnum):
    """What a person must know before anyone answers; each changes lane or letter."""

    BREACH_REPORT = "breach_report"
    REGULATOR_OR_COURT = "regulator_or_court"
    SOLICITOR = "solicitor"
    CHILD = "child"
    SPECIAL_CATEGORY = "special_category"
    PROCESSOR_DATA = "processor_data"
    CLIENT_INSTRUCTION = "client_instruction"
    DISCLOSURE_REQUEST = "disclosure_request"
    REPRESENTATIVE = "representative"
    BEREAVEMENT = "bereavement"
    STAFF = "staff"
    NAMES_STAFF = "names_staff"
    PRESS = "press"
    THREAT_TO_SAFETY = "threat_to_safety"
    ABOUT_THE_DPO = "about_the_dpo"
    FOI = "foi"
    SPAM = "spam"
    THIRD_PARTY_PORTAL = "third_party_portal"
    UNFILLED_TEMPLATE = "unfilled_template"
    NOT_ENGLISH = "not_english"


class Channel(StrEnum):
    """How an enquiry came in."""

    EMAIL = "email"
    CHAT = "chat"
    FORM = "form"
    POST = "post"
    PHONE = "phone"
    IN_PERSON = "in_person"
    SOCIAL = "social"


class GateAnswer(StrEnum):
    """Whether a machine may answer. It never decides the lane."""

    ACK = "ack"
    HOLD = "hold"
    NEVER = "never"


class Lane(StrEnum):
    """Where the DPO finds it. Overdue and due soon are not stored: they are read off the dates."""

    URGENT = "urgent"
    NEEDS_PERSON = "needs_person"
    COMPLAINTS = "complaints"
    NEW_MESSAGE = "new_message"
    NEW = "new"
    NOT_REQUESTS = "not_requests"
    AUTOMATIC_MAIL = "automatic_mail"


class Role(StrEnum):
    """Who is speaking in a stretch of text. Only OWN words can ask for something."""

    OWN = "own"
    QUOTED = "quoted"
    FORWARDED = "forwarded"
    SIGNATURE = "signature"
    FOOTER = "footer"
    OUR_LETTER = "our_letter"


class Nation(StrEnum):
    """Whose bank holidays count: the controller's establishment."""

    ENGLAND = "ENG"
    WALES = "WLS"
    SCOTLAND = "SCT"
    NORTHERN_IRELAND = "NIR"
    BULGARIA = "BG"


class Regime(StrEnum):
    """UK GDPR, or EU GDPR for the Bulgarian company."""

    UK = "uk"
    EU = "eu"


class UserRole(StrEnum):
    """What a signed-in person may do in the console."""

    DPO = "dpo"
    DEPUTY = "deputy"
    READER = "reader"


class CaseState(StrEnum):
    """Where a case stands in its life; its clock has states of its own (docs/states.md)."""

    OPEN = "open"
    CANNOT_REACH = "cannot_reach"
    CLOSED = "closed"
    SET_ASIDE = "set_aside"


class CaseEventName(StrEnum):
    """What may move a case's dates. Identity, authority and fee move the start; clarification pauses."""

    RECEIVED = "received"
    IDENTITY_ASKED = "identity_asked"
    IDENTITY_RECEIVED = "identity_received"
    AUTHORITY_ASKED = "authority_asked"
    AUTHORITY_RECEIVED = "authority_received"
    FEE_ASKED = "fee_asked"
    FEE_PAID = "fee_paid"
    CLARIFICATION_ASKED = "clarification_asked"
    CLARIFICATION_RECEIVED = "clarification_received"
    EXTENDED = "extended"
    RELABELLED = "relabelled"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


class Outcome(StrEnum):
    """How a case ended, always a person's word. Which kind may end how: triage/domain/outcomes.py."""

    PROVIDED = "provided"
    PART_PROVIDED = "part_provided"
    NOTHING_HELD = "nothing_held"
    CORRECTED = "corrected"
    COMPLETED = "completed"
    NOTE_ADDED = "note_added"
    ERASED = "erased"
    PART_ERASED = "part_erased"
    SUPPRESSED_ONLY = "suppressed_only"
    SUPPRESSED = "suppressed"
    ALREADY_SUPPRESSED = "already_suppressed"
    NOT_ON_LIST = "not_on_list"
    UPHELD = "upheld"
    PART_UPHELD = "part_upheld"
    NOT_UPHELD = "not_upheld"
    REMEDIED = "remedied"
    REFERRED = "referred"
    GRANTED = "granted"
    PART_GRANTED = "part_granted"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"
    FORWARDED = "forwarded_to_controller"
    WITHDRAWN = "withdrawn"
    NO_REPLY = "no_reply"


class LetterPurpose(StrEnum):
    """Why a letter is sent. One frame in rules/letters/ per purpose and channel."""

    ACKNOWLEDGEMENT = "acknowledgement"
    NEUTRAL = "neutral"
    COMPLAINT_ACKNOWLEDGEMENT = "complaint_acknowledgement"
    IDENTITY_ASK = "identity_ask"
    AUTHORITY_ASK = "authority_ask"
    CLARIFICATION_ASK = "clarification_ask"
    EXTENSION_NOTICE = "extension_notice"
    PROGRESS = "progress"
    OUTCOME = "outcome"
    REFUSAL = "refusal"
    FORWARDED = "forwarded"
    COMPLAINT_PROGRESS = "complaint_progress"
    COMPLAINT_OUTCOME = "complaint_outcome"
    ESCALATION = "escalation"
    OPT_OUT_RECORDED = "opt_out_recorded"
    OPT_OUT_DONE = "opt_out_done"
    FIRST_UNDERSTOOD_DIFFERENTLY = "first_understood_differently"
