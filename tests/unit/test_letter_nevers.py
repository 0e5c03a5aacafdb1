"""What no letter may say, in sentences of our own that lint.toml does not list among its examples."""

from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.letter import LetterFacts
from triage.domain.policy import Policy
from triage.domain.vocabulary import Channel, LetterPurpose, Regime
from triage.parsing.letter_checks import check
from triage.parsing.letter_rules import read_letter_rules
from triage.parsing.letter_samples import sample_facts
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_letter_sources, load_policy
from triage.parsing.typed_words import faults_in_words

RULES = Path(__file__).parents[2] / "rules"
POLICY = load_policy(RULES)
EUROPEAN = replace(POLICY, controllers=(replace(POLICY.main_controller, regime=Regime.EU),))
SOURCES = load_letter_sources(RULES)
BOOK = LetterBook(SOURCES)
LETTER_RULES = read_letter_rules(SOURCES["lint.toml"])
P = LetterPurpose
WRONG_LINK = "https://ico.org.uk/for-organisations/guide-to-freedom-of-information/complaints/"

NEVER = [
    # purpose, sentence, the rule that refuses it
    (P.ACKNOWLEDGEMENT, "You are one of our customers, so this is quick.", "say that we hold information about them"),
    (P.ACKNOWLEDGEMENT, "Our records show your name and address.", "say that we hold information about them"),
    (P.PROGRESS, "We have found your file.", "say that we hold information about them"),
    (P.ACKNOWLEDGEMENT, "There is no record of you here.", "say that we hold nothing"),
    (P.NEUTRAL, "We hold no information on anyone of that name.", "say that we hold nothing"),
    (P.ACKNOWLEDGEMENT, "You wrote: please delete me.", "quote the message"),
    (P.OUTCOME, "> please delete me", "quote the message"),
    (P.ACKNOWLEDGEMENT, "Your message is now in HubSpot.", "name systems or staff"),
    (P.ACKNOWLEDGEMENT, "Mrs Green deals with it.", "name systems or staff"),
    (P.FORWARDED, "We look after computers on behalf of a company you know.", "say for whom we work"),
    (P.ACKNOWLEDGEMENT, "Your information will be deleted.", "promise a result"),
    (P.CLARIFICATION_ASK, "Then it will be corrected.", "promise a result"),
    (P.ACKNOWLEDGEMENT, "You will get a copy.", "promise a result"),
    (P.ACKNOWLEDGEMENT, "An exemption may apply.", "cite the law or an exemption"),
    (P.REFUSAL, "Under Article 17(3) we keep it.", "cite the law or an exemption"),
    (P.ACKNOWLEDGEMENT, "Please use our online form to ask.", "demand a form, a reason or a letter"),
    (P.ACKNOWLEDGEMENT, "Please put your request in writing.", "demand a form, a reason or a letter"),
    (P.CLARIFICATION_ASK, "Please give us your reasons.", "demand a form, a reason or a letter"),
    (P.ACKNOWLEDGEMENT, "There is a charge for copies.", "demand a fee"),
    (P.ACKNOWLEDGEMENT, "You need to pay first.", "demand a fee"),
    (P.ACKNOWLEDGEMENT, "Please attach a copy of your driving licence.", "demand ID"),
    (P.NEUTRAL, "We need to see proof of identity.", "demand ID"),
    (P.IDENTITY_ASK, "Please send us a scan of your passport.", "ask for a passport"),
    (P.OPT_OUT_RECORDED, "Please verify that this address is yours.", "ask for proof or a reason to stop marketing"),
    (P.OPT_OUT_DONE, "If you would like to hear from us again, sign up.", "advertise, or ask to think again"),
    (P.OPT_OUT_RECORDED, "Are you sure?", "advertise, or ask to think again"),
    (P.ACKNOWLEDGEMENT, "Have a look at our special offers.", "advertise, or ask to think again"),
    (P.COMPLAINT_ACKNOWLEDGEMENT, "The complainant has been told.", "shame or label the person"),
    (P.REFUSAL, "Your request is manifestly unfounded.", "accuse"),
    (P.COMPLAINT_OUTCOME, "This is our final response.", "call it final"),
    (P.ESCALATION, "The ICO is the ombudsman.", "call it final"),
    (P.COMPLAINT_OUTCOME, "You must complain to us first.", "bar the way to the regulator"),
    (P.ESCALATION, "You can go to the ICO only once we have answered.", "bar the way to the regulator"),
    (P.COMPLAINT_OUTCOME, "You have to go to the ICO within three months.", "make the three months a bar"),
    (P.OUTCOME, "We deleted what we could, where practicable.", "quote the published policy as if it were the law"),
    (P.OUTCOME, "We made reasonable endeavours.", "quote the published policy as if it were the law"),
]


