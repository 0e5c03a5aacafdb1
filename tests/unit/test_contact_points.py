"""What is taken for a way to answer a person, and for the wish for a human being; and what is not."""

import pytest

from tests.unit.cpu_time import least_seconds
from triage.domain.contact_points import (
    has_contact_point,
    has_postal_address,
    mail_addresses,
    phone_numbers,
    says_person,
    wants_person,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my email is Jo.Reader+x@Post.example", ("jo.reader+x@post.example",)),
        ("jo@post.example.", ("jo@post.example",)),
        ("<jo@mail.post.example>, or al@b.example", ("jo@mail.post.example", "al@b.example")),
        ("jo@post.example and jo@post.example", ("jo@post.example",)),
        ("mailto:jo@post.example", ("jo@post.example",)),
        ("o'brien@post.example", ("o'brien@post.example",)),
        ("jo at post dot example", ()),
        ("@jo on social media", ()),
        ("jo@localhost", ()),
        ("a@b@post.example", ()),
        ("user:pass@", ()),
        ("", ()),
    ],
)
def test_a_typed_mail_address_is_found_as_typed_in_lower_case(text, found):
    assert mail_addresses(text) == found


def test_the_companys_own_addresses_are_nobodys_way_to_be_answered():
    text = "I wrote to privacy@larkfield.example and help@mail.Larkfield.example, I am jo@notlarkfield.example"
    assert mail_addresses(text, ("Larkfield.example",)) == ("jo@notlarkfield.example",)
    assert not has_contact_point("I wrote to privacy@larkfield.example", ("larkfield.example",))


@pytest.mark.parametrize(
    "text",
    [
        "07700 900123",
        "call 07700900123 please",
        "(020) 7946 0018",
        "020 7946 0018",
        "01632 960 001",
        "+44 7700 900123",
        "+44 (0)20 7946 0018",
        "(+44) 20 7946 0018",
        "0044 20 7946 0018",
        "+1 202-555-0143",
        "+359 2 555 0143",
        "my number is 7700 900123",
        "ring me on 555 0143",
        "whatsapp 7700900123",
        "my order is late, call 07700 900123",
        "Order no 5512; phone 0117 496 0999",
        "my account phone 07700 900123",
    ],
)
def test_a_telephone_number_is_found(text):
    assert phone_numbers(text)
    assert has_contact_point(text)


@pytest.mark.parametrize(
    "text",
    [
        "order 0123456789",
        "Order number: 01234567890",
        "my account is 07700900123",
        "invoice 10023984",
        "1002398412",
        "01.02.2026 10",
        "2026-11-22 10 30 15",
        "on 01/02/2026",
        "4111 1111 1111 1111",
        "sort code 04-00-04 01234567",
        "DP-2026-00042-K7",
        "£0123456789",
        "https://shop.example/0123456789",
        "I rang 0800 496 0999 three times",
        "+44 12",
        "00 12 34 56",
        "0123 456",
        "call me",
        "5f0c1d2e3a4b4c5d8e9f001122334455",
    ],
)
def test_other_numbers_are_no_telephone_numbers(text):
    assert phone_numbers(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "12 High Street, Leeds LS1 4AB",
        "12 high street leeds ls14ab",
        "Jo Reader\n12 Mill View\nLeeds\nLS1 4AB",
        "Rose Cottage, Nether Wallop, SO20 8ET",
        "Flat 3, LS1 4AB",
        "PO Box 12, Leeds, LS1 4AB",
        "i live at 221b the old mill lane, e1 6an",
        "station road, bath BA1 1AA",
    ],
)
def test_a_street_with_a_uk_postcode_is_a_postal_address(text):
    assert has_postal_address(text)
    assert has_contact_point(text)


