"""How letters are worded from rules/letters/: what each says, and how a broken text names itself."""

import tomllib
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.domain.letter import LetterFacts
from triage.domain.own_letter import holds_own_letter
from triage.domain.plain_dates import plain_date
from triage.domain.reference import make_reference
from triage.domain.stage_letters import KINDS_OF
from triage.domain.vocabulary import Channel, Kind, LetterPurpose, OtherRight, Outcome, Regime
from triage.errors import RulesWrong
from triage.parsing.letter_samples import FIRST_LETTERS
from triage.parsing.letterbook import LetterBook, plain_words
from triage.parsing.rules import load_letter_sources, load_policy

RULES = Path(__file__).parents[2] / "rules"
POLICY = load_policy(RULES)
SOURCES = load_letter_sources(RULES)
BOOK = LetterBook(SOURCES)
ACKNOWLEDGEMENT, NEUTRAL = LetterPurpose.ACKNOWLEDGEMENT, LetterPurpose.NEUTRAL
COMPLAINT_ACKNOWLEDGEMENT = LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT


def make_facts(**changes: object) -> LetterFacts:
    fields: dict[str, object] = {
        "purpose": ACKNOWLEDGEMENT,
        "channel": Channel.EMAIL,
        "reference": "DP-2026-00042-K7",
        "received_on": date(2026, 11, 22),
        "kinds": (Kind.ACCESS,),
        "controller": POLICY.main_controller,
        "links": POLICY.links,
        "ico_phone": POLICY.ico_phone,
        "due_on": date(2026, 12, 22),
        "news_by": date(2026, 12, 7),
        "opt_out_by": date(2026, 11, 24),
    }
    return LetterFacts(**(fields | changes))  # type: ignore[arg-type]


def say(**changes: object) -> str:
    return " ".join(BOOK.word(make_facts(**changes)).body.split())


def test_an_access_request_gets_this_letter_word_for_word() -> None:
    letter = BOOK.word(make_facts())
    assert letter.subject == "We have your message - reference DP-2026-00042-K7"
    assert letter.body == (
        "Hello,\n\n"
        "Your message has reached us. This reply is automatic; a person in our team\n"
        "will read what you wrote.\n\n"
        "Your reference is DP-2026-00042-K7.\n"
        "We received your message on Sunday 22 November 2026.\n"
        "We will answer by the end of Tuesday 22 December 2026.\n\n"
        "How we have understood you\n"
        "You are asking us to tell you about, or give you a copy of, any personal\n"
        "information we may have about you.\n"
        "If we have got that wrong or missed something, just reply in your own words.\n\n"
        "What happens next\n"
        "We will check what, if anything, we have about you, and then write to you.\n"
        "This is normally free of charge.\n"
        "If we need to ask you something to find the right information or to be sure\n"
        "who you are, we will ask soon and say why. If that changes a date above, we\n"
        "will tell you the new one.\n\n"
        "What you need to do\n"
        "Nothing for the moment: the next step is ours. There is no form to fill in.\n"
        "Please do not send a passport or other proof of who you are unless we ask\n"
        "for it.\n\n"
        "If you would like our answer on paper, in large print or in another form\n"
        "that suits you, reply and tell us, or ring 01632 960 123.\n\n"
        "If you did not send us anything, someone else may have used your address:\n"
        "please tell us. We never give out information just because a message came\n"
        "from a certain address.\n\n"
        "If you are not happy with how we deal with this, tell us and we will look\n"
        "into it. You can also go to the Information Commissioner's Office (ICO) at\n"
        "any time: https://ico.org.uk/make-a-complaint/ or 0303 123 1113.\n\n"
        "How we use what you write to us: https://larkfield.example/privacy\n\n"
        "Data protection team\n"
        "Larkfield Systems Ltd\n\n"
        "Larkfield Systems Ltd is registered in England and Wales, number 01234567.\n"
        "Registered office: 1 Example Way, Exampleton, EX1 1EX\n"
    )


