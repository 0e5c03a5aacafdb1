"""What was typed into a chat or form is read like a mail's words, and lines of two goes are read together too."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import SECRET
from triage.bootstrap.analyst import build_analyst
from triage.config import find_rules_dir
from triage.domain.chat import Burst, ChatLine, ChatPlace
from triage.domain.gate import Desk
from triage.domain.mail_facts import MailFacts
from triage.domain.told import Entry, FormPost
from triage.domain.vocabulary import Channel, Kind, OtherRight
from triage.errors import AnalysisFailed
from triage.parsing.told import burst_bytes, entry_bytes, form_bytes
from triage.service.analysis import Analyst

AT = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
DESK = Desk(
    mailbox_address="dataprotection@larkfield.example", aliases=(), own_domains=("larkfield.example",), secret=SECRET
)
PLACE = ChatPlace(portal_id="44556677", thread_id="8123456789", channel_id="1000", channel_account_id="250001")


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    return build_analyst(find_rules_dir(), DESK)


def lines(texts, attachments=()):
    return tuple(
        ChatLine(message_id=f"m{at}", sent_at=AT, text=text, attachments=attachments) for at, text in enumerate(texts)
    )


def chat(analyst, *texts, earlier=(), attachments=()):
    burst = Burst(
        place=PLACE,
        contact_id="70110",
        sender_name="",
        sender_address="",
        lines=lines(texts, attachments),
        earlier=lines(earlier),
    )
    return analyst.analyse(burst_bytes(burst), AT, None, Channel.CHAT)


def form(analyst, message, *kinds):
    post = FormPost(
        reference="DP-2026-500001-A1",
        name="Jo Reader",
        email="",
        phone="",
        post="",
        kinds=kinds,
        message=message,
        earlier_reference="",
        held_because="",
        received_at=AT,
    )
    return analyst.analyse(form_bytes(post), AT, None, Channel.FORM)


def test_a_request_typed_over_three_lines_is_one_sure_request(analyst):
    analysis = chat(analyst, "can you", "delete my", "data please", earlier=("hello",))
    assert analysis.classification.sure_kinds == (Kind.DELETION,)
    assert not analysis.classification.needs_person
    assert (analysis.facts, analysis.form, analysis.entry) == (MailFacts(), None, None)
    assert analysis.chat.line_ids == ("m0", "m1", "m2")


@pytest.mark.parametrize(
    ("earlier", "now", "kinds"),
    [
        ("i want you to delete", "all my data", (Kind.ACCESS, Kind.DELETION)),
        ("i would like a copy of", "my personal data", (Kind.ACCESS,)),
        ("please restrict the", "processing of my data", (Kind.OTHER_RIGHT,)),
    ],
)
def test_a_request_typed_in_two_goes_is_seen_and_left_to_a_person(analyst, earlier, now, kinds):
    reading = chat(analyst, now, earlier=("hello", earlier)).classification
    assert set(kinds) <= set(reading.kinds)
    assert reading.sure_kinds == ()
    assert reading.needs_person
    assert bool(reading.other_rights) == (Kind.OTHER_RIGHT in reading.kinds)


def test_what_was_said_before_makes_a_clear_request_no_less_sure(analyst):
    reading = chat(analyst, "delete my data please", earlier=("where is my order", "i want")).classification
    assert reading.sure_kinds == reading.kinds == (Kind.DELETION,)


@pytest.mark.parametrize("text", ["", "👍", "?!", "…"])
def test_a_line_without_a_word_asks_for_nothing_and_calls_nobody(analyst, text):
    reading = chat(analyst, text, earlier=("please delete my data",)).classification
    assert (reading.kinds, reading.needs_person, reading.request_score) == ((), False, 0.0)
    assert set(reading.scores) == set(Kind)


def test_only_an_attachment_is_something_nobody_can_read(analyst):
    analysis = chat(analyst, "", attachments=("FILE",))
    assert analysis.chat.only_attachments
    assert analysis.classification.needs_person


@pytest.mark.parametrize("text", ["where is my parcel", "Get Started", "how much is the blue one"])
def test_what_visitors_mostly_say_asks_for_nothing(analyst, text):
    reading = chat(analyst, text).classification
    assert (reading.kinds, reading.needs_person) == ((), False)


def test_markup_and_sixty_kilobytes_hide_no_request(analyst):
    long = "where is my order and when does it come. " * 1450
    assert len(long) > 59_000
    assert Kind.DELETION in chat(analyst, f"{long}<b>Please delete my personal data</b>").classification.kinds


def test_what_was_ticked_is_sure_and_what_was_written_is_read_beside_it(analyst):
    analysis = form(analyst, "Please also stop emailing me.", Kind.ACCESS)
    assert set(analysis.classification.sure_kinds) == {Kind.ACCESS, Kind.OPT_OUT}
    assert "form.choice" in {reason.source for reason in analysis.classification.reasons}
    assert analysis.chat is None
    assert analysis.form.declared == (Kind.ACCESS,)


def test_a_form_without_a_kind_and_without_a_clear_word_needs_a_person(analyst):
    assert form(analyst, "I have a question about things.").classification.needs_person


def test_what_a_colleague_wrote_down_is_read_with_its_subject(analyst):
    entry = Entry(
        name="",
        email="",
        phone="",
        post="",
        kinds=(Kind.COMPLAINT,),
        message="See the scan.",
        subject="Please delete my data",
        received_on=date(2026, 9, 21),
        by="sam",
        earlier_reference="",
    )
    analysis = analyst.analyse(entry_bytes(entry), AT, None, Channel.POST)
    assert set(analysis.classification.kinds) == {Kind.COMPLAINT, Kind.DELETION}
    assert "entry.choice" in {reason.source for reason in analysis.classification.reasons}
    assert analysis.entry.by == "sam"


def test_portability_named_in_a_form_is_the_right_behind_the_tick(analyst):
    reading = form(analyst, "I want my data in a machine-readable format.", Kind.OTHER_RIGHT).classification
    assert Kind.OTHER_RIGHT in reading.sure_kinds
    assert reading.other_rights == (OtherRight.PORTABILITY,)


def test_without_a_channel_bytes_are_a_mail(analyst):
    raw = b"From: jo@post.example\r\nSubject: x\r\n\r\nPlease delete my data.\r\n"
    assert analyst.analyse(raw, AT).enquiry.channel is Channel.EMAIL
    with pytest.raises(AnalysisFailed):
        analyst.analyse(raw, AT, None, Channel.CHAT)
