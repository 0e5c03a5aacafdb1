"""Mail of a configured website form: the person and the message are taken from its lines."""

from triage.domain.enquiry import Correspondent
from triage.domain.policy import FormMail
from triage.domain.vocabulary import Role
from triage.parsing.mail import read_mail

FORMS = (FormMail(sender="NoReply@larkfield.example", person_line="Your e-mail", message_line="Message"),)
HEAD = b"From: Website <noreply@larkfield.example>\r\nSubject: Form\r\n\r\n"
LINES = b"Name: Jo Reader\r\nYour e-mail: Jo <jo@post.example>\r\nMessage: Please delete my account.\r\nIt is old.\r\n"


def read(body: bytes, head: bytes = HEAD):
    return read_mail(head + body, received_at=None, forms=FORMS)


def test_the_person_and_the_message_are_the_forms():
    enquiry, facts = read(LINES)
    assert enquiry.sender == Correspondent(name="Jo", address="jo@post.example")
    assert enquiry.own_words == "Please delete my account.\nIt is old."
    assert facts.from_addresses == ("noreply@larkfield.example",)
    assert "".join(enquiry.full_text[p.start : p.end] for p in enquiry.passages) == enquiry.full_text


def test_a_quote_in_the_forms_message_stays_a_quote():
    enquiry, _ = read(LINES + b"> quoted\r\n")
    assert [passage.role for passage in enquiry.passages] == [Role.FOOTER, Role.OWN, Role.QUOTED]


def test_a_form_that_names_nobody_says_so():
    enquiry, _ = read(b"Message: Please delete my account.\r\n")
    assert enquiry.sender is None
    assert "form_without_person" in enquiry.defects


def test_a_form_without_its_message_line_is_read_whole():
    enquiry, _ = read(b"Your e-mail: jo@post.example\r\nPlease delete my account.\r\n")
    assert "Please delete my account." in enquiry.own_words


def test_the_same_lines_in_a_persons_mail_mean_nothing():
    enquiry, _ = read(LINES, b"From: Al <al@post.example>\r\n\r\n")
    assert enquiry.sender == Correspondent(name="Al", address="al@post.example")
    assert enquiry.own_words.startswith("Name: Jo Reader")


def test_a_form_mail_without_any_sender_is_no_forms():
    assert read(LINES, b"Subject: x\r\n\r\n")[0].sender is None