@pytest.mark.parametrize(
    ("kind", "understood", "next_step"),
    [
        (Kind.ACCESS, "give you a copy of, any personal information", "We will check what, if anything, we have"),
        (Kind.CORRECTION, "to put right personal information", "tell you what we decided and why"),
        (Kind.DELETION, "to delete personal information", "Nothing is deleted automatically"),
        (Kind.OPT_OUT, "to stop sending you marketing", "We have recorded that you want no more marketing"),
        (Kind.COMPLAINT, "you are not happy with", "Someone will go through every point"),
        (Kind.OTHER_RIGHT, "to limit, at least for now", "A person will look at what you ask"),
    ],
)
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.CHAT, Channel.FORM])
def test_each_kind_is_told_how_we_understood_it_and_what_happens_next(
    kind: Kind, understood: str, next_step: str, channel: Channel
) -> None:
    rights = (OtherRight.RESTRICTION,) if kind is Kind.OTHER_RIGHT else ()
    body = say(kinds=(kind,), channel=channel, other_rights=rights)
    assert "asking us" in body
    assert understood in body
    assert (next_step in body) or channel is Channel.CHAT


def test_several_kinds_get_one_letter_with_one_line_each() -> None:
    body = BOOK.word(make_facts(kinds=(Kind.ACCESS, Kind.CORRECTION, Kind.DELETION))).body
    assert body.count("\n- ") == 6
    assert "You have also asked for information, so we will deal with that first." in " ".join(body.split())


def test_several_other_rights_are_listed_each_by_its_name() -> None:
    body = say(kinds=(Kind.OTHER_RIGHT,), other_rights=(OtherRight.PORTABILITY, OtherRight.OBJECTION))
    assert "(the right to data portability) - to stop using" in body
    assert "(the right to object)" in body


def test_a_complaint_beside_a_right_says_both_dates_for_what_they_are() -> None:
    body = say(kinds=(Kind.DELETION, Kind.COMPLAINT))
    assert "We will answer what you ask for by the end of Tuesday 22 December 2026." in body
    assert "About your complaint, you will hear from us by the end of Monday 7 December 2026" in body
    assert "we will look into it" in body


def test_a_complaint_alone_promises_news_and_not_the_months_answer() -> None:
    body = say(purpose=COMPLAINT_ACKNOWLEDGEMENT, kinds=(Kind.COMPLAINT,))
    assert "You will hear from us by the end of Monday 7 December 2026, with our answer or with news" in body
    assert "22 December" not in body


def test_an_opt_out_alone_promises_the_day_marketing_stops_and_not_the_months_answer() -> None:
    body = say(kinds=(Kind.OPT_OUT,))
    assert "It will stop by the end of Tuesday 24 November 2026." in body
    assert "22 December" not in body
    assert "even where" not in body


def test_an_opt_out_without_a_date_promises_none() -> None:
    assert "It will stop as soon as we can make it stop." in say(kinds=(Kind.OPT_OUT,), opt_out_by=None)


def test_opt_out_and_deletion_say_that_one_line_stays() -> None:
    body = say(kinds=(Kind.DELETION, Kind.OPT_OUT))
    assert "that line stays even where other information is deleted" in body
    assert "Marketing stops without waiting for that." in body


def test_the_neutral_letter_names_no_kind_and_promises_no_date() -> None:
    body = say(purpose=NEUTRAL, kinds=(), due_on=None)
    assert "We would rather not guess." in body
    assert "we will look into it" in body
    assert "December" not in body


def test_the_neutral_letter_says_the_date_where_one_is_sure() -> None:
    assert "We will answer by the end of Tuesday 22 December 2026." in say(purpose=NEUTRAL, kinds=())


@pytest.mark.parametrize("purpose", FIRST_LETTERS)
def test_a_possible_breach_asks_to_keep_it_closed(purpose: LetterPurpose) -> None:
    body = say(purpose=purpose, may_be_breach=True)
    assert "please keep it closed and do not pass it on" in body
    assert "keep it closed" not in say(purpose=purpose)


