"""The reader as a person meets it: what is asked, in many voices, and what is not."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.classification import Classification, Script
from triage.domain.enquiry import Passage
from triage.domain.policy import Thresholds
from triage.domain.vocabulary import Channel, Flag, Kind, OtherRight, Role
from triage.language.reader import Heed, Reader
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
# The rules alone: where the model stands is no concern of theirs.
POLICY = replace(load_policy(RULES), thresholds=Thresholds(upper=0.80, lower=0.35, look=0.10), kind_thresholds={})


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(RULES, POLICY, Heed.RULES)


def read(reader: Reader, text: str, subject: str = "", roles: Sequence[tuple[Role, str]] = ()) -> Classification:
    """Read `text`, or the parts of `roles` joined, each spoken by its role."""
    passages: list[Passage] = []
    whole = text
    for role, part in roles:
        passages.append(Passage(role=role, start=len(whole), end=len(whole) + len(part)))
        whole += part
    return reader.read(Script(channel=Channel.EMAIL, subject=subject, text=whole, passages=tuple(passages)))


ALONE = {
    Kind.ACCESS: [
        "hi can u tell me wot data u hold on me",
        "Please supply me with the personal data you hold about me.",
        "SAR please",
        "where did you lot get my number from??",
        "Who have you passed my details on to?",
        "I would like the recording of my phone call on 3 May",
        "Good day, I am wanting to receive all informations what your company have about my person",
        "PLEASE LET ME HAVE COPIES OF ANY CCTV FOOTAGE IN WHICH I APPEAR",
        "Pursuant to Art. 15 UK GDPR I require a response.",
    ],
    Kind.CORRECTION: [
        "You've spelt my name wrong, it's Siân not Sian",
        "We have moved! Our new address is 5 High Street",
        "I am Mrs Khan now",
        "u got my name rong its Priya not Prya",
        "Please rectify the inaccurate data you hold about me",
        "You keep writing to my old address. I moved two years ago.",
    ],
    Kind.DELETION: [
        "delete my acount and everything in it",
        "take my picture off your site",
        "I'd like to be forgotten under GDPR",
        "pls dlete my info",
        "I don’t want you to have my details any more",
        "Kindly ensure that all my personal data is deleted from your systems",
        "Please remove my personal infor-\nmation from your\nrecords",
    ],
    Kind.OPT_OUT: [
        "unsubscribe",
        "STOP",
        "stop ringing me",
        "I don't want any more marketing emails",
        "remove me from ur list",
        "Please don't share my details with anyone else",
        "This number is registered with the TPS, do not call it again",
        "I object to you using my details for direct marketing",
    ],
    Kind.COMPLAINT: [
        "I want to make a formal complaint about how you've handled my personal data",
        "I am appalled that you gave my number to a third party without my permission",
        "I never signed up to your emails and I've told you three times. This is harassment",
        "You have ignored my subject access request",
        "I asked for my data six weeks ago and you have not replied",
        "I unsubscribed twice and I'm still getting your emails",
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in ALONE.items() for text in texts])
def test_one_request_in_many_voices_is_exactly_that_kind_and_needs_nobody(
    reader: Reader, kind: Kind, text: str
) -> None:
    verdict = read(reader, text)
    assert verdict.kinds == verdict.sure_kinds == (kind,)
    assert not verdict.needs_person
    assert verdict.request_score == verdict.scores[kind]


@pytest.mark.parametrize(
    ("text", "kinds", "rights"),
    [
        ("I want my data in a machine readable format", (Kind.ACCESS, Kind.OTHER_RIGHT), (OtherRight.PORTABILITY,)),
        ("Please restrict processing of my data", (Kind.OTHER_RIGHT,), (OtherRight.RESTRICTION,)),
        ("I want a human to review the automated decision", (Kind.OTHER_RIGHT,), (OtherRight.ADM,)),
        ("I withdraw my consent", (Kind.OPT_OUT, Kind.OTHER_RIGHT), (OtherRight.CONSENT,)),
        ("I object to the processing of my personal data", (Kind.OPT_OUT, Kind.OTHER_RIGHT), (OtherRight.OBJECTION,)),
    ],
)
def test_the_other_rights_are_named(
    reader: Reader, text: str, kinds: tuple[Kind, ...], rights: tuple[OtherRight, ...]
) -> None:
    verdict = read(reader, text)
    assert (verdict.kinds, verdict.other_rights) == (kinds, rights)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Send me a copy of my data and then delete it all", {Kind.ACCESS, Kind.DELETION}),
        ("Delete my details and stop emailing me", {Kind.DELETION, Kind.OPT_OUT}),
        ("Where did you get my number? Stop calling me.", {Kind.ACCESS, Kind.OPT_OUT}),
        (
            "Please send me all the data you have about me, correct my address and delete my old phone number",
            {Kind.ACCESS, Kind.CORRECTION, Kind.DELETION},
        ),
        (
            "You shared my details without my consent. Send me a copy of everything you hold on me.",
            {Kind.ACCESS, Kind.COMPLAINT},
        ),
    ],
)
def test_several_rights_in_one_message_are_several_kinds(reader: Reader, text: str, kinds: set[Kind]) -> None:
    assert set(read(reader, text).sure_kinds) == kinds


def test_delete_all_you_hold_on_me_does_not_ask_for_a_copy(reader: Reader) -> None:
    assert read(reader, "Get rid of everything you have about me").kinds == (Kind.DELETION,)


@pytest.mark.parametrize(
    "text",
    [
        "Please do NOT delete my data",
        "I don't want you to delete my account data",
        "There is no need to send me my data after all",
        "Thank you for deleting my data so quickly",
        "Please don't unsubscribe me, I like your newsletter",
    ],
)
def test_what_is_forbidden_or_done_is_not_asked_but_a_person_looks(reader: Reader, text: str) -> None:
    verdict = read(reader, text)
    assert verdict.kinds == ()
    assert verdict.needs_person


def test_a_not_reaches_its_own_request_only(reader: Reader) -> None:
    verdict = read(reader, "Please do NOT delete my data until I have a copy of my data")
    assert verdict.kinds == (Kind.ACCESS,)


@pytest.mark.parametrize(
    "text",
    ["I'd be grateful if you could delete my data", "If possible please delete my data", "Can you delete my data?"],
)
def test_a_polite_if_is_a_request(reader: Reader, text: str) -> None:
    assert read(reader, text).sure_kinds == (Kind.DELETION,)


def test_a_real_if_is_left_to_a_person(reader: Reader) -> None:
    verdict = read(reader, "If you delete my data will I lose my emails?")
    assert verdict.needs_person
    assert verdict.sure_kinds == ()


def test_a_threat_to_complain_inside_a_first_request_is_no_complaint(reader: Reader) -> None:
    text = "Please send me a copy of my data. If you do not respond within one month I will complain to the ICO."
    assert read(reader, text).kinds == (Kind.ACCESS,)


HARD_NEGATIVES = [
    "Please find attached our invoice for March",
    "My broadband has been down since Tuesday and nobody has called me back",
    "Please delete the attached file, it was sent by mistake",
    "I need access to the portal",
    "Please close the ticket",
    "Can you correct the invoice, the amount is wrong",
    "You have been successfully unsubscribed from our list",
    "I want to complain about my broadband, it is awful",
    "Could you email me the quote again?",
    "The delivery address on order 4411 should be changed to Unit 5",
    "The phone keeps ringing and then stops",
    "We met at the trade fair. I would love to show you our product",
    "The customer database export failed last night, see attached log",
    "Our office moved last month, please send the engineer to the new site",
    "I'd like to cancel my contract at the end of the month",
    "Autumn sale! Save 20%.\n\nUnsubscribe | Update preferences | Privacy policy",
    "Hello",
]


@pytest.mark.parametrize("text", HARD_NEGATIVES)
def test_ordinary_business_is_no_request_and_bothers_nobody(reader: Reader, text: str) -> None:
    verdict = read(reader, text)
    assert verdict.kinds == ()
    assert not verdict.needs_person


@pytest.mark.parametrize(
    "text",
    ["How do you comply with GDPR?", "Do you have a privacy policy?", "Please close my account", "Is my data ok?"],
)
def test_a_weak_word_of_privacy_makes_no_kind_but_a_person_looks(reader: Reader, text: str) -> None:
    verdict = read(reader, text)
    assert verdict.kinds == ()
    assert verdict.needs_person
    assert 0 < verdict.request_score < 0.8


@pytest.mark.parametrize(
    "text",
    [
        "Dear customer, you have the right to access, correct and delete your data. You may unsubscribe at any time.",
        "We are GDPR consultants and help you respond to subject access requests and delete data on time.",
        "Our customers can opt out of marketing in the app",
        "Please remove my old computer from the asset list",
        "Please stop the scheduled emails from the monitoring system",
        "The client asked us to delete their data from the shared folder, can you restore it?",
    ],
)
def test_the_same_verbs_about_other_things_ask_for_nothing(reader: Reader, text: str) -> None:
    assert read(reader, text).sure_kinds == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I asked you to delete my data and nothing has happened", (Kind.COMPLAINT,)),
        ("you promised to delete my data and you didnt", (Kind.COMPLAINT,)),
        ("I told you my address is wrong", (Kind.CORRECTION,)),
    ],
)
def test_what_was_asked_before_is_told_apart_from_what_is_asked_now(
    reader: Reader, text: str, kinds: tuple[Kind, ...]
) -> None:
    assert read(reader, text).kinds == kinds


def test_the_subject_alone_can_ask_and_its_reason_has_no_offsets(reader: Reader) -> None:
    verdict = read(reader, "see attached", subject="Subject access request")
    assert verdict.sure_kinds == (Kind.ACCESS,)
    assert next((r.start, r.end, r.text) for r in verdict.reasons) == (-1, -1, "Subject access request")


def test_reasons_point_at_the_original_words(reader: Reader) -> None:
    text = "Hello\u00a0there,\r\n\r\npls don’t worry. I’d like you to de\u00adlete my daata. Thx"
    verdict = read(reader, text)
    assert verdict.kinds == (Kind.DELETION,)
    reason = verdict.reasons[0]
    assert reason.text == text[reason.start : reason.end] == "de\u00adlete my daata"
    assert reason.witness == "rule"
    assert "deleted" in reason.why


@pytest.mark.parametrize("text", ["", "   \n\t", "!!! ???"])
def test_nothing_readable_needs_a_person(reader: Reader, text: str) -> None:
    verdict = read(reader, text)
    assert verdict.kinds == ()
    assert verdict.needs_person


@pytest.mark.parametrize(
    ("tongue", "text"),
    [
        ("de", "Bitte löschen Sie sofort alle meine Daten aus Ihrer Datenbank und bestätigen Sie mir das schriftlich"),
        ("fr", "Je voudrais recevoir une copie de toutes les données personnelles que vous détenez sur moi"),
        ("und", "Моля, изтрийте всички мои лични данни"),
    ],
)
def test_another_language_needs_a_person_and_is_named_where_sure(reader: Reader, tongue: str, text: str) -> None:
    verdict = read(reader, text)
    assert (verdict.language, Flag.NOT_ENGLISH in verdict.flags, verdict.needs_person) == (tongue, True, True)


@pytest.mark.parametrize("text", ["Xqz blorf snib", "ok", "Dear Larkfield server room colleagues printer broken"])
def test_a_few_odd_words_are_not_called_another_language(reader: Reader, text: str) -> None:
    assert read(reader, text).language == "en"


def test_one_sentence_deep_in_a_long_letter_counts(reader: Reader) -> None:
    rant = "The engineer came late and the router was left on the floor. " * 400
    text = rant + "I also want a copy of all the data you hold about me. " + rant
    verdict = read(reader, text)
    assert verdict.sure_kinds == (Kind.ACCESS,)


def test_saying_the_same_doubtful_thing_twice_makes_it_no_surer(reader: Reader) -> None:
    once = read(reader, "How long will you keep my records?").scores[Kind.ACCESS]
    same = read(reader, "How long will you keep my records? How long will you keep my records?").scores[Kind.ACCESS]
    assert once == same


def test_thresholds_are_the_policys(reader: Reader) -> None:
    strict = replace(POLICY, kind_thresholds={Kind.DELETION: Thresholds(upper=0.99, lower=0.98)})
    assert read(Reader(RULES, strict, Heed.RULES), "Please erase my data").kinds == ()
    assert read(reader, "Please erase my data").kinds == (Kind.DELETION,)


FLAGS = {
    Flag.CHILD: ["I am 15 and I want you to delete my data", "Delete what you hold about my daughter, she is 9"],
    Flag.BREACH_REPORT: ["You emailed my contract to the wrong person", "The letter was meant for somebody else"],
    Flag.REGULATOR_OR_COURT: ["I am a case officer at the Information Commissioner's Office"],
    Flag.SOLICITOR: ["We act for Mrs Reed and enclose an authority", "This is a letter before action"],
    Flag.SPECIAL_CATEGORY: ["Please delete the notes about my depression from my data"],
    Flag.PROCESSOR_DATA: ["My dental surgery told me you host their patient records, send me my data"],
    Flag.CLIENT_INSTRUCTION: ["Jo has left the company. Please disable her account and delete her mailbox"],
    Flag.DISCLOSURE_REQUEST: ["I am PC Reed of Kent Police investigating a theft, who lives there?"],
    Flag.REPRESENTATIVE: ["I'm writing on behalf of my mother, please send a copy of her data"],
    Flag.BEREAVEMENT: ["Sadly my mum passed away. Please stop writing to her."],
    Flag.STAFF: ["I used to work for you, please send me my personnel file"],
    Flag.NAMES_STAFF: ["Your engineer Zbigniew told my neighbours about my debts"],
    Flag.PRESS: ["I'm a reporter with the Exampleton Gazette, working on a story"],
    Flag.THREAT_TO_SAFETY: ["My ex-husband is violent and you gave him my address", "I want to end my life"],
    Flag.ABOUT_THE_DPO: ["I want to complain about your data protection officer, who ignored me"],
    Flag.FOI: ["Under the Freedom of Information Act please tell me how much you spent"],
    Flag.SPAM: ["We help companies with GDPR compliance. Book a free demo"],
    Flag.THIRD_PARTY_PORTAL: ["Our user has asked us via the Rightly app to send you this erasure request"],
    Flag.UNFILLED_TEMPLATE: ["Dear [Company name], I, [your name], request my data", "Dear <insert name>, forget me"],
}


@pytest.mark.parametrize(("flag", "text"), [(flag, text) for flag, texts in FLAGS.items() for text in texts])
def test_flags_are_raised(reader: Reader, flag: Flag, text: str) -> None:
    assert flag in read(reader, text).flags


@pytest.mark.parametrize("flag", [f for f in FLAGS if f not in (Flag.SPAM, Flag.NAMES_STAFF)])
def test_a_flag_is_told_and_leaves_the_reading_as_sure_as_it_was(reader: Reader, flag: Flag) -> None:
    verdict = read(reader, FLAGS[flag][0])
    unsure = any(POLICY.thresholds.look <= score < POLICY.thresholds.upper for score in verdict.scores.values())
    hinted = not verdict.kinds and verdict.request_score >= POLICY.thresholds.look
    assert flag in verdict.flags
    assert verdict.needs_person == (unsure or hinted)


def test_every_flag_of_the_contract_is_covered() -> None:
    assert set(FLAGS) | {Flag.NOT_ENGLISH} == set(Flag)


@pytest.mark.parametrize("texts", [ALONE[kind][0] for kind in ALONE])
def test_plain_requests_raise_no_flag(reader: Reader, texts: str) -> None:
    assert read(reader, texts).flags == ()


def test_a_child_in_a_broadband_question_is_told_but_brings_no_person(reader: Reader) -> None:
    verdict = read(reader, "My daughter, she is 9, cannot do her homework because the broadband is slow")
    assert verdict.flags == (Flag.CHILD,)
    assert not verdict.needs_person
