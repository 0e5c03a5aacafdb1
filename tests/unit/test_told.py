"""Chat bursts, form posts and hand-typed cases: kept without loss, read with every bound a mail has."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.chat import Burst, ChatLine, ChatPlace
from triage.domain.enquiry import Correspondent
from triage.domain.told import ChatFacts, Entry, EntryFacts, FormFacts, FormPost
from triage.domain.vocabulary import Channel, Kind, Role
from triage.errors import AnalysisFailed
from triage.parsing.limits import LIMITS
from triage.parsing.told import (
    burst_bytes,
    entry_bytes,
    form_bytes,
    read_burst,
    read_entry,
    read_form,
    read_told,
)

AT = datetime(2026, 9, 21, 14, 13, 20, 100_000, tzinfo=UTC)
PLACE = ChatPlace(
    portal_id="44556677",
    thread_id="8123456789",
    channel_id="1000",
    channel_account_id="250001",
    recipient_actor="V-70110",
    delivery_type="CHANNEL_SPECIFIC_OPAQUE_ID",
    delivery_value="c0ffee",
)
BURST = Burst(place=PLACE, contact_id="70110", sender_name="", sender_address="", lines=())
POST = FormPost(
    reference="DP-2026-500001-A1",
    name="Jo Reader",
    email="Jo@Post.example",
    phone="",
    post="",
    kinds=(Kind.DELETION,),
    message="Please delete my account.",
    earlier_reference="dp-2026-00042-k7",
    held_because="",
    received_at=AT,
)
ENTRY = Entry(
    name="Jo Reader",
    email="",
    phone="07700 900123",
    post="",
    kinds=(),
    message="He asks what we hold.",
    subject="Letter of Mr Reader",
    received_on=date(2026, 9, 21),
    by="sam",
    earlier_reference="",
)

# Half a surrogate pair is what a chat program leaves of an emoji cut in two.
any_text = st.text(st.characters(exclude_categories=()), max_size=40).filter(
    lambda text: text == json.loads(json.dumps(text))
)
times = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=1))]))
kinds = st.lists(st.sampled_from(list(Kind))).map(tuple)
lines = st.lists(
    st.builds(
        ChatLine,
        message_id=any_text,
        sent_at=times,
        text=any_text,
        attachments=st.lists(any_text, max_size=3).map(tuple),
    ),
    max_size=4,
).map(tuple)
bursts = st.builds(
    Burst,
    place=st.builds(ChatPlace, **dict.fromkeys(ChatPlace.__dataclass_fields__, any_text)),
    contact_id=any_text,
    sender_name=any_text,
    sender_address=any_text,
    lines=lines,
    earlier=lines,
    agent_present=st.booleans(),
    closed=st.booleans(),
)
texts_of_form = ("reference", "name", "email", "phone", "post", "message", "earlier_reference", "held_because")
posts = st.builds(FormPost, kinds=kinds, received_at=times, **dict.fromkeys(texts_of_form, any_text))
texts_of_entry = ("name", "email", "phone", "post", "message", "subject", "by", "earlier_reference")
entries = st.builds(Entry, kinds=kinds, received_on=st.dates(), **dict.fromkeys(texts_of_entry, any_text))


def line(text, *attachments, number=1):
    return ChatLine(message_id=f"m{number}", sent_at=AT, text=text, attachments=attachments)


def chat(*texts, earlier=(), **others):
    burst = replace(
        BURST,
        lines=tuple(line(text, number=at) for at, text in enumerate(texts)),
        earlier=tuple(line(text, number=100 + at) for at, text in enumerate(earlier)),
        **others,
    )
    enquiry, facts = read_told(burst_bytes(burst), Channel.CHAT, AT)
    assert isinstance(facts, ChatFacts)
    return enquiry, facts


@given(bursts)
def test_a_burst_comes_back_as_it_was_written(burst):
    assert read_burst(burst_bytes(burst)) == burst


@given(posts)
def test_a_form_post_comes_back_as_it_was_written(post):
    assert read_form(form_bytes(post)) == post


@given(entries)
def test_a_hand_typed_case_comes_back_as_it_was_written(entry):
    assert read_entry(entry_bytes(entry)) == entry


@given(bursts)
def test_the_passages_of_a_chat_leave_no_gap_and_its_text_suits_every_store(burst):
    enquiry, _ = read_told(burst_bytes(burst), Channel.CHAT, None)
    assert "".join(enquiry.full_text[p.start : p.end] for p in enquiry.passages) == enquiry.full_text
    assert [p.role for p in enquiry.passages] in ([], [Role.QUOTED], [Role.OWN], [Role.QUOTED, Role.OWN])
    assert "\x00" not in enquiry.full_text.encode().decode()


@given(st.binary(max_size=60), st.sampled_from([channel for channel in Channel if channel is not Channel.EMAIL]))
def test_bytes_that_are_no_item_are_broken_in_one_line(raw, channel):
    with pytest.raises(AnalysisFailed) as failed:
        read_told(raw, channel, AT)
    assert failed.value.code == "broken_item"
    assert "\n" not in str(failed.value)


def changed(raw, path, value):
    """The item with the field at `path` set, or taken out where `value` is ...."""
    whole = json.loads(raw)
    *way, last = path.split(".")
    place = whole
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("v", 2),
        ("v", "1"),
        ("v", ...),
        ("burst", ...),
        ("burst", []),
        ("burst.place", None),
        ("burst.place.thread_id", 8123456789),
        ("burst.contact_id", ...),
        ("burst.lines", {}),
        ("burst.lines", ["x"]),
        ("burst.lines.0.sent_at", "yesterday"),
        ("burst.lines.0.sent_at", "2026-09-21T14:13:20"),
        ("burst.lines.0.attachments", "FILE"),
        ("burst.lines.0.attachments", [1]),
        ("burst.agent_present", "no"),
        ("burst.closed", 0),
    ],
)
def test_a_burst_with_a_wrong_field_is_broken_and_the_fault_holds_no_value(path, value):
    raw = changed(burst_bytes(replace(BURST, lines=(line("secret words"),))), path, value)
    with pytest.raises(AnalysisFailed) as failed:
        read_told(raw, Channel.CHAT, AT)
    assert failed.value.code == "broken_item"
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    ("raw", "channel"),
    [
        (changed(form_bytes(POST), "form.kinds", ["gossip"]), Channel.FORM),
        (changed(form_bytes(POST), "form.received_at", ""), Channel.FORM),
        (changed(entry_bytes(ENTRY), "entry.received_on", "21/09/2026"), Channel.POST),
        (form_bytes(POST), Channel.PHONE),
        (entry_bytes(ENTRY), Channel.FORM),
        (b"[" * 100_000, Channel.CHAT),
        (burst_bytes(BURST)[:-1], Channel.CHAT),
        (b"From: jo@post.example\n\nhello", Channel.EMAIL),
    ],
)
def test_an_item_of_another_sort_or_with_a_wrong_value_is_broken(raw, channel):
    with pytest.raises(AnalysisFailed) as failed:
        read_told(raw, channel, AT)
    assert failed.value.code == "broken_item"


def test_a_key_of_a_later_release_is_left_alone():
    assert read_burst(changed(burst_bytes(BURST), "burst.mood", "sunny")) == BURST


def test_a_request_typed_over_three_lines_is_read_as_one_below_what_was_said_before():
    enquiry, facts = chat("can you", " delete my \n", "", "data please", earlier=("hello", "where is my order"))
    assert enquiry.full_text == "hello\nwhere is my order\ncan you\ndelete my\ndata please"
    assert enquiry.own_words == "can you\ndelete my\ndata please"
    assert [p.role for p in enquiry.passages] == [Role.QUOTED, Role.OWN]
    assert (enquiry.channel, enquiry.subject, enquiry.message_id) == (Channel.CHAT, "", None)
    assert facts.line_ids == ("m0", "m1", "m2", "m3")
    assert facts.place == PLACE


def test_the_same_own_words_have_the_same_hash_whatever_was_said_before():
    once, again, other = chat("delete me")[0], chat("delete me", earlier=("hi",))[0], chat("delete us")[0]
    assert once.content_sha256 == again.content_sha256 != other.content_sha256


def test_a_visitor_who_left_nothing_has_no_sender_and_no_way_to_be_answered():
    enquiry, facts = chat("delete my data")
    assert enquiry.sender is None
    assert not facts.way_to_answer


def test_an_address_typed_now_counts_before_one_typed_earlier_and_that_before_the_crms():
    known = {"sender_name": " Jo\nReader ", "sender_address": "Jo@Crm.example"}
    assert chat("hi", **known)[0].sender == Correspondent(name="Jo Reader", address="jo@crm.example")
    assert chat("hi", earlier=("i am al@old.example",), **known)[0].sender.address == "al@old.example"
    typed = chat("i am jo@pst.example", "sorry jo@post.example", earlier=("al@old.example",), **known)
    assert typed[0].sender.address == "jo@post.example"
    assert typed[1].way_to_answer


def test_an_address_of_the_company_typed_in_a_chat_is_not_the_visitors():
    raw = burst_bytes(replace(BURST, lines=(line("i wrote to privacy@larkfield.example"),)))
    enquiry, facts = read_told(raw, Channel.CHAT, AT, own_domains=("larkfield.example",))
    assert enquiry.sender is None
    assert not facts.way_to_answer


def test_a_telephone_number_typed_earlier_is_a_way_to_answer():
    assert chat("delete my data", earlier=("ring me on 07700 900123",))[1].way_to_answer


def test_the_wish_for_a_person_is_heard_in_the_new_lines_only():
    assert chat("agent please")[1].wants_person
    assert not chat("ok thanks", earlier=("agent please",))[1].wants_person
    assert chat("i need this done today, person")[1].says_person
    assert not chat("ok thanks", earlier=("person",))[1].says_person


def test_what_the_burst_says_of_the_thread_is_handed_on():
    facts = chat("hi", agent_present=True, closed=True)[1]
    assert (facts.agent_present, facts.closed, facts.contact_id) == (True, True, "70110")


def test_only_an_attachment_is_seen_and_counts_as_unreadable():
    burst = replace(BURST, lines=(line(" ", "FILE"), line("", "LOCATION", number=2)))
    enquiry, facts = read_told(burst_bytes(burst), Channel.CHAT, None)
    assert isinstance(facts, ChatFacts)
    assert facts.only_attachments
    assert not enquiry.readable
    assert enquiry.defects == ("only_attachments",)
    assert [attachment.type for attachment in enquiry.attachments] == ["FILE", "LOCATION"]
    assert enquiry.received_at == AT


def test_an_empty_line_or_one_with_words_beside_its_attachment_is_no_mere_attachment():
    assert not chat("")[1].only_attachments
    burst = replace(BURST, lines=(line("see here", "FILE"),))
    enquiry, facts = read_told(burst_bytes(burst), Channel.CHAT, AT)
    assert isinstance(facts, ChatFacts)
    assert not facts.only_attachments
    assert enquiry.readable


def test_a_burst_without_lines_is_empty_and_has_no_time_of_its_own():
    enquiry, _ = read_told(burst_bytes(BURST), Channel.CHAT, None)
    assert (enquiry.full_text, enquiry.passages, enquiry.received_at) == ("", (), None)


def test_markup_in_a_chat_stays_text_and_control_characters_go():
    enquiry, _ = chat("<b>delete</b> me\x00\x07\x1b[31m\r\nnow\x85and\u2028here \ud83d")
    assert enquiry.full_text == "<b>delete</b> me  \ufffd  [31m\nnow\nand\nhere \ufffd".replace(
        "  \ufffd  ", "\ufffd  "
    )


def test_sixty_kilobytes_in_a_line_are_read_whole_and_far_more_is_cut():
    assert len(chat("x" * 60_000)[0].full_text) == 60_000
    enquiry, _ = chat("y" * (LIMITS.text_chars + 5), earlier=("z" * 60_000, "just now"))
    assert enquiry.defects == ("text_cut",)
    assert len(enquiry.own_words) == LIMITS.text_chars
    assert enquiry.full_text.startswith("z" * 100)
    assert "z\njust now\ny" in enquiry.full_text
    assert len(enquiry.full_text) == LIMITS.text_chars + LIMITS.attached_chars


def test_a_form_post_is_an_enquiry_in_the_persons_own_words():
    enquiry, facts = read_told(form_bytes(POST), Channel.FORM, None)
    assert isinstance(facts, FormFacts)
    assert enquiry.sender == Correspondent(name="Jo Reader", address="jo@post.example")
    assert enquiry.own_words == enquiry.full_text == "Please delete my account."
    assert (enquiry.channel, enquiry.received_at, enquiry.subject) == (Channel.FORM, AT, "")
    assert facts == FormFacts(
        reference="DP-2026-500001-A1",
        declared=(Kind.DELETION,),
        held_because="",
        earlier_reference="DP-2026-00042-K7",
        way_to_answer=True,
    )


@pytest.mark.parametrize(
    ("given_fields", "expected"),
    [
        ({}, False),
        ({"email": " "}, False),
        ({"phone": "0117 496 0999"}, True),
        ({"post": "12 High Street"}, True),
        ({"message": "write to 12 High Street, Leeds LS1 4AB"}, True),
    ],
)
def test_mail_phone_or_post_are_each_a_way_to_answer(given_fields, expected):
    post = replace(POST, **{"name": "", "email": "", **given_fields})
    enquiry, facts = read_told(form_bytes(post), Channel.FORM, AT)
    assert isinstance(facts, FormFacts)
    assert facts.way_to_answer is expected
    assert enquiry.sender is None


def test_phone_and_postal_address_stand_below_the_message_and_are_no_own_words():
    post = replace(POST, phone=" 0117 496 0999", post="12 High Street\nLeeds")
    enquiry, _ = read_told(form_bytes(post), Channel.FORM, AT)
    assert enquiry.full_text == "Please delete my account.\nPhone: 0117 496 0999\nPost: 12 High Street Leeds"
    assert enquiry.own_words == "Please delete my account."
    assert [passage.role for passage in enquiry.passages] == [Role.OWN, Role.FOOTER]
    bare, _ = read_told(form_bytes(replace(post, message="")), Channel.FORM, AT)
    assert [passage.role for passage in bare.passages] == [Role.FOOTER]


@pytest.mark.parametrize("channel", [Channel.POST, Channel.PHONE, Channel.IN_PERSON, Channel.SOCIAL])
def test_a_hand_typed_case_keeps_its_channel_its_day_and_who_typed_it(channel):
    enquiry, facts = read_told(entry_bytes(ENTRY), channel, None)
    assert isinstance(facts, EntryFacts)
    assert enquiry.channel is channel
    assert enquiry.subject == "Letter of Mr Reader"
    assert enquiry.sender == Correspondent(name="Jo Reader", address="")
    assert enquiry.received_at == datetime(2026, 9, 21, 12, tzinfo=UTC)
    assert facts == EntryFacts(declared=(), received_on=date(2026, 9, 21), by="sam", way_to_answer=True)


def test_the_time_the_desk_received_an_item_rules_over_its_own():
    later = AT + timedelta(hours=1)
    for raw, channel in ((form_bytes(POST), Channel.FORM), (entry_bytes(ENTRY), Channel.POST)):
        assert read_told(raw, channel, later)[0].received_at == later