def test_without_a_phone_none_is_offered() -> None:
    company = replace(POLICY.main_controller, phone="")
    body = say(controller=company, kinds=(Kind.COMPLAINT,), purpose=COMPLAINT_ACKNOWLEDGEMENT)
    assert "ring" not in body.replace("during", "")
    assert "If something is going wrong right now, please reply and say so." in body


def test_a_company_in_the_eu_names_its_own_regulator() -> None:
    company = replace(POLICY.main_controller, regime=Regime.EU)
    body = say(controller=company)
    assert "Commission for Personal Data Protection (CPDP), https://cpdp.bg/en/." in body
    assert "ICO" not in body
    without = {"complaint": POLICY.links["complaint"]}
    assert "In Bulgaria that is the Commission" in say(controller=company, links=without)


def test_chat_is_a_few_bubbles_that_nobody_folded() -> None:
    letter = BOOK.word(make_facts(channel=Channel.CHAT, kinds=(Kind.DELETION,)))
    bubbles = letter.body.strip().split("\n\n")
    assert len(bubbles) == 5
    assert all("\n" not in bubble for bubble in bubbles)


@pytest.mark.parametrize("purpose", FIRST_LETTERS)
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.CHAT, Channel.FORM])
@given(
    kinds=st.sets(st.sampled_from(Kind), min_size=1),
    rights=st.sets(st.sampled_from(OtherRight), min_size=1),
    received=st.dates(date(2026, 1, 1), date(2040, 1, 1)),
    due=st.dates(date(2026, 1, 1), date(2040, 1, 1)),
    number=st.integers(1, 999_999_999),
)
@settings(max_examples=15, deadline=None)
def test_reference_and_dates_are_always_in_the_letter_unbroken(
    purpose: LetterPurpose,
    channel: Channel,
    kinds: set[Kind],
    rights: set[OtherRight],
    received: date,
    due: date,
    number: int,
) -> None:
    ordered = tuple(kind for kind in Kind if kind in kinds)
    facts = make_facts(
        purpose=purpose,
        channel=channel,
        kinds=ordered,
        other_rights=tuple(rights) if Kind.OTHER_RIGHT in kinds else (),
        reference=f"DP-2026-{number:05d}-K7",
        received_on=received,
        due_on=due,
    )
    letter = BOOK.word(facts)
    assert letter.subject.endswith(facts.reference)
    assert facts.reference in letter.body
    assert plain_date(received) in letter.body
    if purpose is NEUTRAL or kinds - {Kind.COMPLAINT, Kind.OPT_OUT}:
        assert plain_date(due) in letter.body
    lines = letter.body.split("\n")
    assert channel is not Channel.EMAIL or max(map(len, lines)) <= 76
    assert all(line == line.strip(" ") or line.startswith("  ") for line in lines)
    assert not any(line.endswith(" ") for line in lines)
    assert "\n\n\n" not in letter.body
    assert "{" not in letter.body
    assert "\u00a0" not in letter.body


def with_text(name: str, text: str | None) -> LetterBook:
    changed = {key: value for key, value in SOURCES.items() if key != name}
    return LetterBook(changed if text is None else {**changed, name: text})


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("acknowledgement.email.txt", None, "letters/acknowledgement.email.txt: missing"),
        ("paragraphs/access.txt", None, "letters/paragraphs/access.txt: missing"),
        ("parts/dates.txt", None, "letters/parts/dates.txt: missing (included by acknowledgement.email.txt)"),
        (
            "paragraphs/access.txt",
            "one\n{{ sender_name }}",
            "letters/paragraphs/access.txt: line 2: unknown placeholder: 'sender_name' is undefined",
        ),
        ("parts/closing.txt", "{{ controller.fax }}", "letters/parts/closing.txt: line 1: unknown placeholder: "),
        ("parts/closing.txt", "a\n{% if %}", "letters/parts/closing.txt: line 2: "),
        ("parts/closing.txt", "{{ reference | shout }}", "letters/parts/closing.txt: line 1: No filter named 'shout'"),
        ("parts/closing.txt", "{{ reference / 2 }}", "letters/parts/closing.txt: line 1: cannot be worded: "),
        (
            "parts/closing.txt",
            "{{ reference.__class__.__mro__ }}",
            "letters/parts/closing.txt: line 1: cannot be worded: access to attribute '__class__'",
        ),
    ],
)
def test_a_broken_text_names_itself_in_one_line(name: str, text: str | None, fault: str) -> None:
    with pytest.raises(RulesWrong) as caught:
        with_text(name, text).word(make_facts())
    assert str(caught.value).startswith(fault)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("purpose", FIRST_LETTERS)