def letter_of(purpose: LetterPurpose, policy: Policy = POLICY) -> LetterFacts:
    return next(
        facts
        for facts in sample_facts(policy)
        if facts.purpose is purpose and facts.channel is Channel.EMAIL and facts.due_on and not facts.hands_over
    )


def faults(purpose: LetterPurpose, sentence: str, policy: Policy = POLICY) -> list[str]:
    facts = letter_of(purpose, policy)
    letter = BOOK.word(facts)
    spoilt = replace(letter, body=f"{letter.body}\n\n{sentence}")
    return [f"{fault.rule}: {fault.why}" for fault in check(facts, spoilt, policy, LETTER_RULES)]


@pytest.mark.parametrize(("purpose", "sentence", "rule"), NEVER, ids=[sentence for _, sentence, _ in NEVER])
def test_what_is_never_said_is_refused_with_the_reason(purpose: LetterPurpose, sentence: str, rule: str) -> None:
    (why,) = (one.why for one in LETTER_RULES.never if one.name == rule)
    assert any(fault.startswith(f"never {rule!r}: ") and why in fault for fault in faults(purpose, sentence))


def test_the_published_policys_link_is_refused_with_its_reason_and_so_is_a_tracked_one() -> None:
    assert faults(P.ESCALATION, WRONG_LINK) == [f"wrong link: {WRONG_LINK}: {why_wrong()}"]
    (tracked,) = faults(P.ACKNOWLEDGEMENT, "https://ico.org.uk/make-a-complaint/?utm_source=desk")
    assert tracked.startswith("unknown link: ")


def why_wrong() -> str:
    return POLICY.wrong_links["guide-to-freedom-of-information"]


def typed(purpose: LetterPurpose, words: str, policy: Policy = POLICY) -> tuple[str, ...]:
    return faults_in_words(replace(letter_of(purpose, policy), words=words, by_person=True), policy, LETTER_RULES)


@pytest.mark.parametrize(
    ("purpose", "words", "line"),
    [
        (
            P.REFUSAL,
            "So it is.\n\nThis is our final  answer.",
            "your words 'final answer': never call it final: an outcome",
        ),
        (P.COMPLAINT_OUTCOME, "Dear complainant,", "your words 'complainant': never shame or label the person: an anx"),
        (P.COMPLAINT_OUTCOME, f"See {WRONG_LINK}", "your words link to 'guide-to-freedom-of-information': guidance on"),
        (P.COMPLAINT_OUTCOME, "You must come to us first.", "your words 'must come to us first': never bar the way"),
        (P.IDENTITY_ASK, "We have your account twice.", "your words 'We have your account': never say that we hold"),
        (P.REFUSAL, "Article 77 lets you complain.", "your words 'Article 77': never cite a law that is gone: Art"),
    ],
)
def test_what_a_person_typed_is_refused_where_nobody_may_say_it(purpose: LetterPurpose, words: str, line: str) -> None:
    (found,) = typed(purpose, words)
    assert found.startswith(line)


def test_a_person_may_say_what_only_beforehand_written_words_may_not() -> None:
    words = (
        "Under Article 12(5) your fifth request this year is excessive: we may ask for a fee, and £10 is the cost.\n\n"
        "Our CRM and Mrs Green's mailbox were searched. You said that the newsletter still came: it will stop!\n\n"
        "More: https://www.gov.uk/data-protection"
    )
    assert typed(P.REFUSAL, words) == ()
    assert typed(P.OUTCOME, "") == ()


def cited(words: str, policy: Policy) -> list[str]:
    facts = replace(letter_of(P.REFUSAL, policy), words=words, by_person=True)
    return [fault.rule for fault in check(facts, BOOK.word(facts), policy, LETTER_RULES)]


def test_a_person_may_cite_the_law_but_not_one_that_is_gone() -> None:
    assert cited("Article 17(3)(b) lets us keep invoices. Articles 22A to 22D are about machines.", POLICY) == []
    for gone in ("Article 77 lets you complain.", "Under Art. 22 nobody decides alone.", "Art 77 UK GDPR"):
        assert cited(gone, POLICY) == ["never 'cite a law that is gone'"]
        assert cited(gone, EUROPEAN) == []