@pytest.mark.parametrize(
    "text",
    [
        "my postcode is LS1 4AB",
        "do you deliver to LS1 4AB?",
        "what is the way to LS1 4AB",
        "on the road to LS1 4AB",
        "12 High Street",
        "I bought 2 items, code B12 3CD",
        "The House of LS1 4AB",
        "12 High Street is closed\n\n\n\n\n\n\nLS1 4AB",
        "",
    ],
)
def test_half_an_address_is_no_postal_address(text):
    assert not has_postal_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "can I speak to someone",
        "Can I speak with a person please?",
        "i want to talk to a human",
        "I'd like to talk to a real person",
        "agent please",
        "AGENT",
        "hello\nhuman\n",
        "real human",
        "I need a real human, not a bot",
        "i want a person",
        "Please connect me to an agent",
        "put me through",
        "can you put me through to your team",
        "transfer me to a manager",
        "is there a human here?",
        "Is there anyone I can talk to",
        "get me a human being",
        "Are you a real person?",
        "can someone call me about this",
        "please call me on 07700 900123",
        "I would rather be talking to a human",
        "let me chat to a member of staff",
        "no bots please",
        "I\u2019d like an agent please",
        "delete my data. and i want to speak to somebody",
        "speak to customer service team",
        "I didn't get my parcel. Can I talk to somebody?",
        "i need to talk to someone about my data",
        "get me a manager",
        "I'd rather talk to a person",
        "could I have a call back",
        "let me talk to an actual human being",
        "speak to a human",
        "live agent",
        "talk to agent",
        "representative",
        "Human please!!",
        "can i chat with someone",
        "i want to speak with your data protection officer",
        "is anyone there?",
        "anybody there",
        "can a human read this",
        "i dont want a bot i want a person",
        "customer service please",
        "who can i talk to",
        "could you put me in touch with someone",
        "I wish to speak to the DPO",
        "can i talk to your privacy team",
        "hi can i speak to sales",
        "give me a real person",
        "I want human support",
        "please have someone contact me",
        "no more automated replies, a person please",
        "want to talk to a live person",
        "can you get someone to call me",
        "I need help from a human",
        "transfer me to an advisor",
        "any human?",
        "can i speak to Sam",
        "i don't understand, can i talk to someone",
    ],
)
def test_the_wish_for_a_human_being_is_heard(text):
    assert wants_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "please delete my personal data",
        "a person from your team called me",
        "I spoke to someone yesterday",
        "I talked to an agent last week and he was rude",
        "the person I spoke to had my address",
        "I don't want to speak to anyone",
        "I do not want to talk to a person, just delete it",
        "stop calling me",
        "please do not call me",
        "I was told to speak to someone in sales",
        "your agent sold my data",
        "are there people who see my data",
        "I want the person who did this to say sorry",
        "what data do you hold about me as a person",
        "how many people have access",
        "you never call me by my name",
        "data about another person",
        "natural person",
        "your estate agent sent me this",
        "I need someone's permission",
        "Who is your representative in the EU?",
        "I had to talk to an agent for an hour",
        "Send me the chat with the agent",
        "did you speak to someone about my data?",
        "I have been speaking to your agent",
        "the agent I spoke with",
        "I want to know who the person is",
        "delete the person record",
        "is there anyone who sold my data",
        "I need a person's data removed",
        "please call me Jo",
        "they said a manager would call me",
        "my manager said no",
        "don't call me",
        "your sales team keeps calling me",
        "I want your team to delete my data",
        "We are people too",
        "who has been speaking to people about me",
        "I want someone to delete my data",
        "Is there anything about me",
        "i was asked to speak to the team already",
        "why did someone from your staff talk to a person about me",
        "no bots have my data right?",
        "I want to see the chat with your agent",
        "I would like anyone holding my data to delete it",
        "I need anyone with my data to stop",
        "operator of the website please delete",
        "You may contact me by email",
        "agents sold my number",
        "",
    ],
)
def test_speaking_of_people_is_no_wish_for_one(text):
    assert not wants_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "0 " * 100_000,
        "12 a " * 50_000,
        "LS1 4AB " * 25_000,
        "x@" * 100_000,
        "speak to a " * 18_000,
        "person , " * 20_000,
        "i want " * 28_000,
    ],
)
def test_long_nonsense_takes_no_long_time(text):
    assert least_seconds(lambda: (has_contact_point(text), wants_person(text), says_person(text)), enough=3) < 3


@pytest.mark.parametrize(
    "text",
    [
        "person",
        "Person.",
        "person please, thank you",
        "i need this done today, person",
        "Ok. Person please thanks!",
        "yes, a person",
        "hello? PERSON",
        '"person"',
        "i typed person",
        "I want a person",
        "no - human",
        "i need an answer today\nperson pls",
        "person 🙏",
        "type \u201cperson\u201d",
        "thanks, a real person now please",
    ],
)
def test_the_invited_word_is_heard_where_it_is_a_clause_of_its_own(text):
    assert says_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "please delete my data",
        "you have the wrong person",
        "I am the person, who wrote last week",
        "a person from your team called me",
        "i don't want a person",
        "no person, no bot, just delete it",
        "the person, I mean the agent, was rude",
        "in person",
        "personal",
        "my manager, Sam, sold it",
        "one person, two accounts",
        "not a person",
        "",
    ],
)
def test_the_word_within_a_clause_is_no_answer_to_the_invitation(text):
    assert not says_person(text)