def test_the_gate_knows_every_mail_of_ours_by_its_words(purpose: LetterPurpose) -> None:
    marker = tomllib.loads((RULES / "gate.toml").read_text())["own_marker"]
    body = say(purpose=purpose, reference="")
    assert holds_own_letter(body, marker)
    real = make_reference(2026, 42)
    assert holds_own_letter(say(purpose=purpose, reference=real), "no such marker")


def test_a_channel_without_a_frame_is_named() -> None:
    with pytest.raises(RulesWrong, match=r"letters/neutral.chat.txt: missing"):
        with_text("neutral.chat.txt", None).word(make_facts(purpose=NEUTRAL, kinds=(), channel=Channel.CHAT))


def test_a_text_named_by_rules_as_a_companys_html_stays_plain_text() -> None:
    company = replace(POLICY.main_controller, name="Lark & Field <Ltd>")
    assert "Lark & Field <Ltd>" in say(controller=company)


def test_a_url_longer_than_a_line_is_not_broken() -> None:
    page = "https://larkfield.example/" + "privacy-" * 12
    letter = BOOK.word(make_facts(controller=replace(POLICY.main_controller, privacy_page=page)))
    assert page in letter.body.split("\n")


def test_a_letter_a_person_approved_does_not_call_itself_automatic() -> None:
    text = say(purpose=COMPLAINT_ACKNOWLEDGEMENT, kinds=(Kind.COMPLAINT,), by_person=True)
    assert "automatic" not in text
    assert "A person in our team will read every word of yours." in text


def test_an_opt_out_is_told_that_no_proof_of_identity_is_needed() -> None:
    text = say(kinds=(Kind.OPT_OUT,))
    assert "Please do not send a passport or other proof of who you are: for this we need none." in text
    assert "unless we ask" not in text


def test_who_asked_for_a_person_reads_in_chat_that_one_was_asked_and_is_not_told_how_to_ask() -> None:
    asked = say(channel=Channel.CHAT, hands_over=True)
    assert "A person has been asked to answer you. No more automatic replies about your request follow" in asked
    assert 'type "person"' not in asked
    assert "another format" in asked
    assert 'type "person" or ring 01632 960 123.' in say(channel=Channel.CHAT)


def test_an_opt_out_in_chat_promises_no_day_while_nobody_knows_where_the_marketing_goes() -> None:
    text = say(channel=Channel.CHAT, kinds=(Kind.OPT_OUT,), way_known=False, opt_out_working_days=1)
    assert (
        "We have noted that you want no more marketing. Tell us the addresses or numbers it comes to; a person then "
        "stops it within one working day. Something already on its way may still come. What you tell us goes on a "
        "do-not-contact list. Messages you need for a service may continue."
    ) in text
    assert "24 November" not in text
    days = say(channel=Channel.CHAT, kinds=(Kind.OPT_OUT,), way_known=False, opt_out_working_days=3)
    assert "stops it within 3 working days." in days
    unnumbered = say(channel=Channel.CHAT, kinds=(Kind.OPT_OUT,), way_known=False, opt_out_working_days=0)
    assert "a person then stops it. Something" in unnumbered


