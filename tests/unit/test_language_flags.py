"""Flags: what a person must know first, in words nobody planned for; and what merely sounds like it."""

from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.classification import Script
from triage.domain.policy import Thresholds
from triage.domain.vocabulary import Channel, Flag
from triage.language.reader import Heed, Reader
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
# The rules alone: where the model stands is no concern of theirs.
POLICY = replace(load_policy(RULES), thresholds=Thresholds(upper=0.80, lower=0.35, look=0.10), kind_thresholds={})
READER = Reader(RULES, POLICY, Heed.RULES)

RAISED = {
    Flag.BREACH_REPORT: [
        "i logged in and its showing another customers bills",
        "Opened the post to find somebody else's contract in with mine.",
        "your driver read my card number out loud in front of the whole cafe",
        "You sent my statement to the wrong address.",
        "Everyone on the list can see everyone's email address.",
        "One of your vans left a folder of job sheets on the pavement",
        "Your adviser told my landlord that I am in arrears",
        "There has been a data breach and nobody told us.",
        "u have lost the copy of my passport",
    ],
    Flag.REGULATOR_OR_COURT: [
        "I have complained to the Information Commissioner about you.",
        "I've already reported this to the ICO.",
        "We have received a complaint about how you handle requests. Case Officer, Information Commissioner's Office",
        "Enclosed is the order of the County Court at Milford.",
        "Please attend the Crown Court with these records on 4 March.",
    ],
    Flag.SOLICITOR: [
        "We act for Mrs Dunne and enclose her authority.",
        "Our client requires a copy of all recordings. Bray & Poole LLP",
        "my lawyer told me to collect everything you have about me",
        "LETTER BEFORE ACTION",
    ],
    Flag.CHILD: [
        "im 13 and i want my account gone",
        "My daughter (11) is on your website in the photo from the fair.",
        "he is only 9 and keeps getting your texts",
        "I am the parent of two pupils at the primary school whose pictures you put up",
    ],
    Flag.THREAT_TO_SAFETY: [
        "my ex is violent and must not find out where we live now",
        "There is a restraining order against him.",
        "im in a refuge, dont write to the old address",
        "I'll come down to your office with a bat",
        "He has been following me since I left him.",
    ],
    Flag.SPECIAL_CATEGORY: ["I'm deaf so please email", "They wrote about my epilepsy", "delete my fingerprint"],
    Flag.PROCESSOR_DATA: [
        "My school uses your app for dinner money.",
        "i bought trainers from a shop you host, wipe my card",
        "As our processor you hold this for us.",
    ],
    Flag.CLIENT_INSTRUCTION: [
        "Please disable the account of Joe, he leaves us on Friday.",
        "New starter on Monday, please set up a mailbox.",
        "We have had a subject access request from one of our drivers, please export his mailbox.",
    ],
    Flag.DISCLOSURE_REQUEST: [
        "I am DC Marsh investigating a burglary, please supply subscriber details.",
        "My tenant has done a runner, I only need his forwarding address.",
        "Can you confirm whether Mr Pask works for you?",
    ],
    Flag.REPRESENTATIVE: [
        "I hold power of attorney for my mother.",
        "I am writing on behalf of my neighbour, he cannot see.",
        "My dad doesn't do computers so I'm asking for him",
    ],
    Flag.BEREAVEMENT: ["My brother died in May.", "Mum passed away last week", "I am the executor of Mr Dole."],
    Flag.STAFF: ["I worked for you in the call centre", "please delete my CV", "I applied for the apprentice role"],
    Flag.NAMES_STAFF: ["Your Mr Zwicky shouted at me.", "ur engineer Zoltan texted me that night"],
    Flag.PRESS: [
        "I'm a reporter with the Echo",
        "Press enquiry, deadline 5pm",
        "Would you give a comment for our podcast?",
    ],
    Flag.ABOUT_THE_DPO: [
        "Your DPO never answered me.",
        "Let someone other than your data protection officer look",
    ],
    Flag.FOI: ["under FOI please", "This is a freedom of information request"],
    Flag.SPAM: [
        "Your mailbox is almost full, verify your password here",
        "We help firms like yours automate DSARs, fancy a demo?",
    ],
    Flag.THIRD_PARTY_PORTAL: ["Our user Ann Poe has authorised us to send you this deletion request."],
    Flag.UNFILLED_TEMPLATE: [
        "My name is [your name] and I want my data",
        "Dear <insert company>, delete me",
        "Customer number: XXXX",
        "Dear {{company}}, erase my data",
        "Born DD/MM/YYYY",
    ],
}

NOT_RAISED = [
    (Flag.SOLICITOR, "If I hear nothing by Friday my solicitor will write to you."),
    (Flag.SOLICITOR, "Next time you will hear from my lawyer."),
    (Flag.SOLICITOR, "I have power of attorney for my aunt."),
    (Flag.REGULATOR_OR_COURT, "I will go to the ICO if you do not answer."),
    (Flag.REGULATOR_OR_COURT, "Otherwise I am going to complain to the Information Commissioner."),
    (Flag.REGULATOR_OR_COURT, "What does the ICO guidance say about cookies?"),
    (Flag.REGULATOR_OR_COURT, "The engineer should come to 3 Albion Court."),
    (Flag.BREACH_REPORT, "You delivered the wrong toner."),
    (Flag.BREACH_REPORT, "Please send my data to my new address."),
    (Flag.CHILD, "I am 3 months into a 2 year contract."),
    (Flag.CHILD, "There is a minor fault on the line."),
    (Flag.THREAT_TO_SAFETY, "Please kill the session, the server hangs."),
    (Flag.THREAT_TO_SAFETY, "The price is 90 ex VAT."),
    (Flag.BEREAVEMENT, "My router died last night."),
    (Flag.PRESS, "Press the button twice."),
    (Flag.STAFF, "When will the job be done?"),
    (Flag.SPAM, "Stop your marketing emails to me."),
    (Flag.UNFILLED_TEMPLATE, "Thanks, speak soon xx"),
    (Flag.NAMES_STAFF, "What do you know about me?"),
    (Flag.ABOUT_THE_DPO, "Dear data protection officer, please erase my account."),
    (Flag.FOI, "Feel free to ring me for information."),
]


def flags_of(text: str) -> tuple[Flag, ...]:
    return READER.read(Script(channel=Channel.EMAIL, subject="", text=text)).flags


@pytest.mark.parametrize(("flag", "text"), [(flag, text) for flag, texts in RAISED.items() for text in texts])
def test_what_a_person_must_know_is_seen(flag: Flag, text: str) -> None:
    assert flag in flags_of(text)


@pytest.mark.parametrize(("flag", "text"), NOT_RAISED)
def test_what_merely_sounds_like_it_is_left_alone(flag: Flag, text: str) -> None:
    assert flag not in flags_of(text)


def test_every_flag_but_the_language_has_its_words_here() -> None:
    assert set(RAISED) == set(Flag) - {Flag.NOT_ENGLISH}
