"""What each mark on a case says, and what to do about it: alarms and flags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.domain.notices import in_words
from triage.service.alarm_words import mend_of

# Alarms of a case in the words of the page, where what is to be done is a button there (docs/alarms.md has them all).
_ALARMS: Mapping[str, tuple[str, str]] = {
    "not_acknowledged": (
        "Nobody has told the person for a working day that their message arrived",
        "Send the acknowledgement, or acknowledge it by hand and say so here",
    ),
    "ack_not_delivered": (
        "A letter of ours came back",
        "Find another way to reach the person: the clock runs all the same. On the letter, say how you handed it over",
    ),
    "letter_refused": (
        "A letter could not be delivered for good",
        "Open the letter, mend the address and hand it over another way; for a chat, look into its thread in HubSpot",
    ),
    "letter_unclear": (
        "Nobody knows whether a letter went",
        "Look in the mail server’s log, then say on the letter what became of it: it is never sent twice by itself",
    ),
    "opt_out_late": (
        "Marketing is not stopped in every system after two working days",
        "Stop it in the systems that are left, today, and tick them on the checklist",
    ),
    "notice_not_sent": (
        "A mail to staff about this did not go: perhaps nobody was told",
        "Look at the case now, and have the address in the policy’s [staff] put right",
    ),
    "unsubscribe_failed": (
        "HubSpot did not take the address off marketing mail",
        "Unsubscribe it here or in HubSpot itself",
    ),
    "privacy_deletion": (
        "HubSpot deleted the person’s thread or contact for good",
        "Decide what of this file must still be kept",
    ),
    "team_note_failed": (
        "A comment for the team could not be posted into the chat",
        "Look into the thread in HubSpot; the visitor is none the worse",
    ),
}
_FLAGS: Mapping[str, str] = {
    "breach_report": "It may tell of a personal data breach. 72 hours to tell the regulator run from when we knew.",
    "regulator_or_court": "A regulator, a court or the police may be behind it. Read it before anything leaves.",
    "solicitor": "A solicitor writes. Check their authority, and write to them in the person’s place.",
    "child": "It is about a child. Check who may ask for them.",
    "special_category": "It tells of health, belief or the like: no more people than needed should read it.",
    "processor_data": "It may be data we hold for a client only: then the client answers, and we pass it on.",
    "client_instruction": "A client seems to instruct us about their people’s data.",
    "disclosure_request": "Somebody asks for another person’s data. That is no request of the person’s own.",
    "representative": "Somebody asks for somebody else. Ask for proof that they may.",
    "bereavement": "It tells of a death. The writer deserves care, whatever the law says of it.",
    "staff": "It comes from somebody who works or worked for us.",
    "names_staff": "It names a colleague: that colleague should not handle it.",
    "press": "It comes from the press.",
    "threat_to_safety": "Somebody may be in danger. See to that first.",
    "about_the_dpo": "It complains about the data protection officer: the deputy or director handles it.",
    "foi": "It cites freedom of information, which binds public bodies. Read it as what it asks for in substance.",
    "spam": "It looks like advertising.",
    "third_party_portal": "It came from a service that asks for others. Ask whether the person knows.",
    "unfilled_template": "It is a template with gaps left in it.",
    "not_english": "It is not in English. Have it translated before it is taken for anything.",
    "legal_hold": "Nothing of the case may be removed while the hold lies on it.",
    "erasure_blocked": "The person seems to have taken the wish to delete back. Ask them before anything is deleted.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A mark in words: what it says, what to do about it and since when ("" for a mark that only tells)."""

    code: str
    says: str
    do: str = ""
    since: str = ""


def alarms_told(standing: Iterable[Mapping[str, str]]) -> tuple[Told, ...]:
    """Alarms that stand on a case, with what mends them."""
    return tuple(_alarm(one["code"], one["raised_at"]) for one in standing)


def _alarm(code: str, since: str) -> Told:
    says, do = _ALARMS.get(code, (in_words(code).capitalize(), mend_of(code)))
    return Told(code=code, says=says, do=do, since=since)


def marks_told(codes: Iterable[str]) -> tuple[Told, ...]:
    """Other marks that have words."""
    return tuple(Told(code=code, says=_FLAGS[code]) for code in codes if code in _FLAGS)