def test_an_opt_out_in_chat_promises_the_day_where_there_is_a_way_to_the_person() -> None:
    text = say(channel=Channel.CHAT, kinds=(Kind.OPT_OUT, Kind.DELETION), opt_out_working_days=1)
    assert "A person will stop it by the end of Tuesday 24 November 2026." in text
    assert "comes to, if you have not yet." in text
    assert "within one working day" not in text
    assert "do-not-contact list, even where other information is deleted." in text


# ---- the later letters

RIGHT = {"kinds": (Kind.ACCESS,), "by_person": True, "words": "Here is why."}
COMPLAINT = {"kinds": (Kind.COMPLAINT,), "by_person": True, "words": "Here is why."}


@pytest.mark.parametrize("purpose", [purpose for purpose in LetterPurpose if purpose not in FIRST_LETTERS])
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.CHAT, Channel.FORM, Channel.POST, Channel.PHONE])
def test_every_later_letter_is_known_as_ours_when_it_comes_back(purpose: LetterPurpose, channel: Channel) -> None:
    kinds = KINDS_OF[purpose][:1]
    body = say(purpose=purpose, kinds=kinds, channel=channel, by_person=True, reference=make_reference(2026, 42))
    assert holds_own_letter(body, "no such marker")


@pytest.mark.parametrize(
    ("purpose", "subject"),
    [
        (LetterPurpose.OPT_OUT_RECORDED, "We have your message"),
        (LetterPurpose.IDENTITY_ASK, "A question about your message"),
        (LetterPurpose.ESCALATION, "News about your message"),
        (LetterPurpose.COMPLAINT_OUTCOME, "Our answer to your message"),
    ],
)
def test_the_subject_says_no_more_than_what_the_letter_is_to_the_reader(purpose: LetterPurpose, subject: str) -> None:
    letter = BOOK.word(make_facts(purpose=purpose, kinds=(Kind.COMPLAINT,), by_person=True))
    assert letter.subject == f"{subject} - reference DP-2026-00042-K7"


def test_what_a_person_wrote_stands_in_paragraphs_of_its_own_and_is_no_template() -> None:
    words = "Dear {{ controller.name }},\r\n\r\n{% if %} {# and so on #}\nnext line"
    body = BOOK.word(make_facts(purpose=LetterPurpose.PROGRESS, by_person=True, words=words)).body
    assert "\n\nDear {{ controller.name }},\n\n{% if %} {# and so on #}\nnext line\n\n" in body


def test_signs_that_arrive_broken_or_cannot_be_seen_are_put_right_in_what_a_person_wrote() -> None:
    assert (
        plain_words("\u201cIt\u2019s\u00a0here\u201d \u2013 caf\u00e9\u2026 \x07\x1b\u200b\u202e")
        == '"It\'s here" - caf\u00e9...'
    )
    assert plain_words("a\rb\x85c\u2028d\u2029e \n\n\n\n f") == "a\nb\nc\nd\n\ne\n\nf"


@given(words=st.text(max_size=300), channel=st.sampled_from([Channel.EMAIL, Channel.CHAT, Channel.POST]))
@settings(max_examples=60, deadline=None)
def test_whatever_a_person_wrote_the_letter_holds_no_sign_that_is_not_seen(words: str, channel: Channel) -> None:
    letter = BOOK.word(make_facts(purpose=LetterPurpose.REFUSAL, channel=channel, by_person=True, words=words))
    assert all(sign == "\n" or not unicodedata.category(sign).startswith("C") for sign in letter.body)
    assert "\n\n\n" not in letter.body
    assert "".join(plain_words(words).split()) in "".join(letter.body.split())


def test_an_identity_check_says_why_and_when_the_time_begins() -> None:
    body = say(purpose=LetterPurpose.IDENTITY_ASK, due_on=None, **RIGHT)
    assert "This protects you" in body
    assert "We start counting when we have what we ask for here" in body
    assert "Please do not send a passport or other proof of who you are if it is not named here." in body


def test_where_no_credit_is_given_for_asking_the_date_stays_in_the_letter() -> None:
    for purpose in (LetterPurpose.IDENTITY_ASK, LetterPurpose.AUTHORITY_ASK, LetterPurpose.CLARIFICATION_ASK):
        body = say(purpose=purpose, **RIGHT)
        assert "You will have our answer by the end of Tuesday 22 December 2026." in body
        assert "stands still" not in body


def test_a_question_about_a_complaint_promises_no_months_answer() -> None:
    for purpose in (LetterPurpose.IDENTITY_ASK, LetterPurpose.AUTHORITY_ASK, LetterPurpose.CLARIFICATION_ASK):
        body = say(purpose=purpose, **COMPLAINT)
        assert "22 December" not in body
        assert "month" not in body
        assert "In the meantime we go on working" in body or "We go on looking into the rest" in body


def test_a_question_about_an_access_request_says_that_the_time_stands_still_and_that_everything_will_do() -> None:
    body = say(purpose=LetterPurpose.CLARIFICATION_ASK, due_on=None, **RIGHT)
    assert "the time we have for ours stands still" in body
    assert 'if you would like everything, just say "everything"' in body


def test_a_question_about_another_right_stops_no_time() -> None:
    body = say(purpose=LetterPurpose.CLARIFICATION_ASK, kinds=(Kind.DELETION,), due_on=None, by_person=True)
    assert "stands still" not in body
    assert "In the meantime we go on working." in body


def test_a_refusal_names_both_complaint_routes_and_the_court() -> None:
    body = say(purpose=LetterPurpose.REFUSAL, outcome=Outcome.REFUSED, **RIGHT)
    assert "These are our reasons: Here is why." in body
    assert "If you are not happy with our answer, tell us and we will look into it." in body
    assert "Information Commissioner's Office (ICO) at any time: https://ico.org.uk/make-a-complaint/" in body
    assert "You can also ask a court to decide." in body


def test_an_answer_that_leaves_nothing_out_does_not_speak_of_courts() -> None:
    assert "court" not in say(purpose=LetterPurpose.OUTCOME, outcome=Outcome.PROVIDED, **RIGHT)
    assert "court" in say(purpose=LetterPurpose.OUTCOME, outcome=Outcome.PART_PROVIDED, **RIGHT)


def test_the_answer_to_a_complaint_points_to_the_regulator_the_three_months_and_the_court() -> None:
    body = say(purpose=LetterPurpose.COMPLAINT_OUTCOME, outcome=Outcome.PART_UPHELD, **COMPLAINT)
    assert "You were right about some of them, and we are sorry about that." in body
    assert "within three months of the last time they heard from the organisation" in body
    assert "https://ico.org.uk/make-a-complaint/data-protection-complaints/what-to-expect/" in body
    assert "You can also ask a court to decide." in body


def test_a_complaint_not_settled_hears_where_it_stands_and_that_it_need_not_wait() -> None:
    waiting = say(purpose=LetterPurpose.ESCALATION, **COMPLAINT)
    assert "You do not have our answer yet, and we are sorry about that." in waiting
    assert "You do not have to wait for us." in waiting
    assert "0303 123 1113" in waiting
    answered = say(purpose=LetterPurpose.ESCALATION, outcome=Outcome.NOT_UPHELD, **COMPLAINT)
    assert "We have given you our answer to your complaint" in answered
    assert "automatic" not in answered
    assert "This letter is automatic." in say(purpose=LetterPurpose.ESCALATION, kinds=(Kind.COMPLAINT,))


def test_a_complaint_in_the_eu_goes_to_its_own_regulator_and_hears_nothing_of_the_three_months() -> None:
    company = replace(POLICY.main_controller, regime=Regime.EU)
    body = say(purpose=LetterPurpose.ESCALATION, controller=company, **COMPLAINT)
    assert "It takes complaints in Bulgarian" in body
    assert "https://cpdp.bg/en/" in body
    assert "ICO" not in body
    assert "three months" not in body


def test_a_message_passed_on_names_nobody() -> None:
    body = say(purpose=LetterPurpose.FORWARDED, outcome=Outcome.FORWARDED, **RIGHT)
    assert "We cannot tell you here which organisation that is, or if it knows you" in body


def test_an_opt_out_is_first_recorded_then_done() -> None:
    recorded = say(purpose=LetterPurpose.OPT_OUT_RECORDED, kinds=(Kind.OPT_OUT,))
    assert "This reply is automatic" in recorded
    assert "It will stop by the end of Tuesday 24 November 2026." in recorded
    done = say(purpose=LetterPurpose.OPT_OUT_DONE, kinds=(Kind.OPT_OUT,), by_person=True)
    assert "Marketing from us to you has stopped." in done
    assert "November 2026. Your reference" in done


def test_what_was_first_understood_differently_loses_no_time() -> None:
    body = say(purpose=LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY, kinds=(Kind.DELETION,), by_person=True)
    assert "We are sorry: at first we understood your message differently." in body
    assert "counts from the day your message reached us" in body
    assert "You are asking us to delete personal information about you." in body


@pytest.mark.parametrize("channel", [Channel.FORM, Channel.POST, Channel.PHONE, Channel.IN_PERSON, Channel.SOCIAL])
@pytest.mark.parametrize("purpose", [ACKNOWLEDGEMENT, COMPLAINT_ACKNOWLEDGEMENT, LetterPurpose.COMPLAINT_PROGRESS])
def test_a_letter_that_may_be_printed_asks_nobody_to_reply_to_it(purpose: LetterPurpose, channel: Channel) -> None:
    letter = BOOK.word(make_facts(purpose=purpose, kinds=(Kind.COMPLAINT,), channel=channel, by_person=True))
    body = " ".join(letter.body.split())
    assert "reply" not in body
    assert "print or save this page" not in body
    assert "ring 01632 960 123 or write to dataprotection@larkfield.example" in body
    assert max(map(len, letter.body.split("\n"))) <= 76


@pytest.mark.parametrize(
    ("company", "way"),
    [
        ({"phone": ""}, "write to dataprotection@larkfield.example."),
        ({"addresses": ()}, "ring 01632 960 123 or write to the address below."),
        ({"phone": "", "addresses": ()}, "write to the address below."),
    ],
)
def test_a_printed_letter_always_names_a_way_to_answer(company: dict[str, object], way: str) -> None:
    controller = replace(POLICY.main_controller, **company)  # type: ignore[arg-type]
    body = say(purpose=LetterPurpose.CLARIFICATION_ASK, controller=controller, **{**RIGHT, "channel": Channel.POST})
    assert f"To answer, {way}" in body


def test_the_forms_own_page_is_the_machines_answer_alone() -> None:
    page = BOOK.word(make_facts(channel=Channel.FORM))
    assert "print or save this page" in page.body
    assert max(map(len, page.body.split("\n"))) > 76


def test_an_outcome_without_its_text_is_named() -> None:
    with pytest.raises(RulesWrong, match=r"letters/outcomes/erased.txt: missing"):
        with_text("outcomes/erased.txt", None).word(make_facts(purpose=LetterPurpose.OUTCOME, outcome=Outcome.ERASED))


@pytest.mark.parametrize("purpose", [LetterPurpose.IDENTITY_ASK, LetterPurpose.CLARIFICATION_ASK])
def test_a_question_put_after_the_due_date_promises_neither_a_day_nor_that_the_time_stands(
    purpose: LetterPurpose,
) -> None:
    body = say(purpose=purpose, by_person=True, words="What is meant?", due_on=None, overdue=True)
    assert "In the meantime we go on working." in body
    assert "stands still" not in body
    assert "We start counting" not in body
    assert "by the end of" not in body
